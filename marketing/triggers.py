"""Triggers: what may let a customer in, what narrows each, and whether news is what it wants."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import time
from typing import Any

from marketing.chat import InboundKind
from marketing.chat_limits import PRIVATE_REPLIES
from marketing.events import EventName
from marketing.flow import Trigger
from marketing.keyword_match import KeywordMatch, folded, is_met
from marketing.said import Said, say

ALWAYS = frozenset({"event", "filter", "reentry"})
DEFAULT_AT = "10:00"
LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class TriggerKind:
    """One kind of trigger: its words, and which fields of `Trigger` narrow it."""

    title: Said
    takes: frozenset[str] = frozenset()
    needs: tuple[str, ...] = ()
    """Of each `a|b` one must be set."""


def _kind(title: Said, *needs: str, takes: str = "") -> TriggerKind:
    narrowing = {part for need in needs for part in need.split("|")} | set(takes.split())
    return TriggerKind(title, frozenset(narrowing), needs)


_ORDER = "per_line"
KINDS: Mapping[str, TriggerKind] = {
    EventName.CART_ABANDONED: _kind(say("Cart abandoned"), "idle"),
    EventName.PRODUCT_BROWSED: _kind(say("Product browsed"), "idle"),
    EventName.CATEGORY_BROWSED: _kind(say("Category browsed"), "idle"),
    EventName.PRODUCT_ADDED: _kind(say("Product added to the cart")),
    EventName.CHECKOUT_STARTED: _kind(say("Checkout started")),
    EventName.ORDER_PLACED: _kind(say("Order placed"), takes=_ORDER),
    EventName.ORDER_PAID: _kind(say("Order paid"), takes=_ORDER),
    EventName.ORDER_FULFILLED: _kind(say("Order shipped"), takes=_ORDER),
    EventName.ORDER_DELIVERED: _kind(say("Order delivered"), takes=_ORDER),
    EventName.ORDER_CANCELLED: _kind(say("Order canceled"), takes=_ORDER),
    EventName.ORDER_REFUNDED: _kind(say("Order refunded"), takes=_ORDER),
    EventName.CUSTOMER_CREATED: _kind(say("Customer created")),
    EventName.CUSTOMER_SUBSCRIBED: _kind(say("Subscribed"), takes="channel"),
    EventName.CUSTOMER_UNSUBSCRIBED: _kind(say("Unsubscribed"), takes="channel"),
    EventName.CUSTOMER_TAGGED: _kind(say("Tag added"), takes="tag"),
    EventName.CUSTOMER_UNTAGGED: _kind(say("Tag removed"), takes="tag"),
    EventName.CUSTOMER_REACHED: _kind(say("Number of orders or sum reached"), "orders|spent"),
    EventName.CUSTOMER_LAPSED: _kind(say("No order for a while"), "days", takes="at"),
    EventName.DATE_REACHED: _kind(say("A date is reached"), "property", takes="days at yearly"),
    EventName.SEGMENT_ENTERED: _kind(say("Segment entered"), "segment"),
    EventName.SEGMENT_LEFT: _kind(say("Segment left"), "segment"),
    EventName.MESSAGE_RECEIVED: _kind(
        say("Message received"), takes="channel keywords keyword_match kind referral"
    ),
    EventName.REVIEW_POSTED: _kind(say("Review posted")),
    EventName.PRODUCT_PUBLISHED: _kind(say("New product in a favorite category")),
    EventName.PRODUCT_RESTOCKED: _kind(say("Product back in stock")),
    EventName.PRODUCT_PRICE_DROPPED: _kind(say("Price dropped")),
    EventName.CUSTOM: _kind(say("Event of another program"), "name"),
    EventName.MANUAL: _kind(say("Enrolled by hand")),
}
"""Every event that may be a trigger; others happen, but let nobody in."""
IDLE_EVENTS = frozenset(event for event, kind in KINDS.items() if "idle" in kind.takes)
WATCHED_EVENTS = frozenset(event for event, kind in KINDS.items() if "at" in kind.takes)
"""What a flow itself looks for, once a day: others' news of it lets nobody in."""
_DEFAULTS = {one.name: one.default for one in fields(Trigger)}


def listens_to(trigger: Trigger) -> str:
    """Give the name of the news that may fire it: most fire by their own."""
    reached = trigger.event == EventName.CUSTOMER_REACHED
    return EventName.ORDER_PLACED if reached else trigger.event


def matches(trigger: Trigger, name: str, data: Mapping[str, Any], words: str = "") -> bool:
    """Say whether news of this name and with these data is what the trigger waits for.

    `words` are a message's own, folded; of a deleted one `data` has the keyword, if it was one.
    """
    if name != listens_to(trigger):
        return False
    if trigger.tag and trigger.tag not in (*data.get("added", ()), *data.get("removed", ())):
        return False
    if trigger.keywords and not _is_said(trigger, data.get("keyword"), words):
        return False
    wanted = {
        "channel": trigger.channel,
        "segment_id": trigger.segment,
        "name": trigger.name,
        "kind": trigger.kind,
        "referral": trigger.referral,
        "property": trigger.property,
    }
    return all(value is None or data.get(key) == value for key, value in wanted.items())


def _is_said(trigger: Trigger, keyword: object, words: str) -> bool:
    short = folded(keyword) if isinstance(keyword, str) else ""
    given = words or short if trigger.keyword_match is KeywordMatch.CONTAINS else short
    return is_met(trigger.keywords, trigger.keyword_match, given)


def subject_of(trigger: Trigger, data: Mapping[str, Any]) -> str | None:
    """Give what makes this firing one of its kind, for the trigger key; None: order or day do."""
    if trigger.event == EventName.CUSTOMER_REACHED:
        return f"orders:{trigger.orders}" if trigger.orders else f"spent:{trigger.spent}"
    subject = data.get("subject")
    return str(subject) if subject is not None else None


def has_reached(trigger: Trigger, before: tuple[int, int], now: tuple[int, int]) -> bool:
    """Say whether (orders, spent) went over the trigger's mark between before and now."""
    if trigger.orders is not None and before[0] < trigger.orders <= now[0]:
        return True
    return trigger.spent is not None and before[1] < trigger.spent <= now[1]


def trigger_problems(trigger: Trigger) -> Iterator[tuple[str, Said, Said]]:
    """Yield (field, what is wrong, remedy) for a trigger that can't work."""
    kind = KINDS.get(trigger.event)
    if kind is None:
        yield "event", say("can't begin a flow"), say("Use one of {known}.", known=KINDS)
        return
    for need in kind.needs:
        if not any(_is_set(trigger, part) for part in need.split("|")):
            yield (
                need.split("|")[0],
                say("is missing"),
                say("{title} needs {need}.", title=kind.title, need=_alternatives(need)),
            )
    for name in _DEFAULTS.keys() - ALWAYS - kind.takes:
        if _is_set(trigger, name):
            yield (
                name,
                say("has no meaning here"),
                say("Leave it out: “{title}” has none.", title=kind.title),
            )
    yield from _bound_problems(trigger)


def _is_set(trigger: Trigger, name: str) -> bool:
    return bool(getattr(trigger, name) != _DEFAULTS[name])


def _bound_problems(trigger: Trigger) -> Iterator[tuple[str, Said, Said]]:
    lapse = trigger.event == EventName.CUSTOMER_LAPSED
    if not (1 if lapse else -365) <= trigger.days <= LONGEST_DAYS:
        yield "days", say("is out of bounds"), say("Use a number of days, at the most ten years.")
    for name in ("orders", "spent"):
        value = getattr(trigger, name)
        if value is not None and value < 1:
            yield name, say("is out of bounds"), say("Use a number above 0.")
    if trigger.at is not None and not is_clock(trigger.at):
        yield "at", say("is no time of day"), say("Write it as 10:00.")
    yield from _keyword_problems(trigger)
    if trigger.kind is InboundKind.COMMENT and trigger.channel not in (None, *PRIVATE_REPLIES):
        yield "channel", say("has no comments"), say("Use Messenger or Instagram.")


def _keyword_problems(trigger: Trigger) -> Iterator[tuple[str, Said, Said]]:
    if any(not folded(word) for word in trigger.keywords):
        yield "keywords", say("has a word without letters"), say("Use letters or digits.")
    elif trigger.keyword_match is KeywordMatch.CONTAINS and not trigger.keywords:
        yield "keywords", say("is missing"), say("Give a word that the message has in it.")


def _alternatives(needed: str) -> Said:
    one, _, other = needed.partition("|")
    return say("{one} or {other}", one=one, other=other) if other else Said(one)


def is_clock(text: str) -> bool:
    """Say whether a text is a time of day such as 21:00."""
    try:
        return len(text) == 5 and time.fromisoformat(text) is not None
    except ValueError:
        return False
