"""Steps, conditions and templates as JSON, each by its kind."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from marshmallow import (
    EXCLUDE,
    ValidationError,
    fields,
    post_dump,
    post_load,
    validate,
    validates_schema,
)

from marketing.block_schema import TemplateSchema
from marketing.condition_rules import OP_RULE, SOURCES
from marketing.flow import (
    Branch,
    CallWebhook,
    Case,
    Condition,
    Coupon,
    Delay,
    Exit,
    ExitOn,
    Measure,
    NotifyStaff,
    Off,
    SendMessage,
    Since,
    Split,
    StartFlow,
    Step,
    StopFlow,
    Switch,
    UpdateCustomer,
    Variant,
    WaitForEvent,
)
from marketing.flow_rules import (
    DURATION_RULE,
    EVENT_RULE,
    ID_RULE,
    KEY_RULE,
    MAX_NAME,
    MAX_TEXTS,
    NOT_EMPTY,
    PROPERTY_RULE,
    VALUE_RULE,
    wrong,
)
from marketing.forms import Flag, Lower, form
from marketing.hand_over import HandOver
from marketing.model import ChannelName, MessageKind
from marketing.picking import By, Picking
from marketing.questions import Answer, Ask, Collect, Contact
from marketing.reward import Reward
from marketing.said import say
from marketing.timing import duration_of, iso_duration


class Duration(fields.Field[timedelta]):
    """A `timedelta` as ISO 8601."""

    def _serialize(self, value: timedelta | None, *_args: Any, **_more: Any) -> str | None:
        return None if value is None else iso_duration(value)

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> timedelta:
        try:
            return duration_of(value)
        except (TypeError, ValueError):
            raise wrong(*DURATION_RULE) from None


class ConditionSchema(Lower):
    """A test or a group of tests; what is counted of events or orders is told in its own words."""

    makes = Condition
    op = fields.String(required=True, validate=OP_RULE)
    of = fields.List(fields.Nested(lambda: ConditionSchema()))  # noqa: PLW0108  # not defined yet
    field = fields.String(allow_none=True)
    value = fields.Raw(allow_none=True, validate=VALUE_RULE)
    events = fields.String(allow_none=True, validate=EVENT_RULE)
    orders = fields.String(allow_none=True, validate=validate.OneOf(SOURCES["orders"]))
    within = Duration(allow_none=True)
    where = fields.Dict(fields.String(), fields.Raw(), allow_none=True)
    salt = fields.String(allow_none=True, validate=MAX_NAME)

    @validates_schema(skip_on_field_errors=False)
    def measure_one(self, data: dict[str, Any], **_more: Any) -> None:
        """Refuse a window or a `where` with nothing to narrow, and events and orders at once."""
        sources = [name for name in SOURCES if data.get(name)]
        if len(sources) > 1:
            raise ValidationError({"events": [say("is told beside orders\nUse one of the two.")]})
        for name in ("within", "where"):
            if data.get(name) and not sources:
                raise ValidationError(
                    {name: [say("narrows nothing\nGive it with events or orders.")]}
                )

    @post_load
    def make(self, data: dict[str, Any], **_more: Any) -> Condition:
        source = next((name for name in SOURCES if data.get(name)), None)
        rest = {name: data.get(name) for name in ("field", "value", "salt")}
        measure = source and Measure(
            source,
            data[source],
            data.get("within"),
            tuple(sorted((data.get("where") or {}).items())),
        )
        return Condition(data["op"], tuple(data.get("of", ())), measure=measure or None, **rest)

    @post_dump(pass_original=True)
    def tell_measure(
        self, data: dict[str, Any], condition: Condition, **_more: Any
    ) -> dict[str, Any]:
        """Write what is measured, and nothing that is not set."""
        told = {"op": data["op"], "of": data["of"]}
        told |= {name: data.get(name) for name in ("field", "value")}
        if condition.salt is not None:
            told["salt"] = condition.salt
        measure = condition.measure
        if measure:
            told[measure.source] = measure.take
            if measure.within is not None:
                told["within"] = iso_duration(measure.within)
            if measure.where:
                told["where"] = dict(measure.where)
        return told


class ExitField(fields.Field[str | ExitOn]):
    """The name of an event, or an object with the event and the filter that narrows it."""

    def _serialize(self, value: str | ExitOn | None, *_args: Any, **_more: Any) -> Any:
        return form(ExitOnSchema).dump(value) if isinstance(value, ExitOn) else value

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> str | ExitOn:
        if isinstance(value, str):
            EVENT_RULE(value)
            return value
        if not isinstance(value, Mapping):
            raise wrong(
                say("is no exit"), say('Give an event\'s name, or {"event": ..., "filter": ...}.')
            )
        told = cast("ExitOn", form(ExitOnSchema).load(value))
        return told if told.filter else told.event


class ExitOnSchema(Lower):
    makes = ExitOn
    event = fields.String(required=True, validate=EVENT_RULE)
    filter = fields.Nested(ConditionSchema, allow_none=True, load_default=None)


class StepSchema(Lower):
    id = fields.String(required=True, validate=ID_RULE)


class StepField(fields.Field[Step]):
    """One step, by its kind."""

    def _serialize(self, value: Step | None, *_args: Any, **_more: Any) -> dict[str, Any]:
        kind, schema = KIND_OF[type(value)]
        return {"kind": kind, **cast("dict[str, Any]", form(schema).dump(value))}

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> Step:
        if not isinstance(value, Mapping):
            raise wrong(say("is no step"), say('Give an object such as {"kind": "delay", ...}.'))
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in SCHEMAS:
            wrong_id = StepSchema(only=("id",), unknown=EXCLUDE).validate(dict(value))
            unknown = say("is unknown\nUse one of {known}.", known=SCHEMAS)
            raise ValidationError({"kind": [unknown], **wrong_id})
        rest = {key: part for key, part in value.items() if key != "kind"}
        return cast("Step", form(SCHEMAS[kind]).load(rest))


def _steps() -> fields.List[Step]:
    return fields.List(StepField())


class DelaySchema(StepSchema):
    makes = Delay
    duration = Duration()
    since = fields.Enum(Since, by_value=True)
    until = fields.String(allow_none=True)
    weekdays = fields.List(fields.Integer(strict=True))
    until_field = fields.String(allow_none=True)

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Most delays are just a duration."""
        return {k: v for k, v in data.items() if v is not None and v != []}


class WaitForEventSchema(StepSchema):
    makes = WaitForEvent
    event = fields.String(required=True, validate=EVENT_RULE)
    timeout = Duration(required=True)
    filter = fields.Nested(ConditionSchema, allow_none=True)
    yes = _steps()
    no = _steps()


class CaseSchema(Lower):
    makes = Case
    key = fields.String(required=True, validate=KEY_RULE)
    values = fields.List(fields.Raw(validate=VALUE_RULE), required=True)
    steps = _steps()


class SwitchSchema(StepSchema):
    makes = Switch
    field = fields.String(required=True)
    cases = fields.List(fields.Nested(CaseSchema), required=True)
    otherwise = _steps()


class UpdateCustomerSchema(StepSchema):
    makes = UpdateCustomer
    add_tags = fields.List(fields.String(validate=[NOT_EMPTY, MAX_NAME]))
    remove_tags = fields.List(fields.String(validate=[NOT_EMPTY, MAX_NAME]))
    properties = fields.Dict(
        fields.String(validate=PROPERTY_RULE), fields.Raw(allow_none=True, validate=VALUE_RULE)
    )
    unsubscribe = fields.List(fields.Enum(ChannelName, by_value=True))

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Most change no consent."""
        return {key: value for key, value in data.items() if key != "unsubscribe" or value}


class NotifyStaffSchema(StepSchema):
    makes = NotifyStaff
    subject = fields.String(required=True, validate=MAX_NAME)
    text = fields.String(required=True, validate=MAX_TEXTS["text"])


class HandOverSchema(StepSchema):
    makes = HandOver
    subject = fields.String(required=True, validate=MAX_NAME)
    text = fields.String(required=True, validate=MAX_TEXTS["text"])


class CallWebhookSchema(StepSchema):
    makes = CallWebhook
    url = fields.String(required=True)


class StartFlowSchema(StepSchema):
    makes = StartFlow
    flow = fields.String(required=True, validate=MAX_NAME)


class StopFlowSchema(StepSchema):
    makes = StopFlow
    flow = fields.String(required=True, validate=MAX_NAME)


class BranchSchema(StepSchema):
    makes = Branch
    condition = fields.Nested(ConditionSchema, required=True)
    yes = _steps()
    no = _steps()


class VariantSchema(Lower):
    makes = Variant
    key = fields.String(required=True, validate=KEY_RULE)
    weight = fields.Integer(required=True, strict=True)
    steps = _steps()


class PickingSchema(Lower):
    makes = Picking
    by = fields.Enum(By, by_value=True, required=True)
    after = Duration()
    least = fields.Integer(strict=True)


class SplitSchema(StepSchema):
    makes = Split
    variants = fields.List(fields.Nested(VariantSchema), required=True)
    winner = fields.Nested(PickingSchema, allow_none=True)

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Most splits leave the winner to a person."""
        return {key: value for key, value in data.items() if key != "winner" or value}


class MessageSchema(StepSchema):
    makes = SendMessage
    channel = fields.Enum(ChannelName, by_value=True)
    channels = fields.List(fields.Enum(ChannelName, by_value=True))
    template = fields.Nested(TemplateSchema, required=True)
    name = fields.String(validate=MAX_NAME)

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Nearly all name their one channel, set no deadline, and tell of no reward."""
        unset = ("channels", "deadline", "reward", "saves")
        return {k: v for k, v in data.items() if k not in unset or v}

    @post_load
    def make(self, data: dict[str, Any], **_more: Any) -> SendMessage:
        """Build the step; of several channels the first stands for all that ask for one."""
        channels = tuple(data.pop("channels", ()))
        channel = data.pop("channel", None) or channels[0]
        lists = {key: tuple(told) for key, told in data.items() if isinstance(told, list)}
        made: SendMessage = self.makes(**data | lists, channel=channel, channels=channels)
        return made

    @validates_schema(skip_on_field_errors=False, pass_original=True)
    def names_a_channel(self, _: Any, told: Mapping[str, Any], **_more: Any) -> None:
        """Refuse a message that names neither a channel nor several."""
        if not told.get("channel") and not told.get("channels"):
            raise ValidationError({"channel": [say("Missing data for required field.")]})

    message_kind = fields.Enum(MessageKind, by_value=True, attribute="kind")
    deadline = Duration(allow_none=True)
    coupon = fields.String(allow_none=True)
    reward = fields.String(allow_none=True)


class AnswerSchema(Lower):
    makes = Answer
    key = fields.String(required=True, validate=KEY_RULE)
    label = fields.String(required=True, validate=MAX_TEXTS["label"])
    keywords = fields.List(fields.String(validate=[NOT_EMPTY, MAX_NAME]))
    steps = _steps()


class QuestionSchema(MessageSchema):
    """A message whose answer is waited for."""

    timeout = Duration()
    otherwise = _steps()
    silent = _steps()


class AskSchema(QuestionSchema):
    makes = Ask
    answers = fields.List(fields.Nested(AnswerSchema))
    saves = fields.String(allow_none=True, validate=MAX_NAME)


class CollectSchema(QuestionSchema):
    makes = Collect
    contact = fields.Enum(Contact, by_value=True)
    subscribes = Flag()
    given = _steps()


PLAIN_CODE = {
    "percent": None, "off": "percent", "amount": None, "minimum": None, "once_per": "P30D",
    "skip_if_cart_has_code": True, "exclude_sale_items": False, "combinable": False,
    "for_customer": True, "pool": False,
}  # fmt: skip
"""A coupon step's fields that need not be written."""


class CouponSchema(StepSchema):
    makes = Coupon
    percent = fields.Integer(strict=True, allow_none=True, load_default=None)
    valid_for = Duration(required=True)
    prefix = fields.String(validate=MAX_NAME)
    off = fields.Enum(Off, by_value=True)
    amount = fields.Integer(strict=True, allow_none=True)
    minimum = fields.Integer(strict=True, allow_none=True)
    once_per = Duration(allow_none=True)
    skip_if_cart_has_code = Flag()
    exclude_sale_items = Flag()
    combinable = Flag()
    for_customer = Flag()
    pool = Flag()

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """What has its default is not written: most codes are a plain percentage."""
        return {key: value for key, value in data.items() if value != PLAIN_CODE.get(key, "")}


class RewardSchema(StepSchema):
    makes = Reward
    amount = fields.Integer(required=True, strict=True)
    expires_after = Duration(allow_none=True)
    every = fields.Integer(strict=True, allow_none=True)
    orders = fields.Integer(strict=True, allow_none=True)
    or_code = Flag()
    prefix = fields.String(validate=MAX_NAME)

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """What has no value is not written."""
        return {key: value for key, value in data.items() if value is not None}


class ExitSchema(StepSchema):
    makes = Exit


SCHEMAS: Mapping[str, type[StepSchema]] = {
    "delay": DelaySchema,
    "condition": BranchSchema,
    "split": SplitSchema,
    "message": MessageSchema,
    "ask": AskSchema,
    "collect": CollectSchema,
    "coupon": CouponSchema,
    "reward": RewardSchema,
    "wait_for_event": WaitForEventSchema,
    "switch": SwitchSchema,
    "update_customer": UpdateCustomerSchema,
    "notify_staff": NotifyStaffSchema,
    "hand_over": HandOverSchema,
    "call_webhook": CallWebhookSchema,
    "start_flow": StartFlowSchema,
    "stop_flow": StopFlowSchema,
    "exit": ExitSchema,
}
KIND_OF = {schema.makes: (kind, schema) for kind, schema in SCHEMAS.items()}
