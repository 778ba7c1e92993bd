"""Whether a reply to a customer may go out now: it needs an open window or a comment, no consent.

A text message knows no window: a person's first words there go to whoever agreed to texts.

What a machine answers keeps quiet while a person talks with them, unless it announces that one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from marketing.chat import PERSON_WINDOW, Author
from marketing.consent import ConsentPolicy, SuppressionScope, may_write
from marketing.leading import WHY, Leader
from marketing.model import ChannelName, ConsentState, MessageKind, Reason
from marketing.policy import SERVICE_WINDOWS
from marketing.private_replies import Comment
from marketing.private_replies import refusal as refusal_of_comment
from marketing.whatsapp import MARGIN, WINDOW

LONGER_FOR_PEOPLE = frozenset({ChannelName.MESSENGER, ChannelName.INSTAGRAM, ChannelName.WEBCHAT})
"""Where a person may answer for a week; elsewhere a window is one for all.

Meta's is marked as such. On the website Safari forgets after seven days without a visit what a
page's script kept, and with it who the visitor was:
https://webkit.org/blog/10218/full-third-party-cookie-blocking-and-more, 2020-03-24."""
ANSWERED = frozenset(ChannelName) - {ChannelName.EMAIL}
"""The channels of conversations."""
AGREED = ConsentPolicy()
"""Who is written to unasked has agreed to it, whatever the store's audience of marketing is."""


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """What is known of one reply at its hand-over."""

    channel: ChannelName
    author: Author
    address: str | None
    is_set_up: bool
    suppression: SuppressionScope | None = None
    consent: ConsentState | None = None
    """To text messages."""
    in_human_hands: bool = False
    goes_in_human_hands: bool = False
    """A machine's that announces the person who takes over."""
    last_inbound_at: datetime | None = None
    """When the customer last wrote on this channel."""
    window_closed_at: datetime | None = None
    """When the provider last said that this was too long ago."""
    is_template: bool = False
    """Approved before by the platform: it needs no window."""
    template_refusal: Reason | None = None
    """Why that template must not go to this customer."""
    leader: Leader = Leader.US
    """Who leads the conversation there."""
    comment: Comment | None = None
    """The public comment that a person answers privately with it, window or not."""


def refusal(facts: ReplyFacts, now: datetime) -> Reason | None:
    """Say why a reply must not go out, None: it may."""
    if not facts.is_set_up:
        return Reason.CHANNEL_MISSING
    if not facts.address:
        return Reason.NO_ADDRESS
    if facts.suppression is SuppressionScope.ALL:
        return Reason.SUPPRESSED
    if facts.suppression is SuppressionScope.CARRIER:
        return Reason.CARRIER_STOP
    is_machine = facts.author is Author.BOT
    if is_machine and facts.in_human_hands and not facts.goes_in_human_hands:
        return Reason.IN_HUMAN_HANDS
    return WHY.get(facts.leader) or _unasked_refusal(facts, now) or _window_refusal(facts, now)


def _unasked_refusal(facts: ReplyFacts, now: datetime) -> Reason | None:
    """Say why a person must not write a text first; None: they may, or it answers one."""
    is_theirs = facts.channel is ChannelName.SMS and facts.author is Author.PERSON
    if not is_theirs or _wrote_lately(facts, now):
        return None
    if facts.suppression is SuppressionScope.MARKETING:
        return Reason.UNSUBSCRIBED
    return may_write(MessageKind.MARKETING, facts.consent, facts.suppression, AGREED)


def _wrote_lately(facts: ReplyFacts, now: datetime) -> bool:
    """Say whether a text answers one: after a stop only what they wrote since a week does."""
    if facts.last_inbound_at is None:
        return False
    has_stopped = facts.suppression is not None or facts.consent is ConsentState.UNSUBSCRIBED
    return not has_stopped or now - facts.last_inbound_at < PERSON_WINDOW


def _window_refusal(facts: ReplyFacts, now: datetime) -> Reason | None:
    if facts.comment:
        return refusal_of_comment(facts.comment, facts.channel, now)
    if facts.is_template:
        return facts.template_refusal
    return None if _is_open(facts, now) else Reason.CHANNEL_WINDOW


def _is_open(facts: ReplyFacts, now: datetime) -> bool:
    if window_of(facts.channel, facts.author) is None:
        return True
    ends = window_ends(facts)
    return ends is not None and now < ends


def window_ends(facts: ReplyFacts) -> datetime | None:
    """Give when its author may no longer answer what came last; None: no window, or none open."""
    window, last, closed = (
        window_of(facts.channel, facts.author),
        facts.last_inbound_at,
        facts.window_closed_at,
    )
    if window is None or last is None or (closed is not None and closed >= last):
        return None
    return last + window


def window_of(channel: ChannelName, author: Author) -> timedelta | None:
    """Give how long this author may answer on a channel, None for as long as they like."""
    if author is Author.PERSON and channel in LONGER_FOR_PEOPLE:
        return PERSON_WINDOW
    if channel is ChannelName.WHATSAPP:
        return WINDOW - MARGIN
    return SERVICE_WINDOWS.get(channel)
