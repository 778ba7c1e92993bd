"""The companion plugin's side in the sandbox, as WOO's contract with the app has it."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import orjson
import pytest
from woocommerce import API

from sandbox import woo_carts
from sandbox.state import Record
from sandbox.woo_shop import WooShop
from tests.sandbox.test_woo_auth import sign_in
from tests.sandbox.test_woo_rest import of
from tests.sandbox.woo import Listener, api, browser_at, client, key, listener, shop

__all__ = ["api", "browser_at", "key", "listener", "shop"]
SECRET = "S" * 40
ADA = {"email": "ada@example.com", "first_name": "Ada", "last_name": "Hart", "country": "DE"}


@pytest.fixture
def plugin(shop: WooShop, key: Record, listener: Listener) -> API:
    """The plugin's REST, connected to the listener."""
    rest = client(shop.url, key, version="wc-reprise/v1")
    app_url = listener.url.removesuffix("/hooks")
    told = {"app_url": app_url, "store_key": "key-1", "secret": SECRET}
    assert of(rest.put("connection", told))["connected"] is True
    return rest


def settled(shop: WooShop, listener: Listener) -> list[tuple[str, Any]]:
    until(lambda: shop.jobs.pending() == 0)
    told = [(h["X-Wc-Webhook-Topic"], orjson.loads(body)) for h, body in listener.got]
    listener.got.clear()
    return told


def until(happened: Callable[[], Any]) -> None:
    give_up = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < give_up
        time.sleep(0.02)


def fill(browser: httpx.Client, shop: WooShop) -> Record:
    product = next(one for one in shop.all("woo_product") if one["variations"])
    told = {"product": product["id"], "variation": product["variations"][0], "quantity": 2}
    browser.post("/cart/add", data=told)
    return product


def test_without_the_plugin_its_route_is_not_there(shop: WooShop, key: Record) -> None:
    shop.set_site("plugin", False)
    refused = client(shop.url, key, version="wc-reprise/v1").get("connection")
    assert (refused.status_code, refused.json()["code"]) == (404, "rest_no_route")


def test_the_connection_is_shown_without_its_secret_and_can_be_forgotten(
    plugin: API, shop: WooShop
) -> None:
    shown = of(plugin.get("connection"))
    assert {"version", "connected", "app_url", "woocommerce", "block_checkout"} <= set(shown)
    assert SECRET not in str(shown)
    assert of(plugin.delete("connection"))["connected"] is False
    assert shop.signals.is_on is False


def test_a_cart_is_told_signed_and_once_for_each_real_change(
    plugin: API, shop: WooShop, listener: Listener, browser_at: httpx.Client
) -> None:
    product = fill(browser_at, shop)
    until(lambda: shop.jobs.pending() == 0)
    ((headers, body),) = listener.got
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    assert headers["X-Wc-Webhook-Signature"] == base64.b64encode(digest).decode()
    assert headers["X-Wc-Webhook-Id"] == "reprise"
    ((topic, cart),) = settled(shop, listener)
    assert (topic, cart["email"], cart["consent"]) == (
        "reprise.cart.updated",
        None,
        {"email": None},
    )
    assert [(one["product_id"], one["quantity"]) for one in cart["items"]] == [(product["id"], 2)]
    browser_at.get("/cart/")
    browser_at.get("/checkout/")
    assert settled(shop, listener) == []
    for _ in "12":
        browser_at.post("/checkout/contact", data=ADA)
    ((_, cart),) = settled(shop, listener)
    assert (cart["email"], cart["stage"]) == (ADA["email"], "checkout")


def test_a_signal_that_was_not_taken_is_sent_again_under_its_own_id(
    plugin: API, shop: WooShop, listener: Listener, browser_at: httpx.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    listener.status = 503
    fill(browser_at, shop)
    until(lambda: len(listener.got) == 1)
    until(lambda: shop.jobs.pending() == 0)
    listener.status = 200
    shop.state.rows("UPDATE woo_jobs SET due_at = due_at - 61")
    until(lambda: len(listener.got) == 2)
    ids = {headers["X-Wc-Webhook-Delivery-Id"] for headers, _ in listener.got}
    assert len(ids) == 1


def test_an_order_carries_its_carts_token_the_box_and_what_led_there(
    plugin: API, shop: WooShop, listener: Listener, browser_at: httpx.Client
) -> None:
    browser_at.get("/?utm_source=reprise&utm_id=message-1")
    fill(browser_at, shop)
    ((_, cart),) = settled(shop, listener)
    browser_at.post("/checkout/place", data={**ADA, "optin": "1"})
    order = shop.all("woo_order")[-1]
    meta = {one["key"]: one["value"] for one in order["meta_data"]}
    assert meta["_reprise_cart_token"] == cart["token"]
    assert meta["_wc_other/reprise/optin"] == "1"
    assert (order["status"], order["created_via"]) == ("processing", "store-api")
    told = dict(settled(shop, listener))
    assert told["reprise.consent"]["state"] == "subscribed"


def test_the_restore_link_brings_goods_then_the_email_then_a_code_of_that_person(
    plugin: API, api: API, shop: WooShop, listener: Listener, browser_at: httpx.Client
) -> None:
    fill(browser_at, shop)
    browser_at.post("/checkout/contact", data=ADA)
    link = settled(shop, listener)[-1][1]["recovery_url"]
    of(api.post("coupons", {"code": "back", "amount": "5", "email_restrictions": [ADA["email"]]}))
    with httpx.Client(follow_redirects=True) as elsewhere:
        page = elsewhere.get(f"{link}&coupon=BACK&utm_source=reprise")
        assert page.url.path == "/checkout/"
        assert "utm_source=reprise" in str(page.url)
        assert ADA["email"] in page.text
        assert ADA["last_name"] not in page.text
        assert re.search(r'class="good"><span>back', page.text)
        guessed = elsewhere.get(f"{shop.url}/?reprise_restore={'0' * 32}")
        assert guessed.url.path == "/"


def test_a_checkout_link_empties_the_cart_adds_what_it_names_and_keeps_the_marks(
    api: API, shop: WooShop, browser_at: httpx.Client
) -> None:
    fill(browser_at, shop)
    of(api.post("coupons", {"code": "ten", "discount_type": "percent", "amount": "10"}))
    other = shop.all("woo_product")[-1]
    named = (other["variations"] or [other["id"]])[0]
    query = {"products": f"{named}:2,999:1", "coupon": "TEN", "utm_source": "reprise"}
    page = browser_at.get("/checkout-link/", params=query)
    assert page.url.path == "/checkout/"
    assert {"utm_source", "session"} <= set(page.url.params)
    session = woo_carts.session_of(shop, browser_at.cookies["woo_session"]) or {}
    assert [one[2] for one in session["items"]] == [2]
    assert session["codes"] == ["ten"]


def test_what_somebody_looks_at_is_told_only_after_a_yes_and_with_an_address(
    plugin: API, shop: WooShop, listener: Listener, browser_at: httpx.Client
) -> None:
    product = fill(browser_at, shop)
    browser_at.post("/checkout/contact", data=ADA)
    browser_at.get(f"/product/{product['slug']}/")
    assert "reprise.visit" not in dict(settled(shop, listener))
    browser_at.post("/checkout/contact", data={**ADA, "optin": "1"})
    browser_at.get(f"/product/{product['slug']}/")
    visit = dict(settled(shop, listener))["reprise.visit"]
    assert (visit["kind"], visit["email"]) == ("product.viewed", ADA["email"])


def test_the_panels_frame_has_a_launch_token_of_a_minute_for_whoever_is_signed_in(
    plugin: API, shop: WooShop, browser_at: httpx.Client
) -> None:
    assert browser_at.get("/wp-admin/admin.php?page=reprise").url.path == "/wp-login.php"
    sign_in(browser_at)
    page = browser_at.get("/wp-admin/admin.php?page=reprise")
    assert page.headers["X-Frame-Options"] == "SAMEORIGIN"
    (token,) = re.findall(r"/woocommerce/launch\?token=([\w.-]+)", page.text)
    claims = jwt.decode(token, SECRET, ["HS256"], {"require": ["iat", "exp", "jti", "sub"]})
    assert jwt.get_unverified_header(token)["kid"] == "key-1"
    assert (claims["iss"], claims["exp"] - claims["iat"]) == (shop.url, 60)


def test_wordpress_tools_for_personal_data_tell_the_app(
    plugin: API, shop: WooShop, listener: Listener, browser_at: httpx.Client
) -> None:
    sign_in(browser_at)
    for kind in ("export", "erase"):
        browser_at.post(f"/wp-admin/{kind}-personal-data.php", data={"email": ADA["email"]})
    told = settled(shop, listener)
    assert [topic for topic, _ in told] == ["reprise.privacy.export", "reprise.privacy.erase"]
    assert {body["email"] for _, body in told} == {ADA["email"]}
    assert len({body["request_id"] for _, body in told}) == 2


def test_deactivating_says_goodbye_and_forgets_the_connection(
    plugin: API, shop: WooShop, listener: Listener, browser_at: httpx.Client
) -> None:
    sign_in(browser_at)
    browser_at.post("/wp-admin/plugins.php", data={"on": "0"})
    ((topic, body),) = settled(shop, listener)
    assert (topic, body["reason"]) == ("reprise.uninstalled", "deactivated")
    assert plugin.get("connection").status_code == 404
