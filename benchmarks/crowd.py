"""A store with a long past, made by PostgreSQL itself: customers, orders, events, finished sends.

For a million customers there are five million orders and twenty million events, drawn without
a random number, so that two crowds of one size are alike. Orders and events lie in the order of
their time, as in life: what one customer did is all over the table. `SCALE=0.1` makes a tenth.
`python -m benchmarks.crowd postgresql://...` puts one into a database of yours.
"""

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from benchmarks import stock
from benchmarks.bare_tables import bare
from benchmarks.stock import Flow
from storage.database import Database

ORDERS_EACH = 5
EVENTS_EACH = 20
CHATTERS = {
    ("whatsapp", "wa"): 40, ("messenger", "psid"): 20, ("instagram", "igsid"): 60,
    ("webchat", "web"): 30,
}  # fmt: skip
"""Every how many-th customer is known by which kind of id on which channel."""
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
        """Put in the customers and the products, and so many orders and events of each customer."""
        with bare(connection, "customers", "orders", "order_lines", "events"):
            self._run(connection, PRODUCTS)
            for customers in self._slices():
                self._run(connection, CUSTOMERS, each=orders, **customers)
            for nth in range(orders, 0, -1):  # the oldest first
                self._run(connection, ORDERS, nth=nth, last=self.customers)
                self._run(connection, LINES, nth=nth, last=self.customers)
            for nth in range(events, 0, -1):
                self._run(connection, EVENTS, nth=nth, last=self.customers)

    def bounce(self, connection: Connection) -> None:
        """Let the address of one in two hundred be left out from now on."""
        self._run(connection, SUPPRESSIONS, last=self.customers)

    def chat(self, connection: Connection) -> None:
        """Let some be known on each chat channel and have written there in the last month."""
        with bare(connection, "identities", "inbound_messages"):
            for (channel, kind), each in CHATTERS.items():
                given = {"channel": channel, "kind": kind, "each": each}
                for statement in (IDENTITIES, INBOUND):
                    for customers in self._slices():
                        self._run(connection, statement, **given, **customers)

    def finish(self, connection: Connection, flow: Flow, times: int, *, before: int = 0) -> None:
        """Let each customer have gone through the flow so many times, and been written to.

        `before`: how often they have gone through others by then.
        """
        given = {
            "after": before + 1, "each": before + times,
            "flow": flow.id, "version": flow.version_id,
        }  # fmt: skip
        with bare(connection, "enrollments", "messages"):
            for statement in (ENROLLMENTS, MESSAGES):
                for customers in self._slices():
                    self._run(connection, statement, **given, **customers)

    def be_written_to(self, connection: Connection, flow: Flow) -> None:
        """Let a message to each customer be due now."""
        self.finish(connection, flow, 1)
        connection.execute(DUE, {"store": self.store_id})

    def _slices(self) -> Sequence[dict[str, int]]:
        return [
            {"first": first, "last": min(first + SLICE - 1, self.customers)}
            for first in range(1, self.customers + 1, SLICE)
        ]

    def _run(self, connection: Connection, statement: str, **given: object) -> None:
        connection.execute(text(statement), {"store": self.store_id, **given})


def main() -> None:
    """Put a crowd into a migrated PostgreSQL: a store, its people, orders and events."""
    database, people = Database(sys.argv[1]), scaled(1_000_000)
    began = time.monotonic()
    with database.writing() as connection:
        store_id = stock.open_store(connection, database.now(connection))
        Crowd(store_id, people).gather(connection)
    database.close()
    counts = (
        f"{people:,} customers, {people * ORDERS_EACH:,} orders, {people * EVENTS_EACH:,} events"
    )
    print(f"{counts} of store {store_id} in {time.monotonic() - began:.0f} s.")


WHO = "md5(:store || ':customer:' || n)::uuid"
CUSTOMERS = f"""
INSERT INTO customers (store_id, id, external_id, email, email_key, first_name, last_name,
    first_key, last_key, email_hash, sms_hash, whatsapp_hash, locale,
    country, phone, sms_consent, whatsapp_consent,
    email_consent, email_consent_source, email_consent_at, orders_count, spent,
    first_order_at, second_order_at, last_order_at, created_at, updated_at, tags)
SELECT CAST(:store AS uuid), {WHO}, 'c' || n, 'person' || n || '@crowd.example',
    'person' || n || '@crowd.example', 'Ada', 'Reyes ' || n, 'ada',
    'reyes ' || n, encode(sha256(('e' || n)::bytea), 'hex'),
    CASE WHEN n % 4 = 0 THEN encode(sha256(('s' || n)::bytea), 'hex') END,
    CASE WHEN n % 4 = 0 THEN encode(sha256(('w' || n)::bytea), 'hex') END, 'en-US',
    (ARRAY['US', 'DE', 'GB', 'FR'])[1 + n % 4],
    CASE WHEN n % 4 = 0 THEN '+1555' || lpad(n::text, 7, '0') END,
    CASE WHEN n % 12 = 0 THEN 'subscribed' WHEN n % 84 = 4 THEN 'unsubscribed' END,
    CASE WHEN n % 80 = 0 THEN 'subscribed' WHEN n % 400 = 4 THEN 'unsubscribed' END,
    CASE WHEN n % 3 = 0 THEN 'not_subscribed' ELSE 'subscribed' END, 'platform',
    now() - interval '2 years', CAST(:each AS integer),
    CAST(:each AS integer) * (2000 + n % 97 * 100),
    CASE WHEN CAST(:each AS integer) > 0
        THEN now() - interval '1 day' * (n % 300 + (CAST(:each AS integer) - 1) * 60) END,
    CASE WHEN CAST(:each AS integer) > 1
        THEN now() - interval '1 day' * (n % 300 + (CAST(:each AS integer) - 2) * 60) END,
    CASE WHEN CAST(:each AS integer) > 0 THEN now() - interval '1 day' * (n % 300) END,
    now() - interval '2 years', now() - interval '1 day' * (n % 300),
    CASE WHEN n % 50 = 0 THEN '["vip"]'::jsonb ELSE '[]'::jsonb END
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
"""  # noqa: S608  nothing in it comes from outside
SUPPRESSIONS = """
INSERT INTO suppressions (store_id, channel, address_hash, scope, reason, source, created_at)
SELECT CAST(:store AS uuid), 'email', encode(sha256(('e' || n)::bytea), 'hex'), 'all',
    'hard_bounce', 'provider', now() - interval '1 year'
FROM generate_series(100, CAST(:last AS integer), 200) AS n
"""
PRODUCTS = """
INSERT INTO products (store_id, external_id, title, handle, product_type, status, updated_at)
SELECT CAST(:store AS uuid), (7000000 + n)::text, 'Thing ' || n, 'thing-' || n,
    'category ' || n % 40, 'active', now() - interval '2 years'
FROM generate_series(0, 399) AS n
"""
NTH_ORDERS = """
(SELECT day + 300 * times AS n, CAST(:nth AS integer) AS k,
        now() - interval '1 day' * (day + (CAST(:nth AS integer) - 1) * 60) AS at
    FROM generate_series(299, 0, -1) AS day,
        generate_series(0, CAST(:last AS integer) / 300) AS times) AS one
WHERE n BETWEEN 1 AND CAST(:last AS integer)
"""
ORDERS = f"""
INSERT INTO orders (store_id, id, external_id, name, customer_id, currency, store_currency, items,
    subtotal, total, store_total, placed_at, paid_at, updated_at, imported)
SELECT CAST(:store AS uuid), md5(:store || ':order:' || n || ':' || k)::uuid, 'o' || n || '-' || k,
    '#' || n || k, {WHO}, 'USD', 'USD',
    jsonb_build_array(jsonb_build_object('product_id', (7000000 + (n + k * 7) % 400)::text,
        'variant_id', '1', 'title', 'Thing', 'variant_title', NULL, 'quantity', 1, 'price', 2000,
        'line_price', 2000, 'store_price', 2000)),
    2000 + n % 97 * 100, 2000 + n % 97 * 100, 2000 + n % 97 * 100, at, at, at, true
FROM {NTH_ORDERS}
"""  # noqa: S608
LINES = f"""
INSERT INTO order_lines (store_id, order_id, product_id, customer_id, placed_at, amount)
SELECT CAST(:store AS uuid), md5(:store || ':order:' || n || ':' || k)::uuid,
    (7000000 + (n + k * 7) % 400)::text, {WHO}, at, 2000
FROM {NTH_ORDERS}
"""  # noqa: S608
EVENTS = f"""
INSERT INTO events (store_id, id, customer_id, name, occurred_at, dedupe_key, data)
SELECT CAST(:store AS uuid), md5(:store || ':event:' || n || ':' || k)::uuid, {WHO},
    (ARRAY['product.viewed', 'message.opened', 'message.clicked', 'cart.created'])[1 + (n + k) % 4],
    now() - interval '1 hour' * (hour + k * 400), 'crowd:' || n || ':' || k,
    jsonb_build_object('product_id', (7000000 + (n + k) % 400)::text,
        'category', 'category ' || (n + k) % 40)
FROM (SELECT hour + 500 * times AS n, CAST(:nth AS integer) AS k, hour
    FROM generate_series(499, 0, -1) AS hour,
        generate_series(0, CAST(:last AS integer) / 500) AS times) AS one
WHERE n BETWEEN 1 AND CAST(:last AS integer)
"""  # noqa: S608
ENROLLMENTS = f"""
INSERT INTO enrollments (store_id, id, flow_id, version_id, customer_id, trigger_key, state,
    anchor_at, entered_at, ended_at, end_reason)
SELECT CAST(:store AS uuid), md5(:store || ':enrollment:' || n || ':' || k)::uuid,
    CAST(:flow AS uuid), CAST(:version AS uuid), {WHO}, 'crowd:' || k, 'ended',
    now() - interval '1 day' * (k * 20 + 5), now() - interval '1 day' * (k * 20 + 5),
    now() - interval '1 day' * (k * 20 + 4), 'completed'
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n,
    generate_series(CAST(:after AS integer), CAST(:each AS integer)) AS k
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
    generate_series(CAST(:after AS integer), CAST(:each AS integer)) AS k
"""  # noqa: S608
IDENTITIES = f"""
INSERT INTO identities (store_id, channel, address, address_hash, customer_id, kind, consent,
    first_seen, last_seen)
SELECT CAST(:store AS uuid), CAST(:channel AS text), n::text,
    encode(sha256((CAST(:channel AS text) || ':' || n)::bytea), 'hex'), {WHO}, :kind,
    CASE WHEN n / CAST(:each AS integer) % 20 = 0 THEN 'unsubscribed' END,
    now() - interval '1 year', now()
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
WHERE n % CAST(:each AS integer) = 0
"""  # noqa: S608
INBOUND = f"""
INSERT INTO inbound_messages (store_id, id, channel, provider_id, customer_id, sender, text, kind,
    is_answered, received_at)
SELECT CAST(:store AS uuid), md5(:store || ':' || :channel || ':' || n)::uuid, :channel, n::text,
    {WHO}, n::text, 'Is it still there?', 'text', true,
    now() - interval '1 minute' * (n / CAST(:each AS integer) % 43200)
FROM generate_series(CAST(:first AS integer), CAST(:last AS integer)) AS n
WHERE n % CAST(:each AS integer) = 0
"""  # noqa: S608
DUE = text("""
UPDATE messages SET state = 'due', due_at = now(), not_before = now(),
    expires_at = now() + interval '8 hours', attempts = 0, provider = NULL, sent_at = NULL
WHERE store_id = :store
""")

if __name__ == "__main__":
    main()
