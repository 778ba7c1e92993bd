"""Triggers that other programs fire: events of their own, reviews, and what customers write."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from jobs import enroll, happened, privacy
from jobs.happened import Happening, Heard
from marketing.events import EventName, News
from marketing.model import CustomerKey, PrivacyRequest
from marketing.reviews import Review
from storage import reviews, schema, stores
from storage.reviews import Rating
from tests.jobs.firing import entries, flow_on, refusals
from tests.jobs.stage import HOUR, Stage

ADA = "ada@example.com"


def tells(stage: Stage, *told: Happening, store_id: str | None = None) -> Heard:
    with stage.database.writing() as connection:
        store = stores.by_id(connection, store_id or stage.store_id)
        assert store
        return happened.tell(connection, stage.runtime, store, told, stage.now)


def quiz(stage: Stage, key: str = "q1", at: datetime | None = None, **more: Any) -> Happening:
    properties = more.pop("properties", {"score": 7})
    who = more.pop("customer", CustomerKey(email=ADA))
    return Happening("quiz_finished", who, at or stage.now, key, properties, **more)


def posts(stage: Stage, *told: Review) -> Heard:
    with stage.database.writing() as connection:
        return happened.post_reviews(connection, stage.runtime, stage.store, told, stage.now)


def a_review(stage: Stage, name: str = "r1", **more: Any) -> Review:
    given: dict[str, Any] = {
        "product_id": "p1", "rating": 5, "posted_at": stage.now, "text": "Warm and heavy.",
        "author": "Ada R.", "customer": CustomerKey(email=ADA),
    }  # fmt: skip
    return Review(name, **{**given, **more})


def test_an_event_of_another_program_lets_in_by_its_name_and_filters(stage: Stage) -> None:
    wants = {"op": "gte", "field": "event.properties.score", "value": 5}
    flow = flow_on(stage, "custom", name="quiz_finished", filter=wants)
    other = flow_on(stage, "custom", name="lamp_lit")
    low = quiz(stage, "q2", customer=CustomerKey(email="b@example.com"), properties={"score": 3})
    heard = tells(stage, quiz(stage), low)
    assert [name for name, _ in entries(stage, flow)] == [heard.customers[0]]
    assert entries(stage, other) == []
    assert refusals(stage) == ["filtered"]


def test_a_program_may_name_someone_new_who_has_agreed_to_nothing(stage: Stage) -> None:
    flow_on(stage, "custom", name="quiz_finished")
    (who,) = tells(stage, quiz(stage)).customers
    (ada,) = stage.rows(schema.customers)
    assert (ada.id, ada.email, ada.email_consent) == (who, ADA, None)
    stage.work()
    assert [row.reason for row in stage.messages()] == ["no_consent"]


def test_it_happens_once_by_its_key_whatever_moment_it_is_told_with(stage: Stage) -> None:
    flow = flow_on(stage, "custom", name="quiz_finished")
    for at in (None, stage.now - HOUR, None):
        tells(stage, quiz(stage, at=at))
        stage.pass_time(timedelta(minutes=5))
    assert len(stage.events("custom")) == len(entries(stage, flow)) == 1
    assert tells(stage, quiz(stage)).news == []
    tells(stage, quiz(stage, "q2"), quiz(stage, "q2"))
    assert len(stage.events("custom")) == 2


def test_two_of_one_name_on_one_day_are_two_reasons_to_enter(stage: Stage) -> None:
    flow = flow_on(stage, "custom", name="quiz_finished")
    reviewed = flow_on(stage, "review.posted")
    tells(stage, quiz(stage, "q1"), quiz(stage, "q2"))
    posts(stage, a_review(stage, "r1"), a_review(stage, "r2", product_id="p2"))
    assert len(entries(stage, flow)) == len(entries(stage, reviewed)) == 2


def test_nothing_happens_in_the_future_and_what_is_old_lets_nobody_in(stage: Stage) -> None:
    flow = flow_on(stage, "custom", name="quiz_finished")
    tells(stage, quiz(stage, "soon", stage.now + 48 * HOUR))
    assert stage.events("custom")[0].occurred_at <= stage.now
    tells(stage, quiz(stage, "old", stage.now - 48 * HOUR))
    assert len(entries(stage, flow)) == 1
    assert refusals(stage) == ["arrived_too_late"]


def test_an_id_nobody_knows_is_nobodys_and_another_stores_person_is_a_stranger(
    stage: Stage,
) -> None:
    theirs = stage.customer(store_id=stage.stranger_id, email=ADA, email_key=ADA, external_id="77")
    heard = tells(stage, quiz(stage, customer=CustomerKey(external_id="77")), quiz(stage, "q2"))
    assert heard.customers[0] is None
    assert heard.customers[1] not in {None, theirs}
    assert {row.store_id for row in stage.events("custom")} == {stage.store_id}


def test_what_programs_told_of_a_person_goes_with_them(stage: Stage) -> None:
    tells(stage, quiz(stage, properties={"eyes": "green"}))
    posts(stage, a_review(stage))
    with stage.database.writing() as connection:
        asked = PrivacyRequest("customer_redact", CustomerKey(email=ADA))
        privacy.heed(connection, stage.runtime, stage.store, asked, stage.now, webhook_id="1")
    (told,) = stage.events("custom")
    (review,) = stage.rows(schema.product_reviews)
    assert (told.data, review.author, review.text, review.rating) == ({}, None, None, 5)
    assert tells(stage, quiz(stage, "q9", stage.now - HOUR)).customers == [None]


def test_a_review_fires_once_and_its_last_word_counts(stage: Stage) -> None:
    good = flow_on(
        stage, "review.posted", filter={"op": "gte", "field": "event.rating", "value": 4}
    )
    ada = stage.customer(email=ADA, email_key=ADA)
    posts(stage, a_review(stage))
    posts(stage, a_review(stage, rating=2, text="It tore.", posted_at=stage.now + HOUR))
    assert [name for name, _ in entries(stage, good)] == [ada]
    (told,) = stage.events("review.posted")
    assert told.data == {"product_id": "p1", "rating": 5, "subject": "review:r1"}
    (kept,) = stage.rows(schema.product_reviews)
    assert (kept.rating, kept.text, kept.customer_id) == (2, "It tore.", ada)


def test_ratings_are_those_we_were_told_and_never_made_up(stage: Stage) -> None:
    stars = [5, 4, 5, 3]
    posts(stage, *[a_review(stage, f"r{n}", rating=r, customer=None) for n, r in enumerate(stars)])
    posts(stage, a_review(stage, "bare", product_id="p2", rating=5, text=None, customer=None))
    assert stage.events("review.posted") == []
    with stage.database.reading() as connection:
        told = reviews.ratings(connection, stage.store_id, ["p1", "p2", "p3"])
        best = reviews.best(connection, stage.store_id, ["p1", "p2"], limit=2)
        strange = reviews.ratings(connection, stage.stranger_id, ["p1", "p2"])
    assert told == {"p1": Rating(4.25, 4), "p2": Rating(5.0, 1)}
    assert [(one.rating, one.author) for one in best["p1"]] == [(5, "Ada R."), (5, "Ada R.")]
    assert "p2" not in best
    assert strange == {}


def test_the_platforms_own_rating_stands_where_more_gave_it(stage: Stage) -> None:
    row = {"store_id": stage.store_id, "title": "Mug", "handle": "mug", "status": "active",
           "updated_at": stage.now}  # fmt: skip
    rated = [("p1", 450, 2), ("p2", 480, 90), ("p3", None, None)]
    with stage.database.writing() as connection:
        for name, rating, count in rated:
            told = {"external_id": name, "rating": rating, "rating_count": count}
            connection.execute(schema.products.insert().values(**row, **told))
    for n, product in enumerate(["p1", "p1", "p1", "p2"]):
        posts(stage, a_review(stage, f"r{n}", product_id=product, rating=3, customer=None))
    with stage.database.reading() as connection:
        told = reviews.ratings(connection, stage.store_id, ["p1", "p2", "p3"])
    assert told == {"p1": Rating(3.0, 3), "p2": Rating(4.8, 90)}


@pytest.mark.parametrize(
    ("trigger", "data", "enters"),
    [
        ({}, {"channel": "sms"}, True),
        ({"channel": "sms"}, {"channel": "sms", "keyword": "stock"}, True),
        ({"channel": "sms"}, {"channel": "instagram"}, False),
        ({"keywords": ["Stock", "size"]}, {"channel": "sms", "keyword": "stock"}, True),
        ({"keywords": ["stock"]}, {"channel": "sms", "keyword": "hello"}, False),
        ({"keywords": ["stock"]}, {"channel": "sms"}, False),
    ],
)
def test_a_message_fires_by_its_channel_and_keyword(
    stage: Stage, trigger: dict[str, Any], data: dict[str, Any], enters: bool
) -> None:
    flow = flow_on(stage, "message.received", **trigger)
    ada = stage.customer()
    with stage.database.writing() as connection:
        news = News(EventName.MESSAGE_RECEIVED, stage.now, ada, data=data)
        enroll.react(connection, stage.runtime, stage.store, [news], stage.now)
    assert bool(entries(stage, flow)) is enters
