"""What the panel's API tells of the inbox: its list, one thread, and what may be done there."""

from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import plain_text
from doors.spoken import Sentence
from marketing.attachments import AttachmentKind
from marketing.hand_over_rules import Then, Verdict
from marketing.model import ChannelName
from marketing.replying import ANSWERED
from marketing.said import say
from storage.conversations import AUTOMATED, HUMAN
from storage.threads import ALL, LATEST, SHOWN, SORTED

LONGEST = 4096
LONGEST_NAME = 80
NAMED = 512
MOST_BLANKS = 50
CHANNELS = sorted(one.value for one in ANSWERED)


class ConversationsQuery(Schema):
    """Which conversations; `before` is what the page before named."""

    show = fields.String(load_default=ALL, validate=validate.OneOf(SHOWN))
    channel = fields.String(load_default=None, validate=validate.OneOf(CHANNELS))
    search = fields.String(
        load_default="",
        validate=[validate.Length(max=100, error=say("Search for less.")), plain_text],
    )
    sort = fields.String(load_default=LATEST, validate=validate.OneOf(SORTED))
    before = fields.String(load_default="")


class ThreadQuery(Schema):
    before = fields.String(load_default="")


class AttachmentSchema(Schema):
    """What came with a message of the customer's: a picture, a file; `name` may be empty."""

    kind = fields.Enum(AttachmentKind, by_value=True, required=True)
    name = fields.String(required=True)
    has_file = fields.Boolean(required=True)


class ConversationLineSchema(Schema):
    """One conversation of the list; `said` is what was written last, null: it was deleted.

    `attachments` came with it, which is all there is of a message without words.
    `is_test`: somebody of the team writes in it as a visitor; `is_own_test`: whoever asks does.
    `is_begun` false: nobody has talked with them yet, and the first reply begins it.
    `answer_by`: until when the first answer is promised to a customer who still waits for it, the
    store's hours counted; null: nobody waits for a person, or none is promised.
    """

    customer_id = fields.String(required=True)
    name = fields.String(required=True)
    channel = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf([AUTOMATED, HUMAN]))
    by = fields.String(required=True, allow_none=True)
    is_open = fields.Boolean(required=True)
    is_begun = fields.Boolean(required=True)
    is_test = fields.Boolean(required=True)
    is_own_test = fields.Boolean(required=True)
    unread = fields.Integer(required=True)
    last_at = fields.AwareDateTime(required=True)
    last_inbound_at = fields.AwareDateTime(required=True, allow_none=True)
    waiting_since = fields.AwareDateTime(required=True, allow_none=True)
    answer_by = fields.AwareDateTime(required=True, allow_none=True)
    assigned_to = fields.String(required=True, allow_none=True)
    said = fields.String(required=True, allow_none=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)


class ConversationListSchema(Schema):
    """A page of conversations as of `now`; `before` asks for the next."""

    conversations = fields.List(fields.Nested(ConversationLineSchema), required=True)
    now = fields.AwareDateTime(required=True)
    before = fields.String(required=True, allow_none=True)


class UnreadSchema(Schema):
    """How many open conversations hold something unread; `more`: more than `unread`."""

    unread = fields.Integer(required=True)
    more = fields.Boolean(required=True)


class CardSchema(Schema):
    """A product that a reply shows."""

    title = fields.String(required=True)
    subtitle = fields.String(required=True)
    picture = fields.String(required=True)
    url = fields.String(required=True)


class PrivateAnswerSchema(Schema):
    """Whether a comment may still be answered privately: a `refusal`, or until when."""

    refusal = fields.String(required=True, allow_none=True)
    ends_at = fields.AwareDateTime(required=True)


class ThreadEntrySchema(Schema):
    """One thing of a thread; what its kind does not have is null.

    `kind`: `inbound` (the customer wrote), `reply` (a person or a machine wrote), `message` (of a
    flow; its words are not kept), `hands` (`state` is whose it is from then on: human, automated;
    on its `channel` elsewhere, with the `reason` who has it there, or here again). Of a reply
    `state` is queued, handing_over, sent, delivered, read, failed, unknown or dropped, `reason`
    one of ours and `detail` the provider's words with their `meaning`; `by` platform: somebody
    wrote it over there.
    What a customer wrote and deleted has no text, what had none has an empty one. Hands changed
    `by` merchant (`who` of them), program, platform, rule, clock or flow (`flow_name`); `why` is
    the rule in words. A reply that was a template of WhatsApp's names it. `how` is what they did
    when they wrote: text, button, comment (in public), story_reply, story_mention, reaction,
    attachment or referral; of a reply, private_reply: it answered a comment. `private_answer` is
    of a comment where there is such a thing.
    """

    kind = fields.String(
        required=True, validate=validate.OneOf(["inbound", "reply", "message", "hands"])
    )
    id = fields.String(required=True)
    at = fields.AwareDateTime(required=True)
    channel = fields.String(required=True, allow_none=True)
    text = fields.String(required=True, allow_none=True)
    how = fields.String(required=True, allow_none=True)
    number = fields.Integer(required=True, allow_none=True)
    author = fields.String(required=True, allow_none=True)
    author_name = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    detail = fields.String(required=True, allow_none=True)
    meaning = Sentence(required=True, allow_none=True)
    cards = fields.List(fields.Nested(CardSchema), required=True)
    buttons = fields.List(fields.String(), required=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    template = fields.String(required=True, allow_none=True)
    subject = fields.String(required=True, allow_none=True)
    flow_id = fields.String(required=True, allow_none=True)
    flow_name = fields.String(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
    who = fields.String(required=True, allow_none=True)
    why = Sentence(required=True, allow_none=True)
    private_answer = fields.Nested(PrivateAnswerSchema, required=True, allow_none=True)


class WaySchema(Schema):
    """A channel to answer by; `refusal` says why it can't be, `ends_at` how long it can.

    `is_late`: a machine may not answer any more, a person still may. `takes_templates`: WhatsApp's
    may go although it is refused, of marketing only without a `marketing_refusal`.
    """

    channel = fields.String(required=True)
    refusal = fields.String(required=True, allow_none=True)
    ends_at = fields.AwareDateTime(required=True, allow_none=True)
    is_late = fields.Boolean(required=True)
    takes_templates = fields.Boolean(required=True)
    marketing_refusal = fields.String(required=True, allow_none=True)
    has_cards = fields.Boolean(required=True)


class WaysSchema(Schema):
    """By which channels somebody may be written to; none: the store has none that can."""

    ways = fields.List(fields.Nested(WaySchema), required=True)


class CartItemSchema(Schema):
    title = fields.String(required=True, allow_none=True)
    variant_title = fields.String(required=True, allow_none=True)
    quantity = fields.Integer(required=True, allow_none=True)
    image_url = fields.String(required=True, allow_none=True)


class OpenCartSchema(Schema):
    """The cart that the customer left open."""

    items = fields.List(fields.Nested(CartItemSchema), required=True)
    total = fields.Integer(required=True)
    currency = fields.String(required=True)
    updated_at = fields.AwareDateTime(required=True)


class PersonSchema(Schema):
    """Who it is, as far as whoever answers needs to know."""

    first_name = fields.String(required=True, allow_none=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    orders = fields.Integer(required=True)
    spent = fields.Integer(required=True)
    cart_link = fields.String(required=True, allow_none=True)


class RuleCallSchema(Schema):
    """A rule that called a person: what it came to, or on trial would have, and if it was right.

    `came_to`: hand_over, offer (a person was offered) or over_limit (the store's hour was full).
    """

    id = fields.String(required=True)
    why = Sentence(required=True, allow_none=True)
    came_to = fields.String(required=True, validate=validate.OneOf(list(Then)))
    is_trial = fields.Boolean(required=True)
    at = fields.AwareDateTime(required=True)
    verdict = fields.String(required=True, allow_none=True, validate=validate.OneOf(list(Verdict)))


class WritingSchema(Schema):
    """Another of the team who is just writing an answer; `name` may be empty."""

    name = fields.String(required=True)


class ThreadSchema(Schema):
    """One conversation: its line, a page of what happened (latest first), and how to answer.

    `call` is the last rule that called a person; null: none did. `writing`: who else answers it
    just now; null: nobody that we know of.
    """

    conversation = fields.Nested(ConversationLineSchema, required=True)
    now = fields.AwareDateTime(required=True)
    entries = fields.List(fields.Nested(ThreadEntrySchema), required=True)
    before = fields.String(required=True, allow_none=True)
    ways = fields.List(fields.Nested(WaySchema), required=True)
    customer = fields.Nested(PersonSchema, required=True)
    cart = fields.Nested(OpenCartSchema, required=True, allow_none=True)
    call = fields.Nested(RuleCallSchema, required=True, allow_none=True)
    writing = fields.Nested(WritingSchema, required=True, allow_none=True)


class FilledTemplateSchema(Schema):
    """A template of the WhatsApp account, and what goes into its blanks, by place (`body:1`)."""

    class Meta:
        unknown = RAISE

    name = fields.String(required=True, validate=[validate.Length(1, NAMED), plain_text])
    language = fields.String(required=True, validate=[validate.Length(1, NAMED), plain_text])
    values = fields.Dict(
        keys=fields.String(validate=[validate.Length(1, NAMED), plain_text]),
        values=fields.String(
            validate=validate.Length(
                max=LONGEST, error=say("Use up to {most} characters.", most=LONGEST)
            )
        ),
        load_default=dict,
        validate=validate.Length(max=MOST_BLANKS),
    )


class ReplyFormSchema(Schema):
    """What a person writes: `key` is its own name, so that sent twice it is written once.

    `seen` is the number of the last reply that they saw; `anyway` sends it although another
    person has answered since. `template`, on WhatsApp alone, goes instead of text and product.
    `comment_id`, of an entry of this thread, lets it go as the one private answer to that comment.
    """

    class Meta:
        unknown = RAISE

    channel = fields.Enum(
        ChannelName, by_value=True, required=True, validate=validate.OneOf(sorted(ANSWERED))
    )
    text = fields.String(
        load_default="",
        validate=validate.Length(
            max=LONGEST, error=say("Use up to {most} characters.", most=LONGEST)
        ),
    )
    key = fields.UUID(required=True)
    seen = fields.Integer(load_default=0)
    anyway = fields.Boolean(load_default=False)
    product_id = fields.String(load_default=None, allow_none=True)
    template = fields.Nested(FilledTemplateSchema, load_default=None, allow_none=True)
    comment_id = fields.UUID(load_default=None, allow_none=True)


class QueuedSchema(Schema):
    """The reply that was queued."""

    id = fields.String(required=True)


class DoneSchema(Schema):
    """How a conversation stands after it."""

    conversation = fields.Nested(ConversationLineSchema, required=True)


class AssignSchema(Schema):
    """Whom of the team it is for; null: nobody."""

    class Meta:
        unknown = RAISE

    member_id = fields.UUID(required=True, allow_none=True)


class SavedReplySchema(Schema):
    """An answer that is kept; {first_name} and {cart_link} in it are filled where it is used."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    text = fields.String(required=True)


class SavedRepliesSchema(Schema):
    saved = fields.List(fields.Nested(SavedReplySchema), required=True)


class SavedReplyFormSchema(Schema):
    class Meta:
        unknown = RAISE

    name = fields.String(
        required=True,
        validate=[
            validate.Length(
                min=1, max=LONGEST_NAME, error=say("Use 1 to {most} characters.", most=LONGEST_NAME)
            ),
            plain_text,
        ],
    )
    text = fields.String(
        required=True,
        validate=validate.Length(
            min=1, max=LONGEST, error=say("Use 1 to {most} characters.", most=LONGEST)
        ),
    )
