"""The published form of a flow document: a JSON Schema (2020-12), read off what loads it.

It is for editors and other programs: what it refuses, `flow_schema.load` refuses as well. Not
the other way round: what concerns a flow as a whole (ids used twice, a code that is promised
but never made) only `load` knows.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import Schema, fields, validate

from marketing.block_schema import (
    BLOCK_SCHEMAS,
    BlockField,
    BlockList,
    Markup,
    TemplateSchema,
    is_clean,
    src_rule,
    when_rule,
)
from marketing.blocks.conditions import MAX_WHEN
from marketing.condition_rules import FIELD
from marketing.conditions import OPS
from marketing.flow_rules import REENTRY_RULE, VALUE_RULE
from marketing.flow_schema import FlowSchema, TriggerSchema
from marketing.forms import Flag
from marketing.gift_rules import CODE_PREFIX
from marketing.question_rules import PROPERTY
from marketing.step_schema import (
    SCHEMAS,
    AskSchema,
    ConditionSchema,
    CouponSchema,
    Duration,
    ExitField,
    ExitOnSchema,
    NotifyStaffSchema,
    RewardSchema,
    StartFlowSchema,
    StepField,
    StopFlowSchema,
)
from marketing.timing import ISO_DURATION
from marketing.triggers import KINDS

Json = dict[str, Any]
DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PLAIN: Final = ["string", "number", "boolean", "null"]
ISO: Final = "^" + re.sub(r"\?P<\w+>", "?:", ISO_DURATION.pattern) + "$"
NOT_BLANK: Final[Json] = {"pattern": r"\S"}
MORE: Final[Mapping[tuple[type[Schema], str], Json]] = {
    (ConditionSchema, "op"): {"enum": list(OPS)},
    (ConditionSchema, "field"): {"pattern": f"^{FIELD.pattern}$"},
    (TriggerSchema, "event"): {"enum": [str(event) for event in KINDS]},
    (CouponSchema, "prefix"): {"pattern": f"^{CODE_PREFIX}$"},
    (RewardSchema, "prefix"): {"pattern": f"^{CODE_PREFIX}$"},
    (AskSchema, "saves"): {"pattern": f"^{PROPERTY}$"},
    (NotifyStaffSchema, "subject"): NOT_BLANK,
    (StartFlowSchema, "flow"): NOT_BLANK,
    (StopFlowSchema, "flow"): NOT_BLANK,
}
"""What `marketing.flow_rules` and its like ask of a field, beyond its own schema."""
MAILED: Final = ("subject", "mjml", "text", "blocks")
WHOLE: Final[Mapping[type[Schema], Json]] = {
    TemplateSchema: {
        "oneOf": [
            {"required": ["blocks"], "not": {"required": ["mjml"]}},
            {"required": ["mjml", "text"], "not": {"required": ["blocks"]}},
            {
                "anyOf": [{"required": ["sms"]}, {"required": ["chat"]}],
                "not": {"anyOf": [{"required": [one]} for one in MAILED]},
            },
        ]
    },
}
"""What is asked of an object as a whole."""


def flow_json_schema() -> Json:
    """Give the JSON Schema of a flow document."""
    definitions: Json = {"step": {"oneOf": [_ref(_step_name(kind)) for kind in SCHEMAS]}}
    for kind, schema in SCHEMAS.items():
        definitions[_step_name(kind)] = _of_kind(kind, _object(schema(), definitions))
    definitions["block"] = {"oneOf": [_ref(_block_name(kind)) for kind in BLOCK_SCHEMAS]}
    for kind, block in BLOCK_SCHEMAS.items():
        definitions[_block_name(kind)] = _of_kind(kind, _object(block(), definitions))
    flow = _object(FlowSchema(), definitions)
    return {
        "$schema": DIALECT,
        "title": "A flow of Reprise",
        **flow,
        "$defs": {name: definitions[name] for name in sorted(definitions)},
    }


def _step_name(kind: str) -> str:
    return f"step_{kind}"


def _block_name(kind: str) -> str:
    return f"block_{kind}"


def _of_kind(kind: str, shape: Json) -> Json:
    properties = {"kind": {"const": kind}, **shape["properties"]}
    return {**shape, "properties": properties, "required": ["kind", *shape["required"]]}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _object(schema: Schema, definitions: Json) -> Json:
    properties = {}
    for name, field in schema.fields.items():
        told = _field(field, definitions)
        properties[name] = _with(told, MORE.get((type(schema), name), {}), field)
    needed = [name for name, field in schema.fields.items() if field.required]
    return {
        "type": "object",
        "properties": properties,
        "required": needed,
        "additionalProperties": False,
        **WHOLE.get(type(schema), {}),
    }


def _with(told: Json, more: Json, field: fields.Field[Any]) -> Json:
    told = {**told, **more}
    return {"anyOf": [told, {"type": "null"}]} if field.allow_none else told


def _field(field: fields.Field[Any], definitions: Json) -> Json:
    told = SHAPES.get(type(field))
    if told is None:
        raise TypeError(f"{type(field).__name__} has no form in JSON Schema yet")
    shape = told(field, definitions)
    for rule in field.validators:
        shape = {**shape, **_rule(rule)}
    return shape


def _rule(rule: Any) -> Json:
    match rule:
        case validate.Regexp():
            return {"pattern": _pattern(rule)}
        case validate.Length():
            bounds = {"minLength": rule.min, "maxLength": rule.max}
            return {name: bound for name, bound in bounds.items() if bound is not None}
        case validate.Range():
            return {"minimum": rule.min, "maximum": rule.max}
        case validate.OneOf():
            return {"enum": [str(one) for one in rule.choices]}
        case _:
            return RULES[rule]


def _pattern(rule: validate.Regexp) -> str:
    """Write a pattern as JavaScript does: found anywhere, unless it says where it begins."""
    pattern = str(rule.regex.pattern).replace(r"\Z", "$")
    anywhere = "(?s).*"
    return pattern.removeprefix(anywhere) if pattern.startswith(anywhere) else f"^{pattern}"


def _nested(field: Any, definitions: Json) -> Json:
    schema = field.schema
    name = type(schema).__name__.removesuffix("Schema").lower()
    if name not in definitions:
        definitions[name] = {}  # in the making: it may hold itself
        definitions[name] = _object(schema, definitions)
    return _ref(name)


def _list(field: Any, definitions: Json) -> Json:
    return {"type": "array", "items": _field(field.inner, definitions)}


def _dict(field: Any, definitions: Json) -> Json:
    names = _field(field.key_field, definitions)
    values = field.value_field
    told = _with(_field(values, definitions), {}, values)
    return {"type": "object", "propertyNames": names, "additionalProperties": told}


def _exit(_: Any, definitions: Json) -> Json:
    """An event's name, or an object that narrows it."""
    event = ExitOnSchema().fields["event"]
    return {
        "anyOf": [_field(event, definitions), _nested(fields.Nested(ExitOnSchema), definitions)]
    }


def _enum(field: Any, _: Json) -> Json:
    return {"enum": [member.value for member in field.enum]}


def _said(shape: Json) -> Callable[[Any, Json], Json]:
    return lambda _field, _definitions: dict(shape)


SHAPES: Final[Mapping[type, Callable[[Any, Json], Json]]] = {
    fields.String: _said({"type": "string"}),
    fields.Integer: _said({"type": "integer"}),
    Flag: _said({"type": "boolean"}),
    fields.Raw: _said({}),
    fields.Enum: _enum,
    fields.List: _list,
    BlockList: _list,
    fields.Dict: _dict,
    fields.Nested: _nested,
    Duration: _said({"type": "string", "format": "duration", "pattern": ISO}),
    ExitField: _exit,
    StepField: _said(_ref("step")),
    BlockField: _said(_ref("block")),
    Markup: _said({"type": "string"}),
}
RULES: Final[Mapping[Any, Json]] = {
    VALUE_RULE: {
        "anyOf": [{"type": PLAIN}, {"type": "array", "maxItems": 1000, "items": {"type": PLAIN}}]
    },
    is_clean: {},
    when_rule: {"pattern": "^[^{}%\\r\\n]*[^{}%\\s][^{}%\\r\\n]*$", "maxLength": MAX_WHEN},
    src_rule: {"pattern": "^(https://|[{][{]|[{]%|\\s*$)"},
    REENTRY_RULE: {"pattern": f"^(always|once)$|{ISO}"},
}
