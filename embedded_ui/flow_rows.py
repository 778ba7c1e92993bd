"""The list of flows: each with a picture of its steps, and what about it needs a look."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from embedded_ui.recipe_names import called
from marketing import flow_schema, recipes
from marketing.flow_reading import ARMS, STEP_LISTS
from marketing.flow_schema import BadFlow
from marketing.timing import duration_of
from storage.reports_flows import FlowLine

Json = dict[str, Any]
MOST_IN_PICTURE = 12
WRITING = ("message", "ask", "collect")
"""The kinds of steps that write to somebody."""


def line_of(line: FlowLine) -> Json:
    """Give a flow's line for `FlowLineSchema`."""
    line = called(line)
    told = {"trigger": line.trigger_event, "channels": _channels(line.draft)}
    return {**asdict(line), **told, "about": about(line.recipe)}


def row_of(line: FlowLine, live: Mapping[str, Any] | None) -> Json:
    """Give a flow's line for `FlowRowSchema`; `live` is the document of its live version."""
    has_changes = live is not None and live != line.draft
    # What is live was checked when it was published: only another draft can be wrong.
    is_unsure = has_changes or (live is None and not is_untouched(line))
    return {
        **line_of(line),
        "has_changes": has_changes,
        "problems": _problems(line.draft) if is_unsure else 0,
        "picture": picture_of(line.draft),
    }


def is_untouched(line: FlowLine) -> bool:
    """Say whether this is a recipe's draft that nobody has published yet."""
    return line.live_version is None and line.recipe in recipes.names()


def about(recipe: str | None) -> recipes.About | None:
    """Give what a recipe is for."""
    return recipes.about(recipe) if recipe in recipes.names() else None


def picture_of(document: Mapping[str, Any]) -> list[Json]:
    """Give what happens one after the other, the wait before the first step first.

    Branches are drawn as their step alone. A draft may be half-written.
    """
    idle = _seconds((document.get("trigger") or {}).get("idle"))
    first: list[Json] = [{"kind": "delay", "seconds": idle, "channel": None}] if idle else []
    steps = [
        {
            "kind": str(step.get("kind")),
            "seconds": _seconds(step.get("duration")),
            "channel": next(iter(_channels_of(step)), None),
        }
        for step in document.get("steps") or ()
    ]
    return [*first, *steps][:MOST_IN_PICTURE]


def _seconds(duration: Any) -> int | None:
    try:
        return int(duration_of(str(duration)).total_seconds())
    except ValueError:
        return None


def _problems(document: Mapping[str, Any]) -> int:
    try:
        flow_schema.load(document)
    except BadFlow as bad:
        return len(bad.problems)
    return 0


def _channels(document: Mapping[str, Any]) -> list[str]:
    """Name the channels a flow writes on, in their first order; a draft may be half-written."""
    found: dict[str, None] = {}
    for step in _steps_within(document.get("steps")):
        found |= dict.fromkeys(_channels_of(step))
    return list(found)


def _channels_of(step: Mapping[str, Any]) -> list[str]:
    """Name the channels that a step writes on, the first one first; none of one that does not."""
    if step.get("kind") not in WRITING:
        return []
    named = step.get("channels") or [step.get("channel")]
    return [str(channel) for channel in named if channel]


def _steps_within(steps: Any) -> Iterator[Mapping[str, Any]]:
    for step in steps or ():
        yield step
        inside = [arm.get("steps") for arms in ARMS for arm in step.get(arms) or ()]
        for branch in (*(step.get(name) for name in STEP_LISTS), *inside):
            yield from _steps_within(branch)
