"""A customer's conversation changes hands: a flow or a person takes it over, and gives it back."""

from datetime import datetime

from jobs import alerts, enroll, thread_wishes
from jobs.intake_orders import NotHere
from jobs.runtime import Runtime
from marketing.events import EventName, News
from marketing.hand_over_rules import Found, Then, Verdict
from marketing.said import say
from storage import (
    Connection,
    conversation_tests,
    conversations,
    customers,
    events,
    rule_calls,
)
from storage.conversations import Conversation
from storage.events import Event
from storage.stores import Store

MERCHANT, PLATFORM = alerts.MERCHANT, alerts.PLATFORM
PROGRAM = "program"
RULE, CLOCK = "rule", "clock"
QUIET, NOT_NEEDED = "quiet", "not_needed"
"""Why it was given back, where that has a reason (`marketing.hand_over_words`)."""


def take_over(  # noqa: PLR0913  whose, when, by whom, why
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    *,
    at: datetime,
    by: str,
    who: str | None = None,
    found: Found | None = None,
) -> bool:
    """Put a conversation into human hands, within a transaction; False: nothing changed.

    `who` is what the person is called who did it, `found` the rule that did, with what gave its
    points.
    """
    rule, because = (found.rule, found.because) if found else (None, ())
    whose = (connection, store.id, customer_id)
    if not conversations.hand_over(*whose, at=at, by=by, rule=rule, because=because):
        return False
    thread_wishes.hand_over(connection, runtime, store, customer_id)
    if by not in alerts.OWN_DOING and not conversation_tests.is_one(*whose):
        alerts.ring(connection, runtime, store, customer_id, alerts.HANDED_OVER, at)
    name = EventName.CONVERSATION_HANDED_OVER
    _tell(connection, runtime, store, customer_id, name, _told(by, who, rule))
    return True


def _told(by: str, who: str | None, rule: str | None) -> dict[str, str]:
    """Say by whom it changed hands and why, as far as that is known."""
    told = {"by": by, "who": who, "rule": rule}
    return {name: value for name, value in told.items() if value}


def _note_not_needed(connection: Connection, store: Store, customer_id: str) -> None:
    """Keep that the rule whose call it was in human hands by was wrong."""
    call = rule_calls.latest(connection, store.id, customer_id)
    if call is not None and not call.is_trial and call.came_to == Then.HAND_OVER:
        rule_calls.judge(connection, store.id, call.id, Verdict.NOT_NEEDED)


def find(runtime: Runtime, store: Store, customer_id: str) -> Conversation:
    """Give a customer's conversation as it stands; raises `NotHere`."""
    with runtime.database.reading() as connection:
        _see(connection, store, customer_id)
        return conversations.of(connection, store.id, customer_id)


def hand_over(
    runtime: Runtime, store: Store, customer_id: str, by: str, *, who: str | None = None
) -> Conversation:
    """Put a conversation into human hands now; raises `NotHere` for a customer who is not."""

    def write(connection: Connection) -> Conversation:
        _see(connection, store, customer_id)
        now = runtime.database.now(connection)
        take_over(connection, runtime, store, customer_id, at=now, by=by, who=who)
        return conversations.of(connection, store.id, customer_id)

    told = runtime.database.write(write)
    runtime.queues.wake("outbox", [store.id])
    return told


def hand_back(
    runtime: Runtime,
    store: Store,
    customer_id: str,
    by: str,
    *,
    who: str | None = None,
    was_needed: bool = True,
) -> Conversation:
    """Give it back to automation; what was held for it is asked about again. Raises `NotHere`.

    Where nobody was needed, rules that only guess leave the customer alone for a day.
    """

    def write(connection: Connection) -> Conversation:
        _see(connection, store, customer_id)
        now = runtime.database.now(connection)
        give_back(
            connection, runtime, store, customer_id,
            at=now, by=by, who=who, was_needed=was_needed,
        )  # fmt: skip
        return conversations.of(connection, store.id, customer_id)

    told = runtime.database.write(write)
    for verb in ("deliver", "outbox"):
        runtime.queues.wake(verb, [store.id])
    return told


def give_back(  # noqa: PLR0913  whose, when, by whom, why
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    *,
    at: datetime,
    by: str,
    who: str | None = None,
    was_needed: bool = True,
) -> bool:
    """Give it back within a transaction; False: it was in no person's hands."""
    whose = (connection, store.id, customer_id)
    held = conversations.of(*whose)
    if not conversations.hand_back(*whose, at=at, by=by, was_needed=was_needed):
        return False
    thread_wishes.give_back(connection, runtime, store, customer_id)
    if not was_needed and held.by == RULE:
        _note_not_needed(connection, store, customer_id)
    name = EventName.CONVERSATION_HANDED_BACK
    rule = NOT_NEEDED if not was_needed else QUIET if by == CLOCK else None
    _tell(connection, runtime, store, customer_id, name, _told(by, who, rule))
    return True


def judge(
    runtime: Runtime,
    store: Store,
    customer_id: str,
    call_id: str,
    verdict: Verdict,
    *,
    who: str | None = None,
) -> None:
    """Keep whether a rule was right to call a person; `who` says so. Raises `NotHere`.

    Where nobody was needed the conversation goes back to automation if that rule has it in human
    hands, and rules that only guess leave the customer alone for a day.
    """

    def write(connection: Connection) -> None:
        whose = (connection, store.id, customer_id)
        if rule_calls.latest(*whose, call_id) is None:
            raise NotHere(say("No rule called anybody here."))
        rule_calls.judge(connection, store.id, call_id, verdict)
        if verdict is Verdict.NOT_NEEDED:
            now, held = runtime.database.now(connection), conversations.of(*whose)
            if held.state == conversations.HUMAN and held.by == RULE:
                told = (connection, runtime, store, customer_id)
                give_back(*told, at=now, by=MERCHANT, who=who, was_needed=False)
            elif held.state == conversations.AUTOMATED:
                conversations.not_needed(*whose, now)

    runtime.database.write(write)
    runtime.queues.wake("outbox", [store.id])
    runtime.queues.wake("deliver", [store.id])


def _see(connection: Connection, store: Store, customer_id: str) -> None:
    is_test = conversation_tests.is_one(connection, store.id, customer_id)
    if not is_test and customers.find(connection, store.id, "id", customer_id) is None:
        raise NotHere(say("There is no such customer in this store."))


def _tell(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    name: EventName,
    data: dict[str, str],
) -> None:
    now = runtime.database.now(connection)
    key = f"{name}:{customer_id}:{now.timestamp():.6f}"
    new = events.append_many(connection, [Event(store.id, name, now, key, customer_id, data)])
    if conversation_tests.is_one(connection, store.id, customer_id):
        return  # no flow hears of it
    news = [News(name, now, customer_id, data=each.data) for each in new]
    enroll.react(connection, runtime, store, news, now)
