"""Telling customers of products: new in their favourite category, back in stock, cheaper.

A product may matter to a hundred thousand people: they are told a page at a time, each page in
a transaction that also moves the cursor. What is no longer so by then is told to nobody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs import enroll
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import announcing
from marketing.announcing import Announcement
from marketing.entry import TOO_LATE
from marketing.events import EventName, News
from storage import (
    Connection,
    Row,
    announcements,
    events,
    flows,
    interests,
    product_categories,
    stores,
)
from storage.dialect import lock_stores
from storage.events import Event
from storage.stores import Store

PAGE = 500
Told = Mapping[str, Mapping[str, Any]]
"""Customer id -> what their event tells beside the product."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of those who may care, and where the next page begins; None: that was the last."""

    told: Told
    cursor: str | None


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Tell of these stores' products, in turns; give the stores with more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: tell(runtime, store_id))


def tell(runtime: Runtime, store_id: str) -> bool:
    """Tell one page of customers; True when there may be more."""
    news, is_over = runtime.database.write(lambda c: _tell(runtime, c, store_id))
    enroll.wake_after(runtime, [store_id], news)
    return not is_over


def _tell(runtime: Runtime, connection: Connection, store_id: str) -> tuple[Sequence[News], bool]:
    lock_stores(connection, [store_id])
    now, store = runtime.database.now(connection), stores.by_id(connection, store_id)
    row = announcements.take(connection, store_id, now)
    if row is None or store is None:
        return [], True
    page = _page(connection, store, row, now)
    news = _keep(connection, store_id, announcements.read(row), page.told)
    enroll.react(connection, runtime, store, news, now)
    announcements.move(connection, row, page.cursor)
    return news, False


def _page(connection: Connection, store: Store, row: Row[Any], now: datetime) -> Page:
    announced = announcements.read(row)
    product = announcements.product_of(connection, row)
    is_late = now - row.occurred_at > TOO_LATE
    if product is None or is_late or not store.is_installed:
        return Page({}, None)
    if not announcing.still_holds(announced, product.variants):
        return Page({}, None)
    if not _is_listened_to(connection, store.id, announced.name):
        return Page({}, None)
    if announced.name is EventName.PRODUCT_PUBLISHED:
        return _fond(connection, store.id, row, announced, product.product_type)
    return _interested(connection, store.id, row, announced)


def _is_listened_to(connection: Connection, store_id: str, name: EventName) -> bool:
    """A flow that goes live later is not told of the past: without one now, nobody is."""
    live = flows.live(connection, [store_id])
    return any(name in {one.flow.trigger.event, *one.awaits, *one.flow.exits} for one in live)


def _fond(
    connection: Connection,
    store_id: str,
    row: Row[Any],
    announced: Announcement,
    category: str | None,
) -> Page:
    """Whose favourite category it is."""
    wanted = _categories(connection, store_id, announced.product_id, category)
    if not wanted:
        return Page({}, None)
    ids = interests.of_categories(connection, store_id, wanted, row.cursor, PAGE)
    at = announced.occurred_at
    done = interests.of_customers(connection, store_id, ids, at - announcing.INTEREST)
    standing = _standing(connection, store_id, done)
    liked = {one: announcing.favourite(done[one], at, standing) for one in ids}
    subject = f"product:{announced.product_id}"
    told = {
        one: {"category": liked[one], "subject": subject} for one in ids if liked[one] in wanted
    }
    return Page(told, ids[-1] if len(ids) == PAGE else None)


def _categories(
    connection: Connection, store_id: str, product_id: str, product_type: str | None
) -> set[str]:
    """Give what a product may be liked for: its type, and where else it stands."""
    others = product_categories.names(connection, store_id, [product_id]).get(product_id, [])
    narrow = product_categories.narrow(connection, store_id, others)
    return narrow | ({product_type} if product_type else set())


def _standing(
    connection: Connection, store_id: str, done: Mapping[str, Sequence[Row[Any]]]
) -> Mapping[str, Sequence[str]]:
    """Give where those products stand that have no type of their own."""
    untyped = {one.product_id for rows in done.values() for one in rows if not one.category}
    names = product_categories.names(connection, store_id, untyped)
    narrow = product_categories.narrow(
        connection, store_id, {n for all_ in names.values() for n in all_}
    )
    return {one: [name for name in all_ if name in narrow] for one, all_ in names.items()}


def _interested(
    connection: Connection, store_id: str, row: Row[Any], announced: Announcement
) -> Page:
    """Who looked at it, put it in a cart, or asked for it."""
    rows = interests.of_product(connection, store_id, row.product_id, row.cursor, PAGE)
    found = {one.customer_id: data for one in rows if (data := _data(announced, one))}
    if announced.name is EventName.PRODUCT_RESTOCKED:
        interests.answered(connection, store_id, row.product_id, found)
    return Page(found, rows[-1].customer_id if len(rows) == PAGE else None)


def _data(announced: Announcement, interest: Any) -> Mapping[str, Any] | None:
    moment = announced.occurred_at.isoformat()
    told: dict[str, Any] = {"subject": f"product:{announced.product_id}:{moment}"}
    if interest.category:
        told["category"] = interest.category
    if announced.name is EventName.PRODUCT_RESTOCKED:
        gone = {one: datetime.fromisoformat(at) for one, at in announced.data["gone"].items()}
        variant_id = announcing.wanted(interest, gone)
        return {**told, "variant_id": variant_id} if variant_id else None
    lower = announcing.cheaper(interest, announced.data["prices"], announced.occurred_at)
    return {**told, "variant_id": lower[0], "from": lower[1], "to": lower[2]} if lower else None


def _keep(connection: Connection, store_id: str, announced: Announcement, told: Told) -> list[News]:
    name, at = announced.name, announced.occurred_at
    made = [
        Event(
            store_id,
            name,
            at,
            f"{name}:{customer_id}:{data['subject']}",
            customer_id,
            {"product_id": announced.product_id, **data},
        )
        for customer_id, data in told.items()
    ]
    new = events.append_many(connection, made)
    return [News(one.name, one.occurred_at, one.customer_id, data=one.data) for one in new]
