"""What the panel's API tells on the dashboard; money and rates as in `embedded_ui.schemas`."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from embedded_ui.schemas import FlowLineSchema, PeriodQuery
from jobs.redrive import RETRIES
from marketing.benchmarks import KLAVIYO, SEED, Standing
from marketing.said import say

MOST_DAYS = 366
EARLIEST = 2000
"""No store was there before; and the calendar itself begins with the year 1."""


class DashboardQuery(PeriodQuery):
    """The last `days` days, or those from one day to another of the store's own."""

    first = fields.Date(load_default=None, data_key="from")
    last = fields.Date(load_default=None, data_key="to")

    @validates_schema
    def are_days(self, told: Mapping[str, Any], **_: Any) -> None:
        first, last = told.get("first"), told.get("last")
        if (first is None) != (last is None):
            raise ValidationError(
                say("Choose the first and the last day."), "to" if first else "from"
            )
        if first and first.year < EARLIEST:
            raise ValidationError(say("Choose days from {year} on.", year=str(EARLIEST)), "from")
        if first and last and not 0 <= (last - first).days < MOST_DAYS:
            raise ValidationError(
                say("Choose up to {most} days, the first one first.", most=MOST_DAYS),
                "to",
            )


class BandSchema(Schema):
    """What is usual elsewhere, in the figure's own unit, and where this figure stands.

    From `low` it is usual, above `high` better, from `top` among the best. `source`: `seed`, or
    `klaviyo_2023` for Klaviyo's report over what was sent in 2023. `standing` is null until as
    many carts, customers or messages were `seen` as are `needed`: fewer tell nothing.
    """

    low = fields.Float(required=True)
    high = fields.Float(required=True)
    top = fields.Float(required=True, allow_none=True)
    source = fields.String(required=True, validate=validate.OneOf([SEED, KLAVIYO]))
    needed = fields.Integer(required=True)
    seen = fields.Integer(required=True)
    standing = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([each.value for each in Standing])
    )


class DaySchema(Schema):
    """One day of the revenue chart, and the day that lies a whole period before it."""

    date = fields.Date(required=True)
    amount = fields.Integer(required=True)
    previous = fields.Integer(required=True)


class RevenueSchema(Schema):
    """Attributed revenue; `change` is relative to the period before.

    `share` is its part of what the store took in all, `store`, in the same period.
    """

    definition = fields.String(required=True)
    store = fields.Integer(required=True)
    share = fields.Float(required=True, allow_none=True)
    share_before = fields.Float(required=True, allow_none=True)
    total = fields.Integer(required=True)
    previous = fields.Integer(required=True)
    change = fields.Float(required=True, allow_none=True)
    series = fields.List(fields.Nested(DaySchema), required=True)


class MetricSchema(Schema):
    """One seed metric. `unit` is `rate` or `money`.

    `change` is in points of one for rates, and relative to before for money.
    """

    key = fields.String(required=True)
    unit = fields.String(required=True, validate=validate.OneOf(["rate", "money"]))
    value = fields.Float(required=True, allow_none=True)
    previous = fields.Float(required=True, allow_none=True)
    change = fields.Float(required=True, allow_none=True)
    definition = fields.String(required=True)
    series = fields.List(fields.Float(allow_none=True), required=True)
    band = fields.Nested(BandSchema, required=True, allow_none=True)


class RefusedSchema(Schema):
    """How many carts, and of what value, one reason kept us from writing to."""

    reason = fields.String(required=True)
    carts = fields.Integer(required=True)
    value = fields.Integer(required=True)


class NotWrittenSchema(Schema):
    """The abandoned carts nobody was written to about, for want of consent."""

    definition = fields.String(required=True)
    carts = fields.Integer(required=True)
    value = fields.Integer(required=True)
    abandoned = fields.Integer(required=True)
    reasons = fields.List(fields.Nested(RefusedSchema), required=True)


class ProblemSchema(Schema):
    """Something that needs the merchant."""

    kind = fields.String(required=True)
    count = fields.Integer(required=True)


class BroughtSchema(Schema):
    """What came of some messages."""

    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    orders = fields.Integer(required=True)
    revenue = fields.Integer(required=True)


class ChannelBroughtSchema(BroughtSchema):
    """What a channel brought; `cost` is None where the store told no price.

    `free`: so many of its messages the provider billed nothing for.
    """

    channel = fields.String(required=True)
    free = fields.Integer(required=True)
    cost = fields.Integer(required=True, allow_none=True)


class MessageRateSchema(Schema):
    """One rate of a message (`open`, `click` or `order`); None while too few were sent."""

    aspect = fields.String(required=True)
    rate = fields.Float(required=True, allow_none=True)
    band = fields.Nested(BandSchema, required=True, allow_none=True)


class MessageBroughtSchema(BroughtSchema):
    """What one message of a flow or a campaign brought."""

    flow_id = fields.String(required=True)
    flow_name = fields.String(required=True)
    step_id = fields.String(required=True)
    name = fields.String(required=True)
    channel = fields.String(required=True)
    is_campaign = fields.Boolean(required=True)
    rates = fields.List(fields.Nested(MessageRateSchema), required=True)


class WorthTestingSchema(Schema):
    """The message that falls short the most of what is usual, and in what; worth an A/B test."""

    flow_id = fields.String(required=True)
    flow_name = fields.String(required=True)
    step_id = fields.String(required=True)
    name = fields.String(required=True)
    aspect = fields.String(required=True)
    rate = fields.Float(required=True)
    usual = fields.Float(required=True)
    source = fields.String(required=True)
    sent = fields.Integer(required=True)


class CodeCostSchema(Schema):
    """What a flow's discount codes of the period that were used came to, at the most."""

    flow_id = fields.String(required=True)
    cost = fields.Integer(required=True)


class RetrySchema(Schema):
    """A kind of problem that another try may help."""

    class Meta:
        unknown = RAISE

    kind = fields.String(required=True, validate=validate.OneOf(sorted(RETRIES)))


class RetriedSchema(Schema):
    """How much of it is tried again."""

    retried = fields.Integer(required=True)


class BegunTestSchema(Schema):
    """Where an A/B test is in the flow's draft: its split, and the copy to be changed."""

    flow_id = fields.String(required=True)
    split_id = fields.String(required=True)
    copy_id = fields.String(required=True)


class DashboardSchema(Schema):
    """Everything of the dashboard; days are the store's own."""

    days = fields.Integer(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    channels = fields.List(fields.Nested(ChannelBroughtSchema), required=True)
    messages = fields.List(fields.Nested(MessageBroughtSchema), required=True)
    code_costs = fields.List(fields.Nested(CodeCostSchema), required=True)
    suggestion = fields.Nested(WorthTestingSchema, required=True, allow_none=True)
    currency = fields.String(required=True)
    timezone = fields.String(required=True)
    click_days = fields.Float(required=True)
    open_days = fields.Float(required=True)
    revenue = fields.Nested(RevenueSchema, required=True)
    metrics = fields.List(fields.Nested(MetricSchema), required=True)
    flows = fields.List(fields.Nested(FlowLineSchema), required=True)
    not_written = fields.Nested(NotWrittenSchema, required=True)
    problems = fields.List(fields.Nested(ProblemSchema), required=True)
