"""A flow as a JSON document and back: strict, and with sentences for whoever wrote it.

    {"name": ..., "recipe": null, "filter": null, "exits": ["order.placed"],
     "trigger": {"event": "cart.abandoned", "idle": "PT1H", "filter": null, "reentry": "always"},
     "steps": [
       {"kind": "delay", "id": ..., "duration": "PT12H", "since": "trigger" | "previous"},
       {"kind": "condition", "id": ..., "condition": {...}, "yes": [...], "no": [...]},
       {"kind": "split", "id": ..., "variants": [{"key": "a", "weight": 1, "steps": [...]}]},
       {"kind": "message", "id": ..., "name": "", "channel": "email", "deadline": "PT8H",
        "message_kind": "marketing", "coupon": null,
        "template": {"subject": ..., "preview": ..., "mjml": ..., "text": ...}},
       {"kind": "coupon", "id": ..., "percent": 10, "valid_for": "P1D", "prefix": "BACK"},
       {"kind": "coupon", "id": ..., "off": "amount" | "free_shipping", "amount": 500,
        "valid_for": "P1D", "minimum": 4000, "once_per": "P30D" | null, "pool": false,
        "skip_if_cart_has_code": true, "exclude_sale_items": false, "combinable": false,
        "for_customer": true},
       {"kind": "delay", "id": ..., "duration": "P1D", "until": "10:00", "weekdays": [0, 1]},
       {"kind": "delay", "id": ..., "until_field": "order.placed_at", "duration": "P7D"},
       {"kind": "wait_for_event", "id": ..., "event": "message.opened", "timeout": "P3D",
        "filter": null, "yes": [...], "no": [...]},
       {"kind": "switch", "id": ..., "field": "customer.country", "otherwise": [...],
        "cases": [{"key": "home", "values": ["DE", "AT"], "steps": [...]}]},
       {"kind": "update_customer", "id": ..., "add_tags": ["vip"], "properties": {"tier": "gold"}},
       {"kind": "notify_staff", "id": ..., "subject": ..., "text": ...},
       {"kind": "call_webhook", "id": ..., "url": "https://..."},
       {"kind": "start_flow" | "stop_flow", "id": ..., "flow": "<the other flow's id>"},
       {"kind": "exit", "id": ...}]}

A message names one `channel`, or `channels` of which the first that reaches the customer is taken.

A condition is {"op": "all" | "any" | "none", "of": [...]} or {"op": "gt", "field":
"cart.store_total", "value": 5000}. Durations are ISO 8601. What is left out has the default
that `marketing.flow` gives it; a field that is not named here is refused.
"""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from marshmallow import ValidationError, fields, post_dump

from marketing.flow import (
    Flow,
    Trigger,
)
from marketing.flow_rules import (
    EVENT_RULE,
    MAX_NAME,
    NESTING_LIMIT,
    NOT_EMPTY,
    REENTRY_RULE,
    BadFlow,
    problems,
)
from marketing.model import ChannelName
from marketing.step_schema import ConditionSchema, Duration, Lower, StepField
from marketing.templates import Problem

__all__ = ["BadFlow", "Problem", "dump", "load", "problems"]


def load(document: Any) -> Flow:
    """Read a flow document; raises `BadFlow` with every problem found."""
    if _nesting(document) > NESTING_LIMIT:
        message = "branches and conditions are nested too deeply"
        raise BadFlow((Problem("", "steps", message, "Use fewer levels of branches."),))
    try:
        flow = cast("Flow", FlowSchema().load(document))
    except ValidationError as refused:
        raise BadFlow(tuple(_told(refused.messages, document))) from None
    found = problems(flow)
    if found:
        raise BadFlow(found)
    return flow


def dump(flow: Flow) -> dict[str, Any]:
    """Give the document of a flow, as `load` reads it, fit for JSON."""
    return cast("dict[str, Any]", FlowSchema().dump(flow))


def _nesting(document: Any) -> int:
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


def _told(messages: Any, document: Any, step: str = "", field: str = "") -> Iterator[Problem]:
    """Turn marshmallow's nested messages into problems that name the step and the field."""
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            part = _part(document, key)
            if isinstance(part, Mapping) and "kind" in part and isinstance(key, int):
                yield from _told(inner, part, _step_name(part, key), "")
            else:
                yield from _told(inner, part, step, _path(field, key))
        return
    for message in [messages] if isinstance(messages, str) else messages:
        yield Problem(step, field, *_sentences(message))


def _sentences(message: str) -> tuple[str, str]:
    """Give what is wrong and the remedy: ours are told in two lines, marshmallow's in `SAID`."""
    if message in SAID:
        return SAID[message]
    said, _, remedy = message.partition("\n")
    if said.startswith(ONE_OF):
        return "is unknown", f"Use one of {said.removeprefix(ONE_OF)}"
    return said, remedy or "Correct it."


def _part(document: Any, key: Any) -> Any:
    if isinstance(document, Mapping):
        return document.get(key)
    if isinstance(document, list) and isinstance(key, int) and key < len(document):
        return document[key]
    return None


def _step_name(step: Mapping[str, Any], position: int) -> str:
    name = step.get("id")
    return name if isinstance(name, str) and name else f"step {position + 1}"


def _path(field: str, key: Any) -> str:
    if key == "_schema":
        return field
    return f"{field}.{key}" if field else str(key)


ONE_OF = "Must be one of: "
SAID: Mapping[str, tuple[str, str]] = {
    "Unknown field.": ("is not known here", "Remove it, or check its spelling."),
    "Missing data for required field.": ("is missing", "Give it."),
    "Field may not be null.": ("may not be null", "Give it, or leave it out."),
    "Not a valid string.": ("is no text", "Give a text."),
    "Not a valid integer.": ("is no whole number", "Give a whole number."),
    "Not a valid list.": ("is no list", "Give a list."),
    "Invalid input type.": ("is no object", "Give an object with named fields."),
}
"""marshmallow's own words -> ours."""


class TriggerSchema(Lower):
    makes = Trigger
    event = fields.String(required=True, validate=EVENT_RULE)
    idle = Duration(allow_none=True)
    filter = fields.Nested(ConditionSchema, allow_none=True)
    reentry = fields.String(validate=REENTRY_RULE)
    channel = fields.Enum(ChannelName, by_value=True, allow_none=True)
    tag = fields.String(allow_none=True, validate=MAX_NAME)
    segment = fields.String(allow_none=True, validate=MAX_NAME)
    property = fields.String(allow_none=True, validate=MAX_NAME)
    days = fields.Integer(strict=True)
    at = fields.String(allow_none=True)
    yearly = fields.Boolean(truthy={True}, falsy={False})
    orders = fields.Integer(strict=True, allow_none=True)
    spent = fields.Integer(strict=True, allow_none=True)
    keywords = fields.List(fields.String(validate=MAX_NAME))
    name = fields.String(allow_none=True, validate=MAX_NAME)
    per_line = fields.Boolean(truthy={True}, falsy={False})

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Most triggers have none of what narrows the others: only what is set is written."""
        always = ("event", "idle", "filter", "reentry")
        unset = {"days": 0, "yearly": True, "keywords": [], "per_line": False}
        return {k: v for k, v in data.items() if k in always or v != unset.get(k)}


class FlowSchema(Lower):
    makes = Flow
    name = fields.String(required=True, validate=[NOT_EMPTY, MAX_NAME])
    trigger = fields.Nested(TriggerSchema, required=True)
    steps = fields.List(StepField(), required=True)
    exits = fields.List(fields.String(validate=EVENT_RULE))
    recipe = fields.String(allow_none=True)
    filter = fields.Nested(ConditionSchema, allow_none=True)
