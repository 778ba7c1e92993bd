"""Email over SMTP: kept connections, and at every failure the knowledge whether mail was taken."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from channels.base import InboundMessage, Receipt, SendFailed, StatusUpdate
from marketing.model import BadSignature, ChannelName, RenderedMessage


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

    @classmethod
    def from_url(cls, url: str, *, demo: bool = False) -> "SmtpSettings":
        """Read `smtp://user:password@host:587?connections=8&deadline=60&bounces=b.example.com`.

        `smtps://` speaks TLS from the first byte (port 465). Raises ValueError.
        """
        raise NotImplementedError


class SmtpChannel:
    """A `channels.base.Channel`. One object a process serves all threads; forks open their own."""

    name = ChannelName.EMAIL
    provider = "smtp"

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings

    @classmethod
    def from_url(cls, url: str, *, demo: bool = False) -> "SmtpChannel":
        """Build the channel of a SMTP_URL; see `SmtpSettings.from_url`."""
        return cls(SmtpSettings.from_url(url, demo=demo))

    def send(self, message: RenderedMessage) -> Receipt:
        """Hand one message over, or raise `SendFailed`."""
        raise NotImplementedError

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        """Hand several over on parallel connections; yields each outcome as it is known.

        Every message gets exactly one outcome. A message's headers should hold Message-ID (its
        receipt's provider_id) and Date; what lacks is made up here.
        """
        raise NotImplementedError

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """SMTP calls nobody back: raises `BadSignature` always."""
        raise BadSignature("plain SMTP has no callbacks")

    def parse(self, body: bytes) -> list[StatusUpdate | InboundMessage]:
        """Give nothing: plain SMTP has no callbacks."""
        return []

    def close(self) -> None:
        """Close every kept connection."""
        raise NotImplementedError
