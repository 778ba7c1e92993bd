"""Reads a store's abandoned checkouts, customers, products, orders and profile, page by page.

Oldest change first: what changes during an import moves to its end and is read again.
Without the scope `read_all_orders` Shopify shows the orders of the last 60 days only; a
customer's sums (`orders_count`, `spent`) cover all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connectors.base import Credentials, Page, StoreRefused, UnreadableWebhook
from connectors.shopify import documents
from connectors.shopify.client import AdminClient, TooCostly
from connectors.shopify.mapping import carts, customers, fields, nodes, orders, products, store
from connectors.shopify.mapping.fields import Mapper, Telling
from marketing.events import EventName
from marketing.model import Change, JsonObject, StoreProfile


@dataclass(frozen=True, slots=True)
class _Noun:
    document: str
    size: int
    name: EventName
    retell: Callable[[JsonObject], JsonObject]
    read: Mapper
    children: str | None = None
    more: str | None = None
    days: int | None = None
    """How far back it is read; None: to the beginning. Nobody counts what is so narrowed."""


def _checkout(payload: JsonObject, telling: Telling) -> list[Change]:
    """A checkout brings its customer, and with them what they said of being written to."""
    who = replace(telling, name=EventName.CUSTOMER_UPDATED)
    buyer = fields.record(payload.get("customer"))
    known = customers.customer(buyer, who) if buyer.get("id") else []
    return [*known, *carts.cart(payload, telling)]


NOUNS = {
    "cart": _Noun(
        documents.CHECKOUTS, 50, EventName.CART_UPDATED, nodes.checkout, _checkout, days=30
    ),
    "customer": _Noun(
        documents.CUSTOMERS, 100, EventName.CUSTOMER_UPDATED, nodes.customer, customers.customer
    ),
    "product": _Noun(
        documents.PRODUCTS,
        25,
        EventName.PRODUCT_UPDATED,
        nodes.product,
        products.product,
        "variants",
        documents.MORE_VARIANTS,
    ),
    "order": _Noun(
        documents.ORDERS,
        25,
        EventName.ORDER_PLACED,
        nodes.order,
        orders.order,
        "lineItems",
        documents.MORE_LINES,
    ),
}


def fetch_page(
    client: AdminClient, credentials: Credentials, noun: str, cursor: str | None
) -> Page:
    """Read one page; the first tells the total too, as far as the store counts."""
    kind = NOUNS[noun]
    data = _ask(client, credentials, kind, cursor)
    page = data.get("page")
    if not isinstance(page, dict):
        raise StoreRefused(f"the store does not let us read any {noun}")
    telling = _telling(kind, credentials, data)
    changes: list[Change] = []
    for node in fields.records(page.get("nodes")):
        _complete(client, credentials, kind, node)
        changes += _changes(kind, node, telling)
    return Page(tuple(changes), _next_cursor(page), _total(data))


def _ask(
    client: AdminClient, credentials: Credentials, kind: _Noun, cursor: str | None
) -> JsonObject:
    size = kind.size
    while True:
        variables: JsonObject = {"first": size, "after": cursor}
        if kind.days is None:
            variables["counting"] = cursor is None
        else:
            since = datetime.now(UTC).date() - timedelta(days=kind.days)
            variables["query"] = f"created_at:>='{since.isoformat()}'"
        try:
            return client.run(credentials, kind.document, variables)
        except TooCostly:
            if size <= 1:
                raise
            size //= 2


def _telling(kind: _Noun, credentials: Credentials, data: JsonObject) -> Telling:
    return Telling(
        name=kind.name,
        store_domain=credentials.store_domain,
        at=datetime.now(UTC),
        store_currency=fields.currency_code(fields.record(data.get("shop")).get("currencyCode")),
    )


def _complete(client: AdminClient, credentials: Credentials, kind: _Noun, node: JsonObject) -> None:
    """Fetch the rest of a node's variants or lines into it, where a page was not enough."""
    if kind.children and kind.more:
        children = fields.record(node.get(kind.children))
        rest = _rest(client, credentials, kind.more, str(node.get("id")), children)
        children["nodes"] = [*fields.records(children.get("nodes")), *rest]


def _rest(
    client: AdminClient, credentials: Credentials, document: str, owner: str, page: JsonObject
) -> Iterator[JsonObject]:
    while cursor := _next_cursor(page):
        data = client.run(credentials, document, {"id": owner, "after": cursor})
        page = fields.record(fields.record(data.get("owner")).get("more"))
        yield from fields.records(page.get("nodes"))


def _changes(kind: _Noun, node: JsonObject, telling: Telling) -> list[Change]:
    try:
        return kind.read(kind.retell(node), telling)
    except UnreadableWebhook:
        # A node without an id (not ours to see) is no news, and no reason to stop.
        return []


def _next_cursor(page: JsonObject) -> str | None:
    info = fields.record(page.get("pageInfo"))
    return fields.text(info.get("endCursor")) if info.get("hasNextPage") is True else None


def _total(data: JsonObject) -> int | None:
    return fields.count(fields.record(data.get("total")).get("count"))


def fetch_profile(client: AdminClient, credentials: Credentials) -> StoreProfile:
    """Read what the store says about itself."""
    shop = fields.record(client.run(credentials, documents.PROFILE).get("shop"))
    address = fields.record(shop.get("shopAddress"))
    told = {
        "id": shop.get("id"),
        "name": shop.get("name"),
        "email": shop.get("email"),
        "customer_email": shop.get("contactEmail"),
        "currency": shop.get("currencyCode"),
        "iana_timezone": shop.get("ianaTimezone"),
        "money_format": fields.record(shop.get("currencyFormats")).get("moneyFormat"),
        **{key: address.get(key) for key in ("address1", "address2", "zip", "city", "province")},
        "country_name": address.get("country"),
        "country_code": address.get("countryCodeV2"),
        "storefront_url": fields.record(shop.get("primaryDomain")).get("url"),
    }
    telling = Telling(EventName.STORE_UPDATED, credentials.store_domain, datetime.now(UTC))
    profile = store.read_profile(told, telling)
    if profile is None:
        raise StoreRefused("the store tells neither its currency nor its time zone")
    return profile
