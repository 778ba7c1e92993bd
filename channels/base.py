"""What every channel to customers must be able to do for us.

A channel knows one provider's protocol and nothing else: it takes credentials and a
rendered message, and hands back a receipt. Deciding, storing and retrying are the jobs'.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from marketing.attachments import Attachment as Attachment  # noqa: PLC0414  so is this
from marketing.chat import InboundKind as InboundKind  # noqa: PLC0414  part of what is told here
from marketing.leading import Leader
from marketing.model import ChannelName, MessageStatus, RenderedMessage
from marketing.rests import RestKind


@dataclass(frozen=True, slots=True)
class Receipt:
    """The provider's "taken": its own id of the message and what it answered."""

    provider_id: str
    response: str


@dataclass(frozen=True, slots=True)
class Callback:
    """What a provider sent to our door for one store's account."""

    url: str
    """The door as we told it to the provider, with the query it was called with."""
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusUpdate:
    """What a provider reports of a message after hand-over; some tell no time of it."""

    provider_id: str
    status: MessageStatus
    occurred_at: datetime | None = None
    detail: str = ""
    message_id: str | None = None
    """Our ledger id, where the provider hands it back: tells of a hand-over without an answer."""
    suppress: bool = False
    """True when the address is not to be written to again."""
    recipient: str = ""
    """Whose it is, where the provider says so: finds the message by `provider_id` alone."""
    rests: RestKind | None = None
    """Why the address is to be left alone for a while, if it is."""
    is_free: bool = False
    """True when the provider says that it bills nothing for the message."""


@dataclass(frozen=True, slots=True)
class Watermark:
    """Everything that `recipient` was sent until then has this status."""

    recipient: str
    status: MessageStatus
    until: datetime


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """What a customer wrote to us; some providers tell no time of it."""

    provider_id: str
    sender: str
    """Their address on the channel: a number in E.164, the platform's id of a person."""
    text: str
    received_at: datetime | None = None
    kind: InboundKind = InboundKind.TEXT
    payload: str = ""
    """What a tapped button carries, as we sent it."""
    sender_name: str | None = None
    referral: str = ""
    """What the link carried by which they came."""
    is_echo: bool = False
    """True when it is the store's own: somebody wrote it on the platform itself, to `recipient`."""
    recipient: str = ""
    attachments: tuple[Attachment, ...] = ()
    also: tuple[str, ...] = ()
    """Further ids of the same sender."""
    is_answered: bool = False
    """True when the provider answered a STOP, START or HELP itself: ours would be a second."""
    is_standby: bool = False
    """True while another app of the store's leads the conversation: it is only listened to."""


@dataclass(frozen=True, slots=True)
class Erased:
    """A customer deleted a message of theirs: its words are to be forgotten."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class ThreadMoved:
    """Somebody leads a customer's conversation from then on: who may write to them there."""

    sender: str
    """The customer's address."""
    leader: Leader
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ThreadAsked:
    """Somebody would lead a customer's conversation, and asks us to let them."""

    sender: str
    asks: Leader
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TemplateNews:
    """A provider changed one of the store's templates: all of them are asked about again.

    A `status` is one that holds at once; without a name it is not told of which.
    """

    name: str = ""
    language: str = ""
    status: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AccountTrouble:
    """What a provider says of the store's whole account, in words for the merchant."""

    words: str
    pauses: bool = False
    """True when every message would fail alike until the merchant has acted."""


@dataclass(frozen=True, slots=True)
class OptChange:
    """A customer told the platform itself that they want no marketing there, or want it again."""

    sender: str
    is_in: bool
    detail: str = ""
    occurred_at: datetime | None = None


Told = (
    StatusUpdate
    | Watermark
    | InboundMessage
    | Erased
    | OptChange
    | ThreadMoved
    | ThreadAsked
    | TemplateNews
    | AccountTrouble
)


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

    def __init__(  # noqa: PLR0913  what one answer may say
        self,
        reason: str,
        *,
        outcome: Outcome,
        retry_after: float | None = None,
        suppress: bool = False,
        opted_out: bool = False,
        window_closed: bool = False,
        rests: RestKind | None = None,
        grows: float = 1.0,
        code: int = 0,
        is_throttled: bool = False,
        is_led: bool = False,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.outcome = outcome
        self.retry_after = retry_after
        self.suppress = suppress
        """True for a hard bounce: the address is not written to again."""
        self.opted_out = opted_out
        """True when the provider knows that the customer wants no marketing there."""
        self.window_closed = window_closed
        """True when the customer wrote too long ago: another channel may still serve."""
        self.rests = rests
        """Why the address is to be left alone for a while, if it is."""
        self.grows = grows
        """By how much `retry_after` is multiplied with each try."""
        self.code = code
        """The provider's own number of what was wrong; 0: it told none."""
        self.is_throttled = is_throttled
        """True when the provider asks for patience: no fault, however often it does."""
        self.is_led = is_led
        """True when another app has this conversation: another channel may still serve."""


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

    def verify(self, callback: Callback) -> None:
        """Raise `BadSignature` unless the provider signed this callback."""

    def parse(self, callback: Callback) -> Sequence[Told]:
        """Translate a provider's callback into our words; `ValueError` for what is none.

        Headers are asked by `verify` only: they are not kept.
        """

    def close(self) -> None:
        """Close what is kept open."""


@runtime_checkable
class Challenged(Protocol):
    """A channel whose provider asks at our door, by GET, before it tells anything."""

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Give what to answer, None when whoever asks does not know the word we agreed on."""


@runtime_checkable
class Introduced(Protocol):
    """A channel whose provider can be asked whether an account works, without a message."""

    def introduce(self) -> str:
        """Give the account's name as its provider shows it, or raise `SendFailed`."""


@runtime_checkable
class Named(Protocol):
    """A channel that can be asked how somebody calls themselves there who wrote by it."""

    def name_of(self, address: str) -> str:
        """Give the name, "" where they show none, or raise `SendFailed`."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file lies, and what has to be told there to get it."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@runtime_checkable
class Filed(Protocol):
    """A channel by which customers send files, that can say where one of them lies."""

    def place_of(self, attachment: Attachment) -> Place | None:
        """Give where it lies, None for what has no file; raises `SendFailed`.

        The address is the platform's word, so it is only called as one of a stranger's.
        """


@dataclass(frozen=True, slots=True)
class FreshToken:
    """A new access token, and how long it is good for from now on."""

    token: str = field(repr=False)
    lasts: timedelta


@runtime_checkable
class Renewed(Protocol):
    """A channel whose access token runs out, and is exchanged for a new one before it does."""

    def renew(self) -> FreshToken:
        """Ask the provider for a new token, or raise `SendFailed`; ours stays good."""


@runtime_checkable
class Led(Protocol):
    """A channel on which one app at a time leads each conversation (`marketing.leading`)."""

    def pass_thread(self, address: str) -> None:
        """Let the platform's own inbox lead a customer's conversation, or raise `SendFailed`."""

    def take_thread(self, address: str) -> None:
        """Lead it ourselves again, or raise `SendFailed`."""


MOST_REFUSED = 3


def one_by_one(
    send: Callable[[RenderedMessage], Receipt], messages: Iterable[RenderedMessage]
) -> Iterator[tuple[str, Receipt | SendFailed]]:
    """Hand several over one after the other; yields (message_id, outcome) as each is known.

    After a few refused credentials in a row no more are tried: they would fail alike.
    """
    refused: list[SendFailed] = []
    for message in messages:
        if len(refused) >= MOST_REFUSED:
            yield message.message_id, refused[-1]
            continue
        try:
            receipt = send(message)
        except SendFailed as failure:
            refused = [*refused, failure] if failure.outcome is Outcome.PAUSED else []
            yield message.message_id, failure
        else:
            refused = []
            yield message.message_id, receipt
