"""The guards of discount codes, what codes cost, and how much of a budget is used."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketing.coupons import (
    CartFacts,
    CodeBudget,
    CouponFacts,
    Granted,
    budget_of,
    budget_used,
    cost,
    end_of_day,
    month_of,
    pool_terms,
    refusal,
    terms_key,
)
from marketing.flow import Coupon, Off
from marketing.model import Reason

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def a_coupon(**fields: Any) -> Coupon:
    return Coupon(**{"id": "code", "percent": 10, "valid_for": DAY, **fields})


@pytest.mark.parametrize(("coupon", "facts", "told"), [
    ({}, {}, None),
    ({}, {"cart": CartFacts(100)}, None),
    ({}, {"cart": CartFacts(100, ("SPRING",))}, Reason.CART_HAS_CODE),
    ({"skip_if_cart_has_code": False}, {"cart": CartFacts(100, ("SPRING",))}, None),
    ({"minimum": 101}, {"cart": CartFacts(100)}, Reason.BELOW_MINIMUM),
    ({"minimum": 100}, {"cart": CartFacts(100)}, None),
    ({"minimum": 101}, {}, None),
    ({}, {"cart": CartFacts(100, (), has_sale_items=True)}, None),
    ({"exclude_sale_items": True}, {"cart": CartFacts(100, (), has_sale_items=True)},
     Reason.SALE_ITEMS),
    ({}, {"last_code_at": NOW - 30 * DAY}, None),
    ({}, {"last_code_at": NOW - 29 * DAY}, Reason.CODE_RECENT),
    ({"once_per": None}, {"last_code_at": NOW}, None),
    ({}, {"budget": CodeBudget(count=3), "granted": Granted(2)}, None),
    ({}, {"budget": CodeBudget(count=3), "granted": Granted(3)}, Reason.CODE_BUDGET),
    ({}, {"budget": CodeBudget(cost=30), "granted": Granted(1, 20), "largest_order": 100}, None),
    ({}, {"budget": CodeBudget(cost=29), "granted": Granted(1, 20), "largest_order": 100},
     Reason.CODE_BUDGET),
])  # fmt: skip
def test_each_guard_has_its_reason(
    coupon: dict[str, Any], facts: dict[str, Any], told: Reason | None
) -> None:
    assert refusal(a_coupon(**coupon), CouponFacts(**facts), NOW) is told


@pytest.mark.parametrize(("coupon", "facts", "told"), [
    ({}, CouponFacts(CartFacts(1999)), 199),
    ({}, CouponFacts(largest_order=3000), 300),
    ({"minimum": 5000}, CouponFacts(CartFacts(1999)), 500),
    ({"percent": None, "off": Off.AMOUNT, "amount": 700}, CouponFacts(CartFacts(1999)), 700),
    ({"percent": None, "off": Off.FREE_SHIPPING}, CouponFacts(CartFacts(1999)), 0),
])  # fmt: skip
def test_a_code_is_reckoned_at_its_worst(
    coupon: dict[str, Any], facts: CouponFacts, told: int
) -> None:
    assert cost(a_coupon(**coupon), facts) == told


@pytest.mark.parametrize(("budget", "granted", "percent"), [
    (CodeBudget(), Granted(9, 900), 0),
    (CodeBudget(count=10), Granted(8, 900), 80),
    (CodeBudget(cost=1000), Granted(8, 855), 85),
    (CodeBudget(count=10, cost=1000), Granted(1, 950), 95),
    (CodeBudget(count=10), Granted(12, 0), 100),
    (CodeBudget(count=0), Granted(), 100),
])  # fmt: skip
def test_of_two_limits_the_nearer_one_is_told(
    budget: CodeBudget, granted: Granted, percent: int
) -> None:
    assert budget_used(budget, granted) == percent


@pytest.mark.parametrize(("settings", "told"), [
    ({}, CodeBudget()),
    ({"code_budget": None}, CodeBudget()),
    ({"code_budget": {"count": 5, "cost": None}}, CodeBudget(5)),
    ({"code_budget": {"count": -5, "cost": True}}, CodeBudget()),
    ({"code_budget": {"count": 0, "cost": 900}}, CodeBudget(0, 900)),
])  # fmt: skip
def test_a_budget_that_makes_no_sense_is_none(settings: dict[str, Any], told: CodeBudget) -> None:
    assert budget_of(settings) == told


def test_months_and_days_are_the_stores_own() -> None:
    late = datetime(2026, 12, 1, 3, tzinfo=UTC)
    assert month_of(late, "America/New_York") == datetime(2026, 11, 1, 4, tzinfo=UTC)
    assert month_of(late, "Europe/Berlin") == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert end_of_day(late, "America/New_York") == datetime(2026, 12, 1, 5, tzinfo=UTC)
    short = datetime(2026, 3, 29, 10, tzinfo=UTC)
    assert end_of_day(short, "Europe/Berlin") == datetime(2026, 3, 29, 22, tzinfo=UTC)


def test_pools_differ_by_what_their_codes_take_off_only() -> None:
    def key(**fields: Any) -> str:
        return terms_key(pool_terms(a_coupon(pool=True, **fields), "USD"))

    assert key() == key(id="other", once_per=None, valid_for=3 * DAY)
    assert len({key(), key(percent=15), key(minimum=500), key(combinable=True), key(prefix="VIP"),
                key(percent=None, off=Off.AMOUNT, amount=10)}) == 6  # fmt: skip
