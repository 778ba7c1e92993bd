"""What messages cost, by a store's own prices of a thousand."""

import pytest

from marketing.model import ChannelName
from marketing.prices import MOST, cost_of, prices_of


def test_a_store_that_told_nothing_pays_nothing() -> None:
    assert prices_of({}) == {ChannelName.EMAIL: 0, ChannelName.SMS: 0, ChannelName.WHATSAPP: 0}
    assert cost_of({"email": 5000}, prices_of({})) == 0


@pytest.mark.parametrize(
    ("told", "kept"), [(90, 90), (-1, 0), (True, 0), ("90", 0), (10**12, MOST)]
)
def test_what_makes_no_sense_is_no_price(told: object, kept: int) -> None:
    assert prices_of({"message_prices": {"email": told}})[ChannelName.EMAIL] == kept


def test_a_message_may_cost_a_part_of_a_cent() -> None:
    prices = prices_of({"message_prices": {"email": 90, "sms": 7900}})
    assert cost_of({"email": 1}, prices) == 0
    assert cost_of({"email": 1000, "sms": 10}, prices) == 90 + 79
    assert cost_of({"sms": 1, "email": 6}, prices) == 8
    assert cost_of({"messenger": 100}, prices) == 0
