"""A store with a long past, made by PostgreSQL itself: customers, orders, events, finished sends.

For a million customers there are five million orders and twenty million events, drawn without
a random number, so that two crowds of one size are alike. `SCALE=0.1` makes a tenth of it.
`python -m benchmarks.crowd postgresql://...` puts one into a database of yours.
"""

import os
import sys
import time
from dataclasses import dataclass

from sqlalchemy import Connection, text

from benchmarks import stock
from benchmarks.stock import Flow
from storage.database import Database

ORDERS_EACH = 5
EVENTS_EACH = 20
SLICE = 100_000
"""Customers a statement: a million in one would hold all of it in memory."""


def scaled(count: int) -> int:
    """Give a number as large as SCALE asks for; 1 by default."""
    return max(1, int(count * float(os.environ.get("SCALE", "1"))))


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many customers of one store, numbered from 1; a customer's id follows from its number."""

    store_id: str
    customers: int

    def gather(self, connection: Connection, *, orders: int = ORDERS_EACH,
               events: int = EVENTS_EACH) -> None:  # fmt: skip
        """Put in the customers, and so many orders and events of each."""
        self.put_in(connection, CUSTOMERS, orders)
        if orders:
            self.put_in(connection, ORDERS, orders)
        if events:
            self.put_in(connection, EVENTS, events)

    def put_in(self, connection: Connection, what: str, each: int | None = None) -> None:
        """Put in the customers, their orders or their events, so many of each."""
        usual = {EVENTS: EVENTS_EACH}.get(what, ORDERS_EACH)
        self._run(connection, what, each=usual if each is None else each)

    def finish(self, connection: Connection, flow: Flow, times: int) -> None:
        """Let each customer have gone through the flow so many times, and been written to."""
        for statement in (ENROLLMENTS, MESSAGES):
            self._run(connection, statement, each=times, flow=flow.id, version=flow.version_id)

    def be_written_to(self, connection: Connection, flow: Flow) -> None:
        """Let a message to each customer be due now."""
        for statement in (ENROLLMENTS, MESSAGES):
            self._run(connection, statement, each=1, flow=flow.id, version=flow.version_id)
        connection.execute(DUE, {"store": self.store_id})

    def _run(self, connection: Connection, statement: str, **given: object) -> None:
        for first in range(1, self.customers + 1, SLICE):
            last = min(first + SLICE - 1, self.customers)
            values = {"store": self.store_id, "first": first, "last": last, **given}
            connection.execute(text(statement), values)


def main() -> None:
    """Put a crowd into a migrated PostgreSQL: a store, its people, orders and events."""
    database, people = Database(sys.argv[1]), scaled(1_000_000)
    began = time.monotonic()
    with database.writing() as connection:
        store_id = stock.open_store(connection, database.now(connection))
    for each in (CUSTOMERS, ORDERS, EVENTS):
        with database.writing() as connection:
            Crowd(store_id, people).put_in(connection, each)
    database.close()
    counts = (
        f"{people:,} customers, {people * ORDERS_EACH:,} orders, {people * EVENTS_EACH:,} events"
    )
    print(f"{counts} of store {store_id} in {time.monotonic() - began:.0f} s.")


WHO = "md5(:store || ':customer:' || n)::uuid"
CUSTOMERS = f"""
INSERT INTO customers (store_id, id, external_id, email, email_key, first_name, last_name, locale,
    country, email_consent, email_consent_source, email_consent_at, orders_count, spent,
    first_order_at, last_order_at, created_at, updated_at, tags)
SELECT CAST(:store AS uuid), {WHO}, 'c' || n, 'person' || n || '@crowd.example',
    'person' || n || '@crowd.example', 'Ada', 'Reyes ' || n, 'en-US',
    (ARRAY['US', 'DE', 'GB', 'FR'])[1 + n % 4],
    CASE WHEN n % 3 = 0 THEN 'not_subscribed' ELSE 'subscribed' END, 'platform',
    now() - interval '2 years', CAST(:each AS integer),
    CAST(:each AS integer) * (2000 + n % 97 * 100),
    CASE WHEN CAST(:each AS integer) > 0
        THEN now() - interval '1 day' * (n % 300 + (CAST(:each AS integer) - 1) * 60) END,
    CASE WHEN CAST(:each AS integer) > 0 THEN now() - interval '1 day' * (n % 300) END,
    now() - interval '2 years', now() - interval '1 day' * (n % 300),
    CASE WHEN n % 50 = 0 THEN '["vip"]'::jsonb ELSE '[]'::jsonb END
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
"""  # noqa: S608  nothing in it comes from outside
ORDERS = f"""
INSERT INTO orders (store_id, id, external_id, name, customer_id, currency, store_currency, items,
    subtotal, total, store_total, placed_at, paid_at, updated_at, imported)
SELECT CAST(:store AS uuid), md5(:store || ':order:' || n || ':' || k)::uuid, 'o' || n || '-' || k,
    '#' || n || k, {WHO}, 'USD', 'USD',
    jsonb_build_array(jsonb_build_object('product_id', (7000000 + n % 400)::text, 'variant_id', '1',
        'title', 'Thing', 'variant_title', NULL, 'quantity', 1, 'price', 2000, 'line_price', 2000,
        'store_price', 2000)),
    2000 + n % 97 * 100, 2000 + n % 97 * 100, 2000 + n % 97 * 100,
    now() - interval '1 day' * (n % 300 + (k - 1) * 60),
    now() - interval '1 day' * (n % 300 + (k - 1) * 60),
    now() - interval '1 day' * (n % 300 + (k - 1) * 60), true
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n,
    generate_series(1, CAST(:each AS integer)) AS k
"""  # noqa: S608
EVENTS = f"""
INSERT INTO events (store_id, id, customer_id, name, occurred_at, dedupe_key, data)
SELECT CAST(:store AS uuid), md5(:store || ':event:' || n || ':' || k)::uuid, {WHO},
    (ARRAY['product.viewed', 'message.opened', 'message.clicked', 'cart.created'])[1 + (n + k) % 4],
    now() - interval '1 hour' * (n % 500 + k * 400), 'crowd:' || n || ':' || k,
    jsonb_build_object('product_id', (7000000 + (n + k) % 400)::text,
        'category', 'category ' || (n + k) % 40)
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n,
    generate_series(1, CAST(:each AS integer)) AS k
"""  # noqa: S608
ENROLLMENTS = f"""
INSERT INTO enrollments (store_id, id, flow_id, version_id, customer_id, trigger_key, state,
    anchor_at, entered_at, ended_at, end_reason)
SELECT CAST(:store AS uuid), md5(:store || ':enrollment:' || n || ':' || k)::uuid,
    CAST(:flow AS uuid), CAST(:version AS uuid), {WHO}, 'crowd:' || k, 'ended',
    now() - interval '1 day' * (k * 20 + 5), now() - interval '1 day' * (k * 20 + 5),
    now() - interval '1 day' * (k * 20 + 4), 'completed'
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n,
    generate_series(1, CAST(:each AS integer)) AS k
"""  # noqa: S608
MESSAGES = f"""
INSERT INTO messages (store_id, id, enrollment_id, flow_id, version_id, step_id, customer_id,
    channel, kind, state, due_at, not_before, expires_at, attempts, rfc_message_id, provider,
    created_at, sent_at)
SELECT CAST(:store AS uuid), md5(:store || ':message:' || n || ':' || k)::uuid,
    md5(:store || ':enrollment:' || n || ':' || k)::uuid, CAST(:flow AS uuid),
    CAST(:version AS uuid), 'reminder', {WHO}, 'email', 'marketing', 'sent',
    now() - interval '1 day' * (k * 20 + 5), now() - interval '1 day' * (k * 20 + 5),
    now() - interval '1 day' * (k * 20 + 4), 1, '<' || n || '.' || k || '@crowd.example>', 'smtp',
    now() - interval '1 day' * (k * 20 + 5), now() - interval '1 day' * (k * 20 + 5)
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n,
    generate_series(1, CAST(:each AS integer)) AS k
"""  # noqa: S608
DUE = text("""
UPDATE messages SET state = 'due', due_at = now(), not_before = now(),
    expires_at = now() + interval '8 hours', attempts = 0, provider = NULL, sent_at = NULL
WHERE store_id = :store
""")

if __name__ == "__main__":
    main()
