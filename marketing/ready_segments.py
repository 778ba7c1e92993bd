"""Segments to begin with, kept as data in `marketing/ready_segments.json`: one line to have one.

A value `{"money": 500}` there is so many whole units of the store's currency; `{"parameter":
"category"}` is what the merchant names, such as the category that interest is asked for.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from marketing.money import minor_units
from marketing.said import SOURCE, in_language, say
from marketing.segments import BadSegment
from marketing.templates import Problem

LONGEST_PARAMETER = 80


@dataclass(frozen=True, slots=True)
class ReadySegment:
    """A segment to begin with; `parameter` is what has to be named for it, if anything."""

    key: str
    name: str
    parameter: str | None


def all_of_them() -> list[ReadySegment]:
    """Give every ready-made segment, in the order in which they are offered."""
    return [ReadySegment(key, one["name"], one.get("parameter")) for key, one in _data().items()]


def document(
    key: str, currency: str, parameter: str | None = None, language: str = SOURCE
) -> dict[str, Any]:
    """Give one as a segment's document, named in a language.

    Raises KeyError for a key that is none, or `BadSegment`.
    """
    one = _data()[key]
    wanted = one.get("parameter")
    if wanted and not (parameter and parameter.strip() and len(parameter) <= LONGEST_PARAMETER):
        remedy = say("Give it, in up to {most} characters.", most=LONGEST_PARAMETER)
        raise BadSegment((Problem("", wanted, say("is missing"), remedy),))
    name = in_language(one["name"], language).format(**({wanted: parameter} if wanted else {}))
    return {"name": name, "condition": _filled(one["condition"], currency, parameter)}


def _filled(part: Any, currency: str, parameter: str | None) -> Any:
    if isinstance(part, list):
        return [_filled(one, currency, parameter) for one in part]
    if not isinstance(part, Mapping):
        return part
    if "money" in part:
        return minor_units(part["money"], currency)
    if "parameter" in part:
        return parameter
    return {name: _filled(one, currency, parameter) for name, one in part.items()}


@lru_cache
def _data() -> dict[str, dict[str, Any]]:
    text = (files("marketing") / "ready_segments.json").read_text("utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found
