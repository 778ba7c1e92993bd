"""Hashes of customers' addresses, beside them: by these SQL finds whose address is suppressed.

A suppression keeps nothing else of an address. Whatever writes an address writes its hashes, too;
a row from before there were any, or by a version that knew of none, is filled afterwards.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, select, text

from marketing.model import ChannelName
from marketing.phone_numbers import is_e164
from storage.bulk import update_rows
from storage.schema import UNHASHED, customers

AddressHash = Callable[[str, str], str]
"""(channel, address) -> what a suppression keeps of it: `Secrets.address_hash`."""
ADDRESS_OF: Final[Mapping[str, str]] = {
    ChannelName.EMAIL: "email_key",
    ChannelName.SMS: "phone",
    ChannelName.WHATSAPP: "phone",
}
"""The column of the address that a channel writes to."""
COLUMNS: Final = tuple(f"{channel}_hash" for channel in ADDRESS_OF)
UNSENDABLE: Final = ""
"""In place of the hash of what may not be written to as it stands."""
AT_ONCE: Final = 1000


def hashes_of(row: Mapping[str, Any], address_hash: AddressHash) -> dict[str, str | None]:
    """Give the hash columns that go with these columns of a customer, None for no address."""
    return {
        f"{channel}_hash": _hash_of(channel, name, row[name], address_hash)
        for channel, name in ADDRESS_OF.items()
        if name in row
    }


def _hash_of(channel: str, name: str, address: str | None, address_hash: AddressHash) -> str | None:
    """Give an address' hash; what a platform told is no number, and nothing is sent to it."""
    if address and name == "phone" and not is_e164(address):
        return UNSENDABLE
    return address_hash(channel, address) if address else None


def fill(connection: Connection, address_hash: AddressHash) -> int:
    """Hash the addresses of some customers who lack it; give how many, 0: nobody does."""
    c = customers.c
    query = select(c.store_id, c.id, c.email_key, c.phone).where(text(f"({UNHASHED})"))
    locked = query.limit(AT_ONCE).with_for_update(skip_locked=True)
    rows = [
        {"store_id": row.store_id, "id": row.id, **hashes_of(row._asdict(), address_hash)}
        for row in connection.execute(locked)
    ]
    return update_rows(connection, customers, rows)
