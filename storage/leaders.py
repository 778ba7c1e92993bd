"""Who leads each conversation on Messenger and Instagram, on the row of the customer's id there.

What the platform tells may come late, twice and in any order: the latest by its own clock holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from marketing.leading import Leader
from storage.among import among
from storage.schema import identities

_i = identities.c


@dataclass(frozen=True, slots=True)
class Standing:
    """Whose a conversation is, who leads it, and when the platform last told by its own clock."""

    customer_id: str
    leader: Leader
    told_at: datetime | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A conversation that changed its leader: whose it is, and who led before."""

    customer_id: str
    before: Leader
    now: Leader


def note(  # noqa: PLR0913  which conversation, who, when by which clock
    connection: Connection,
    store_id: str,
    channel: str,
    address: str,
    leader: Leader,
    *,
    since: datetime,
    told_at: datetime,
    is_guess: bool = False,
) -> Moved | None:
    """Note who leads; None: nothing changes, later news are here, or nobody has this id.

    A guess that it is some app says nothing where it is known which.
    """
    known = of_address(connection, store_id, channel, address)
    if known is None or (known.told_at is not None and known.told_at >= told_at):
        return None
    before = known.leader
    is_known = is_guess and before is not Leader.US and leader is not Leader.US
    moves = leader is not before and not is_known
    changed = {"led_by": None if leader is Leader.US else leader.value, "led_since": since}
    values = {"led_told_at": told_at, **(changed if moves else {})}
    mine = _whose(store_id, channel, address)
    connection.execute(update(identities).where(*mine).values(**values))
    return Moved(known.customer_id, before, leader) if moves else None


def of_address(
    connection: Connection, store_id: str, channel: str, address: str
) -> Standing | None:
    """Give how a conversation stands, and hold it until we commit; None: nobody has this id."""
    query = select(_i.customer_id, _i.led_by, _i.led_told_at)
    mine = _whose(store_id, channel, address)
    row = connection.execute(query.where(*mine).with_for_update()).one_or_none()
    return Standing(row[0], Leader(row[1] or Leader.US), row[2]) if row else None


def _whose(store_id: str, channel: str, address: str) -> tuple[ColumnElement[bool], ...]:
    return _i.store_id == store_id, _i.channel == channel, _i.address == address


def one(connection: Connection, store_id: str, channel: str, address: str) -> Leader:
    """Give who leads one conversation."""
    return of(connection, store_id, [(channel, address)]).get((channel, address), Leader.US)


def of(
    connection: Connection, store_id: str, which: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Leader]:
    """Give who leads conversations, by (channel, address), where it is another than we."""
    wanted = set(which)
    query = select(_i.channel, _i.address, _i.led_by).where(
        _i.store_id == store_id,
        among(_i.address, {address for _, address in wanted if address}),
        _i.led_by.is_not(None),
    )
    found = {(row[0], row[1]): Leader(row[2]) for row in connection.execute(query)}
    return {key: leader for key, leader in found.items() if key in wanted}


def of_customer(
    connection: Connection, store_id: str, customer_id: str, channels: Iterable[str]
) -> list[tuple[str, str, Leader]]:
    """Give a customer's conversations on some channels: channel, address, who leads."""
    query = select(_i.channel, _i.address, _i.led_by).where(
        _i.store_id == store_id, _i.customer_id == customer_id, _i.channel.in_(list(channels))
    )
    rows = connection.execute(query.order_by(_i.channel, _i.address))
    return [(row[0], row[1], Leader(row[2] or Leader.US)) for row in rows]
