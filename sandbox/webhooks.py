"""Webhooks out to the app: signed, retried as Shopify does, doubled or disordered on demand."""

import contextlib
import threading
import time
import tomllib
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson

from sandbox.clock import BusinessClock
from sandbox.oauth import Client, webhook_hmac
from sandbox.state import Record, State

API_VERSION = "2026-10"
PRIVACY_TOPICS = ("customers/data_request", "customers/redact", "shop/redact")
# Eight tries after the first, the last some four hours later.
RETRY_AFTER = tuple(timedelta(seconds=s) for s in (15, 60, 240, 600, 1_500, 3_000, 4_200, 4_800))
_PATIENCE = httpx.Timeout(5, connect=1)
_PUSHED = "id, shop, topic, attempts, body, data"


@dataclass(frozen=True)
class Subscriptions:
    """What shopify.app.toml asks for: where each topic goes, and the scopes."""

    uri: dict[str, str]
    scopes: tuple[str, ...]

    def address(self, app_url: str, topic: str) -> str | None:
        """Where a topic is delivered; None when the app did not ask for it."""
        uri = self.uri.get(topic, self.uri.get("*"))
        if uri is None:
            return None
        return app_url + uri if uri.startswith("/") else app_url + "/" + uri.split("/", 3)[-1]


def read_subscriptions(toml: Path) -> Subscriptions:
    """The app's declared topics; every topic, when there is no such file."""
    if not toml.exists():
        return Subscriptions({"*": "/webhooks/shopify"}, ("read_customers", "read_orders"))
    declared = tomllib.loads(toml.read_text())
    uri: dict[str, str] = {}
    for subscription in declared.get("webhooks", {}).get("subscriptions", []):
        for topic in (*subscription.get("topics", ()), *subscription.get("compliance_topics", ())):
            uri[topic] = subscription["uri"]
    scopes = declared.get("access_scopes", {}).get("scopes", "")
    return Subscriptions(uri, tuple(s.strip() for s in scopes.split(",") if s.strip()))


class Outbox:
    """Every webhook ever made, and the thread that brings them out."""

    def __init__(
        self, state: State, clock: BusinessClock, client: Client, app_url: str, asked: Subscriptions
    ) -> None:
        self._state = state
        self._clock = clock
        self._client = client
        self._app_url = app_url
        self._asked = asked
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._turn = threading.Lock()
        self._http = httpx.Client(timeout=_PATIENCE, trust_env=False)
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10)
        self._http.close()

    # Making webhooks.

    def emit(
        self,
        shop: str,
        topic: str,
        payload: Any,
        *,
        event: str = "",
        wait: timedelta | None = None,
        by_hand: bool = False,
    ) -> int | None:
        """Make one webhook of a shop's event; None when nobody subscribed.

        `event` is the id of the merchant's or shopper's action, shared by the topics it causes.
        `wait` puts the first delivery off (business time); `by_hand` sends what would fall away.
        """
        if self._asked.address(self._app_url, topic) is None:
            return None
        now = self._clock.now()
        headers = {"event": event or str(uuid.uuid4()), "triggered_at": _nanoseconds(now)}
        data = {"webhook_id": str(uuid.uuid4()), "tries": [], "by_hand": by_hand, **headers}
        status = "held" if self._state.setting("hold") and wait is None else "pending"
        due = (now + (wait or timedelta(0))).timestamp()
        made = self._insert((shop, topic, status, due, orjson.dumps(payload)), data)
        self._wake.set()
        return made

    def _insert(self, row: tuple[str, str, str, float, bytes], data: Record) -> int:
        shop, topic, status, due, body = row
        rows = self._state.rows(
            "INSERT INTO deliveries (shop, topic, status, due_at, attempts, body, data) "
            "VALUES (?, ?, ?, ?, 0, ?, ?) RETURNING id",
            (shop, topic, status, due, body, orjson.dumps(data).decode()),
        )
        return int(rows[0][0])

    # What the clock asks.

    def pending(self) -> int:
        """How many are due now and not out."""
        now = self._clock.now().timestamp()
        sql = "SELECT count(*) FROM deliveries WHERE status = 'pending' AND due_at <= ?"
        count = int(self._state.rows(sql, (now,))[0][0])
        if count:
            self._wake.set()
        return count

    def newest(self) -> int:
        return int(self._state.rows("SELECT coalesce(max(id), 0) FROM deliveries")[0][0])

    # What the merchant's side may do with them.

    def hold(self, *, on: bool) -> None:
        """Hold new webhooks back, or stop doing so (what is held stays held)."""
        self._state.set("hold", on)

    def release(self, *, backwards: bool) -> int:
        """Bring out what was held, in order or newest first; how many."""
        direction = "DESC" if backwards else "ASC"
        held = self._state.rows(
            f"SELECT id FROM deliveries WHERE status = 'held' ORDER BY id {direction}"  # noqa: S608 - one of two words
        )
        for (id_,) in held:
            self.push(int(id_))
        return len(held)

    def push(self, id_: int, copies: int = 1) -> list[int]:
        """Deliver one webhook now, as often as asked and at the same time; the statuses got."""
        rows = self._state.rows(f"SELECT {_PUSHED} FROM deliveries WHERE id = ?", (id_,))  # noqa: S608 - our own columns
        if not rows:
            return []
        with ThreadPoolExecutor(min(copies, 20)) as pool:
            return list(pool.map(lambda _: self._send(rows[0]), range(copies)))

    def listing(self, shop: str, limit: int = 100) -> list[Record]:
        """The newest deliveries, for the page that shows them."""
        rows = self._state.rows(
            "SELECT id, topic, status, due_at, attempts, body, data FROM deliveries "
            "WHERE shop = ? ORDER BY id DESC LIMIT ?",
            (shop, limit),
        )
        return [_shown(row) for row in rows]

    # Bringing them out.

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait(0.25 if self._clock.speed > 1 else 1.0)
            self._wake.clear()
            # One poisoned webhook must not end the thread; it is tried again like any other.
            with contextlib.suppress(httpx.HTTPError):
                self.deliver_due()

    def deliver_due(self) -> int:
        """Everything that is due, one after the other, oldest first; how many were tried."""
        tried = 0
        with self._turn:
            while not self._stop.is_set() and (row := self._next_due()):
                self._send(row)
                tried += 1
        return tried

    def _next_due(self) -> tuple[Any, ...] | None:
        now = self._clock.now().timestamp()
        rows = self._state.rows(
            f"SELECT {_PUSHED} FROM deliveries WHERE status = 'pending' AND due_at <= ? "  # noqa: S608 - our own columns
            "ORDER BY due_at, id LIMIT 1",
            (now,),
        )
        return rows[0] if rows else None

    def _send(self, row: tuple[Any, ...]) -> int:
        id_, shop, topic, _, body, data = row
        if self._is_void(shop, topic, orjson.loads(data)):
            self._state.rows("UPDATE deliveries SET status = 'dropped' WHERE id = ?", (id_,))
            return 0
        started = time.monotonic()
        status, note = self._post(shop, topic, body, orjson.loads(data))
        took = round((time.monotonic() - started) * 1000)
        self._record(int(id_), {"status": status, "note": note, "ms": took})
        return status

    def _is_void(self, shop: str, topic: str, data: Record) -> bool:
        """shop/redact falls away when the app is back in the shop before its 48 hours end."""
        app = self._state.get(shop, "install", "app") or {}
        return topic == "shop/redact" and bool(app.get("active")) and not data.get("by_hand")

    def _post(self, shop: str, topic: str, body: bytes, data: Record) -> tuple[int, str]:
        address = self._asked.address(self._app_url, topic)
        if address is None:
            return 0, "no longer subscribed"
        try:
            answer = self._http.post(
                address, content=body, headers=self.headers(shop, topic, body, data)
            )
        except httpx.HTTPError as failure:
            return 0, f"{type(failure).__name__}: {failure}"
        return answer.status_code, answer.text[:200]

    def headers(self, shop: str, topic: str, body: bytes, data: Record) -> dict[str, str]:
        """What Shopify puts on a webhook."""
        secret = self._client.secrets[-1 if self._state.setting("sign_with_old_secret") else 0]
        return {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": webhook_hmac(secret, body),
            "X-Shopify-Shop-Domain": shop,
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": data["webhook_id"],
            "X-Shopify-Event-Id": data["event"],
            "X-Shopify-Triggered-At": data["triggered_at"],
        }

    def _record(self, id_: int, attempt: Record) -> None:
        with self._state.transaction():
            rows = self._state.rows(
                "SELECT attempts, status, data FROM deliveries WHERE id = ?", (id_,)
            )
            attempts, before, text = rows[0]
            data = orjson.loads(text)
            data["tries"] = [*data["tries"][-30:], {**attempt, "at": _text(self._clock.now())}]
            status, due = self._next_state(attempts, before, attempt["status"])
            self._state.rows(
                "UPDATE deliveries SET attempts = attempts + 1, status = ?, due_at = ?, data = ? "
                "WHERE id = ?",
                (status, due, orjson.dumps(data).decode(), id_),
            )

    def _next_state(self, attempts: int, before: str, answer: int) -> tuple[str, float]:
        now = self._clock.now()
        if 200 <= answer < 300 or before == "delivered":
            return "delivered", now.timestamp()
        if attempts >= len(RETRY_AFTER):
            return "failed", now.timestamp()
        return "pending", (now + RETRY_AFTER[attempts]).timestamp()


def _shown(row: tuple[Any, ...]) -> Record:
    id_, topic, status, due, attempts, body, text = row
    data = orjson.loads(text)
    return {
        "id": id_,
        "topic": topic,
        "status": status,
        "due_at": _text(datetime.fromtimestamp(due, UTC)),
        "attempts": attempts,
        "payload": orjson.loads(body),
        **data,
    }


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _nanoseconds(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z"
