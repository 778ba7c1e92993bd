"""Bands: where a figure stands, what is usual for a mix of messages, and what is weakest."""

import pytest

from marketing.benchmarks import (
    CART_RECOVERY,
    ENOUGH,
    REPEAT_PURCHASE,
    Rates,
    per_recipient,
    weakest,
)


@pytest.mark.parametrize(
    ("rate", "standing"),
    [(0.05, "below"), (0.10, "within"), (0.15, "within"), (0.17, "above"), (0.2, "top")],
)
def test_a_figure_stands_below_within_above_or_among_the_best(rate: float, standing: str) -> None:
    assert CART_RECOVERY.standing(rate).value == standing


def test_without_a_mark_for_the_best_above_is_the_most() -> None:
    assert REPEAT_PURCHASE.standing(0.9).value == "above"


def test_what_a_message_usually_earns_follows_the_stores_own_mix() -> None:
    band = per_recipient([("cart.abandoned", 100), (None, 300), ("date.reached", 50)], "USD")
    assert band is not None
    assert band.low == round((365 * 100 + 11 * 300) / 400)


def test_no_money_is_compared_across_currencies_or_without_messages() -> None:
    assert per_recipient([("cart.abandoned", 100)], "EUR") is None
    assert per_recipient([("cart.abandoned", 0), ("date.reached", 9)], "USD") is None


def test_the_weakest_rate_is_the_one_that_lacks_the_most() -> None:
    assert weakest(Rates(1000, 500, 10, 17)) == ("click", pytest.approx(1 - 0.01 / 0.053))
    assert weakest(Rates(1000, 0, 0, 0)) == ("open", 1.0)
    assert weakest(Rates(1000, 600, 100, 40)) is None


def test_of_too_few_messages_nothing_is_said() -> None:
    assert weakest(Rates(ENOUGH - 1, 0, 0, 0)) is None
