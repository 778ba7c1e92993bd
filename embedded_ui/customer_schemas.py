"""What the panel's API tells of customers: the list, one customer, and the timeline's entries."""

from marshmallow import INCLUDE, RAISE, Schema, fields, validate

from doors.json_api import plain_text
from doors.spoken import Sentence
from embedded_ui.inbox_schemas import AttachmentSchema, CardSchema
from marketing.attribution import TouchKind
from marketing.model import ChannelName, ConsentState
from marketing.said import say
from storage.customer_search import FURTHEST_PAGE, NEVER_SAID


class CustomersQuery(Schema):
    search = fields.String(
        load_default="",
        validate=[validate.Length(max=100, error=say("Search for less.")), plain_text],
    )
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(
            min=1, max=FURTHEST_PAGE, error=say("There is no such page: search for the customer.")
        ),
    )
    segment = fields.UUID(load_default=None)
    channel = fields.String(load_default="email", validate=validate.OneOf(["email", "sms"]))
    consent = fields.String(
        load_default=None,
        validate=validate.OneOf([*(state.value for state in ConsentState), NEVER_SAID]),
    )
    reach = fields.Enum(ChannelName, by_value=True, load_default=None)


class CustomerLineSchema(Schema):
    """One customer of the list; `reached_by`: the channels that marketing reaches them by now.

    Of whom nothing else is known, `chat` is the channel that they wrote by.
    """

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    chat = fields.String(required=True, allow_none=True)
    email_consent = fields.String(required=True, allow_none=True)
    orders = fields.Integer(required=True)
    spent = fields.Integer(required=True)
    last_order_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    reached_by = fields.List(fields.String(), required=True)


class CustomerListSchema(Schema):
    """A page of customers, the newest first; `more` says that `total` stopped counting.

    `channels`: those whose reach can be asked for.
    """

    customers = fields.List(fields.Nested(CustomerLineSchema), required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    total = fields.Integer(required=True)
    more = fields.Boolean(required=True)
    channels = fields.List(fields.String(), required=True)


class ConsentSchema(Schema):
    """What the customer said about marketing on one channel, where and when.

    `keyword` and `wording`: the word that they agreed by, and what stood beside it then.
    `is_suppressed`: their address there is not to be written to, whatever they said.
    `is_stopped_by_carrier`: the provider lets no text through until they text START.
    """

    channel = fields.String(required=True)
    state = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    changed_at = fields.AwareDateTime(required=True, allow_none=True)
    keyword = fields.String(required=True, allow_none=True)
    wording = fields.String(required=True, allow_none=True)
    is_suppressed = fields.Boolean(required=True)
    is_stopped_by_carrier = fields.Boolean(required=True)


class InFlowSchema(Schema):
    """A flow that the customer is in; `next` names the message that would come next."""

    flow_id = fields.String(required=True)
    flow_name = fields.String(required=True)
    next = fields.String(required=True, allow_none=True)
    waiting_until = fields.AwareDateTime(required=True, allow_none=True)
    entered_at = fields.AwareDateTime(required=True)


class SegmentOfSchema(Schema):
    """A segment that the customer is in."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    entered_at = fields.AwareDateTime(required=True)


class CustomerSchema(Schema):
    """One customer's header; `spent` is their lifetime value so far, net of refunds.

    `confirm` is what erasing wants typed.
    """

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    locale = fields.String(required=True, allow_none=True)
    country = fields.String(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)
    consents = fields.List(fields.Nested(ConsentSchema), required=True)
    orders = fields.Integer(required=True)
    spent = fields.Integer(required=True)
    average = fields.Integer(required=True, allow_none=True)
    first_order_at = fields.AwareDateTime(required=True, allow_none=True)
    last_order_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    flows = fields.List(fields.Nested(InFlowSchema), required=True)
    last_seen_at = fields.AwareDateTime(required=True, allow_none=True)
    properties = fields.Dict(keys=fields.String(), required=True)
    segments = fields.List(fields.Nested(SegmentOfSchema), required=True)
    confirm = fields.String(required=True)


class RemovedFromFlowSchema(Schema):
    """How many times they were in it."""

    ended = fields.Integer(required=True)


class EraseSchema(Schema):
    """What confirms it: the customer's address, typed again."""

    class Meta:
        unknown = RAISE

    confirm = fields.String(required=True, validate=validate.Length(max=320))


class ReceiptSchema(Schema):
    """What was erased: rows by table; no names."""

    customer_id = fields.String(required=True)
    erased_at = fields.AwareDateTime(required=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class CustomerDataSchema(Schema):
    """Everything that is kept about one customer, table by table."""

    class Meta:
        unknown = INCLUDE


class TimelineQuery(Schema):
    before = fields.String(load_default="")


class ItemSchema(Schema):
    """One line of a cart or an order."""

    title = fields.String(required=True)
    variant_title = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True)
    image_url = fields.String(required=True, allow_none=True)


class EventSchema(Schema):
    """News that no other entry tells.

    A conversation changed hands `by` merchant (`who` of them), program, platform, rule, clock or
    flow; `why` is the rule in words. `tags` were added or removed.
    """

    name = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    flow_id = fields.String(required=True, allow_none=True)
    flow_name = fields.String(required=True, allow_none=True)
    channel = fields.String(required=True, allow_none=True)
    source = fields.String(required=True, allow_none=True)
    keyword = fields.String(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
    who = fields.String(required=True, allow_none=True)
    why = Sentence(required=True, allow_none=True)
    tags = fields.List(fields.String(), required=True)


class CartSchema(Schema):
    """A cart as it stands; money in the shopper's currency."""

    items = fields.List(fields.Nested(ItemSchema), required=True)
    currency = fields.String(required=True)
    total = fields.Integer(required=True)
    counts = fields.Boolean(required=True)
    created_at = fields.AwareDateTime(required=True)
    abandoned_at = fields.AwareDateTime(required=True, allow_none=True)
    completed_at = fields.AwareDateTime(required=True, allow_none=True)
    recovered_at = fields.AwareDateTime(required=True, allow_none=True)


class OrderSchema(Schema):
    """An order; money in the shopper's currency, what begins with `store_` in the store's."""

    name = fields.String(required=True)
    items = fields.List(fields.Nested(ItemSchema), required=True)
    currency = fields.String(required=True)
    total = fields.Integer(required=True)
    store_total = fields.Integer(required=True)
    store_refunded = fields.Integer(required=True)
    counts = fields.Boolean(required=True)
    cancelled_at = fields.AwareDateTime(required=True, allow_none=True)
    credited_by = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([kind.value for kind in TouchKind])
    )
    message = fields.String(required=True, allow_none=True)


class PassedOverSchema(Schema):
    """A channel that the message could not go by, and why."""

    channel = fields.String(required=True)
    reason = fields.String(required=True)


class MessageSchema(Schema):
    """A message and its fate.

    `reason` is a word of ours, `detail` the provider's own words, `meaning` what they say.
    """

    flow_id = fields.String(required=True)
    flow_name = fields.String(required=True)
    step_name = fields.String(required=True)
    channel = fields.String(required=True)
    state = fields.String(required=True)
    subject = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)
    meaning = Sentence(required=True, allow_none=True)
    passed_over = fields.List(fields.Nested(PassedOverSchema), required=True)
    due_at = fields.AwareDateTime(required=True)
    not_before = fields.AwareDateTime(required=True)
    sent_at = fields.AwareDateTime(required=True, allow_none=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True, allow_none=True)
    clicked_at = fields.AwareDateTime(required=True, allow_none=True)
    unsubscribed_at = fields.AwareDateTime(required=True, allow_none=True)
    offers_code = fields.Boolean(required=True, allow_none=True)
    orders_credited = fields.Integer(required=True)


class RewardSchema(Schema):
    """What a flow gave: store credit, or a code instead; money in the store's currency."""

    flow_id = fields.String(required=True)
    flow_name = fields.String(required=True)
    state = fields.String(required=True)
    amount = fields.Integer(required=True)
    currency = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True, allow_none=True)
    code = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    error = fields.String(required=True, allow_none=True)


class InboundSchema(Schema):
    """What the customer wrote, null: they deleted it; `how` is text, button, comment or such."""

    channel = fields.String(required=True)
    text = fields.String(required=True, allow_none=True)
    how = fields.String(required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


class AnswerSchema(Schema):
    """What a person (`author_name`), or a machine, answered outside of flows.

    `by` platform: somebody wrote it over there. `reason` is a word of ours, `detail` the
    provider's own words, `meaning` what they say.
    """

    channel = fields.String(required=True)
    text = fields.String(required=True)
    author = fields.String(required=True)
    author_name = fields.String(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    reason = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)
    meaning = Sentence(required=True, allow_none=True)
    template = fields.String(required=True, allow_none=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


class EntrySchema(Schema):
    """One thing of the timeline; the object that its kind names is there."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    event = fields.Nested(EventSchema)
    cart = fields.Nested(CartSchema)
    order = fields.Nested(OrderSchema)
    message = fields.Nested(MessageSchema)
    reward = fields.Nested(RewardSchema)
    inbound = fields.Nested(InboundSchema)
    reply = fields.Nested(AnswerSchema)


class TimelineSchema(Schema):
    """Some entries, the latest first; `before` asks for the ones after them, None: the end."""

    entries = fields.List(fields.Nested(EntrySchema), required=True)
    before = fields.String(required=True, allow_none=True)
