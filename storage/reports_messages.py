"""What each channel and each message brought in a period, and what the store took in all.

Everything is of one store; a message counts in the period in which it was sent, an order in
the one in which it was placed.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from storage import costs, day_sums
from storage.counted import net
from storage.day_sums import DaySum
from storage.reports import credited
from storage.reports_time import Period
from storage.schema import attributions, codes, enrollments, messages


@dataclass(slots=True)
class Brought:
    """What came of a channel or a message; revenue is in minor units of the store's currency."""

    sent: int = 0
    opened: int = 0
    clicked: int = 0
    orders: int = 0
    revenue: int = 0
    free: int = 0
    """Of a channel: so many the provider billed nothing for."""
    further: int = 0
    """Of a channel: parts of text messages beyond the first of each."""


def store_revenue(connection: Connection, store_id: str, period: Period) -> int:
    """Give what all counted orders of a period came to, net of refunds, credited or not."""
    ordered = day_sums.of_period(connection, store_id, day_sums.ORDERED, period)
    return sum(one.amount for one in ordered)


def by_channel(connection: Connection, store_id: str, period: Period) -> dict[str, Brought]:
    """Give what each channel brought."""
    m = messages.c
    found: dict[str, Brought] = {}
    for one in day_sums.of_period(connection, store_id, day_sums.SENT, period):
        _add(found.setdefault(str(one.channel), Brought()), one)
    same = and_(m.store_id == attributions.c.store_id, m.id == attributions.c.message_id)
    earned = credited(store_id, period, m.channel, func.count(), func.sum(net))
    for row in connection.execute(earned.join(messages, same).group_by(m.channel)):
        own = found.setdefault(row[0], Brought())
        own.orders, own.revenue = row[1], int(row[2])
    for (_, _, channel), count in costs.free(connection, store_id, period).items():
        found.setdefault(channel, Brought()).free += count
    for (_, _, channel), count in costs.further(connection, store_id, period).items():
        found.setdefault(channel, Brought()).further += count
    return found


Step = tuple[str, str]
"""(flow id, step id): a message of a flow, over all its versions."""


def by_message(connection: Connection, store_id: str, period: Period) -> dict[Step, Brought]:
    """Give what each message of each flow brought."""
    a = attributions.c
    found: dict[Step, Brought] = {}
    for one in day_sums.of_period(connection, store_id, day_sums.SENT, period):
        _add(found.setdefault((str(one.flow_id), str(one.step_id)), Brought()), one)
    earned = credited(store_id, period, a.flow_id, a.step_id, func.count(), func.sum(net))
    for row in connection.execute(earned.group_by(a.flow_id, a.step_id)):
        own = found.setdefault((row[0], row[1]), Brought())
        own.orders, own.revenue = row[2], int(row[3])
    return found


def _add(brought: Brought, one: DaySum) -> None:
    brought.sent += one.count
    brought.opened += one.opened
    brought.clicked += one.clicked


def code_costs(connection: Connection, store_id: str, period: Period) -> dict[str, int]:
    """Give by flow what the codes came to at the most that it gave in a period and that were used.

    It is what was reckoned against the month's budget when the code was given.
    """
    c, e = codes.c, enrollments.c
    same = and_(e.store_id == c.store_id, e.id == c.enrollment_id)
    rows = connection.execute(
        select(e.flow_id, func.coalesce(func.sum(c.cost), 0))
        .select_from(codes.join(enrollments, same))
        .where(c.store_id == store_id, period.has(c.granted_at), c.redeemed_order_id.is_not(None))
        .group_by(e.flow_id)
    )
    return {row[0]: int(row[1]) for row in rows}
