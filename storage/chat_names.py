"""How customers call themselves on a chat channel, learnt after they wrote there."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from storage.among import among
from storage.beginnings import key_of
from storage.chatters import LONGEST_NAME
from storage.schema import customers, identities


def nameless(
    connection: Connection, store_id: str, channel: str, addresses: Iterable[str]
) -> dict[str, str]:
    """Give address -> customer id of those whose name on the channel nobody has told."""
    i = identities.c
    mine = (i.store_id == store_id, i.channel == channel, among(i.address, addresses))
    query = select(i.address, i.customer_id).where(*mine, i.name.is_(None)).order_by(i.address)
    return {row.address: row.customer_id for row in connection.execute(query)}


def learn(connection: Connection, store_id: str, channel: str, address: str, name: str) -> None:
    """Keep a name with the id, and with its customer where neither they nor the store gave one."""
    i, c = identities.c, customers.c
    name = name[:LONGEST_NAME].strip()
    mine = (i.store_id == store_id, i.channel == channel, i.address == address, i.name.is_(None))
    query = select(i.customer_id).where(*mine).with_for_update()
    customer_id = connection.execute(query).scalar_one_or_none()
    if customer_id is None or not name:
        return
    connection.execute(update(identities).where(*mine).values(name=name))
    first, _, last = name.partition(" ")
    names = {"first_name": first, "last_name": last.strip() or None}
    keys = {"first_key": key_of(first), "last_key": key_of(last.strip() or None)}
    unnamed = (c.first_name.is_(None), c.last_name.is_(None), c.erased_at.is_(None))
    theirs = (c.store_id == store_id, c.id == customer_id, *unnamed)
    connection.execute(update(customers).where(*theirs).values(**names, **keys))
