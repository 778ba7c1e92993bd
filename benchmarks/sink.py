"""A mail server that throws everything away, as fast as Python can, and remembers when it came.

Offers PIPELINING. With `--wait 20` each answer comes 20 ms late, as over a long way. Says its
port in its first line; then answers each line of input with what came since the last.
"""

import argparse
import asyncio
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import orjson

GREETING = b"220 sink.example ESMTP\r\n"
OFFERS = (
    b"250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 33554432\r\n"
)
OK = b"250 2.0.0 Ok\r\n"
GO_ON = b"354 Go on\r\n"
BYE = b"221 2.0.0 Bye\r\n"
END = b"\r\n.\r\n"


@dataclass
class Arrivals:
    """When each mail was taken, and for whom; `sample` is the last mail itself."""

    times: list[tuple[str, float]] = field(default_factory=list)
    sample: bytes = b""


class Session(asyncio.Protocol):
    """One connection."""

    def __init__(self, arrivals: Arrivals, wait: float) -> None:
        self._arrivals = arrivals
        self._wait = wait
        self._buffer = bytearray()
        self._looked = 0
        self._in_mail = False
        self._recipient = ""

    def connection_made(self, transport: Any) -> None:
        self._out: asyncio.Transport = transport
        self._say([GREETING])

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        answers: list[bytes] = []
        while self._take_mail(answers) if self._in_mail else self._take_line(answers):
            pass
        if answers:
            self._say(answers)

    def _say(self, answers: list[bytes]) -> None:
        told = b"".join(answers)
        if self._wait:
            asyncio.get_running_loop().call_later(self._wait, self._write, told)
        else:
            self._write(told)

    def _write(self, told: bytes) -> None:
        if not self._out.is_closing():
            self._out.write(told)

    def _take_line(self, answers: list[bytes]) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        verb = line[:4].upper()
        if verb == b"RCPT":
            self._recipient = line[line.find(b"<") + 1 : line.rfind(b">")].decode()
        self._in_mail = verb == b"DATA"
        self._looked = 0
        answers.append({b"EHLO": OFFERS, b"DATA": GO_ON, b"QUIT": BYE}.get(verb, OK))
        return True

    def _take_mail(self, answers: list[bytes]) -> bool:
        end = self._buffer.find(END, max(0, self._looked - len(END)))
        if end < 0:
            self._looked = len(self._buffer)
            return False
        self._arrivals.times.append((self._recipient, time.time()))
        self._arrivals.sample = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(END)]
        self._in_mail = False
        answers.append(OK)
        return True


async def serve(wait: float) -> None:
    """Listen until the input ends."""
    arrivals = Arrivals()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Session(arrivals, wait), "127.0.0.1", 0, backlog=512)
    _tell({"port": server.sockets[0].getsockname()[1]})
    questions = asyncio.StreamReader()
    reading = asyncio.StreamReaderProtocol(questions)
    await loop.connect_read_pipe(lambda: reading, sys.stdin)
    while await questions.readline():
        taken, arrivals.times = arrivals.times, []
        _tell({"arrivals": taken, "sample": arrivals.sample.decode("utf-8", "replace")})
    server.close()


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.buffer.write(orjson.dumps(answer) + b"\n")
    sys.stdout.buffer.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wait", type=float, default=0, help="milliseconds before each answer")
    asyncio.run(serve(parser.parse_args().wait / 1000))


if __name__ == "__main__":
    main()
