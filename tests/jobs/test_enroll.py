"""News and flows: exits, replacements, refusals with their reasons, credit for orders."""

from datetime import datetime, timedelta
from typing import Any

from jobs import abandon, advance, enroll
from marketing.events import EventName, News
from storage import schema
from tests.jobs.stage import BROWSER, HOUR, Stage


def tell(stage: Stage, *news: News) -> None:
    """Bring news as ingest does."""
    store = stage.store
    with stage.database.writing() as connection:
        enroll.react(connection, stage.runtime, store, news, stage.database.now(connection))


def ordered(stage: Stage, customer_id: str, at: datetime | None = None, **columns: Any) -> str:
    """Let a customer order, and tell it."""
    placed_at = at or stage.now
    order = stage.order(customer_id, placed_at=placed_at, **columns)
    tell(stage, News(EventName.ORDER_PLACED, placed_at, customer_id, order_id=order))
    return order


def hit(stage: Stage, message_id: str, kind: str, at: datetime, agent: str = BROWSER) -> None:
    row = {"store_id": stage.store_id, "id": schema.new_id(), "message_id": message_id}
    more = {"kind": kind, "occurred_at": at, "user_agent": agent, "url": "https://m.example"}
    with stage.database.writing() as connection:
        connection.execute(schema.hits.insert().values(**row, **more))


def test_an_order_ends_the_sequence_at_once_with_what_is_due_already(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(23 * HOUR + timedelta(minutes=50))
    ordered(stage, ada)
    (over,) = stage.rows(schema.enrollments)
    assert (over.state, over.end_reason, over.due_at) == ("ended", "order_placed", None)
    assert stage.rows(schema.codes)[0].state in {"cancelled", "created"}
    stage.live(3 * HOUR)
    assert [row.step_id for row in stage.messages(state="sent")] == ["reminder", "objection"]
    assert len(stage.events("flow.ended")) == 1


def test_a_message_due_but_not_handed_over_is_skipped_with_the_reason(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.pass_time(HOUR)
    abandon.drain(stage.runtime, [stage.store_id])
    advance.drain(stage.runtime, [stage.store_id])
    ordered(stage, ada)
    (skipped,) = stage.messages()
    assert (skipped.state, skipped.reason) == ("skipped", "order_placed")
    stage.work()
    assert stage.sink.mails == []


def test_an_order_by_the_same_phone_number_ends_it_too(stage: Stage) -> None:
    ada = stage.customer(phone="+15550100")
    twin = stage.customer("Eda", phone="+15550100")
    stage.cart(ada)
    stage.live(2 * HOUR)
    ordered(stage, twin)
    assert stage.states(schema.enrollments) == {"ended": 1}


def test_an_order_from_before_the_cart_ends_nothing(stage: Stage) -> None:
    ada = stage.customer()
    before = stage.now - HOUR
    stage.cart(ada)
    stage.live(2 * HOUR)
    ordered(stage, ada, before)
    assert stage.states(schema.enrollments) == {"active": 1}


def test_the_newest_cart_of_a_person_wins(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(3 * HOUR)
    stage.cart(ada)
    stage.live(2 * HOUR)
    first, second = stage.rows(schema.enrollments)
    assert (first.state, first.end_reason) == ("ended", "replaced")
    assert second.state == "active"


def test_two_carts_left_at_once_begin_one_sequence(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada, updated_at=stage.now - timedelta(minutes=5))
    stage.cart(ada)
    stage.live(2 * HOUR)
    assert stage.states(schema.enrollments) == {"active": 1}
    (skipped,) = stage.events("flow.skipped")
    assert skipped.data["reason"] == "replaced"


def test_a_completed_deleted_or_emptied_cart_ends_its_sequence(stage: Stage) -> None:
    changes: list[dict[str, Any]] = [
        {"completed_at": stage.now},
        {"deleted_at": stage.now},
        {"items": []},
    ]
    carts = []
    for number, _ in enumerate(changes):
        carts.append((customer := stage.customer(f"N{number}"), stage.cart(customer)))
    stage.live(2 * HOUR)
    for (_, cart), change in zip(carts, changes, strict=True):
        stage.change(schema.carts, cart, **change)
    tell(
        stage,
        *[News(EventName.CART_UPDATED, stage.now, who, cart_id=cart) for who, cart in carts],
    )
    reasons = {row.cart_id: row.end_reason for row in stage.rows(schema.enrollments)}
    assert [reasons[cart] for _, cart in carts] == ["order_placed", "cart_emptied", "cart_emptied"]


def test_cart_news_moves_the_waiting_on(stage: Stage) -> None:
    ada = stage.customer()
    cart = stage.cart(ada)
    stage.live(2 * HOUR)
    stage.change(schema.carts, cart, updated_at=stage.now)
    tell(stage, News(EventName.CART_UPDATED, stage.now, ada, cart_id=cart))
    stage.work()
    (moved,) = stage.rows(schema.enrollments)
    assert moved.due_at > moved.entered_at + 12 * HOUR


def test_every_cart_that_starts_nothing_says_why(stage: Stage) -> None:
    stage.cart(stage.customer("Staff", is_staff=True))
    stage.cart(stage.customer("Test"), counts=False)
    stage.cart(stage.customer("Empty"), items=[])
    buyer = stage.customer("Buyer")
    stage.cart(buyer)
    stage.order(buyer)
    late = stage.now - 30 * HOUR
    stage.cart(stage.customer("Late"), updated_at=late, arrived_at=stage.now)
    stage.live(2 * HOUR)
    reasons = sorted(event.data["reason"] for event in stage.events("flow.skipped"))
    assert reasons == [
        "arrived_too_late",
        "cart_emptied",
        "not_counted",
        "not_counted",
        "order_placed",
    ]
    assert stage.rows(schema.enrollments) == []


def test_an_order_is_credited_to_the_last_human_click_else_the_last_open(stage: Stage) -> None:
    ada, eda = stage.customer(), stage.customer("Eda")
    for who in (ada, eda):
        stage.cart(who)
    stage.live(13 * HOUR)
    first, second = stage.messages(customer_id=ada)
    hit(stage, first.id, "click", first.sent_at + HOUR)
    hit(stage, second.id, "open", second.sent_at + timedelta(minutes=3))
    (opened, _) = stage.messages(customer_id=eda)
    hit(stage, opened.id, "open", opened.sent_at + HOUR)
    hit(stage, opened.id, "click", opened.sent_at + 2 * HOUR, "Mozilla/5.0")
    by_ada, by_eda = ordered(stage, ada), ordered(stage, eda)
    credits_ = {row.order_id: row for row in stage.rows(schema.attributions)}
    assert (credits_[by_ada].message_id, credits_[by_ada].kind) == (first.id, "click")
    assert (credits_[by_eda].message_id, credits_[by_eda].kind) == (opened.id, "open")


def test_orders_that_do_not_count_earn_nothing_but_end_the_sequence(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(2 * HOUR)
    (sent,) = stage.messages()
    hit(stage, sent.id, "click", sent.sent_at + HOUR / 2)
    ordered(stage, ada, counts=False)
    assert stage.rows(schema.attributions) == []
    assert stage.states(schema.enrollments) == {"ended": 1}


def test_a_credited_order_wins_its_cart_back_and_redeems_its_code(stage: Stage) -> None:
    ada = stage.customer()
    cart = stage.cart(ada)
    stage.live(25 * HOUR, step=timedelta(minutes=15))
    (code,) = stage.rows(schema.codes)
    offer = stage.messages(step_id="offer")[0]
    hit(stage, offer.id, "click", offer.sent_at + timedelta(minutes=5))
    order = ordered(stage, ada, cart_id=cart, discount_codes=[code.code])
    assert stage.rows(schema.carts)[0].recovered_at is not None
    assert stage.rows(schema.codes)[0].redeemed_order_id == order


def test_telling_the_same_order_twice_changes_nothing(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(2 * HOUR)
    (sent,) = stage.messages()
    hit(stage, sent.id, "click", sent.sent_at + HOUR / 2)
    order = ordered(stage, ada)
    tell(stage, News(EventName.ORDER_PLACED, stage.now, ada, order_id=order))
    assert len(stage.rows(schema.attributions)) == 1
    assert len(stage.events("flow.ended")) == 1
