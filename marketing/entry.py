"""Entry: who is let into a flow when its trigger fires, under which key, and why not.

Pure, like the engine: (flow, event, facts, now) -> Enter, Refuse, or nothing to record.
"""

from datetime import UTC, datetime, timedelta

from marketing.conditions import holds
from marketing.enrollment import Enrollment, Enter, EntryFacts, Refuse
from marketing.events import EventName
from marketing.flow import Flow
from marketing.model import Reason
from marketing.timing import duration_of, zone_of
from marketing.triggers import listens_to

TOO_LATE = timedelta(hours=24)
"""A trigger that reaches us later than this lets nobody in."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WORDS_PAUSE = timedelta(minutes=10)
"""So often words of one customer begin a flow: two programs that answer each other fall silent."""


def should_enroll(
    flow: Flow, event_name: str, facts: EntryFacts, now: datetime
) -> Enter | Refuse | None:
    """Decide about one trigger; None: not this flow's event, or words said again at once."""
    if event_name not in (listens_to(flow.trigger), EventName.MANUAL):
        return None
    if event_name == EventName.MESSAGE_RECEIVED and _is_in_pause(facts):
        return None
    key = trigger_key(flow, facts)
    reason = _cart_reason(facts) or _entry_reason(flow, facts, now)
    if reason:
        return Refuse(key, reason)
    anchor = facts.activity_at or facts.occurred_at
    return Enter(key, anchor, facts.occurred_at, replaces=is_cart_flow(flow))


def is_cart_flow(flow: Flow) -> bool:
    """Say whether the flow follows one cart: its delays then count from that cart's activity."""
    return flow.trigger.event.startswith("cart.")


def trigger_key(flow: Flow, facts: EntryFacts) -> str:
    """Give what an enrollment is unique by: the cart, the subject, the order, else a time.

    That is a day of the store's; of what a customer wrote ten minutes, for two that come at once.
    """
    if is_cart_flow(flow) and facts.cart_id:
        return f"cart:{facts.cart_id}"
    if facts.subject:
        return facts.subject
    if facts.order_id:
        return f"order:{facts.order_id}"
    if flow.trigger.event == EventName.MESSAGE_RECEIVED:
        number = (facts.occurred_at - EPOCH) // WORDS_PAUSE
        return f"wrote:{(EPOCH + number * WORDS_PAUSE).isoformat()}"
    return f"day:{facts.occurred_at.astimezone(zone_of(facts.zone)).date().isoformat()}"


def begin(
    enter: Enter, *, enrollment_id: str, flow_id: str, version_id: str, customer_id: str, flow: Flow
) -> Enrollment:
    """Give the enrollment of a customer who was let in, due at its trigger's moment."""
    return Enrollment(
        id=enrollment_id,
        flow_id=flow_id,
        version_id=version_id,
        customer_id=customer_id,
        trigger_key=enter.trigger_key,
        anchor_at=enter.anchor_at,
        entered_at=enter.entered_at,
        step_id=flow.first_step_id,
        due_at=enter.entered_at,
    )


def _is_in_pause(facts: EntryFacts) -> bool:
    last = facts.last_entered_at
    return last is not None and abs(facts.occurred_at - last) < WORDS_PAUSE


def _cart_reason(facts: EntryFacts) -> Reason | None:
    activity = facts.activity_at
    if activity is None:
        return None
    if facts.emptied:
        return Reason.CART_EMPTIED
    if facts.ordered_at and facts.ordered_at >= activity:
        return Reason.ORDER_PLACED
    if (facts.arrived_at or activity) - activity > TOO_LATE:
        return Reason.ARRIVED_TOO_LATE
    if facts.live_activity_at and facts.live_activity_at > activity:
        return Reason.REPLACED
    return None


def _entry_reason(flow: Flow, facts: EntryFacts, now: datetime) -> Reason | None:
    if not facts.counts:
        return Reason.NOT_COUNTED
    if now - facts.occurred_at > TOO_LATE:
        return Reason.ARRIVED_TOO_LATE
    if not _may_reenter(flow.trigger.reentry, facts.last_entered_at, facts.occurred_at):
        return Reason.ALREADY_ENROLLED
    if not (holds(flow.trigger.filter, facts.values) and holds(flow.filter, facts.values)):
        return Reason.FILTERED
    return None


def _may_reenter(reentry: str, last_entered_at: datetime | None, at: datetime) -> bool:
    if reentry == "always" or last_entered_at is None:
        return True
    return reentry != "once" and at - last_entered_at >= duration_of(reentry)
