"""Reports that name no message of ours, turned into such that do.

Messenger and Instagram tell of a message by their own id of it, or that somebody has read all
until some moment; our id is found by who was written to. Instagram's echo of a message does not
say whose it is: ours, or that of somebody who wrote over there.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from channels.base import InboundMessage, StatusUpdate, Told, Watermark
from marketing.model import ChannelName, MessageState, MessageStatus
from storage import Connection, Row, whereabouts
from storage.stores import Store
from storage.whereabouts import Unsettled

SOON, SKEW = timedelta(minutes=10), timedelta(minutes=1)
"""How long after its hand-over the echo of a message may come; how far Meta's clock may be off."""


class TooEarly(Exception):
    """A message is just being handed over: whether this is its echo shows when it is settled."""


def with_own_echoes(
    connection: Connection,
    store: Store,
    channel: ChannelName,
    told: Sequence[Told],
    real_now: datetime,
) -> list[Told]:
    """Turn the echoes of our own messages into reports of them; raises `TooEarly`."""
    echoes = [one for one in told if isinstance(one, InboundMessage) and one.is_echo]
    if not echoes:
        return list(told)
    where = (connection, store.id, channel.value)
    ours = whereabouts.known(*where, {one.provider_id: one.recipient for one in echoes})
    strange = [one.recipient for one in echoes if one.provider_id not in ours]
    # The others tell of an echo whose it is.
    asked = strange if channel is ChannelName.INSTAGRAM else []
    lost = whereabouts.unsettled(*where, asked) if asked else []
    return [_own(one, ours, lost, real_now) for one in told]


def _own(one: Told, ours: set[str], lost: Sequence[Unsettled], real_now: datetime) -> Told:
    """An echo of nothing we know may be that of a message whose answer was lost."""
    if not isinstance(one, InboundMessage) or not one.is_echo:
        return one
    report = StatusUpdate(
        one.provider_id, MessageStatus.SENT, one.received_at, recipient=one.recipient
    )
    if one.provider_id in ours:
        return report
    at = min(one.received_at or real_now, real_now)
    found = next((row for row in lost if _may_be_of(one, row, at)), None)
    if found is None:
        return one
    if found.state == MessageState.HANDING_OVER:
        raise TooEarly(f"message {found.id} is being handed over")
    return replace(report, message_id=found.id)


def _may_be_of(echo: InboundMessage, row: Unsettled, at: datetime) -> bool:
    """Say whether an echo may be of a message: it says the same, soon after it was begun.

    Anything else is what somebody of the store's wrote over there, and must not get lost.
    """
    if row.address != echo.recipient or row.begun_at is None:
        return False
    says_another = row.text and echo.text and row.text.strip() != echo.text.strip()
    return not says_another and -SKEW <= at - row.begun_at <= SOON


def named(
    connection: Connection, store: Store, channel: ChannelName, told: Sequence[Told]
) -> list[StatusUpdate]:
    """Give every report of messages in a callback, by our ids where they are known."""
    updates = [one for one in told if isinstance(one, StatusUpdate)]
    marks = [one for one in told if isinstance(one, Watermark)]
    nameless = {one.recipient for one in updates if one.recipient and not one.message_id}
    addresses = sorted(nameless | {one.recipient for one in marks})
    if not addresses:
        return updates
    rows = whereabouts.sent_to(connection, store.id, channel.value, addresses)
    ours = {(row.address, row.provider_id): row.id for row in rows}
    known = [
        one
        if one.message_id
        else replace(one, message_id=ours.get((one.recipient, one.provider_id)))
        for one in updates
    ]
    return known + [one for mark in marks for one in _until(mark, rows)]


def _until(mark: Watermark, rows: Sequence[Row[Any]]) -> list[StatusUpdate]:
    return [
        StatusUpdate(
            row.provider_id or "",
            mark.status,
            mark.until,
            message_id=row.id,
            recipient=mark.recipient,
        )
        for row in rows
        if row.address == mark.recipient and row.sent_at and row.sent_at <= mark.until
    ]
