"""What providers report of replies: how far each got, by our id of it or by the provider's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from channels.base import StatusUpdate
from jobs.runtime import Runtime
from marketing.consent import SuppressionScope
from marketing.ledger import on_status
from marketing.model import ChannelName, MessageState, MessageStatus
from storage import Connection, Row, failed_answers, replies, suppressions
from storage.stores import Store

_BEFORE = {
    replies.QUEUED: MessageState.RETRY_WAIT,
    replies.DROPPED: MessageState.SKIPPED,
}
"""The ledger's words for a reply's states, where they differ."""
_AFTER = {MessageState.ACCEPTED: replies.SENT, MessageState.BOUNCED: replies.FAILED}
_ARRIVED = frozenset({MessageStatus.DELIVERED, MessageStatus.OPENED, MessageStatus.CLICKED})
_READ = frozenset({MessageStatus.OPENED, MessageStatus.CLICKED})


class Reporter(Protocol):
    """Who tells of replies; a `ChannelAccount` is one."""

    @property
    def channel(self) -> ChannelName: ...
    @property
    def provider(self) -> str: ...


def take(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    told_by: Reporter,
    updates: Sequence[StatusUpdate],
) -> None:
    """Move replies on by reports; what names none of this store's moves nothing."""
    now = runtime.database.now(connection)
    ids = {one.message_id for one in updates if one.message_id}
    provider_ids = {one.provider_id for one in updates if one.provider_id}
    channel = told_by.channel.value
    rows = replies.reported_on(connection, store.id, channel, ids, provider_ids)
    states = {row.id: row.state for row in rows}
    for update in updates:
        for row in rows:
            if row.id == update.message_id or row.provider_id == update.provider_id:
                values = _moved(row, states[row.id], update, now)
                if values:
                    replies.reported(connection, store.id, row.id, values)
                    states[row.id] = values["state"]
                    if values["state"] == replies.FAILED:
                        failed_answers.waits_again(connection, store.id, [row.id])
                if update.suppress and row.address:
                    _suppress(runtime, connection, store, told_by, row.address)


def _moved(
    row: Row[Any], before: str, update: StatusUpdate, now: datetime
) -> dict[str, Any] | None:
    """Give what changes of a reply that is `before` by now, None: nothing."""
    if _is_of_another_try(row, update):
        return None
    state = on_status(_BEFORE.get(before) or MessageState(before), update.status)
    if state is None:
        return None
    at = update.occurred_at or now
    values: dict[str, Any] = {"state": _AFTER.get(state, state.value)}
    if values["state"] == before:
        return None
    values["provider_id"] = row.provider_id or update.provider_id
    if values["state"] == replies.FAILED:
        return values | {"reason": update.detail or None}
    values["sent_at"] = row.sent_at or at
    if state in (MessageState.DELIVERED, MessageState.READ):
        values["delivered_at"] = row.delivered_at or at
    if update.status in _READ:
        values["read_at"] = row.read_at or at
    return values | {"reason": None}


def _is_of_another_try(row: Row[Any], update: StatusUpdate) -> bool:
    """Say whether it tells nothing of the try under way: one that failed may be told twice.

    That an earlier try did arrive after all is news, and taken.
    """
    if update.status in _ARRIVED or not update.provider_id:
        return False
    is_earlier = update.provider_id in (row.earlier_ids or ())
    return is_earlier or (row.provider_id or update.provider_id) != update.provider_id


def _suppress(
    runtime: Runtime, connection: Connection, store: Store, told_by: Reporter, address: str
) -> None:
    """An address that does not exist is not written to again."""
    suppressions.add(
        connection,
        store.id,
        told_by.channel.value,
        [runtime.secrets.address_hash(told_by.channel.value, address)],
        scope=SuppressionScope.ALL,
        reason=suppressions.HARD_BOUNCE,
        source=told_by.provider,
        now=runtime.database.now(connection),
    )
