"""What makes a condition fit to be asked: every problem of a test, with its remedy."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from marshmallow import validate

from marketing.conditions import (
    GROUPS,
    IN_SEGMENT,
    MOMENTS,
    NUMBERS,
    OPS,
    PERCENT,
    TIMELY,
    each_test,
    moment_in,
)
from marketing.events import EventName
from marketing.flow import Condition, Measure
from marketing.said import Said, in_lines, say
from marketing.timing import duration_of

LARGEST = 200
"""Tests in one condition, groups included."""
MOST_MEASURES = 30
"""Tests in one condition that count or sum up events or orders."""
MOST_SEGMENTS = 20
"""Tests in one condition that ask about a segment: each is a question of its own."""
MOST_VALUES = 1000
"""Values in the lists of one condition: more are a segment's work, or a tag's."""
LONGEST = timedelta(days=3650)
FIELD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,5}")
SOURCES: Mapping[str, tuple[str, ...]] = {
    "events": tuple(EventName),
    "orders": ("count", "spent", "average", "first", "last"),
}
ORDERS_WHERE = ("product_id", "category", "code")
UNKNOWN_OP = say("has an unknown op"), say("Use one of {known}.", known=OPS)
EMPTY_GROUP = say("has an empty group"), say("Add a condition, or remove it.")
MIXED = (
    say("mixes a group and a comparison"),
    say("Give `of` to all, any and none; else field and value."),
)
BAD_FIELD = say("has no good field"), say("Name a fact such as cart.store_total.")
NO_LIST = say("compares with one value"), say("Give `in` a list of values.")
NO_VALUE = say("has no value to compare with"), say("Give a text, a number, or true or false.")
NO_TEXT = say("begins with no text"), say("Give `starts_with` a text.")
TOO_LARGE = say("is too large"), say("Keep it to {most} tests at the most.", most=LARGEST)
TOO_COSTLY = (
    say("counts too much"),
    say("Keep it to {most} counts of events and orders.", most=MOST_MEASURES),
)
TOO_ENTANGLED = (
    say("asks about too many segments"),
    say("Keep it to {most} tests with in_segment.", most=MOST_SEGMENTS),
)
TOO_MANY = (
    say("has too many values"),
    say("Keep the lists of `in` to {most} values in all.", most=MOST_VALUES),
)
NO_DURATION = (
    say("compares with no duration"),
    say("Give within and before a time such as P90D for 90 days."),
)
NO_SEGMENT = (
    say("names no segment"),
    say("Give in_segment a segment's id as its value, and nothing else."),
)
NO_PERCENT = (
    say("has no share between 0% and 100%"),
    say("Give a number from 0 to 100."),
)
PERCENT_OF_FIELD = (
    say("has a field, and percent asks for none"),
    say("Leave the field out: percent is about all customers."),
)
NO_MEASURE = (
    say("counts nothing that we know"),
    say("Count events by name, or orders: see the remedy."),
)
NO_WHOLE = (
    say("compares with no whole number"),
    say("Give a whole number; money is in minor units."),
)
NO_MOMENT = (
    say("compares with no moment"),
    say("Give a date such as 2026-11-01, or use within or before."),
)
BAD_OP = say("can't be compared so"), say("Use one of {known}.", known=NUMBERS)
BAD_WINDOW = (
    say("looks back too far or not at all"),
    say("Give within a duration of up to ten years."),
)
BAD_WHERE = (
    say("is narrowed by what is not kept"),
    say("For orders use {known}.", known=ORDERS_WHERE),
)
BAD_KEPT = (
    say("is narrowed by no plain value"),
    say("Give `where` a text or a number for each name."),
)
ALONE = (
    say("names both a field and a measure"),
    say("Use field, or events, or orders: one of them."),
)


OP_RULE = validate.OneOf(list(OPS), error=in_lines(*UNKNOWN_OP))


def condition_problems(condition: Condition) -> Iterator[tuple[Said, Said]]:
    """Yield what is wrong with a condition and what to do about it: (message, remedy)."""
    for _, message, remedy in placed_problems(condition):
        yield message, remedy


def placed_problems(condition: Condition) -> Iterator[tuple[str, Said, Said]]:
    """Yield (place, message, remedy); a place such as `of.0.of.2` leads to the test, "" to all."""
    places = dict(told_at(condition))
    for message, remedy in _size_problems(list(places.values())):
        yield "", message, remedy
    for place, test in places.items():
        for message, remedy in _test_problems(test):
            yield place, message, remedy


def _size_problems(tests: Sequence[Condition]) -> Iterator[tuple[Said, Said]]:
    if len(tests) > LARGEST:
        yield TOO_LARGE
    if sum(test.measure is not None for test in tests) > MOST_MEASURES:
        yield TOO_COSTLY
    if sum(test.op == IN_SEGMENT for test in tests) > MOST_SEGMENTS:
        yield TOO_ENTANGLED
    lists = [test.value for test in tests if isinstance(test.value, (list, tuple))]
    if sum(map(len, lists)) > MOST_VALUES:
        yield TOO_MANY


def segments_in(condition: Condition) -> frozenset[str]:
    """Give the ids of the segments that a condition asks about."""
    return frozenset(str(test.value) for test in each_test(condition) if test.op == IN_SEGMENT)


def told_at(condition: Condition, place: str = "") -> Iterator[tuple[str, Condition]]:
    """Yield the tests as they are written, each with its place in the document."""
    yield place, condition
    for position, part in enumerate(condition.of):
        yield from told_at(part, f"{place}.of.{position}".lstrip("."))


def _test_problems(test: Condition) -> Iterator[tuple[Said, Said]]:
    if test.op not in OPS:
        yield UNKNOWN_OP
    elif test.op in GROUPS:
        yield from _group_problems(test)
    elif test.of:
        yield MIXED
    elif test.op in {IN_SEGMENT, PERCENT}:
        yield from _special_problems(test)
    elif test.measure:
        yield from _measured_problems(test, test.measure)
    else:
        yield from _comparison_problems(test)


def _group_problems(test: Condition) -> Iterator[tuple[Said, Said]]:
    if not test.of:
        yield EMPTY_GROUP
    if test.field is not None or test.value is not None or test.measure:
        yield MIXED


def is_readable(value: Any) -> bool:
    """Say if SQL can be told a value: no zero byte, half a character, or number that is none."""
    if isinstance(value, (list, tuple)):
        return all(is_readable(one) for one in value)
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    return not isinstance(value, (int, float)) or (math.isfinite(value) and abs(value) <= 2**53)


def _special_problems(test: Condition) -> Iterator[tuple[Said, Said]]:
    bare = test.field is None and test.measure is None
    if test.op == IN_SEGMENT:
        if not (bare and isinstance(test.value, str) and test.value):
            yield NO_SEGMENT
    elif not bare:
        yield PERCENT_OF_FIELD
    elif not (_is_number(test.value) and 0 <= test.value <= 100):
        yield NO_PERCENT


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _measured_problems(test: Condition, measure: Measure) -> Iterator[tuple[Said, Said]]:
    known = SOURCES.get(measure.source, ())
    if measure.take not in known:
        yield (
            NO_MEASURE[0],
            say("Count {source} of one of {known}.", source=measure.source, known=known),
        )
    if test.field is not None:
        yield ALONE
    if measure.within is not None and not timedelta() < measure.within <= LONGEST:
        yield BAD_WINDOW
    yield from _where_problems(measure)
    if measure.take in MOMENTS:
        yield from _moment_problems(test)
    elif test.op not in NUMBERS:
        yield BAD_OP
    elif type(test.value) is not int:
        yield NO_WHOLE


def _where_problems(measure: Measure) -> Iterator[tuple[Said, Said]]:
    names = [name for name, _ in measure.where]
    if measure.source == "orders" and not set(names) <= set(ORDERS_WHERE):
        yield BAD_WHERE
    if not all(FIELD.fullmatch(name) for name in names):
        yield BAD_WHERE
    for _, value in measure.where:
        if not (isinstance(value, str) or _is_number(value)) or not is_readable(value):
            yield BAD_KEPT


def _moment_problems(test: Condition) -> Iterator[tuple[Said, Said]]:
    if test.op in TIMELY:
        if not _is_duration(test.value):
            yield NO_DURATION
    elif test.op not in {*NUMBERS, "exists"}:
        yield BAD_OP
    elif test.op != "exists" and moment_in(test.value) is None:
        yield NO_MOMENT


def _comparison_problems(test: Condition) -> Iterator[tuple[Said, Said]]:
    if test.field is None or not FIELD.fullmatch(test.field):
        yield BAD_FIELD
    if test.op == "in":
        if not isinstance(test.value, (list, tuple)):
            yield NO_LIST
    elif test.op in TIMELY:
        if not _is_duration(test.value):
            yield NO_DURATION
    elif test.op == "starts_with" and not isinstance(test.value, str):
        yield NO_TEXT
    elif test.op != "exists" and (test.value is None or isinstance(test.value, (list, tuple))):
        yield NO_VALUE


def _is_duration(value: Any) -> bool:
    try:
        return isinstance(value, str) and timedelta() < duration_of(value) <= LONGEST
    except ValueError:
        return False
