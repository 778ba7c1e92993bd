"""The decision before each send: go, skip, put off, hold or expire, each with its reason.

Pure: the jobs fill `Outgoing` from the ledger and `GateFacts` from the mirror, in bulk.
Rules in their order: the flow and its enrollment; the flow's filter; consent and suppression;
a conversation in human hands; the deadline; pacing (spacing after an outage, the cap between
flows, quiet hours); channel windows; the discount code. Transactional messages know no consent,
cap or quiet hours, and go while a person talks with the customer. A message put off beyond its
deadline expires with what put it off as reason: at once where that is certain, and at its
deadline where another flow's message is in its way, for that one may yet turn out not to have
gone. A message without a deadline of its own is patient: its time counts from when cap and quiet
hours let it go, but not for ever (`PATIENCE`).

After an outage or a long wait two messages of one enrollment could go out together. Two rules
keep that from happening: a message that is more than `LATE` behind and whose successor is due
as well is overtaken by it; and the successor of a message that went out late keeps the gap
that was planned between the two, an hour at the most.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from marketing.conditions import holds
from marketing.consent import SuppressionScope, may_write, policy_on
from marketing.flow import Condition, FlowStatus
from marketing.model import ChannelName, ConsentState, MessageKind, Reason, StoreStatus
from marketing.policy import StorePolicy, open_windows
from marketing.private_replies import Comment
from marketing.reach import closed
from marketing.timing import allowed_everywhere, capped_until

LATE = timedelta(minutes=10)
"""Later than this a message was held up, by an outage or by a rule."""
SPACING = timedelta(hours=1)
PATIENCE = timedelta(days=3)
"""After its due time a patient message goes no later, unless one cap alone takes longer."""
CODE_GRACE = timedelta(hours=1)
"""How long past its deadline a message may still go that waited for its code to the last."""


class CodeState(StrEnum):
    """Where the discount code stands that a message is to offer."""

    NONE = "none"
    """The message offers no code."""
    WAITING = "waiting"
    """Asked for, or failed so far: it may still come."""
    READY = "ready"


class RewardState(StrEnum):
    """Where the reward stands that the message tells of."""

    NONE = "none"
    """The message tells of none."""
    NOT_DUE = "not_due"
    WAITING = "waiting"
    GIVEN = "given"
    CODE = "code"
    """It is a code: `CodeState` says how far that is."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message of the ledger that is due."""

    channel: ChannelName
    kind: MessageKind
    due_at: datetime
    expires_at: datetime
    code: CodeState = CodeState.NONE
    code_ends_at: datetime | None = None
    put_off: Reason | None = None
    """Why it was put off last, if it was."""
    code_refusal: Reason | None = None
    """Why the guards give no code (`marketing.coupons`); the message goes without it."""
    reward: RewardState = RewardState.NONE
    is_patient: bool = False
    """It sets no deadline of its own."""


@dataclass(frozen=True, slots=True)
class GateFacts:
    """What is asked about one message's store, flow, customer and neighbours."""

    policy: StorePolicy
    zones: tuple[str, ...]
    """Where the customer may be: their own zone, else each that their number may be in, else
    the store's. It is quiet while it is quiet in one of them."""
    store_status: StoreStatus = StoreStatus.INSTALLED
    flow_status: FlowStatus = FlowStatus.LIVE
    channel_missing: bool = False
    """The channel is not set up here."""
    channel_paused: bool = False
    """The channel's credentials were refused."""
    channel_refusal: Reason | None = None
    """What the channel has against this very message: `marketing.reach.Way.refused`."""
    is_answer: bool = False
    """The customer wrote so lately that it counts as an answer to them."""
    stopped: Reason | None = None
    """Why the sequence has no more to say: an exit since entry, a replacement; not `completed`
    nor `exit_step`, which leave earlier messages their right."""
    erased: bool = False
    filter: Condition | None = None
    """`Flow.filter` of the enrollment's version."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """Nested facts for the filter; only needed where there is one."""
    address: str | None = None
    consent: ConsentState | None = None
    suppression: SuppressionScope | None = None
    country: str | None = None
    in_human_hands: bool = False
    last_other_flow_at: datetime | None = None
    """When another flow's marketing message last went to them on this channel."""
    previous_due_at: datetime | None = None
    """Of the last message of this enrollment that was sent: when it was due ..."""
    previous_sent_at: datetime | None = None
    """... and when it went."""
    next_due_at: datetime | None = None
    """The latest due time, not after now, of the enrollment's other waiting messages."""
    last_inbound_at: datetime | None = None
    """When the customer last wrote to the store on this channel."""
    comment: Comment | None = None
    """The public comment that this answers privately, while no window is open."""
    shared_sender_until: datetime | None = None
    """The operator's shared sender takes no more of this store before then."""


@dataclass(frozen=True, slots=True)
class Go:
    """Render it and hand it over; `note` is shown though it goes."""

    offers_code: bool = False
    note: Reason | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Never send it."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Defer:
    """Ask again at `until`."""

    until: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep it until somebody lets it go: it is not asked about again by itself."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Expire:
    """It came too late to make sense, or would."""

    reason: Reason


Verdict = Go | Skip | Defer | Hold | Expire


def decide(message: Outgoing, facts: GateFacts, now: datetime) -> Verdict:
    """Decide about one due message: the first rule with something to say decides."""
    if message.is_patient and message.kind is MessageKind.MARKETING:
        message = replace(message, expires_at=_patient_until(message, facts))
    return (
        _sequence_rule(facts)
        or _person_rule(message, facts)
        or _deadline_rule(message, facts, now)
        or _pacing_rule(message, facts, now)
        or _channel_rule(message.channel, facts, now)
        or _reward_rule(message, now)
        or _code_rule(message, now)
    )


def _patient_until(message: Outgoing, facts: GateFacts) -> datetime:
    """Give the deadline of a patient message, on what is known now of what held it up.

    Another flow's message that went when this one was too late already holds up nothing.
    """
    cap = facts.policy.caps.get(message.channel, timedelta())
    free, last, lasts = (
        message.due_at,
        facts.last_other_flow_at,
        message.expires_at - message.due_at,
    )
    if last and (message.put_off or last <= message.expires_at):
        free = max(free, last + cap)
    windows = open_windows(facts.policy, message.channel, facts.address)
    goes = allowed_everywhere(free, windows, facts.zones) or free
    return min(goes, message.due_at + max(PATIENCE - lasts, cap)) + lasts


def _sequence_rule(facts: GateFacts) -> Verdict | None:
    if facts.store_status is StoreStatus.UNINSTALLED:
        return Skip(Reason.STORE_UNINSTALLED)
    if facts.erased:
        return Skip(Reason.CUSTOMER_ERASED)
    if facts.stopped:
        return Skip(facts.stopped)
    return None if facts.flow_status is FlowStatus.LIVE else Hold(Reason.FLOW_PAUSED)


def _person_rule(message: Outgoing, facts: GateFacts) -> Verdict | None:
    if facts.filter and not holds(facts.filter, facts.values):
        return Skip(Reason.FILTERED)
    if facts.channel_missing:
        return Skip(Reason.CHANNEL_MISSING)
    if not facts.address:
        return Skip(Reason.NO_ADDRESS)
    policy = policy_on(message.channel, facts.policy.consent, is_window_open=facts.is_answer)
    refusal = may_write(message.kind, facts.consent, facts.suppression, policy, facts.country)
    if refusal:
        return Skip(refusal)
    if facts.in_human_hands and message.kind is MessageKind.MARKETING:
        return Hold(Reason.IN_HUMAN_HANDS)
    return Hold(Reason.CHANNEL_PAUSED) if facts.channel_paused else None


def _deadline_rule(message: Outgoing, facts: GateFacts, now: datetime) -> Verdict | None:
    is_waiting = message.code is CodeState.WAITING or message.reward is RewardState.WAITING
    grace = CODE_GRACE if is_waiting else timedelta()
    if now > message.expires_at + grace:
        return Expire(message.put_off or Reason.EXPIRED)
    return Expire(Reason.OVERTAKEN) if _overtaken(message, facts, now) else None


def _overtaken(message: Outgoing, facts: GateFacts, now: datetime) -> bool:
    next_due = facts.next_due_at
    return next_due is not None and message.due_at < next_due <= now and now - message.due_at > LATE


def _pacing_rule(message: Outgoing, facts: GateFacts, now: datetime) -> Verdict | None:
    waits = [_spacing(message, facts, now)]
    if message.kind is MessageKind.MARKETING:
        waits.append(_cap(message, facts, now))
        if until := facts.shared_sender_until:
            waits.append(Defer(until, Reason.SHARED_SENDER))
        paced = max((one.until for one in waits if one), default=now)
        windows = open_windows(facts.policy, message.channel, facts.address)
        opens = allowed_everywhere(paced, windows, facts.zones)
        if opens is None:
            return Expire(Reason.QUIET_HOURS)
        waits.append(Defer(opens, Reason.QUIET_HOURS) if opens > paced else None)
    found = [one for one in waits if one]
    if not found:
        return None
    wait = Defer(max(one.until for one in found), found[0].reason)
    return wait if wait.until <= message.expires_at else _too_long(message, wait.reason, now)


def _too_long(message: Outgoing, reason: Reason, now: datetime) -> Verdict:
    """A night is certain; what another message is in the way of is asked about once more."""
    if reason is not Reason.FREQUENCY_CAP or now >= message.expires_at:
        return Expire(reason)
    last_look = message.expires_at - LATE
    return Defer(last_look if now < last_look else message.expires_at, reason)


def _spacing(message: Outgoing, facts: GateFacts, now: datetime) -> Defer | None:
    due, sent = facts.previous_due_at, facts.previous_sent_at
    if due is None or sent is None or sent - due <= LATE:
        return None
    until = sent + min(SPACING, max(message.due_at - due, timedelta()))
    return Defer(until, Reason.FREQUENCY_CAP) if until > now else None


def _cap(message: Outgoing, facts: GateFacts, now: datetime) -> Defer | None:
    cap = facts.policy.caps.get(message.channel, timedelta())
    until = capped_until(facts.last_other_flow_at, cap, now)
    return Defer(until, Reason.FREQUENCY_CAP) if until else None


def _channel_rule(channel: ChannelName, facts: GateFacts, now: datetime) -> Verdict | None:
    if facts.channel_refusal:
        return Skip(facts.channel_refusal)
    refusal = closed(channel, facts.last_inbound_at, facts.comment, now)
    return Skip(refusal) if refusal else None


def _reward_rule(message: Outgoing, now: datetime) -> Verdict | None:
    """A message that tells of a reward goes with it or not at all; it waits to the deadline."""
    match message.reward:
        case RewardState.NONE | RewardState.GIVEN:
            return None
        case RewardState.NOT_DUE:
            return Skip(Reason.NO_REWARD)
        case RewardState.CODE:
            verdict = _code_rule(message, now)
            without = isinstance(verdict, Go) and not verdict.offers_code
            return Skip(message.code_refusal or Reason.REWARD_UNAVAILABLE) if without else verdict
        case RewardState.WAITING if now < message.expires_at:
            return Defer(message.expires_at, Reason.AWAITING_REWARD)
        case RewardState.WAITING | RewardState.FAILED:
            return Skip(Reason.REWARD_UNAVAILABLE)


def _code_rule(message: Outgoing, now: datetime) -> Verdict:
    """Wait for the code up to the deadline; then go without offering it, and say so."""
    if message.code is CodeState.NONE:
        return Go(note=message.code_refusal)
    if message.code is CodeState.WAITING and now < message.expires_at:
        return Defer(message.expires_at, Reason.AWAITING_CODE)
    runs_out = message.code_ends_at is not None and message.code_ends_at <= now + LATE
    if message.code is CodeState.WAITING or runs_out:
        return Go(offers_code=False, note=Reason.CODE_UNAVAILABLE)
    return Go(offers_code=True)
