"""Reads a store's customers, products and orders, page by page, oldest change first.

Pages are told by the time of the last record, not by number: what changes meanwhile moves to
the end and would shift numbered pages. Only records of one second are paged by number.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from connectors.base import Credentials, Page, StoreRefused, StoreUnavailable, UnreadableWebhook
from connectors.woocommerce.client import RestClient
from connectors.woocommerce.http import Answer, TooLarge
from connectors.woocommerce.mapping import customers, fields, orders, products
from connectors.woocommerce.mapping.fields import Telling
from marketing.events import EventName
from marketing.model import Change, JsonObject

SIZE = 50
SMALL = 5
"""A page's size where the store's answer was too large; a part of `SIZE`, so that pages fit."""
LONGEST_SECOND = 400
"""So many pages of one and the same second are no store's, however it was filled."""
MOST_PAGES = 40_000
MOST_VARIATIONS = 10
"""Pages of a hundred variations."""
A_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class _Noun:
    path: str
    name: EventName
    fields: str
    query: JsonObject


NOUNS = {
    "customer": _Noun(
        "customers",
        EventName.CUSTOMER_UPDATED,
        "id,email,first_name,last_name,role,billing,date_created_gmt,date_modified_gmt,meta_data",
        {"orderby": "registered_date", "role": "all"},
    ),
    "product": _Noun(
        "products",
        EventName.PRODUCT_UPDATED,
        "id,name,slug,permalink,type,status,catalog_visibility,sku,price,regular_price,on_sale,"
        "purchasable,stock_status,average_rating,rating_count,categories,brands,tags,images,"
        "date_created_gmt,date_modified_gmt",
        {"orderby": "modified", "dates_are_gmt": "true"},
    ),
    "order": _Noun(
        "orders",
        EventName.ORDER_UPDATED,
        "id,number,status,currency,total,prices_include_tax,customer_id,billing,shipping,"
        "date_created_gmt,date_modified_gmt,date_paid_gmt,date_completed_gmt,line_items,"
        "coupon_lines,refunds,created_via,payment_url,meta_data",
        {"orderby": "modified", "dates_are_gmt": "true"},
    ),
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a reading stands; what a cursor says."""

    after: str | None = None
    """Records changed later than this, in UTC; exclusive, as WooCommerce has it."""
    before: str | None = None
    number: int = 1
    count: int = 0
    """Pages read so far."""
    seen: tuple[str, ...] = ()
    """Records of the last page that the next will tell again."""
    currency: str | None = None
    newest: bool = False
    """Newest first, back to `after`: of customers, who can't be asked for by their change."""


def since(noun: str, at: datetime) -> str:
    """Give the cursor that reads what changed after a moment, of the store's own clock."""
    return _cursor(_Place(after=_written(at), newest=noun == "customer"))


def fetch_page(client: RestClient, credentials: Credentials, noun: str, cursor: str | None) -> Page:
    """Read one page; the first tells the total, and what the store's clock says."""
    if noun not in NOUNS:  # it keeps no carts of its own
        return Page((), None, 0)
    kind, place = NOUNS[noun], _place(cursor)
    if place.count >= MOST_PAGES:
        raise StoreRefused("the store's pages have no end")
    if place.currency is None:
        place = replace(place, currency=_currency(client, credentials))
    answer, size = _ask(client, credentials, kind, place)
    rows = fields.records(answer.json())
    changes = _changes(client, credentials, noun, _unseen(rows, place), place)
    total = fields.count(answer.headers.get("x-wp-total")) if place.count == 0 else None
    following = _next(kind, place, rows, answer, size)
    return Page(
        tuple(changes),
        None if following is None else _cursor(following),
        total,
        as_of=_clock(answer),
    )


def _ask(
    client: RestClient, credentials: Credentials, kind: _Noun, place: _Place
) -> tuple[Answer, int]:
    try:
        return _ask_for(client, credentials, kind, place, SIZE), SIZE
    except TooLarge:
        number = (place.number - 1) * (SIZE // SMALL) + 1
        small = replace(place, number=number)
        try:
            return _ask_for(client, credentials, kind, small, SMALL), SMALL
        except TooLarge:
            raise StoreRefused("the store's pages are larger than any we read") from None


def _ask_for(
    client: RestClient, credentials: Credentials, kind: _Noun, place: _Place, size: int
) -> Answer:
    told = {
        **kind.query,
        "order": "desc" if place.newest else "asc",
        "per_page": size,
        "page": place.number,
        "_fields": kind.fields,
    }
    if _by_change(kind):
        bounds = {"modified_after": place.after, "modified_before": place.before}
        told |= {name: value for name, value in bounds.items() if value}
    return client.get(credentials, kind.path, told)


def _by_change(kind: _Noun) -> bool:
    return bool(kind.query["orderby"] == "modified")


def _unseen(rows: Sequence[JsonObject], place: _Place) -> list[JsonObject]:
    return [row for row in rows if str(row.get("id")) not in place.seen]


def _next(
    kind: _Noun, place: _Place, rows: Sequence[JsonObject], answer: Answer, size: int
) -> _Place | None:
    """Give where to go on; None when the store told the last of it."""
    if not rows or not has_next(answer.headers.get("link", "")):
        return None
    on = replace(place, count=place.count + 1)
    if not _by_change(kind):
        ended = place.newest and _is_older(rows[-1], place.after)
        return None if ended or size == SMALL else replace(on, number=place.number + 1)
    before = place.before or _written(_clock(answer) + A_SECOND)
    last = fields.moment(rows[-1].get("date_modified_gmt"))
    if last is None:
        raise StoreUnavailable("the store does not say when its records changed")
    after = _written(last - A_SECOND)
    if place.after is None or after > place.after:
        told = tuple(str(row.get("id")) for row in rows if _changed_at(row) == last)
        return replace(on, after=after, before=before, number=1, seen=told)
    return _same_second(replace(on, before=before), rows, size)


def _same_second(place: _Place, rows: Sequence[JsonObject], size: int) -> _Place:
    """A whole page of one second, or of what was asked for before: go on by number."""
    if place.number >= LONGEST_SECOND:
        raise StoreRefused("the store tells the same page again and again")
    if size == SMALL:
        raise StoreRefused("the store's pages are larger than any we read")
    return replace(place, number=place.number + 1, seen=tuple(str(row.get("id")) for row in rows))


def has_next(link: str) -> bool:
    """Read the Link header's `rel`; the last page has one, too, that leads elsewhere."""
    for part in link.split(","):
        _, *attributes = (piece.strip() for piece in part.split(";"))
        if any(one.replace("'", '"').lower() in {'rel="next"', "rel=next"} for one in attributes):
            return True
    return False


def _is_older(row: JsonObject, after: str | None) -> bool:
    created = fields.moment(row.get("date_created_gmt"))
    limit = fields.moment(after)
    return created is not None and limit is not None and created <= limit


def _changed_at(row: JsonObject) -> datetime | None:
    return fields.moment(row.get("date_modified_gmt"))


def _clock(answer: Answer) -> datetime:
    """Give the earlier of our time and the store's, whose clock may be off by hours."""
    now = datetime.now(UTC)
    try:
        told = parsedate_to_datetime(answer.headers.get("date", ""))
    except (ValueError, TypeError, IndexError):
        return now
    return min(now, told.replace(tzinfo=told.tzinfo or UTC).astimezone(UTC))


def _changes(
    client: RestClient,
    credentials: Credentials,
    noun: str,
    rows: Sequence[JsonObject],
    place: _Place,
) -> list[Change]:
    home = client.home(credentials.store_domain)
    telling = Telling(NOUNS[noun].name, home, datetime.now(UTC), place.currency)
    read: Callable[[JsonObject], list[Change]] = {
        "customer": lambda row: customers.customer(row, telling),
        "order": lambda row: orders.order(row, telling),
        "product": lambda row: [_product(client, credentials, row, telling)],
    }[noun]
    told: list[Change] = []
    for row in rows:
        try:
            told += read(row)
        except UnreadableWebhook:
            continue  # without an id it is nothing that could be asked for
    return told


def _product(
    client: RestClient, credentials: Credentials, row: JsonObject, telling: Telling
) -> Change:
    variations: Sequence[JsonObject] = (row,)
    if products.has_variations(row) and fields.identifier(row.get("id")):
        variations = _variations(client, credentials, str(row["id"]))
    return products.whole(row, variations, telling)


def _variations(client: RestClient, credentials: Credentials, product_id: str) -> list[JsonObject]:
    told: list[JsonObject] = []
    wanted = "id,sku,price,regular_price,on_sale,purchasable,stock_status,image,attributes"
    for number in range(1, MOST_VARIATIONS + 1):
        asked = {"per_page": 100, "page": number, "_fields": wanted}
        answer = client.get(credentials, f"products/{product_id}/variations", asked)
        told += fields.records(answer.json())
        if not has_next(answer.headers.get("link", "")):
            break
    return told


def _currency(client: RestClient, credentials: Credentials) -> str:
    told = client.get(credentials, "data/currencies/current", {"_fields": "code"}).json()
    code = fields.currency_code(fields.record(told).get("code"))
    if code is None:
        raise StoreUnavailable("the store does not say which currency it sells in")
    return code


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _cursor(place: _Place) -> str:
    return orjson.dumps(asdict(place)).decode()


def _place(cursor: str | None) -> _Place:
    if cursor is None:
        return _Place()
    told: dict[str, Any] = orjson.loads(cursor)
    return _Place(**{**told, "seen": tuple(told["seen"])})
