"""What is taken and told of customers."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from doors.json_api import plain_text
from marketing.flow_rules import PROPERTY_RULE, VALUE_RULE
from marketing.model import ConsentSource, ConsentState
from marketing.said import say
from public_api.named import SHORT, NamesSchema, Rules, email_field
from public_api.schemas import Strict

SOURCES = [
    ConsentSource.FORM,
    ConsentSource.CHECKOUT,
    ConsentSource.ORDER,
    ConsentSource.IN_PERSON,
    ConsentSource.IMPORT,
    ConsentSource.MERCHANT,
]
ZONES = available_timezones()
MOST_PROPERTIES = 100
MOST_TAGS = 250
MOST_AT_ONCE = 200
TAG: Rules = [
    validate.Length(1, 255, error=say("Use 1 to 255 characters.")),
    plain_text,
    validate.ContainsNoneOf(",", error=say("A tag holds no comma.")),
]


def _value(value: Any) -> None:
    """Keep properties small: a text of a page at the most."""
    VALUE_RULE(value)
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, str) and len(text) > 2000 for text in texts):
        raise ValidationError(say("Use up to 2,000 characters."))


def properties_field() -> fields.Dict:
    """Give a field for a program's own facts: named plain values, null removes one."""
    return fields.Dict(
        fields.String(validate=PROPERTY_RULE),
        fields.Raw(allow_none=True, validate=_value),
        validate=validate.Length(
            max=MOST_PROPERTIES,
            error=say("Use up to {most}.", most=MOST_PROPERTIES),
        ),
        metadata={"description": "texts, numbers, true or false; a date is written 1990-02-28"},
    )


def _tags() -> fields.List[str]:
    most = validate.Length(max=MOST_TAGS, error=say("Use up to {most} tags.", most=MOST_TAGS))
    return fields.List(fields.String(validate=TAG), validate=most)


class SaidSchema(Strict):
    """What a customer said about marketing on one channel: where, and when."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(
            [ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED],
            error=say("Use subscribed or unsubscribed."),
        ),
    )
    source = fields.String(
        required=True,
        validate=validate.OneOf(SOURCES, error=say("Use one of {known}.", known=SOURCES)),
    )
    at = fields.AwareDateTime(
        required=True, metadata={"description": "when they said it; never later than now"}
    )
    anew = fields.Boolean(
        truthy={True},
        falsy={False},
        load_default=False,
        metadata={"description": "true: they agreed after they had unsubscribed"},
    )

    @validates_schema
    def is_of_our_time(self, data: Mapping[str, Any], **_: Any) -> None:
        if not 2000 <= data["at"].year <= 2100:
            raise ValidationError(say("Give the moment when they said it."), "at")


class ConsentsSchema(Strict):
    email = fields.Nested(SaidSchema)
    sms = fields.Nested(SaidSchema)
    whatsapp = fields.Nested(SaidSchema)


class CustomerWordSchema(NamesSchema):
    """A customer to be made or changed; what is left out stays as it is."""

    first_name = fields.String(validate=SHORT, allow_none=True)
    last_name = fields.String(validate=SHORT, allow_none=True)
    locale = fields.String(
        validate=validate.Regexp(
            r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", error=say("Write a language as en or pt-BR.")
        )
    )
    country = fields.String(
        validate=validate.Regexp(r"[A-Z]{2}\Z", error=say("Write a country as DE: ISO 3166."))
    )
    region = fields.String(
        validate=validate.Regexp(
            r"[A-Z0-9]{1,3}\Z", error=say("Write a region by its code, as CA: ISO 3166-2.")
        )
    )
    city = fields.String(validate=SHORT)
    timezone = fields.String(validate=SHORT)
    tags = _tags()
    add_tags = _tags()
    remove_tags = _tags()
    properties = properties_field()
    consent = fields.Nested(ConsentsSchema)

    @validates_schema
    def knows_the_zone(self, data: Mapping[str, Any], **_: Any) -> None:
        if "timezone" in data and data["timezone"] not in ZONES:
            raise ValidationError(say("Write a time zone as Europe/Berlin."), "timezone")
        if "tags" in data and (data.get("add_tags") or data.get("remove_tags")):
            raise ValidationError(say("Give all tags, or those to add and remove."), "tags")


class CustomersBatchSchema(Strict):
    """Up to two hundred customers; each is taken or refused by itself."""

    customers = fields.List(
        fields.Dict(),
        required=True,
        validate=validate.Length(
            1,
            MOST_AT_ONCE,
            error=say("Send 1 to {most} at once.", most=MOST_AT_ONCE),
        ),
        metadata={"description": "each as `POST /customers` takes one"},
    )


class TakenCustomerSchema(Schema):
    """What became of one, in the order sent: its `id`, or why not, with the `field` at fault."""

    id = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, metadata={"description": "kept or refused"})
    field = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)


class TakenCustomersSchema(Schema):
    customers = fields.List(fields.Nested(TakenCustomerSchema), required=True)
    kept = fields.Integer(required=True)


class CustomersQuery(Strict):
    """Which customers: the one with this address or platform's id, or all, part by part."""

    email = email_field()
    external_id = fields.String(validate=SHORT)
    limit = fields.Integer(
        load_default=50, validate=validate.Range(1, 200, error=say("Use 1 to 200."))
    )
    after = fields.UUID(load_default=None, metadata={"description": "the `next` of before"})


class ConsentSchema(Schema):
    """What a customer last said about a channel; null: nothing."""

    state = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True, allow_none=True)


class CustomerConsentsSchema(Schema):
    email = fields.Nested(ConsentSchema, required=True)
    sms = fields.Nested(ConsentSchema, required=True)
    whatsapp = fields.Nested(ConsentSchema, required=True)


class CustomerSchema(Schema):
    """A customer; `spent` is net of refunds, in minor units of the store's currency."""

    id = fields.String(required=True)
    external_id = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    first_name = fields.String(required=True, allow_none=True)
    last_name = fields.String(required=True, allow_none=True)
    locale = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True)
    region = fields.String(required=True, allow_none=True)
    city = fields.String(required=True, allow_none=True)
    timezone = fields.String(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    properties = fields.Dict(required=True)
    consent = fields.Nested(CustomerConsentsSchema, required=True)
    orders_count = fields.Integer(required=True)
    spent = fields.Integer(required=True)
    first_order_at = fields.AwareDateTime(required=True, allow_none=True)
    last_order_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)


class CustomerListSchema(Schema):
    """A part of the list; `next` is the `after` of the part behind it, null at the end."""

    customers = fields.List(fields.Nested(CustomerSchema), required=True)
    next = fields.String(required=True, allow_none=True)
