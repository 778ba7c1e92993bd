"""One connection to a mail server: opening it, and the lines that go back and forth."""

import contextlib
import os
import socket
import ssl
from base64 import b64encode
from dataclasses import dataclass
from ipaddress import ip_address
from time import monotonic
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from channels.base import Outcome, SendFailed
from channels.email.smtp_outcomes import SOON, Reply, Stage, broken, refused

MAX_MESSAGES = 100
MAX_IDLE = 60.0
"""Seconds a connection is kept unused: many servers hang up after more."""
OPENING_TIME = 15.0
"""Seconds from connecting to being logged in."""
ANSWER_TIME = 30.0
BODY_TIME = 60.0
"""Seconds to wait for the answer to a command, and to the final dot."""
MAX_REPLY = 65_536


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """One account at one server."""

    host: str
    port: int
    user: str | None = None
    password: str | None = None
    implicit_tls: bool = False
    connections: int = 8
    """The most connections kept at once."""
    deadline: float = 60.0
    """Seconds a whole `send_many` may take."""
    bounces: str | None = None
    """Domain of the envelope sender `bounce+<message id>@`; by default the sender's own address."""
    allow_plain_login: bool = False
    """Log in without TLS: demo and loopback only."""
    certificates: str | None = None
    """File of certificate authorities to trust instead of the system's."""

    @classmethod
    def from_url(cls, url: str, *, demo: bool = False) -> Self:
        """Read `smtp://user:password@host:587?connections=8&deadline=60&bounces=b.example.com`.

        `smtps://` speaks TLS from the first byte (port 465). Raises ValueError.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("SMTP_URL begins with smtp:// or smtps:// and names a host")
        given = dict(parse_qsl(parts.query))
        if unknown := set(given) - {"connections", "deadline", "bounces", "certificates"}:
            raise ValueError(f"SMTP_URL has an unknown setting: {', '.join(sorted(unknown))}")
        implicit = parts.scheme == "smtps"
        return cls(
            host=parts.hostname,
            port=parts.port or (465 if implicit else 587 if parts.username else 25),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password or "") if parts.username else None,
            implicit_tls=implicit,
            connections=max(1, int(given.get("connections", 8))),
            deadline=float(given.get("deadline", 60)),
            bounces=given.get("bounces"),
            allow_plain_login=demo and is_loopback(parts.hostname),
            certificates=given.get("certificates"),
        )

    def __repr__(self) -> str:
        return f"SmtpSettings({self.host}:{self.port})"


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its own name or address."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Gone(ConnectionError):
    """The server is not there any more, or says what no server should."""


class Connection:
    """An open, logged-in connection. `replies` collects complete answers as they arrive."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.process = os.getpid()
        self.used = 0
        self.idle_since = monotonic()
        self.extensions: dict[str, str] = {}
        self.answers_in = 0.0
        """Seconds that the server took to answer a command."""
        self.needs_reset = False
        self.queued = 0
        """Bytes ever queued; with `flushed` it tells whether a final dot has left."""
        self.flushed = 0
        self._outgoing = bytearray()
        self._incoming = bytearray()
        self._lines: list[str] = []

    @classmethod
    def open(cls, settings: SmtpSettings) -> "Connection":
        """Connect, start TLS and log in; raises `SendFailed`: nothing was handed over."""
        until = monotonic() + OPENING_TIME
        stage = Stage.CONNECT
        connection = None
        try:
            connection = cls(_connected(settings, until))
            connection._greet(until)
            stage = Stage.TLS
            connection._secure(settings, until)
            stage = Stage.LOGIN
            connection._log_in(settings, until)
            connection.sock.settimeout(0)
        except SendFailed:
            if connection:
                connection.drop()
            raise
        except (OSError, ValueError) as error:
            if connection:
                connection.drop()
            raise broken(stage, _why(error)) from error
        return connection

    @property
    def pipelining(self) -> bool:
        return "PIPELINING" in self.extensions

    @property
    def spent(self) -> bool:
        """Whether it has carried as many messages as one connection should."""
        return self.used >= MAX_MESSAGES

    def is_fresh(self) -> bool:
        """Tell whether a kept connection may be used again: ours, recent, and silent since."""
        if self.process != os.getpid() or monotonic() - self.idle_since > MAX_IDLE:
            return False
        try:
            return not self.receive() and not self._incoming
        except OSError:
            return False

    @property
    def blocked(self) -> bool:
        """Whether something waits for the socket to take more."""
        return bool(self._outgoing)

    def queue(self, *lines: str) -> None:
        """Add command lines to what goes out next."""
        if any("\r" in line or "\n" in line for line in lines):
            raise ValueError("a command is one line")
        self.queue_bytes("".join(f"{line}\r\n" for line in lines).encode())

    def queue_bytes(self, data: bytes) -> None:
        """Add bytes to what goes out next."""
        self._outgoing += data
        self.queued += len(data)

    def flush(self) -> None:
        """Send what the socket takes now; raises OSError."""
        while self._outgoing:
            try:
                taken = self.sock.send(self._outgoing)
            except (BlockingIOError, ssl.SSLWantWriteError, ssl.SSLWantReadError):
                return
            self.flushed += taken
            del self._outgoing[:taken]

    def receive(self) -> list[Reply]:
        """Give the complete answers that have arrived; raises `Gone` when the server left."""
        while True:
            try:
                chunk = self.sock.recv(65_536)
            except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
                return self._complete()
            if not chunk:
                raise Gone("it closed the connection")
            self._incoming += chunk
            if not isinstance(self.sock, ssl.SSLSocket):
                return self._complete()

    def close(self) -> None:
        """Take leave without waiting for an answer."""
        if self.process == os.getpid():
            with contextlib.suppress(OSError):
                self.sock.settimeout(0)
                self.sock.send(b"QUIT\r\n")
        self.drop()

    def drop(self) -> None:
        """Close the socket; a forked process closes only its own copy."""
        with contextlib.suppress(OSError):
            self.sock.close()

    def _greet(self, until: float) -> None:
        greeting = self._answer(until)
        if not greeting.good:
            raise refused(Stage.CONNECT, greeting)
        self._hello(until)

    def _hello(self, until: float) -> None:
        asked_at = monotonic()
        reply = self._command("EHLO " + _own_name(self.sock), until)
        self.answers_in = monotonic() - asked_at
        if not reply.good:
            raise refused(Stage.CONNECT, reply)
        lines = reply.text.split("\n")[1:]
        words = (line.strip().partition(" ") for line in lines)
        self.extensions = {name.upper(): rest for name, _, rest in words}

    def _secure(self, settings: SmtpSettings, until: float) -> None:
        if settings.implicit_tls or "STARTTLS" not in self.extensions:
            return
        reply = self._command("STARTTLS", until)
        if not reply.good:
            raise refused(Stage.TLS, reply)
        if self._incoming:
            raise Gone("it spoke before TLS was there")  # else plain words would count as secured
        self.sock.settimeout(_left(until))
        self.sock = _context(settings).wrap_socket(self.sock, server_hostname=settings.host)
        self._hello(until)

    def _log_in(self, settings: SmtpSettings, until: float) -> None:
        if settings.user is None:
            return
        if not isinstance(self.sock, ssl.SSLSocket) and not settings.allow_plain_login:
            reason = "the server offers no TLS, and a password is not sent without it"
            raise SendFailed(reason, outcome=Outcome.PAUSED)
        offered = self.extensions.get("AUTH", "").upper().split()
        user, password = settings.user.encode(), (settings.password or "").encode()
        if "PLAIN" in offered or "LOGIN" not in offered:
            secret = b64encode(b"\0" + user + b"\0" + password).decode()
            reply = self._command(f"AUTH PLAIN {secret}", until)
        else:
            reply = self._command("AUTH LOGIN", until)
            for part in (user, password):
                if reply.code == 334:
                    reply = self._command(b64encode(part).decode(), until)
        if not reply.good:
            raise _login_refused(reply)

    def _command(self, line: str, until: float) -> Reply:
        self.sock.settimeout(_left(until))
        self.sock.sendall(f"{line}\r\n".encode())
        return self._answer(until)

    def _answer(self, until: float) -> Reply:
        """Wait for one answer, until a moment however slowly it drips in."""
        while True:
            if complete := self._complete(limit=1):
                return complete[0]
            self.sock.settimeout(_left(until))
            chunk = self.sock.recv(4_096)
            if not chunk:
                raise Gone("it closed the connection")
            self._incoming += chunk

    def _complete(self, limit: int | None = None) -> list[Reply]:
        """Cut complete answers out of what has arrived."""
        replies: list[Reply] = []
        while (limit is None or len(replies) < limit) and (end := self._incoming.find(b"\n")) >= 0:
            line = bytes(self._incoming[:end]).rstrip(b"\r").decode("utf-8", "replace")
            del self._incoming[: end + 1]
            if not line[:3].isdecimal() or line[3:4] not in {"", " ", "-"}:
                raise Gone("its answer is not SMTP")
            self._lines.append(line[4:])
            if line[3:4] != "-":
                replies.append(Reply(int(line[:3]), "\n".join(self._lines)))
                self._lines = []
        if len(self._incoming) + sum(map(len, self._lines)) > MAX_REPLY:
            raise Gone("its answer has no end")
        return replies


def _connected(settings: SmtpSettings, until: float) -> socket.socket:
    sock = socket.create_connection((settings.host, settings.port), timeout=_left(until))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if not settings.implicit_tls:
        return sock
    try:
        return _context(settings).wrap_socket(sock, server_hostname=settings.host)
    except OSError:
        sock.close()
        raise


def _context(settings: SmtpSettings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.certificates)


def _login_refused(reply: Reply) -> SendFailed:
    reason = f"the login was refused: {reply.told}"
    if 400 <= reply.code < 500:
        return SendFailed(reason, outcome=Outcome.RETRY, retry_after=SOON)
    return SendFailed(reason, outcome=Outcome.PAUSED)


def _own_name(sock: socket.socket) -> str:
    """Give an address literal: always true, and no look-up that may hang."""
    address: str = sock.getsockname()[0]
    return f"[IPv6:{address}]" if ":" in address else f"[{address}]"


def _left(until: float) -> float:
    left = until - monotonic()
    if left <= 0:
        raise TimeoutError("it took too long")
    return left


def _why(error: Exception) -> str:
    return "it took too long" if isinstance(error, TimeoutError) else str(error) or "no answer"
