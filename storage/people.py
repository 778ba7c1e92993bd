"""Who is who: persons whom programs name, and customers that share what makes them one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, select

from marketing.model import CustomerKey
from storage import mirror_merges
from storage.address_hashes import AddressHash
from storage.among import among
from storage.dialect import lock_stores
from storage.mirror_customers import People, settled
from storage.schema import customers

Known = tuple[CustomerKey | None, datetime]
"""Whom a program names, and when that happened."""


def meet(
    connection: Connection,
    store_id: str,
    named: Sequence[Known],
    address_hash: AddressHash,
) -> list[str | None]:
    """Give the customers whom a program of the merchant's names, in the order asked.

    A new address or number is a new customer, who has agreed to nothing; None for whoever was
    erased, and for an id of the platform's that we never heard of.
    """
    lock_stores(connection, [store_id])
    keys = [(store_id, key) for key, _ in named if key is not None]
    people = People.load(connection, keys, address_hash)
    found = []
    for key, at in named:
        can_be_new = key is not None and (key.email or key.phone)
        known = people.known(store_id, key) if key is not None else None
        person = people.find(store_id, key, at) if known or can_be_new else None
        found.append(person if person and not person.is_erased else None)
    people.save(connection)
    mirror_merges.move(connection, people.merged)
    return [one.row["id"] if (one := settled(person)) is not None else None for person in found]


def erased(connection: Connection, store_id: str, external_ids: Iterable[str]) -> set[str]:
    """Give those of these ids of the platform's whose customers were erased."""
    c = customers.c
    query = select(c.external_id).where(
        c.store_id == store_id, among(c.external_id, external_ids), c.erased_at.is_not(None)
    )
    return set(connection.execute(query).scalars())


def hold(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> None:
    """Let nobody else change these customers, or decide about them, to the transaction's end."""
    c = customers.c
    query = select(c.id).where(c.store_id == store_id, among(c.id, customer_ids)).order_by(c.id)
    connection.execute(query.with_for_update(key_share=True)).all()


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


def phones(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> list[str]:
    """Give the numbers of these customers."""
    c = customers.c
    mine = (c.store_id == store_id, among(c.id, customer_ids), c.phone.is_not(None))
    return list(connection.execute(select(c.phone).where(*mine)).scalars())
