"""What people of a store do in its inbox: answer, take over, hand back, assign, put away."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs import channel_accounts, conversations, private_replies, reply, template_replies
from jobs.conversations import MERCHANT
from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from marketing.chat import Author, Button, Card, ChatContent
from marketing.chat_limits import LIMITS
from marketing.localize import language, money
from marketing.model import ChannelName, ConsentState, Reason
from marketing.private_replies import Comment
from marketing.replying import ANSWERED, ReplyFacts, refusal, window_ends, window_of
from marketing.said import Said, in_language, say
from marketing.wares import Ware
from marketing.whatsapp_replying import marketing_refusal
from marketing.whatsapp_words import WhatsAppWords
from storage import (
    Connection,
    Row,
    catalogue,
    conversation_tests,
    failed_answers,
    identities,
    inbound,
    leaders,
    replies,
    reports_customers,
    rests,
    suppressions,
    team,
    threads,
)
from storage.rests import NONE
from storage.stores import Store
from storage.team import Member

NO_CONVERSATION = say("There is no such conversation in this store.")
CLOSED_TO = {
    Reason.CHANNEL_WINDOW: say(
        "This channel takes no free message any more: the customer wrote too long ago."
    ),
    Reason.SUPPRESSED: say("This address must not be written to: it bounced or was erased."),
    Reason.CARRIER_STOP: say(
        "The customer stopped your text messages by STOP, so your provider lets none through. "
        "They can come back by texting START."
    ),
    Reason.NO_ADDRESS: say("The customer has no address on this channel."),
    Reason.NO_CONSENT: say(
        "The customer never wrote to you by text message and did not agree to any: such a text "
        "may be against the law."
    ),
    Reason.UNSUBSCRIBED: say("The customer stopped your text messages."),
    Reason.CHANNEL_MISSING: say("This channel is not connected. Connect it in the settings."),
    Reason.LED_BY_INBOX: say(
        "Your team has this conversation in Meta's own inbox. Answer there, or hand it back first."
    ),
    Reason.LED_BY_ANOTHER: say("Another app has this conversation on the platform. Answer there."),
    Reason.COMMENT_ANSWERED: say(
        "This comment had its one private answer already. More goes once the customer answers it."
    ),
    Reason.COMMENT_TOO_OLD: say(
        "Meta lets a comment be answered privately for 7 days only. Answer it in public."
    ),
    Reason.COMMENT_DELETED: say("The customer deleted this comment."),
}
"""Why a channel can't be answered by, for people."""
Commented = tuple[Comment, str | None]
"""A public comment, and the platform's id of who wrote it."""


class NotByThis(NotNow):
    """A channel that can't be answered by; `allowed` names those that can."""

    def __init__(self, said: Said, allowed: list[str]) -> None:
        super().__init__(said)
        self.allowed = allowed


class SomebodyAnswered(NotNow):
    """Another of the team answered meanwhile; `by` is what they are called."""


@dataclass(frozen=True, slots=True)
class Way:
    """A channel by which a customer may be answered, or why not."""

    channel: ChannelName
    address: str | None
    refusal: Reason | None
    ends_at: datetime | None
    """When the time to answer is over; None: never, or it never began."""
    is_late: bool
    """Machines may not answer any more, a person still may."""
    takes_templates: bool = False
    """What the platform approved before may go, however long ago the customer wrote."""
    marketing_refusal: Reason | None = None
    """Why none of these that is marketing may go."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person wrote: `seen` is the number of the last reply that they saw."""

    channel: ChannelName
    text: str
    key: str
    seen: int = 0
    anyway: bool = False
    product_id: str | None = None
    template: WhatsAppWords | None = None
    """Goes instead of `text`, with its blanks filled."""
    comment_id: str | None = None
    """Of the entry that is a public comment: it is answered privately, by the platform's rules."""


def ways(
    runtime: Runtime, connection: Connection, store: Store, customer_id: str, now: datetime
) -> list[Way]:
    """Give the store's chat channels, and how each may be used to answer a customer now."""
    there = _channels(runtime, connection, store, customer_id)
    last = inbound.last_at(connection, store.id, [customer_id])
    known = identities.addresses_of(connection, store.id, [customer_id])
    person = reports_customers.customer(connection, store.id, customer_id)
    told = person.sms_consent if person else None
    found = []
    for channel in sorted(ANSWERED & there):
        address = inbound.address_of(connection, store.id, customer_id, channel)
        address = address or known.get((customer_id, channel.value))
        facts = ReplyFacts(
            channel, Author.PERSON, address, is_set_up=True,
            last_inbound_at=last.get((customer_id, channel.value)),
            consent=ConsentState(told) if told else None,
        )  # fmt: skip
        facts = replace(facts, **_said_of(runtime, connection, store, channel, address))
        way = _way_of(facts, now)
        if channel is ChannelName.WHATSAPP:
            reader = template_replies.reader_of(runtime, connection, store, customer_id, address)
            takes = way.refusal in (None, Reason.CHANNEL_WINDOW)
            against = marketing_refusal(reader, now)
            way = replace(way, takes_templates=takes, marketing_refusal=against)
        found.append(way)
    return found


def _channels(
    runtime: Runtime, connection: Connection, store: Store, customer_id: str
) -> AbstractSet[ChannelName]:
    """Give what the store has; a test has its own chat, whatever the store has."""
    if conversation_tests.is_one(connection, store.id, customer_id):
        return {conversation_tests.CHANNEL}
    return channel_accounts.channels_of(runtime, connection, store.id).keys()


def _way_of(facts: ReplyFacts, now: datetime) -> Way:
    machine, at = window_of(facts.channel, Author.BOT), facts.last_inbound_at
    return Way(
        facts.channel,
        facts.address,
        refusal(facts, now),
        window_ends(facts),
        bool(machine and at and now - at >= machine),
    )


def _said_of(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    address: str | None,
) -> dict[str, Any]:
    """Give what is known of an address: suppressed, its window called closed, led by others."""
    if address is None:
        return {}
    hashed = runtime.secrets.address_hash(channel, address)
    known = rests.of(connection, store.id, channel, [hashed]).get(hashed, NONE)
    return {
        "suppression": suppressions.of(connection, store.id, channel, [hashed]).get(hashed),
        "window_closed_at": known.window_closed_at,
        "leader": leaders.one(connection, store.id, channel, address),
    }


def answer(runtime: Runtime, store: Store, customer_id: str, person: Member, told: Answer) -> str:
    """Queue what a person wrote, and take the conversation over; give the reply's id.

    With whom nobody has talked yet, it begins one.
    Sent again under its key it is written once. Raises `NotHere`, `NotByThis`, and
    `SomebodyAnswered` unless it is to go `anyway`.
    """

    def write(connection: Connection) -> str:
        find(connection, store, customer_id, runtime.database.now(connection))
        known = replies.of_key(connection, store.id, customer_id, told.key)
        return known or _queue(runtime, connection, store, customer_id, person, told)

    reply_id = runtime.database.write(write)
    _wake(runtime, store)
    return reply_id


def _queue(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    customer_id: str,
    person: Member,
    told: Answer,
) -> str:
    now = runtime.database.now(connection)
    comment = _comment(connection, store, customer_id, told)
    known = ways(runtime, connection, store, customer_id, now)
    if comment is not None:
        way_to = _way_to(runtime, connection, store, told.channel, comment, now)
        known = [way_to if one.channel is told.channel else one for one in known]
    way = _way(known, told)
    words = _words(runtime, connection, store, customer_id, way, told)
    words = replace(words, comment=comment[0].id) if comment else words
    # This holds the customer: of two who answer at once the second sees what the first wrote.
    name = person.name or None
    conversations.take_over(connection, runtime, store, customer_id, at=now, by=MERCHANT, who=name)
    if not told.anyway:
        _check_nobody_answered(connection, store, customer_id, person, told)
    threads.answered(connection, store.id, customer_id, now)
    row = threads.one(connection, store.id, customer_id)
    if row is not None and row.assigned_to is None:
        threads.assign(connection, store.id, customer_id, person.id)
    reply_id = reply.queue(
        connection, runtime, store, customer_id, told.channel, words,
        author=Author.PERSON, author_name=name, author_id=person.id,
        address=way.address, key=told.key,
    )  # fmt: skip
    if reply_id is None:
        raise NotNow(say("This was just sent. Reload the page to see it."))
    return reply_id


def _way(known: Sequence[Way], told: Answer) -> Way:
    way = next((one for one in known if one.channel is told.channel), None)
    reason = way.refusal if way else Reason.CHANNEL_MISSING
    if way is not None and told.template is not None and way.takes_templates:
        return way
    if way is None or reason is not None:
        allowed = [one.channel.value for one in known if one.refusal is None]
        raise NotByThis(CLOSED_TO[reason or Reason.CHANNEL_MISSING], allowed)
    return way


def _comment(
    connection: Connection, store: Store, customer_id: str, told: Answer
) -> Commented | None:
    """Give the comment that is to be answered, and who wrote it; raises `NotHere`."""
    if told.comment_id is None:
        return None
    whose = (connection, store.id, customer_id)
    found = private_replies.find(*whose, told.channel, told.comment_id)
    if found is None:
        raise NotHere(say("There is no such comment on this channel in this conversation."))
    return found


def _way_to(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    comment: Commented,
    now: datetime,
) -> Way:
    """Give how a comment may be answered privately: it needs no window, and opens none."""
    said, sender = comment
    facts = ReplyFacts(channel, Author.PERSON, sender, is_set_up=True, comment=said)
    known = _said_of(runtime, connection, store, channel, sender)
    return _way_of(replace(facts, **known), now)


def _check_nobody_answered(
    connection: Connection, store: Store, customer_id: str, person: Member, told: Answer
) -> None:
    last = threads.last_answer(connection, store.id, customer_id)
    if last is not None and last.number > told.seen and last.author_id != person.id:
        if last.author_name:
            raise SomebodyAnswered(
                say("{name} answered meanwhile. Read it first.", name=last.author_name)
            )
        raise SomebodyAnswered(say("Somebody else answered meanwhile. Read it first."))


def _words(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    customer_id: str,
    way: Way,
    told: Answer,
) -> ChatContent:
    if told.template is not None:
        args = (runtime, connection, store, customer_id, way.address, told.template)
        return template_replies.fill(*args)
    if told.product_id is None:
        return ChatContent(told.text, author=Author.PERSON)
    return _with_product(connection, store, told)


def _with_product(connection: Connection, store: Store, told: Answer) -> ChatContent:
    """A product is a card where the channel has them, else its name and address in the text."""
    product_id = told.product_id or ""
    ware = catalogue.wares(connection, store.id, [product_id], rated=False).get(product_id)
    if ware is None:
        raise NotHere(say("There is no such product in this store."))
    limits = LIMITS.get(told.channel)
    if limits is not None and limits.cards:
        return ChatContent(told.text, cards=(_card(store, ware),), author=Author.PERSON)
    lines = (told.text, f"{ware.title} {ware.url or ''}".strip())
    return ChatContent("\n".join(line for line in lines if line), author=Author.PERSON)


def _card(store: Store, ware: Ware) -> Card:
    shown = ware.shown(store.currency)
    price = shown.get("price")
    told = money(price, store.currency, store.locale) if price is not None else ""
    label = in_language(say("View"), language(store.locale))
    buttons = (Button(label, url=ware.url),) if ware.url else ()
    return Card(ware.title, told, ware.image_url or "", ware.url or "", buttons)


def again(runtime: Runtime, store: Store, customer_id: str, reply_id: str) -> None:
    """Try a reply again that surely did not go out. Raises `NotHere`, `NotNow`."""

    def write(connection: Connection) -> None:
        if replies.get(connection, store.id, customer_id, reply_id) is None:
            raise NotHere(say("There is no such reply in this conversation."))
        real_now = runtime.database.real_now(connection)
        if not replies.again(connection, store.id, reply_id, real_now):
            raise NotNow(say("Only a reply that failed can be tried again."))
        failed_answers.tried_again(connection, store.id, reply_id)

    runtime.database.write(write)
    _wake(runtime, store)


# --- besides answering ----------------------------------------------------------------------------

Change = Callable[[Connection, datetime], None]


def change(runtime: Runtime, store: Store, customer_id: str, act: Change) -> None:
    """Do something with a conversation that is there, at a moment; raises `NotHere`."""

    def write(connection: Connection) -> None:
        if threads.one(connection, store.id, customer_id) is None:
            raise NotHere(NO_CONVERSATION)
        act(connection, runtime.database.now(connection))

    runtime.database.write(write)


def assign(runtime: Runtime, store: Store, customer_id: str, member_id: str | None) -> None:
    """Say whom of the team a conversation is for; raises `NotHere` for a stranger to either."""

    def act(connection: Connection, _: datetime) -> None:
        members = {one.id for one in team.of_store(connection, store.id)}
        if member_id is not None and member_id not in members:
            raise NotHere(say("There is nobody of this id in your team."))
        threads.assign(connection, store.id, customer_id, member_id)

    change(runtime, store, customer_id, act)


def cart_of(connection: Connection, store: Store, customer_id: str) -> Mapping[str, Any] | None:
    """Give the cart that a customer has open now."""
    row: Row[Any] | None = threads.open_cart(connection, store.id, customer_id)
    return dict(row._mapping) if row else None  # noqa: SLF001


def find(
    connection: Connection, store: Store, customer_id: str, now: datetime
) -> Mapping[str, Any]:
    """Give the line of a conversation, or of one that may be begun; raises `NotHere`."""
    row = threads.one(connection, store.id, customer_id)
    if row is not None:
        return row._asdict()
    fresh = threads.not_begun(connection, store.id, customer_id, now)
    if fresh is None:
        raise NotHere(NO_CONVERSATION)
    return fresh


def _wake(runtime: Runtime, store: Store) -> None:
    runtime.queues.wake("reply", [store.id])
