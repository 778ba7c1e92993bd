"""What the sandbox remembers: one SQLite file of records, tokens, deliveries and mails."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

Record = dict[str, Any]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
  shop TEXT, kind TEXT, id TEXT, handle TEXT, updated_at TEXT, data TEXT NOT NULL,
  PRIMARY KEY (shop, kind, id));
CREATE INDEX IF NOT EXISTS records_by_handle ON records (shop, kind, handle);
CREATE TABLE IF NOT EXISTS tokens (
  token TEXT PRIMARY KEY, shop TEXT, kind TEXT, expires_at REAL, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  id INTEGER PRIMARY KEY, shop TEXT, topic TEXT, status TEXT, due_at REAL, attempts INTEGER,
  body BLOB, data TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (status, due_at);
CREATE TABLE IF NOT EXISTS mails (
  id INTEGER PRIMARY KEY, recipient TEXT, sender TEXT, received_at TEXT, raw BLOB);
CREATE INDEX IF NOT EXISTS mails_by_recipient ON mails (recipient, id);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class State:
    """One file, one connection, one lock: every thread of the sandbox shares it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._depth = 0
        # A toy's memory: it outlives a restart of the sandbox, not a power cut.
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;" + _SCHEMA)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and nobody else in between; may be nested."""
        with self._lock:
            if self._depth == 0:
                self._db.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._db.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._db.execute("COMMIT")

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Run one statement and give all its rows."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    # Records: products, customers, carts, checkouts, orders, discounts, installations.

    def put(self, shop: str, kind: str, record: Record, handle: str = "") -> Record:
        """Write a record under its `id`; `handle` is its second key (e-mail, code, ...)."""
        self.rows(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?)",
            (
                shop,
                kind,
                str(record["id"]),
                handle.casefold(),
                str(record.get("updated_at", "")),
                orjson.dumps(record).decode(),
            ),
        )
        return record

    def get(self, shop: str, kind: str, id_: object) -> Record | None:
        return self._one("AND id = ?", shop, kind, str(id_))

    def find(self, shop: str, kind: str, handle: str) -> Record | None:
        """The record whose second key is this, letter case aside."""
        return self._one("AND handle = ? ORDER BY rowid DESC", shop, kind, handle.casefold())

    def all(self, shop: str, kind: str) -> list[Record]:
        """Every record of a kind, as it was first written."""
        rows = self.rows(
            "SELECT data FROM records WHERE shop = ? AND kind = ? ORDER BY length(id), id",
            (shop, kind),
        )
        return [orjson.loads(row[0]) for row in rows]

    def drop(self, shop: str, kind: str, id_: object) -> None:
        self.rows(
            "DELETE FROM records WHERE shop = ? AND kind = ? AND id = ?", (shop, kind, str(id_))
        )

    def count(self, shop: str, kind: str) -> int:
        return int(
            self.rows("SELECT count(*) FROM records WHERE shop = ? AND kind = ?", (shop, kind))[0][
                0
            ]
        )

    def _one(self, where: str, *values: str) -> Record | None:
        sql = f"SELECT data FROM records WHERE shop = ? AND kind = ? {where} LIMIT 1"  # noqa: S608 - both tails are ours
        rows = self.rows(sql, values)
        return orjson.loads(rows[0][0]) if rows else None

    # Small things by name.

    def setting(self, name: str, default: Any = None) -> Any:
        rows = self.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return orjson.loads(rows[0][0]) if rows else default

    def set(self, name: str, value: Any) -> None:
        self.rows(
            "INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, orjson.dumps(value).decode())
        )

    def next_number(self, name: str, start: int) -> int:
        """A number nobody had before: start + 1, start + 2, ..."""
        with self.transaction():
            number = int(self.setting(name, start)) + 1
            self.set(name, number)
            return number
