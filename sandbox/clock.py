"""Business time of the sandbox: the app owns it, the sandbox follows it and moves it on."""

import hashlib
import hmac
import re
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import httpx
import orjson

UNKNOWN = -1
STEP = timedelta(seconds=300)
PATIENCE = 120.0  # seconds of real time one request to move on may take
_LONGEST = timedelta(days=400)
_PARTS = re.compile(r"\s*(\d{1,9})\s*([dhms])", re.IGNORECASE)
_SPAN = re.compile(rf"(?:{_PARTS.pattern})+\s*", re.IGNORECASE)
_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}


class BadDuration(ValueError):
    """Not a time span we read; the message is for people."""


class StillDue(Exception):
    """The app did not come to rest in time; the message says what was left."""


def parse_duration(text: object) -> timedelta:
    """`"1h 30m"` and its like: days, hours, minutes, seconds, each a whole number."""
    if not isinstance(text, str) or not _SPAN.fullmatch(text):
        raise BadDuration(f'"advance" wants a time like "1h 30m" (d, h, m, s), not {text!r}')
    seconds = sum(int(n) * _UNITS[unit.lower()] for n, unit in _PARTS.findall(text))
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise BadDuration(f'"advance" wants between 1 second and 400 days, not {text!r}')
    return timedelta(seconds=seconds)


class Outgoing(Protocol):
    """What the clock must know of the sandbox's webhooks."""

    def pending(self) -> int:
        """How many are due and not yet out."""

    def newest(self) -> int:
        """The number of the last one ever made."""


class AllOutgoing:
    """The webhooks of several shops, counted together."""

    def __init__(self, *outboxes: Outgoing) -> None:
        self._outboxes = outboxes

    def pending(self) -> int:
        return sum(one.pending() for one in self._outboxes)

    def newest(self) -> int:
        return sum(one.newest() for one in self._outboxes)


class BusinessClock:
    """What time it is in the store's world, between two answers of the app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._anchor = (datetime.now(UTC), time.monotonic(), 1.0)

    def now(self) -> datetime:
        with self._lock:
            then, ticked, speed = self._anchor
        return then + timedelta(seconds=(time.monotonic() - ticked) * speed)

    @property
    def speed(self) -> float:
        return self._anchor[2]

    def set(self, now: datetime, speed: float) -> None:
        with self._lock:
            self._anchor = (now.astimezone(UTC), time.monotonic(), speed)


class AppDoor:
    """The app's two doors for the sandbox: /demo/clock (signed) and /readyz."""

    def __init__(self, app_url: str, secret: str) -> None:
        self._url = app_url
        self._secret = secret.encode()
        self._http = httpx.Client(timeout=10, trust_env=False)

    def close(self) -> None:
        self._http.close()

    def clock(self, change: dict[str, Any] | None = None) -> tuple[datetime, float]:
        """Read the app's business time, or change it first; (now, speed)."""
        body = b"" if change is None else orjson.dumps(change)
        headers = {"X-Reprise-Demo-Signature": self._sign(body)}
        method = "GET" if change is None else "POST"
        if change is not None:
            headers["Content-Type"] = "application/json"
        answer = self._http.request(
            method, f"{self._url}/demo/clock", content=body, headers=headers
        )
        answer.raise_for_status()
        told = answer.json()
        return datetime.fromisoformat(told["now"]), float(told.get("speed", 1))

    def due(self) -> int:
        """How many rows wait for the app right now; `UNKNOWN` while it can't say."""
        try:
            return int(self._http.get(f"{self._url}/readyz").json()["due"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError):
            return UNKNOWN

    def _sign(self, body: bytes) -> str:
        return hmac.new(self._secret, b"demo-clock:" + body, hashlib.sha256).hexdigest()


class TimeMachine:
    """Moves business time on, in steps that each come to rest before the next."""

    def __init__(self, clock: BusinessClock, door: AppDoor, outbox: Outgoing) -> None:
        self._clock = clock
        self._door = door
        self._outbox = outbox
        self._patience = PATIENCE
        self._turn = threading.Lock()

    def be_patient(self, seconds: float) -> None:
        """How long one request to move on may take (tests shorten it)."""
        self._patience = seconds

    def follow(self) -> bool:
        """Take over the app's time; keep ours, and say False, while the app can't be asked."""
        if not self._turn.acquire(timeout=0.2):
            return True  # whoever moves time on re-anchors by itself
        try:
            self._clock.set(*self._door.clock())
        except (httpx.HTTPError, ValueError, KeyError):
            return False
        finally:
            self._turn.release()
        return True

    def run_at(self, speed: int) -> datetime:
        with self._turn:
            self._clock.set(*self._door.clock({"speed": speed}))
        return self._clock.now()

    def advance(self, span: timedelta) -> datetime:
        """Live through `span`; returns the time it is then."""
        until = time.monotonic() + self._patience
        with self._turn:
            self._rest(until, span)
            while span > timedelta(0):
                step = min(span, STEP)
                change = {"advance_seconds": int(step.total_seconds())}
                self._clock.set(*self._door.clock(change))
                span -= step
                self._rest(until, span)
        return self._clock.now()

    def _rest(self, until: float, left: timedelta) -> None:
        pause = 0.01
        while (waiting := self._waiting()) != (0, 0):
            if time.monotonic() > until:
                raise StillDue(_complaint(waiting, left, self._patience))
            time.sleep(pause)
            pause = min(pause * 1.5, 0.2)

    def _waiting(self) -> tuple[int, int]:
        """Webhooks not out, rows due. What the app does may make us send more: look again."""
        newest = self._outbox.newest()
        if webhooks := self._outbox.pending():
            return webhooks, 0
        due = self._door.due()
        return self._outbox.newest() - newest, due


def _complaint(waiting: tuple[int, int], left: timedelta, patience: float) -> str:
    webhooks, rows = waiting
    what = f"{webhooks} webhooks are not out" if webhooks else f"{rows} rows are still due"
    if rows == UNKNOWN:
        what = "the app does not say what is due"
    return f"after {patience:.0f} s {what}; time was not moved on by the last {left}"
