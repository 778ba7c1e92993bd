"""The facts that conditions and filters ask about: nested plain values, loaded in bulk.

`customer`, `cart` and `order` are the rows of the mirror by their column names; a cart has
`item_count` besides, a customer `segments` (the ids of those asked about) and `rfm`. `measured`
is what counts and sums come to, `now` the moment that they are of.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Table, select

from marketing.conditions import MEMBERSHIP, Asked
from marketing.enrollment import Happened
from marketing.flow import Measure
from marketing.model import ChannelName
from marketing.reach import standing
from marketing.segments import CHAT_CONSENTS
from storage import identities, rfm, segment_members
from storage.among import among
from storage.measures import measured
from storage.schema import carts, customers, events, orders


@dataclass(frozen=True, slots=True)
class About:
    """Whom and what one question is about."""

    customer_id: str | None
    cart_id: str | None = None
    order_id: str | None = None


def values_of(
    connection: Connection,
    store_id: str,
    asked: Iterable[About],
    fields: Collection[Asked],
    now: datetime,
    *,
    hold: bool = False,
) -> dict[About, dict[str, Any]]:
    """Give about each the facts that are asked for (`marketing.conditions.fields_of`).

    `hold`: nobody else changes these customers, or decides about them, to the transaction's end.
    """
    wanted = list(asked)
    paths = [one for one in fields if isinstance(one, str)]

    def rows(noun: str, table: Table, ids: Iterable[str | None]) -> Mapping[str | None, Any]:
        columns = _columns(noun, table, paths)
        held = hold and table is customers
        return _rows_of(connection, table, store_id, ids, columns, hold=held) if columns else {}

    customer_ids = {one.customer_id for one in wanted if one.customer_id}
    people = rows("customer", customers, customer_ids)
    _add_scores(connection, store_id, people, paths)
    _add_chats(connection, store_id, people, paths)
    _add_segments(connection, store_id, people, paths)
    things = rows("cart", carts, (one.cart_id for one in wanted))
    bought = rows("order", orders, (one.order_id for one in wanted))
    measures = [one for one in fields if isinstance(one, Measure)]
    sums = measured(connection, store_id, customer_ids, measures, now) if measures else {}
    return {
        one: {
            "customer": people.get(one.customer_id),
            "cart": _cart(things.get(one.cart_id)),
            "order": bought.get(one.order_id),
            "measured": sums.get(one.customer_id or "", {}),
            "now": now,
        }
        for one in wanted
    }


def _add_scores(
    connection: Connection,
    store_id: str,
    people: Mapping[str | None, dict[str, Any]],
    paths: Iterable[str],
) -> None:
    if any(path.startswith("customer.rfm") for path in paths):
        scores = rfm.scores_of(connection, store_id, [one for one in people if one])
        for customer_id, person in people.items():
            person["rfm"] = scores.get(customer_id or "", {})


def _add_chats(
    connection: Connection,
    store_id: str,
    people: Mapping[str | None, dict[str, Any]],
    paths: Iterable[str],
) -> None:
    """Add what they said of chats on which they are known; of others there is nothing."""
    wanted = CHAT_CONSENTS.keys() & {path.removeprefix("customer.") for path in paths}
    if not wanted:
        return
    found = identities.of(connection, store_id, [one for one in people if one])
    for (customer_id, channel), one in found.items():
        if f"{channel}_consent" in wanted:
            said = standing(ChannelName(channel), one.consent)
            people[customer_id][f"{channel}_consent"] = said.value if said else None


def _add_segments(
    connection: Connection,
    store_id: str,
    people: Mapping[str | None, dict[str, Any]],
    paths: Iterable[str],
) -> None:
    start = f"{MEMBERSHIP}."
    wanted = [path.removeprefix(start) for path in paths if path.startswith(start)]
    if wanted:
        found = segment_members.of_customers(
            connection, store_id, wanted, [one for one in people if one]
        )
        for customer_id, person in people.items():
            person["segments"] = found.get(customer_id or "", frozenset())


def _columns(noun: str, table: Table, paths: Iterable[str]) -> list[Column[Any]]:
    """Give the columns that paths of a noun lead to; none if nobody asks for the noun at all."""
    split = [path.split(".") for path in paths]
    names = {path[1] if path[1:] else "id" for path in split if path[0] == noun}
    if not names:
        return []
    if "item_count" in names:
        names.add("items")
    return [column for column in table.c if column.name in names | {"id"}]


def happened_since(
    connection: Connection, store_id: str, since: Mapping[str, datetime], names: Collection[str]
) -> dict[str, list[Happened]]:
    """Give the events of these names of each customer since their moment, the earliest first."""
    if not since or not names:
        return {}
    e = events.c
    query = (
        select(e.customer_id, e.name, e.occurred_at, e.data)
        .where(
            e.store_id == store_id,
            among(e.customer_id, since),
            e.occurred_at >= min(since.values()),
            e.name.in_(sorted(names)),
        )
        .order_by(e.occurred_at)
    )
    found: dict[str, list[Happened]] = defaultdict(list)
    for row in connection.execute(query):
        if row.occurred_at >= since[row.customer_id]:
            found[row.customer_id].append(Happened(row.name, row.occurred_at, row.data))
    return found


def items_of(connection: Connection, store_id: str, order_id: str) -> Sequence[Mapping[str, Any]]:
    """Give the lines of one order."""
    query = select(orders.c["items"]).where(orders.c.store_id == store_id, orders.c.id == order_id)
    found: Sequence[Mapping[str, Any]] = connection.execute(query).scalar_one_or_none() or ()
    return found


def carts_of(
    connection: Connection, store_id: str, ids: Iterable[str | None], names: Iterable[str]
) -> Mapping[str | None, dict[str, Any]]:
    """Give carts by id, as plain objects with these columns and their id."""
    return _rows_of(connection, carts, store_id, ids, [carts.c[name] for name in ("id", *names)])


def orders_of(
    connection: Connection, store_id: str, ids: Iterable[str | None], names: Iterable[str]
) -> Mapping[str | None, dict[str, Any]]:
    """Give orders by id, as plain objects with these columns and their id."""
    return _rows_of(connection, orders, store_id, ids, [orders.c[name] for name in ("id", *names)])


def _rows_of(
    connection: Connection,
    table: Table,
    store_id: str,
    ids: Iterable[str | None],
    columns: Sequence[Column[Any]],
    *,
    hold: bool = False,
) -> Mapping[str | None, dict[str, Any]]:
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    query = select(*columns).where(table.c.store_id == store_id, among(table.c.id, wanted))
    if hold:
        query = query.order_by(table.c.id).with_for_update(key_share=True)
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def _cart(row: dict[str, Any] | None) -> dict[str, Any] | None:
    if row is None or "items" not in row:
        return row
    return {**row, "item_count": sum(item["quantity"] for item in row["items"])}
