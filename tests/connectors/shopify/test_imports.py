"""Reading a store page by page, where the store answers less, or odder, than one asked for."""

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.base import Credentials, StoreRefused
from connectors.shopify import imports
from connectors.shopify.client import AdminClient, TooCostly
from connectors.shopify.http import Http
from marketing.model import Cart, ConsentState, Customer, Order, Product
from tests.connectors.scripted_server import Reply, Request, ScriptedServer

TOO_COSTLY = Reply({"errors": [{"message": "no", "extensions": {"code": "MAX_COST_EXCEEDED"}}]})


@pytest.fixture
def client(store: ScriptedServer) -> Iterator[AdminClient]:
    http = Http()
    yield AdminClient(http, store.admin_url, sleep=lambda _: None)
    http.close()


def a_page(*nodes: Any, cursor: str | None = None, **more: Any) -> Reply:
    info = {"hasNextPage": cursor is not None, "endCursor": cursor or "the-last"}
    return Reply({"data": {"page": {"pageInfo": info, "nodes": list(nodes)}} | more})


def a_variant(number: int) -> dict[str, Any]:
    return {"id": f"gid://shopify/ProductVariant/{number}", "title": str(number), "price": "20.00"}


def test_only_the_first_page_counts(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(a_page(cursor="c1", total={"count": 250}), a_page())
    first = imports.fetch_page(client, credentials, "customer", None)
    second = imports.fetch_page(client, credentials, "customer", first.cursor)
    assert (first.total, first.cursor, second.total, second.cursor) == (250, "c1", None, None)
    asked = [request.body["variables"] for request in store.requests]
    assert asked == [
        {"first": 100, "after": None, "counting": True},
        {"first": 100, "after": "c1", "counting": False},
    ]


def test_a_page_that_costs_too_much_is_asked_for_in_smaller_ones(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(TOO_COSTLY, TOO_COSTLY, a_page())
    imports.fetch_page(client, credentials, "order", "c1")
    assert [request.body["variables"]["first"] for request in store.requests] == [25, 12, 6]


def test_a_single_record_that_costs_too_much_is_an_error(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(TOO_COSTLY)
    with pytest.raises(TooCostly):
        imports.fetch_page(client, credentials, "order", "c1")


def test_a_product_comes_with_all_its_variants(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    def answer(request: Request) -> Reply:
        variables = request.body["variables"]
        if "id" not in variables:
            rest = {"pageInfo": {"hasNextPage": True, "endCursor": "v1"}, "nodes": [a_variant(1)]}
            node = {"id": "gid://shopify/Product/7", "title": "Mug", "variants": rest}
            return a_page(node, shop={"currencyCode": "JPY"})
        assert variables["id"] == "gid://shopify/Product/7"
        is_last = variables["after"] == "v2"
        more = {
            "pageInfo": {"hasNextPage": not is_last, "endCursor": "v2"},
            "nodes": [a_variant(3 if is_last else 2)],
        }
        return Reply({"data": {"owner": {"more": more}}})

    store.script = answer
    [change] = imports.fetch_page(client, credentials, "product", "c").changes
    assert isinstance(change.record, Product)
    assert [one.external_id for one in change.record.variants] == ["1", "2", "3"]
    assert change.record.variants[0].price == 20, "yen have no decimals"


def test_nodes_without_an_id_are_left_out(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(a_page({"id": None}, {}, None, {"id": "gid://shopify/Customer/1"}))
    [change] = imports.fetch_page(client, credentials, "customer", "c").changes
    assert isinstance(change.record, Customer)
    assert change.record.key.external_id == "1"
    assert change.record.consents == ()


def test_a_null_consent_changes_nothing(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    address = {"emailAddress": "a@example.com", "marketingState": None, "marketingUpdatedAt": None}
    store.answers(a_page({"id": "1", "defaultEmailAddress": address, "defaultPhoneNumber": None}))
    [change] = imports.fetch_page(client, credentials, "customer", "c").changes
    assert isinstance(change.record, Customer)
    assert (change.record.key.email, change.record.consents) == ("a@example.com", ())


@pytest.mark.parametrize("page", [None, [], "odd"])
def test_no_page_is_a_refusal(
    store: ScriptedServer, client: AdminClient, credentials: Credentials, page: Any
) -> None:
    store.answers(Reply({"data": {"page": page, "total": {"count": 1}}}))
    with pytest.raises(StoreRefused):
        imports.fetch_page(client, credentials, "customer", None)


def test_a_company_order_and_a_test_do_not_count(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    company = {"id": "1", "purchasingEntity": {"__typename": "PurchasingCompany"}}
    person = {"id": "2", "purchasingEntity": {"__typename": "Customer"}, "test": False}
    trial = {"id": "3", "purchasingEntity": None, "test": True}
    store.answers(a_page(company, person, trial))
    page = imports.fetch_page(client, credentials, "order", "c")
    told = [change.record for change in page.changes]
    assert [one.counts for one in told if isinstance(one, Order)] == [False, True, False]


def test_refunds_come_as_one_sum(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    def bag(shop: str, presentment: str) -> dict[str, Any]:
        return {
            "shopMoney": {"amount": shop, "currencyCode": "USD"},
            "presentmentMoney": {"amount": presentment, "currencyCode": "EUR"},
        }

    node = {
        "id": "1",
        "currencyCode": "USD",
        "presentmentCurrencyCode": "EUR",
        "totalPriceSet": bag("100.00", "92.00"),
        "totalRefundedSet": bag("10.00", "9.20"),
    }
    store.answers(a_page(node))
    [change] = imports.fetch_page(client, credentials, "order", "c").changes
    assert isinstance(change.record, Order)
    assert (change.record.total, change.record.store_total) == (9200, 10000)
    assert change.record.store_refunded == 1000


@pytest.mark.parametrize(
    "told", [{}, {"shop": None}, {"shop": {"id": "1", "currencyCode": "USD", "ianaTimezone": "X"}}]
)
def test_a_store_without_currency_or_zone_is_refused(
    store: ScriptedServer, client: AdminClient, credentials: Credentials, told: Any
) -> None:
    store.answers(Reply({"data": told}))
    with pytest.raises(StoreRefused):
        imports.fetch_profile(client, credentials)


def test_a_checkout_left_lately_brings_its_customer_and_the_name_that_webhooks_give_it(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    def bag(amount: str) -> dict[str, Any]:
        money = {"amount": amount, "currencyCode": "USD"}
        return {"shopMoney": money, "presentmentMoney": money}

    node = {
        "id": "gid://shopify/AbandonedCheckout/55",
        "name": "#55",
        "abandonedCheckoutUrl": "https://maple.example/7/checkouts/ac/t0ken/recover?key=k",
        "createdAt": "2026-11-19T10:00:00Z",
        "updatedAt": "2026-11-19T10:05:00Z",
        "completedAt": None,
        "discountCodes": ["SAVE"],
        "subtotalPriceSet": bag("80.00"),
        "totalPriceSet": bag("86.10"),
        "customer": {
            "id": "gid://shopify/Customer/9",
            "firstName": "Ada",
            "updatedAt": "2026-11-19T10:00:00Z",
            "defaultEmailAddress": {
                "emailAddress": "ada@example.com",
                "marketingState": "SUBSCRIBED",
                "marketingUpdatedAt": "2026-11-01T10:00:00Z",
            },
        },
        "lineItems": {
            "nodes": [
                {
                    "title": "Linen throw",
                    "quantity": 2,
                    "product": {"id": "gid://shopify/Product/1"},
                    "variant": {"id": "gid://shopify/ProductVariant/11"},
                    "originalUnitPriceSet": bag("40.00"),
                    "discountedTotalPriceSet": bag("80.00"),
                }
            ]
        },
    }
    store.answers(a_page(node))
    page = imports.fetch_page(client, credentials, "cart", None)
    who, left = (change.record for change in page.changes)
    assert isinstance(who, Customer)
    assert [said.state for said in who.consents] == [ConsentState.SUBSCRIBED]
    assert isinstance(left, Cart)
    assert (left.external_id, left.checkout_id, left.total) == ("t0ken", "55", 8610)
    assert left.customer is not None
    assert (left.customer.email, left.customer.external_id) == ("ada@example.com", "9")
    assert [(one.product_id, one.quantity, one.line_price) for one in left.items] == [
        ("1", 2, 8000)
    ]
    assert left.discount_codes == ("SAVE",)
    [asked] = [request.body["variables"] for request in store.requests]
    assert asked["query"].startswith("created_at:>='20")
