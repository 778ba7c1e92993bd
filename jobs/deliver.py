"""Handing due messages over: claim, words, gate, network, settlement; each at most once.

    T1  claim a batch under a lease with a fence
        what the gate refuses already is written; words are rendered, so that a template that
        kills us does it before any hand-over
    T2  the gate, on what is true now; attempts and `handing_over`, 32 at the most
        the network, outside any transaction, kept from outlasting the lease
    T3  settlement by fence: 0 rows means that somebody else has settled it meanwhile

T3 of one chunk and T2 of the next are one commit. A crash between T2 and T3 is the one place
where nobody can know whether a message went out: it becomes `unknown`, and is never due again.
"""

import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from channels.base import Channel
from jobs import faults, wording
from jobs.channel_accounts import channels_of
from jobs.gatekeeping import (
    KEPT_WITH_CUSTOMER,
    Going,
    Judged,
    Sender,
    judge,
    judge_again,
    unjudged,
)
from jobs.rounds import rounds
from jobs.runtime import Runtime
from jobs.settlement import Handed, Ready, settle
from marketing.model import ChannelName, MessageState, Reason, RenderedMessage
from marketing.private_replies import answering
from marketing.rendering import RenderingFailed
from marketing.sms import segments
from storage import (
    Connection,
    Row,
    StorageDown,
    handovers,
    messages,
    private_replies,
    short_links,
    stores,
    upkeep,
)
from storage.handovers import Begun
from storage.messages import Ruling
from storage.schema import new_id
from storage.stores import Store

log = logging.getLogger(__name__)

BATCH = 128
HANDED_OVER_AT_ONCE = 32
FEW = 8
"""So few are rendered without asking the gate twice: it is asked before the hand-over anyway.
Unless one is to offer a code, or has several channels: its words depend on what the gate says.
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """A batch of one store's messages in our hands."""

    store: Store
    owner: str
    ids: list[str]
    now: datetime
    channels: Mapping[ChannelName, Channel]
    """Those that the store can send by."""
    moved: list[str] = field(default_factory=list)
    """Those to be claimed anew: for another channel, or another answered their comment."""

    @property
    def sender(self) -> Sender:
        return Sender(self.store, self.channels.keys())


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
    try:
        _hand_over_all(runtime, claim)
    except StorageDown:
        raise
    except Exception as error:
        # Whose fault it is shows when they are taken singly; what went out is settled by now.
        log.exception("a batch of %d messages broke off", len(claim.ids))
        _isolate(runtime, claim, claim.ids, repr(error))
    # One row by itself may be a suspect with others behind it.
    return len(claim.ids) in {1, BATCH} or bool(claim.moved)


# --- T1 ---------------------------------------------------------------------------------------


def _claim(runtime: Runtime, connection: Connection, store_id: str) -> Claim | None:
    now, real_now = runtime.database.moments(connection)
    owner = new_id()
    until = real_now + timedelta(seconds=runtime.settings.periods.lease)
    ids = messages.claim(connection, store_id, now=now, owner=owner, lease_until=until, limit=BATCH)
    store = stores.by_id(connection, store_id) if ids else None
    if store is None:
        return None
    return Claim(store, owner, ids, now, channels_of(runtime, connection, store_id))


# --- words ------------------------------------------------------------------------------------


def _hand_over_all(runtime: Runtime, claim: Claim) -> None:
    ready = _with_words(runtime, claim)
    not_begun = {one.going.row.id for one in ready}
    handed: Handed | None = None
    for channel_name, chunk in _chunks(ready):
        handed = _exchange(runtime, claim, handed, claim.channels[channel_name], chunk)
        not_begun -= {one.going.row.id for one in handed.ready}
        _send(runtime, handed)
    if handed:
        _settle_last(runtime, claim, handed)
    if not_begun:
        # Somebody was just changing them, or they are worth other words by now.
        left = sorted(not_begun)
        runtime.database.write(lambda c: messages.release(c, claim.store.id, left, claim.owner))


def _with_words(runtime: Runtime, claim: Claim) -> list[Ready]:
    going, sources = runtime.database.write(lambda c: _prepare(runtime, c, claim))
    ready, failed = [], []
    for one in going:
        try:
            written = wording.write(
                runtime, sources, one.row, one.address, offers_code=one.verdict.offers_code
            )
        except RenderingFailed as failure:
            log.warning("message %s has no words: %s", one.row.id, failure.reason)
            failed.append(_failed(one))
        except Exception as error:
            # A fault of ours: this one is suspect, its neighbours go out.
            log.exception("message %s has no words", one.row.id)
            _isolate(runtime, claim, [one.row.id], repr(error))
        else:
            words = written.message
            if one.comment:
                words = answering(words, one.comment)
            ready.append(Ready(one, words, written.short_links, written.told_stop_to))
    if failed:
        runtime.database.write(lambda c: messages.rule(c, claim.store.id, failed))
    return ready


def _prepare(
    runtime: Runtime, connection: Connection, claim: Claim
) -> tuple[list[Going], wording.Sources]:
    """Sort out what the gate refuses already, and load what the others' words are made from."""
    rows = messages.claimed(connection, claim.store.id, claim.ids, claim.owner)
    if len(rows) <= FEW and all(_is_plain(claim, row) for row in rows):
        going = [unjudged(row) for row in rows]
    else:
        judged = judge(runtime, connection, claim.sender, rows, claim.now)
        _rule(connection, claim, judged)
        going = judged.going
    return going, wording.load(
        runtime,
        connection,
        claim.store,
        [one.row for one in going],
        claim.now,
        {one.row.id: one.address_hash for one in going if one.address_hash},
    )


def _rule(connection: Connection, claim: Claim, judged: Judged) -> None:
    messages.rule(connection, claim.store.id, judged.rulings)
    claim.moved.extend(one.id for one in judged.rulings if one.reason is None)


def _is_plain(claim: Claim, row: Row[Any]) -> bool:
    """Say whether a message's words and channel are clear before the gate is asked."""
    is_known = row.channel in KEPT_WITH_CUSTOMER and row.channel in claim.channels
    return is_known and not row.code_id and not row.channels


def _isolate(runtime: Runtime, claim: Claim, ids: Sequence[str], error: str) -> None:
    runtime.database.write(lambda c: upkeep.isolate(c, claim.store.id, ids, error))


def _failed(one: Going) -> Ruling:
    reason = Reason.RENDERING_FAILED.value
    row = one.row
    fate = (MessageState.FAILED, reason, row.not_before, None)
    return Ruling(row.id, *fate, row.channel, row.passed_over)


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
        moments = runtime.database.moments(connection)
        if before:
            settle(runtime, connection, claim.store, before, moments)
        return _begin(runtime, connection, claim, chunk, moments)

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
    runtime: Runtime,
    connection: Connection,
    claim: Claim,
    chunk: Sequence[Ready],
    moments: tuple[datetime, datetime],
) -> list[Ready]:
    now, real_now = moments
    before = [one.going for one in chunk]
    judged = judge_again(runtime, connection, claim.sender, claim.owner, before, now)
    _rule(connection, claim, judged)
    written = {one.going.row.id: one for one in chunk}
    fits = [one for one in judged.going if _still_fits(one, written[one.row.id])]
    going = _answering(connection, claim, fits, now)
    until = real_now + timedelta(seconds=runtime.settings.periods.lease)
    handovers.begin(
        connection,
        claim.store.id,
        [
            Begun(
                one.row,
                offers_code=one.verdict.offers_code,
                note=_note(one),
                subject=written[one.row.id].words.subject,
                told_stop_to=written[one.row.id].told_stop_to,
                parts=_parts(written[one.row.id].words),
            )
            for one in going
        ],
        real_now=real_now,
        lease_until=until,
        now=now,
    )
    begun = [replace(written[one.row.id], going=one) for one in going]
    shown = {one.going.row.id: one.short_links for one in begun}
    short_links.keep(connection, claim.store.id, shown, now)
    return begun


def _answering(
    connection: Connection, claim: Claim, fits: list[Going], now: datetime
) -> list[Going]:
    """Keep what answers a comment that has no other answer; the rest is claimed anew."""
    wanted = [((one.row.channel, one.comment), one.row.id) for one in fits if one.comment]
    if not wanted:
        return fits
    answers = private_replies.take(connection, claim.store.id, wanted, now)
    claim.moved.extend({message_id for _, message_id in wanted} - answers)
    return [one for one in fits if not one.comment or one.row.id in answers]


def _still_fits(now: Going, written: Ready) -> bool:
    """Words offer a code or not, have an address, and may answer a comment: else they are anew."""
    then = written.going
    return (now.verdict.offers_code, now.address, now.comment) == (
        then.verdict.offers_code,
        then.address,
        then.comment,
    )


def _note(one: Going) -> str | None:
    return one.verdict.note.value if one.verdict.note else None


def _parts(words: RenderedMessage) -> int | None:
    return segments(words.text).count if words.channel is ChannelName.SMS else None


def _settle_last(runtime: Runtime, claim: Claim, handed: Handed) -> None:
    database = runtime.database
    database.write(lambda c: settle(runtime, c, claim.store, handed, database.moments(c)))
    faults.point("after_commit_before_ack")


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
