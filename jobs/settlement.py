"""Settling hand-overs: what each outcome means for its message, its address and its channel."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.base import Channel, Outcome, Receipt, SendFailed
from jobs import alerts, enroll, leading, membership, resting
from jobs.gatekeeping import Going
from jobs.runtime import Runtime
from marketing.consent import SuppressionScope
from marketing.events import EventName, News
from marketing.model import ChannelName, MessageState, Reason, RenderedMessage
from marketing.rests import RestKind
from marketing.short_links import ShortLink
from storage import (
    Connection,
    channel_accounts,
    flow_answers,
    flow_events,
    handovers,
    pauses,
    suppressions,
)
from storage.flow_events import Told
from storage.handovers import Settlement
from storage.stores import Store

log = logging.getLogger(__name__)

TRIES = 8
BACKOFF = (30, 120, 600, 1800, 3600)
"""Seconds until the next try; the last one repeats."""
BACKOFF_STEPS = 20
"""So often a wait grows at the most."""
LEAST_WAIT, MOST_WAIT = 1.0, 3600.0
PAUSE = timedelta(minutes=5)
"""After this a channel whose credentials were refused is tried again."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message with its words."""

    going: Going
    words: RenderedMessage
    short_links: tuple[ShortLink, ...] = ()
    """What the short links in a text message stand for."""
    told_stop_to: str | None = None
    """The hash of the number that a text tells how to stop it."""


@dataclass(slots=True)
class Handed:
    """A chunk that was committed as `handing_over`, and what is known of it by now."""

    channel: Channel
    ready: list[Ready]
    since: float
    """By this process' steady clock."""
    taken: set[str] = field(default_factory=set)
    """Whatever the channel may have begun to send."""
    outcomes: dict[str, Receipt | SendFailed] = field(default_factory=dict)


def settle(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    handed: Handed,
    moments: tuple[datetime, datetime],
) -> None:
    """Write how a chunk's hand-overs went; `moments` are business time and real time."""
    if not handed.ready:
        return
    now, real_now = moments
    settlements = [_settlement(runtime, handed, one, now, real_now) for one in handed.ready]
    provider = handed.channel.provider
    ours = handovers.settle(connection, store.id, settlements, provider, real_now)
    if ours < len(settlements):
        late = len(settlements) - ours
        log.warning("%d hand-overs were settled by others: our lease was over", late)
    told = list(_events(handed, settlements, now))
    flow_events.keep(connection, store.id, told)
    _note_answers(connection, store, handed, settlements)
    membership.look_soon(connection, store.id, {one.name for one in told}, now)
    bounced = [one for one in told if one.name is EventName.MESSAGE_BOUNCED]
    if bounced:
        news = [News(one.name, now, one.customer_id, data=one.data) for one in bounced]
        enroll.react(connection, runtime, store, news, now)
    failures = _failures(handed)
    suppress_refused(runtime, connection, store, handed.channel, failures, now)
    pause_refused(
        runtime, connection, store, handed.channel, [one for _, one in failures], real_now
    )


def _note_answers(
    connection: Connection, store: Store, handed: Handed, settlements: Sequence[Settlement]
) -> None:
    """Whoever wrote what these messages answer, by whatever channel, waits for nobody any more."""
    wrote = {one.going.row.id for one in handed.ready if one.going.row.conversation is not None}
    sent = [one.id for one in settlements if one.state is MessageState.SENT and one.id in wrote]
    if sent:
        flow_answers.given(connection, store.id, sent)


def _failures(handed: Handed) -> list[tuple[str, SendFailed]]:
    """Give what was refused, each with its address."""
    return [
        (one.words.to, failure)
        for one in handed.ready
        if isinstance(failure := handed.outcomes.get(one.words.message_id), SendFailed)
    ]


def _settlement(
    runtime: Runtime, handed: Handed, one: Ready, now: datetime, real_now: datetime
) -> Settlement:
    row = one.going.row
    outcome = handed.outcomes.get(row.id)
    if isinstance(outcome, Receipt):
        return Settlement(
            row.id,
            row.fence,
            row.attempts + 1,
            MessageState.SENT,
            provider_id=outcome.provider_id or None,
            sent_at=now,
            response=outcome.response[:500],
        )
    if outcome is None:
        outcome = no_outcome(was_taken=row.id in handed.taken)
    look_at = real_now + timedelta(seconds=runtime.settings.periods.reconcile[0])
    state = state_after(outcome, row.attempts + 1)
    return Settlement(
        row.id,
        row.fence,
        row.attempts + 1,
        state,
        reason=reason_of(outcome, state),
        retry_at=real_now + wait_after(outcome, row.attempts),
        reconcile_at=look_at if state is MessageState.UNKNOWN else None,
        response=outcome.reason[:500],
    )


def no_outcome(*, was_taken: bool) -> SendFailed:
    """Give what it means that a channel said nothing of a message."""
    if was_taken:
        return SendFailed("the hand-over broke off", outcome=Outcome.UNKNOWN)
    return SendFailed("there was no time left", outcome=Outcome.RETRY, retry_after=LEAST_WAIT)


def state_after(failure: SendFailed, tries: int) -> MessageState:
    """Give the state of a message after that many tries, the last of which failed so.

    A provider that asks for patience uses up none of them: a message then waits to its deadline.
    """
    is_asked_again = failure.rests is RestKind.WINDOW or failure.is_led
    if is_asked_again and tries < TRIES:
        return MessageState.RETRY_WAIT  # the gate is asked again: a template, another channel
    match failure.outcome:
        case Outcome.REJECTED:
            return MessageState.BOUNCED if failure.suppress else MessageState.FAILED
        case Outcome.RETRY:
            is_left = failure.is_throttled or tries < TRIES
            return MessageState.RETRY_WAIT if is_left else MessageState.FAILED
        case Outcome.UNKNOWN:
            return MessageState.UNKNOWN
        case Outcome.PAUSED:
            return MessageState.HELD


def reason_of(failure: SendFailed, state: MessageState) -> str:
    """A hold has the word by which it is let go again."""
    return Reason.CHANNEL_PAUSED.value if state is MessageState.HELD else failure.reason[:500]


def wait_after(failure: SendFailed, tries: int) -> timedelta:
    """Give how long to wait until the next try, after `tries` before this one."""
    if failure.retry_after is not None:
        wait = failure.retry_after * failure.grows ** min(tries, BACKOFF_STEPS)
        return timedelta(seconds=min(max(wait, LEAST_WAIT), MOST_WAIT))
    if failure.rests is RestKind.WINDOW or failure.is_led:
        return timedelta(seconds=LEAST_WAIT)
    return timedelta(seconds=BACKOFF[min(tries, len(BACKOFF) - 1)])


def _events(handed: Handed, settlements: Sequence[Settlement], now: datetime) -> Iterator[Told]:
    names = {
        MessageState.SENT: EventName.MESSAGE_SENT,
        MessageState.BOUNCED: EventName.MESSAGE_BOUNCED,
    }
    rows = {one.going.row.id: one.going.row for one in handed.ready}
    for one in settlements:
        if one.state in names:
            row = rows[one.id]
            data = {
                "message_id": row.id,
                "flow_id": row.flow_id,
                "step_id": row.step_id,
                "channel": row.channel,
            }
            yield Told(names[one.state], row.customer_id, now, row.id, data)


def suppress_refused(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: Channel,
    failures: Sequence[tuple[str, SendFailed]],
    now: datetime,
) -> None:
    """An address that does not exist is not written to again; one that opted out, not by flows.

    What a provider of texts says is not the customer's latest word: they may have agreed since by
    another word than START, of which it knows nothing. So what they said stays as it is.
    """
    name = channel.name.value
    told = [(to, failure.rests) for to, failure in failures if failure.rests]
    resting.note(runtime, connection, store, name, told)
    led = [to for to, failure in failures if failure.is_led]
    leading.refused(runtime, connection, store, channel.name, led)
    gone = [to for to, failure in failures if failure.suppress]
    left = [to for to, failure in failures if failure.opted_out]
    by_carrier = SuppressionScope.CARRIER, suppressions.CARRIER_STOP
    by_word = SuppressionScope.MARKETING, suppressions.UNSUBSCRIBED
    for addresses, scope, reason in (
        (gone, SuppressionScope.ALL, suppressions.HARD_BOUNCE),
        (left, *(by_carrier if channel.name is ChannelName.SMS else by_word)),
    ):
        if addresses:
            hashes = [runtime.secrets.address_hash(name, one) for one in addresses]
            suppressions.add(
                connection,
                store.id,
                name,
                hashes,
                scope=scope,
                reason=reason,
                source=channel.provider,
                now=now,
            )


def pause_refused(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: Channel,
    failures: Iterable[SendFailed],
    real_now: datetime,
) -> None:
    """Refused credentials are not tried with every message: the channel waits, with its reason.

    The team is told, where the account is the store's own.
    """
    refused = [one for one in failures if one.outcome is Outcome.PAUSED]
    if not refused:
        return
    name, words = channel.name, refused[0].reason
    log.error("%s is paused for %s: %s", name, store.domain, words)
    longest = max(one.retry_after or 0.0 for one in refused)
    until = real_now + max(PAUSE, timedelta(seconds=longest))
    pauses.pause(connection, store.id, name.value, reason=words, since=real_now, until=until)
    if channel_accounts.troubled(connection, store.id, name, words, real_now):
        alerts.ring_of_channel(connection, runtime, store, name, words)
