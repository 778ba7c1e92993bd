"""Joining visits to customers: a visitor who becomes known brings along what they did before.

Who a visitor is, only a signed link of ours or the platform says (a cart or a checkout, told by
its webhook, that the visitor's browser holds). What the browser says is never believed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from jobs import enroll
from jobs.pixel_payload import NEEDS, REMOVED
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.events import EventName, News
from marketing.model import Item, Visit
from storage import (
    Connection,
    Row,
    browses,
    events,
    flows,
    held_carts,
    interests,
    people,
    product_categories,
    stores,
    visits,
)
from storage.browses import View
from storage.dialect import lock_stores
from storage.events import Event
from storage.interests import Done
from storage.stores import Store
from storage.visits import Arrival, Seen

BATCH = 500
BROWSED = {
    EventName.PRODUCT_VIEWED.value: (EventName.PRODUCT_BROWSED, "product_id"),
    EventName.CATEGORY_VIEWED.value: (EventName.CATEGORY_BROWSED, "category"),
}
INTERESTS = {
    EventName.PRODUCT_VIEWED: "viewed_at",
    EventName.PRODUCT_ADDED: "added_at",
    EventName.PRODUCT_WANTED: "asked_at",
}
UNTOLD = frozenset({"cart", "category_id"})
"""What a visit names that its event does not."""
MOST_CATEGORIES = 20
MOST_LINES = 100
MOST_PIECES = 999


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Join the visits that are due at these stores, or at all; give the stores that have more."""
    seconds = runtime.settings.periods.work
    waiting = store_ids or _waiting(runtime)
    return rounds(waiting, seconds, lambda store_id: join(runtime, store_id))


def _waiting(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as connection:
        return visits.stores_due(connection, runtime.database.now(connection))


def join(runtime: Runtime, store_id: str) -> bool:
    """Look at one batch of a store's visits; True when there may be more."""
    news, count = runtime.database.write(lambda c: _join(runtime, c, store_id))
    enroll.wake_after(runtime, [store_id], news)
    return count == BATCH


def _join(runtime: Runtime, connection: Connection, store_id: str) -> tuple[list[News], int]:
    lock_stores(connection, [store_id])
    now = runtime.database.now(connection)
    rows = visits.take(connection, store_id, now, BATCH)
    store = stores.by_id(connection, store_id)
    if not rows or store is None:
        return [], 0
    if _meet(connection, store_id, rows, now):
        rows = visits.take(connection, store_id, now, BATCH)
    own = [row for row in rows if row.customer_id]
    news = _take_in(connection, store, own, now) if store.is_installed else []
    enroll.react(connection, runtime, store, news, now)
    visits.settle(connection, store_id, rows, now)
    return news, len(rows)


def _meet(
    connection: Connection, store_id: str, rows: Iterable[Row[Any]], now: datetime
) -> set[str]:
    """Know the visitors whose carts or checkouts the platform has told us the owners of."""
    unknown = {row.visitor_id for row in rows if row.customer_id is None}
    held = visits.held_by(connection, store_id, unknown) if unknown else []
    whose = {row.visitor_id: row.whose for row in held if row.whose}
    return visits.become_known(connection, store_id, whose, now) if whose else set()


def _take_in(
    connection: Connection, store: Store, rows: Sequence[Row[Any]], now: datetime
) -> list[News]:
    """Make a batch of known visitors' visits events, carts and views; give the news."""
    if not rows:
        return []
    named = {one for row in rows for one in _products_in(row.data)}
    goods = browses.goods(connection, store.id, named)
    shelves = _shelves(connection, store.id, rows, named)
    told = [
        _event(row, goods, shelves) for row in rows if row.name in NEEDS and row.name != REMOVED
    ]
    new = events.append_many(connection, told)
    _remember(connection, store.id, new, goods)
    interests.note(connection, [done for one in new if (done := _interest(one))])
    news = [News(one.name, one.occurred_at, one.customer_id, data=one.data) for one in new]
    return [*news, *_carts(connection, store, rows, goods, now)]


def _products_in(data: Mapping[str, Any]) -> list[str]:
    one = data.get("product_id")
    return [*([one] if one else []), *data.get("product_ids", ())]


@dataclass(frozen=True, slots=True)
class Shelves:
    """Where products stand, by product id, and what the categories are called, by theirs."""

    of_products: Mapping[str, Sequence[str]]
    called: Mapping[str, str]


def _shelves(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]], product_ids: set[str]
) -> Shelves:
    ids = {one for row in rows if (one := row.data.get("category_id"))}
    return Shelves(
        product_categories.names(connection, store_id, product_ids),
        product_categories.called(connection, store_id, ids),
    )


def _event(row: Row[Any], goods: Mapping[str, Row[Any]], shelves: Shelves) -> Event:
    data = {name: value for name, value in row.data.items() if name not in UNTOLD}
    # A page in another language names its category in that language: the store's own name holds.
    if known := shelves.called.get(row.data.get("category_id", "")):
        data["category"] = known
    if "product_ids" in data:
        data["product_ids"] = [one for one in data["product_ids"] if one in goods]
    ware = goods.get(data.get("product_id", ""))
    if ware is not None and ware.product_type:
        data["category"] = ware.product_type
    if stands := shelves.of_products.get(data.get("product_id", "")):
        data["categories"] = list(stands[:MOST_CATEGORIES])
    key = f"pixel:{row.visitor_id}:{row.event_key}"
    return Event(row.store_id, EventName(row.name), row.occurred_at, key, row.customer_id, data)


def _interest(one: Event) -> Done | None:
    """What somebody did about a product, for whoever tells them of it later."""
    who, data = one.customer_id or "", one.data
    if one.name is EventName.CATEGORY_VIEWED:
        return interests.of_category_view(one.store_id, who, data["category"], one.occurred_at)
    what = INTERESTS.get(one.name)
    if what is None:
        return None
    named = data["product_id"], what, one.occurred_at, data.get("variant_id"), data.get("category")
    return Done(one.store_id, who, *named)


def _remember(
    connection: Connection, store_id: str, new: Iterable[Event], goods: Mapping[str, Row[Any]]
) -> None:
    """Keep what each customer viewed last, for the clock to come back to."""
    views = []
    for one in new:
        kind, name = BROWSED.get(one.name.value, (None, ""))
        known = one.name is not EventName.PRODUCT_VIEWED or one.data["product_id"] in goods
        if kind and known and one.customer_id:
            subject = str(one.data[name])
            views.append(View(one.customer_id, kind.value, subject, one.occurred_at, one.data))
    if views:
        browses.put(connection, store_id, views, idle_times(connection, store_id))


def idle_times(connection: Connection, store_id: str) -> dict[str, timedelta]:
    """Give the shortest idle time of the store's live flows for each kind of browsing."""
    shortest: dict[str, timedelta] = {}
    for kind, _ in BROWSED.values():
        live = flows.live(connection, [store_id], kind)
        idle = [version.flow.trigger.idle or timedelta() for version in live]
        if idle:
            shortest[kind.value] = min(idle)
    return shortest


# --- carts ------------------------------------------------------------------------------------


def _carts(
    connection: Connection,
    store: Store,
    rows: Sequence[Row[Any]],
    goods: Mapping[str, Row[Any]],
    now: datetime,
) -> list[News]:
    """Open and fill the carts that the platform has not told of; know whose the others are."""
    told = _fill(connection, store, rows, goods, now)
    whose = {row.visitor_id: row.customer_id for row in rows}
    held = visits.held_by(connection, store.id, whose)
    nobodys = {row.cart_id: whose[row.visitor_id] for row in held if row.whose is None}
    given = held_carts.claim(connection, store, nobodys, now) if nobodys else set()
    held_carts.take_over(connection, store.id, {row.cart_id for row in held} | set(told))
    news = [News(EventName.CART_UPDATED, now, nobodys[one], cart_id=one) for one in sorted(given)]
    return [*told.values(), *news]


def _fill(
    connection: Connection,
    store: Store,
    rows: Iterable[Row[Any]],
    goods: Mapping[str, Row[Any]],
    now: datetime,
) -> dict[str, News]:
    changes = [row for row in rows if row.name in {EventName.PRODUCT_ADDED, REMOVED}]
    changes = [row for row in changes if row.data.get("cart")]
    known = held_carts.of_tokens(connection, store.id, {row.data["cart"] for row in changes})
    taken = {one["cart_token"] for one in known if one["opened_by"] != held_carts.PIXEL}
    carts = {one["external_id"]: one for one in known if one["opened_by"] == held_carts.PIXEL}
    news: dict[str, News] = {}
    for row in changes:
        token = row.data["cart"]
        if token in taken or (token not in carts and row.name == REMOVED):
            continue
        is_new = token not in carts
        cart = carts.setdefault(
            token, held_carts.open_cart(store, token, row.customer_id, row.occurred_at)
        )
        held_carts.fill(cart, store, _changed(cart["items"], row, goods), row.occurred_at, now)
        name = EventName.CART_CREATED if is_new else EventName.CART_UPDATED
        news[cart["id"]] = News(name, row.occurred_at, cart["customer_id"], cart_id=cart["id"])
    held_carts.save(connection, [cart for cart in carts.values() if cart["id"] in news])
    return news


def _changed(
    items: Sequence[Mapping[str, Any]], row: Row[Any], goods: Mapping[str, Row[Any]]
) -> list[Mapping[str, Any]]:
    """Give a cart's lines after one visit; what the mirror does not sell is not put in."""
    fresh = _item(row.data, goods.get(row.data["product_id"]))
    if fresh is None:
        return list(items)
    same = (fresh.product_id, fresh.variant_id)
    others = [one for one in items if (one["product_id"], one["variant_id"]) != same]
    had = sum(one["quantity"] for one in items if one not in others)
    count = had - fresh.quantity if row.name == REMOVED else had + fresh.quantity
    if count <= 0 or len(others) >= MOST_LINES:
        return others
    count = min(count, MOST_PIECES)
    line = replace(fresh, quantity=count, line_price=count * fresh.price)
    return [*others, asdict(line)]


def _item(data: Mapping[str, Any], ware: Row[Any] | None) -> Item | None:
    """Read a line off the mirror: its title, picture and price are the store's own words."""
    variants = ware.variants if ware is not None else []
    wanted = data.get("variant_id")
    found = [one for one in variants if one["external_id"] == wanted]
    if len(variants) == 1 and not wanted:
        found = variants
    if ware is None or not found:
        return None
    variant, count = found[0], int(data.get("quantity", 1))
    return Item(
        product_id=ware.external_id,
        variant_id=variant["external_id"],
        title=ware.title,
        variant_title=variant["title"] if len(variants) > 1 else None,
        quantity=count,
        price=variant["price"],
        line_price=variant["price"] * count,
        store_price=variant["price"],
        sku=variant.get("sku"),
        image_url=variant.get("image_url") or ware.image_url,
    )


# --- what webhooks tell of visitors -----------------------------------------------------------


def told_by_the_store(
    connection: Connection, runtime: Runtime, store: Store, told: Sequence[Visit], now: datetime
) -> None:
    """Keep what a store's own server tells of shoppers: it knows who they are, so do we then.

    Due to be joined at once; a visit told twice is one.
    """
    named = [(one.customer, one.at) for one in told]
    whose = people.meet(connection, store.id, named, runtime.secrets.address_hash)
    known = {one.visitor: who for one, who in zip(told, whose, strict=True) if who}
    fresh = [one for one in told if one.visitor in known]
    arrivals = [Arrival(store.id, one.visitor, (_seen(one, now),)) for one in fresh]
    visits.keep_all(connection, arrivals)
    ids = visits.ids_of(connection, store.id, known)
    by_id = {ids[visitor]: who for visitor, who in known.items()}
    visits.become_known(connection, store.id, by_id, now)


def _seen(one: Visit, now: datetime) -> Seen:
    key = f"{one.name}:{one.at.isoformat()}:{'/'.join(one.data.values())}"[:100]
    return Seen(key, one.name, max(now - one.at, timedelta()), one.data)


def recognise(
    connection: Connection,
    homes: Iterable[Store],
    news: Mapping[str, Sequence[News]],
    now: datetime,
) -> Mapping[str, Sequence[News]]:
    """Learn from the platform's word who holds which cart; give the news with who it is about.

    By store id. Called in the transaction that mirrors, before anybody reacts: a cart that was
    nobody's may be a known visitor's, and a checkout takes over the cart it came from. Stores
    without a pixel cost one question together.
    """
    with_carts = {one for one, told in news.items() if any(item.cart_id for item in told)}
    watched = visits.stores_with_carts(connection, with_carts) if with_carts else set()
    by_id = {store.id: store for store in homes}
    return {
        store_id: _recognise(connection, by_id[store_id], told, now)
        if store_id in watched
        else told
        for store_id, told in news.items()
    }


def _recognise(
    connection: Connection, store: Store, news: Sequence[News], now: datetime
) -> Sequence[News]:
    cart_ids = {one.cart_id for one in news if one.cart_id}
    held = visits.holders(connection, store.id, cart_ids)
    bought = {one.cart_id: one.customer_id for one in news if one.order_id and one.customer_id}
    whose = {row.visitor_id: who for row in held if (who := _owner(row, bought))}
    if whose:
        visits.become_known(connection, store.id, whose, now)
    nobodys = {row.cart_id: row.customer_id for row in held if not row.whose and row.customer_id}
    given = held_carts.claim(connection, store, nobodys, now) if nobodys else set()
    held_carts.take_over(connection, store.id, cart_ids)
    return [
        replace(one, customer_id=nobodys[one.cart_id])
        if one.cart_id in given and one.customer_id is None
        else one
        for one in news
    ]


def _owner(row: Row[Any], bought: Mapping[str | None, str | None]) -> str | None:
    """Give who a visitor turns out to be, if this cart tells something new.

    A cart may have its owner from the visitor; a checkout's and an order's are the platform's.
    """
    who: str | None = bought.get(row.cart_id)
    if who is None and (row.customer_id is None or not row.is_plain):
        who = row.whose
    return who if who != row.customer_id else None
