"""Taking orders for delivered: sent, and the merchant's transit time is over."""

from collections.abc import Sequence

from jobs import enroll
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.events import EventName, News
from storage import Connection, deliveries, events, stores
from storage.dialect import lock_stores
from storage.events import Event

BATCH = 500


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Look at the orders of these stores that should have arrived; give those with more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: derive_delivered(runtime, store_id))


def derive_delivered(runtime: Runtime, store_id: str) -> bool:
    """Take one batch of a store's orders for delivered; True when there may be more."""
    news, is_full = runtime.database.write(lambda c: _derive(runtime, c, store_id))
    enroll.wake_after(runtime, [store_id], news)
    return is_full


def _derive(runtime: Runtime, connection: Connection, store_id: str) -> tuple[Sequence[News], bool]:
    lock_stores(connection, [store_id])
    now, store = runtime.database.now(connection), stores.by_id(connection, store_id)
    rows = deliveries.take(connection, store_id, now, BATCH)
    if store is None or not rows:
        return [], False
    deliveries.taken(connection, store_id, rows)
    told = {
        f"{EventName.ORDER_DELIVERED}:{row.external_id}": Event(
            store_id,
            EventName.ORDER_DELIVERED,
            row.delivery_due_at,
            f"{EventName.ORDER_DELIVERED}:{row.external_id}",
            row.customer_id,
            {"order_id": row.id, "name": row.name, "store_total": row.store_total},
        )
        for row in rows
    }
    of_key = {f"{EventName.ORDER_DELIVERED}:{row.external_id}": row for row in rows}
    news = [
        News(
            one.name,
            one.occurred_at,
            one.customer_id,
            of_key[one.dedupe_key].cart_id,
            of_key[one.dedupe_key].id,
            one.data,
        )
        for one in events.append_many(connection, list(told.values()))
    ]
    if store.is_installed:
        enroll.react(connection, runtime, store, news, now)
    return news, len(rows) == BATCH
