"""Test conversations: a member of the team writes as a visitor would, and nothing counts it.

Behind one is a customer who was never there: `deleted_at` is theirs from the first day, so that
whatever counts customers or writes to them passes by. `conversations.test_of` says whose it is.
"""

from datetime import datetime

from sqlalchemy import Connection, Select, delete, exists, insert, select

from marketing.model import ChannelName
from storage import webchat
from storage.beginnings import key_of
from storage.chatters import WEB
from storage.conversations import AUTOMATED
from storage.dialect import lock_claims
from storage.mirror_customers import NEVER
from storage.schema import conversations, customers, identities, metadata, new_id

CHANNEL = ChannelName.WEBCHAT
_c = conversations.c
IS_TEST = _c.test_of.is_not(None)


def of_member(connection: Connection, store_id: str, member_id: str) -> str | None:
    """Give the customer behind a member's test; None: they have none."""
    query = select(_c.customer_id).where(_c.store_id == store_id, _c.test_of == member_id)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found


def is_one(connection: Connection, store_id: str, customer_id: str) -> bool:
    """Say whether a customer's conversation is somebody's test."""
    mine = (_c.store_id == store_id, _c.customer_id == customer_id, IS_TEST)
    return bool(connection.execute(select(exists().where(*mine))).scalar_one())


def customers_behind(store_id: str) -> Select[tuple[str]]:
    """Give the ids of those who are behind tests, as a query to leave them out by."""
    return select(_c.customer_id).where(_c.store_id == store_id, IS_TEST)


def visitor(connection: Connection, store_id: str, customer_id: str) -> str | None:
    """Give the visitor's id that the customer behind a test writes from."""
    i = identities.c
    theirs = (i.store_id == store_id, i.customer_id == customer_id, i.channel == CHANNEL.value)
    found: str | None = connection.execute(select(i.address).where(*theirs)).scalar_one_or_none()
    return found


def begin(
    connection: Connection, store_id: str, member: tuple[str, str], locale: str, now: datetime
) -> str:
    """Give the customer behind the test of a member (id, name), a new one if there is none."""
    lock_claims(connection, f"conversation_test:{store_id}:{member[0]}")
    known = of_member(connection, store_id, member[0])
    if known is not None:
        return known
    customer_id = _nobody(connection, store_id, member[1], locale, now)
    address = webchat.begin(connection, store_id, now)
    met = {"kind": WEB, "first_seen": now, "last_seen": now}
    theirs = {"channel": CHANNEL.value, "address": address, "customer_id": customer_id}
    connection.execute(insert(identities).values(store_id=store_id, **theirs, **met))
    row = {"state": AUTOMATED, "last_at": now, "channel": CHANNEL.value, "test_of": member[0]}
    connection.execute(
        insert(conversations).values(store_id=store_id, customer_id=customer_id, **row)
    )
    return customer_id


def _nobody(connection: Connection, store_id: str, name: str, locale: str, now: datetime) -> str:
    customer_id = new_id()
    named = {"first_name": name or None, "first_key": key_of(name), "locale": locale}
    moments = {"created_at": now, "updated_at": NEVER, "deleted_at": now}
    row = {"store_id": store_id, "id": customer_id, "tags": [], "properties": {}}
    connection.execute(insert(customers).values(**row, **named, **moments))
    return customer_id


def forget(connection: Connection, store_id: str, customer_id: str) -> bool:
    """Forget a test whole, wherever the customer behind it is named; False: it is none."""
    if not is_one(connection, store_id, customer_id):
        return False
    address = visitor(connection, store_id, customer_id)
    webchat.forget(connection, store_id, [address] if address else [])
    for table in metadata.sorted_tables:
        if {"store_id", "customer_id"} <= set(table.c.keys()):
            theirs = (table.c.store_id == store_id, table.c.customer_id == customer_id)
            connection.execute(delete(table).where(*theirs))
    own = (customers.c.store_id == store_id, customers.c.id == customer_id)
    connection.execute(delete(customers).where(*own))
    return True
