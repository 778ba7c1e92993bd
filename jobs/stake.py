"""What is at stake in a store: the carts left lately, and whom a flow may still win back."""

from dataclasses import dataclass
from datetime import timedelta

from jobs.runtime import Runtime
from marketing.consent import SuppressionScope, may_write
from marketing.last_moment import last_moment
from marketing.model import ConsentState, MessageKind
from marketing.policy import policy_of
from storage import flows, reports_stake
from storage.reports_stake import Left, Since, total
from storage.stores import Store

LATELY = timedelta(days=30)
WARM = timedelta(days=3)
"""A cart that was left no longer ago may still be won back."""
IDLE = timedelta(hours=1)
"""Without activity a cart counts as left after this, where no live flow says how long."""
FOLLOWED, NO_ADDRESS, NEWER_CART = "followed", "no_address", "newer_cart"
OVER = "over"
"""Left so long ago that the live flow has nothing to say any more."""


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the carts: how many, what they are worth, and why they are told apart."""

    reason: str
    carts: int
    value: int


@dataclass(frozen=True, slots=True)
class Stake:
    """Carts of the last thirty days, those still warm, and whom of these a message may reach."""

    carts: int
    value: int
    days: int
    warm: Part
    reachable: Part
    not_reachable: list[Part]
    """Warm ones that nobody is written to about, by reason."""
    flow_id: str | None
    """The live cart flow that would rescue them; None: there is none yet."""


def at_stake(runtime: Runtime, store: Store) -> Stake:
    """Count what is at stake in a store now."""
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        live = flows.live(connection, [store.id], "cart.abandoned")
        flow = live[0].flow if live else None
        until = now - (flow.trigger.idle or IDLE if flow else IDLE)
        over = now - min(last_moment(flow) if flow else LATELY, LATELY)
        since = Since(now - LATELY, warm=now - WARM, told=over)
        groups = reports_stake.left(connection, store.id, since, until)
    return _stake(store, groups, live[0].flow_id if live else None)


def _stake(store: Store, groups: list[Left], flow_id: str | None) -> Stake:
    warm = [one for one in groups if one.is_warm]
    reasons = {id(one): _why_not(store, one) for one in warm}
    refused = sorted({reason for reason in reasons.values() if reason})
    carts, value = total(groups)
    return Stake(
        carts=carts,
        value=value,
        days=LATELY.days,
        warm=Part("warm", *total(warm)),
        reachable=Part("reachable", *total(one for one in warm if reasons[id(one)] is None)),
        not_reachable=[
            Part(reason, *total(one for one in warm if reasons[id(one)] == reason))
            for reason in refused
        ],
        flow_id=flow_id,
    )


def _why_not(store: Store, one: Left) -> str | None:
    """Say why a message about these carts would not go out; None: it would."""
    if one.is_followed:
        return one.refused or FOLLOWED
    if not one.has_address:
        return NO_ADDRESS
    if one.has_newer:
        return NEWER_CART
    consent = ConsentState(one.email_consent) if one.email_consent else None
    policy = policy_of(store.settings).consent
    said_no = consent is ConsentState.UNSUBSCRIBED
    suppression = SuppressionScope.MARKETING if one.is_suppressed and not said_no else None
    refusal = may_write(MessageKind.MARKETING, consent, suppression, policy, one.country)
    if refusal:
        return refusal.value
    return OVER if one.is_over else None
