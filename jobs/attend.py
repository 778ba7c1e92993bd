"""Attend: conversations in human hands by the clock: answered in time, and given back when idle."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobs import alerts, reply
from jobs import conversations as hands
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import hand_over_answers
from marketing.business_hours import answer_by
from marketing.conversation_settings import ConversationSettings, settings_of
from marketing.model import ChannelName
from marketing.timing import zone_of
from storage import Connection, conversation_tests, conversation_turns, stores
from storage.conversation_turns import Attended
from storage.stores import Store

BATCH = 50


@dataclass(frozen=True, slots=True)
class Round:
    """One look at a store's conversations."""

    runtime: Runtime
    connection: Connection
    store: Store
    settings: ConversationSettings
    now: datetime


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Look after the conversations that are due in these stores; give the stores with more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: _attend_batch(runtime, store_id))


def _attend_batch(runtime: Runtime, store_id: str) -> bool:
    count = runtime.database.write(lambda c: _attend(runtime, c, store_id))
    if count:
        runtime.queues.wake("outbox", [store_id])
        runtime.queues.wake("reply", [store_id])
        runtime.queues.wake("deliver", [store_id])
    return count == BATCH


def _attend(runtime: Runtime, connection: Connection, store_id: str) -> int:
    store = stores.by_id(connection, store_id)
    now = runtime.database.now(connection)
    due = conversation_turns.due(connection, store_id, now, BATCH)
    if store is not None:
        one_round = Round(runtime, connection, store, settings_of(store.settings), now)
        for one in due:
            _look(one_round, one)
    return len(due)


def _look(there: Round, one: Attended) -> None:
    """Do what the time asks for, and note when to look again."""
    whose = (there.connection, there.store.id, one.customer_id)
    back_at = one.last_at + there.settings.back_after if there.settings.back_after else None
    if back_at and back_at <= there.now:
        told = (there.connection, there.runtime, there.store, one.customer_id)
        hands.give_back(*told, at=there.now, by=hands.CLOCK)
        return
    due_at = _due_at(there, one)
    if due_at and due_at <= there.now:
        _apologise(there, one)
        due_at = None
    waits = [moment for moment in (back_at, due_at) if moment]
    conversation_turns.look_again(*whose, min(waits, default=None))


def _due_at(there: Round, one: Attended) -> datetime | None:
    """Give when the first answer is due; None: it was given, was late already, or none is."""
    if one.is_answered or one.late_at:
        return None
    return answer_by(there.settings, zone_of(there.store.timezone).key, one.since)


def _apologise(there: Round, one: Attended) -> None:
    """The team is told once more, and the customer that they are not forgotten; once each."""
    whose = (there.connection, there.store.id, one.customer_id)
    conversation_turns.late(*whose, there.now)
    if not conversation_tests.is_one(*whose):
        alerts.ring(
            there.connection, there.runtime, there.store, one.customer_id, alerts.LATE, one.since
        )
    if one.channel:
        reply.queue(
            there.connection,
            there.runtime,
            there.store,
            one.customer_id,
            ChannelName(one.channel),
            hand_over_answers.sorry(one.locale or there.store.locale),
            in_human_hands=True,
            key=f"sorry:{one.customer_id}:{one.since.timestamp():.3f}",
        )
