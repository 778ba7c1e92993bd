"""Turning a message of a flow's document into an A/B test of it: the same, and a copy to change."""

from collections.abc import Iterator, Mapping
from typing import Any

from marketing.model import JsonObject

LONGEST = 36
"""Of a step's id, so that what is appended fits as well."""
LISTS = ("yes", "no", "otherwise", "silent", "given")
ARMS = ("variants", "cases", "answers")


class NotThere(Exception):
    """The document has no such message."""


class IsTested(Exception):
    """The message is part of an A/B test already."""


def with_test(document: Mapping[str, Any], step_id: str) -> tuple[JsonObject, str, str]:
    """Give the document with the message split in two, the split's id and the copy's.

    The first half keeps the message's id, so that its figures go on. Raises `NotThere` and
    `IsTested`.
    """
    taken = {str(step.get("id")) for step in _all(document.get("steps"))}
    split_id = _free(f"{step_id[:LONGEST]}-ab", taken)
    copy_id = _free(f"{step_id[:LONGEST]}-b", taken | {split_id})
    steps, is_done = _within(document.get("steps"), step_id, split_id, copy_id, is_tested=False)
    if not is_done:
        raise NotThere(step_id)
    return {**document, "steps": steps}, split_id, copy_id


def is_tested(document: Mapping[str, Any], step_id: str) -> bool:
    """Say whether a message stands in one arm of an A/B test."""
    splits = (step for step in _all(document.get("steps")) if step.get("kind") == "split")
    arms = (arm for split in splits for arm in split.get("variants") or ())
    return any(step.get("id") == step_id for arm in arms for step in _all(arm.get("steps")))


def messages_in(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give a document's messages by their id."""
    steps = _all(document.get("steps"))
    return {str(step.get("id")): step for step in steps if step.get("kind") == "message"}


def _is_message(step: Mapping[str, Any], step_id: str) -> bool:
    return step.get("id") == step_id and step.get("kind") == "message"


def _all(steps: Any) -> Iterator[Mapping[str, Any]]:
    for step in steps or ():
        yield step
        for name in LISTS:
            yield from _all(step.get(name))
        for name in ARMS:
            for arm in step.get(name) or ():
                yield from _all(arm.get("steps"))


def _free(wanted: str, taken: set[str]) -> str:
    names = [wanted, *(f"{wanted}{number}" for number in range(2, 100))]
    return next(name for name in names if name not in taken)


def _within(
    steps: Any, step_id: str, split_id: str, copy_id: str, *, is_tested: bool
) -> tuple[list[JsonObject], bool]:
    """Give a list of steps with the message in it split, and whether it was in it."""
    made: list[JsonObject] = []
    is_done = False
    for step in steps or ():
        if _is_message(step, step_id):
            if is_tested:
                raise IsTested(step_id)
            made.append(_split(step, split_id, copy_id))
            is_done = True
            continue
        changed, found = _inside(step, step_id, split_id, copy_id, is_tested=is_tested)
        made.append(changed)
        is_done = is_done or found
    return made, is_done


def _inside(
    step: Mapping[str, Any], step_id: str, split_id: str, copy_id: str, *, is_tested: bool
) -> tuple[JsonObject, bool]:
    changed, is_done = dict(step), False
    for name in LISTS:
        if step.get(name):
            changed[name], found = _within(
                step[name], step_id, split_id, copy_id, is_tested=is_tested
            )
            is_done = is_done or found
    for name in ARMS:
        arms = []
        for arm in step.get(name) or ():
            tested = is_tested or name == "variants"
            own, found = _within(arm.get("steps"), step_id, split_id, copy_id, is_tested=tested)
            arms.append({**arm, "steps": own})
            is_done = is_done or found
        if arms:
            changed[name] = arms
    return changed, is_done


def _split(message: Mapping[str, Any], split_id: str, copy_id: str) -> JsonObject:
    arms = (("a", dict(message)), ("b", {**message, "id": copy_id}))
    return {
        "id": split_id,
        "kind": "split",
        "variants": [{"key": key, "weight": 50, "steps": [step]} for key, step in arms],
    }
