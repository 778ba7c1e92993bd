"""What the message editor's API takes and tells."""

from typing import Any

from marshmallow import RAISE, Schema, fields, post_load, validate

from doors.json_api import plain_text
from doors.spoken import Sentence
from jobs.previews import SAMPLES, About
from marketing.events import EventName
from marketing.model import MessageKind
from marketing.said import say
from storage.catalogue import FURTHEST_PAGE

TRIGGER = validate.OneOf(tuple(EventName), error=say("There is no event of this name."))


class PreviewForSchema(Schema):
    """For whom a message is imagined, and after what.

    Without `customer_id` it is somebody made up, of whom much (`full`), hardly anything
    (`bare`) or more than usual (`much`) is known. `offers_code`: its step offers a code;
    `tells_reward`: it tells of a reward; `in_campaign`: it is a campaign's.
    """

    class Meta:
        unknown = RAISE

    trigger = fields.String(allow_none=True, validate=TRIGGER)
    kind = fields.Enum(MessageKind, by_value=True)
    sample = fields.String(
        validate=validate.OneOf(tuple(SAMPLES), error=say("Choose full, bare or much."))
    )
    customer_id = fields.UUID(allow_none=True)
    offers_code = fields.Boolean(truthy={True}, falsy={False})
    tells_reward = fields.Boolean(truthy={True}, falsy={False})
    in_campaign = fields.Boolean(truthy={True}, falsy={False})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> About:
        customer_id = data.pop("customer_id", None)
        return About(**data, customer_id=str(customer_id) if customer_id else None)


class TemplateBodySchema(Schema):
    """A template, in blocks or in code, as a flow's document has it."""

    class Meta:
        unknown = RAISE

    template = fields.Dict(required=True)
    about = fields.Nested(PreviewForSchema, load_default=About)


class CheckBodySchema(TemplateBodySchema):
    """`links`: really ask the links, which takes up to five seconds."""

    links = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class TestBodySchema(TemplateBodySchema):
    """A test mail: to whom."""

    __test__ = False  # for pytest
    to = fields.Email(
        required=True,
        error_messages={"invalid": say("This is no email address.")},
        validate=[validate.Length(max=254, error=say("This address is too long.")), plain_text],
    )


class ConvertBodySchema(Schema):
    class Meta:
        unknown = RAISE

    template = fields.Dict(required=True)


class TemplateProblemSchema(Schema):
    """What is wrong, in which block (null: the message's own fields) and in which field."""

    block = fields.String(required=True, allow_none=True)
    field = fields.String(required=True)
    message = Sentence(required=True)
    remedy = Sentence(required=True)


class RefusedTemplateSchema(Schema):
    """Why there is nothing to show; `message` and `field` are the first problem's."""

    message = Sentence(required=True)
    field = fields.String(required=True)
    problems = fields.List(fields.Nested(TemplateProblemSchema), required=True)


class PreviewedSchema(Schema):
    """To whom a preview is: null for somebody made up."""

    name = fields.String(required=True, allow_none=True)
    customer_id = fields.String(required=True, allow_none=True)


class PreviewSchema(Schema):
    """A message as one customer would read it. `html` is a whole document without scripts."""

    subject = fields.String(required=True)
    preview = fields.String(required=True)
    html = fields.String(required=True)
    text = fields.String(required=True)
    size_bytes = fields.Integer(required=True)
    about = fields.Nested(PreviewedSchema, required=True)


class IssueSchema(Schema):
    """One thing to look at; `code` and the values in `detail` are for words of one's own."""

    block = fields.String(required=True, allow_none=True)
    field = fields.String(required=True)
    level = fields.String(required=True, validate=validate.OneOf(("error", "warning")))
    code = fields.String(required=True)
    message = Sentence(required=True)
    detail = fields.Dict(required=True)


class IssueListSchema(Schema):
    """Errors first, in the order of the message; errors keep its flow from going live."""

    issues = fields.List(fields.Nested(IssueSchema), required=True)


class TagsQuery(Schema):
    """After which event; left out: all there are."""

    class Meta:
        unknown = RAISE

    trigger = fields.String(load_default=None, validate=TRIGGER)


class TagSchema(Schema):
    """A merge tag; `example` is what it shows for somebody of this store."""

    name = fields.String(required=True)
    tag = fields.String(required=True)
    with_fallback = fields.String(required=True, allow_none=True)
    label = fields.String(required=True)
    example = fields.String(required=True)
    fallback = fields.String(required=True, allow_none=True)
    group = fields.String(required=True)


class NamedConditionSchema(Schema):
    """What a block's `when` may name."""

    name = fields.String(required=True)
    label = fields.String(required=True)


class DestinationSchema(Schema):
    """Where a link can lead that is another for each customer."""

    name = fields.String(required=True)
    href = fields.String(required=True)
    label = fields.String(required=True)


class TagListSchema(Schema):
    tags = fields.List(fields.Nested(TagSchema), required=True)
    conditions = fields.List(fields.Nested(NamedConditionSchema), required=True)
    destinations = fields.List(fields.Nested(DestinationSchema), required=True)


class TrialSchema(Schema):
    """A test mail; `detail` is what the mail server said."""

    id = fields.String(required=True)
    to = fields.String(required=True, attribute="recipient")
    state = fields.String(required=True, validate=validate.OneOf(("queued", "sent", "failed")))
    detail = fields.String(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)


class ConvertedSchema(Schema):
    """A template in blocks."""

    template = fields.Dict(required=True)


class StarterSchema(Schema):
    """A message to begin with."""

    key = fields.String(required=True)
    template = fields.Dict(required=True)


class OtherMessageSchema(Schema):
    """A message of the store to copy: the draft of its flow has it, at its step."""

    flow_id = fields.String(required=True)
    flow_name = fields.String(required=True)
    step_id = fields.String(required=True)
    name = fields.String(required=True)
    subject = fields.String(required=True)
    form = fields.String(required=True, validate=validate.OneOf(("blocks", "code")))


class StarterListSchema(Schema):
    starters = fields.List(fields.Nested(StarterSchema), required=True)
    messages = fields.List(fields.Nested(OtherMessageSchema), required=True)


class ProductsQuery(Schema):
    """`search`: words of the title. `ids`: just these, by commas, in place of a page."""

    class Meta:
        unknown = RAISE

    search = fields.String(
        load_default="",
        validate=[validate.Length(max=100, error=say("Search for less.")), plain_text],
    )
    ids = fields.String(
        load_default=None,
        validate=[validate.Length(max=500, error=say("Ask for fewer.")), plain_text],
    )
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(
            min=1, max=FURTHEST_PAGE, error=say("There is no such page: search for the product.")
        ),
    )


class ProductLineSchema(Schema):
    """A product; `price` is its lowest, in minor units of the store's currency."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    image_url = fields.String(required=True, allow_none=True)
    price = fields.Integer(required=True, allow_none=True)
    currency = fields.String(required=True)
    available = fields.Boolean(required=True)
    is_published = fields.Boolean(required=True)


class ProductListSchema(Schema):
    """A page of products by title; `more` says that `total` stopped counting."""

    products = fields.List(fields.Nested(ProductLineSchema), required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    total = fields.Integer(required=True)
    more = fields.Boolean(required=True)
