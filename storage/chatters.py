"""Customers who write on a channel: found by the id or number that they have there, or new.

A stranger who writes is a customer who agreed to nothing. A number is whose it has shown to be:
typed at a checkout beside an address it is not that address' owner's, and whoever writes from it
is somebody else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from marketing.model import ChannelName
from storage.address_hashes import AddressHash, hashes_of
from storage.among import among
from storage.beginnings import key_of
from storage.dialect import lock_stores
from storage.many import find_rows, upsert_rows
from storage.mirror_customers import ERASED, NEVER
from storage.schema import customers, identities, new_id, suppressions

KEY = ("store_id", "channel", "address")
COLUMNS = (*KEY, "address_hash", "customer_id", "kind", "name", "first_seen", "last_seen")
LONGEST_NAME = 100
KINDS: Mapping[str, str] = {
    ChannelName.MESSENGER: "psid",
    ChannelName.INSTAGRAM: "igsid",
    ChannelName.WHATSAPP: "wa",
}
BSUID, WEB = "bsuid", "web"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote on a channel: their address there, how they call themselves, further ids."""

    address: str
    at: datetime
    name: str | None = None
    also: tuple[str, ...] = ()


def meet(
    connection: Connection,
    store_id: str,
    channel: ChannelName,
    senders: Sequence[Sender],
    address_hash: AddressHash,
) -> list[str | None]:
    """Give the customers who write, in the order asked; None for one who was erased since.

    Whoever is new is a customer who agreed to nothing; a number that is known on WhatsApp is
    the customer's whom the platform, or the number itself, has shown to have it.
    """
    lock_stores(connection, [store_id])
    known = _known(connection, store_id, channel, senders)
    gone = _erased(connection, store_id, channel, senders, address_hash)
    for one in senders:
        if not _is_gone(one, gone):
            found = next((known[way] for way in (one.address, *one.also) if way in known), None)
            person = found or _new(connection, store_id, channel, one, address_hash)
            known |= {} if person is None else dict.fromkeys((one.address, *one.also), person)
    whose = [None if _is_gone(one, gone) else known.get(one.address) for one in senders]
    _see(connection, store_id, channel, zip(senders, whose, strict=True), address_hash)
    return whose


def meet_by_number(
    connection: Connection,
    store_id: str,
    senders: Sequence[Sender],
    address_hash: AddressHash,
) -> list[str | None]:
    """Give the customers who write by text message, as `meet` does; the number says who it is."""
    lock_stores(connection, [store_id])
    gone = _erased(connection, store_id, ChannelName.SMS, senders, address_hash)
    return [
        None
        if _is_gone(one, gone)
        else _new(connection, store_id, ChannelName.SMS, one, address_hash)
        for one in senders
    ]


def _known(
    connection: Connection, store_id: str, channel: str, senders: Iterable[Sender]
) -> dict[str, str]:
    keys = {(store_id, channel, way) for one in senders for way in (one.address, *one.also)}
    columns = [identities.c.address, identities.c.customer_id]
    rows = find_rows(connection, identities, KEY, keys, columns)
    return {row.address: row.customer_id for row in rows}


def _erased(
    connection: Connection,
    store_id: str,
    channel: str,
    senders: Iterable[Sender],
    address_hash: AddressHash,
) -> dict[str, datetime]:
    """Give when which of these addresses was erased."""
    ways = {way for one in senders for way in (one.address, *one.also)}
    hashes = {address_hash(channel, way): way for way in ways}
    s = suppressions.c
    query = select(s.address_hash, s.created_at).where(
        s.store_id == store_id,
        s.channel == channel,
        s.reason == ERASED,
        among(s.address_hash, hashes),
    )
    return {hashes[row[0]]: row[1] for row in connection.execute(query)}


def _is_gone(one: Sender, gone: Mapping[str, datetime]) -> bool:
    return any(way in gone and one.at <= gone[way] for way in (one.address, *one.also))


def _new(
    connection: Connection,
    store_id: str,
    channel: ChannelName,
    one: Sender,
    address_hash: AddressHash,
) -> str:
    """Give whoever is known to have the number that they write from, else a new customer."""
    number = _number(channel, one)
    holder = _holder(connection, store_id, number) if number else None
    if holder:
        return holder
    first, _, last = (one.name or "")[:LONGEST_NAME].strip().partition(" ")
    row: dict[str, Any] = {"store_id": store_id, "id": new_id(), "tags": [], "properties": {}}
    names = {"first_name": first or None, "last_name": last.strip() or None}
    keys = {"first_key": key_of(first or None), "last_key": key_of(last.strip() or None)}
    moments = {"created_at": one.at, "updated_at": NEVER}
    row |= {"phone": number, **hashes_of({"phone": number}, address_hash)}
    connection.execute(insert(customers).values(**row, **names, **keys, **moments))
    return str(row["id"])


def _holder(connection: Connection, store_id: str, number: str) -> str | None:
    """Give whose a number is by the platform's word or their own; they have it from now.

    Else whoever types their number beside somebody else's address becomes that customer here. A
    guest of whom nothing but the number is known is who has it.
    """
    c = customers.c
    is_all = and_(c.email_key.is_(None), c.external_id.is_(None))
    is_theirs = or_(~c.phone_is_typed, is_all)
    mine = (c.store_id == store_id, c.phone == number, is_theirs, c.erased_at.is_(None))
    ordered = (c.phone_is_typed, c.deleted_at.is_not(None), c.created_at, c.id)
    query = select(c.id, c.phone_is_typed).where(*mine).order_by(*ordered).limit(1)
    found = connection.execute(query).one_or_none()
    if found is None:
        return None
    if found.phone_is_typed:
        own = (c.store_id == store_id, c.id == found.id)
        connection.execute(update(customers).where(*own).values(phone_is_typed=False))
    return str(found.id)


def _number(channel: ChannelName, one: Sender) -> str | None:
    """Give the phone number that somebody writes from, where a channel tells it."""
    if channel is ChannelName.SMS:
        return one.address
    if channel is not ChannelName.WHATSAPP:
        return None
    return next((way for way in (one.address, *one.also) if way.startswith("+")), None)


def of_number(connection: Connection, store_id: str, number: str) -> list[str]:
    """Give everybody of whom a number is known, shown to be theirs or typed; the erased not."""
    c = customers.c
    mine = (c.store_id == store_id, c.phone == number, c.erased_at.is_(None))
    return list(connection.execute(select(c.id).where(*mine).order_by(c.id)).scalars())


def _see(
    connection: Connection,
    store_id: str,
    channel: str,
    met: Iterable[tuple[Sender, str | None]],
    address_hash: AddressHash,
) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for one, customer_id in met:
        for way in (one.address, *one.also) if customer_id else ():
            seen = max(one.at, rows[way]["last_seen"]) if way in rows else one.at
            where = (store_id, channel, way, address_hash(channel, way))
            told = (customer_id, kind_of(channel, way), one.name, seen, seen)
            rows[way] = dict(zip(COLUMNS, (*where, *told), strict=True))
    for is_named in (True, False):
        ordered = [rows[way] for way in sorted(rows) if bool(rows[way]["name"]) is is_named]
        kept = ("customer_id", "kind", "first_seen", *(() if is_named else ("name",)))
        upsert_rows(connection, identities, ordered, keep=kept)


def kind_of(channel: str, address: str) -> str:
    """Give which sort of id an address on a channel is."""
    if channel == ChannelName.WHATSAPP and not address.startswith("+"):
        return BSUID
    return KINDS.get(channel, WEB)
