"""Handing due messages over: claim, words, gate, network, settlement; each at most once.

    T1  claim a batch under a lease with a fence; what the gate refuses already is written
        words are rendered, so that a template that kills us does it before any hand-over
    T2  the gate again, on what is true now; attempts and `handing_over`, 32 at the most
        the network, outside any transaction, kept from outlasting the lease
    T3  settlement by fence: 0 rows means that somebody else has settled it meanwhile

T3 of one chunk and T2 of the next are one commit. A crash between T2 and T3 is the one place
where nobody can know whether a message went out: it becomes `unknown`, and is never due again.
"""

import logging
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from channels.base import Channel, Outcome, Receipt, SendFailed
from jobs import faults, wording
from jobs.gatekeeping import Going, address_of, judge
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.consent import SuppressionScope
from marketing.events import EventName
from marketing.model import ChannelName, MessageState, Reason, RenderedMessage
from marketing.rendering import RenderingFailed
from storage import Connection, flow_events, messages, pauses, stores, suppressions, upkeep
from storage.flow_events import Told
from storage.messages import Ruling, Settlement
from storage.schema import new_id
from storage.stores import Store

log = logging.getLogger(__name__)

BATCH = 128
HANDED_OVER_AT_ONCE = 32
TRIES = 8
BACKOFF = (30, 120, 600, 1800, 3600)
"""Seconds until the next try; the last one repeats."""
LEAST_WAIT, MOST_WAIT = 1.0, 3600.0
PAUSE = timedelta(minutes=5)
"""After this a channel whose credentials were refused is tried again."""


@dataclass(slots=True)
class Claim:
    """A batch of one store's messages in our hands."""

    store: Store
    owner: str
    is_full: bool
    going: list[Going]
    sources: wording.Sources


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


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Hand over what is due in these stores, in turns; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: deliver_batch(runtime, store_id))


def deliver_batch(runtime: Runtime, store_id: str) -> bool:
    """Hand over one batch of a store's due messages; True when there may be more."""
    claim = runtime.database.write(lambda c: _claim(runtime, c, store_id))
    if claim is None:
        return False
    faults.point("after_claim")
    if claim.going:
        _hand_over_all(runtime, claim)
    return claim.is_full


# --- T1 ---------------------------------------------------------------------------------------


def _claim(runtime: Runtime, connection: Connection, store_id: str) -> Claim | None:
    now, real_now = runtime.database.now(connection), runtime.database.real_now(connection)
    owner = new_id()
    until = real_now + timedelta(seconds=runtime.settings.periods.lease)
    ids = messages.claim(connection, store_id, now=now, owner=owner, lease_until=until, limit=BATCH)
    store = stores.by_id(connection, store_id) if ids else None
    if store is None:
        return None
    rows = messages.claimed(connection, store_id, ids, owner)
    judged = judge(runtime, connection, store, rows, now)
    messages.rule(connection, store_id, judged.rulings)
    sources = wording.load(connection, store, [one.row for one in judged.going])
    # One row alone may be a suspect with others behind it.
    is_full = len(ids) == BATCH or len(ids) == 1
    return Claim(store, owner, is_full, judged.going, sources)


# --- words ------------------------------------------------------------------------------------


def _hand_over_all(runtime: Runtime, claim: Claim) -> None:
    ready = _with_words(runtime, claim)
    not_begun = {one.going.row.id for one in ready}
    handed: Handed | None = None
    for channel_name, chunk in _chunks(ready):
        handed = _exchange(runtime, claim, handed, runtime.channels[channel_name], chunk)
        not_begun -= {one.going.row.id for one in handed.ready}
        _send(runtime, handed)
    if handed:
        _settle_last(runtime, claim, handed)
    if not_begun:
        # Somebody was just changing them, or they are worth other words by now.
        left = sorted(not_begun)
        runtime.database.write(lambda c: messages.release(c, claim.store.id, left, claim.owner))


def _with_words(runtime: Runtime, claim: Claim) -> list[Ready]:
    ready, failed = [], []
    for one in claim.going:
        try:
            words = wording.write(
                runtime, claim.sources, one.row, offers_code=one.verdict.offers_code
            )
        except RenderingFailed as failure:
            log.warning("message %s has no words: %s", one.row.id, failure.reason)
            failed.append(_failed(one))
        except Exception as error:
            # A fault of ours: this one is suspect, its neighbours go out.
            log.exception("message %s has no words", one.row.id)
            _isolate(runtime, claim, one.row.id, repr(error))
        else:
            ready.append(Ready(one, words))
    if failed:
        runtime.database.write(lambda c: messages.rule(c, claim.store.id, failed))
    return ready


def _isolate(runtime: Runtime, claim: Claim, message_id: str, error: str) -> None:
    runtime.database.write(lambda c: upkeep.isolate(c, claim.store.id, [message_id], error))


def _failed(one: Going) -> Ruling:
    reason = Reason.RENDERING_FAILED.value
    return Ruling(one.row.id, MessageState.FAILED, reason, one.row.not_before, None)


def _chunks(ready: Sequence[Ready]) -> Iterator[tuple[ChannelName, list[Ready]]]:
    for channel in sorted({one.words.channel for one in ready}):
        own = [one for one in ready if one.words.channel == channel]
        for start in range(0, len(own), HANDED_OVER_AT_ONCE):
            yield channel, own[start : start + HANDED_OVER_AT_ONCE]


# --- T3 of the chunk before, T2 of this one -----------------------------------------------------


def _exchange(
    runtime: Runtime, claim: Claim, before: Handed | None, channel: Channel, chunk: list[Ready]
) -> Handed:
    """Settle what went out, and begin the next chunk, in one commit."""

    def both(connection: Connection) -> list[Ready]:
        if before:
            _settle(runtime, connection, claim.store, before)
        return _begin(runtime, connection, claim, chunk)

    try:
        begun = runtime.database.write(both)
    except Exception:
        if before:
            # What is known of the chunk before must not be lost by this one's trouble.
            _settle_last(runtime, claim, before)
        raise
    if before:
        faults.point("after_commit_before_ack")
    faults.point("after_gate_commit")
    return Handed(channel, begun, time.monotonic())


def _begin(
    runtime: Runtime, connection: Connection, claim: Claim, chunk: Sequence[Ready]
) -> list[Ready]:
    now, real_now = runtime.database.now(connection), runtime.database.real_now(connection)
    ids = [one.going.row.id for one in chunk]
    rows = messages.claimed(connection, claim.store.id, ids, claim.owner, hold=True)
    judged = judge(runtime, connection, claim.store, rows, now)
    messages.rule(connection, claim.store.id, judged.rulings)
    written = {one.going.row.id: one for one in chunk}
    going = [one for one in judged.going if _still_fits(one, written[one.row.id])]
    until = real_now + timedelta(seconds=runtime.settings.periods.lease)
    messages.begin(
        connection,
        claim.store.id,
        [(one.row, one.verdict.offers_code, _note(one)) for one in going],
        real_now=real_now,
        lease_until=until,
        now=now,
    )
    return [Ready(one, written[one.row.id].words) for one in going]


def _still_fits(now: Going, written: Ready) -> bool:
    """Words offer a code or not, and have an address: if that changed, they are written anew."""
    then = written.going
    return now.verdict.offers_code == then.verdict.offers_code and (
        address_of(now.row) == address_of(then.row)
    )


def _note(one: Going) -> str | None:
    return one.verdict.note.value if one.verdict.note else None


# --- the network --------------------------------------------------------------------------------


def _send(runtime: Runtime, handed: Handed) -> None:
    """Hand a chunk to its channel and note each outcome as it is known."""
    if not handed.ready:
        return
    try:
        for message_id, outcome in handed.channel.send_many(_in_time(runtime, handed)):
            handed.outcomes[message_id] = outcome
    except Exception:
        # Ours or the channel's fault: what has no outcome by now may have gone out.
        log.exception("a hand-over broke off")
    faults.point("after_send_before_commit")


def _in_time(runtime: Runtime, handed: Handed) -> Iterator[RenderedMessage]:
    """Yield the words, but none so late that the lease could be over before it is sent."""
    give_up = handed.since + runtime.settings.periods.lease / 2
    for one in handed.ready:
        if time.monotonic() > give_up:
            return
        faults.point("before_send")
        handed.taken.add(one.words.message_id)
        yield one.words


# --- T3 ---------------------------------------------------------------------------------------


def _settle_last(runtime: Runtime, claim: Claim, handed: Handed) -> None:
    runtime.database.write(lambda c: _settle(runtime, c, claim.store, handed))
    faults.point("after_commit_before_ack")


def _settle(runtime: Runtime, connection: Connection, store: Store, handed: Handed) -> None:
    if not handed.ready:
        return
    now, real_now = runtime.database.now(connection), runtime.database.real_now(connection)
    settlements = [_settlement(runtime, handed, one, now, real_now) for one in handed.ready]
    provider = handed.channel.provider
    ours = messages.settle(connection, store.id, settlements, provider, real_now)
    if ours < len(settlements):
        late = len(settlements) - ours
        log.warning("%d hand-overs were settled by others: our lease was over", late)
    flow_events.keep(connection, store.id, _events(handed, settlements, now))
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
    """An address that does not exist is not written to again."""
    channel = handed.channel.name.value
    bounced = [
        runtime.secrets.address_hash(channel, one.words.to)
        for one in handed.ready
        if isinstance(failure := handed.outcomes.get(one.words.message_id), SendFailed)
        and failure.suppress
    ]
    if bounced:
        suppressions.add(
            connection,
            store.id,
            channel,
            bounced,
            scope=SuppressionScope.ALL,
            reason=suppressions.HARD_BOUNCE,
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
