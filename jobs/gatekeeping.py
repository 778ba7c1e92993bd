"""Asking the gate about a batch of claimed messages, with everything it wants to know in bulk."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from jobs import (
    channel_rules,
    code_checks,
    neighbours,
    private_replies,
    reward_checks,
    shared_sender,
)
from jobs.channel_rules import Asked, Rules
from jobs.neighbours import Neighbour
from jobs.private_replies import Comments
from jobs.runtime import Runtime
from jobs.shared_sender import SharedSender
from marketing.conditions import fields_of
from marketing.consent import CONSENT_CHANNELS, KEPT_CHANNELS, SuppressionScope
from marketing.enrollment import EnrollmentState
from marketing.flow import FlowStatus, SendMessage
from marketing.gate import (
    CodeState,
    Defer,
    Expire,
    GateFacts,
    Go,
    Hold,
    Outgoing,
    RewardState,
    Skip,
    Verdict,
    decide,
)
from marketing.model import (
    ChannelName,
    ConsentState,
    MessageKind,
    MessageState,
    Reason,
    StoreStatus,
)
from marketing.phone_numbers import is_e164, zones_of
from marketing.policy import SERVICE_WINDOWS, StorePolicy, policy_of
from marketing.reach import Chosen, Way, choose, standing
from marketing.timing import is_zone, zone_of
from storage import (
    Connection,
    Row,
    conversations,
    facts,
    flows,
    identities,
    inbound,
    messages,
    suppressions,
)
from storage.facts import About
from storage.flows import Version
from storage.identities import Identity
from storage.messages import Ruling
from storage.stores import Store

BY_PHONE = frozenset({ChannelName.SMS, ChannelName.WHATSAPP})
KEPT_WITH_CUSTOMER = frozenset(CONSENT_CHANNELS)
"""Channels whose address and consent are the customer's own; others have identities."""
Chats = Mapping[tuple[str, str], Identity]
WINDOWED = frozenset(SERVICE_WINDOWS) | {ChannelName.WHATSAPP}
LEAVES_MESSAGES = frozenset({Reason.COMPLETED, Reason.EXIT_STEP})
PUT_OFF = frozenset({Reason.FREQUENCY_CAP, Reason.QUIET_HOURS, Reason.SHARED_SENDER})


@dataclass(frozen=True, slots=True)
class Going:
    """A message that may go out now."""

    row: Row[Any]
    verdict: Go
    asked: tuple[Outgoing, GateFacts] | None = None
    """What the gate was asked, if it was."""
    address_hash: str = ""
    address: str | None = None
    """Where it goes."""
    comment: str = ""
    """The platform's id of the public comment that it answers privately; "" for none."""

    @property
    def gated(self) -> tuple[Any, ...]:
        """What the gate asked about, as it was then."""
        return tuple([getattr(self.row, name) for name in messages.GATED])


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose messages the gate is asked about, and the channels that there are for them."""

    store: Store
    set_up: Collection[ChannelName]


@dataclass(slots=True)
class Judged:
    """What the gate said about a batch."""

    going: list[Going] = field(default_factory=list)
    rulings: list[Ruling] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What was loaded for a batch."""

    policy: StorePolicy
    sender: Sender
    versions: Mapping[tuple[str, str], Version]
    suppressed: Mapping[str, SuppressionScope]
    chats: Mapping[tuple[str, str], Identity]
    """Where each (customer id, channel) is reached that has ids of its own."""
    hashes: Mapping[tuple[str, str], str]
    """Of addresses, by message id and channel."""
    neighbours: Mapping[str, list[Neighbour]]
    last_inbound: Mapping[tuple[str, str], datetime]
    """When each (customer id, channel) last wrote to the store."""
    rules: Rules
    comments: Comments
    values: Mapping[About, dict[str, Any]]
    code_refusals: Mapping[str, Reason]
    """Messages (by id) that are to offer no code after all."""
    rewards: Mapping[str, RewardState]
    """Of messages (by id) that tell of one."""
    shared_sender: SharedSender


def judge(
    runtime: Runtime,
    connection: Connection,
    sender: Sender,
    rows: Sequence[Row[Any]],
    now: datetime,
) -> Judged:
    """Ask the gate about each message; what is let go counts for those after it."""
    judged = Judged()
    if not rows:
        return judged
    known = _known(runtime, connection, sender, rows, now)
    left = known.shared_sender.left
    for row in rows:
        chosen = _chosen(row, known, now)
        way = _way(row, chosen.channel, known)
        facts = _gate_facts(row, way, known, now)
        if left is not None and left <= 0 and chosen.channel is ChannelName.EMAIL:
            facts = replace(facts, shared_sender_until=known.shared_sender.until)
        asked = _outgoing(row, chosen.channel, known), facts
        verdict = decide(*asked, now)
        if isinstance(verdict, Go) and not _is_moved(row, chosen):
            address_hash = known.hashes.get((row.id, row.channel), "")
            comment = way.comment.id if way.comment else ""
            judged.going.append(Going(row, verdict, asked, address_hash, way.address, comment))
            left = _one_less(left, row)
            known.neighbours[row.customer_id].append(neighbours.just_sent(row, now))
        else:
            judged.rulings.append(_ruling(row, verdict, chosen))
    return judged


def _one_less(left: int | None, row: Row[Any]) -> int | None:
    counts = row.channel == ChannelName.EMAIL and row.kind == MessageKind.MARKETING
    return left - 1 if left is not None and counts else left


def _chosen(row: Row[Any], known: Known, now: datetime) -> Chosen:
    """Give the channel a message goes by: its one, or the first of several that reaches."""
    if not row.channels:
        return Chosen(ChannelName(row.channel))
    ways = [_way(row, ChannelName(name), known) for name in row.channels]
    consent = known.policy.consent
    return choose(MessageKind(row.kind), ways, consent, row.customer_country, now)


def _way(row: Row[Any], channel: ChannelName, known: Known) -> Way:
    last_inbound_at = known.last_inbound.get((row.customer_id, channel.value))
    met = known.chats.get((row.customer_id, channel.value))
    return Way(
        channel,
        address_on(row, channel, known.chats),
        _consent(row, channel, known.chats),
        known.suppressed.get(known.hashes.get((row.id, channel.value), "")),
        is_set_up=channel in known.sender.set_up,
        is_paused=channel in row.paused_channels,
        last_inbound_at=last_inbound_at,
        refused=(met.led if met else None) or known.rules.refusal(row, channel),
        is_answer=known.rules.is_answer(row, channel),
        comment=known.comments.answered_by(row, channel, last_inbound_at),
    )


def _consent(row: Row[Any], channel: ChannelName, chats: Chats) -> ConsentState | None:
    """Give what they said of a channel: each has a word of its own."""
    if channel not in KEPT_CHANNELS:
        told = chats.get((row.customer_id, channel.value))
        return standing(channel, told.consent if told else None)
    said = getattr(row, f"{channel.value}_consent")
    return ConsentState(said) if said else None


def _is_moved(row: Row[Any], chosen: Chosen) -> bool:
    """Say whether the row does not have what was chosen yet: it is written, and claimed anew."""
    return (row.channel, row.passed_over or None) != (chosen.channel.value, _told(chosen))


def _told(chosen: Chosen) -> list[dict[str, str]] | None:
    told = [{"channel": channel.value, "reason": why.value} for channel, why in chosen.passed_over]
    return told or None


def judge_again(
    runtime: Runtime,
    connection: Connection,
    sender: Sender,
    owner: str,
    before: Sequence[Going],
    now: datetime,
) -> Judged:
    """Ask the gate once more, about what is true now, and hold it so to the transaction's end.

    Where nothing that it asks about has changed, only the time is new to it.
    """
    store_id = sender.store.id
    if any(one.asked is None for one in before):
        ids = [one.row.id for one in before]
        rows = messages.claimed(connection, store_id, ids, owner, hold=True)
        return judge(runtime, connection, sender, rows, now)
    held = messages.held(connection, store_id, [one.row.id for one in before], owner)
    there = [one for one in before if one.row.id in held]
    hashes = {(one.row.id, one.row.channel): one.address_hash for one in there}
    suppressed = _suppressed(connection, store_id, hashes)
    same = [one for one in there if _is_same(one, held[one.row.id], suppressed)]
    known = {one.row.id for one in same}
    changed = [one.row.id for one in there if one.row.id not in known]
    rows = messages.claimed(connection, store_id, changed, owner)
    judged = judge(runtime, connection, sender, rows, now)
    for one in same:
        _judge_by_time(one, now, judged)
    return judged


def _is_same(
    one: Going, now_gated: tuple[Any, ...], suppressed: Mapping[str, SuppressionScope]
) -> bool:
    if one.asked is None or one.asked[1].filter is not None or one.row.channels:
        return False
    if one.row.channel not in KEPT_WITH_CUSTOMER:
        return False  # where they chat is not among what is held
    if one.row.cart_id and one.verdict.offers_code:
        return False  # what is in the cart is asked again, too
    return one.gated == now_gated and one.asked[1].suppression == suppressed.get(one.address_hash)


def _judge_by_time(one: Going, now: datetime, judged: Judged) -> None:
    if one.asked is None:
        raise AssertionError("the gate was asked about this one")
    verdict = decide(*one.asked, now)
    if isinstance(verdict, Go):
        judged.going.append(replace(one, verdict=verdict))
    else:
        chosen = Chosen(ChannelName(one.row.channel))
        judged.rulings.append(_ruling(one.row, verdict, chosen))


def unjudged(row: Row[Any]) -> Going:
    """Give a message without a code that the gate has not been asked about."""
    return Going(row, Go(), address=address_on(row, row.channel, {}))


def _known(
    runtime: Runtime,
    connection: Connection,
    sender: Sender,
    rows: Sequence[Row[Any]],
    now: datetime,
) -> Known:
    store = sender.store
    versions = flows.versions(connection, [(store.id, row.version_id) for row in rows])
    filters = {key: version.flow.filter for key, version in versions.items()}
    filtered = {_about(row) for row in rows if filters[store.id, row.version_id] is not None}
    chats = _chats(connection, store.id, rows)
    hashes = {
        (row.id, channel): runtime.secrets.address_hash(channel, address)
        for row in rows
        for channel in row.channels or [row.channel]
        if (address := address_on(row, channel, chats))
    }
    last_inbound = _last_inbound(connection, store.id, rows)
    numbers = {row.id: address_on(row, ChannelName.WHATSAPP, chats) for row in rows}
    asked = Asked(rows, versions, hashes, numbers, last_inbound)
    rules = channel_rules.load(connection, store.id, asked, now)
    return Known(
        policy=policy_of(store.settings),
        sender=sender,
        versions=versions,
        suppressed=_suppressed(connection, store.id, hashes),
        chats=chats,
        hashes=hashes,
        neighbours=neighbours.load(connection, store.id, rows, now),
        last_inbound=last_inbound,
        rules=rules,
        comments=private_replies.load(connection, store.id, rows, rules, now),
        values=facts.values_of(connection, store.id, filtered, fields_of(*filters.values()), now),
        code_refusals=code_checks.refusals(connection, store.id, rows, versions),
        rewards=reward_checks.states(connection, store.id, rows, versions),
        shared_sender=shared_sender.of(runtime, connection, store, now),
    )


def _about(row: Row[Any]) -> About:
    return About(row.customer_id, row.cart_id, row.order_id)


def address_on(row: Row[Any], channel: str, chats: Chats) -> str | None:
    """Give where a message would go on some channel."""
    if channel == ChannelName.EMAIL:
        address: str | None = row.email
        return address
    met = chats.get((row.customer_id, channel)) if channel not in KEPT_WITH_CUSTOMER else None
    number: str | None = row.phone if channel in BY_PHONE else None
    if met is None and number is not None and not is_e164(number):
        return None  # what a platform told is no number
    return met.address if met else number


def _chats(connection: Connection, store_id: str, rows: Sequence[Row[Any]]) -> Chats:
    """Asked only where a message may go by a channel that has ids of its own."""
    people = {
        row.customer_id
        for row in rows
        if not KEPT_WITH_CUSTOMER.issuperset(row.channels or [row.channel])
    }
    return identities.of(connection, store_id, people) if people else {}


def _last_inbound(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]]
) -> Mapping[tuple[str, str], datetime]:
    """Asked only where a channel has a window that what they wrote keeps open."""
    windowed = [
        row.customer_id
        for row in rows
        if any(channel in WINDOWED for channel in row.channels or [row.channel])
    ]
    return inbound.last_at(connection, store_id, windowed) if windowed else {}


def _suppressed(
    connection: Connection, store_id: str, hashes: Mapping[tuple[str, str], str]
) -> Mapping[str, SuppressionScope]:
    found: dict[str, SuppressionScope] = {}
    for channel in {channel for _, channel in hashes}:
        asked = [one for (_, own), one in hashes.items() if own == channel]
        found.update(suppressions.of(connection, store_id, channel, asked))
    return found


def _outgoing(row: Row[Any], channel: ChannelName, known: Known) -> Outgoing:
    refusal = Reason(row.code_reason) if row.code_reason else known.code_refusals.get(row.id)
    reward = known.rewards.get(row.id, RewardState.NONE)
    has_code = not refusal and reward in (RewardState.NONE, RewardState.CODE)
    return Outgoing(
        channel=channel,
        kind=MessageKind(row.kind),
        due_at=row.due_at,
        expires_at=row.expires_at,
        code=code_checks.state_of(row) if has_code else CodeState.NONE,
        code_ends_at=row.code_ends_at,
        put_off=Reason(row.reason) if row.reason in PUT_OFF else None,
        code_refusal=refusal,
        reward=reward,
        is_patient=_is_patient(row, known),
    )


def _is_patient(row: Row[Any], known: Known) -> bool:
    step = known.versions[row.store_id, row.version_id].flow.steps_by_id.get(row.step_id)
    return isinstance(step, SendMessage) and step.deadline is None


def _gate_facts(row: Row[Any], way: Way, known: Known, now: datetime) -> GateFacts:
    others = [one for one in known.neighbours[row.customer_id] if one.id != row.id]
    before = neighbours.previous(row, others)
    return GateFacts(
        policy=known.policy,
        zones=_zones(row, way, known.sender.store),
        store_status=StoreStatus(row.store_status),
        flow_status=FlowStatus(row.flow_status),
        channel_missing=not way.is_set_up,
        channel_paused=way.is_paused,
        channel_refusal=way.refused,
        is_answer=way.is_answer,
        stopped=_stopped(row),
        erased=row.gone_at is not None,
        filter=known.versions[row.store_id, row.version_id].flow.filter,
        values=known.values.get(_about(row), {}),
        address=way.address,
        consent=way.consent,
        suppression=way.suppression,
        country=row.customer_country,
        in_human_hands=row.conversation == conversations.HUMAN,
        last_other_flow_at=neighbours.last_of_another_flow(row, way.channel, others),
        last_inbound_at=way.last_inbound_at,
        comment=way.comment,
        previous_due_at=before.due_at if before else None,
        previous_sent_at=before.at if before else None,
        next_due_at=neighbours.next_due(row, others, now),
    )


def _zones(row: Row[Any], way: Way, store: Store) -> tuple[str, ...]:
    """Give where a customer may be: what is known of them, else what their number tells."""
    if row.customer_timezone and is_zone(row.customer_timezone):
        return (row.customer_timezone,)
    number = way.address if way.channel in BY_PHONE else None
    return (zones_of(number) if number else ()) or (zone_of(store.timezone).key,)


def _stopped(row: Row[Any]) -> Reason | None:
    if row.enrollment_state != EnrollmentState.ENDED or not row.end_reason:
        return None
    reason = Reason(row.end_reason)
    return None if reason in LEAVES_MESSAGES else reason


def _ruling(row: Row[Any], verdict: Verdict, chosen: Chosen) -> Ruling:
    reason = None if isinstance(verdict, Go) else verdict.reason.value
    match verdict:
        case Go():  # by another channel than its row has so far: at once, with other words
            state, until = MessageState.DUE, row.not_before
        case Skip():
            state, until = MessageState.SKIPPED, row.not_before
        case Expire():
            state, until = MessageState.EXPIRED, row.not_before
        case Hold():
            state, until = MessageState.HELD, row.not_before
        case Defer():
            state, until = MessageState.DUE, verdict.until
    return Ruling(row.id, state, reason, until, None, chosen.channel.value, _told(chosen))
