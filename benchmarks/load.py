"""Sends webhooks over kept connections, from a process of its own; says how long each took.

As fast as the server answers, or at a rate: then a request's time counts from the moment it
should have gone out, so that a slow answer is not hidden by the requests it held up.

Talks in lines of JSON: a question is a `Load` as an object, its answer a `Result`.
"""

import selectors
import socket
import sys
import time
import uuid
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import orjson

from benchmarks import payloads
from benchmarks.figures import percentile
from benchmarks.processes import CLIENT_SECRET, Helper

PREPARED = 400
"""Different bodies that a run without a count repeats; each request has an id of its own."""


@dataclass(frozen=True, slots=True)
class Load:
    """What to send: for so many seconds, or so many different checkouts."""

    port: int
    connections: int = 32
    seconds: float = 0
    count: int = 0
    rate: float = 0
    first: int = 1
    quiet_minutes: float = 0
    path: str = "/webhooks/shopify"


@dataclass(frozen=True, slots=True)
class Result:
    """How it went; times in milliseconds, `answered_at` in seconds since 1970."""

    answers: int
    seconds: float
    p50: float
    p99: float
    failures: int
    answered_at: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds


def run(helper: Helper, load: Load) -> Result:
    """Have the load process do it."""
    return result(helper.ask(plain(load)))


def plain(load: Load) -> dict[str, Any]:
    """Give the question that the load process reads."""
    return {name: getattr(load, name) for name in Load.__slots__}


def result(answer: Mapping[str, Any]) -> Result:
    """Read the load process' answer."""
    return Result(**answer)


@dataclass
class Connection:
    """One kept connection and the request that is under way on it."""

    socket: socket.socket
    since: float = 0
    answer: bytes = b""

    def send(self, request: bytes, since: float) -> None:
        self.since, self.answer = since, b""
        self.socket.sendall(request)

    def receive(self) -> int:
        """Give the status once the answer is whole, else 0."""
        piece = self.socket.recv(65536)
        if not piece:
            raise ConnectionError("the server closed a kept connection")
        self.answer += piece
        head, found, body = self.answer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return 0
        return int(head[9:12])


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


class Sender:
    """One run of a load."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.requests = _requests(load)
        self.sent, self.failures = 0, 0
        self.times: list[float] = []
        self.answered_at: list[float] = []

    def run(self) -> Result:
        connections = [Connection(_connected(self.load.port)) for _ in range(self.load.connections)]
        with selectors.DefaultSelector() as selector:
            for one in connections:
                selector.register(one.socket, selectors.EVENT_READ, one)
            seconds = self._drive(selector, deque(connections))
        for one in connections:
            one.socket.close()
        return self._result(seconds)

    def _drive(self, selector: selectors.BaseSelector, idle: deque[Connection]) -> float:
        began = time.perf_counter()
        busy = 0
        while True:
            busy += self._fill(idle, began)
            if not busy and self._is_over(began):
                return time.perf_counter() - began
            for key, _ in selector.select(self._patience(idle)):
                if self._answered(key.data):
                    idle.append(key.data)
                    busy -= 1

    def _fill(self, idle: deque[Connection], began: float) -> int:
        filled = 0
        while idle and not self._is_over(began):
            now = time.perf_counter()
            due = began + self.sent / self.load.rate if self.load.rate else now
            if due > now:
                break
            idle.popleft().send(next(self.requests), due)
            self.sent += 1
            filled += 1
        return filled

    def _is_over(self, began: float) -> bool:
        if self.load.count:
            return self.sent >= self.load.count
        return time.perf_counter() - began >= self.load.seconds

    def _patience(self, idle: deque[Connection]) -> float | None:
        return 0.001 if self.load.rate and idle else None

    def _answered(self, connection: Connection) -> bool:
        status = connection.receive()
        if not status:
            return False
        self.times.append(time.perf_counter() - connection.since)
        if self.load.count:
            self.answered_at.append(time.time())
        self.failures += status != 200
        return True

    def _result(self, seconds: float) -> Result:
        p50, p99 = (percentile(self.times, share) * 1000 for share in (0.5, 0.99))
        return Result(len(self.times), seconds, p50, p99, self.failures, self.answered_at)


def _connected(port: int) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), timeout=30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _requests(load: Load) -> Iterator[bytes]:
    """Prepare before the clock starts; only the id is new in a repeated body's request."""
    quiet = timedelta(minutes=load.quiet_minutes)
    number = load.count or PREPARED
    deliveries = payloads.checkouts(number, first=load.first, quiet=quiet)
    prepared = [_parts(load, delivery) for delivery in deliveries]
    again = islice(cycle(prepared), load.count) if load.count else cycle(prepared)
    ids = cycle([uuid.uuid4().hex])
    return (
        before + f"{next(ids)}{number:012}".encode() + after
        for number, (before, after) in enumerate(again)
    )


def _parts(load: Load, delivery: payloads.Delivery) -> tuple[bytes, bytes]:
    """Give a request up to its id, and from there on."""
    mark = "\0"
    lines = payloads.headers(delivery, mark, CLIENT_SECRET)
    del lines["X-Shopify-Event-Id"]
    lines["Content-Length"] = str(len(delivery.body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    head = f"POST {load.path} HTTP/1.1\r\nHost: 127.0.0.1:{load.port}\r\n{head}\r\n"
    before, _, after = head.partition(mark)
    return before.encode(), after.encode() + delivery.body


def main() -> None:
    """Answer loads until the questions end."""
    for line in sys.stdin.buffer:
        result = Sender(Load(**orjson.loads(line))).run()
        answer = {name: getattr(result, name) for name in Result.__slots__}
        sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
