"""Reports that name no message of ours, turned into such that do.

Messenger and Instagram tell of a message by their own id of it, or that somebody has read all
until some moment; our id is found by who was written to. Instagram's echo of a message does not
say whose it is: ours, or that of somebody who wrote over there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from channels.base import InboundMessage, StatusUpdate, Told, Watermark
from marketing.model import ChannelName, MessageState, MessageStatus
from storage import Connection, Row, whereabouts
from storage.stores import Store


class TooEarly(Exception):
    """A message is just being handed over: whether this is its echo shows when it is settled."""


def with_own_echoes(
    connection: Connection, store: Store, channel: ChannelName, told: Sequence[Told]
) -> list[Told]:
    """Turn the echoes of our own messages into reports of them; raises `TooEarly`."""
    echoes = [one for one in told if isinstance(one, InboundMessage) and one.is_echo]
    if not echoes:
        return list(told)
    where = (connection, store.id, channel.value)
    ours = whereabouts.known(*where, {one.provider_id: one.recipient for one in echoes})
    strange = [one.recipient for one in echoes if one.provider_id not in ours]
    open_ones = {row.address: row for row in whereabouts.unsettled(*where, strange)}
    return [_own(one, ours, open_ones) for one in told]


def _own(one: Told, ours: set[str], open_ones: Mapping[str, Row[Any]]) -> Told:
    """An echo of nothing we know may be that of a message whose answer was lost."""
    if not isinstance(one, InboundMessage) or not one.is_echo:
        return one
    report = StatusUpdate(
        one.provider_id, MessageStatus.SENT, one.received_at, recipient=one.recipient
    )
    if one.provider_id in ours:
        return report
    lost = open_ones.get(one.recipient)
    if lost is None:
        return one
    if lost.state == MessageState.HANDING_OVER:
        raise TooEarly(f"message {lost.id} is being handed over")
    return replace(report, message_id=lost.id)


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
