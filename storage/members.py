"""Who is meant by a source, page by page in the order of their ids: bounded however many."""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, select

from marketing.sources import EVERYONE, Source
from storage import segment_members
from storage.among import among
from storage.schema import customers

IS_THERE = and_(customers.c.deleted_at.is_(None), customers.c.erased_at.is_(None))


def members(
    connection: Connection, store_id: str, source: Source, *, after: str | None, limit: int
) -> list[str]:
    """Give the next customers of a source behind an id; fewer than `limit` only at its end."""
    if source.segment is not None:
        return segment_members.page(connection, store_id, source.segment, after=after, limit=limit)
    query = select(customers.c.id).where(customers.c.store_id == store_id, IS_THERE)
    if source.customers:
        query = query.where(among(customers.c.id, source.customers))
    if after is not None:
        query = query.where(customers.c.id > after)
    return list(connection.execute(query.order_by(customers.c.id).limit(limit)).scalars())


def count(connection: Connection, store_id: str, source: Source) -> int:
    """Count who is meant by a source."""
    if source.segment is not None:
        return segment_members.sizes(connection, store_id, [source.segment])[source.segment]
    query = select(func.count()).where(customers.c.store_id == store_id, IS_THERE)
    if source.customers:
        query = query.where(among(customers.c.id, source.customers))
    return connection.execute(query).scalar_one()


def everyone(connection: Connection, store_id: str) -> int:
    """Count the store's customers."""
    return count(connection, store_id, EVERYONE)


def unknown(connection: Connection, store_id: str, ids: Sequence[str]) -> list[str]:
    """Give those of these ids that are no customer of the store."""
    query = select(customers.c.id).where(
        customers.c.store_id == store_id, among(customers.c.id, ids), IS_THERE
    )
    known = set(connection.execute(query).scalars())
    return [one for one in ids if one not in known]
