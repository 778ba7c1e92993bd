"""What customers write: kept with their conversation, obeyed where it is a wish, told to flows."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from channels.base import Erased, InboundMessage, OptChange
from jobs import (
    answers_to_asks,
    chat_names,
    handing_over,
    help_answers,
    keyword_opt_in,
    wishes,
    word_trials,
)
from jobs.heard import Heard
from jobs.runtime import Runtime
from marketing.answering import is_answer
from marketing.chat import InboundKind, changed_by
from marketing.events import EventName
from marketing.keywords import Wish, keyword_of, wish_of
from marketing.model import ChannelName
from marketing.visible import says_something
from storage import Connection, chatters, conversations, enrollments, inbound, threads
from storage.chatters import Sender
from storage.inbound import Inbound
from storage.stores import Store
from storage.text import clean

log = logging.getLogger(__name__)

MOST_LETTERS = 10_000
LASTING = frozenset({Wish.STOP, Wish.START})
"""What holds for a store that left, too, should it come back."""


def hear(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    wrote: Sequence[InboundMessage],
    *,
    is_test: bool = False,
) -> list[Exception]:
    """Take in what came by a channel; told twice it is heard once, of someone erased never.

    Give what could not be taken in, to be told again; it holds up nothing else. In a test of the
    team's only the rules that call a person hear it, and live flows say what they would.
    """
    wrote = [_keepable(one) for one in wrote]
    moments = runtime.database.moments(connection)
    whose = _whose(runtime, connection, store, channel, wrote)
    senders = {one.recipient if one.is_echo else one.sender for one in wrote}
    chat_names.ask(runtime, connection, store.id, channel, sorted(senders))
    failures = []
    for one, customer_id in zip(wrote, whose, strict=True):
        if customer_id is not None:
            heard = _heard(runtime, connection, store, channel, (one, customer_id), moments)
            if failure := _taken_in(replace(heard, is_test=is_test)):
                failures.append(failure)
    return failures


def _keepable(one: InboundMessage) -> InboundMessage:
    """Give a message in words that the database takes; what nobody sees is none."""
    name = clean(one.sender_name) if one.sender_name else None
    text, payload, referral = clean(one.text), clean(one.payload), clean(one.referral)
    text = text if says_something(text) else ""
    return replace(one, text=text, payload=payload, referral=referral, sender_name=name)


def _taken_in(heard: Heard) -> Exception | None:
    """Take in one message by itself; give what went wrong."""
    try:
        with heard.connection.begin_nested():
            whose = (heard.connection, heard.store.id, heard.customer_id)
            closed_at = threads.closed_at(*whose)
            if _is_fresh(heard):
                _read(heard, closed_at)
    except Exception as error:
        log.exception("a message on %s can't be taken in", heard.channel)
        return error
    return None


def _heard(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: tuple[InboundMessage, str],
    moments: tuple[datetime, datetime],
) -> Heard:
    """Give a message with what it is kept as; `told` has whose it is, too."""
    one, customer_id = told
    said_at = _said_at(one, *moments)
    kept = _kept(one, customer_id, moments[0], said_at)
    return Heard(runtime, connection, store, channel, one, kept, said_at)


def _whose(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    wrote: Sequence[InboundMessage],
) -> list[str | None]:
    """Give who wrote: on a text the number says it, on a chat an id that a person has there."""
    now, real_now = runtime.database.moments(connection)
    hashed = runtime.secrets.address_hash
    senders = [_sender(one, now, real_now) for one in wrote]
    if channel is ChannelName.SMS:
        return chatters.meet_by_number(connection, store.id, senders, hashed)
    return chatters.meet(connection, store.id, channel, senders, hashed)


def _sender(one: InboundMessage, now: datetime, real_now: datetime) -> Sender:
    """Give the sender, and when that was: what a provider told late may be of before an erasure."""
    at = _said_at(one, now, real_now)
    if one.is_echo:
        return Sender(one.recipient, at)
    return Sender(one.sender, at, one.sender_name, one.also)


def _said_at(one: InboundMessage, now: datetime, real_now: datetime) -> datetime:
    """Give when it was written, by our clock: a provider tells real time, and perhaps late."""
    late = real_now - one.received_at if one.received_at else timedelta()
    return now - max(late, timedelta())


def _kept(one: InboundMessage, customer_id: str, now: datetime, said_at: datetime) -> Inbound:
    return Inbound(
        one.provider_id,
        customer_id,
        one.sender,
        one.text[:MOST_LETTERS],
        now,
        one.kind,
        one.payload,
        one.attachments,
        said_at if one.kind is InboundKind.COMMENT else None,
    )


def _is_fresh(heard: Heard) -> bool:
    """Keep what came; say whether it was not here already, nor changes what they deleted."""
    if heard.message.is_echo:
        return True
    whose = (heard.connection, heard.store.id, heard.channel)
    before = changed_by(heard.kept.provider_id)
    if before is not None and inbound.is_deleted(*whose, before):
        return False
    return heard.kept.provider_id in inbound.keep(*whose, [heard.kept])


def _read(heard: Heard, closed_at: datetime | None) -> None:
    """Read one message: a stop before anything else, then whoever has the conversation.

    While a person talks with them, or another app of the store's, no flow hears of it. `closed_at`
    is since when the conversation was put away before it.
    """
    if heard.message.is_echo:
        handing_over.of_echo(heard)
        return
    if heard.is_test:
        _read_test(heard, closed_at)
        return
    wish, is_done = wishes.obey(heard)
    agrees = wish is None and keyword_opt_in.take(heard)
    if wish is not None or agrees:
        _note_answered(heard)
    if _asks_the_carrier(heard, wish):
        help_answers.tell(heard)
    if is_done or agrees or _asks_the_carrier(heard, wish):
        whose = (heard.connection, heard.store.id, heard.customer_id)
        threads.answered_by_rule(*whose, heard.kept.received_at, closed_at)
    if wish is Wish.STOP or heard.message.is_standby or _is_in_human_hands(heard):
        return
    is_for_flows = agrees or _answers_a_step(heard) or _asks_the_carrier(heard, wish)
    if is_for_flows or not handing_over.of_message(heard):
        _tell_flows(heard)


def _read_test(heard: Heard, closed_at: datetime | None) -> None:
    """No flow is entered, nobody leaves or agrees: figures and lists are the customers' alone.

    What a live flow says to its word is said all the same.
    """
    if _is_in_human_hands(heard):
        return
    if not _answers_a_step(heard) and handing_over.of_message(heard):
        return
    is_understood = word_trials.answer(heard)
    if is_understood is None:
        handing_over.of_silence(heard)
        return
    if is_understood:
        whose = (heard.connection, heard.store.id, heard.customer_id)
        threads.answered_by_rule(*whose, heard.kept.received_at, closed_at)
    _note_answered(heard)


def _answers_a_step(heard: Heard) -> bool:
    """Say whether they tapped one of a step's own buttons: whoever asked hears the answer."""
    return is_answer(heard.kept.payload)


def _asks_the_carrier(heard: Heard, wish: Wish | None) -> bool:
    """Say whether it is the HELP of text messages, which has a fixed answer of its own."""
    return wish is Wish.HELP and heard.channel is ChannelName.SMS


def _is_in_human_hands(heard: Heard) -> bool:
    held = conversations.of(heard.connection, heard.store.id, heard.customer_id)
    return held.state == conversations.HUMAN


def _tell_flows(heard: Heard) -> None:
    """Let flows take it; what none of them does is one more that nobody answered.

    The answer to a question is its flow's alone: no other hears of it.
    """
    if answers_to_asks.take(heard):
        _note_answered(heard)
        return
    whose = (heard.connection, heard.store.id, heard.customer_id)
    before = enrollments.marks(*whose)
    heard.react(
        EventName.MESSAGE_RECEIVED,
        {
            "keyword": keyword_of(heard.kept.text),
            "kind": str(heard.kept.kind),
            "payload": heard.kept.payload or None,
            "referral": heard.message.referral or None,
            **_comment(heard),
        },
    )
    if enrollments.marks(*whose) != before:
        _note_answered(heard)
    else:
        handing_over.of_silence(heard)


def _comment(heard: Heard) -> dict[str, str | None]:
    """Give which comment may be answered privately, and since when that time runs."""
    if heard.kept.kind != InboundKind.COMMENT:
        return {}
    return {"comment": heard.kept.provider_id, "commented_at": heard.said_at.isoformat()}


def _note_answered(heard: Heard) -> None:
    told = (heard.store.id, heard.channel, heard.kept.provider_id)
    inbound.answered(heard.connection, *told)


def forget(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: Iterable[Erased],
) -> None:
    """Forget the words of messages that customers deleted, heard of already or not yet."""
    for one in told:
        if not inbound.empty(connection, store.id, channel, one.provider_id):
            now = runtime.database.now(connection)
            inbound.bury(connection, store.id, channel, one.provider_id, now)


def heed_wishes(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: Iterable[object],
) -> None:
    """Keep who wants no more, or again, while the store has removed us; nothing else of it.

    A store that comes back goes on with its customers: they left it meanwhile.
    """
    found = list(told)
    wrote = [_keepable(one) for one in found if isinstance(one, InboundMessage)]
    wrote = [one for one in wrote if not one.is_echo and wish_of(one.text) in LASTING]
    moments = runtime.database.moments(connection)
    whose = _whose(runtime, connection, store, channel, wrote)
    for given in zip(wrote, whose, strict=True):
        if given[1] is not None:
            wishes.obey(_heard(runtime, connection, store, channel, (given[0], given[1]), moments))
    heed(runtime, connection, store, channel, [one for one in found if isinstance(one, OptChange)])


def heed(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: Sequence[OptChange],
) -> None:
    """Do what customers told the platform itself: no more marketing there, or again."""
    moments = runtime.database.moments(connection)
    tag = moments[0].timestamp()
    asked = [
        InboundMessage(f"opt:{one.sender}:{tag}", one.sender, "", one.occurred_at) for one in told
    ]
    whose = _whose(runtime, connection, store, channel, asked)
    for one, message, customer_id in zip(told, asked, whose, strict=True):
        if customer_id is not None:
            given = (message, customer_id)
            heard = _heard(runtime, connection, store, channel, given, moments)
            (wishes.start if one.is_in else wishes.stop)(heard)
