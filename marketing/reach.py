"""By which of several channels a message goes: the first that reaches the customer, and why.

A channel is passed over when it is not set up, has no address, may not be used, is paused, or
takes no message now by its own window. Quiet hours and caps are no reason: they only put off,
and a night must not turn every text message into an e-mail.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketing.consent import ConsentPolicy, SuppressionScope, may_write, policy_on
from marketing.model import ChannelName, ConsentState, MessageKind, Reason
from marketing.policy import SERVICE_WINDOWS
from marketing.private_replies import Comment
from marketing.private_replies import refusal as refusal_of_comment


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of reaching one customer by one channel."""

    channel: ChannelName
    address: str | None
    consent: ConsentState | None
    suppression: SuppressionScope | None = None
    is_set_up: bool = True
    is_paused: bool = False
    """The channel's credentials were refused."""
    last_inbound_at: datetime | None = None
    """When the customer last wrote on it."""
    refused: Reason | None = None
    """What the channel has against this very message: `jobs.channel_rules`."""
    is_answer: bool = False
    """The customer wrote so lately that this counts as an answer, where a channel asks that."""
    comment: Comment | None = None
    """The public comment that this answers privately, while no window is open."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The channel a message goes by, and those before it with why they do not serve."""

    channel: ChannelName
    passed_over: tuple[tuple[ChannelName, Reason], ...] = ()


def choose(
    kind: MessageKind,
    ways: Sequence[Way],
    policy: ConsentPolicy,
    country: str | None,
    now: datetime,
) -> Chosen:
    """Give the first way that serves.

    If none does, it is one that is only paused, for its pause will end; else the first. The
    gate then says of that one why the message does not go.
    """
    refused: list[tuple[ChannelName, Reason]] = []
    for way in ways:
        reason = refusal(kind, way, policy, country, now)
        if reason is None:
            return Chosen(way.channel, tuple(refused))
        refused.append((way.channel, reason))
    paused = (channel for channel, reason in refused if reason is Reason.CHANNEL_PAUSED)
    return Chosen(next(paused, ways[0].channel), tuple(refused))


def refusal(
    kind: MessageKind, way: Way, policy: ConsentPolicy, country: str | None, now: datetime
) -> Reason | None:
    """Say why a channel does not serve for a message of this kind; None: it does."""
    if not way.is_set_up:
        return Reason.CHANNEL_MISSING
    if not way.address:
        return Reason.NO_ADDRESS
    policy = policy_on(way.channel, policy, is_window_open=way.is_answer)
    unwanted = may_write(kind, way.consent, way.suppression, policy, country)
    if unwanted:
        return unwanted
    if way.is_paused:
        return Reason.CHANNEL_PAUSED
    if way.refused:
        return way.refused
    return closed(way.channel, way.last_inbound_at, way.comment, now)


def closed(
    channel: ChannelName, last_inbound_at: datetime | None, comment: Comment | None, now: datetime
) -> Reason | None:
    """Say why a channel takes no message now; None: its window is open, or a comment lets one in.

    `comment`: the one that the message would answer privately.
    """
    if comment:
        return refusal_of_comment(comment, channel, now)
    return None if is_window_open(channel, last_inbound_at, now) else Reason.CHANNEL_WINDOW


def standing(channel: ChannelName, said: ConsentState | None) -> ConsentState | None:
    """Give what their word on a channel comes to; they opened a window by writing to the store.

    Unless they say no they may be written to there, as long as it stays open.
    """
    return ConsentState.SUBSCRIBED if said is None and channel in SERVICE_WINDOWS else said


def is_window_open(channel: ChannelName, last_inbound_at: datetime | None, now: datetime) -> bool:
    """Say whether a channel takes free messages now: some do for a while after an inbound."""
    window = SERVICE_WINDOWS.get(channel)
    return window is None or (last_inbound_at is not None and now - last_inbound_at < window)
