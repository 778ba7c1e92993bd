"""A segment as a JSON document and back: strict, and with sentences for whoever wrote it.

    {"name": "Big spenders", "condition": {...}}

The condition is as in `marketing.flow_schema`, over `customer` only.
"""

from typing import Any, cast

from marshmallow import ValidationError, fields

from marketing.documents import NESTING_LIMIT, nesting, told_problems
from marketing.flow import Condition
from marketing.flow_rules import MAX_NAME, NOT_EMPTY
from marketing.forms import Lower, form
from marketing.said import say
from marketing.segments import BadSegment, Segment, problems
from marketing.step_schema import ConditionSchema
from marketing.templates import Problem


class SegmentSchema(Lower):
    makes = Segment
    name = fields.String(required=True, validate=[NOT_EMPTY, MAX_NAME])
    condition = fields.Nested(ConditionSchema, required=True)


def load(document: Any) -> Segment:
    """Read a segment's document; raises `BadSegment` with every problem found."""
    if nesting(document) > NESTING_LIMIT:
        message = say("is nested too deeply")
        raise BadSegment((Problem("", "condition", message, say("Use fewer levels of groups.")),))
    try:
        segment = cast("Segment", form(SegmentSchema).load(document))
    except ValidationError as refused:
        raise BadSegment(tuple(told_problems(refused.messages, document))) from None
    found = problems(segment)
    if found:
        raise BadSegment(found)
    return segment


def dump(segment: Segment) -> dict[str, Any]:
    """Give the document of a segment, as `load` reads it, fit for JSON."""
    return cast("dict[str, Any]", form(SegmentSchema).dump(segment))


def load_condition(document: Any) -> Condition:
    """Read a condition that was kept; it was checked when it was."""
    return cast("Condition", form(ConditionSchema).load(document))


def dump_condition(condition: Condition) -> dict[str, Any]:
    """Give a condition's document."""
    return cast("dict[str, Any]", form(ConditionSchema).dump(condition))
