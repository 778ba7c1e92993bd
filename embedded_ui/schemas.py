"""What goes out of the panel's API: marshmallow schemas, which also are its OpenAPI document.

Money is an integer of minor units in the store's currency unless a currency stands beside it;
times are ISO 8601 in UTC; rates are fractions of one. None means: no meaning yet.
"""

from marshmallow import RAISE, Schema, fields, validate

from doors.split_schemas import SplitTestSchema
from doors.spoken import Sentence
from marketing.said import say
from marketing.step_schema import KIND_OF

DAYS = (7, 30, 90)


class PeriodQuery(Schema):
    """Which days to look at; today is the last of them."""

    days = fields.Integer(
        load_default=30, validate=validate.OneOf(DAYS, error=say("Choose 7, 30 or 90 days."))
    )


class ImportSchema(Schema):
    """How far the first copy of one noun has come."""

    noun = fields.String(required=True)
    state = fields.String(required=True)
    done = fields.Integer(required=True)
    total = fields.Integer(required=True, allow_none=True)


class TaskSchema(Schema):
    """One line of the set-up list."""

    key = fields.String(required=True)
    done = fields.Boolean(required=True)


class YouSchema(Schema):
    """Whoever has the panel open; `rights` is what their role allows."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    rights = fields.List(fields.String(), required=True)


class StoreSchema(Schema):
    """The store whose panel this is; `now` is business time, which the demo may have moved."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    domain = fields.String(required=True)
    platform = fields.String(required=True)
    status = fields.String(required=True)
    currency = fields.String(required=True)
    timezone = fields.String(required=True)
    locale = fields.String(required=True)
    country = fields.String(required=True, allow_none=True)
    installed_at = fields.AwareDateTime(required=True)
    now = fields.AwareDateTime(required=True)
    # The version of our plugin in the store; empty: it has none; null: nobody has looked yet.
    companion = fields.String(required=True, allow_none=True)
    imports = fields.List(fields.Nested(ImportSchema), required=True)
    setup = fields.List(fields.Nested(TaskSchema), required=True)
    # Whether its platform keeps store credit for customers.
    has_credit = fields.Boolean(required=True)
    # How many letters a link has in a text message.
    link_length = fields.Integer(required=True)
    # What marketing texts get: one of these names in front, unless they say it, and such a line.
    text_names = fields.List(fields.String(), required=True)
    text_line = fields.String(required=True)
    # How many letters that line has in the language in which it is longest.
    text_line_length = fields.Integer(required=True)
    you = fields.Nested(YouSchema, required=True)


class AboutSchema(Schema):
    """What a recipe is for, in sentences; `ideas` are worth an A/B test.

    `replaces` is the mail of the platform's own that its flow would double, `instead_of` the
    recipe beside which it makes no sense.
    """

    category = fields.String(required=True)
    summary = Sentence(required=True)
    timing = Sentence(required=True)
    needs = Sentence(required=True, allow_none=True)
    ideas = fields.List(Sentence(), required=True)
    replaces = fields.String(required=True, allow_none=True)
    instead_of = fields.String(required=True, allow_none=True)


class FlowLineSchema(Schema):
    """One flow of a list, with its figures of the period; `waiting` is now."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    recipe = fields.String(required=True, allow_none=True)
    status = fields.String(required=True)
    trigger = fields.String(required=True)
    channels = fields.List(fields.String(), required=True)
    live_version = fields.Integer(required=True, allow_none=True)
    entered = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    orders = fields.Integer(required=True)
    revenue = fields.Integer(required=True)
    updated_at = fields.AwareDateTime(required=True)
    last_sent_at = fields.AwareDateTime(required=True, allow_none=True)
    about = fields.Nested(AboutSchema, required=True, allow_none=True)


class MarkSchema(Schema):
    """One step of a flow's small picture: `seconds` of a wait, the first `channel` of a message."""

    kind = fields.String(required=True)
    seconds = fields.Integer(required=True, allow_none=True)
    channel = fields.String(required=True, allow_none=True)


class FlowRowSchema(FlowLineSchema):
    """One flow of the list, with what needs a look: edits not live yet, and mistakes in them."""

    has_changes = fields.Boolean(required=True)
    problems = fields.Integer(required=True)
    picture = fields.List(fields.Nested(MarkSchema), required=True)


class FlowListSchema(Schema):
    days = fields.Integer(required=True)
    flows = fields.List(fields.Nested(FlowRowSchema), required=True)


class CountSchema(Schema):
    """A reason and how often."""

    reason = fields.String(required=True)
    count = fields.Integer(required=True)


class FiguresSchema(Schema):
    """What happened at one step in the period; `waiting` is now, `unsure` may have gone out.

    `cost` is what its messages cost by the store's prices, and what it took off or credited: of
    codes those that were used, at the most.
    """

    reached = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    unsubscribed = fields.Integer(required=True)
    ordered = fields.Integer(required=True)
    revenue = fields.Integer(required=True)
    cost = fields.Integer(required=True)
    unsure = fields.Integer(required=True)
    refused = fields.List(fields.Nested(CountSchema), required=True)


class ConditionSchema(Schema):
    """A predicate: a group over `of`, or a comparison of the fact at `field`."""

    op = fields.String(required=True)
    field = fields.String(required=True, allow_none=True)
    value = fields.Raw(required=True, allow_none=True)
    of = fields.List(fields.Nested("embedded_ui.schemas.ConditionSchema"), required=True)


class VariantFiguresSchema(Schema):
    """What came of a variant: of those who entered in the period, after the split, up to now."""

    entered = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    orders = fields.Integer(required=True)
    revenue = fields.Integer(required=True)
    rate = fields.Float(required=True, allow_none=True)


class BranchSchema(Schema):
    """One way out of a branching step; its steps re-join after it."""

    key = fields.String(required=True)
    weight = fields.Float(allow_none=True)
    taken = fields.Integer(required=True)
    label = fields.String(allow_none=True, metadata={"description": "ask: what its button says"})
    figures = fields.Nested(VariantFiguresSchema)
    won = fields.Boolean(metadata={"description": "split: everyone takes it from now on"})
    steps = fields.List(fields.Nested("embedded_ui.schemas.StepSchema"), required=True)


class StepSchema(Schema):
    """One step of the drawing; the fields that its kind has."""

    id = fields.String(required=True)
    kind = fields.String(
        required=True, validate=validate.OneOf([kind for kind, _ in KIND_OF.values()])
    )
    figures = fields.Nested(FiguresSchema, required=True)
    seconds = fields.Integer(metadata={"description": "delay: how long; a question: its time-out"})
    since = fields.String(metadata={"description": "delay: counts from previous or trigger"})
    until = fields.String(allow_none=True, metadata={"description": "delay: a time of day"})
    until_field = fields.String(
        allow_none=True, metadata={"description": "delay: the fact that is a date"}
    )
    weekdays = fields.List(fields.Integer())
    event = fields.String(metadata={"description": "wait_for_event: what is waited for"})
    field = fields.String(metadata={"description": "switch: by which fact"})
    detail = fields.String(metadata={"description": "acts, collect: what, in one line"})
    condition = fields.Nested(ConditionSchema)
    branches = fields.List(fields.Nested(BranchSchema))
    picked = fields.String(
        allow_none=True,
        validate=validate.OneOf(["by hand", "automatically"]),
        metadata={"description": "split: how its winner was picked"},
    )
    test = fields.Nested(
        SplitTestSchema,
        allow_none=True,
        metadata={"description": "split: how far its own pick of a winner has come"},
    )
    name = fields.String()
    channel = fields.String()
    channels = fields.List(fields.String())
    subject = fields.String()
    offers_code = fields.Boolean()
    off = fields.String(metadata={"description": "coupon: percent, amount or free_shipping"})
    percent = fields.Integer(allow_none=True)
    amount = fields.Integer(allow_none=True)
    minimum = fields.Integer(allow_none=True)
    valid_seconds = fields.Integer(allow_none=True)
    every = fields.Integer(
        allow_none=True, metadata={"description": "reward: each so many-th order"}
    )
    orders = fields.Integer(
        allow_none=True, metadata={"description": "reward: with this order alone"}
    )
    or_code = fields.Boolean(metadata={"description": "reward: a code where there is no credit"})


class TriggerSchema(Schema):
    event = fields.String(required=True)
    idle_seconds = fields.Integer(required=True, allow_none=True)
    reentry = fields.String(required=True)
    filter = fields.Nested(ConditionSchema, required=True, allow_none=True)


class FlowProblemSchema(Schema):
    """Why a flow can't go live: which step, and in words what is wrong and what helps."""

    step = fields.String(required=True)
    message = Sentence(required=True)


class FlowSchema(Schema):
    """One flow as it is drawn: what is live, else the draft."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    recipe = fields.String(required=True, allow_none=True)
    days = fields.Integer(required=True)
    live_version = fields.Integer(required=True, allow_none=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    has_changes = fields.Boolean(required=True)
    about = fields.Nested(AboutSchema, required=True, allow_none=True)
    trigger = fields.Nested(TriggerSchema, required=True)
    exits = fields.List(fields.String(), required=True)
    entered = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    left = fields.List(fields.Nested(CountSchema), required=True)
    revenue = fields.Integer(required=True)
    cost = fields.Integer(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    problems = fields.List(fields.Nested(FlowProblemSchema), required=True)
    warnings = fields.List(fields.Nested(FlowProblemSchema), required=True)
    """What does not keep it from going live, but is worth knowing."""


class PublishSchema(Schema):
    """`revision`: the draft that was looked at; none: whatever it is."""

    revision = fields.Integer(strict=True, load_default=None, allow_none=True)


class WinnerSchema(Schema):
    """The variant that everyone takes from now on; null: chance decides again."""

    variant = fields.String(required=True, allow_none=True)


class FlowStatusSchema(Schema):
    """What publishing, pausing or resuming made of a flow."""

    id = fields.String(required=True)
    status = fields.String(required=True)
    live_version = fields.Integer(required=True, allow_none=True)


class DisconnectSchema(Schema):
    """What confirms it: the store's address, typed."""

    class Meta:
        unknown = RAISE

    confirm = fields.String(required=True, validate=validate.Length(max=300))
