"""The one predicate language of filters, condition steps, exits and segments: tests over facts.

Facts are nested mappings; a field is a dotted path such as `cart.store_total`. Besides the nouns
there are `now`, `measured` (what each `Measure` comes to) and `customer.segments` (ids of the
segments that were asked about and have the customer). A missing fact and a comparison of unlike
types are False, never an error: no customer is stuck on a typo. `storage.segment_sql` says the
same in SQL.
"""

import hashlib
import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from marketing.flow import Condition, Measure
from marketing.timing import duration_of

Asked = str | Measure
"""What facts are loaded for: a dotted path, or a measure."""
GROUPS = ("all", "any", "none")
TIMELY = ("within", "before")
IN_SEGMENT, PERCENT = "in_segment", "percent"
MEMBERSHIP = "customer.segments"
NUMBER = (int, float)
MOMENTS = frozenset({"first", "last"})
"""What is taken of orders that is a moment; the rest are numbers."""
COLUMN_OF = {
    "count": "customer.orders_count",
    "spent": "customer.spent",
    "first": "customer.first_order_at",
    "last": "customer.last_order_at",
}
"""What the customer's own row knows of all its orders."""


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
            return _passes(condition, values)


def _passes(test: Condition, values: Mapping[str, Any]) -> bool:
    if test.op == IN_SEGMENT:
        return test.value in (fact(values, MEMBERSHIP) or ())
    if test.op == PERCENT:
        customer_id = fact(values, "customer.id")
        return customer_id is not None and draw(test.salt, customer_id) < share(test)
    simple = plain(test)
    if simple is not test:
        return holds(simple, values)
    if test.measure:
        return _measures(test, values)
    return _meets(test, fact(values, test.field or ""), values)


def draw(salt: str | None, customer_id: str) -> int:
    """Give the number below 2^32 that chance, sticky by hash, gives a customer."""
    told = f"{salt or ''}:{customer_id}".encode()
    return int(hashlib.md5(told, usedforsecurity=False).hexdigest()[:8], 16)


def share(test: Condition) -> int:
    """Give what a `percent` test's draw has to be below."""
    return round(float(test.value) * 2**32 / 100)


def fields_of(*conditions: Condition | None) -> frozenset[Asked]:
    """Give what these conditions ask for: dotted paths of facts, and measures."""
    tests = (test for one in conditions if one for test in each_test(one))
    return frozenset(asked for test in tests if (asked := _asked(test)) is not None)


def _asked(test: Condition) -> Asked | None:
    if test.op == IN_SEGMENT:
        return f"{MEMBERSHIP}.{test.value}"
    return "customer.id" if test.op == PERCENT else test.measure or test.field


def each_test(condition: Condition) -> Iterator[Condition]:
    """Yield every test, as it is asked, and every group above its parts."""
    simple = plain(condition)
    yield simple
    for part in simple.of:
        yield from each_test(part)


def plain(test: Condition) -> Condition:
    """Give a test of all of a customer's orders as one of what the customer's row knows of them."""
    measure = test.measure
    if measure is None or measure.source != "orders" or measure.where:
        return test
    if measure.within is None:
        column = COLUMN_OF.get(measure.take)
        return Condition(test.op, field=column, value=test.value) if column else test
    told = test.op, test.value if type(test.value) is int else None
    if measure.take == "count" and told in SOME | NOTHING:
        text = f"PT{int(measure.within.total_seconds())}S"
        lately = Condition("within", field=COLUMN_OF["last"], value=text)
        return lately if told in SOME else Condition("none", (lately,))
    return test


SOME = frozenset({("gt", 0), ("gte", 1), ("ne", 0)})
NOTHING = frozenset({("eq", 0), ("lt", 1), ("lte", 0)})


def fact(values: Mapping[str, Any], field: str) -> Any:
    """Give the fact at a dotted path, None where there is none."""
    here: Any = values
    for name in field.split("."):
        if not isinstance(here, Mapping):
            return None
        here = here.get(name)
    return here


def _measures(condition: Condition, values: Mapping[str, Any]) -> bool:
    found = (values.get("measured") or {}).get(condition.measure)
    if condition.measure and condition.measure.take in MOMENTS:
        return _meets(condition, found, values)
    return found is not None and bool(NUMBERS[condition.op](found, condition.value))


def _meets(condition: Condition, found: Any, values: Mapping[str, Any]) -> bool:
    if condition.op == "exists":
        return (found is not None) is (condition.value is not False)
    if found is None:
        return False
    if condition.op in TIMELY:
        now = values.get("now")
        if not (isinstance(found, datetime) and isinstance(now, datetime)):
            return False
        return (found > now - ago(condition.value)) is (condition.op == "within")
    return COMPARISONS[condition.op](found, condition.value)


@lru_cache(maxsize=1024)
def ago(text: str) -> timedelta:
    """Give the duration of a `within` or `before` test."""
    return duration_of(text)


def moment_in(value: Any) -> datetime | None:
    """Read the moment that a test compares a moment with; without a zone it is UTC."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return read.replace(tzinfo=UTC) if read and read.tzinfo is None else read


def _alike(found: Any, value: Any) -> bool:
    """Say whether two values can be compared: bool is no number, text is no time."""
    if isinstance(found, bool) or isinstance(value, bool):
        return isinstance(found, bool) and isinstance(value, bool)
    if isinstance(found, NUMBER):
        return isinstance(value, NUMBER)
    return isinstance(found, type(value)) and isinstance(found, (str, datetime))


def _timely(found: Any, value: Any) -> Any:
    """Read the condition's ISO text as a time where the fact is one."""
    return (moment_in(value) or value) if isinstance(found, datetime) else value


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


def is_one_of(found: Any, values: Collection[Any]) -> bool:
    """Say whether a fact is one of these values, or a list holds one of them.

    As in conditions text is no number, a number is neither true nor false, and a missing fact
    is nothing.
    """
    if isinstance(found, (list, tuple)):
        return any(_in(one, tuple(values)) for one in found)
    return _in(found, tuple(values))


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
NUMBERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
"""How a measure that is a number compares with a whole number."""
OPS = (*GROUPS, *COMPARISONS, "exists", *TIMELY, IN_SEGMENT, PERCENT)
