"""What goes with what in each store: found once a day from orders and views, read at send time."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select, update

from marketing.recommendations import Taken
from storage.among import among
from storage.bulk import insert_rows
from storage.schema import (
    events,
    orders,
    product_categories,
    product_lists,
    product_neighbours,
    products,
    recommendation_rounds,
)

BOUGHT, VIEWED = "bought", "viewed"
BEST, NEWEST = "best", "newest"
PAGE = 1000
Companions = Mapping[str, Sequence[tuple[str, float]]]


@dataclass(frozen=True, slots=True)
class Found:
    """What one round found: companions by kind, and the lists by name."""

    companions: Mapping[str, Companions]
    lists: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Shelf:
    """What was found of some products: their companions by kind, and the lists asked for."""

    companions: Mapping[str, Companions] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)


# --- the round --------------------------------------------------------------------------------


def want(connection: Connection, store_id: str, now: datetime) -> None:
    """Have a store's recommendations found from now on, unless they are already."""
    r = recommendation_rounds
    insert_rows(connection, r, [{"store_id": store_id, "due_at": now}], new_only=True)
    mine = (r.c.store_id == store_id, r.c.due_at.is_(None))
    connection.execute(update(r).where(*mine).values(due_at=now))


def take(connection: Connection, store_id: str, now: datetime, until: datetime) -> bool:
    """Take a store's round that is due; it is due again at `until` if nothing comes of it."""
    r = recommendation_rounds.c
    mine = (r.store_id == store_id, r.due_at <= now)
    taken = connection.execute(update(recommendation_rounds).where(*mine).values(due_at=until))
    return taken.rowcount == 1


def set_due(
    connection: Connection, store_id: str, due_at: datetime | None, found_at: datetime | None = None
) -> None:
    """Set when the next round is due, and when this one was done; no time: never."""
    told = {"due_at": due_at, **({"found_at": found_at} if found_at else {})}
    r = recommendation_rounds
    connection.execute(update(r).where(r.c.store_id == store_id).values(**told))


def bought(connection: Connection, store_id: str, since: datetime, limit: int) -> list[Taken]:
    """Give what customers bought since then, of the newest `limit` orders."""
    o = orders.c
    query = (
        select(o.customer_id, o.placed_at, o["items"])
        .where(o.store_id == store_id, o.placed_at >= since, o.cancelled_at.is_(None), o.counts)
        .where(o.customer_id.is_not(None))
        .order_by(o.placed_at.desc())
        .limit(limit)
    )
    return [
        Taken(row.customer_id, item["product_id"], row.placed_at, item["quantity"])
        for row in connection.execute(query)
        for item in row.items
        if item.get("product_id")
    ]


def viewed(
    connection: Connection, store_id: str, name: str, since: datetime, limit: int
) -> list[Taken]:
    """Give what customers viewed since then, of the newest `limit` events of that name."""
    e = events.c
    query = (
        select(e.customer_id, e.occurred_at, e.data)
        .where(e.store_id == store_id, e.name == name, e.occurred_at >= since)
        .where(e.customer_id.is_not(None))
        .order_by(e.occurred_at.desc())
        .limit(limit)
    )
    return [
        Taken(row.customer_id, str(row.data["product_id"]), row.occurred_at)
        for row in connection.execute(query)
        if row.data.get("product_id")
    ]


def on_sale(connection: Connection, store_id: str) -> list[tuple[str, set[str]]]:
    """Give each product on sale with its categories, the newest first."""
    p, c, standing = products.c, product_categories.c, defaultdict[str, set[str]](set)
    for row in connection.execute(select(c.product_id, c.name).where(c.store_id == store_id)):
        standing[row.product_id].add(row.name)
    query = (
        select(p.external_id, p.product_type)
        .where(p.store_id == store_id, p.status == "active", p.is_published, p.deleted_at.is_(None))
        .order_by(p.created_at.desc().nulls_last(), p.external_id)
    )
    return [
        (row.external_id, standing[row.external_id] | ({row.product_type} - {None, ""}))
        for row in connection.execute(query)
    ]


def replace(connection: Connection, store_id: str, found: Found) -> None:
    """Keep what a round found instead of what the one before did."""
    for table in (product_neighbours, product_lists):
        connection.execute(delete(table).where(table.c.store_id == store_id))
    rows = [
        {"store_id": store_id, "kind": kind, "product_id": product_id, "neighbours": companions}
        for kind, by_product in found.companions.items()
        for product_id, companions in by_product.items()
    ]
    for start in range(0, len(rows), PAGE):
        insert_rows(connection, product_neighbours, rows[start : start + PAGE])
    lists = [
        {"store_id": store_id, "name": name, "product_ids": list(ids)}
        for name, ids in found.lists.items()
    ]
    insert_rows(connection, product_lists, lists)


# --- at send time -----------------------------------------------------------------------------


def best_of(category: str) -> str:
    """Give the name of the list of a category's best-sellers."""
    return f"{BEST}:{category}"


def shelf(
    connection: Connection, store_id: str, product_ids: Iterable[str], lists: Iterable[str]
) -> Shelf:
    """Give the companions of these products, and these lists."""
    n, named = product_neighbours.c, product_lists.c
    companions: dict[str, dict[str, Any]] = {BOUGHT: {}, VIEWED: {}}
    query = select(n.kind, n.product_id, n.neighbours).where(
        n.store_id == store_id, among(n.product_id, product_ids)
    )
    for row in connection.execute(query):
        companions[row.kind][row.product_id] = [(one[0], one[1]) for one in row.neighbours]
    wanted = select(named.name, named.product_ids).where(
        named.store_id == store_id, among(named.name, lists)
    )
    return Shelf(companions, {row.name: row.product_ids for row in connection.execute(wanted)})


def bought_by(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> Mapping[str, set[str]]:
    """Give the products that each of these customers ever bought."""
    o = orders.c
    query = select(o.customer_id, o["items"]).where(
        o.store_id == store_id, among(o.customer_id, customer_ids)
    )
    found: dict[str, set[str]] = defaultdict(set)
    for row in connection.execute(query):
        found[row.customer_id] |= {
            item["product_id"] for item in row.items if item.get("product_id")
        }
    return found
