"""The predicate language: what holds, what never errs, what is refused with a remedy."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.condition_rules import condition_problems
from marketing.conditions import OPS, fact, holds
from marketing.flow import Condition

FACTS: dict[str, Any] = {
    "customer": {
        "email": "ada@example.com",
        "tags": ["vip", "b2c"],
        "orders_count": 3,
        "is_staff": False,
        "created_at": datetime(2026, 1, 5, tzinfo=UTC),
        "locale": None,
    },
    "cart": {"store_total": 5000, "rate": 1.5},
}


def test_a_fact_is_found_by_its_path() -> None:
    assert fact(FACTS, "customer.orders_count") == 3
    assert fact(FACTS, "customer.email.domain") is None
    assert fact(FACTS, "order.total") is None


@pytest.mark.parametrize(
    ("field", "op", "value", "answer"),
    [
        ("customer.orders_count", "eq", 3, True),
        ("customer.orders_count", "eq", 3.0, True),
        ("customer.orders_count", "eq", "3", False),
        ("customer.orders_count", "ne", 4, True),
        ("customer.orders_count", "ne", "3", False),
        ("customer.is_staff", "eq", False, True),
        ("customer.is_staff", "eq", 0, False),
        ("customer.is_staff", "lt", True, False),
        ("cart.store_total", "gt", 4999, True),
        ("cart.store_total", "gt", 5000, False),
        ("cart.store_total", "gte", 5000, True),
        ("cart.store_total", "lt", 5000, False),
        ("cart.store_total", "lte", 5000, True),
        ("cart.store_total", "gt", "1", False),
        ("cart.rate", "gt", 1, True),
        ("customer.email", "starts_with", "ada@", True),
        ("customer.email", "contains", "@example", True),
        ("customer.email", "contains", 3, False),
        ("customer.tags", "contains", "vip", True),
        ("customer.tags", "contains", "vi", False),
        ("customer.email", "in", ["x", "ada@example.com"], True),
        ("customer.email", "in", "ada@example.com", False),
        ("customer.created_at", "gt", "2026-01-01", True),
        ("customer.created_at", "lt", "2026-01-05T00:00:00+00:00", False),
        ("customer.created_at", "eq", "2026-01-05T01:00:00+01:00", True),
        ("customer.created_at", "gt", "yesterday", False),
        ("customer.email", "exists", None, True),
        ("customer.email", "exists", False, False),
        ("customer.locale", "exists", None, False),
        ("customer.locale", "exists", False, True),
        ("customer.locale", "ne", "de", False),
        ("customer.nothing", "eq", None, False),
    ],
)
def test_comparisons(field: str, op: str, value: Any, answer: bool) -> None:
    assert holds(Condition(op, field=field, value=value), FACTS) is answer


YES = Condition("exists", field="customer.email")
NO = Condition("exists", field="nothing")


@pytest.mark.parametrize(
    ("op", "of", "answer"),
    [
        ("all", (YES, YES), True),
        ("all", (YES, NO), False),
        ("any", (NO, YES), True),
        ("any", (NO, NO), False),
        ("none", (NO, NO), True),
        ("none", (NO, YES), False),
        ("all", (Condition("any", (NO, YES)), Condition("none", (NO,))), True),
    ],
)
def test_groups(op: str, of: tuple[Condition, ...], answer: bool) -> None:
    assert holds(Condition(op, of), FACTS) is answer


def test_no_condition_always_holds() -> None:
    assert holds(None, {})


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.datetimes(timezones=st.just(UTC)),
    st.lists(st.integers() | st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@given(st.sampled_from(OPS), VALUES, VALUES)
def test_no_facts_and_no_values_ever_make_an_error(op: str, found: Any, value: Any) -> None:
    assert holds(Condition(op, field="f", value=value), {"f": found}) in (True, False)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Condition("like", field="a", value=1), "has an unknown op"),
        (Condition("all"), "has an empty group"),
        (Condition("any", (YES,), field="a"), "mixes a group and a comparison"),
        (Condition("eq", (YES,), "a", 1), "mixes a group and a comparison"),
        (Condition("eq", value=1), "has no good field"),
        (Condition("eq", field="a..b", value=1), "has no good field"),
        (Condition("eq", field="__class__", value=1), "has no good field"),
        (Condition("in", field="a", value=1), "compares with one value"),
        (Condition("gt", field="a"), "has no value to compare with"),
        (Condition("starts_with", field="a", value=1), "begins with no text"),
        (Condition("all", (YES,) * 200), "is too large"),
    ],
)
def test_what_makes_no_sense_is_told_with_a_remedy(condition: Condition, message: str) -> None:
    found = dict(condition_problems(condition))
    assert message in found
    assert all(remedy.endswith(".") for remedy in found.values())


def test_a_good_condition_has_no_problems() -> None:
    inside = Condition("in", field="customer.country", value=["DE", "AT"])
    assert not list(condition_problems(Condition("all", (YES, Condition("none", (inside,))))))
