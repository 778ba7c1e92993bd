"""The ceiling of row 1: the shortest Flask route that checks an HMAC and inserts one row.

Each request is a commit of its own: PostgreSQL through a pool of connections, SQLite through a
connection a thread.
"""

import hmac
import os
import sqlite3
import threading
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from flask import Flask, Response, abort, request
from psycopg_pool import ConnectionPool

THREADS = 16
INSERT = """
    INSERT INTO inbox (platform, store_domain, webhook_id, topic, body, received_at)
    VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
Row = tuple[Any, ...]


def create_app() -> Flask:
    """Give the app of `DATABASE_URL` and `SHOPIFY_CLIENT_SECRET`."""
    app = Flask(__name__)
    secret = os.environ["SHOPIFY_CLIENT_SECRET"].encode()
    keep = _keeper(os.environ["DATABASE_URL"])

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/webhooks/shopify")
    def webhook() -> Response:
        body, told = request.get_data(), request.headers
        expected = b64encode(hmac.digest(secret, body, sha256)).decode()
        if not hmac.compare_digest(expected, told["X-Shopify-Hmac-Sha256"]):
            abort(401)
        domain, topic = told["X-Shopify-Shop-Domain"], told["X-Shopify-Topic"]
        keep(("shopify", domain, told["X-Shopify-Webhook-Id"], topic, body, datetime.now(UTC)))
        return Response(status=200)

    return app


def _keeper(url: str) -> Callable[[Row], None]:
    return _in_sqlite(url) if url.startswith("sqlite") else _in_postgresql(url)


def _in_postgresql(url: str) -> Callable[[Row], None]:
    pool = ConnectionPool(
        url, min_size=THREADS, max_size=THREADS, kwargs={"autocommit": True}, open=True
    )

    def keep(row: Row) -> None:
        with pool.connection() as connection:
            connection.execute(INSERT, row)

    return keep


def _in_sqlite(url: str) -> Callable[[Row], None]:
    mine = threading.local()

    def keep(row: Row) -> None:
        if not hasattr(mine, "connection"):
            mine.connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30)
            mine.connection.execute("PRAGMA synchronous=FULL")
            mine.connection.isolation_level = None
        micros = int(row[-1].timestamp() * 1_000_000)
        mine.connection.execute(INSERT.replace("%s", "?"), (*row[:-1], micros))

    return keep
