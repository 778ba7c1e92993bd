"""Messages that answer a public comment privately: which may, and the one that does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs.channel_rules import Rules
from marketing.model import ChannelName
from marketing.private_replies import Comment, begun_by
from marketing.reach import is_window_open
from storage import Connection, Row, private_replies
from storage.private_replies import GONE, Key, Standing


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
        is_refused = bool(closed_at and told.begun_at and closed_at >= told.begun_at)
        is_answered = told.message_id is not None and (told.message_id != row.id or is_refused)
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
