"""The ceiling of row 3: the shortest honest script that moves due enrollments to their next step.

Claims 500 with their carts, decides, writes a ledger row and the next due time for each, all in
one transaction on the app's own tables and indexes. No note of a crash's suspects, no exits, no
facts but the one the condition asks for, no versions, no fairness between stores.
"""

import sqlite3
import uuid
from datetime import UTC, datetime, timedelta

import psycopg

BATCH = 500
LATER = timedelta(days=30)
DEADLINE = timedelta(hours=8)
Rows = list[tuple[object, ...]]

CLAIM = """
    SELECT e.store_id, e.id, e.flow_id, e.version_id, e.customer_id, e.cart_id, c.subtotal
    FROM enrollments e JOIN carts c ON c.store_id = e.store_id AND c.id = e.cart_id
    WHERE e.store_id = %s AND e.state = 'active' AND e.due_at IS NOT NULL AND e.due_at <= %s
    ORDER BY e.due_at LIMIT 500
"""
INSERT = """
    INSERT INTO messages (store_id, id, enrollment_id, flow_id, version_id, step_id, occurrence,
        customer_id, cart_id, channel, kind, state, due_at, not_before, expires_at, attempts,
        deaths, alone, fence, rfc_message_id, created_at)
"""
PG_INSERT = (
    INSERT  # noqa: S608  constants
    + """
    SELECT v.store_id, v.id, v.enrollment_id, v.flow_id, v.version_id, 'write', 0, v.customer_id,
        v.cart_id, 'email', 'marketing', 'due', %s, %s, %s, 0, 0, false, 0, v.message_id, %s
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[],
        %s::text[])
        AS v (store_id, id, enrollment_id, flow_id, version_id, customer_id, cart_id, message_id)
"""
)
PG_MOVE = """
    UPDATE enrollments SET step_id = 'later', waiting_until = %s, due_at = %s
    WHERE store_id = %s AND id = ANY(%s::uuid[])
"""
LITE_INSERT = (
    INSERT  # noqa: S608  constants
    + """
    VALUES (?, ?, ?, ?, ?, 'write', 0, ?, ?, 'email', 'marketing', 'due', ?, ?, ?, 0, 0, 0, 0, ?, ?)
"""
)
LITE_MOVE = """
    UPDATE enrollments SET step_id = 'later', waiting_until = ?, due_at = ?
    WHERE store_id = ? AND id = ?
"""


def drain(url: str, store_id: str) -> int:
    """Move on all that is due in a store; give how many."""
    return _sqlite(url, store_id) if url.startswith("sqlite") else _postgresql(url, store_id)


def _postgresql(url: str, store_id: str) -> int:
    done = 0
    with psycopg.connect(url, autocommit=True) as connection:
        while True:
            now = datetime.now(UTC)
            with connection.transaction():
                claim = CLAIM + "FOR UPDATE OF e SKIP LOCKED"
                rows = connection.execute(claim, (store_id, now)).fetchall()
                if not rows:
                    return done
                going = [row for row in rows if row[6] >= 1]
                connection.execute(PG_INSERT, (now, now, now + DEADLINE, now, *_columns(going)))
                ids = [row[1] for row in rows]
                connection.execute(PG_MOVE, (now + LATER, now + LATER, store_id, ids))
            done += len(rows)


def _columns(rows: Rows) -> list[list[object]]:
    ids = [uuid.uuid4() for _ in rows]
    stores, enrollments, flows, versions, people, carts = (
        [row[at] for row in rows] for at in range(6)
    )
    words = [f"<{one}@maple-and-moss.example>" for one in ids]
    return [stores, list(ids), enrollments, flows, versions, people, carts, list(words)]


def _sqlite(url: str, store_id: str) -> int:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    done = 0
    while True:
        now = _micros(datetime.now(UTC))
        connection.execute("BEGIN IMMEDIATE")
        rows = connection.execute(CLAIM.replace("%s", "?"), (store_id, now)).fetchall()
        if not rows:
            connection.close()
            return done
        connection.executemany(LITE_INSERT, [_values(row, now) for row in rows if row[6] >= 1])
        later = now + LATER // timedelta(microseconds=1)
        connection.executemany(LITE_MOVE, [(later, later, row[0], row[1]) for row in rows])
        connection.execute("COMMIT")
        done += len(rows)


def _values(row: tuple[object, ...], now: int) -> tuple[object, ...]:
    made = str(uuid.uuid4())
    until = now + DEADLINE // timedelta(microseconds=1)
    mail = f"<{made}@maple-and-moss.example>"
    return (row[0], made, row[1], row[2], row[3], row[4], row[5], now, now, until, mail, now)


def _micros(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)
