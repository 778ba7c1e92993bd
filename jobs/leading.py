"""Who leads a conversation on the platform: as it tells, as what comes in shows, as it refuses us.

While another than we does, flows write nothing there. People of the store who take one up in
Meta's own inbox have it; when it comes back from there, so do flows.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from channels.base import InboundMessage, ThreadAsked, ThreadMoved, Told
from jobs import conversations as hands
from jobs import thread_wishes
from jobs.runtime import Runtime
from marketing.chat import InboundKind
from marketing.events import EventName
from marketing.hand_over_rules import MOVED, Found
from marketing.leading import ANSWERS, METAS, WHY, Leader
from marketing.model import ChannelName
from storage import Connection, conversations, flow_events, leaders
from storage.channel_accounts import ChannelAccount
from storage.flow_events import Told as Kept
from storage.leaders import Moved
from storage.stores import Store


def hear(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    account: ChannelAccount,
    told: Iterable[Told],
) -> None:
    """Take in what a callback tells of who leads; of people whom nobody knows it tells nothing.

    Twice it is once, and the latest holds in whatever order it comes.
    """
    if account.channel not in thread_wishes.CHANNELS:
        return
    real_now = runtime.database.real_now(connection)
    where = (runtime, connection, store, account)
    for one in told:
        match one:
            case ThreadMoved(sender, leader, at):
                note(*where, sender, (leader, at or real_now))
            case InboundMessage(is_echo=False, kind=kind) if kind != InboundKind.COMMENT:
                leader = Leader.APP if one.is_standby else Leader.US
                at = one.received_at or real_now
                note(*where, one.sender, (leader, at), is_guess=True)
            case ThreadAsked(sender, Leader.INBOX, at):
                _let(*where, sender, at or real_now)
            case _:
                pass


def note(  # noqa: PLR0913  whose conversation, who leads, since when
    runtime: Runtime,
    connection: Connection,
    store: Store,
    account: ChannelAccount,
    address: str,
    told: tuple[Leader, datetime],
    *,
    is_guess: bool = False,
) -> None:
    """Note who leads a conversation from a real moment on, and let hands follow."""
    leader, told_at = told
    since = _business(runtime, connection, told_at)
    mine = (connection, store.id, account.channel.value, address)
    moved = leaders.note(*mine, leader, since=since, told_at=told_at, is_guess=is_guess)
    if moved is None:
        return
    _tell(runtime, connection, store, account.channel, moved)
    whose = (connection, runtime, store, moved.customer_id)
    if leader is Leader.INBOX:
        hands.take_over(*whose, at=since, by=hands.PLATFORM, found=Found(MOVED))
    elif moved.before is Leader.INBOX and _was_answered_there(connection, store, account, moved):
        hands.give_back(*whose, at=since, by=hands.PLATFORM)


def refused(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    channel: ChannelName,
    addresses: Sequence[str],
) -> None:
    """Note that the platform refused what we sent, because another app leads."""
    now, real_now = runtime.database.moments(connection)
    for address in addresses:
        mine = (connection, store.id, channel.value, address)
        moved = leaders.note(*mine, Leader.APP, since=now, told_at=real_now, is_guess=True)
        if moved is not None:
            _tell(runtime, connection, store, channel, moved)


def _let(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    account: ChannelAccount,
    address: str,
    asked_at: datetime,
) -> None:
    """Somebody would answer in Meta's inbox: let them, as they do not answer here."""
    told = leaders.of_address(connection, store.id, account.channel.value, address)
    if told is None or (told.told_at is not None and told.told_at >= asked_at):
        return
    at = _business(runtime, connection, asked_at)
    whose = (connection, runtime, store, told.customer_id)
    hands.take_over(*whose, at=at, by=hands.PLATFORM, found=Found(MOVED))
    held = conversations.of(connection, store.id, told.customer_id)
    if held.state == conversations.HUMAN:
        thread_wishes.order(*whose, (account.channel.value, address), Leader.INBOX)


def _was_answered_there(
    connection: Connection, store: Store, account: ChannelAccount, moved: Moved
) -> bool:
    """Say whether people had it there and nowhere else: then nobody talks with them any more."""
    held = conversations.of(connection, store.id, moved.customer_id)
    came_by_it = held.by == hands.PLATFORM and held.rule == MOVED
    return came_by_it or account.public.get(ANSWERS) == METAS


def _business(runtime: Runtime, connection: Connection, told_at: datetime) -> datetime:
    """Give when that was by our clock: the platform tells real time, and perhaps late."""
    now, real_now = runtime.database.moments(connection)
    return now - max(real_now - told_at, timedelta())


def _tell(
    runtime: Runtime, connection: Connection, store: Store, channel: ChannelName, moved: Moved
) -> None:
    """Keep it for the timeline and the thread."""
    why = WHY.get(moved.now)
    name = EventName.CONVERSATION_LEFT if why else EventName.CONVERSATION_RETURNED
    now = runtime.database.now(connection)
    data = {"channel": channel.value} | ({"reason": why.value} if why else {})
    key = f"{channel}:{moved.customer_id}:{now.timestamp():.6f}"
    event = Kept(name, moved.customer_id, now, key, data)
    flow_events.keep(connection, store.id, [event])
