"""Nobody gets two of a kind: what the platform mails already keeps a recipe from going live."""

import pytest

from marketing.complements import PlatformMail, doubled, sends
from marketing.model import Platform

OFF = {"platform_mails": dict.fromkeys(("abandoned_checkout", "order_confirmation"), False)}


@pytest.mark.parametrize("recipe", ["abandoned-cart", "abandoned-cart-proof", "order-confirmation"])
def test_a_recipe_waits_until_the_platform_is_silent(recipe: str) -> None:
    told = doubled(recipe, {}, Platform.SHOPIFY)
    assert told
    assert "Shopify sends already" in told.message
    assert "Settings" in told.remedy
    assert doubled(recipe, OFF, Platform.SHOPIFY) is None


def test_what_doubles_nothing_may_begin_at_once() -> None:
    for recipe in ("order-thank-you", "welcome", None, "no-recipe"):
        assert doubled(recipe, {}, Platform.SHOPIFY) is None


def test_woocommerce_reminds_nobody_of_a_cart() -> None:
    assert doubled("abandoned-cart", {}, Platform.WOOCOMMERCE) is None
    assert doubled("shipping", {}, Platform.WOOCOMMERCE)


def test_a_setting_that_makes_no_sense_is_the_platforms_habit() -> None:
    for settings in ({"platform_mails": None}, {"platform_mails": {"shipping": "no"}}):
        assert sends(settings, Platform.SHOPIFY, PlatformMail.SHIPPING)
