"""A mail server that keeps everything it accepts, and can be told to misbehave.

Offers PIPELINING, 8BITMIME and SMTPUTF8. Every mail whose final dot was answered 250 is written
down, once per recipient and as often as it came. Faults can be ordered at each stage.
"""

import asyncio
import functools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sandbox.faults import Fault, FaultScript

Record = Callable[[str, str, bytes], None]  # sender, recipient, raw mail

_REPLIES = {"reply", "disconnect", "delay"}
_STAGES = ("connect", "ehlo", "mail", "rcpt", "data", "dot")
FAULTS: dict[str, set[str]] = dict.fromkeys(_STAGES, _REPLIES)
_CONFUSED = {421: "Service not available", 450: "Mailbox busy, try again later",
             451: "Local error", 452: "Too many recipients", 550: "5.1.1 No such user here",
             552: "5.2.2 Mailbox full", 554: "5.7.1 Refused by policy"}  # fmt: skip
_OFFERS = (
    b"".join(
        b"250-%s\r\n" % offer
        for offer in (b"mailbox.example", b"PIPELINING", b"8BITMIME", b"SMTPUTF8")
    )
    + b"250 SIZE 33554432\r\n"
)
_LINE_LIMIT = 4096
_END = b"\r\n.\r\n"


class Session(asyncio.Protocol):
    """One connection: commands in, replies out, in the order they came."""

    def __init__(self, record: Record, faults: FaultScript) -> None:
        self._record = record
        self._faults = faults
        self._buffer = bytearray()
        self._in_data = False
        self._waiting = False
        self._forget()

    def connection_made(self, transport: Any) -> None:
        self._out: asyncio.Transport = transport
        self._perform("connect", "", lambda: self._say(b"220 mailbox.example ESMTP\r\n"))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._waiting:
            self._drain()

    def _forget(self) -> None:
        self._sender = ""
        self._recipients: list[str] = []

    def _say(self, reply: bytes) -> None:
        self._out.write(reply)

    def _drain(self) -> None:
        while not self._waiting and (self._take_mail() if self._in_data else self._take_line()):
            pass

    def _take_line(self) -> bool:
        end = self._buffer.find(b"\n")
        if end < 0:
            if len(self._buffer) > _LINE_LIMIT:
                self._say(b"500 5.5.2 Line too long\r\n")
                self._out.close()
            return False
        line = bytes(self._buffer[:end]).rstrip(b"\r")
        del self._buffer[: end + 1]
        self._command(line.decode("utf-8", "surrogateescape"))
        return True

    def _take_mail(self) -> bool:
        if self._buffer.startswith(b".\r\n"):
            end, size = 0, 3
        else:
            end = self._buffer.find(_END)
            if end < 0:
                return False
            end, size = end + 2, 3
        raw = bytes(self._buffer[:end])
        del self._buffer[: end + size]
        self._in_data = False
        if raw.startswith(b"."):
            raw = raw[1:]
        self._finish(raw.replace(b"\r\n.", b"\r\n"))
        return True

    def _command(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        answer = _COMMANDS.get(verb.upper())
        if answer is None:
            self._say(b"502 5.5.1 Unknown command\r\n")
            return
        answer(self, rest.strip())

    def _ehlo(self, _: str) -> None:
        self._perform("ehlo", "", lambda: self._say(_OFFERS))

    def _helo(self, _: str) -> None:
        self._perform("ehlo", "", lambda: self._say(b"250 mailbox.example\r\n"))

    def _mail(self, rest: str) -> None:
        address = _address(rest, "FROM:")

        def take() -> None:
            self._forget()
            self._sender = address
            self._say(b"250 2.1.0 Sender ok\r\n")

        self._perform("mail", address, take)

    def _rcpt(self, rest: str) -> None:
        address = _address(rest, "TO:")

        def take() -> None:
            self._recipients.append(address)
            self._say(b"250 2.1.5 Recipient ok\r\n")

        self._perform("rcpt", address, take)

    def _data(self, _: str) -> None:
        if not self._recipients:
            self._say(b"503 5.5.1 No valid recipients\r\n")
            return

        def take() -> None:
            self._in_data = True
            self._say(b"354 Go on\r\n")

        self._perform("data", self._recipients[0], take)

    def _rset(self, _: str) -> None:
        self._forget()
        self._say(b"250 2.0.0 Ok\r\n")

    def _noop(self, _: str) -> None:
        self._say(b"250 2.0.0 Ok\r\n")

    def _quit(self, _: str) -> None:
        self._say(b"221 2.0.0 Bye\r\n")
        self._out.close()

    def _finish(self, raw: bytes) -> None:
        fault = None if self._faults.quiet else self._faults.take("dot", self._recipients[0])
        if fault is None or (fault.what != "reply" and fault.recorded):
            for recipient in self._recipients:
                self._record(self._sender, recipient, raw)
        self._forget()
        self._play(fault, lambda: self._say(b"250 2.0.0 Ok: queued\r\n"))

    # Trouble.

    def _perform(self, stage: str, subject: str, normal: Callable[[], None]) -> None:
        fault = None if self._faults.quiet else self._faults.take(stage, subject)
        self._play(fault, normal)

    def _play(self, fault: Fault | None, normal: Callable[[], None]) -> None:
        if fault is None:
            normal()
        elif fault.what == "delay":
            self._waiting = True
            asyncio.get_running_loop().call_later(fault.seconds, self._resume, normal)
        elif fault.what == "disconnect":
            self._out.abort()
        else:
            code = fault.code or 451
            text = fault.text or _CONFUSED.get(code, "Not now")
            self._say(f"{code} {text}\r\n".encode())
            if code == 421:
                self._out.close()

    def _resume(self, normal: Callable[[], None]) -> None:
        self._waiting = False
        if not self._out.is_closing():
            normal()
            self._drain()


_COMMANDS: dict[str, Callable[[Session, str], None]] = {
    "EHLO": Session._ehlo,  # noqa: SLF001 - the table of a class's own commands
    "HELO": Session._helo,  # noqa: SLF001
    "MAIL": Session._mail,  # noqa: SLF001
    "RCPT": Session._rcpt,  # noqa: SLF001
    "DATA": Session._data,  # noqa: SLF001
    "RSET": Session._rset,  # noqa: SLF001
    "NOOP": Session._noop,  # noqa: SLF001
    "QUIT": Session._quit,  # noqa: SLF001
}


def _address(rest: str, word: str) -> str:
    """`FROM:<ada@example.com> SIZE=1` -> `ada@example.com`."""
    if rest[: len(word)].upper() == word:
        rest = rest[len(word) :].strip()
    if rest.startswith("<"):
        return rest[1 : rest.find(">")]
    return rest.split(" ", 1)[0]


class SmtpSink:
    """The server in a thread of its own; `port` is known after `start`."""

    def __init__(
        self, record: Record, faults: FaultScript, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        self._record = record
        self._faults = faults
        self._host = host
        self.port = port
        self._listening: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, name="smtp", daemon=True)

    def start(self) -> None:
        """Listen; a busy port raises OSError here."""
        self._thread.start()
        self.port = self._listening.result()

    def stop(self) -> None:
        self._end()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:
            if self._listening.done():
                raise
            self._listening.set_exception(problem)

    async def _serve(self) -> None:
        loop, ended = asyncio.get_running_loop(), asyncio.Event()
        self._end = functools.partial(loop.call_soon_threadsafe, ended.set)
        server = await loop.create_server(
            lambda: Session(self._record, self._faults), self._host, self.port, backlog=512
        )
        self._listening.set_result(server.sockets[0].getsockname()[1])
        await ended.wait()
        server.close()
