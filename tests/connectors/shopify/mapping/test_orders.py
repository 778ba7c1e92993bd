"""Orders and refunds."""

from datetime import UTC, datetime

import pytest

from marketing.model import CustomerKey, Refund
from tests.connectors.shopify.mapping.reading import THEN, only, order_of
from tests.payloads.shopify import sample


def test_an_order_is_read_whole() -> None:
    order = order_of(sample("orders/create", cart_token="c", checkout_token="k", test=False))
    assert order.external_id == "820982911946154500"
    assert order.name == "#9999"
    assert order.customer == CustomerKey("115310627314723950", "jon@example.com")
    assert (order.cart_token, order.checkout_token) == ("c", "k")
    assert (order.total, order.store_total, order.store_refunded) == (40495, 40495, 0)
    assert order.items[0].price == 8999
    assert order.placed_at == THEN
    assert order.counts
    assert order.locale == "en"


def test_an_orders_plain_amounts_are_the_stores() -> None:
    payload = sample("orders/create", presentment_currency="EUR", total_price="10.00")
    del payload["total_price_set"]
    order = order_of(payload)
    assert (order.currency, order.total, order.store_total) == ("EUR", 0, 1000)


def test_an_orders_amounts_come_in_both_currencies() -> None:
    payload = sample("orders/create", presentment_currency="EUR")
    payload["total_price_set"]["presentment_money"] = {
        "amount": "370.01",
        "currency_code": "EUR",
    }
    order = order_of(payload)
    assert (order.total, order.store_total) == (37001, 40495)


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("orders/create", "order.placed"),
        ("orders/updated", "order.updated"),
        ("orders/paid", "order.paid"),
        ("orders/cancelled", "order.cancelled"),
        ("orders/fulfilled", "order.fulfilled"),
    ],
)
def test_each_topic_is_its_own_news(topic: str, name: str) -> None:
    assert only(topic, sample(topic)).name == name


def test_news_happened_when_the_order_says() -> None:
    moved = {"updated_at": "2026-11-22T12:00:00+01:00", "cancelled_at": "2026-11-22T10:00:00Z"}
    assert only("orders/create", sample("orders/create", **moved)).occurred_at == THEN
    assert only("orders/cancelled", sample("orders/create", **moved)).occurred_at.hour == 10
    assert only("orders/updated", sample("orders/create", **moved)).occurred_at.hour == 11


def test_an_order_paid_at_once_was_paid_when_placed() -> None:
    paid = sample("orders/create", financial_status="paid")
    assert order_of(paid).paid_at == THEN
    assert order_of(paid, "orders/updated").paid_at is None
    assert order_of(sample("orders/create", financial_status="pending")).paid_at is None


def test_an_order_is_fulfilled_with_its_last_parcel() -> None:
    parcels = [{"created_at": "2026-11-20T10:00:00Z"}, {"created_at": "2026-11-21T10:00:00Z"}]
    payload = sample("orders/fulfilled", fulfillment_status="fulfilled", fulfillments=parcels)
    assert order_of(payload, "orders/fulfilled").fulfilled_at == datetime(
        2026, 11, 21, 10, tzinfo=UTC
    )


def test_codes_are_read() -> None:
    codes = [{"code": "BACK-1", "amount": "9.00", "type": "percentage"}, "PLAIN", None, {}]
    payload = sample("orders/create", discount_codes=codes)
    assert order_of(payload).discount_codes == ("BACK-1", "PLAIN")


def test_a_refund_is_the_money_that_went_back() -> None:
    change = only("refunds/create", sample("refunds/create"))
    assert change.record == Refund("890088186047892400", "820982911946154500", 8500, THEN)


def test_without_payments_it_is_what_the_lines_say() -> None:
    change = only("refunds/create", sample("refunds/create", transactions=[]))
    assert isinstance(change.record, Refund)
    assert change.record.store_amount == 8999 + 1999 + 2499 + 15999 + 11999


def test_payments_in_another_currency_are_not_added_up() -> None:
    payload = sample("refunds/create")
    for payment in payload["transactions"]:
        payment["currency"] = "EUR"
    change = only("refunds/create", payload)
    assert isinstance(change.record, Refund)
    assert change.record.store_amount == 41495


def test_a_failed_payment_gave_nothing_back() -> None:
    payload = sample("refunds/create", refund_line_items=[])
    for payment in payload["transactions"]:
        payment["status"] = "failure"
    record = only("refunds/create", payload).record
    assert isinstance(record, Refund)
    assert record.store_amount == 0


def test_an_adjustment_with_a_minus_is_money_given_back() -> None:
    payload = sample("refunds/create", transactions=[], refund_line_items=[])
    payload["order_adjustments"] = [{"amount": "-5.00", "tax_amount": "-0.50"}]
    record = only("refunds/create", payload).record
    assert isinstance(record, Refund)
    assert record.store_amount == 550


def test_an_order_adds_its_refunds_up() -> None:
    refunds = [sample("refunds/create"), sample("refunds/create")]
    assert order_of(sample("orders/updated", refunds=refunds)).store_refunded == 17000
