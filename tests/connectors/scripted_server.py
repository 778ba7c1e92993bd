"""A real HTTP server on this machine that answers what a test wrote down, and remembers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """An answer; `hang` seconds pass before it, `drip` after each of its bytes."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: float = 0.0
    drip: float = 0.0
    hang_up: bool = False

    def bytes(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Script = list[Reply] | Callable[[Request], Reply]


class ScriptedServer:
    """Answers by `script`: replies in their order, the last one for ever, or a function."""

    def __init__(self) -> None:
        self.script: Script = [Reply({"data": {}})]
        self.requests: list[Request] = []
        self.connections: set[Any] = set()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    @property
    def admin_url(self) -> str:
        """The template of a store's address, as the setting has it."""
        return self.url + "/shops/{shop}"

    def answers(self, *replies: Reply) -> None:
        self.script = list(replies)

    @contextmanager
    def running(self) -> Iterator["ScriptedServer"]:
        self._thread.start()
        yield self
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def reply_to(self, request: Request) -> Reply:
        self.requests.append(request)
        if callable(self.script):
            return self.script(request)
        return self.script.pop(0) if len(self.script) > 1 else self.script[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                server.connections.add(self.client_address)
                length = int(self.headers.get("Content-Length", 0))
                told = json.loads(self.rfile.read(length) or b"{}")
                headers = {key.lower(): value for key, value in self.headers.items()}
                _send(self, server.reply_to(Request(self.path, headers, told)))

            def do_GET(self) -> None:
                self.do_POST()

            def do_HEAD(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None:
                """Say nothing: the test looks at `requests`."""

        return Handler


def _send(handler: BaseHTTPRequestHandler, reply: Reply) -> None:
    time.sleep(reply.hang)
    if reply.hang_up:
        handler.close_connection = True
        return
    body = reply.bytes()
    # With a Date of its own, a server sends no other.
    send = handler.send_response_only if "Date" in reply.headers else handler.send_response
    send(reply.status)
    for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    if handler.command == "HEAD":
        return
    _write(handler, body, reply.drip)


def _write(handler: BaseHTTPRequestHandler, body: bytes, drip: float) -> None:
    try:
        if not drip:
            handler.wfile.write(body)
            return
        for byte in body:
            handler.wfile.write(bytes([byte]))
            time.sleep(drip)
    except (BrokenPipeError, ConnectionResetError):
        handler.close_connection = True
