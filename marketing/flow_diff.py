"""What differs between two forms of a flow: steps that came, went, moved, or say something else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from marketing import flow_schema
from marketing.flow import Flow, Step, branches_of
from marketing.step_schema import KIND_OF

Json = dict[str, Any]
INSIDE = frozenset({"id", "kind", "yes", "no", "otherwise", "silent", "given"})
"""What of a step's document is no field of its own: other steps, or what it is found by."""
WHOLE = ("name", "exits", "filter", "notes")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after, as the document has it; None: it had its default."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one step, of the trigger, or (step "") of the flow as a whole."""

    step: str
    what: str
    """`added`, `removed`, `changed` or `moved`; one that moved may have changed as well."""
    kind: str
    """The step's kind, `trigger` or `flow`."""
    name: str = ""
    """Of a message: what it is called."""
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class _Placed:
    step: Step
    way: tuple[str, str]
    """Inside which step, and on which of its ways; both empty at the top."""


def compare(before: Flow | None, after: Flow) -> tuple[Change, ...]:
    """Give what changed, in the order of the steps after it; what went comes last.

    Without a `before` everything is new.
    """
    if before is None:
        return tuple(_told(placed.step, "added") for placed in _placed(after).values())
    return (*_whole(before, after), *_steps(before, after))


def _whole(before: Flow, after: Flow) -> Iterator[Change]:
    was, is_now = flow_schema.dump(before), flow_schema.dump(after)
    if told := _fields(was["trigger"], is_now["trigger"]):
        yield Change("trigger", "changed", "trigger", fields=told)
    own = ({key: one.get(key) for key in WHOLE} for one in (was, is_now))
    if told := _fields(*own):
        yield Change("", "changed", "flow", fields=told)


def _steps(before: Flow, after: Flow) -> Iterator[Change]:
    was, is_now = _placed(before), _placed(after)
    moved = _moved(was, is_now)
    for step_id, placed in is_now.items():
        if step_id not in was:
            yield _told(placed.step, "added")
            continue
        told = _fields(_own(was[step_id].step), _own(placed.step))
        if told or step_id in moved:
            yield _told(placed.step, "moved" if step_id in moved else "changed", told)
    for step_id, placed in was.items():
        if step_id not in is_now:
            yield _told(placed.step, "removed")


def _told(step: Step, what: str, fields: tuple[FieldChange, ...] = ()) -> Change:
    return Change(step.id, what, KIND_OF[type(step)][0], getattr(step, "name", ""), fields)


def _placed(flow: Flow) -> dict[str, _Placed]:
    found: dict[str, _Placed] = {}
    _place(flow.steps, ("", ""), found)
    return found


def _place(steps: Sequence[Step], way: tuple[str, str], found: dict[str, _Placed]) -> None:
    for step in steps:
        found[step.id] = _Placed(step, way)
        for number, inside in enumerate(branches_of(step)):
            _place(inside, (step.id, str(number)), found)


def _moved(was: Mapping[str, _Placed], is_now: Mapping[str, _Placed]) -> set[str]:
    """Give the steps that stand elsewhere: on another way, or in another order on their own.

    On one way as few as possible have moved: those outside the longest common order.
    """
    both = [step_id for step_id in is_now if step_id in was]
    moved = {one for one in both if was[one].way != is_now[one].way}
    stayed = [one for one in both if one not in moved]
    for way in {is_now[one].way for one in stayed}:
        here = [one for one in stayed if is_now[one].way == way]
        order = {one: number for number, one in enumerate(was)}
        kept = _rising([order[one] for one in here])
        moved |= {one for one in here if order[one] not in kept}
    return moved


def _rising(numbers: Sequence[int]) -> set[int]:
    """Give the longest rising part of a row; a flow has a hundred steps at the most."""
    best: list[tuple[int, list[int]]] = [(0, [])]
    for number in numbers:
        length, row = max(one for one in best if not one[1] or one[1][-1] < number)
        best.append((length + 1, [*row, number]))
    return set(max(best)[1])


def _own(step: Step) -> Json:
    """Give what a step itself says: its document without the steps inside it."""
    told = cast("Json", KIND_OF[type(step)][1]().dump(step))
    for arms in ("variants", "cases", "answers"):
        if arms in told:
            told[arms] = [{k: v for k, v in arm.items() if k != "steps"} for arm in told[arms]]
    return {key: value for key, value in told.items() if key not in INSIDE}


def _fields(was: Mapping[str, Any], is_now: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    names = [*is_now, *(name for name in was if name not in is_now)]
    return tuple(
        FieldChange(name, was.get(name), is_now.get(name))
        for name in names
        if was.get(name) != is_now.get(name)
    )
