"""Another try for what was put aside, when the merchant asks for it on the dashboard."""

from collections.abc import Callable, Mapping
from datetime import datetime

from jobs import sync
from jobs.runtime import Runtime
from storage import Connection, callbacks, enrollments, imports, outbox, stores, troubled, upkeep
from storage.database import real_now

AT_ONCE = 500
"""So many are taken up in one transaction; the button stays for the rest."""


def retry(runtime: Runtime, store_id: str, kind: str) -> int:
    """Give what is troubled in one way another try; give how much. `kind`: one of `RETRIES`."""
    again, verb = RETRIES[kind]

    def do(connection: Connection) -> int:
        return again(connection, store_id, runtime.database.now(connection))

    count = runtime.database.write(do)
    if count:
        runtime.queues.wake(verb, [store_id])
    return count


def _messages(connection: Connection, store_id: str, now: datetime) -> int:
    dead = troubled.dead_messages(connection, store_id, AT_ONCE)
    return sum(upkeep.redrive(connection, store_id, one, now) for one in dead)


def _enrollments(connection: Connection, store_id: str, now: datetime) -> int:
    del now
    dead = troubled.dead_enrollments(connection, store_id, AT_ONCE)
    return sum(enrollments.redrive(connection, store_id, one) for one in dead)


def _imports(connection: Connection, store_id: str, now: datetime) -> int:
    """Go on with the copy where it stopped."""
    del now
    store = stores.by_id(connection, store_id)
    count = imports.retry(connection, store_id)
    if store and count:
        epoch = {"install_epoch": store.install_epoch}
        outbox.add(connection, store_id, sync.KIND, sync.KEY, epoch, real_now(connection))
    return count


def _consents(connection: Connection, store_id: str, now: datetime) -> int:
    del now
    return outbox.retry(connection, store_id, "write_consent", real_now(connection))


def _callbacks(connection: Connection, store_id: str, now: datetime) -> int:
    del now
    return callbacks.redrive(connection, store_id, AT_ONCE, real_now(connection))


Retry = Callable[[Connection, str, datetime], int]
RETRIES: Mapping[str, tuple[Retry, str]] = {
    "dead_messages": (_messages, "deliver"),
    "stuck_customers": (_enrollments, "advance"),
    "failed_imports": (_imports, "outbox"),
    "dead_callbacks": (_callbacks, "receive"),
    "failed_consent_writes": (_consents, "outbox"),
}
"""By the problem's kind: how it is tried again, and the verb of the job that then works on it."""
