"""Reviews that a WooCommerce store keeps itself: read, shown, taken down, erased."""

from datetime import UTC, datetime
from typing import Any

import pytest

from jobs import store_reviews
from marketing.model import CustomerKey
from storage import privacy, reviews, schema
from storage.stores import Store
from tests.connectors.woocommerce.standin import StandIn, a_review, stamp
from tests.jobs.stage import Stage
from tests.jobs.test_listening import again, now, standin, store, work

__all__ = ["standin", "store"]


def kept(stage: Stage, store: Store) -> list[Any]:
    rows = stage.rows(schema.product_reviews, store_id=store.id)
    return sorted(rows, key=lambda row: str(row.external_id))


def test_reviews_are_shown_as_plain_words_with_the_first_name_alone(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    standin.rows["reviews"] = [
        a_review(7, review="<p>Warm <b>&amp;</b> dry.</p><script>alert(1)</script>"),
        a_review(8, status="hold", review="Not looked at yet"),
        a_review(9, rating=0),
        a_review(10, reviewer="eve@example.com", reviewer_email="", review="Good", rating=4),
    ]
    work(stage, store)
    eves, adas = kept(stage, store)
    assert (adas.text, adas.author, adas.rating, adas.is_verified) == (
        "Warm & dry.",
        "Ada",
        5,
        True,
    )
    assert adas.customer_id
    assert (eves.text, eves.author, eves.customer_id) == ("Good", None, None)
    with stage.database.reading() as connection:
        best = reviews.best(connection, store.id, ["1"], limit=3)
        assert reviews.best(connection, stage.store_id, ["1"], limit=3) == {}
    assert [row.text for row in best["1"]] == ["Warm & dry.", "Good"]
    assert stage.events("review.posted") == []  # it was there before us


def test_a_review_of_these_days_is_news_once(stage: Stage, store: Store, standin: StandIn) -> None:
    work(stage, store)
    standin.rows["reviews"] = [a_review(7, date_created_gmt=now(1))]
    for _ in range(2):
        again(stage, store, store_reviews.KIND)
    assert len(stage.events("review.posted")) == 1


def test_a_review_that_the_store_took_down_is_shown_no_more(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    standin.rows["reviews"] = [a_review(number) for number in range(1, 251)]
    work(stage, store)
    assert len(kept(stage, store)) == 250
    gone = {1, 120, 250}
    for row in standin.rows["reviews"]:
        if row["id"] in gone:
            row["status"] = "hold"
    again(stage, store, store_reviews.KIND)
    left = {int(row.external_id.removeprefix("woocommerce-")) for row in kept(stage, store)}
    assert left == set(range(1, 251)) - gone
    standin.rows["reviews"].clear()
    again(stage, store, store_reviews.KIND)
    assert kept(stage, store) == []


def test_what_other_programs_told_is_left_alone(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    told = {
        "external_id": "judge-1",
        "product_id": "1",
        "rating": 5,
        "posted_at": store.installed_at,
    }
    with stage.database.writing() as connection:
        connection.execute(schema.product_reviews.insert().values(store_id=store.id, **told))
    again(stage, store, store_reviews.KIND)
    assert [row.external_id for row in kept(stage, store)] == ["judge-1"]


def test_an_erased_customers_words_do_not_come_back(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    standin.rows["reviews"] = [a_review(7)]
    work(stage, store)
    who, hashed = CustomerKey(None, "ada@example.com"), stage.runtime.secrets.address_hash
    with stage.database.writing() as connection:
        privacy.erase(connection, store, who, hashed, datetime.now(UTC))
    for _ in range(2):
        again(stage, store, store_reviews.KIND)
        told = [(row.text, row.author) for row in kept(stage, store)]
        assert set(told) == {(None, None)}


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_store_that_tells_no_reviews_is_asked_again_later(
    stage: Stage, store: Store, standin: StandIn, status: int
) -> None:
    work(stage, store)
    standin.fault = (status, {"code": "no", "message": "No."}, {})
    again(stage, store, store_reviews.KIND)
    [row] = stage.rows(schema.outbox, store_id=store.id, kind=store_reviews.KIND)
    assert row.state == "pending"
    assert stamp(row.due_at) > stamp(datetime.now(UTC))
