"""Handing replies over: what people of the store, and machines, say to one customer, once.

    T2  what may not go is written with its reason; the others are `handing_over`, committed
        the network, outside any transaction, kept from outlasting the lease
    T3  settlement by fence

A crash in between leaves a reply `unknown`: it may have gone out, and is never sent again.

Words go as they were written: no link in them is made short, by text message neither. Whoever is
answered by a person should see where an address leads, and a reply is no message of a flow: a
click on it could be counted and credited nowhere.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from channels.base import Channel, Outcome, Receipt, SendFailed
from jobs import faults, private_replies, settlement, template_replies
from jobs.channel_accounts import channels_of, test_chat
from jobs.rounds import rounds
from jobs.runtime import Runtime
from jobs.template_replies import Sources
from marketing import chat_document
from marketing.chat import Author, ChatContent
from marketing.consent import SuppressionScope
from marketing.leading import Leader
from marketing.model import (
    ChannelName,
    ConsentState,
    MessageState,
    Reason,
    RenderedMessage,
    StoreStatus,
)
from marketing.private_replies import Comment, answering
from marketing.replying import ReplyFacts, refusal
from storage import (
    Connection,
    Row,
    conversation_tests,
    failed_answers,
    inbound,
    leaders,
    pauses,
    replies,
    rests,
    stores,
    suppressions,
)
from storage.replies import Fate, NewReply
from storage.rests import NONE, Rests
from storage.stores import Store

log = logging.getLogger(__name__)

BATCH = 32
_STATES = {
    MessageState.FAILED: replies.FAILED,
    MessageState.BOUNCED: replies.FAILED,
    MessageState.UNKNOWN: replies.UNKNOWN,
    MessageState.RETRY_WAIT: replies.QUEUED,
    MessageState.HELD: replies.QUEUED,
}


@dataclass(slots=True)
class Handed:
    """Replies that were committed as `handing_over`, and what is known of them by now."""

    store: Store
    rows: list[Row[Any]]
    channels: Mapping[ChannelName, Channel]
    ages: Mapping[str, timedelta | None]
    """How long ago the customer wrote, by reply."""
    since: float
    """By this process' steady clock."""
    taken: set[str] = field(default_factory=set)
    """Whatever a channel may have begun to send."""
    outcomes: dict[str, Receipt | SendFailed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What was loaded for a batch."""

    store: Store
    channels: Mapping[ChannelName, Channel]
    ages: Mapping[str, timedelta | None]
    sources: Sources
    """Of which addresses are suppressed or rest, and of templates."""
    paused: Mapping[str, Any]
    leaders: Mapping[tuple[str, str], Leader]
    """Of conversations that others lead, by channel and address."""
    comments: Mapping[str, Comment]
    """Of replies (by id) that answer one privately."""


def queue(  # noqa: PLR0913  what, to whom, by whom
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    channel: ChannelName,
    words: str | ChatContent,
    *,
    author: Author = Author.BOT,
    author_name: str | None = None,
    author_id: str | None = None,
    address: str | None = None,
    in_human_hands: bool = False,
    key: str | None = None,
) -> str | None:
    """Queue a reply within a transaction; give its id, None: no address, or `key` is known.

    It goes to `address`, else to where the customer last wrote from on that channel, else to
    their number. `in_human_hands` lets a machine's go although a person talks with them. Whoever
    calls wakes `reply` (or the clock) once the transaction is through.
    """
    content = words if isinstance(words, ChatContent) else ChatContent(words)
    to = address or inbound.address_of(connection, store.id, customer_id, channel)
    if to is None:
        return None
    now, real_now = runtime.database.moments(connection)
    new = NewReply(
        customer_id=customer_id,
        channel=channel.value,
        address=to,
        author=author,
        author_name=author_name,
        author_id=author_id,
        text=content.text,
        content=chat_document.dump(content),
        in_human_hands=in_human_hands,
        key=key,
    )
    return replies.queue(connection, store.id, new, now, real_now)


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Hand over what is due in these stores, in turns; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: reply_batch(runtime, store_id))


def reply_batch(runtime: Runtime, store_id: str) -> bool:
    """Hand over one batch of a store's due replies; True when there may be more."""
    seen, handed = runtime.database.write(lambda c: _begin(runtime, c, store_id))
    if handed is None:
        return seen
    faults.point("after_gate_commit")
    _send(runtime, handed)
    database = runtime.database
    database.write(lambda c: _settle(runtime, c, handed, database.moments(c)))
    faults.point("after_commit_before_ack")
    return True


# --- T2 ---------------------------------------------------------------------------------------


def _begin(runtime: Runtime, connection: Connection, store_id: str) -> tuple[bool, Handed | None]:
    """Give whether anything was due, and what goes out of it."""
    now, real_now = runtime.database.moments(connection)
    rows = replies.due(connection, store_id, real_now, BATCH)
    store = stores.by_id(connection, store_id) if rows else None
    if store is None:
        return False, None
    known = _known(runtime, connection, store, rows, now)
    fates = {row.id: fate for row in rows if (fate := _refused(row, known, now, real_now))}
    going = [row for row in rows if row.id not in fates]
    lost = private_replies.taken_by_others(connection, store_id, going, now)
    fates |= {row.id: _failed(row, Reason.COMMENT_ANSWERED) for row in going if row.id in lost}
    replies.refuse(connection, store_id, list(fates.values()))
    failed = [fate.id for fate in fates.values() if fate.state == replies.FAILED]
    failed_answers.waits_again(connection, store_id, failed)
    going = [row for row in going if row.id not in fates]
    if not going:
        return True, None
    until = real_now + timedelta(seconds=runtime.settings.periods.lease)
    replies.begin(connection, store_id, going, real_now, until)
    handing = _channels(runtime, known, going)
    return True, Handed(store, going, handing, known.ages, time.monotonic())


def _channels(
    runtime: Runtime, known: Known, rows: Sequence[Row[Any]]
) -> Mapping[ChannelName, Channel]:
    """Give by what these go out: a test is answered whether or not the store shows its chat."""
    if not any(row.is_test for row in rows):
        return known.channels
    own = {conversation_tests.CHANNEL: test_chat(runtime, known.store.id)}
    return {**own, **known.channels}


def _known(
    runtime: Runtime, connection: Connection, store: Store, rows: Sequence[Row[Any]], now: datetime
) -> Known:
    last = inbound.last_at(connection, store.id, [row.customer_id for row in rows])
    wrote = {row.id: last.get((row.customer_id, row.channel)) for row in rows}
    sources = _sources(runtime, connection, store, rows)
    return Known(
        store,
        channels_of(runtime, connection, store.id),
        {key: now - at if at else None for key, at in wrote.items()},
        sources,
        pauses.of_store(connection, store.id),
        leaders.of(connection, store.id, {(row.channel, row.address) for row in rows}),
        private_replies.of_replies(connection, store.id, rows, sources.rests),
    )


def _refused(row: Row[Any], known: Known, now: datetime, real_now: datetime) -> Fate | None:
    """Say why a reply does not go now, None: it goes."""
    reason = refusal(_facts(row, known, now), now) if row.is_there else Reason.CUSTOMER_ERASED
    if reason is not None:
        return _failed(row, reason)
    if row.channel in known.paused:
        reason, later = Reason.CHANNEL_PAUSED, real_now + settlement.PAUSE
        return Fate(row.id, row.fence, replies.QUEUED, reason.value, due_at=later)
    return None


def _failed(row: Row[Any], reason: Reason) -> Fate:
    state = replies.DROPPED if reason is Reason.IN_HUMAN_HANDS else replies.FAILED
    return Fate(row.id, row.fence, state, reason.value)


def _facts(row: Row[Any], known: Known, now: datetime) -> ReplyFacts:
    age, there = known.ages[row.id], known.store.status != StoreStatus.UNINSTALLED
    key = (row.channel, row.address)
    return ReplyFacts(
        channel=ChannelName(row.channel),
        author=Author(row.author),
        address=row.address,
        is_set_up=(row.channel in known.channels or row.is_test) and there,
        suppression=known.sources.suppressed.get(key),
        consent=ConsentState(row.sms_consent) if row.sms_consent else None,
        in_human_hands=bool(row.is_human),
        goes_in_human_hands=row.in_human_hands,
        last_inbound_at=now - age if age is not None else None,
        window_closed_at=known.sources.rests.get(key, NONE).window_closed_at,
        is_template=template_replies.is_template(row),
        template_refusal=template_replies.refusal_of(row, known.sources, now),
        leader=known.leaders.get(key, Leader.US),
        comment=known.comments.get(row.id),
    )


def _sources(
    runtime: Runtime, connection: Connection, store: Store, rows: Sequence[Row[Any]]
) -> Sources:
    suppressed: dict[tuple[str, str], SuppressionScope] = {}
    resting: dict[tuple[str, str], Rests] = {}
    for channel in {row.channel for row in rows}:
        addresses = {row.address for row in rows if row.channel == channel and row.address}
        hashes = {runtime.secrets.address_hash(channel, one): one for one in addresses}
        scopes = suppressions.of(connection, store.id, channel, hashes)
        suppressed |= {(channel, hashes[key]): scope for key, scope in scopes.items()}
        known = rests.of(connection, store.id, channel, hashes)
        resting |= {(channel, hashes[key]): one for key, one in known.items()}
    registry = template_replies.registry_for(connection, store, rows)
    return Sources(registry, suppressed, resting)


# --- the network --------------------------------------------------------------------------------


def _send(runtime: Runtime, handed: Handed) -> None:
    """Hand replies to their channels and note each outcome as it is known."""
    for name in sorted({row.channel for row in handed.rows}):
        channel = handed.channels[ChannelName(name)]
        own = [row for row in handed.rows if row.channel == name]
        try:
            for reply_id, outcome in channel.send_many(_in_time(runtime, handed, own)):
                handed.outcomes[reply_id] = outcome
        except Exception:
            # Ours or the channel's fault: what has no outcome by now may have gone out.
            log.exception("a reply's hand-over broke off")
    faults.point("after_send_before_commit")


def _in_time(
    runtime: Runtime, handed: Handed, rows: Sequence[Row[Any]]
) -> Iterator[RenderedMessage]:
    """Yield the words, but none so late that the lease could be over before it is sent."""
    give_up = handed.since + runtime.settings.periods.lease / 2
    for row in rows:
        if time.monotonic() > give_up:
            return
        message = _written(handed, row)
        faults.point("before_send")
        handed.taken.add(row.id)
        yield message


def _written(handed: Handed, row: Row[Any]) -> RenderedMessage:
    said = chat_document.load(row.text, row.content, Author(row.author))
    message = RenderedMessage(
        message_id=row.id,
        channel=ChannelName(row.channel),
        to=row.address,
        to_name=None,
        sender="",
        sender_name=handed.store.name,
        subject="",
        html="",
        text=row.text,
        chat=said,
        window_age=handed.ages[row.id],
    )
    return answering(message, said.comment) if said.comment else message


# --- T3 ---------------------------------------------------------------------------------------


def _settle(
    runtime: Runtime, connection: Connection, handed: Handed, moments: tuple[datetime, datetime]
) -> None:
    fates = [_fate(handed, row, *moments) for row in handed.rows]
    if replies.settle(connection, handed.store.id, fates) < len(fates):
        log.warning("replies were settled by others: our lease was over, or they are erased")
    failed = {fate.id for fate in fates if fate.state == replies.FAILED}
    private_replies.free(connection, handed.store.id, [r for r in handed.rows if r.id in failed])
    failed_answers.waits_again(connection, handed.store.id, failed)
    for name in sorted({row.channel for row in handed.rows}):
        failures = [
            (row.address, outcome)
            for row in handed.rows
            if row.channel == name
            and isinstance(outcome := handed.outcomes.get(row.id), SendFailed)
        ]
        channel = handed.channels[ChannelName(name)]
        settlement.suppress_refused(
            runtime, connection, handed.store, channel, failures, moments[0]
        )
        refused = [failure for _, failure in failures]
        settlement.pause_refused(runtime, connection, handed.store, channel, refused, moments[1])


def _fate(handed: Handed, row: Row[Any], now: datetime, real_now: datetime) -> Fate:
    outcome = handed.outcomes.get(row.id)
    provider = handed.channels[ChannelName(row.channel)].provider
    fence, tries = row.fence + 1, row.attempts + 1
    if isinstance(outcome, Receipt):
        told = outcome.provider_id or None
        return Fate(row.id, fence, replies.SENT, None, provider, told, sent_at=now)
    if outcome is None:
        outcome = settlement.no_outcome(was_taken=row.id in handed.taken)
    state = settlement.state_after(outcome, tries)
    later = (
        settlement.PAUSE
        if outcome.outcome is Outcome.PAUSED
        else settlement.wait_after(outcome, row.attempts)
    )
    waits = _STATES[state] == replies.QUEUED
    due_at = real_now + later if waits else None
    reason = settlement.reason_of(outcome, state)
    return Fate(row.id, fence, _STATES[state], reason, provider, due_at=due_at)
