"""The dashboard's figures: revenue, the seed metrics' counts, carts not written to, problems.

Everything is of one store. Money is in minor units of the store's currency, net of refunds;
a cancelled order counts as nothing. Revenue belongs to the day on which its order was placed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    distinct,
    func,
    literal_column,
    select,
)

from marketing.model import MessageState
from storage import buyer_sums, callbacks, code_pools, day_sums
from storage.cart_refusals import refused_carts
from storage.counted import is_counted, net
from storage.database import business_now
from storage.reports_time import Period, quarter_of
from storage.schema import (
    attributions,
    campaigns,
    carts,
    codes,
    customers,
    endpoints,
    enrollments,
    imports,
    messages,
    orders,
    outbox,
    rewards,
)

CREDIT_SLACK = timedelta(days=1)
"""An order is credited when its news comes in: after it was placed, give or take clocks."""
TROUBLED = (MessageState.UNKNOWN, MessageState.DEAD, MessageState.HELD, MessageState.FAILED)


@dataclass(frozen=True, slots=True)
class Daily:
    """An amount per day of a period; `total` is their sum."""

    days: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.days)


@dataclass(frozen=True, slots=True)
class Buyers:
    """What all customers together had done by the end of each day, the first before the period."""

    customers: tuple[int, ...]
    """With at least one order."""
    repeaters: tuple[int, ...]
    """With at least two."""
    spent: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FlowRevenue:
    """What one flow's messages earned in a period."""

    flow_id: str
    orders: int
    revenue: int


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Abandoned carts that no message went out for, for want of consent, by reason."""

    reason: str
    carts: int
    value: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that needs the merchant: `kind` is a word of the panel's."""

    kind: str
    count: int


def attributed_revenue(connection: Connection, store_id: str, period: Period) -> Daily:
    """Give the revenue of credited orders, by the day they were placed."""
    quarter = quarter_of(orders.c.placed_at)
    rows = connection.execute(credited(store_id, period, quarter, func.sum(net)).group_by(quarter))
    return Daily(tuple(period.spread((row[0], row[1]) for row in rows)))


def revenue_by_flow(connection: Connection, store_id: str, period: Period) -> list[FlowRevenue]:
    """Give what each flow earned, the best first; flows without a credited order are not in it."""
    query = credited(store_id, period, attributions.c.flow_id, func.count(), func.sum(net))
    rows = connection.execute(query.group_by(attributions.c.flow_id))
    earned = [FlowRevenue(row[0], row[1], int(row[2])) for row in rows]
    return sorted(earned, key=lambda flow: (-flow.revenue, flow.flow_id))


def credited(
    store_id: str, period: Period, *columns: ColumnElement[Any]
) -> Select[*tuple[Any, ...]]:
    """Begin a query over the orders of a period that are credited to a message."""
    same = and_(
        orders.c.store_id == attributions.c.store_id, orders.c.id == attributions.c.order_id
    )
    return (
        select(*columns)
        .select_from(attributions.join(orders, same))
        .where(
            attributions.c.store_id == store_id,
            attributions.c.credited_at >= period.begins_at - CREDIT_SLACK,
            period.has(orders.c.placed_at),
            is_counted,
        )
    )


def recovery(connection: Connection, store_id: str, period: Period) -> tuple[Daily, Daily]:
    """Give the carts abandoned each day, and how many of them a message won back later on."""
    bought = and_(
        orders.c.store_id == carts.c.store_id, orders.c.id == carts.c.order_id, is_counted
    )
    won_back = and_(
        attributions.c.store_id == orders.c.store_id, attributions.c.order_id == orders.c.id
    )
    quarter = quarter_of(carts.c.abandoned_at)
    rows = connection.execute(
        select(quarter, func.count(), func.count(attributions.c.order_id))
        .select_from(carts.outerjoin(orders, bought).outerjoin(attributions, won_back))
        .where(carts.c.store_id == store_id, period.has(carts.c.abandoned_at), carts.c.counts)
        .group_by(quarter)
    ).all()
    abandoned = period.spread((row[0], row[1]) for row in rows)
    recovered = period.spread((row[0], row[2]) for row in rows)
    return Daily(tuple(abandoned)), Daily(tuple(recovered))


def recipients(connection: Connection, store_id: str, period: Period) -> Daily:
    """Give the messages handed over each day."""
    sent = day_sums.of_period(connection, store_id, day_sums.SENT, period)
    return Daily(day_sums.spread(period, ((one.day, one.count) for one in sent)))


def buyers(connection: Connection, store_id: str, period: Period) -> Buyers:
    """Give how many had bought, and for how much, by the end of each day.

    Today's totals are aggregates; the days before follow by taking away what came after them.
    """
    total = buyer_sums.totals(connection, store_id)
    c = customers.c
    return Buyers(
        customers=_backwards(
            total.customers, _by_day(connection, store_id, period, c.first_order_at)
        ),
        repeaters=_backwards(
            total.repeaters, _by_day(connection, store_id, period, c.second_order_at)
        ),
        spent=_backwards(total.spent, _spending(connection, store_id, period)),
    )


def _backwards(total: int, gains: Sequence[int]) -> tuple[int, ...]:
    """Give the running totals that end in `total`, the one before the first gain included."""
    running = [total]
    for gain in reversed(gains):
        running.append(running[-1] - gain)
    return tuple(reversed(running))


def _by_day(
    connection: Connection, store_id: str, period: Period, moment: Column[Any]
) -> list[int]:
    """Give for how many customers a moment was on each day."""
    quarter = quarter_of(moment)
    rows = connection.execute(
        select(quarter, func.count())
        .where(customers.c.store_id == store_id, period.has(moment))
        .group_by(quarter)
    )
    return period.spread((row[0], row[1]) for row in rows)


def _spending(connection: Connection, store_id: str, period: Period) -> Sequence[int]:
    ordered = day_sums.of_period(connection, store_id, day_sums.ORDERED, period)
    return day_sums.spread(period, ((one.day, one.of_known) for one in ordered))


def not_written(connection: Connection, store_id: str, period: Period) -> list[NotWritten]:
    """Give the abandoned carts of a period that consent kept us from writing to at all."""
    by_cart = refused_carts(store_id, period.has(carts.c.abandoned_at), period.begins_at)
    same = and_(carts.c.store_id == store_id, carts.c.id == by_cart.c.cart_id)
    rows = connection.execute(
        select(by_cart.c.reason, func.count(), func.sum(carts.c.store_total))
        .select_from(by_cart.join(carts, same))
        .group_by(by_cart.c.reason)
    )
    found = [NotWritten(row[0], row[1], int(row[2])) for row in rows]
    return sorted(found, key=lambda split: (-split.value, split.reason))


def problems(connection: Connection, store_id: str, since: datetime) -> list[Problem]:
    """Give what went wrong lately and waits for someone; kinds without a case are left out."""
    counts = {
        **_troubled_messages(connection, store_id, since),
        "stuck_customers": _count(
            connection,
            select(func.count()).where(
                enrollments.c.store_id == store_id, enrollments.c.state == "dead"
            ),
        ),
        "failed_codes": _count(
            connection,
            select(func.count()).where(
                codes.c.store_id == store_id, codes.c.state == "failed", codes.c.starts_at >= since
            ),
        ),
        **_troubled_rewards(connection, store_id, since),
        "low_code_pools": code_pools.low(connection, store_id, business_now(connection)),
        "held_campaigns": _count(
            connection,
            select(func.count()).where(
                campaigns.c.store_id == store_id, campaigns.c.state == "held"
            ),
        ),
        "failed_imports": _count(
            connection,
            select(func.count()).where(imports.c.store_id == store_id, imports.c.state == "failed"),
        ),
        "dead_webhooks": _count(
            connection,
            select(func.count()).where(
                endpoints.c.store_id == store_id, endpoints.c.off_at.is_not(None)
            ),
        ),
        "dead_callbacks": callbacks.count_dead(connection, store_id),
        "failed_consent_writes": _count(
            connection,
            select(func.count(distinct(outbox.c.key))).where(
                outbox.c.store_id == store_id,
                outbox.c.kind == "write_consent",
                outbox.c.state == "failed",
            ),
        ),
    }
    return [Problem(kind, count) for kind, count in counts.items() if count]


def _troubled_messages(connection: Connection, store_id: str, since: datetime) -> Mapping[str, int]:
    rows = connection.execute(
        select(messages.c.state, func.count())
        .where(
            messages.c.store_id == store_id,
            messages.c.state.in_(TROUBLED),
            messages.c.due_at >= since,
        )
        .group_by(messages.c.state)
    )
    return {f"{row[0]}_messages": row[1] for row in rows}


def _troubled_rewards(connection: Connection, store_id: str, since: datetime) -> Mapping[str, int]:
    r = rewards.c
    rows = connection.execute(
        select(r.state, func.count())
        .where(
            r.store_id == store_id,
            r.state.in_([literal_column("'unknown'"), literal_column("'failed'")]),
            r.granted_at >= since,
        )
        .group_by(r.state)
    )
    return {f"{row[0]}_rewards": row[1] for row in rows}


def _count(connection: Connection, query: Select[int]) -> int:
    return connection.execute(query).scalar_one()
