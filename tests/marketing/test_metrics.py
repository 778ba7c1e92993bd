"""The figures, and what they are where there is nothing to divide by."""

import pytest

from marketing.metrics import (
    DEFINITIONS,
    attributed_revenue,
    cart_recovery_rate,
    customer_lifetime_value,
    repeat_purchase_rate,
    revenue_per_recipient,
)


def test_the_figures_of_a_small_store() -> None:
    assert cart_recovery_rate(recovered=3, abandoned=25) == 0.12
    assert attributed_revenue(totals=12_345, refunded=2_345) == 10_000
    assert customer_lifetime_value(spent=10_000, refunded=1_000, buyers=4) == 2_250
    assert repeat_purchase_rate(buyers_again=1, buyers=4) == 0.25
    assert revenue_per_recipient(attributed=10_000, recipients=40) == 250


def test_a_figure_without_a_base_is_unknown_and_not_zero() -> None:
    assert cart_recovery_rate(0, 0) is None
    assert customer_lifetime_value(0, 0, 0) is None
    assert repeat_purchase_rate(0, 0) is None
    assert revenue_per_recipient(0, 0) is None
    assert cart_recovery_rate(0, 7) == 0


@pytest.mark.parametrize(
    ("attributed", "recipients", "figure"), [(1, 2, 1), (1, 3, 0), (2, 3, 1), (-1, 2, 0)]
)
def test_money_rounds_half_up(attributed: int, recipients: int, figure: int) -> None:
    assert revenue_per_recipient(attributed, recipients) == figure


def test_every_definition_is_a_sentence() -> None:
    assert all(sentence.endswith(".") for sentence in DEFINITIONS.values())
