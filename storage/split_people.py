"""What came of the people of an A/B test: each once, by the variant that they took first.

Counted are those who came to the split by a version of the flow that was published since the
test began, and who have had the test's time since; of what they did, what they did within it.
So all are alike but for their variant, and what was counted once does not change any more.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    cast,
    func,
    literal,
    select,
)

from marketing.experiments import Arm, moment_key
from marketing.flow import Split
from marketing.picking import By, Picking
from storage.among import among
from storage.counted import is_counted, net
from storage.reports_time import seconds_of
from storage.schema import attributions, enrollments, flow_versions, messages, orders


@dataclass(frozen=True, slots=True)
class Asked:
    """One split of one flow of a store, and since when it is tested."""

    store_id: str
    flow_id: str
    split: Split
    picking: Picking
    steps: Collection[str]
    """The ids of the steps that may come after the split."""
    begun_at: datetime


def arms(connection: Connection, asked: Asked, now: datetime) -> list[Arm]:
    """Give the arms of a test as of now, in the split's order."""
    people = _people(asked, now)
    values = _values(asked, people)
    value = func.coalesce(values.c.value, 0)
    whole = cast(value, Float)
    query = select(
        people.c.way,
        func.count(),
        func.count().filter(value > 0),
        func.sum(whole),
        func.sum(whole * whole),
    ).select_from(people.outerjoin(values, values.c.customer_id == people.c.customer_id))
    found = {row[0]: row[1:] for row in connection.execute(query.group_by(people.c.way))}
    return [
        Arm(one.key, one.weight, *found.get(one.key, (0, 0, 0.0, 0.0)))
        for one in asked.split.variants
    ]


def _people(asked: Asked, now: datetime) -> CTE:
    """Give customers with their first variant and when they came to it."""
    e, v = enrollments.c, flow_versions.c
    way = e.choices[asked.split.id].as_string()
    came = cast(e.choices[moment_key(asked.split)].as_string(), BigInteger)
    turn = func.row_number().over(partition_by=e.customer_id, order_by=(came, e.id))
    fresh = select(v.id).where(
        v.store_id == asked.store_id,
        v.flow_id == asked.flow_id,
        v.published_at >= asked.begun_at,
    )
    first = (
        select(e.customer_id, way.label("way"), came.label("came"), turn.label("turn"))
        .where(
            e.store_id == asked.store_id,
            e.flow_id == asked.flow_id,
            e.version_id.in_(fresh),
            e.choices[moment_key(asked.split)].as_string().is_not(None),
        )
        .subquery()
    )
    latest = int((now - asked.picking.after).timestamp())
    return (
        select(first.c.customer_id, first.c.way, first.c.came)
        .where(first.c.turn == 1, first.c.came <= latest)
        .cte("people")
    )


def _values(asked: Asked, people: CTE) -> CTE:
    """Give what each of those who did anything counts for."""
    if asked.picking.by is By.CLICKS:
        return _clicked(asked, people).cte("clicked")
    return _ordered(asked, people).cte("ordered")


def _clicked(asked: Asked, people: CTE) -> Select[Any]:
    m = messages.c
    return (
        select(people.c.customer_id, literal(1).label("value"))
        .select_from(people.join(messages, _theirs(asked, people)))
        .where(m.clicked_at.is_not(None), _in_time(asked, people, m.clicked_at))
        .group_by(people.c.customer_id)
    )


def _ordered(asked: Asked, people: CTE) -> Select[Any]:
    a, o = attributions.c, orders.c
    earned = and_(a.store_id == messages.c.store_id, a.message_id == messages.c.id)
    bought = and_(o.store_id == a.store_id, o.id == a.order_id, is_counted)
    value = func.sum(net) if asked.picking.by is By.REVENUE else literal(1)
    return (
        select(people.c.customer_id, value.label("value"))
        .select_from(
            people.join(messages, _theirs(asked, people))
            .join(attributions, earned)
            .join(orders, bought)
        )
        .where(_in_time(asked, people, o.placed_at))
        .group_by(people.c.customer_id)
    )


def _theirs(asked: Asked, people: CTE) -> ColumnElement[bool]:
    m = messages.c
    return and_(
        m.store_id == asked.store_id,
        m.flow_id == asked.flow_id,
        m.customer_id == people.c.customer_id,
        among(m.step_id, asked.steps),
    )


def _in_time(asked: Asked, people: CTE, moment: ColumnElement[Any]) -> ColumnElement[bool]:
    seconds = int(asked.picking.after / timedelta(seconds=1))
    since = seconds_of(moment) - people.c.came
    return and_(since >= 0, since <= seconds)
