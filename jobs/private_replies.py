"""Messages and replies that answer a public comment privately: which may, and the one that does."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from jobs.channel_rules import Rules
from marketing.model import ChannelName
from marketing.private_replies import Comment, begun_by
from marketing.reach import is_window_open
from storage import Connection, Row, private_replies
from storage.private_replies import GONE, Key, Standing
from storage.rests import NONE, Rests

LONG_AGO = datetime.min.replace(tzinfo=UTC)
"""Of a comment that is kept no more: nobody answers it."""


@dataclass(frozen=True, slots=True)
class Comments:
    """The comments that let the customers of a batch into their flows."""

    standing: Mapping[Key, Standing]
    rules: Rules
    now: datetime

    def answered_by(
        self, row: Row[Any], channel: ChannelName, last_inbound_at: datetime | None
    ) -> Comment | None:
        """Give the comment that a message would answer; None where it goes as any other does."""
        comment = begun_by(row.event, channel)
        closed_at = self.rules.closed_at(row, channel)
        is_open = is_window_open(channel, last_inbound_at, self.now) and closed_at is None
        if comment is None or is_open:
            return None
        told = self.standing.get((channel.value, comment.id), GONE)
        return _as_it_stands(comment, told, row.id, closed_at)


def _as_it_stands(
    comment: Comment, told: Standing, own_id: str | None, closed_at: datetime | None
) -> Comment:
    """Say what became of a comment, as a message (by id) that would answer it has to know.

    `closed_at`: when the platform last said that it takes nothing there.
    """
    is_refused = bool(closed_at and told.begun_at and closed_at >= told.begun_at)
    is_answered = told.message_id is not None and (told.message_id != own_id or is_refused)
    return replace(comment, is_deleted=told.is_deleted, is_answered=is_answered)


def load(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]], rules: Rules, now: datetime
) -> Comments:
    """Load what became of the comments; of most messages there is none."""
    keys = {
        (channel.value, comment.id)
        for row in rows
        for channel in map(ChannelName, row.channels or [row.channel])
        if (comment := begun_by(row.event, channel))
    }
    standing = private_replies.of(connection, store_id, keys) if keys else {}
    return Comments(standing, rules, now)


# --- what people answer ---------------------------------------------------------------------------


def find(
    connection: Connection, store_id: str, customer_id: str, channel: ChannelName, inbound_id: str
) -> tuple[Comment, str | None] | None:
    """Give a customer's comment as it stands and who wrote it; None: theirs is none."""
    found = private_replies.named(connection, store_id, customer_id, channel.value, inbound_id)
    if found is None:
        return None
    told = _standing(connection, store_id, {(channel.value, found[0])})
    return _comment(told, (channel.value, found[0])), found[1]


def of_replies(
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    rested: Mapping[tuple[str, str], Rests],
) -> dict[str, Comment]:
    """Give by reply the comment that it answers, as it stands; most answer none.

    `rested`: what is known of (channel, address).
    """
    keys = {row.id: key for row in rows if (key := _key(row))}
    standing = _standing(connection, store_id, keys.values())
    closed = {row.id: rested.get((row.channel, row.address), NONE).window_closed_at for row in rows}
    return {own: _comment(standing, key, own, closed[own]) for own, key in keys.items()}


def _standing(
    connection: Connection, store_id: str, keys: Collection[Key]
) -> Mapping[Key, Standing]:
    return private_replies.of(connection, store_id, keys) if keys else {}


def _comment(
    standing: Mapping[Key, Standing],
    key: Key,
    own_id: str | None = None,
    closed_at: datetime | None = None,
) -> Comment:
    told = standing.get(key, GONE)
    comment = Comment(key[1], told.written_at or LONG_AGO)
    return _as_it_stands(comment, told, own_id, closed_at)


def _key(row: Row[Any]) -> Key | None:
    comment = (row.content or {}).get("comment")
    return (row.channel, comment) if comment else None


def taken_by_others(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]], now: datetime
) -> set[str]:
    """Let these replies be the answers of their comments; give those (by id) that may not be."""
    wanted = {row.id: key for row in rows if (key := _key(row))}
    asked = [(key, own) for own, key in wanted.items()]
    return wanted.keys() - private_replies.take(connection, store_id, asked, now)


def free(connection: Connection, store_id: str, rows: Sequence[Row[Any]]) -> None:
    """Let the comments of replies that surely did not go out be answered after all."""
    gone = [(key, row.id) for row in rows if (key := _key(row))]
    private_replies.free(connection, store_id, gone)
