"""Who is who: customers that are the same person for an exit, by what they share."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, and_, select

from storage.among import among
from storage.schema import customers


def sharing_a_phone(
    connection: Connection, store_id: str, customer_ids: Iterable[str]
) -> Mapping[str, set[str]]:
    """Give for each of these customers who else of the store has the same phone number."""
    wanted = sorted(set(customer_ids))
    if not wanted:
        return {}
    other = customers.alias("other")
    same = and_(
        other.c.store_id == customers.c.store_id,
        other.c.phone == customers.c.phone,
        other.c.id != customers.c.id,
    )
    query = (
        select(customers.c.id, other.c.id)
        .join(other, same)
        .where(customers.c.store_id == store_id, among(customers.c.id, wanted))
    )
    found: dict[str, set[str]] = defaultdict(set)
    for one, twin in connection.execute(query):
        found[one].add(twin)
    return found


def emails(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> list[str]:
    """Give the addresses of these customers."""
    wanted = sorted(set(customer_ids))
    if not wanted:
        return []
    query = select(customers.c.email).where(
        customers.c.store_id == store_id,
        among(customers.c.id, wanted),
        customers.c.email.is_not(None),
    )
    return list(connection.execute(query).scalars())
