"""Who gets no code, and is told of none: each guard through the real jobs, each with its reason."""

from datetime import timedelta
from typing import Any

import pytest

from marketing import flow_schema
from marketing.model import Reason
from storage import reports_customers, schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_code_pools import OFFER, offered
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import DAY

COUPON: dict[str, Any] = {"kind": "coupon", "id": "code", "percent": 10, "valid_for": "P1D"}
FIVE_OFF = {"percent": None, "off": "amount", "amount": 500}


def order_flow(stage: Stage, **coupon: Any) -> str:
    """Everybody who orders is offered a code."""
    steps = [{**COUPON, **coupon}, {**OFFER, "message_kind": "transactional"}]
    document = {"name": "Thanks", "trigger": {"event": "order.placed"}, "steps": steps}
    return stage.put_flow(flow_schema.load(document))


def cart_flow(stage: Stage, **coupon: Any) -> str:
    """A cart left for an hour: its code is made at once, and offered a quarter later."""
    stage.change(schema.flows, stage.flow_id(), status="paused")
    trigger = {"event": "cart.abandoned", "idle": "PT1H"}
    wait = {"kind": "delay", "id": "wait", "duration": "PT15M"}
    steps = [{**COUPON, **coupon}, wait, OFFER]
    return stage.put_flow(flow_schema.load({"name": "Cart", "trigger": trigger, "steps": steps}))


def outcome(stage: Stage, customer_id: str) -> tuple[bool, str | None]:
    """Say if the last message to a customer offered a code, and the reason that stands by it."""
    *_, last = stage.messages(customer_id=customer_id)
    assert last.state == "sent"
    return bool(last.offers_code), last.reason


def buys(stage: Stage, customer_id: str) -> tuple[bool, str | None]:
    ordered(stage, customer_id)
    stage.work()
    return outcome(stage, customer_id)


def leaves_a_cart(stage: Stage, **cart: Any) -> tuple[bool, str | None]:
    ada = stage.customer()
    stage.cart(ada, **cart)
    stage.live(HOUR + 20 * MINUTE, 10 * MINUTE)
    return outcome(stage, ada)


GRANTED = (True, None)


def refused(reason: Reason) -> tuple[bool, str]:
    return False, reason.value


def test_one_code_per_person_and_time_across_flows(stage: Stage) -> None:
    order_flow(stage, once_per="P30D")
    ada = stage.customer()
    assert buys(stage, ada) == GRANTED
    order_flow(stage, once_per="P30D")
    stage.pass_time(29 * DAY)
    ordered(stage, ada)
    stage.work()
    last_two = stage.messages(customer_id=ada)[-2:]
    assert {(row.offers_code, row.reason) for row in last_two} == {refused(Reason.CODE_RECENT)}
    assert offered(stage)[-1] == "No code"
    stage.pass_time(2 * DAY)
    ordered(stage, ada)
    stage.work()
    last_two = stage.messages(customer_id=ada)[-2:]
    assert sorted(row.offers_code for row in last_two) == [False, True]


def test_two_flows_at_once_give_a_person_one_code(stage: Stage) -> None:
    order_flow(stage)
    order_flow(stage)
    ordered(stage, stage.customer())
    stage.work()
    assert sorted(row.state for row in stage.rows(schema.codes)) == ["created", "refused"]
    assert len(stage.shop.made) == 1


def test_a_code_that_failed_or_was_called_off_does_not_count_as_had(stage: Stage) -> None:
    order_flow(stage)
    ada = stage.customer()
    assert buys(stage, ada) == GRANTED
    (code,) = stage.rows(schema.codes)
    stage.change(schema.codes, code.id, state="cancelled")
    stage.pass_time(DAY)
    assert buys(stage, ada) == GRANTED


def test_a_merchant_may_allow_a_code_each_time(stage: Stage) -> None:
    order_flow(stage, once_per=None)
    ada = stage.customer()
    assert [buys(stage, ada), buys(stage, ada)] == [GRANTED, GRANTED]


def test_a_cart_that_has_a_code_gets_no_other(stage: Stage) -> None:
    cart_flow(stage)
    assert leaves_a_cart(stage, discount_codes=["SPRING"]) == refused(Reason.CART_HAS_CODE)
    assert stage.shop.made == {}
    assert leaves_a_cart(stage) == GRANTED


def test_a_step_may_offer_a_better_code_than_the_carts(stage: Stage) -> None:
    cart_flow(stage, skip_if_cart_has_code=False)
    assert leaves_a_cart(stage, discount_codes=["SPRING"]) == GRANTED


def test_a_small_cart_gets_no_code_and_the_platform_holds_the_minimum(stage: Stage) -> None:
    cart_flow(stage, minimum=9000)
    assert leaves_a_cart(stage, store_total=8999) == refused(Reason.BELOW_MINIMUM)
    assert leaves_a_cart(stage, store_total=9000) == GRANTED
    assert {one.minimum for one in stage.shop.made.values()} == {9000}


def with_sale(stage: Stage, price: int) -> None:
    """The product of every cart, reduced from 100 to `price`."""
    (item,) = stage.rows(schema.carts)[-1].items if stage.rows(schema.carts) else [{}]
    variant = {"external_id": item.get("variant_id"), "price": price, "compare_at_price": 10000}
    row = {
        "store_id": stage.store_id, "external_id": item["product_id"], "title": "Mug",
        "handle": "mug", "status": "active", "variants": [variant], "updated_at": stage.now,
    }  # fmt: skip
    with stage.database.writing() as connection:
        connection.execute(schema.products.insert().values(**row))


@pytest.mark.parametrize(("price", "leaves_out", "told"), [
    (8900, True, refused(Reason.SALE_ITEMS)),
    (10000, True, GRANTED),
    (8900, False, GRANTED),
])  # fmt: skip
def test_reduced_goods_are_left_out_where_the_merchant_says_so(
    stage: Stage, price: int, leaves_out: bool, told: tuple[bool, str | None]
) -> None:
    cart_flow(stage, exclude_sale_items=leaves_out)
    ada = stage.customer()
    stage.cart(ada)
    with_sale(stage, price)
    stage.live(HOUR + 20 * MINUTE, 10 * MINUTE)
    assert outcome(stage, ada) == told


@pytest.mark.parametrize(("change", "reason"), [
    ({"discount_codes": ["SPRING"]}, Reason.CART_HAS_CODE),
    ({"store_total": 100}, Reason.BELOW_MINIMUM),
])  # fmt: skip
def test_what_changes_in_the_cart_after_its_code_was_made_still_counts(
    stage: Stage, change: dict[str, Any], reason: Reason
) -> None:
    cart_flow(stage, minimum=5000)
    ada = stage.customer()
    cart = stage.cart(ada)
    stage.live(HOUR + 5 * MINUTE, 5 * MINUTE)
    (code,) = stage.rows(schema.codes)
    assert code.state == "created"
    stage.change(schema.carts, cart, **change)
    stage.live(15 * MINUTE, 5 * MINUTE)
    assert outcome(stage, ada) == refused(reason)
    assert offered(stage) == ["No code"]


def test_the_offered_code_itself_in_the_cart_keeps_nothing_from_being_offered(
    stage: Stage,
) -> None:
    cart_flow(stage)
    ada = stage.customer()
    cart = stage.cart(ada)
    stage.live(HOUR + 5 * MINUTE, 5 * MINUTE)
    (code,) = stage.rows(schema.codes)
    stage.change(schema.carts, cart, discount_codes=[code.code])
    stage.live(15 * MINUTE, 5 * MINUTE)
    assert outcome(stage, ada) == GRANTED


def test_a_code_about_to_run_out_is_offered_to_nobody(stage: Stage) -> None:
    cart_flow(stage)
    ada = stage.customer()
    stage.cart(ada)
    stage.live(HOUR + 5 * MINUTE, 5 * MINUTE)
    (code,) = stage.rows(schema.codes)
    stage.change(schema.codes, code.id, ends_at=stage.now + 15 * MINUTE)
    stage.live(15 * MINUTE, 5 * MINUTE)
    assert outcome(stage, ada) == refused(Reason.CODE_UNAVAILABLE)


def test_codes_do_not_combine_and_are_the_customers_own_unless_a_step_says_so(
    stage: Stage,
) -> None:
    order_flow(stage, once_per=None)
    order_flow(stage, once_per=None, combinable=True, for_customer=False)
    ada = stage.customer(external_id="77")
    ordered(stage, ada)
    stage.work()
    terms = {
        (one.is_combinable, one.customer.external_id if one.customer else None)
        for one in stage.shop.made.values()
    }
    assert terms == {(False, "77"), (True, None)}


def test_a_guest_whom_the_platform_has_no_account_of_gets_a_code_for_whoever_has_it(
    stage: Stage,
) -> None:
    order_flow(stage)
    assert buys(stage, stage.customer(external_id=None)) == GRANTED
    (made,) = stage.shop.made.values()
    assert made.customer is None


# --- the month's budget -----------------------------------------------------------------------


def limit(stage: Stage, **budget: int) -> None:
    stage.change(schema.stores, stage.store_id, settings={"code_budget": budget})


def test_a_month_has_so_many_codes_and_no_more(stage: Stage) -> None:
    order_flow(stage)
    limit(stage, count=2)
    for number in range(4):
        ordered(stage, stage.customer(f"P{number}"))
    stage.work()
    states = sorted((row.state, row.reason) for row in stage.rows(schema.codes))
    assert states == [("created", None)] * 2 + [("refused", "code_budget")] * 2
    assert sorted(bool(row.offers_code) for row in stage.messages()) == [False, False, True, True]
    stage.pass_time(32 * DAY)
    assert buys(stage, stage.customer()) == GRANTED, "another month"


def test_a_months_codes_may_cost_so_much(stage: Stage) -> None:
    order_flow(stage, **FIVE_OFF)
    limit(stage, cost=1400)
    told = [buys(stage, stage.customer(f"P{number}")) for number in range(3)]
    assert told == [GRANTED, GRANTED, refused(Reason.CODE_BUDGET)]


def test_a_part_is_reckoned_from_the_cart_it_is_for(stage: Stage) -> None:
    cart_flow(stage)
    limit(stage, cost=1000)
    assert leaves_a_cart(stage, store_total=10100) == refused(Reason.CODE_BUDGET)
    assert leaves_a_cart(stage, store_total=10000) == GRANTED
    (cost,) = {row.cost for row in stage.rows(schema.codes, state="created")}
    assert cost == 1000


def test_codes_that_ran_out_unused_make_room_for_others(stage: Stage) -> None:
    order_flow(stage)
    limit(stage, count=1)
    month_begins = stage.now.replace(day=1) + timedelta(days=35)
    stage.pass_time(month_begins.replace(day=2) - stage.now)
    assert buys(stage, stage.customer()) == GRANTED
    assert buys(stage, stage.customer("Ben")) == refused(Reason.CODE_BUDGET)
    stage.pass_time(2 * DAY)
    ada = stage.customer("Cleo")
    assert buys(stage, ada) == GRANTED
    (code,) = stage.rows(schema.codes, customer_id=ada)
    ordered(stage, ada, discount_codes=[code.code])
    stage.pass_time(2 * DAY)
    assert buys(stage, stage.customer("Dora")) == refused(Reason.CODE_BUDGET), "one was used"


def test_the_budget_is_each_stores_own(stage: Stage) -> None:
    order_flow(stage)
    stage.change(
        schema.stores, stage.stranger_id, settings={"code_budget": {"count": 0, "cost": 0}}
    )
    assert buys(stage, stage.customer()) == GRANTED
    stage.change(schema.stores, stage.stranger_id, settings={})
    limit(stage, count=0)
    assert buys(stage, stage.customer("Ben")) == refused(Reason.CODE_BUDGET)


def test_a_refused_code_stands_on_the_timeline(stage: Stage) -> None:
    order_flow(stage)
    limit(stage, count=0)
    ada = stage.customer()
    buys(stage, ada)
    with stage.database.reading() as connection:
        entries = reports_customers.timeline(connection, stage.store_id, ada)
        strangers = reports_customers.timeline(connection, stage.stranger_id, ada)
    (message,) = [one.data for one in entries if one.kind == "message"]
    assert (message["state"], message["reason"]) == ("sent", "code_budget")
    assert strangers == []
