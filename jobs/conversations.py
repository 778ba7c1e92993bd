"""A customer's conversation changes hands: a flow or a person takes it over, and gives it back."""

from datetime import datetime

from jobs import enroll
from jobs.intake_orders import NotHere
from jobs.runtime import Runtime
from marketing.events import EventName, News
from marketing.said import say
from storage import Connection, conversations, customers, events
from storage.conversations import Conversation
from storage.events import Event
from storage.stores import Store

MERCHANT, PROGRAM = "merchant", "program"


def take_over(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    *,
    at: datetime,
    by: str,
) -> bool:
    """Put a conversation into human hands, within a transaction; False: nothing changed."""
    if not conversations.hand_over(connection, store.id, customer_id, at=at, by=by):
        return False
    _tell(connection, runtime, store, customer_id, EventName.CONVERSATION_HANDED_OVER, by)
    return True


def find(runtime: Runtime, store: Store, customer_id: str) -> Conversation:
    """Give a customer's conversation as it stands; raises `NotHere`."""
    with runtime.database.reading() as connection:
        _see(connection, store, customer_id)
        return conversations.of(connection, store.id, customer_id)


def hand_over(runtime: Runtime, store: Store, customer_id: str, by: str) -> Conversation:
    """Put a conversation into human hands now; raises `NotHere` for a customer who is not."""

    def write(connection: Connection) -> Conversation:
        _see(connection, store, customer_id)
        now = runtime.database.now(connection)
        take_over(connection, runtime, store, customer_id, at=now, by=by)
        return conversations.of(connection, store.id, customer_id)

    return runtime.database.write(write)


def hand_back(runtime: Runtime, store: Store, customer_id: str, by: str) -> Conversation:
    """Give it back to automation; what was held for it is asked about again. Raises `NotHere`."""

    def write(connection: Connection) -> Conversation:
        _see(connection, store, customer_id)
        now = runtime.database.now(connection)
        if conversations.hand_back(connection, store.id, customer_id, at=now, by=by):
            name = EventName.CONVERSATION_HANDED_BACK
            _tell(connection, runtime, store, customer_id, name, by)
        return conversations.of(connection, store.id, customer_id)

    told = runtime.database.write(write)
    runtime.queues.wake("deliver", [store.id])
    return told


def _see(connection: Connection, store: Store, customer_id: str) -> None:
    if customers.find(connection, store.id, "id", customer_id) is None:
        raise NotHere(say("There is no such customer in this store."))


def _tell(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    name: EventName,
    by: str,
) -> None:
    now = runtime.database.now(connection)
    key = f"{name}:{customer_id}:{now.timestamp():.6f}"
    new = events.append_many(connection, [Event(store.id, name, now, key, customer_id, {"by": by})])
    news = [News(name, now, customer_id, data=each.data) for each in new]
    enroll.react(connection, runtime, store, news, now)
