"""A customer's other recent messages, as the gate asks about them: what paces one message."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marketing.ledger import HANDED_OVER, IN_FLIGHT, UNSURE
from marketing.model import ChannelName, MessageKind, MessageState
from storage import Connection, Row, messages

RECENT = timedelta(days=30)
"""How far back pacing looks: longer than any cap."""
MAY_BE_OUT = HANDED_OVER | UNSURE | {MessageState.HANDING_OVER}
STILL_TO_COME = IN_FLIGHT | {MessageState.DUE, MessageState.RETRY_WAIT}


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another recent message of the same customer."""

    id: str
    enrollment_id: str
    flow_id: str
    channel: str
    kind: str
    state: MessageState
    due_at: datetime
    at: datetime
    """When it went out, or began to."""


def load(
    connection: Connection, store_id: str, rows: Iterable[Row[Any]], now: datetime
) -> dict[str, list[Neighbour]]:
    """Give each customer's other messages of late, sent or still to come."""
    found: dict[str, list[Neighbour]] = defaultdict(list)
    people = {row.customer_id for row in rows}
    for row in messages.neighbours(connection, store_id, people, now - RECENT):
        found[row.customer_id].append(
            Neighbour(
                row.id,
                row.enrollment_id,
                row.flow_id,
                row.channel,
                row.kind,
                MessageState(row.state),
                row.due_at,
                row.sent_at or row.not_before,
            )
        )
    return found


def just_sent(row: Row[Any], now: datetime) -> Neighbour:
    """Give a message that is let go as what those after it will see of it."""
    return Neighbour(
        row.id,
        row.enrollment_id,
        row.flow_id,
        row.channel,
        row.kind,
        MessageState.HANDING_OVER,
        row.due_at,
        now,
    )


def last_of_another_flow(
    row: Row[Any], channel: ChannelName, others: Iterable[Neighbour]
) -> datetime | None:
    """Give when another flow last wrote to them on this channel, for marketing."""
    return max(
        (
            one.at
            for one in others
            if one.flow_id != row.flow_id
            and one.channel == channel
            and one.kind == MessageKind.MARKETING
            and one.state in MAY_BE_OUT
        ),
        default=None,
    )


def previous(row: Row[Any], others: Iterable[Neighbour]) -> Neighbour | None:
    """Give the last message of this enrollment that may be out."""
    same = [
        one for one in others if one.enrollment_id == row.enrollment_id and one.state in MAY_BE_OUT
    ]
    return max(same, key=lambda one: one.at, default=None)


def next_due(row: Row[Any], others: Iterable[Neighbour], now: datetime) -> datetime | None:
    """Give the latest due time, not after now, of the enrollment's waiting messages."""
    return max(
        (
            one.due_at
            for one in others
            if one.enrollment_id == row.enrollment_id
            and one.state in STILL_TO_COME
            and one.due_at <= now
            and one.state is not MessageState.HANDING_OVER
        ),
        default=None,
    )
