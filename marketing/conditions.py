"""The predicate language of filters and condition steps: nested tests over plain facts.

Facts are nested mappings; a field is a dotted path such as `cart.store_total`. A missing fact
and a comparison of unlike types are False, never an error: no customer is stuck on a typo.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from marketing.flow import Condition

GROUPS = ("all", "any", "none")
NUMBER = (int, float)


def holds(condition: Condition | None, values: Mapping[str, Any]) -> bool:
    """Say whether the facts meet the condition; no condition always holds."""
    if condition is None:
        return True
    match condition.op:
        case "all":
            return all(holds(part, values) for part in condition.of)
        case "any":
            return any(holds(part, values) for part in condition.of)
        case "none":
            return not any(holds(part, values) for part in condition.of)
        case _:
            return _compare(condition, values)


def fields_of(*conditions: Condition | None) -> frozenset[str]:
    """Give the dotted paths of the facts that these conditions ask for."""
    tests = (test for one in conditions if one for test in _tests(one))
    return frozenset(test.field for test in tests if test.field)


def fact(values: Mapping[str, Any], field: str) -> Any:
    """Give the fact at a dotted path, None where there is none."""
    here: Any = values
    for name in field.split("."):
        if not isinstance(here, Mapping):
            return None
        here = here.get(name)
    return here


def _compare(condition: Condition, values: Mapping[str, Any]) -> bool:
    found = fact(values, condition.field or "")
    if condition.op == "exists":
        return (found is not None) is (condition.value is not False)
    if found is None:
        return False
    return COMPARISONS[condition.op](found, condition.value)


def _alike(found: Any, value: Any) -> bool:
    """Say whether two values can be compared: bool is no number, text is no time."""
    if isinstance(found, bool) or isinstance(value, bool):
        return isinstance(found, bool) and isinstance(value, bool)
    if isinstance(found, NUMBER):
        return isinstance(value, NUMBER)
    return isinstance(found, type(value)) and isinstance(found, (str, datetime))


def _timely(found: Any, value: Any) -> Any:
    """Read the condition's ISO text as a time where the fact is one."""
    if not (isinstance(found, datetime) and isinstance(value, str)):
        return value
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        return value
    return read if read.tzinfo else read.replace(tzinfo=found.tzinfo)


def _ordered(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(found: Any, value: Any) -> bool:
        value = _timely(found, value)
        both_bool = isinstance(found, bool)
        return not both_bool and _alike(found, value) and test(found, value)

    return compare


def _eq(found: Any, value: Any) -> bool:
    value = _timely(found, value)
    return _alike(found, value) and bool(found == value)


def _ne(found: Any, value: Any) -> bool:
    value = _timely(found, value)
    return _alike(found, value) and bool(found != value)


def _in(found: Any, value: Any) -> bool:
    return isinstance(value, (list, tuple)) and any(_eq(found, one) for one in value)


def _contains(found: Any, value: Any) -> bool:
    if isinstance(found, str):
        return isinstance(value, str) and value in found
    if isinstance(found, Collection) and not isinstance(found, (bytes, Mapping)):
        return any(_eq(one, value) for one in found)
    return False


def _starts_with(found: Any, value: Any) -> bool:
    return isinstance(found, str) and isinstance(value, str) and found.startswith(value)


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": _eq,
    "ne": _ne,
    "gt": _ordered(lambda found, value: bool(found > value)),
    "gte": _ordered(lambda found, value: bool(found >= value)),
    "lt": _ordered(lambda found, value: bool(found < value)),
    "lte": _ordered(lambda found, value: bool(found <= value)),
    "in": _in,
    "contains": _contains,
    "starts_with": _starts_with,
}
OPS = (*GROUPS, *COMPARISONS, "exists")

LARGEST = 200
"""Tests in one condition, groups included."""
FIELD = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){0,5}")
UNKNOWN_OP = "has an unknown op", f"Use one of {', '.join(OPS)}."
EMPTY_GROUP = "has an empty group", "Put a test into it, or remove it."
MIXED = "mixes a group and a comparison", "Give `of` to all, any and none; else field and value."
BAD_FIELD = "has no good field", "Name a fact such as cart.store_total."
NO_LIST = "compares with one value", "Give `in` a list of values."
NO_VALUE = "has no value to compare with", "Give a text, a number, or true or false."
NO_TEXT = "begins with no text", "Give `starts_with` a text."
TOO_LARGE = "is too large", f"Keep it to {LARGEST} tests at the most."


def condition_problems(condition: Condition) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a condition and what to do about it: (message, remedy)."""
    tests = list(_tests(condition))
    if len(tests) > LARGEST:
        yield TOO_LARGE
    for test in tests:
        yield from _test_problems(test)


def _tests(condition: Condition) -> Iterator[Condition]:
    yield condition
    for part in condition.of:
        yield from _tests(part)


def _test_problems(test: Condition) -> Iterator[tuple[str, str]]:
    if test.op not in OPS:
        yield UNKNOWN_OP
    elif test.op in GROUPS:
        if not test.of:
            yield EMPTY_GROUP
        if test.field is not None or test.value is not None:
            yield MIXED
    else:
        yield from _comparison_problems(test)


def _comparison_problems(test: Condition) -> Iterator[tuple[str, str]]:
    if test.of:
        yield MIXED
    if test.field is None or not FIELD.fullmatch(test.field):
        yield BAD_FIELD
    if test.op == "in":
        if not isinstance(test.value, (list, tuple)):
            yield NO_LIST
    elif test.op == "starts_with" and not isinstance(test.value, str):
        yield NO_TEXT
    elif test.op != "exists" and (test.value is None or isinstance(test.value, (list, tuple))):
        yield NO_VALUE
