"""Handing many messages over at once: one thread, several connections, each answer in its place.

Where the server allows it (PIPELINING), the next message's envelope travels with the body of the
one before: one round trip a message. Until a message's final dot has left, a lost connection
harms nothing and the message goes over another one; from then on its fate is unknown.
"""

import selectors
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from time import monotonic

from channels.base import Outcome, Receipt, SendFailed
from channels.email.dkim import signed
from channels.email.mime import HeaderRefused, assemble, envelope_address
from channels.email.smtp_connection import ANSWER_TIME, BODY_TIME, Connection, Gone, SmtpSettings
from channels.email.smtp_outcomes import SOON, Reply, Stage, broken, refused
from marketing.model import RenderedMessage

MESSAGES_A_CONNECTION = 4
"""Below this many messages for each, another connection is not worth its opening ..."""
FAR = 0.005
"""... unless the server takes so many seconds to answer: then each message deserves its own."""
TRIES = 2
SENDERS_REFUSED = 3
"""After so many refusals of the sender in a row the channel itself is broken."""

Result = tuple[str, Receipt | SendFailed]


@dataclass(slots=True)
class Flight:
    """A message on its way."""

    message: RenderedMessage
    tries: int = 0
    stage: Stage = Stage.SENDER
    failure: SendFailed | None = None
    wire: bytes = b""
    dot_at: int = 0
    """How many bytes its connection must have sent for the final dot to be gone."""


@dataclass(slots=True)
class Talk:
    """A connection in use, and whose answers it is waiting for, in order."""

    connection: Connection
    expected: deque[tuple[Stage | None, Flight]] = field(default_factory=deque)
    """Stage None is the answer to RSET, or to the empty body after a refused envelope."""
    until: float = 0.0
    watched: int = 0


class Handover:
    """One `send_many` under way."""

    def __init__(
        self,
        settings: SmtpSettings,
        messages: Iterable[RenderedMessage],
        take: Callable[[int], list[Connection]],
    ) -> None:
        self._settings = settings
        self._coming = iter(messages)
        self._take = take
        """Gives up to so many connections, at least one; raises SendFailed."""
        self._waiting: deque[Flight] = deque()
        self._talks: list[Talk] = []
        self._results: deque[Result] = deque()
        self._selector = selectors.DefaultSelector()
        self._enough = False
        """The server lets us open no more connections than there are."""
        self._senders_refused = 0
        self._until = monotonic() + settings.deadline
        self.finished: list[Connection] = []
        """Connections to keep; whoever runs the handover takes them back."""

    def run(self) -> Iterator[Result]:
        """Yield every message's outcome as it is known."""
        try:
            while self._prepare():
                self._wait()
                while self._results:
                    yield self._results.popleft()
            while self._results:
                yield self._results.popleft()
        finally:
            self._release()

    def _prepare(self) -> bool:
        """Give idle connections something to do; False when all is done."""
        if monotonic() > self._until:
            self._give_up()
            return False
        self._open_connections()
        self._open_connections()  # again: the first ones tell how far away the server is
        for talk in list(self._talks):
            if not talk.expected and not self._begin_next(talk):
                self._retire(talk)
            else:
                self._flush(talk)
        return bool(self._talks) or bool(self._results) or self._peek() is not None

    def _open_connections(self) -> None:
        """Have as many connections as the waiting messages deserve."""
        is_far = any(talk.connection.answers_in > FAR for talk in self._talks)
        deserved = -(-self._look_ahead() // (1 if is_far else MESSAGES_A_CONNECTION))
        wanted = min(deserved, self._settings.connections) - len(self._talks)
        if wanted <= 0 or (self._talks and self._enough):
            return
        try:
            opened = self._take(wanted)
        except SendFailed as failure:
            self._enough = True
            if not self._talks:
                self._fail_waiting(failure)
            return
        self._enough = len(opened) < wanted
        self._talks += map(Talk, opened)

    def _look_ahead(self) -> int:
        """Read so many of the coming messages that connections can be counted out."""
        wanted = self._settings.connections * MESSAGES_A_CONNECTION
        while len(self._waiting) < wanted:
            message = next(self._coming, None)
            if message is None:
                break
            self._waiting.append(Flight(message))
        return len(self._waiting)

    def _peek(self) -> Flight | None:
        return self._waiting[0] if self._look_ahead() else None

    def _begin_next(self, talk: Talk) -> bool:
        """Put the next message's envelope into what a connection sends; False: nothing to send."""
        while not talk.connection.spent and self._peek() is not None:
            flight = self._waiting.popleft()
            try:
                self._begin(talk, flight)
            except HeaderRefused as error:
                failure = SendFailed(str(error), outcome=Outcome.REJECTED)
                self._results.append((flight.message.message_id, failure))
            else:
                return True
        return False

    def _begin(self, talk: Talk, flight: Flight) -> None:
        connection = talk.connection
        flight.wire = self._wire(connection, flight.message)
        flight.tries += 1
        flight.stage, flight.failure, flight.dot_at = Stage.SENDER, None, 0
        mail, recipient = self._envelope(connection, flight)
        if connection.needs_reset:
            connection.needs_reset = False
            connection.queue("RSET")
            talk.expected.append((None, flight))
        connection.used += 1
        connection.queue(mail)
        talk.expected.append((Stage.SENDER, flight))
        if connection.pipelining:
            connection.queue(recipient, "DATA")
            talk.expected += ((Stage.RECIPIENT, flight), (Stage.DATA, flight))
        talk.until = monotonic() + ANSWER_TIME

    def _wire(self, connection: Connection, message: RenderedMessage) -> bytes:
        """Give a message as it is sent: leading dots doubled, and the final one."""
        # Whoever carries a signed message on must not need to write it anew.
        wire = assemble(
            message,
            eight_bit="8BITMIME" in connection.extensions and message.signing is None,
            utf8="SMTPUTF8" in connection.extensions,
        )
        if message.signing:
            wire = signed(wire, message.signing)
        return wire.replace(b"\r\n.", b"\r\n..") + b".\r\n"

    def _envelope(self, connection: Connection, flight: Flight) -> tuple[str, str]:
        message, extensions = flight.message, connection.extensions
        utf8 = "SMTPUTF8" in extensions
        to = envelope_address(message.to, utf8=utf8)
        sender = envelope_address(self._sender(message), utf8=utf8)
        mail = f"MAIL FROM:<{sender}>"
        if "SIZE" in extensions:
            mail += f" SIZE={len(flight.wire)}"
        if "8BITMIME" in extensions:
            mail += " BODY=8BITMIME"
        if utf8 and not (to.isascii() and sender.isascii()):
            mail += " SMTPUTF8"
        return mail, f"RCPT TO:<{to}>"

    def _sender(self, message: RenderedMessage) -> str:
        bounces = self._settings.bounces
        return f"bounce+{message.message_id}@{bounces}" if bounces else message.sender

    def _wait(self) -> None:
        """Sleep until a server answers or time is up, then take in what came."""
        for talk in self._talks:
            self._watch(talk)
        if not self._talks or self._results:
            return
        soonest = min(*(talk.until for talk in self._talks), self._until)
        events = self._selector.select(max(0.0, soonest - monotonic()))
        heard = [key.data for key, _ in events]
        for talk in heard:
            self._listen(talk)
        now = monotonic()
        for talk in [talk for talk in self._talks if talk.until < now and talk not in heard]:
            self._lose(talk, "it took too long")

    def _watch(self, talk: Talk) -> None:
        """Have the selector wake us for what this connection waits for."""
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if talk.connection.blocked else 0)
        if not talk.watched:
            self._selector.register(talk.connection.sock, wanted, talk)
        elif talk.watched != wanted:
            self._selector.modify(talk.connection.sock, wanted, talk)
        talk.watched = wanted

    def _listen(self, talk: Talk) -> None:
        try:
            for reply in talk.connection.receive():
                self._answered(talk, reply)
            talk.connection.flush()
        except OSError as error:
            self._lose(talk, str(error) or "no answer")

    def _flush(self, talk: Talk) -> None:
        try:
            talk.connection.flush()
        except OSError as error:
            self._lose(talk, str(error) or "no answer")

    def _answered(self, talk: Talk, reply: Reply) -> None:
        """Take in one answer, in the order the commands went out."""
        if not talk.expected:
            raise Gone(f"it said {reply.code} unasked")
        talk.until = monotonic() + ANSWER_TIME
        stage, flight = talk.expected.popleft()
        match stage:
            case Stage.BODY:
                self._handed_over(flight, reply)
            case Stage.DATA:
                self._may_send_body(talk, flight, reply)
            case Stage.SENDER | Stage.RECIPIENT:
                self._envelope_answered(talk, flight, stage, reply)
            case _:
                if flight.failure:
                    self._finish(flight, flight.failure)
        if reply.code == 421:
            raise Gone(f"it is closing: {reply.told}")

    def _envelope_answered(self, talk: Talk, flight: Flight, stage: Stage, reply: Reply) -> None:
        connection = talk.connection
        flight.stage = Stage.RECIPIENT if stage is Stage.SENDER else Stage.DATA
        if not reply.good and flight.failure is None:
            flight.failure = refused(stage, reply)
        if stage is Stage.SENDER:
            self._count_refused_senders(flight)
        if connection.pipelining:
            return
        if flight.failure:
            connection.needs_reset = stage is Stage.RECIPIENT
            self._finish(flight, flight.failure)
            return
        line = self._envelope(connection, flight)[1] if stage is Stage.SENDER else "DATA"
        connection.queue(line)
        talk.expected.append((flight.stage, flight))

    def _count_refused_senders(self, flight: Flight) -> None:
        """Stop when the server wants none of our senders: the account is wrong, not a message."""
        failure = flight.failure
        if failure is None or failure.outcome is not Outcome.REJECTED:
            self._senders_refused = 0
            return
        self._senders_refused += 1
        if self._senders_refused >= SENDERS_REFUSED:
            flight.failure = SendFailed(failure.reason, outcome=Outcome.PAUSED)
            self._fail_waiting(flight.failure)

    def _may_send_body(self, talk: Talk, flight: Flight, reply: Reply) -> None:
        connection = talk.connection
        if reply.code != 354:
            connection.needs_reset = True
            self._finish(flight, flight.failure or refused(Stage.DATA, reply))
        elif flight.failure:  # RFC 2920: a server may say 354 though it took nobody
            connection.needs_reset = True
            connection.queue(".")
            talk.expected.append((None, flight))
        else:
            flight.stage = Stage.BODY
            connection.queue_bytes(flight.wire)
            flight.dot_at = connection.queued
            talk.expected.append((Stage.BODY, flight))
            if connection.pipelining:
                self._begin_next(talk)
            talk.until = monotonic() + BODY_TIME

    def _handed_over(self, flight: Flight, reply: Reply) -> None:
        if not reply.good:
            self._finish(flight, refused(Stage.BODY, reply))
            return
        message = flight.message
        provider_id = message.headers.get("Message-ID", message.message_id)
        self._finish(flight, Receipt(provider_id=provider_id, response=reply.told))

    def _finish(self, flight: Flight, result: Receipt | SendFailed) -> None:
        flight.wire = b""
        self._results.append((flight.message.message_id, result))

    def _lose(self, talk: Talk, why: str) -> None:
        """A connection broke: what had not left goes over another one, or later."""
        flights = {id(flight): flight for _, flight in talk.expected}
        for flight in reversed(flights.values()):
            taken = flight.stage is Stage.BODY and talk.connection.flushed >= flight.dot_at
            if flight.failure:
                self._finish(flight, flight.failure)
            elif taken or flight.tries >= TRIES:
                self._finish(flight, broken(flight.stage, why, taken=taken))
            else:
                self._waiting.appendleft(flight)
        self._leave(talk)
        talk.connection.drop()

    def _retire(self, talk: Talk) -> None:
        """Put a connection without work aside: to keep, or closed when it has done its share."""
        self._leave(talk)
        if talk.connection.spent:
            talk.connection.close()
        else:
            talk.connection.idle_since = monotonic()
            self.finished.append(talk.connection)

    def _leave(self, talk: Talk) -> None:
        if talk.watched:
            self._selector.unregister(talk.connection.sock)
        self._talks.remove(talk)

    def _give_up(self) -> None:
        """The deadline has passed: tell what is known of each message."""
        for talk in list(self._talks):
            for _, flight in talk.expected:
                flight.tries = TRIES
            self._lose(talk, "the time for this batch is over")
        reason = "the time for this batch was over before its turn"
        while self._peek() is not None:
            self._fail_waiting(SendFailed(reason, outcome=Outcome.RETRY, retry_after=SOON))

    def _fail_waiting(self, failure: SendFailed) -> None:
        """Without a connection nothing can be handed over, now."""
        while self._peek() is not None:
            self._finish(self._waiting.popleft(), failure)

    def _release(self) -> None:
        """Leave nothing open that nobody will read from: the caller may have stopped early."""
        for talk in list(self._talks):
            self._leave(talk)
            talk.connection.drop()
        self._selector.close()
