"""Email over SMTP: kept connections, and at every failure the knowledge whether mail was taken."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Self

from channels.base import Callback, InboundMessage, Receipt, SendFailed, StatusUpdate
from channels.email.smtp_connection import Connection, SmtpSettings
from channels.email.smtp_handover import Handover
from marketing.model import BadSignature, ChannelName, RenderedMessage

__all__ = ["SmtpChannel", "SmtpSettings"]


class SmtpChannel:
    """A `channels.base.Channel`. One object a process serves all threads; forks open their own."""

    name = ChannelName.EMAIL
    provider = "smtp"

    def __init__(self, settings: SmtpSettings) -> None:
        self.settings = settings
        self._kept: list[Connection] = []
        self._lock = Lock()

    @classmethod
    def from_url(cls, url: str, *, demo: bool = False) -> Self:
        """Build the channel of a SMTP_URL; see `SmtpSettings.from_url`."""
        return cls(SmtpSettings.from_url(url, demo=demo))

    def send(self, message: RenderedMessage) -> Receipt:
        """Hand one message over, or raise `SendFailed`."""
        [(_, outcome)] = self.send_many([message])
        if isinstance(outcome, SendFailed):
            raise outcome
        return outcome

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        """Hand several over on parallel connections; yields each outcome as it is known.

        Every message gets exactly one outcome. A message's headers should hold Message-ID (its
        receipt's provider_id) and Date; what lacks is made up here.
        """
        handover = Handover(self.settings, messages, self._take)
        try:
            yield from handover.run()
        finally:
            self._keep(handover.finished)

    def verify(self, callback: Callback) -> None:
        """SMTP calls nobody back: raises `BadSignature` always."""
        del callback
        raise BadSignature("plain SMTP has no callbacks")

    def parse(self, callback: Callback) -> list[StatusUpdate | InboundMessage]:
        """Give nothing: plain SMTP has no callbacks."""
        del callback
        return []

    def close(self) -> None:
        """Close every kept connection."""
        with self._lock:
            kept, self._kept = self._kept, []
        for connection in kept:
            connection.close()

    def _take(self, wanted: int) -> list[Connection]:
        """Give up to `wanted` connections, kept ones first; raises SendFailed if none opens."""
        taken = self._take_kept(wanted)
        missing = wanted - len(taken)
        if not taken:
            taken.append(Connection.open(self.settings))
            missing -= 1
        if missing > 0:
            taken += self._opened(missing)
        return taken

    def _take_kept(self, wanted: int) -> list[Connection]:
        taken: list[Connection] = []
        with self._lock:
            while self._kept and len(taken) < wanted:
                connection = self._kept.pop()
                if connection.is_fresh():
                    taken.append(connection)
                else:
                    connection.drop()
        return taken

    def _opened(self, count: int) -> list[Connection]:
        """Open connections side by side: far servers take a second each. Those that fail, lack."""
        with ThreadPoolExecutor(count) as threads:
            opening = [threads.submit(Connection.open, self.settings) for _ in range(count)]
        return [one.result() for one in opening if one.exception() is None]

    def _keep(self, connections: list[Connection]) -> None:
        with self._lock:
            room = self.settings.connections - len(self._kept)
            self._kept += connections[:room]
        for connection in connections[room:]:
            connection.close()
