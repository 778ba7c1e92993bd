"""What is to be expected: ranges that own up to chance, to samples and to what nobody knows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketing.flow import Coupon, Off
from marketing.outlook import Range, Seen, Use, code_cost, revenue_of, share_of, sum_of

CODE = Coupon("code", 10, timedelta(days=3))
TEN = Range(80, 120)
FEW, MANY = Use(19, 19, 19_000), Use(100, 25, 20_000)


def seen(number: int, weight: float = 1.0, certain: int | None = None) -> Range:
    one = Seen()
    for place in range(number):
        one.possible.add(weight)
        if certain is None or place < certain:
            one.certain.add(weight)
    return one.range()


def test_chance_widens_a_range_and_a_sample_widens_it_more() -> None:
    assert seen(100) == Range(80, 120)
    assert seen(25, weight=4) == Range(61, 139)
    assert seen(0) == Range(0, 3)
    assert seen(100, certain=0) == Range(0, 120)


def test_a_share_is_known_the_better_the_more_were_seen() -> None:
    assert share_of(0, 0) == (0.0, 1.0)
    low, high = share_of(25, 100)
    assert 0.17 < low < 0.25 < high < 0.35
    assert share_of(0, 100)[1] < 0.04


@pytest.mark.parametrize(
    ("own", "store", "basket", "basis", "each"),
    [
        (MANY, Use(), None, "own", 800),
        (FEW, MANY, 9000, "store", 900),
        (FEW, FEW, 9000, "all_used", 900),
        (FEW, MANY, None, "unknown", None),
    ],
)
def test_codes_cost_what_is_known_of_them(
    own: Use, store: Use, basket: int | None, basis: str, each: int | None
) -> None:
    found = code_cost(CODE, TEN, own, store, basket)
    assert (found.basis, found.each) == (basis, each)


def test_too_few_codes_say_only_that_no_more_than_all_are_used() -> None:
    assert code_cost(CODE, TEN, FEW, FEW, 9000).cost == Range(0, 120 * 900)
    fixed = replace(CODE, off=Off.AMOUNT, percent=None, amount=500)
    assert code_cost(fixed, TEN, FEW, FEW, None).cost == Range(0, 120 * 500)
    free = replace(CODE, off=Off.FREE_SHIPPING, percent=None)
    assert code_cost(free, TEN, FEW, MANY, 9000).cost is None


def test_earnings_are_told_from_enough_messages_and_sums_of_what_is_known() -> None:
    assert revenue_of(TEN, 5000, 99) is None
    assert revenue_of(TEN, 5000, 100) == Range(4000, 6000)
    assert sum_of([TEN, Range(1, 2)]) == Range(81, 122)
    assert sum_of([TEN, None]) is None
    assert sum_of([]) == Range(0, 0)
