"""The predicate language: what holds, what never errs, what is refused with a remedy."""

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.condition_rules import condition_problems
from marketing.conditions import OPS, fact, holds
from marketing.flow import Condition, Measure
from marketing.segment_schema import dump_condition, load_condition
from marketing.segment_schema import load as load_segment
from marketing.segments import BadSegment

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
        (Condition("in", field="cart.id", value=("a",) * 1001), "has too many values"),
        (
            Condition("any", (Condition("in_segment", value="s"),) * 21),
            "asks about too many segments",
        ),
    ],
)
def test_what_makes_no_sense_is_told_with_a_remedy(condition: Condition, message: str) -> None:
    found = dict(condition_problems(condition))
    assert message in found
    assert all(remedy.endswith(".") for remedy in found.values())


def test_a_good_condition_has_no_problems() -> None:
    inside = Condition("in", field="customer.country", value=["DE", "AT"])
    assert not list(condition_problems(Condition("all", (YES, Condition("none", (inside,))))))


NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SPENT = Measure("orders", "spent", within=timedelta(days=30), where=(("code", "BACK"),))
AVERAGE, LAST = Measure("orders", "average"), Measure("orders", "last", where=(("code", "BACK"),))
SEEN = Measure("events", "product.viewed")
KNOWN: dict[str, Any] = {
    "now": NOW,
    "customer": {
        "id": "0193a000-0000-7000-8000-000000000001",
        "created_at": NOW - timedelta(days=30),
        "segments": {"s1"},
        "orders_count": 2,
        "last_order_at": NOW - timedelta(days=10),
        "locale": "en",
    },
    "measured": {SPENT: 500, AVERAGE: Fraction(500, 3), LAST: NOW - timedelta(days=5), SEEN: 0},
}


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        (Condition("within", field="customer.created_at", value="P31D"), True),
        (Condition("within", field="customer.created_at", value="P30D"), False),
        (Condition("before", field="customer.created_at", value="P30D"), True),
        (Condition("before", field="customer.created_at", value="P31D"), False),
        (Condition("before", field="customer.locale", value="P31D"), False),
        (Condition("within", field="customer.nothing", value="P31D"), False),
        (Condition("in_segment", value="s1"), True),
        (Condition("in_segment", value="s2"), False),
        (Condition("percent", value=0), False),
        (Condition("percent", value=100), True),
        (Condition("gte", measure=SPENT, value=500), True),
        (Condition("gt", measure=SPENT, value=500), False),
        (Condition("gt", measure=AVERAGE, value=166), True),
        (Condition("gte", measure=AVERAGE, value=167), False),
        (Condition("within", measure=LAST, value="P6D"), True),
        (Condition("lt", measure=LAST, value="2026-11-16"), True),
        (Condition("eq", measure=SEEN, value=0), True),
        (Condition("eq", measure=Measure("orders", "count"), value=2), True),
        (Condition("eq", measure=Measure("orders", "count", timedelta(9)), value=0), True),
        (Condition("gt", measure=Measure("orders", "count", timedelta(11)), value=0), True),
        (Condition("gt", measure=Measure("events", "custom"), value=0), False),
    ],
)
def test_windows_counts_sums_segments_and_chance(condition: Condition, answer: bool) -> None:
    assert holds(condition, KNOWN) is answer


def test_chance_draws_about_as_many_as_it_says_and_the_same_ones_again() -> None:
    def drawn(salt: str) -> set[int]:
        test = Condition("percent", value=30, salt=salt)
        return {n for n in range(4000) if holds(test, {"customer": {"id": f"c{n}"}})}

    spring, autumn = drawn("spring"), drawn("autumn")
    assert spring == drawn("spring")
    assert 1080 < len(spring) < 1320
    assert 270 < len(spring & autumn) < 450


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (Condition("within", field="a", value=3), "compares with no duration"),
        (Condition("before", field="a", value="P1M"), "compares with no duration"),
        (Condition("in_segment"), "names no segment"),
        (Condition("percent", value=101), "has no share between 0% and 100%"),
        (Condition("percent", field="a", value=10), "has a field, and percent asks for none"),
        (Condition("gt", measure=Measure("events", "order.eaten"), value=1),
         "counts nothing that we know"),
        (Condition("gt", measure=SPENT, value=1.5), "compares with no whole number"),
        (Condition("gt", field="a", measure=SPENT, value=1), "names both a field and a measure"),
        (Condition("in", measure=SPENT, value=[1]), "can't be compared so"),
        (Condition("gt", measure=LAST, value="soon"), "compares with no moment"),
        (Condition("gt", measure=Measure("orders", "count", where=(("colour", "red"),)), value=1),
         "is narrowed by what is not kept"),
        (Condition("gt", measure=Measure("events", "custom", where=(("name", True),)), value=1),
         "is narrowed by no plain value"),
        (Condition("gt", measure=Measure("orders", "count", timedelta()), value=1),
         "looks back too far or not at all"),
        (Condition("all", (Condition("gt", measure=SPENT, value=1),) * 31), "counts too much"),
    ],
)  # fmt: skip
def test_what_can_not_be_counted_is_told_with_a_remedy(condition: Condition, message: str) -> None:
    found = dict(condition_problems(condition))
    assert message in found
    assert all(remedy.endswith(".") for remedy in found.values())


DOCUMENTS: list[dict[str, Any]] = [
    {"op": "gte", "events": "product.viewed", "within": "P30D", "value": 3,
     "where": {"category": "scarves"}},
    {"op": "gt", "orders": "average", "value": 4000},
    {"op": "percent", "value": 10, "salt": "spring"},
    {"op": "in_segment", "value": "0193a000-0000-7000-8000-000000000001"},
]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_condition_reads_back_from_its_own_json(document: dict[str, Any]) -> None:
    read = load_condition(document)
    assert load_condition(json.loads(json.dumps(dump_condition(read)))) == read
    assert dump_condition(read).items() >= document.items()


@pytest.mark.parametrize(
    ("document", "field", "message"),
    [
        ({"op": "gt", "events": "order.eaten", "value": 1}, "condition.events", "is no event"),
        ({"op": "gt", "orders": "weight", "value": 1}, "condition.orders", "is unknown"),
        ({"op": "gt", "orders": "spent", "events": "custom", "value": 1}, "condition.events",
         "is told beside orders"),
        ({"op": "gt", "field": "customer.spent", "within": "P1D", "value": 1}, "condition.within",
         "narrows nothing"),
        ({"op": "gt", "orders": "spent", "within": "1 day", "value": 1}, "condition.within",
         "is no duration"),
    ],
)  # fmt: skip
def test_a_document_that_makes_no_sense_names_the_field(
    document: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(BadSegment) as refused:
        load_segment({"name": "x", "condition": document})
    (problem,) = refused.value.problems
    assert problem.field == field
    assert problem.message.startswith(message)
    assert problem.remedy.endswith(".")
