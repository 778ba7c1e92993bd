"""Coupons of the WooCommerce store, with what is odd about them."""

from datetime import timedelta

import pytest
from woocommerce import API

from sandbox import woo_coupons
from sandbox.state import Record
from sandbox.woo_coupons import CouponRefused
from sandbox.woo_orders import lines_of
from sandbox.woo_shop import WooShop
from sandbox.woo_site import local
from tests.sandbox.test_woo_rest import of
from tests.sandbox.woo import api, key, shop

__all__ = ["api", "key", "shop"]


def cart(shop: WooShop) -> list[Record]:
    product = shop.all("woo_product")[0]
    return lines_of(shop, [(product["id"], (product["variations"] or [0])[0], 2)])


def test_an_end_in_gmt_is_silently_passed_over(api: API) -> None:
    coupon = of(api.post("coupons", {"code": "a", "date_expires_gmt": "2030-01-01T00:00:00"}))
    assert coupon["date_expires"] is coupon["date_expires_gmt"] is None


def test_an_end_is_the_stores_own_time_and_a_zone_is_dropped(api: API) -> None:
    coupon = of(api.post("coupons", {"code": "a", "date_expires": "2030-01-01T12:00:00"}))
    assert coupon["date_expires"] == "2030-01-01T12:00:00"
    assert coupon["date_expires_gmt"] == "2030-01-01T11:00:00"
    zoned = of(api.post("coupons", {"code": "b", "date_expires": "2030-01-01T12:00:00Z"}))
    assert zoned["date_expires"] == "2030-01-01T12:00:00"


def test_codes_are_in_small_letters_found_in_any_and_unique(api: API) -> None:
    made = of(api.post("coupons", {"code": "SAVE-Ten", "amount": "10"}))
    assert made["code"] == "save-ten"
    assert [one["id"] for one in of(api.get("coupons", params={"code": "Save-TEN"}))] == [
        made["id"]
    ]
    again = api.post("coupons", {"code": "save-TEN"})
    assert again.status_code == 400
    assert again.json()["code"] == "woocommerce_rest_coupon_code_already_exists"


def test_a_code_of_one_person_is_refused_while_the_session_knows_no_email(
    api: API, shop: WooShop
) -> None:
    api.post("coupons", {"code": "mine", "email_restrictions": ["Ada@Example.com"], "amount": "5"})
    with pytest.raises(CouponRefused, match="valid email at checkout"):
        woo_coupons.good(shop, "MINE", cart(shop), "")
    with pytest.raises(CouponRefused, match="valid email"):
        woo_coupons.good(shop, "mine", cart(shop), "eve@example.com")
    assert woo_coupons.good(shop, "mine", cart(shop), "ada@example.com")["amount"] == "5.00"


def test_a_code_ends_at_its_time_and_after_its_uses(api: API, shop: WooShop) -> None:
    over = local(shop.now() - timedelta(seconds=5))
    api.post("coupons", {"code": "over", "date_expires": over})
    with pytest.raises(CouponRefused, match="expired"):
        woo_coupons.good(shop, "over", cart(shop), "")
    api.post("coupons", {"code": "once", "usage_limit": 1})
    woo_coupons.use_up(shop, woo_coupons.good(shop, "once", cart(shop), ""), "ada@example.com")
    with pytest.raises(CouponRefused, match="Usage limit"):
        woo_coupons.good(shop, "once", cart(shop), "")


def test_percent_and_fixed_amounts_take_off_what_they_say(api: API, shop: WooShop) -> None:
    lines = cart(shop)
    whole = sum(float(one["price"]) * one["quantity"] for one in lines)
    for kind, amount, off in (("percent", "10", whole / 10), ("fixed_cart", "7", 7)):
        api.post("coupons", {"code": kind, "discount_type": kind, "amount": amount})
        cut = woo_coupons.reductions(woo_coupons.good(shop, kind, lines, ""), lines)
        assert float(sum(cut)) == pytest.approx(off, abs=0.01)


def test_too_small_a_cart_is_told_the_least(api: API, shop: WooShop) -> None:
    api.post("coupons", {"code": "big", "minimum_amount": "900"})
    with pytest.raises(CouponRefused, match="minimum spend"):
        woo_coupons.good(shop, "big", cart(shop), "")
