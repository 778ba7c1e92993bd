"""What is wrong in the parts of a flow document that can be read, when the whole can't be.

Each step is read by itself, without the steps inside it: so one slip hides no other. What only
the whole can tell (a code that is offered and never made) is said once the parts are sound.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from marshmallow import Schema, ValidationError

from marketing.documents import NESTING_LIMIT, nesting
from marketing.flow import ExitOn, Step, Trigger
from marketing.flow_rules import MAX_STEPS, part_problems
from marketing.forms import form
from marketing.step_schema import ConditionSchema, ExitField, StepField
from marketing.templates import Problem

STEP_LISTS = ("yes", "no", "otherwise", "silent", "given")
ARMS = ("variants", "cases", "answers")
MOST_READ = 5 * MAX_STEPS
"""Steps of a document; a draft may have too many, but more than these are not even read."""


def count_steps(document: Any) -> int:
    """Count what stands where steps do, steps or not, as quickly as it can be done."""
    told = document.get("steps") if isinstance(document, Mapping) else None
    count, waiting = 0, [told]
    while waiting:
        here = waiting.pop()
        if not isinstance(here, list):
            continue
        count += len(here)
        steps = [step for step in here if isinstance(step, Mapping)]
        waiting += [step.get(name) for step in steps for name in STEP_LISTS]
        waiting += [arm.get("steps") for step in steps for arm in _arms(step)]
    return count


def readable_steps(document: Any) -> list[Step]:
    """Give the steps that are well-formed by themselves, each without what is inside it.

    None of a document that is too large or nested too deeply to be read at all.
    """
    if nesting(document) > NESTING_LIMIT or count_steps(document) > MOST_READ:
        return []
    steps = document.get("steps") if isinstance(document, Mapping) else None
    found = (_read_step(told) for told in _each_step(steps))
    return [step for step in found if step is not None]


def readable_problems(document: Any, trigger: Schema) -> Iterator[Problem]:
    """Give every problem of the parts that can be read; `trigger` is the form of a trigger."""
    if not isinstance(document, Mapping):
        return
    begins = _read(trigger, document.get("trigger"))
    filtered = _read(form(ConditionSchema), document.get("filter"))
    yield from part_problems(
        cast("Trigger | None", begins), filtered, _exits(document), readable_steps(document)
    )


def _exits(document: Mapping[str, Any]) -> list[str | ExitOn]:
    """Give the exits; one that can't be read keeps its place, for the others' sake."""
    told = document.get("exits")
    return [_read_exit(one) for one in told] if isinstance(told, list) else []


def _read_exit(told: Any) -> str | ExitOn:
    try:
        return cast("str | ExitOn", ExitField().deserialize(told))
    except ValidationError:
        return ""


def _each_step(steps: Any) -> Iterator[Mapping[str, Any]]:
    for step in steps if isinstance(steps, list) else ():
        if not isinstance(step, Mapping):
            continue
        yield step
        for name in STEP_LISTS:
            yield from _each_step(step.get(name))
        for arm in _arms(step):
            yield from _each_step(arm.get("steps"))


def _arms(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for name in ARMS:
        arms = step.get(name)
        if isinstance(arms, list):
            yield from (arm for arm in arms if isinstance(arm, Mapping))


def _read_step(told: Mapping[str, Any]) -> Step | None:
    bare: dict[str, Any] = {key: part for key, part in told.items() if key not in STEP_LISTS}
    for name in ARMS:
        if isinstance(told.get(name), list):
            bare[name] = [_without_steps(arm) for arm in told[name]]
    try:
        return StepField().deserialize(bare)
    except ValidationError:
        return None


def _without_steps(arm: Any) -> Any:
    if not isinstance(arm, Mapping):
        return arm
    return {key: part for key, part in arm.items() if key != "steps"}


def _read(schema: Schema, told: Any) -> Any:
    if not isinstance(told, Mapping):
        return None
    try:
        return schema.load(told)
    except ValidationError:
        return None
