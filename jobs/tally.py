"""How many people are where in a flow, and why others are there no more."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from jobs.drafts import NoSuchFlow
from marketing.flow import Flow
from marketing.step_schema import KIND_OF
from storage import Connection, flows, reports_flows
from storage.flows import StoredFlow
from storage.reports_flows import Standing


@dataclass(slots=True)
class StepTally:
    """One step: `kind` is None for one that no version in use has any more."""

    step: str
    kind: str | None = None
    waiting: int = 0
    ended: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """One flow, over all its versions."""

    entered: int
    waiting: int
    ended: Mapping[str, int]
    steps: list[StepTally]


def of_flow(connection: Connection, store_id: str, flow_id: str) -> Tally:
    """Count the people of a flow, step by step in the flow's order; raises `NoSuchFlow`."""
    stored = flows.get(connection, store_id, flow_id)
    if stored is None:
        raise NoSuchFlow(flow_id)
    found = reports_flows.standings(connection, store_id, flow_id)
    steps = {one.step: one for one in _steps(_live_flow(connection, stored))}
    ended: Counter[str] = Counter()
    for one in found:
        _count(one, steps)
        if not _is_waiting(one):
            ended[one.end_reason or one.state] += one.people
    return Tally(
        entered=sum(one.people for one in found),
        waiting=sum(one.people for one in found if _is_waiting(one)),
        ended=ended,
        steps=list(steps.values()),
    )


def _live_flow(connection: Connection, stored: StoredFlow) -> Flow | None:
    key = (stored.store_id, stored.live_version_id or "")
    found = flows.versions(connection, [key]) if stored.live_version_id else {}
    return found[key].flow if found else None


def _steps(flow: Flow | None) -> Iterable[StepTally]:
    steps = flow.steps_by_id.values() if flow else ()
    return [StepTally(step.id, KIND_OF[type(step)][0]) for step in steps]


def _count(one: Standing, steps: dict[str, StepTally]) -> None:
    if one.step_id is None:
        return
    step = steps.setdefault(one.step_id, StepTally(one.step_id))
    if _is_waiting(one):
        step.waiting += one.people
    else:
        step.ended[one.end_reason or one.state] += one.people


def _is_waiting(one: Standing) -> bool:
    return one.state == reports_flows.ACTIVE
