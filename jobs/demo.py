"""Moving the demo's business time on; its door exists under DEMO=1 only.

The sandbox signs with the client secret that it shares with the app, as a platform would.
"""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import orjson

from jobs.runtime import Runtime, Settings
from marketing.model import BadSignature
from storage import demo_clock

PURPOSE = b"demo-clock:"
STEP_SECONDS = 300


class BadMove(Exception):
    """The sandbox asked for a move that makes no sense; the message says which."""


def verify(settings: Settings, signature: str, body: bytes) -> None:
    """Raise `BadSignature` unless the body was signed with the current client secret."""
    secret = settings.shopify_client_secrets[0].encode()
    expected = hmac.new(secret, PURPOSE + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise BadSignature("the demo clock is moved by the sandbox only")


def move(runtime: Runtime, body: bytes) -> None:
    """Do `{"advance_seconds": n}` (0 to 300) or `{"speed": x}`; raise `BadMove` otherwise."""
    match _read(body):
        case {"advance_seconds": int() | float() as seconds} if 0 <= seconds <= STEP_SECONDS:
            demo_clock.advance(runtime.database, timedelta(seconds=seconds))
        case {"speed": int() as speed} if 0 < speed <= 3600:
            demo_clock.set_speed(runtime.database, speed)
        case _:
            message = 'send {"advance_seconds": 0 to 300} or {"speed": 1 to 3600}'
            raise BadMove(message)
    runtime.queues.wake_clock()


def read(runtime: Runtime) -> dict[str, Any]:
    """Give `{"now": ISO 8601, "speed": x}`."""
    now, speed = demo_clock.read(runtime.database)
    return {"now": now.isoformat(), "speed": speed}


def _read(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
