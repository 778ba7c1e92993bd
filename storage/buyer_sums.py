"""What all buyers of a store together did: counted once, with every change since told by triggers.

Each change of a customer's orders leaves a row with what it adds and takes away (the triggers are
in the migration), once the store's days are watched (`storage.day_turns`). The whole and the
changes together are what the customers' own columns say, at any moment.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, Select, delete, func, insert, literal, select, union_all

from storage.among import among
from storage.schema import Id, buyer_sums, customers


@dataclass(frozen=True, slots=True)
class AllBuyers:
    """How many customers ordered, how many of them again, and what all of them spent."""

    customers: int
    repeaters: int
    spent: int


def totals(connection: Connection, store_id: str) -> AllBuyers:
    """Give what all buyers together did up to now."""
    b = buyer_sums.c
    sums = [func.sum(one) for one in (b.customers, b.repeaters, b.spent)]
    wholes = func.count().filter(b.is_whole)
    *told, whole = connection.execute(select(*sums, wholes).where(b.store_id == store_id)).one()
    if not whole:
        told = list(connection.execute(_counted(store_id)).one())
    return AllBuyers(*(int(one) for one in told))


def keep(connection: Connection, store_id: str) -> None:
    """Put the changes to the whole, or count the whole for the first time; in the store's turn.

    What goes away and what comes instead is read in one statement, which sees one moment:
    a change that is told meanwhile stays for the next time.
    """
    b = buyer_sums.c
    own = b.store_id == store_id
    is_counted = connection.execute(select(b.id).where(own, b.is_whole)).first() is not None
    query = select(b.id, b.customers, b.repeaters, b.spent).where(own)
    if not is_counted:
        none = literal(0)
        query = select(b.id, none, none, none).where(own)
        counted = _counted(store_id).subquery()
        query = union_all(query, select(literal(None, Id), *counted.c))  # type: ignore[assignment]
    rows = connection.execute(query).all()
    gone = [row[0] for row in rows if row[0] is not None]
    connection.execute(delete(buyer_sums).where(own, among(b.id, gone)))
    names = ("customers", "repeaters", "spent")
    sums = {name: sum(int(row[at]) for row in rows) for at, name in enumerate(names, 1)}
    connection.execute(insert(buyer_sums).values(store_id=store_id, is_whole=True, **sums))


def forget(connection: Connection, store_id: str) -> None:
    """Have the whole counted anew; the changes told since stay until it is."""
    b = buyer_sums.c
    connection.execute(delete(buyer_sums).where(b.store_id == store_id, b.is_whole))


def _counted(store_id: str) -> Select[tuple[int, int, int]]:
    c = customers.c
    return select(
        func.count().label("customers"),
        func.count().filter(c.orders_count >= 2).label("repeaters"),
        func.coalesce(func.sum(c.spent), 0).label("spent"),
    ).where(c.store_id == store_id, c.first_order_at.is_not(None))
