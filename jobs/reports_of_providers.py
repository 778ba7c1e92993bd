"""What providers report of messages after the hand-over: how far each got, and what follows."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from channels.base import StatusUpdate
from jobs import enroll, reports_on_replies, resting
from jobs.runtime import Runtime
from marketing.consent import SuppressionScope
from marketing.events import EventName, News
from marketing.ledger import HANDED_OVER, UNSURE, on_status
from marketing.model import MessageState, MessageStatus
from storage import (
    Connection,
    Row,
    flow_answers,
    flow_events,
    message_fates,
    people,
    suppressions,
)
from storage.channel_accounts import ChannelAccount
from storage.flow_events import Told
from storage.message_fates import Reported
from storage.stores import Store

SEEN = frozenset({MessageStatus.OPENED, MessageStatus.CLICKED})
LOST = frozenset({MessageState.BOUNCED, MessageState.FAILED})


def take(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    account: ChannelAccount,
    updates: Sequence[StatusUpdate],
) -> None:
    """Move messages on by reports; what names none of this store's messages moves nothing."""
    now = runtime.database.now(connection)
    reports_on_replies.take(runtime, connection, store, account, updates)
    told = {one.message_id: one for one in updates if one.message_id}
    rows = message_fates.reported_on(connection, store.id, sorted(told))
    moved = [
        (row, state, told[row.id])
        for row in rows
        if row.channel == account.channel
        and (state := on_status(MessageState(row.state), told[row.id].status)) is not None
    ]
    reached = [_reached(row, state, update, now) for row, state, update in moved]
    message_fates.reported(connection, store.id, account.provider, reached)
    ended = [(row.id, state) for row, state, _ in moved]
    flow_answers.given(
        connection, store.id, [own for own, how in ended if how in HANDED_OVER - LOST]
    )
    flow_answers.failed(connection, store.id, [own for own, how in ended if how in LOST])
    if free := [row.id for row in rows if row.channel == account.channel and told[row.id].is_free]:
        message_fates.free(connection, store.id, free)
    news = [one for row, state, _ in moved if (one := _told(row, state, now))]
    flow_events.keep(connection, store.id, news)
    heard = [News(one.name, now, one.customer_id, data=one.data) for one in news]
    enroll.react(connection, runtime, store, heard, now)
    gone = [row.customer_id for row, _, update in moved if update.suppress]
    _suppress(runtime, connection, store, account, gone)
    resting.hear(runtime, connection, store, account.channel, [one for _, _, one in moved])


def _reached(row: Row[Any], state: MessageState, update: StatusUpdate, now: datetime) -> Reported:
    at = update.occurred_at or now
    was_delivered = state in (MessageState.DELIVERED, MessageState.READ)
    return Reported(
        row.id,
        state,
        update.provider_id,
        None if state in HANDED_OVER else update.detail or None,
        row.sent_at or (now if state in HANDED_OVER else None),
        row.delivered_at or (at if was_delivered else None),
        row.opened_at or (at if update.status in SEEN else None),
    )


def _told(row: Row[Any], state: MessageState, now: datetime) -> Told | None:
    """What went out is news where the hand-over could not tell; a bounce always is."""
    was_unsure = row.state in UNSURE and state in HANDED_OVER
    bounced = state is MessageState.BOUNCED
    if not was_unsure and not bounced:
        return None
    data = {
        "message_id": row.id,
        "flow_id": row.flow_id,
        "step_id": row.step_id,
        "channel": row.channel,
    }
    name = EventName.MESSAGE_BOUNCED if bounced else EventName.MESSAGE_SENT
    return Told(name, row.customer_id, now, row.id, data)


def _suppress(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    account: ChannelAccount,
    customer_ids: Iterable[str],
) -> None:
    """An address that does not exist is not written to again."""
    channel = account.channel.value
    addresses = people.phones(connection, store.id, list(customer_ids))
    suppressions.add(
        connection,
        store.id,
        channel,
        [runtime.secrets.address_hash(channel, one) for one in addresses],
        scope=SuppressionScope.ALL,
        reason=suppressions.HARD_BOUNCE,
        source=account.provider,
        now=runtime.database.now(connection),
    )
