"""What every channel to customers must be able to do for us.

A channel knows one provider's protocol and nothing else: it takes credentials and a
rendered message, and hands back a receipt. Deciding, storing and retrying are the jobs'.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from marketing.model import ChannelName, MessageStatus, RenderedMessage


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's "taken": its own id of the message and what it answered."""

    provider_id: str
    response: str


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What a provider reports of a message after hand-over."""

    provider_id: str
    status: MessageStatus
    occurred_at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a customer wrote to us."""

    provider_id: str
    sender: str
    text: str
    received_at: datetime


class Outcome(StrEnum):
    """What a failed hand-over means for the message."""

    REJECTED = "rejected"
    """Never again: a bad address, a refused content."""
    RETRY = "retry"
    """Nothing was taken; later may help."""
    UNKNOWN = "unknown"
    """It may have been taken; never again by ourselves."""
    PAUSED = "paused"
    """The channel itself is broken (credentials): stop sending, keep what is due."""


class SendFailed(Exception):
    """The provider did not (surely) take the message; `retry_after` is in seconds."""

    def __init__(
        self,
        reason: str,
        *,
        outcome: Outcome,
        retry_after: float | None = None,
        suppress: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome
        self.retry_after = retry_after
        self.suppress = suppress
        """True for a hard bounce: the address is not written to again."""


class Channel(Protocol):
    """The battery in `tests/contracts/channel_contract.py` holds for every one of these."""

    name: ChannelName
    provider: str

    def send(self, message: RenderedMessage) -> Receipt:
        """Hand one message to the provider, or raise `SendFailed`."""

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterable[tuple[str, Receipt | SendFailed]]:
        """Hand over several on kept connections; yields (message_id, outcome) as each is known."""

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raise `BadSignature` unless the provider signed this callback."""

    def parse(self, body: bytes) -> list[StatusUpdate | InboundMessage]:
        """Translate a provider's callback into our words."""
