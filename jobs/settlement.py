"""Settling hand-overs: what each outcome means for its message, its address and its channel."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.base import Channel, Outcome, Receipt, SendFailed
from jobs import enroll, membership
from jobs.gatekeeping import Going
from jobs.runtime import Runtime
from marketing.consent import SuppressionScope
from marketing.events import EventName, News
from marketing.model import MessageState, Reason, RenderedMessage
from storage import Connection, channel_accounts, flow_events, handovers, pauses, suppressions
from storage.flow_events import Told
from storage.handovers import Settlement
from storage.stores import Store

log = logging.getLogger(__name__)

TRIES = 8
BACKOFF = (30, 120, 600, 1800, 3600)
"""Seconds until the next try; the last one repeats."""
LEAST_WAIT, MOST_WAIT = 1.0, 3600.0
PAUSE = timedelta(minutes=5)
"""After this a channel whose credentials were refused is tried again."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A message with its words."""

    going: Going
    words: RenderedMessage


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
    membership.look_soon(connection, store.id, {one.name for one in told}, now)
    bounced = [one for one in told if one.name is EventName.MESSAGE_BOUNCED]
    if bounced:
        news = [News(one.name, now, one.customer_id, data=one.data) for one in bounced]
        enroll.react(connection, runtime, store, news, now)
    _suppress_bounced(runtime, connection, store, handed, now)
    _pause_refused(connection, store, handed, real_now)


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
        outcome = _no_outcome(was_taken=row.id in handed.taken)
    look_at = real_now + timedelta(seconds=runtime.settings.periods.reconcile[0])
    state = _state_after(outcome, row.attempts + 1)
    return Settlement(
        row.id,
        row.fence,
        row.attempts + 1,
        state,
        reason=_reason(outcome, state),
        retry_at=real_now + _wait(outcome, row.attempts),
        reconcile_at=look_at if state is MessageState.UNKNOWN else None,
        response=outcome.reason[:500],
    )


def _no_outcome(*, was_taken: bool) -> SendFailed:
    if was_taken:
        return SendFailed("the hand-over broke off", outcome=Outcome.UNKNOWN)
    return SendFailed("there was no time left", outcome=Outcome.RETRY, retry_after=LEAST_WAIT)


def _state_after(failure: SendFailed, tries: int) -> MessageState:
    match failure.outcome:
        case Outcome.REJECTED:
            return MessageState.BOUNCED if failure.suppress else MessageState.FAILED
        case Outcome.RETRY:
            return MessageState.RETRY_WAIT if tries < TRIES else MessageState.FAILED
        case Outcome.UNKNOWN:
            return MessageState.UNKNOWN
        case Outcome.PAUSED:
            return MessageState.HELD


def _reason(failure: SendFailed, state: MessageState) -> str:
    """A hold has the word by which it is let go again."""
    return Reason.CHANNEL_PAUSED.value if state is MessageState.HELD else failure.reason[:500]


def _wait(failure: SendFailed, tries: int) -> timedelta:
    if failure.retry_after is not None:
        return timedelta(seconds=min(max(failure.retry_after, LEAST_WAIT), MOST_WAIT))
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


def _suppress_bounced(
    runtime: Runtime, connection: Connection, store: Store, handed: Handed, now: datetime
) -> None:
    """An address that does not exist is not written to again; one that opted out, not by flows."""
    channel = handed.channel.name.value
    failures = [
        (one.words.to, failure)
        for one in handed.ready
        if isinstance(failure := handed.outcomes.get(one.words.message_id), SendFailed)
    ]
    gone = [to for to, failure in failures if failure.suppress]
    left = [to for to, failure in failures if failure.opted_out]
    for addresses, scope, reason in (
        (gone, SuppressionScope.ALL, suppressions.HARD_BOUNCE),
        (left, SuppressionScope.MARKETING, suppressions.UNSUBSCRIBED),
    ):
        if addresses:
            hashes = [runtime.secrets.address_hash(channel, one) for one in addresses]
            suppressions.add(
                connection,
                store.id,
                channel,
                hashes,
                scope=scope,
                reason=reason,
                source=handed.channel.provider,
                now=now,
            )


def _pause_refused(
    connection: Connection, store: Store, handed: Handed, real_now: datetime
) -> None:
    """Refused credentials are not tried with every message: the channel waits, with its reason."""
    refused = [
        outcome
        for outcome in handed.outcomes.values()
        if isinstance(outcome, SendFailed) and outcome.outcome is Outcome.PAUSED
    ]
    if refused:
        log.error("%s is paused for %s: %s", handed.channel.name, store.domain, refused[0].reason)
        pauses.pause(
            connection,
            store.id,
            handed.channel.name.value,
            reason=refused[0].reason,
            since=real_now,
            until=real_now + PAUSE,
        )
        channel, words = handed.channel.name, refused[0].reason
        channel_accounts.troubled(connection, store.id, channel, words, real_now)
