"""A flow as a JSON document and back: strict, and with sentences for whoever wrote it.

    {"name": ..., "recipe": null, "filter": null, "exits": ["order.placed"],
     "trigger": {"event": "cart.abandoned", "idle": "PT1H", "filter": null, "reentry": "always"},
     "steps": [
       {"kind": "delay", "id": ..., "duration": "PT12H", "since": "trigger" | "previous"},
       {"kind": "condition", "id": ..., "condition": {...}, "yes": [...], "no": [...]},
       {"kind": "split", "id": ..., "variants": [{"key": "a", "weight": 1, "steps": [...]}]},
       {"kind": "message", "id": ..., "name": "", "channel": "email",
        "deadline": "PT8H" | null, "message_kind": "marketing", "coupon": null,
        "template": {"subject": ..., "preview": ..., "blocks": [...]} or, in code,
                    {"subject": ..., "preview": ..., "mjml": ..., "text": ...}},
       {"kind": "coupon", "id": ..., "percent": 10, "valid_for": "P1D", "prefix": "BACK"},
       {"kind": "coupon", "id": ..., "off": "amount" | "free_shipping", "amount": 500,
        "valid_for": "P1D", "minimum": 4000, "once_per": "P30D" | null, "pool": false,
        "skip_if_cart_has_code": true, "exclude_sale_items": false, "combinable": false,
        "for_customer": true},
       {"kind": "reward", "id": ..., "amount": 500, "expires_after": "P90D" | null, "every": 5,
        "or_code": true}, and in a message that tells of it {"reward": the step's id},
       {"kind": "delay", "id": ..., "duration": "P1D", "until": "10:00", "weekdays": [0, 1]},
       {"kind": "delay", "id": ..., "until_field": "order.placed_at", "duration": "P7D"},
       {"kind": "wait_for_event", "id": ..., "event": "message.opened", "timeout": "P3D",
        "filter": null, "yes": [...], "no": [...]},
       {"kind": "switch", "id": ..., "field": "customer.country", "otherwise": [...],
        "cases": [{"key": "home", "values": ["DE", "AT"], "steps": [...]}]},
       {"kind": "ask", ... a message's fields ..., "timeout": "P1D", "saves": "size" | null,
        "answers": [{"key": "yes", "label": "Yes", "keywords": ["sure"], "steps": [...]}],
        "otherwise": [...], "silent": [...]},
       {"kind": "collect", ... a message's fields ..., "contact": "email" | "phone",
        "subscribes": true, "timeout": "P1D", "given": [...], "otherwise": [...], "silent": [...]},
       {"kind": "update_customer", "id": ..., "add_tags": ["vip"], "properties": {"tier": "gold"},
        "unsubscribe": ["email", "sms"]},
       {"kind": "notify_staff", "id": ..., "subject": ..., "text": ...},
       {"kind": "hand_over", "id": ..., "subject": ..., "text": ...},
       {"kind": "call_webhook", "id": ..., "url": "https://..."},
       {"kind": "start_flow" | "stop_flow", "id": ..., "flow": "<the other flow's id>"},
       {"kind": "exit", "id": ...}]}

A template's blocks are told by `marketing.block_schema`. A message names one `channel`, or
`channels` of which the first that reaches the customer is taken.

A condition is {"op": "all" | "any" | "none", "of": [...]} or a test:
    {"op": "gt", "field": "cart.store_total", "value": 5000}
    {"op": "within" | "before", "field": "customer.created_at", "value": "P90D"}
    {"op": "gte", "events": "product.viewed", "within": "P30D", "value": 3,
     "where": {"category": "scarves"}}
    {"op": "gt", "orders": "count" | "spent" | "average" | "first" | "last", "value": 50000,
     "within": "P365D", "where": {"product_id": ..., "category": ..., "code": ...}}
    {"op": "in_segment", "value": "<segment id>"}
    {"op": "percent", "value": 10, "salt": "spring"}
`notes` are what the team wrote beside steps, and beside the trigger:
{"<step id>": "Asked by Jo", "trigger": "Since May"}.
An exit is an event's name, or {"event": "order.placed", "filter": {a condition}} in which
`event` are the event's own data. Durations are ISO 8601. What is left out has the default that
`marketing.flow` gives it; a field that is not named here is refused.
"""

from typing import Any, cast

from marshmallow import ValidationError, fields, post_dump

from marketing.chat import InboundKind
from marketing.documents import NESTING_LIMIT, nesting, told_problems
from marketing.flow import (
    Flow,
    Trigger,
)
from marketing.flow_reading import MOST_READ, count_steps, readable_problems
from marketing.flow_rules import (
    EVENT_RULE,
    ID_RULE,
    MAX_NAME,
    MAX_NOTE,
    MAX_STEPS,
    NOT_EMPTY,
    REENTRY_RULE,
    BadFlow,
    problems,
)
from marketing.forms import Flag, Lower, form
from marketing.keyword_match import KeywordMatch
from marketing.model import ChannelName
from marketing.said import say
from marketing.step_schema import ConditionSchema, Duration, ExitField, StepField
from marketing.templates import Problem

__all__ = ["BadFlow", "Problem", "dump", "load", "problems", "read"]


def load(document: Any) -> Flow:
    """Read a flow document; raises `BadFlow` with every problem found."""
    flow = read(document)
    found = problems(flow)
    if found:
        raise BadFlow(found)
    return flow


def read(document: Any) -> Flow:
    """Read a document of the right shape, ready or not, as a draft is; raises `BadFlow`."""
    if nesting(document) > NESTING_LIMIT:
        message = say("branches and conditions are nested too deeply")
        raise BadFlow((Problem("", "steps", message, say("Use fewer levels of branches.")),))
    if (number := count_steps(document)) > MOST_READ:
        remedy = say("Keep it to {most} steps at the most.", most=MAX_STEPS)
        raise BadFlow((Problem("", "steps", say("has {count} steps", count=number), remedy),))
    try:
        return cast("Flow", form(FlowSchema).load(document))
    except ValidationError as refused:
        told = told_problems(refused.messages, document)
        raise BadFlow((*told, *readable_problems(document, form(TriggerSchema)))) from None


def dump(flow: Flow) -> dict[str, Any]:
    """Give the document of a flow, as `load` reads it, fit for JSON."""
    return cast("dict[str, Any]", form(FlowSchema).dump(flow))


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
    yearly = Flag()
    orders = fields.Integer(strict=True, allow_none=True)
    spent = fields.Integer(strict=True, allow_none=True)
    keywords = fields.List(fields.String(validate=MAX_NAME))
    keyword_match = fields.Enum(KeywordMatch, by_value=True)
    kind = fields.Enum(InboundKind, by_value=True, allow_none=True)
    referral = fields.String(allow_none=True, validate=MAX_NAME)
    name = fields.String(allow_none=True, validate=MAX_NAME)
    per_line = Flag()

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Most triggers have none of what narrows the others: only what is set is written."""
        always = ("event", "idle", "filter", "reentry")
        unset = {"days": 0, "yearly": True, "keywords": [], "per_line": False}
        unset["keyword_match"] = KeywordMatch.IS.value
        return {k: v for k, v in data.items() if k in always or v != unset.get(k)}


class FlowSchema(Lower):
    makes = Flow
    name = fields.String(required=True, validate=[NOT_EMPTY, MAX_NAME])
    trigger = fields.Nested(TriggerSchema, required=True)
    steps = fields.List(StepField(), required=True)
    exits = fields.List(ExitField())
    recipe = fields.String(allow_none=True)
    filter = fields.Nested(ConditionSchema, allow_none=True)
    notes = fields.Dict(fields.String(validate=ID_RULE), fields.String(validate=MAX_NOTE))

    @post_dump(pass_original=True)
    def leave_out_lost(self, data: dict[str, Any], flow: Flow, **_more: Any) -> dict[str, Any]:
        """A note goes with its step; a flow without any says nothing of them."""
        told = {key: value for key, value in data.items() if key != "notes"}
        there = {*flow.steps_by_id, "trigger"}
        notes = {id_: note for id_, note in flow.notes.items() if id_ in there}
        return told | {"notes": notes} if notes else told
