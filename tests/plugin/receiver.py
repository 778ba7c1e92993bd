"""The app's webhook door as the plugin knows it: takes signals, or fails as told."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True)
class Signal:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def topic(self) -> str:
        return self.headers["x-wc-webhook-topic"]

    @property
    def id(self) -> str:
        return self.headers["x-wc-webhook-delivery-id"]

    @property
    def told(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.body)
        return told

    def is_signed_by(self, secret: str) -> bool:
        made = hmac.new(secret.encode(), self.body, hashlib.sha256).digest()
        return base64.b64encode(made).decode() == self.headers["x-wc-webhook-signature"]


@dataclass(slots=True)
class Receiver:
    """What came, and how the next one is answered."""

    url: str = ""
    status: int = 200
    signals: list[Signal] = field(default_factory=list)

    def of(self, topic: str) -> list[Signal]:
        return [one for one in self.signals if one.topic == topic]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Listen on a port of this machine's."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.signals.append(Signal(self.path, headers, body))
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()
