"""The ceiling of row 4: the shortest honest script that renders due messages and sends them.

The same template through python-liquid, a string MIME message, four kept SMTP connections with
pipelining, a signed cart and unsubscribe link, one ledger row a recipient, batches of 500. No
gate, no lease or fence, no attempts, no limits on templates, no check of headers, no error at
the server: it is a ceiling, not a product.
"""

import hmac
import re
import socket
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any, Protocol

import orjson
import psycopg
from liquid import Environment

BATCH = 500
CONNECTIONS = 4
KEY = b"benchmark"
APP = "https://reprise.example"
SENDER = "hello@maple-and-moss.example"
CLAIM = """
    SELECT m.store_id, m.id, m.rfc_message_id, p.email, p.first_name, c.items, c.subtotal, c.total
    FROM messages m
    JOIN customers p ON p.store_id = m.store_id AND p.id = m.customer_id
    JOIN carts c ON c.store_id = m.store_id AND c.id = m.cart_id
    WHERE m.store_id = %s AND m.state = 'due' AND m.not_before <= %s
    ORDER BY m.not_before LIMIT %s
"""
PG_DONE = """
    UPDATE messages m SET state = 'sent', provider = 'smtp', provider_id = m.rfc_message_id,
        attempts = 1, sent_at = %s
    WHERE m.store_id = %s AND m.id = ANY(%s::uuid[])
"""
LITE_DONE = """
    UPDATE messages SET state = 'sent', provider = 'smtp', provider_id = rfc_message_id,
        attempts = 1, sent_at = ?
    WHERE store_id = ? AND id = ?
"""
Row = tuple[Any, ...]


class Words:
    """The four Liquid templates of one message, parsed once."""

    def __init__(self, compiled: dict[str, str]) -> None:
        html = plain_liquid(compiled["html"])
        escaping, plain = Environment(autoescape=True), Environment()
        for environment in (escaping, plain):
            environment.add_filter("money", lambda cents, _=None: f"${cents / 100:,.2f}")
        self.compiled = {**compiled, "html": html}
        self.html = escaping.from_string(html)
        self.subject = plain.from_string(compiled["subject"])
        self.text = plain.from_string(compiled["text"])

    def mail(self, row: Row) -> bytes:
        """Give one message as the server takes it."""
        facts = facts_of(row)
        stop = facts["links"]["unsubscribe"]
        subject, text, html = (one.render(**facts) for one in (self.subject, self.text, self.html))
        body = (
            f"From: Maple & Moss <{SENDER}>\r\nTo: {row[3]}\r\nSubject: {subject}\r\n"
            f"Date: {format_datetime(datetime.now(UTC))}\r\nMessage-ID: {row[2]}\r\n"
            f"List-Unsubscribe: <{stop}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
            "MIME-Version: 1.0\r\n"
            'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
            f"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
        )
        return body.replace("\r\n", "\n").replace("\n", "\r\n").replace("\r\n.", "\r\n..").encode()


def plain_liquid(html: str) -> str:
    """Give our compiled HTML without the tags that only our own renderer knows."""
    html = re.sub(r"{% (link \d+|endlink) %}", "", html)
    return html.replace("{% open_pixel %}", '<img src="{{ links.open }}" alt="">')


def facts_of(row: Row) -> dict[str, Any]:
    """Give what the templates tell about one row of the ledger."""
    message_id = str(row[1])
    items = row[5] if isinstance(row[5], list) else orjson.loads(row[5])
    return {
        "locale": "en-US",
        "store": {"name": "Maple & Moss", "url": APP, "address": "12 Elm St, Portland"},
        "customer": {"first_name": row[4], "email": row[3]},
        "cart": {"items": items, "currency": "USD", "subtotal": row[6], "total": row[7],
                 "url": f"{APP}/cart/{_signed('c', message_id)}"},
        "links": {"unsubscribe": f"{APP}/u/{_signed('u', message_id)}",
                  "open": f"{APP}/o/{_signed('o', message_id)}.gif"},
    }  # fmt: skip


def _signed(purpose: str, message_id: str) -> str:
    tag = hmac.digest(KEY, f"{purpose}{message_id}".encode(), sha256)[:16]
    return message_id + urlsafe_b64encode(tag).decode()


class Line:
    """One kept SMTP connection with pipelining."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answers = self.socket.makefile("rb")
        self.answers.readline()
        self.socket.sendall(b"EHLO bench.example\r\n")
        while self.answers.readline()[3:4] == b"-":
            pass

    def open(self, recipient: str) -> None:
        envelope = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n"
        self.socket.sendall(envelope.encode())

    def hand_over(self, mail: bytes) -> None:
        for code in (b"250", b"250", b"354"):
            self._expect(code)
        self.socket.sendall(mail + b".\r\n")

    def taken(self) -> None:
        self._expect(b"250")

    def _expect(self, code: bytes) -> None:
        line = self.answers.readline()
        if not line.startswith(code):
            raise ConnectionError(line.decode())

    def close(self) -> None:
        self.socket.close()


class Ledger(Protocol):
    """Where due messages come from and are marked as handed over."""

    def claim(self, limit: int) -> Sequence[Row]: ...
    def done(self, rows: Sequence[Row]) -> None: ...
    def close(self) -> None: ...


class PostgresqlLedger:
    """Rows are held by one transaction until they are done."""

    def __init__(self, url: str, store_id: str) -> None:
        self.connection = psycopg.connect(url)
        self.store_id = store_id

    def claim(self, limit: int) -> Sequence[Row]:
        query = CLAIM + "FOR UPDATE OF m SKIP LOCKED"
        return self.connection.execute(query, (self.store_id, datetime.now(UTC), limit)).fetchall()

    def done(self, rows: Sequence[Row]) -> None:
        ids = [row[1] for row in rows]
        self.connection.execute(PG_DONE, (datetime.now(UTC), self.store_id, ids))
        self.connection.commit()

    def close(self) -> None:
        self.connection.close()


class SqliteLedger:
    """SQLite's single writer needs no claim."""

    def __init__(self, url: str, store_id: str) -> None:
        path = url.removeprefix("sqlite:///")
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        self.connection.execute("PRAGMA synchronous=FULL")
        self.store_id = store_id

    def claim(self, limit: int) -> Sequence[Row]:
        now = int(datetime.now(UTC).timestamp() * 1_000_000)
        query = CLAIM.replace("%s", "?")
        return self.connection.execute(query, (self.store_id, now, limit)).fetchall()

    def done(self, rows: Sequence[Row]) -> None:
        now = int(datetime.now(UTC).timestamp() * 1_000_000)
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.executemany(LITE_DONE, [(now, row[0], row[1]) for row in rows])
        self.connection.execute("COMMIT")

    def close(self) -> None:
        self.connection.close()


def ledger(url: str, store_id: str) -> Ledger:
    """Open the ledger of a store."""
    sqlite = url.startswith("sqlite")
    return SqliteLedger(url, store_id) if sqlite else PostgresqlLedger(url, store_id)


def drain(ledger: Ledger, words: Words, lines: Sequence[Line], limit: int = BATCH) -> int:
    """Render and send all that is due; give how many."""
    sent = 0
    while rows := ledger.claim(limit):
        for at in range(0, len(rows), len(lines)):
            _send(rows[at : at + len(lines)], words, lines)
        ledger.done(rows)
        sent += len(rows)
    return sent


def _send(rows: Sequence[Row], words: Words, lines: Sequence[Line]) -> None:
    """Send one message on each connection, each step on all before the next."""
    pairs = list(zip(rows, lines, strict=False))
    for row, line in pairs:
        line.open(row[3])
    for row, line in pairs:
        line.hand_over(words.mail(row))
    for _, line in pairs:
        line.taken()
