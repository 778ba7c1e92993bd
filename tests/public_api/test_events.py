"""Events and reviews of other programs: kept once, whosever they are, and flows react."""

from datetime import timedelta
from typing import Any

from jobs import privacy
from marketing.model import CustomerKey, PrivacyRequest
from storage import outbox, schema
from tests.jobs.firing import entries, flow_on
from tests.jobs.stage import Stage
from tests.public_api.conftest import Program


def test_an_event_is_kept_once_and_lets_its_customer_into_a_flow(
    program: Program, stage: Stage
) -> None:
    flow = flow_on(stage, "custom", name="quiz finished")
    theirs = flow_on(stage, "custom", stage.stranger_id, name="quiz finished")
    ada = stage.customer("Ada")
    told = {
        "name": "quiz finished", "id": "q-1", "customer": {"id": ada},
        "properties": {"score": 8, "kind": ["a", {"b": 1}]},
    }  # fmt: skip
    assert program.told("POST", "/events", told) == {"id": "q-1", "state": "kept"}
    stage.pass_time(timedelta(minutes=2))
    assert program.told("POST", "/events", told) == {"id": "q-1", "state": "known"}
    assert [who for who, _ in entries(stage, flow)] == [ada]
    assert entries(stage, theirs) == []
    (kept,) = stage.events("custom")
    assert {name: kept.data[name] for name in ("name", "properties")} == {
        "name": told["name"], "properties": told["properties"],
    }  # fmt: skip
    stage.work()
    assert len(stage.sink.mails) == 1


def test_a_new_address_is_a_new_customer_who_agreed_to_nothing(
    program: Program, stage: Stage
) -> None:
    told = {"name": "quiz", "customer": {"email": "new@example.com"}}
    assert program.told("POST", "/events", told)["state"] == "kept"
    found = program.told("GET", "/customers?email=new@example.com")["customers"]
    assert [one["consent"]["email"]["state"] for one in found] == [None]


def test_a_guest_who_turns_out_to_have_an_account_brings_their_orders(
    program: Program, stage: Stage
) -> None:
    bare = {"email": None, "email_key": None, "external_id": "77"}
    account = stage.customer("Ada", **bare)
    guest = stage.customer(
        "Ada", external_id=None, email="a@example.com", email_key="a@example.com"
    )
    order = stage.order(guest)
    both = {"external_id": "77", "email": "a@example.com"}
    program.told("POST", "/events", {"name": "quiz", "customer": both})
    assert [row.customer_id for row in stage.rows(schema.orders, id=order)] == [account]
    assert [row.customer_id for row in stage.events("custom")] == [account]


def test_a_batch_keeps_what_is_somebodys_and_says_what_is_not(
    program: Program, stage: Stage
) -> None:
    ada, theirs = stage.customer("Ada"), stage.customer("Eve", store_id=stage.stranger_id)
    events = [
        {"name": "quiz", "id": "1", "customer": {"id": ada}},
        {"name": "quiz", "id": "2", "customer": {"id": theirs}},
        {"name": "quiz", "id": "3", "customer": {"external_id": "nobody"}},
        {"name": "quiz", "id": "1", "customer": {"id": ada}},
        {"name": "quiz", "customer": {"email": "bo@example.com"}},
    ]
    told = program.told("POST", "/events/batch", {"events": events})
    states = [one["state"] for one in told["events"]]
    assert states == ["kept", "nobody", "nobody", "known", "kept"]
    assert told["kept"] == len(stage.events("custom")) == 2
    thousand = [{"name": "quiz", "customer": {"id": ada}} for _ in range(1000)]
    assert program.told("POST", "/events/batch", {"events": thousand})["kept"] == 1000


def test_a_batch_that_comes_again_under_its_key_is_the_same_batch(
    program: Program, stage: Stage
) -> None:
    events = {"events": [{"name": "quiz", "customer": {"id": stage.customer()}}] * 3}
    first = program.told("POST", "/events/batch", events, Idempotency_Key="b")
    assert program.told("POST", "/events/batch", events, Idempotency_Key="b") == first
    assert len(stage.events("custom")) == 3


def test_what_happened_long_ago_is_kept_but_moves_nobody(program: Program, stage: Stage) -> None:
    flow = flow_on(stage, "custom", name="quiz")
    told = {
        "name": "quiz", "customer": {"id": stage.customer()},
        "occurred_at": (stage.now - timedelta(days=3)).isoformat(),
    }  # fmt: skip
    assert program.told("POST", "/events", told)["state"] == "kept"
    assert entries(stage, flow) == []


def test_reviews_are_kept_and_are_news_of_their_customers(program: Program, stage: Stage) -> None:
    flow = flow_on(stage, "review.posted")
    ada = stage.customer("Ada")
    review = {"id": "r1", "product_id": "5", "rating": 5, "posted_at": stage.now.isoformat(),
              "title": "Lovely", "customer": {"id": ada}}  # fmt: skip
    stray = {**review, "id": "r2", "customer": {"external_id": "nobody"}}
    told = program.told("POST", "/reviews", {"reviews": [review, stray]})
    assert told == {"kept": 2}
    assert [who for who, _ in entries(stage, flow)] == [ada]
    rows = stage.rows(schema.product_reviews)
    assert {(row.external_id, row.customer_id) for row in rows} == {("r1", ada), ("r2", None)}


def test_a_review_of_someone_erased_does_not_get_its_words_back(
    program: Program, stage: Stage
) -> None:
    names = {"email": "dana@example.com", "external_id": "9"}
    who = program.told("POST", "/customers", names)["id"]
    review = {"id": "r1", "product_id": "5", "rating": 5, "posted_at": stage.now.isoformat(),
              "title": "Canary", "text": "Canary", "author": "Canary"}  # fmt: skip
    known_as = [{"email": "dana@example.com"}, {"external_id": "9"}, {"id": who}]
    told = [{**review, "id": f"r{at}", "customer": one} for at, one in enumerate(known_as)]
    stranger = {**review, "id": "s", "author": "Sam", "text": "Fine", "title": "Fine"}
    program.told("POST", "/reviews", {"reviews": told})
    erase(stage, CustomerKey(**names))
    told += [{**one, "id": f"new-{one['id']}"} for one in told]
    program.told("POST", "/reviews", {"reviews": [*told, stranger]})
    rows = stage.rows(schema.product_reviews)
    assert {row.author for row in rows} == {None, "Sam"}
    assert len(rows) == 7
    assert "Canary" not in str(rows)


def test_a_review_told_again_without_its_erased_author_has_no_words_and_one_of_another_has(
    program: Program, stage: Stage
) -> None:
    who = program.told("POST", "/customers", {"email": "dana@example.com"})["id"]
    review = {"id": "r1", "product_id": "5", "rating": 5, "posted_at": stage.now.isoformat(),
              "title": "Canary", "text": "Canary", "author": "Canary"}  # fmt: skip
    program.told("POST", "/reviews", {"reviews": [{**review, "customer": {"id": who}}]})
    erase(stage, CustomerKey(email="dana@example.com"))
    other = {**review, "id": "r2", "text": "Fine"}
    for _ in range(2):
        program.told("POST", "/reviews", {"reviews": [{**review, "rating": 4}, other]})
    rows = {row.rating: row for row in stage.rows(schema.product_reviews)}
    assert len(stage.rows(schema.product_reviews)) == 2
    assert (rows[4].text, rows[4].author, rows[4].customer_id) == (None, None, who)
    assert (rows[5].text, rows[5].external_id) == ("Fine", "r2")


def test_what_others_said_of_someone_erased_is_in_no_table(program: Program, stage: Stage) -> None:
    flow_on(stage, "custom", name="quiz")
    names = {"email": "dana@example.com", "external_id": "9", "phone": "+4915112345678"}
    said = {"state": "subscribed", "source": "form", "at": stage.now.isoformat()}
    word = {**names, "first_name": "Canary", "tags": ["Canary"], "properties": {"a": "Canary"},
            "consent": {"email": said}}  # fmt: skip
    who = program.told("POST", "/customers", word, Idempotency_Key="a")["id"]
    program.told("POST", "/customers", {"id": who, "remove_tags": ["Canary"]})
    event = {"name": "quiz", "customer": {"id": who}, "properties": {"who": "Canary"}}
    program.told("POST", "/events", event, Idempotency_Key="b")
    program.told("POST", "/events", {**event, "id": "Canary"})
    flow_on(stage, "review.posted")
    review = {"id": "Canary", "product_id": "5", "rating": 5, "customer": {"id": who},
              "posted_at": stage.now.isoformat()}  # fmt: skip
    program.told("POST", "/reviews", {"reviews": [review]})
    stage.live(timedelta(minutes=5), timedelta(minutes=5))
    with stage.database.writing() as connection:
        call = {"customer_id": who, "event": event}
        outbox.add(connection, stage.store_id, "call_webhook", "k", call, stage.now)
    erase(stage, CustomerKey(**names))
    kept = str([stage.rows(table) for table in schema.metadata.sorted_tables])
    assert who in kept
    for trace in ("Canary", "dana", names["phone"]):
        assert trace not in kept


def erase(stage: Stage, who: CustomerKey) -> None:
    asked = PrivacyRequest("customer_redact", who)
    with stage.database.writing() as connection:
        privacy.heed(connection, stage.runtime, stage.store, asked, stage.now, webhook_id="w")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"name": "x" * 121}, "name"),
    ({"name": "a\nb"}, "name"),
    ({"customer": {}}, "customer"),
    ({"customer": "ada"}, "customer"),
    ({"properties": []}, "properties"),
    ({"properties": {"a": "x" * 9000}}, "properties"),
    ({"properties": {"a": [[[[[[[]]]]]]]}}, "properties"),
    ({"occurred_at": "yesterday"}, "occurred_at"),
    ({"occurred_at": "2026-01-01T00:00:00"}, "occurred_at"),
    ({"occurred_at": "0001-01-01T00:00:00+14:00"}, "occurred_at"),
    ({"id": ""}, "id"),
    ({"when": "now"}, "when"),
]


def test_a_wrong_field_is_named_also_in_a_batch(program: Program) -> None:
    good = {"name": "quiz", "customer": {"email": "a@example.com"}}
    for change, field in WRONG:
        event = {**good, **change}
        told = program.refused(422, "POST", "/events", event)
        assert told["field"].startswith(field), change
        told = program.refused(422, "POST", "/events/batch", {"events": [good, event]})
        assert told["field"].startswith(f"events.1.{field}"), change


def test_a_batch_has_its_bounds(program: Program) -> None:
    event = {"name": "quiz", "customer": {"email": "a@example.com"}}
    for events in ([], [event] * 1001, "x"):
        assert program.refused(422, "POST", "/events/batch", {"events": events})["field"] == (
            "events"
        )
