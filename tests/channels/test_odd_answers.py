"""Answers that no provider should give, to each channel that speaks HTTP: none of them is lost.

A socket answers whatever bytes it is told to: odd waits, errors in HTML, halves of answers.
"""

import socket
import threading
from collections.abc import Iterator

import pytest

import channels
from channels import Account, Providers
from channels.base import Channel, Outcome, SendFailed
from marketing.model import ChannelName, RenderedMessage

LINES = [
    (ChannelName.SMS, "twilio"), (ChannelName.SMS, "plivo"), (ChannelName.WHATSAPP, "meta"),
    (ChannelName.MESSENGER, "meta"), (ChannelName.INSTAGRAM, "meta"),
]  # fmt: skip
PUBLIC = {
    "account_sid": "AC1", "auth_id": "MA1", "sender": "+15005550006",
    "account_id": "42", "phone_number_id": "43",
    "verify_token": "word",
}  # fmt: skip
SECRET = {"auth_token": "hunter2", "app_secret": "hunter2", "access_token": "hunter2"}


class Raw:
    """A provider that answers each call with the same bytes and hangs up."""

    def __init__(self) -> None:
        self.answer, self.calls = b"", 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return
            with peer:
                self._read(peer)
                self.calls += 1
                peer.sendall(self.answer)

    def _read(self, peer: socket.socket) -> None:
        """Read a whole call: who hangs up on unread bytes resets the connection."""
        read = b""
        while b"\r\n\r\n" not in read:
            read += peer.recv(65536)
        head, _, body = read.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += peer.recv(65536)


@pytest.fixture
def raw() -> Iterator[Raw]:
    made = Raw()
    yield made
    made.close()


def nowhere(store_id: str, message: RenderedMessage) -> int | None:
    raise AssertionError(f"{message.message_id} of {store_id} goes to a provider")


@pytest.fixture(params=LINES, ids="-".join)
def channel(request: pytest.FixtureRequest, raw: Raw) -> Iterator[Channel]:
    account = Account(*request.param, PUBLIC, SECRET, "https://app.example/callbacks/x/y")
    providers = Providers(raw.url, False, raw.url, raw.url, raw.url)
    made = channels.open_account(account, providers, nowhere)
    yield made
    made.close()


def failure(channel: Channel) -> SendFailed:
    """Hand one message over, which must fail."""
    words = ("", "", "Still there?")
    to = "+16505551234"
    message = RenderedMessage("m1", channel.name, to, "Ada", "", "Store", *words)
    [(_, outcome)] = channel.send_many([message])
    assert isinstance(outcome, SendFailed)
    assert "hunter2" not in outcome.reason
    return outcome


def answered(status: str, body: bytes = b"", *headers: str, length: int | None = None) -> bytes:
    length = len(body) if length is None else length
    head = [f"HTTP/1.1 {status}", f"Content-Length: {length}", "Connection: close", *headers]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


NOON = "Date: Fri, 27 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("told", "wait"),
    [
        ("7", 7.0),
        ("1.5", 1.5),
        ("0", 1.0),
        ("-5", 1.0),
        ("1e9", 3600.0),
        ("9" * 400, 3600.0),
        ("inf", 3600.0),
        ("nan", None),
        ("soon", None),
        ("²", None),
        ("", None),
        (None, None),
        ("Fri, 27 Nov 2026 12:01:30 GMT", 90.0),
        ("Fri, 27 Nov 2026 11:00:00 GMT", 1.0),
        ("Mon, 27 Nov 2999 12:00:00 GMT", 3600.0),
        ("Fri, 99 Nov 2026 12:00:00 GMT", None),
    ],
)
def test_a_wait_however_it_is_told_is_heeded_within_reason(
    channel: Channel, raw: Raw, told: str | None, wait: float | None
) -> None:
    raw.answer = answered("429 Slow", b"", NOON, *([f"Retry-After: {told}"] if told else []))
    found = failure(channel)
    assert (found.outcome, found.is_throttled) == (Outcome.RETRY, True)
    assert found.retry_after == (wait or 30.0)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (answered("500 No", b"<html>Sorry</html>"), Outcome.UNKNOWN),
        (answered("502 No"), Outcome.UNKNOWN),
        (answered("503 No", b"<html>Busy</html>"), Outcome.UNKNOWN),
        (answered("504 No"), Outcome.UNKNOWN),
        (answered("200 OK"), Outcome.UNKNOWN),
        (answered("200 OK", b'{"error": "no"}'), Outcome.UNKNOWN),
        (answered("200 OK", b"<html>Welcome</html>"), Outcome.UNKNOWN),
        (answered("301 Away", b"", "Location: http://127.0.0.1:1/"), Outcome.UNKNOWN),
        (answered("401 Who", b"<html>"), Outcome.PAUSED),
        (answered("404 None"), Outcome.REJECTED),
        (answered("200 OK", b'{"message_id": "m', length=900), Outcome.UNKNOWN),
        (answered("200 OK", b'{"message_id": "m'), Outcome.UNKNOWN),
        (b"HTTP/1.1 200", Outcome.UNKNOWN),
        (b"SSH-2.0-OpenSSH\r\n", Outcome.UNKNOWN),
        (b"", Outcome.UNKNOWN),
    ],
)
def test_an_odd_answer_is_never_taken_for_a_yes_nor_asked_twice(
    channel: Channel, raw: Raw, answer: bytes, outcome: Outcome
) -> None:
    raw.answer = answer
    assert failure(channel).outcome is outcome
    assert raw.calls == 1


def test_after_three_refused_credentials_in_a_row_no_more_are_tried(
    channel: Channel, raw: Raw
) -> None:
    raw.answer = answered("401 Who")
    words = ("", "", "Still there?")
    messages = [
        RenderedMessage(f"m{n}", channel.name, "+16505551234", "Ada", "", "Store", *words)
        for n in range(32)
    ]
    outcomes = dict(channel.send_many(messages))
    assert len(outcomes) == 32
    assert {getattr(one, "outcome", None) for one in outcomes.values()} == {Outcome.PAUSED}
    assert raw.calls == 3
