"""The figures of flows: a line for each, and for one flow what happened at every step of it.

In a period count: who entered in it, messages sent in it, messages refused that were due in
it, and orders placed in it. So the steps of a flow sum up to its line, and the lines to the
dashboard. Waiting is now.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, literal_column, select

from marketing.flow import Exit, Flow, Step, forks_of, ways_of
from marketing.ledger import NEVER_SENT
from storage import day_sums
from storage.counted import net
from storage.day_sums import DaySum, ways_in
from storage.flows import Version, is_campaigns, versions
from storage.reports import FlowRevenue, credited, revenue_by_flow
from storage.reports_time import Period
from storage.reports_variants import VariantFigures, variant_figures
from storage.schema import attributions, enrollments, flow_versions, flows, messages

ACTIVE = "active"
IS_ACTIVE = enrollments.c.state == literal_column(f"'{ACTIVE}'")
"""In the very words of the index's condition."""


@dataclass(frozen=True, slots=True)
class FlowLine:
    """One flow of the list."""

    id: str
    name: str
    recipe: str | None
    status: str
    trigger_event: str
    draft: Mapping[str, Any]
    is_campaign: bool
    live_version: int | None
    updated_at: datetime
    entered: int
    waiting: int
    sent: int
    orders: int
    revenue: int
    last_sent_at: datetime | None


@dataclass(slots=True)
class StepFigures:
    """What happened at one step."""

    reached: int = 0
    waiting: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    """At a branching step: how many took each way, by `yes`, `no` or the variant's key."""
    sent: int = 0
    opened: int = 0
    clicked: int = 0
    unsubscribed: int = 0
    ordered: int = 0
    revenue: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    """Messages that never went out, by reason."""
    unsure: int = 0
    """Messages that may have gone out; never sent again."""


@dataclass(frozen=True, slots=True)
class FlowFigures:
    """One flow: who entered and left, and its steps by id."""

    entered: int
    waiting: int
    left: Mapping[str, int]
    """Of those who entered: how many are through, by the reason why it ended."""
    steps: Mapping[str, StepFigures]
    variants: Mapping[str, Mapping[str, VariantFigures]]
    """By split and variant."""


def flow_lines(connection: Connection, store_id: str, period: Period) -> list[FlowLine]:
    """Give every flow of the store, live ones first, then by name."""
    entered = _entered_by_flow(connection, store_id, period)
    waiting = _by_flow(connection, store_id, IS_ACTIVE)
    sent = _sent_by_flow(connection, store_id, period)
    earned = {line.flow_id: line for line in revenue_by_flow(connection, store_id, period)}
    rows = connection.execute(
        select(flows, flow_versions.c.number, is_campaigns().label("is_campaign"))
        .select_from(flows.outerjoin(flow_versions, _is_live_version()))
        .where(flows.c.store_id == store_id)
    )
    lines = [_line(row, entered, waiting, sent, earned) for row in rows]
    return sorted(lines, key=lambda line: (line.status != "live", line.name.lower(), line.id))


def _is_live_version() -> ColumnElement[bool]:
    return and_(
        flow_versions.c.store_id == flows.c.store_id,
        flow_versions.c.id == flows.c.live_version_id,
    )


def _line(
    row: Row[*tuple[Any, ...]],
    entered: Mapping[str, int],
    waiting: Mapping[str, int],
    sent: Mapping[str, tuple[int, datetime | None]],
    earned: Mapping[str, FlowRevenue],
) -> FlowLine:
    earning = earned.get(row.id, FlowRevenue(row.id, 0, 0))
    count, last_sent_at = sent.get(row.id, (0, None))
    return FlowLine(
        id=row.id,
        name=row.name,
        recipe=row.recipe,
        status=row.status,
        trigger_event=row.trigger_event,
        draft=row.draft,
        is_campaign=row.is_campaign,
        live_version=row.number,
        updated_at=row.updated_at,
        entered=entered.get(row.id, 0),
        waiting=waiting.get(row.id, 0),
        sent=count,
        orders=earning.orders,
        revenue=earning.revenue,
        last_sent_at=last_sent_at,
    )


def _by_flow(
    connection: Connection, store_id: str, condition: ColumnElement[bool]
) -> dict[str, int]:
    rows = connection.execute(
        select(enrollments.c.flow_id, func.count())
        .where(enrollments.c.store_id == store_id, condition)
        .group_by(enrollments.c.flow_id)
    )
    return {row[0]: row[1] for row in rows}


def _entered_by_flow(connection: Connection, store_id: str, period: Period) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in day_sums.of_period(connection, store_id, day_sums.ENTERED, period):
        if one.flow_id is not None:
            found[one.flow_id] = found.get(one.flow_id, 0) + one.count
    return found


def _sent_by_flow(
    connection: Connection, store_id: str, period: Period
) -> dict[str, tuple[int, datetime | None]]:
    found: dict[str, tuple[int, datetime | None]] = {}
    for one in day_sums.of_period(connection, store_id, day_sums.SENT, period):
        if one.flow_id is not None:
            count, last_at = found.get(one.flow_id, (0, None))
            moments = [at for at in (last_at, one.last_at) if at]
            found[one.flow_id] = (count + one.count, max(moments, default=None))
    return found


def flow_figures(
    connection: Connection, store_id: str, flow_id: str, period: Period
) -> FlowFigures:
    """Give what happened in one flow, over all its versions; steps are matched by their id."""
    steps: dict[str, StepFigures] = {}
    left: dict[str, int] = {}
    entered = 0
    used = _versions_in_use(connection, store_id, flow_id, period)
    for version, people in _standings(connection, store_id, period, used):
        entered += people.count
        if people.state != ACTIVE:
            reason = str(people.end_reason or people.state)
            left[reason] = left.get(reason, 0) + people.count
        _count_path(version.flow, people, steps)
    _count_waiting(connection, store_id, flow_id, steps)
    _count_messages(connection, store_id, flow_id, period, steps)
    _count_orders(connection, store_id, flow_id, period, steps)
    waiting = sum(step.waiting for step in steps.values())
    flows_used = [version.flow for version in used]
    variants = variant_figures(connection, store_id, flow_id, period, flows_used)
    return FlowFigures(entered, waiting, left, steps, variants)


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people stand, or stood when it ended, at one step of a flow."""

    step_id: str | None
    state: str
    end_reason: str | None
    people: int


def standings(connection: Connection, store_id: str, flow_id: str) -> list[Standing]:
    """Give where everybody who ever entered a flow stands, over all its versions."""
    e = enrollments.c
    where = (e.step_id, e.state, e.end_reason)
    query = select(*where, func.count()).where(e.store_id == store_id, e.flow_id == flow_id)
    return [Standing(*row) for row in connection.execute(query.group_by(*where))]


def _versions_in_use(
    connection: Connection, store_id: str, flow_id: str, period: Period
) -> Collection[Version]:
    noun = day_sums.ENTERED
    entered = day_sums.of_period(connection, store_id, noun, period, flow_ids=[flow_id])
    ids = {one.version_id for one in entered if one.version_id}
    return versions(connection, [(store_id, version_id) for version_id in sorted(ids)]).values()


def _standings(
    connection: Connection, store_id: str, period: Period, used: Collection[Version]
) -> Iterator[tuple[Version, DaySum]]:
    """Count people by where they stand and which ways they took to get there."""
    by_id = {version.id: version for version in used}
    for one in day_sums.of_period(connection, store_id, day_sums.ENDED, period, used):
        yield by_id[str(one.version_id)], one
    for version in used:
        for one in _still_in(connection, version, period):
            yield version, one


def _still_in(connection: Connection, version: Version, period: Period) -> Iterator[DaySum]:
    e = enrollments.c
    forks = forks_of(version.flow)
    ways = [e.choices[fork].as_string().label(f"way_{nr}") for nr, fork in enumerate(forks)]
    query = select(e.step_id, *ways, func.count().label("people")).where(
        e.store_id == version.store_id,
        e.flow_id == version.flow_id,
        e.version_id == version.id,
        IS_ACTIVE,
        period.has(e.entered_at),
    )
    for row in connection.execute(query.group_by(e.step_id, *ways)):
        told = {"step_id": row.step_id, "count": row.people, "ways": ways_in(forks, row)}
        yield DaySum(0, state=ACTIVE, **told)


def _count_path(flow: Flow, people: DaySum, steps: dict[str, StepFigures]) -> None:
    ways = people.ways or {}
    for step in path(flow, people.step_id, ways):
        figures = steps.setdefault(step.id, StepFigures())
        figures.reached += people.count
        way = ways.get(step.id)
        if way is not None:
            figures.ways[way] = figures.ways.get(way, 0) + people.count


def path(flow: Flow, stands_at: str | None, ways: Mapping[str, str]) -> Iterator[Step]:
    """Yield the steps that someone reached who stands at a step (None: who is through)."""
    step_id = flow.first_step_id
    while step_id is not None:
        step = flow.steps_by_id[step_id]
        yield step
        if step_id == stands_at or isinstance(step, Exit):
            return
        step_id = _following(flow, step, ways)


def _following(flow: Flow, step: Step, ways: Mapping[str, str]) -> str | None:
    inside = ways_of(step).get(ways.get(step.id) or "", ())
    return inside[0].id if inside else flow.next_of[step.id]


def _count_waiting(
    connection: Connection, store_id: str, flow_id: str, steps: dict[str, StepFigures]
) -> None:
    rows = connection.execute(
        select(enrollments.c.step_id, func.count())
        .where(
            enrollments.c.store_id == store_id,
            enrollments.c.flow_id == flow_id,
            IS_ACTIVE,
            enrollments.c.step_id.is_not(None),
        )
        .group_by(enrollments.c.step_id)
    )
    for step_id, people in rows:
        steps.setdefault(step_id, StepFigures()).waiting = people


def _count_messages(
    connection: Connection,
    store_id: str,
    flow_id: str,
    period: Period,
    steps: dict[str, StepFigures],
) -> None:
    own = and_(messages.c.store_id == store_id, messages.c.flow_id == flow_id)
    for one in day_sums.of_period(connection, store_id, day_sums.SENT, period, flow_ids=[flow_id]):
        if one.step_id is not None:
            _count_sent(steps.setdefault(one.step_id, StepFigures()), one)
    others = connection.execute(
        select(messages.c.step_id, messages.c.state, messages.c.reason, func.count())
        .where(own, period.has(messages.c.due_at), _IS_UNSENT)
        .group_by(messages.c.step_id, messages.c.state, messages.c.reason)
    )
    for step_id, state, reason, count in others:
        _count_unsent(steps.setdefault(step_id, StepFigures()), state, reason, count)


_IS_UNSENT = messages.c.state.in_(
    [
        literal_column(f"'{state}'")
        for state in ("skipped", "expired", "failed", "dead", "unknown", "abandoned")
    ]
)
"""In the very words of the index's condition."""


def _count_sent(figures: StepFigures, one: DaySum) -> None:
    figures.sent += one.count
    figures.opened += one.opened
    figures.clicked += one.clicked
    figures.unsubscribed += one.unsubscribed


def _count_unsent(figures: StepFigures, state: str, reason: str | None, count: int) -> None:
    if state in NEVER_SENT:
        key = reason or state
        figures.refused[key] = figures.refused.get(key, 0) + count
    elif state in {"unknown", "abandoned"}:
        figures.unsure += count


def _count_orders(
    connection: Connection,
    store_id: str,
    flow_id: str,
    period: Period,
    steps: dict[str, StepFigures],
) -> None:
    query = credited(store_id, period, attributions.c.step_id, func.count(), func.sum(net))
    rows = connection.execute(
        query.where(attributions.c.flow_id == flow_id).group_by(attributions.c.step_id)
    )
    for step_id, count, revenue in rows:
        figures = steps.setdefault(step_id, StepFigures())
        figures.ordered, figures.revenue = count, int(revenue)
