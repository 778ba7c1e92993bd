"""JSON documents that people write, flows and segments: how deep they are, what is wrong where."""

from collections.abc import Iterator, Mapping
from typing import Any

from marketing.said import Said, say
from marketing.templates import Problem

NESTING_LIMIT = 60
"""Levels of lists and objects in a document; more is not even read."""


def nesting(document: Any) -> int:
    """Count the levels of lists and objects, without recursion: the input may be hostile."""
    level, here = 0, [document]
    while here and level <= NESTING_LIMIT:
        level += 1
        here = [part for value in here for part in _parts(value)]
    return level


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [part for part in value.values() if isinstance(part, (Mapping, list))]
    if isinstance(value, list):
        return [part for part in value if isinstance(part, (Mapping, list))]
    return []


def told_problems(
    messages: Any, document: Any, step: str = "", field: str = ""
) -> Iterator[Problem]:
    """Turn marshmallow's nested messages into problems that name the step and the field."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            part = _part(document, key)
            if (blocks := _blocks(field)) and isinstance(key, int):
                yield from told_problems(inner, part, step, _path(blocks, _name(part, key)))
            elif isinstance(part, Mapping) and "kind" in part and isinstance(key, int):
                yield from told_problems(inner, part, _step_name(part, key), "")
            else:
                yield from told_problems(inner, part, step, _path(field, key))
        return
    for message in [messages] if isinstance(messages, str) else messages:
        yield Problem(step, field, *sentences_of(message))


def _blocks(field: str) -> str | None:
    """Give the field of a template's blocks, for a list of them: also inside columns."""
    whole, _, last = field.rpartition(".")
    if last == "blocks":
        return field
    return f"{whole.partition('.blocks.')[0]}.blocks" if last in COLUMNS else None


COLUMNS = frozenset({"left", "right"})


def sentences_of(message: str) -> tuple[Said, Said]:
    """Give what is wrong and the remedy: ours are told in two lines, marshmallow's in `SAID`."""
    if message in SAID:
        return SAID[message]
    if message.startswith(ONE_OF):
        known = message.removeprefix(ONE_OF).removesuffix(".")
        return say("is unknown"), say("Use one of {known}.", known=known)
    said, *remedies = (message if isinstance(message, Said) else Said(message)).lines()
    return said, remedies[0] if remedies else say("Correct it.")


def _part(document: Any, key: Any) -> Any:
    if isinstance(document, Mapping):
        return document.get(key)
    if isinstance(document, list) and isinstance(key, int) and key < len(document):
        return document[key]
    return None


def _step_name(step: Mapping[str, Any], position: int) -> str:
    return _name(step, f"step {position + 1}")


def _name(part: Any, otherwise: str | int) -> str:
    name = part.get("id") if isinstance(part, Mapping) else None
    return name if isinstance(name, str) and name else str(otherwise)


def _path(field: str, key: Any) -> str:
    if key == "_schema":
        return field
    return f"{field}.{key}" if field else str(key)


ONE_OF = "Must be one of: "
SAID: Mapping[str, tuple[Said, Said]] = {
    "Unknown field.": (say("is not known here"), say("Remove it, or check its spelling.")),
    "Missing data for required field.": (say("is missing"), say("Give it.")),
    "Field may not be null.": (say("may not be null"), say("Give it, or leave it out.")),
    "Not a valid string.": (say("is no text"), say("Give a text.")),
    "Not a valid integer.": (say("is no whole number"), say("Give a whole number.")),
    "Not a valid list.": (say("is no list"), say("Give a list.")),
    "Invalid input type.": (say("is no object"), say("Give an object with named fields.")),
}
"""marshmallow's own words -> ours."""
