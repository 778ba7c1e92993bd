"""What came of each variant of a split: of those who entered in a period, up to now.

Each counts with everything after the split and nothing before it: there they are all alike.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select

from marketing.flow import Flow, Split, ways_of
from storage.among import among
from storage.counted import is_counted, is_sent, net
from storage.reports_time import Period
from storage.schema import attributions, enrollments, messages, orders


@dataclass(slots=True)
class VariantFigures:
    """What came of one variant; `entered` counts entries, of one person perhaps several."""

    entered: int = 0
    sent: int = 0
    opened: int = 0
    clicked: int = 0
    orders: int = 0
    """Credited to messages after the split."""
    revenue: int = 0

    @property
    def rate(self) -> float | None:
        """Give orders per entry; None while nobody entered."""
        return self.orders / self.entered if self.entered else None


def variant_figures(
    connection: Connection, store_id: str, flow_id: str, period: Period, flows: Iterable[Flow]
) -> dict[str, dict[str, VariantFigures]]:
    """Give the figures of each split in these versions of a flow, by split and variant."""
    after: dict[str, set[str]] = {}
    for flow in flows:
        for step in flow.steps_by_id.values():
            if isinstance(step, Split):
                after.setdefault(step.id, set()).update(steps_after(flow, step))
    cohort = and_(
        enrollments.c.store_id == store_id,
        enrollments.c.flow_id == flow_id,
        period.has(enrollments.c.entered_at),
    )
    return {split: _of_split(connection, cohort, split, steps) for split, steps in after.items()}


def steps_after(flow: Flow, split: Split) -> frozenset[str]:
    """Give the ids of the steps that may come after a split, those of its variants included."""
    found: set[str] = set()
    coming = [split.id]
    while coming:
        step = flow.steps_by_id[coming.pop()]
        nexts = [steps[0].id for steps in ways_of(step).values() if steps]
        following = flow.next_of[step.id]
        fresh = {*nexts, *([following] if following else [])} - found
        found |= fresh
        coming.extend(fresh)
    return frozenset(found)


def _of_split(
    connection: Connection, cohort: ColumnElement[bool], split: str, steps: Iterable[str]
) -> dict[str, VariantFigures]:
    way = enrollments.c.choices[split].as_string()
    figures: dict[str, VariantFigures] = {}
    for row in connection.execute(_entered(way, cohort)):
        figures[row[0]] = VariantFigures(entered=row[1])
    for row in connection.execute(_sent(way, cohort, steps)):
        own = figures.setdefault(row[0], VariantFigures())
        own.sent, own.opened, own.clicked = row[1:]
    for row in connection.execute(_ordered(way, cohort, steps)):
        own = figures.setdefault(row[0], VariantFigures())
        own.orders, own.revenue = row[1], int(row[2])
    return figures


def _entered(way: ColumnElement[Any], cohort: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(way, func.count()).where(cohort, way.is_not(None)).group_by(way)


def _sent(
    way: ColumnElement[Any], cohort: ColumnElement[bool], steps: Iterable[str]
) -> Select[*tuple[Any, ...]]:
    m = messages.c
    counts = (func.count(), func.count(m.opened_at), func.count(m.clicked_at))
    return (
        select(way, *counts)
        .select_from(enrollments.join(messages, _of_enrollment()))
        .where(cohort, way.is_not(None), among(m.step_id, steps), is_sent)
        .group_by(way)
    )


def _ordered(
    way: ColumnElement[Any], cohort: ColumnElement[bool], steps: Iterable[str]
) -> Select[*tuple[Any, ...]]:
    a, o = attributions.c, orders.c
    earned = and_(a.store_id == messages.c.store_id, a.message_id == messages.c.id)
    bought = and_(o.store_id == a.store_id, o.id == a.order_id, is_counted)
    return (
        select(way, func.count(), func.sum(net))
        .select_from(
            enrollments.join(messages, _of_enrollment())
            .join(attributions, earned)
            .join(orders, bought)
        )
        .where(cohort, way.is_not(None), among(messages.c.step_id, steps))
        .group_by(way)
    )


def _of_enrollment() -> ColumnElement[bool]:
    return and_(
        messages.c.store_id == enrollments.c.store_id,
        messages.c.enrollment_id == enrollments.c.id,
    )
