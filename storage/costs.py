"""What the steps of a flow gave away in a period: messages by channel, codes, store credit.

A message counts in the period in which it was sent, a code in the one in which it was granted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select

from storage import day_sums, schema
from storage.counted import is_counted, is_sent, net
from storage.reports import credited
from storage.reports_time import Period
from storage.schema import attributions, codes, enrollments, messages, rewards

CREDITED = "credited"


@dataclass(slots=True)
class Given:
    """What one step gave; amounts in minor units of the store's currency."""

    sent: dict[str, int] = field(default_factory=dict)
    """Messages, by channel."""
    free: dict[str, int] = field(default_factory=dict)
    """Of these so many cost nothing, as their provider said."""
    further: dict[str, int] = field(default_factory=dict)
    """Parts of text messages beyond the first of each."""
    granted: int = 0
    """Codes that somebody got."""
    redeemed: int = 0
    """Of these so many were used."""
    taken_off: int = 0
    """What those used came to at the most, as reckoned when each was granted."""
    credited: int = 0
    """Store credit."""
    rewarded: int = 0
    """How many got it."""

    @property
    def billed(self) -> dict[str, int]:
        """Messages that cost what the store says, by channel; a text counts by its parts."""
        return {
            channel: sent - self.free.get(channel, 0) + self.further.get(channel, 0)
            for channel, sent in self.sent.items()
        }


def by_step(
    connection: Connection, store_id: str, flow_id: str, period: Period
) -> Mapping[str, Given]:
    """Give what each step of a flow gave, over all its versions."""
    found: dict[str, Given] = {}
    for one in day_sums.of_period(connection, store_id, day_sums.SENT, period, flow_ids=[flow_id]):
        if one.step_id is not None and one.channel is not None:
            sent = found.setdefault(one.step_id, Given()).sent
            sent[one.channel] = sent.get(one.channel, 0) + one.count
    for (_, step_id, channel), count in free(connection, store_id, period, flow_id).items():
        found.setdefault(step_id, Given()).free[channel] = count
    for (_, step_id, channel), count in further(connection, store_id, period, flow_id).items():
        found.setdefault(step_id, Given()).further[channel] = count
    for step_id, granted, redeemed, taken_off in _codes(connection, store_id, flow_id, period):
        own = found.setdefault(step_id, Given())
        own.granted, own.redeemed, own.taken_off = granted, redeemed, int(taken_off)
    r = rewards.c
    mine = (r.store_id == store_id, r.flow_id == flow_id, r.state == CREDITED)
    credit = select(r.step_id, func.count(), func.sum(r.amount)).where(
        *mine, period.has(r.granted_at)
    )
    for step_id, rewarded, amount in connection.execute(credit.group_by(r.step_id)):
        own = found.setdefault(step_id, Given())
        own.rewarded, own.credited = rewarded, int(amount)
    return found


def free(
    connection: Connection, store_id: str, period: Period, flow_id: str | None = None
) -> dict[tuple[str, str, str], int]:
    """Count what was sent for nothing in a period, by (flow id, step id, channel)."""
    return _by_step_and_channel(
        connection, store_id, period, flow_id, messages.c.is_free, func.count()
    )


def further(
    connection: Connection, store_id: str, period: Period, flow_id: str | None = None
) -> dict[tuple[str, str, str], int]:
    """Count the parts of texts beyond the first of each, by (flow id, step id, channel)."""
    parts = messages.c.parts
    # Written out, not bound: a partial index is found only by the very words of its condition.
    has_more = parts > literal_column("1")
    return _by_step_and_channel(
        connection, store_id, period, flow_id, has_more, func.sum(parts - 1)
    )


def _by_step_and_channel(
    connection: Connection,
    store_id: str,
    period: Period,
    flow_id: str | None,
    which: ColumnElement[bool],
    counted: ColumnElement[int],
) -> dict[tuple[str, str, str], int]:
    m = messages.c
    mine = [m.store_id == store_id, which, is_sent, period.has(m.sent_at)]
    if flow_id is not None:
        mine.append(m.flow_id == flow_id)
    keys = (m.flow_id, m.step_id, m.channel)
    query = select(*keys, counted).where(*mine).group_by(*keys)
    return {(row[0], row[1], row[2]): int(row[3]) for row in connection.execute(query)}


def _codes(
    connection: Connection, store_id: str, flow_id: str, period: Period
) -> list[tuple[str, int, int, int]]:
    c, e = codes.c, enrollments.c
    query = (
        select(c.step_id, *_counted())
        .select_from(
            codes.join(enrollments, and_(e.store_id == c.store_id, e.id == c.enrollment_id))
        )
        .where(c.store_id == store_id, e.flow_id == flow_id, period.has(c.granted_at))
        .group_by(c.step_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(query)]


def entered(connection: Connection, store_id: str, flow_id: str, period: Period) -> int:
    """Count who entered a flow in a period."""
    noun = day_sums.ENTERED
    told = day_sums.of_period(connection, store_id, noun, period, flow_ids=[flow_id])
    return sum(one.count for one in told)


def earned(
    connection: Connection, store_id: str, flow_id: str, period: Period
) -> Mapping[str, int]:
    """Give what each step of a flow earned in a period, net."""
    a = attributions.c
    query = credited(store_id, period, a.step_id, func.sum(net)).where(a.flow_id == flow_id)
    return {row[0]: int(row[1]) for row in connection.execute(query.group_by(a.step_id))}


def orders(connection: Connection, store_id: str, period: Period) -> tuple[int, int]:
    """Give how many counted orders were placed in a period, and their sum before refunds."""
    o = schema.orders.c
    query = select(func.count(), func.coalesce(func.sum(o.store_total), 0)).where(
        o.store_id == store_id, period.has(o.placed_at), is_counted
    )
    row = connection.execute(query).one()
    return row[0], int(row[1])


def of_store(connection: Connection, store_id: str, period: Period) -> Given:
    """Give the codes of all of a store's flows together."""
    c = codes.c
    query = select(*_counted()).where(c.store_id == store_id, period.has(c.granted_at))
    row = connection.execute(query).one()
    return Given(granted=row[0], redeemed=row[1], taken_off=int(row[2]))


def _counted() -> list[ColumnElement[int]]:
    used = codes.c.redeemed_order_id.is_not(None)
    return [
        func.count(),
        func.count(codes.c.redeemed_order_id),
        func.coalesce(func.sum(codes.c.cost).filter(used), 0),
    ]
