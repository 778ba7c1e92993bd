"""Visits: what browsers say at the pixel's door, kept until it is known whose they are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, func, or_, select, update

from marketing.links import Link
from marketing.model import JsonObject, StoreStatus
from storage import due
from storage.among import among
from storage.bulk import insert_rows, update_rows
from storage.database import business_now
from storage.due import VISITS
from storage.many import find_rows, insert_new, upsert_rows
from storage.schema import (
    browses,
    carts,
    customers,
    messages,
    new_id,
    stores,
    visitor_tokens,
    visitors,
    visits,
)

KEEP_VISITS = timedelta(days=30)
KEEP_KNOWN = timedelta(days=365)
"""How long a browser that we know is remembered after its last visit."""
VISITOR = ("store_id", "external_id")
TOKEN = ("store_id", "token")
VISIT = ("store_id", "visitor_id", "event_key")
HELD = "cart.held"
"""No event: a visitor was seen with a cart or a checkout for the first time."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing a visitor did, `age` before it was told."""

    key: str
    name: str
    age: timedelta
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What one request told of one visitor; `link` is the signed one that brought them.

    `ticket` names the link's token: it is good for the browser that shows it first, no other.
    """

    store_id: str
    visitor: str
    seen: tuple[Seen, ...] = ()
    tokens: tuple[str, ...] = ()
    """Carts and checkouts that the visitor holds, by the platform's tokens."""
    link: Link | None = None
    ticket: str = ""


def keep_all(connection: Connection, told: Sequence[Arrival]) -> list[bool]:
    """Keep arrivals at stores that are there; say of each whether it is. For `Database.gather`."""
    there = _installed(connection, {one.store_id for one in told})
    kept = [one for one in told if one.store_id in there]
    if kept:
        _keep(connection, kept, business_now(connection))
    return [one.store_id in there for one in told]


def _installed(connection: Connection, store_ids: Iterable[str]) -> set[str]:
    gone = StoreStatus.UNINSTALLED.value
    query = select(stores.c.id).where(among(stores.c.id, store_ids), stores.c.status != gone)
    return set(connection.execute(query).scalars())


def _keep(connection: Connection, kept: Sequence[Arrival], now: datetime) -> None:
    found = _meet(connection, kept, now)
    ids = {pair: row.id for pair, row in found.items()}
    _hold(connection, kept, ids, now)
    known = {pair for pair, row in found.items() if row.customer_id}
    known |= _follow(connection, kept, found, now)
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for one in kept:
        pair = one.store_id, one.visitor
        due_at = now if pair in known or one.tokens else None
        held = [Seen(f"{HELD}:{token}", HELD, timedelta()) for token in one.tokens]
        for seen in (*one.seen, *held):
            row = {
                "store_id": one.store_id, "id": new_id(), "visitor_id": ids[pair],
                "event_key": seen.key, "name": seen.name, "occurred_at": now - seen.age,
                "data": dict(seen.data), "due_at": due_at,
            }  # fmt: skip
            rows.setdefault((one.store_id, ids[pair], seen.key), row)
    insert_new(connection, visits, list(rows.values()), key=VISIT, returning=[visits.c.id])


def _meet(
    connection: Connection, kept: Sequence[Arrival], now: datetime
) -> dict[tuple[str, str], Row[Any]]:
    """Give each visitor's row, made where new, by (store, visitor)."""
    pairs = sorted({(one.store_id, one.visitor) for one in kept})
    rows = [
        {"store_id": store_id, "id": new_id(), "external_id": visitor, "last_seen_at": now}
        for store_id, visitor in pairs
    ]
    upsert_rows(connection, visitors, rows, key=VISITOR, keep=["id"])
    found = find_rows(connection, visitors, VISITOR, pairs)
    return {(row.store_id, row.external_id): row for row in found}


def _hold(
    connection: Connection,
    kept: Sequence[Arrival],
    ids: Mapping[tuple[str, str], str],
    now: datetime,
) -> None:
    """Note which visitor holds which cart or ticket: the first to say so, and nobody after."""
    held = {
        (one.store_id, token): ids[one.store_id, one.visitor]
        for one in reversed(kept)
        for token in (*one.tokens, one.ticket)
        if token
    }
    rows = [
        {"store_id": store_id, "token": token, "visitor_id": visitor_id, "seen_at": now}
        for (store_id, token), visitor_id in sorted(held.items())
    ]
    insert_rows(connection, visitor_tokens, rows, new_only=True)


def _follow(
    connection: Connection,
    kept: Iterable[Arrival],
    found: Mapping[tuple[str, str], Row[Any]],
    now: datetime,
) -> set[tuple[str, str]]:
    """Know the visitors whom a signed link brought: they are whom its message went to."""
    brought = [one for one in kept if one.link]
    if not brought:
        return set()
    tickets = {(one.store_id, one.ticket) for one in brought}
    tokens = find_rows(connection, visitor_tokens, TOKEN, tickets)
    holders = {(row.store_id, row.token): row.visitor_id for row in tokens}
    recipients = _recipients(connection, [one.link for one in brought if one.link])
    known: dict[str, dict[str, str]] = {}
    pairs = set()
    for one in brought:
        pair, whose = (one.store_id, one.visitor), recipients.get(one.link)
        if whose and holders.get((one.store_id, one.ticket)) == found[pair].id:
            known.setdefault(one.store_id, {})[found[pair].id] = whose
            pairs.add(pair)
    for store_id, own in sorted(known.items()):
        become_known(connection, store_id, own, now)
    return pairs


def _recipients(connection: Connection, told: Sequence[Link]) -> dict[Link | None, str]:
    """Give the customer to whom each link's message went."""
    m = messages.c
    wanted = {(link.store_id, link.message_id) for link in told}
    columns = [m.store_id, m.id, m.customer_id]
    rows = find_rows(connection, messages, ("store_id", "id"), wanted, columns)
    whose = {(row.store_id, row.id): row.customer_id for row in rows}
    return {
        link: whose[link.store_id, link.message_id]
        for link in told
        if (link.store_id, link.message_id) in whose
    }


def ids_of(connection: Connection, store_id: str, visitors_: Iterable[str]) -> dict[str, str]:
    """Give the ids of a store's visitors by their own names."""
    found = find_rows(connection, visitors, VISITOR, [(store_id, one) for one in visitors_])
    return {row.external_id: row.id for row in found}


def become_known(
    connection: Connection, store_id: str, whose: Mapping[str, str], now: datetime
) -> set[str]:
    """Write whose these visitors (id -> customer id) are; what they did before is due to join.

    The newest word counts from now on: what joined somebody before stays theirs. Nobody is
    known as a customer who is gone. Gives the visitors who are now known.
    """
    living = _living(connection, store_id, whose.values())
    rows = [
        {"store_id": store_id, "id": visitor_id, "customer_id": customer_id}
        for visitor_id, customer_id in sorted(whose.items())
        if customer_id in living
    ]
    update_rows(connection, visitors, rows, also={"known_at": now})
    known = {row["id"] for row in rows}
    v = visits.c
    mine = (v.store_id == store_id, among(v.visitor_id, known))
    waiting = update(visits).where(*mine, v.joined_at.is_(None), v.due_at.is_(None))
    connection.execute(waiting.values(due_at=now))
    return known


def _living(connection: Connection, store_id: str, ids: Iterable[str]) -> set[str]:
    c = customers.c
    query = select(c.id).where(c.store_id == store_id, among(c.id, ids))
    return set(
        connection.execute(query.where(c.erased_at.is_(None), c.deleted_at.is_(None))).scalars()
    )


def forget(connection: Connection, pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Forget visitors (store id, visitor) who took their consent back. For `Database.gather`."""
    v = visitors.c
    which = [and_(v.store_id == store_id, v.external_id == name) for store_id, name in set(pairs)]
    gone = connection.execute(select(v.store_id, v.id).where(or_(*which))).all()
    for store_id in sorted({row.store_id for row in gone}):
        drop(connection, store_id, [row.id for row in gone if row.store_id == store_id])
    return [True] * len(pairs)


def forget_customers(connection: Connection, store_id: str, ids: Iterable[str]) -> int:
    """Forget the browsers of customers, and what was viewed in them; give how many visits."""
    whom = list(ids)
    mine = (visitors.c.store_id == store_id, among(visitors.c.customer_id, whom))
    count = drop(
        connection, store_id, connection.execute(select(visitors.c.id).where(*mine)).scalars()
    )
    viewed = (browses.c.store_id == store_id, among(browses.c.customer_id, whom))
    connection.execute(delete(browses).where(*viewed))
    return count


def export(connection: Connection, store_id: str, customer_id: str) -> JsonObject:
    """Give what is kept of a customer's browsers, table by table."""
    v = visitors.c
    theirs = select(v.id).where(v.store_id == store_id, v.customer_id == customer_id)
    b = browses.c
    whose = {
        visitors: and_(v.store_id == store_id, v.customer_id == customer_id),
        browses: and_(b.store_id == store_id, b.customer_id == customer_id),
        **{
            table: and_(table.c.store_id == store_id, table.c.visitor_id.in_(theirs))
            for table in (visits, visitor_tokens)
        },
    }
    return {
        f"{table.name}": [
            {str(name): value for name, value in row.items() if name != "store_id"}
            for row in connection.execute(select(table).where(mine)).mappings()
        ]
        for table, mine in whose.items()
    }


def drop(connection: Connection, store_id: str, visitor_ids: Iterable[str]) -> int:
    """Drop visitors with all that they did and held; give how many visits that were."""
    theirs = (visitors.c.store_id == store_id, among(visitors.c.id, visitor_ids))
    held_now = select(visitors.c.id).where(*theirs).order_by(visitors.c.id).with_for_update()
    ids = list(connection.execute(held_now).scalars())  # the door, too, locks visitors first
    mine = (visits.c.store_id == store_id, among(visits.c.visitor_id, ids))
    count = connection.execute(delete(visits).where(*mine)).rowcount
    held = (visitor_tokens.c.store_id == store_id, among(visitor_tokens.c.visitor_id, ids))
    connection.execute(delete(visitor_tokens).where(*held))
    connection.execute(
        delete(visitors).where(visitors.c.store_id == store_id, among(visitors.c.id, ids))
    )
    return count


# --- the job's side ---------------------------------------------------------------------------


def stores_due(connection: Connection, now: datetime) -> list[str]:
    """Give the stores that have visits to be looked at."""
    return due.stores(connection, VISITS, now)


def take(connection: Connection, store_id: str, now: datetime, limit: int) -> list[Row[Any]]:
    """Hold visits that are due against other workers, the oldest first, with `customer_id`.

    With their visitors, and without waiting: the door locks a visitor before what they did.
    """
    v = visits.c
    query = (
        select(visits, visitors.c.customer_id)
        .join(visitors, and_(visitors.c.store_id == v.store_id, visitors.c.id == v.visitor_id))
        .where(v.store_id == store_id, VISITS.waits, v.due_at <= now)
        .order_by(v.occurred_at, v.id)
        .limit(limit)
        .with_for_update(of=[visits, visitors], skip_locked=True)
    )
    return list(connection.execute(query))


def stores_with_carts(connection: Connection, store_ids: Iterable[str]) -> set[str]:
    """Give those of the stores whose visitors were seen with a cart."""
    held = select(visitor_tokens.c.token).where(visitor_tokens.c.store_id == stores.c.id)
    query = select(stores.c.id).where(among(stores.c.id, store_ids), held.exists())
    return set(connection.execute(query).scalars())


def holders(connection: Connection, store_id: str, cart_ids: Iterable[str]) -> list[Row[Any]]:
    """Give who holds these carts, the cart that changed last at the end.

    Each row: `cart_id`, `whose` the cart is, `is_plain` for one that is no checkout, and of the
    holder `visitor_id` and `customer_id`.
    """
    return _holding(connection, store_id, among(carts.c.id, cart_ids))


def held_by(connection: Connection, store_id: str, visitor_ids: Iterable[str]) -> list[Row[Any]]:
    """Give the carts that these visitors hold, in the columns of `holders`."""
    return _holding(connection, store_id, among(visitor_tokens.c.visitor_id, visitor_ids))


def _holding(connection: Connection, store_id: str, which: Any) -> list[Row[Any]]:
    c, t, v = carts.c, visitor_tokens.c, visitors.c
    found: dict[tuple[str, str], Row[Any]] = {}
    for name in (c.external_id, c.cart_token):
        query = (
            select(
                c.id.label("cart_id"),
                c.customer_id.label("whose"),
                t.visitor_id,
                v.customer_id,
                c.updated_at,
                func.coalesce(c.external_id == c.cart_token, False).label("is_plain"),
            )
            .join(visitor_tokens, and_(t.store_id == c.store_id, t.token == name))
            .join(visitors, and_(v.store_id == t.store_id, v.id == t.visitor_id))
            .where(c.store_id == store_id, which, c.deleted_at.is_(None))
        )
        found |= {(row.cart_id, row.visitor_id): row for row in connection.execute(query)}
    return sorted(found.values(), key=lambda row: row.updated_at)


def settle(connection: Connection, store_id: str, rows: Iterable[Row[Any]], now: datetime) -> None:
    """Write of visits that they were looked at: of a customer's that they joined them."""
    told = [
        {"store_id": store_id, "id": row.id, "joined_at": now if row.customer_id else None}
        for row in rows
    ]
    update_rows(connection, visits, told, also={"due_at": None})


def prune(connection: Connection, now: datetime) -> None:
    """Drop visits after 30 days, and browsers that were not seen for long."""
    v = visitors.c
    unknown = and_(v.customer_id.is_(None), v.last_seen_at < now - KEEP_VISITS)
    old = or_(unknown, v.last_seen_at < now - KEEP_KNOWN)
    gone = connection.execute(
        select(v.store_id, v.id).where(v.last_seen_at < now - KEEP_VISITS, old).limit(1000)
    ).all()
    for store_id in sorted({row.store_id for row in gone}):
        drop(connection, store_id, [row.id for row in gone if row.store_id == store_id])
    connection.execute(delete(visits).where(visits.c.occurred_at < now - KEEP_VISITS))
