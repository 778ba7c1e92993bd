"""wc-auth of the WooCommerce store: who may say yes, what is posted, and what undoes it."""

import re
from html import unescape
from typing import Any

import httpx
import orjson
import pytest

from sandbox.woo_shop import WooShop
from tests.sandbox.woo import Listener, browser_at, listener, shop

__all__ = ["browser_at", "listener", "shop"]
BACK = "http://127.0.0.1:9/return"


def asked(listener: Listener, **changed: str) -> dict[str, str]:
    told = {"app_name": "Reprise", "scope": "read_write", "user_id": "nonce-1",
            "return_url": BACK, "callback_url": f"{listener.url}?state=abc"}  # fmt: skip
    return {name: value for name, value in (told | changed).items() if value}


def sign_in(browser: httpx.Client, user: str = "marlene") -> None:
    told = {"log": user, "pwd": "fern", "redirect_to": "/"}
    assert browser.post("/wp-login.php", data=told).status_code == 200


def grant(browser: httpx.Client, query: dict[str, str], word: str = "Approve") -> httpx.Response:
    page = browser.get("/wc-auth/v1/authorize", params=query)
    (link,) = re.findall(rf'href="([^"]+)">{word}<', page.text)
    return browser.get(unescape(link), follow_redirects=False)


def keys(shop: WooShop) -> list[Any]:
    return shop.all("woo_key")


def test_who_is_not_signed_in_sees_the_login_and_comes_back_to_the_question(
    browser_at: httpx.Client, listener: Listener
) -> None:
    page = browser_at.get("/wc-auth/v1/authorize", params=asked(listener))
    assert page.url.path == "/wp-login.php"
    back = unescape(re.findall(r'name="redirect_to" value="([^"]+)"', page.text)[0])
    told = {"log": "marlene", "pwd": "fern", "redirect_to": back}
    assert "Reprise would like to connect" in browser_at.post("/wp-login.php", data=told).text


def test_the_key_is_posted_before_the_browser_goes_back_and_works(
    browser_at: httpx.Client, listener: Listener, shop: WooShop
) -> None:
    sign_in(browser_at)
    done = grant(browser_at, asked(listener))
    assert done.headers["Location"] == f"{BACK}?success=1&user_id=nonce-1"
    ((headers, body),) = listener.got
    told = orjson.loads(body)
    assert headers["Content-Type"] == "application/json;charset=UTF-8"
    assert headers["User-Agent"] == f"WordPress/7.1.4; {shop.url}"
    assert set(told) == {"key_id", "user_id", "consumer_key", "consumer_secret", "key_permissions"}
    assert re.fullmatch("ck_[0-9a-f]{40}", told["consumer_key"])
    assert (told["user_id"], told["key_permissions"]) == ("nonce-1", "read_write")
    assert keys(shop)[0]["consumer_secret"] == told["consumer_secret"]


@pytest.mark.parametrize("status", [201, 204, 302, 400, 500])
def test_anything_but_200_deletes_the_key_again(
    status: int, browser_at: httpx.Client, listener: Listener, shop: WooShop
) -> None:
    sign_in(browser_at)
    listener.status = status
    refused = grant(browser_at, asked(listener))
    assert (refused.status_code, "Access denied" in refused.text) == (401, True)
    assert len(listener.got) == 1
    assert keys(shop) == []


def test_a_no_goes_back_without_a_key(
    browser_at: httpx.Client, listener: Listener, shop: WooShop
) -> None:
    sign_in(browser_at)
    page = browser_at.get("/wc-auth/v1/authorize", params=asked(listener))
    (deny,) = re.findall(r'href="([^"]+)">Deny<', page.text)
    assert unescape(deny) == f"{BACK}?success=0&user_id=nonce-1"
    assert (listener.got, keys(shop)) == ([], [])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"app_name": ""}, "Missing parameter app_name"),
        ({"user_id": ""}, "Missing parameter user_id"),
        ({"callback_url": ""}, "Missing parameter callback_url"),
        ({"scope": "all"}, "Invalid scope all"),
        ({"return_url": "ftp://x"}, "The return_url is not a valid URL"),
        ({"callback_url": "http://app.example/callback"}, "needs to be over SSL"),
    ],
)
def test_a_question_that_lacks_something_is_refused(
    changed: dict[str, str], words: str, browser_at: httpx.Client, listener: Listener
) -> None:
    sign_in(browser_at)
    page = browser_at.get("/wc-auth/v1/authorize", params=asked(listener, **changed))
    assert page.status_code == 401
    assert words in page.text


def test_only_who_manages_the_store_may_say_yes_and_only_on_its_own_page(
    browser_at: httpx.Client, listener: Listener, shop: WooShop
) -> None:
    query = asked(listener)
    customer = next(one for one in shop.all("woo_customer") if one["role"] == "customer")
    sign_in(browser_at, customer["email"])
    assert browser_at.get("/wc-auth/v1/authorize", params=query).status_code == 401
    sign_in(browser_at)
    forged = browser_at.get("/wc-auth/v1/access_granted/", params=query | {"wc_auth_nonce": "1"})
    assert forged.status_code == 401
    assert (listener.got, keys(shop)) == ([], [])


def test_without_pretty_permalinks_the_query_leads_there_too(
    browser_at: httpx.Client, listener: Listener, shop: WooShop
) -> None:
    sign_in(browser_at)
    shop.set_site("permalinks", False)
    query = asked(listener) | {"wc-auth-version": "1", "wc-auth-route": "authorize"}
    assert "would like to connect" in browser_at.get("/", params=query).text
    assert browser_at.get("/wc-auth/v1/authorize", params=asked(listener)).status_code == 404
