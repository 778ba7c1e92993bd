"""Segments: groups of customers by a condition, and what may change who is in one.

    {"name": "Big spenders", "condition": {"op": "gt", "orders": "spent", "value": 50000}}

The condition is one of the predicate language (`marketing.conditions`) over the customer.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from marketing.condition_rules import (
    FIELD,
    is_readable,
    placed_problems,
    segments_in,
    told_at,
)
from marketing.conditions import (
    GROUPS,
    IN_SEGMENT,
    TIMELY,
    ago,
    each_test,
    fields_of,
    holds,
)
from marketing.events import EventName
from marketing.flow import Condition, Measure
from marketing.model import ChannelName
from marketing.policy import SERVICE_WINDOWS
from marketing.said import Said, say
from marketing.templates import Problem

CHAT_CONSENTS: Mapping[str, ChannelName] = MappingProxyType(
    {f"{channel}_consent": channel for channel in sorted(SERVICE_WINDOWS)}
)
"""What customers said of being written to on chats, where they are known by an id of their own.

Who is known there and said nothing may be written to; of who is not, nothing is known."""
TEXTS = frozenset({
    *CHAT_CONSENTS,
    "id", "external_id", "email", "phone", "first_name", "last_name", "locale", "country",
    "region", "city", "timezone", "email_consent", "email_consent_source", "sms_consent",
    "sms_consent_source", "whatsapp_consent", "whatsapp_consent_source", "rfm.group",
})  # fmt: skip
NUMBERS = frozenset({
    "orders_count", "spent", "platform_orders_count", "platform_spent", "rfm.recency",
    "rfm.frequency", "rfm.monetary",
})  # fmt: skip
MOMENTS = frozenset({
    "created_at", "updated_at", "first_order_at", "last_order_at", "email_consent_at",
    "sms_consent_at", "whatsapp_consent_at", "last_email_at", "last_sms_at",
})  # fmt: skip
TRUTHS = frozenset({"is_staff"})
LISTS = frozenset({"tags"})
KNOWN = TEXTS | NUMBERS | MOMENTS | TRUTHS | LISTS
"""The customer's fields by which one may be in a segment; besides `properties.<name>`."""
BY_ORDERS = frozenset({"orders_count", "spent", "first_order_at", "last_order_at"})
BEHAVIOUR = frozenset({
    EventName.PRODUCT_VIEWED, EventName.CATEGORY_VIEWED, EventName.PRODUCT_ADDED,
    EventName.CHECKOUT_STARTED, EventName.MESSAGE_SENT, EventName.MESSAGE_OPENED,
    EventName.MESSAGE_CLICKED, EventName.MESSAGE_BOUNCED, EventName.MESSAGE_RECEIVED,
    EventName.SEGMENT_ENTERED, EventName.SEGMENT_LEFT, EventName.CUSTOM,
    EventName.FLOW_ENTERED, EventName.FLOW_SKIPPED, EventName.FLOW_ENDED,
})  # fmt: skip
"""What customers do and we tell without a word of theirs changing in the mirror."""


class BadSegment(Exception):
    """The segment can't be used; `problems` says what is wrong and what to do about it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{one.field} {one.message}" for one in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Segment:
    """A group of customers: everyone for whom the condition holds."""

    name: str
    condition: Condition


def has(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Say whether the customer of these facts belongs; who is gone belongs nowhere."""
    customer = values.get("customer")
    return customer is not None and not customer.get("deleted_at") and holds(condition, values)


def asks_of(condition: Condition) -> frozenset[str | Measure]:
    """Give what has to be known of a customer to say whether they belong."""
    return fields_of(condition) | {"customer.id", "customer.deleted_at"}


def problems(segment: Segment) -> tuple[Problem, ...]:
    """Give everything that keeps a segment from being used."""
    told = [*placed_problems(segment.condition)]
    told = told or [
        (place, *one) for place, test in told_at(segment.condition) for one in _test_problems(test)
    ]
    return tuple(
        Problem("", f"condition.{place}".rstrip("."), message, remedy)
        for place, message, remedy in told
    )


def _test_problems(test: Condition) -> Iterator[tuple[Said, Said]]:
    if not is_readable(test.value) or not is_readable(test.salt or ""):
        yield say("holds a value that can't be kept"), say("Use texts without control characters.")
    if test.field is None or test.op in GROUPS:
        return
    noun, _, name = test.field.partition(".")
    is_property = name.startswith("properties.") and FIELD.fullmatch(name)
    if noun != "customer" or not (name in KNOWN or is_property):
        remedy = say(
            "Use customer.properties.<name>, or customer. and one of {known}.", known=sorted(KNOWN)
        )
        yield say("asks for {field}, which no segment knows", field=test.field), remedy
    elif test.op in TIMELY and name not in MOMENTS:
        yield (
            say("asks when {field} was", field=test.field),
            say("Use one of {known}.", known=sorted(MOMENTS)),
        )


RENAMED = frozenset({EventName.CUSTOMER_DELETED, EventName.CUSTOMER_UPDATED})
"""Two customers may have become one by these, and their events with them."""


@dataclass(frozen=True, slots=True)
class Turning:
    """Something that time alone changes: a moment of this kind passes out of its window."""

    source: str
    """`customers`, `orders` or `events`."""
    name: str
    """The column, or the event's name."""
    after: timedelta


@dataclass(frozen=True, slots=True)
class Rule:
    """A segment's condition and what follows from it, worked out once."""

    condition: Condition
    asks: frozenset[str | Measure]
    refers: frozenset[str]
    """The segments that it asks about."""
    turnings: frozenset[Turning]
    counts: frozenset[str]
    """The events that it counts."""
    by_orders: bool
    by_fields: bool
    by_chats: bool = False
    """Whether it matters who is known on a chat: some are from their first message there."""

    def touched_by(self, event: str) -> bool:
        """Say whether news of this name may change who is in the segment.

        What changes by way of another segment is not meant: see `with_dependents`.
        """
        if event in self.counts or (self.counts and event in RENAMED):
            return True
        if self.by_chats and event == EventName.MESSAGE_RECEIVED:
            return True
        if self.by_orders and event.startswith(("order.", "customer.")):
            return True
        return self.by_fields and event not in BEHAVIOUR


def rule_of(condition: Condition) -> Rule:
    """Work out what follows from a condition."""
    tests = [test for test in each_test(condition) if test.op not in {*GROUPS, IN_SEGMENT}]
    measured = [test.measure for test in tests if test.measure]
    names = [_name(test) for test in tests if not test.measure]
    return Rule(
        condition,
        asks_of(condition),
        segments_in(condition),
        frozenset(one for test in tests for one in _turnings(test)),
        frozenset(one.take for one in measured if one.source == "events"),
        any(one.source == "orders" for one in measured) or bool(BY_ORDERS.intersection(names)),
        not BY_ORDERS.issuperset(names),
        not CHAT_CONSENTS.keys().isdisjoint(names),
    )


def _name(test: Condition) -> str:
    return (test.field or "").partition(".")[2]


def _turnings(test: Condition) -> Iterator[Turning]:
    measure = test.measure
    if measure and measure.within is not None:
        name = measure.take if measure.source == "events" else "placed_at"
        yield Turning(measure.source, name, measure.within)
    if test.op in TIMELY and test.field:
        yield Turning("customers", _name(test), ago(test.value))
    if test.op in TIMELY and measure:
        yield Turning("orders", "placed_at", ago(test.value))


def in_order(rules: Mapping[str, Rule]) -> list[str]:
    """Give segment ids so that each comes after those that its condition asks about."""
    done: dict[str, None] = {}

    def visit(segment_id: str, above: frozenset[str]) -> None:
        for other in sorted(rules[segment_id].refers):
            if other in rules and other not in done and other not in above:
                visit(other, above | {segment_id})
        done[segment_id] = None

    for segment_id in sorted(rules):
        if segment_id not in done:
            visit(segment_id, frozenset())
    return list(done)


def with_dependents(ids: Iterable[str], rules: Mapping[str, Rule]) -> list[str]:
    """Give these segments and all whose members depend on who is in them, those first."""
    found, order = set(ids), in_order(rules)
    for segment_id in order:
        if rules[segment_id].refers & found:
            found.add(segment_id)
    return [segment_id for segment_id in order if segment_id in found]


def is_circular(segment_id: str, rules: Mapping[str, Rule]) -> bool:
    """Say whether a segment asks about itself, however many segments are in between."""
    seen: set[str] = set()
    waiting = list(rules[segment_id].refers)
    while waiting:
        other = waiting.pop()
        if other == segment_id:
            return True
        if other in rules and other not in seen:
            seen.add(other)
            waiting += rules[other].refers
    return False
