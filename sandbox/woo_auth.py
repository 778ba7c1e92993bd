"""`/wc-auth/v1/`: how a merchant gives an app a key, and the store sends it there.

As WooCommerce has it: five parameters, all of them; the callback is posted by the store before
the browser goes back; anything but exactly 200 deletes the key again. One thing is waived, and
only on this very machine (loopback): the callback's address need not be https.
"""

from urllib.parse import urlencode, urlsplit

import httpx
from flask import Flask, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import woo_login
from sandbox.state import Record
from sandbox.woo_keys import new_key
from sandbox.woo_shop import WooShop
from sandbox.woo_site import WP_VERSION

NEEDED = ("app_name", "user_id", "return_url", "callback_url", "scope")
SCOPES = {"read": ("read", "View"), "write": ("write", "Create"),
          "read_write": ("read/write", "View and manage")}  # fmt: skip
_NOUNS = ("coupons", "customers", "orders and sales reports", "products", "webhooks")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_PATIENCE = 60.0


class AuthRefused(Exception):
    """wc-auth stops here; the text is what its page says."""


def auth_pages(app: Flask, shop: WooShop) -> None:
    """The addresses of wc-auth, with pretty permalinks and without."""

    @app.get("/wc-auth/v1/<route>")
    @app.get("/wc-auth/v1/<route>/")
    def endpoint(route: str) -> AnyResponse | str | tuple[str, int]:
        return _answer(shop, route) if shop.site("permalinks") else abort(404)

    @app.before_request
    def without_permalinks() -> AnyResponse | str | tuple[str, int] | None:
        route = request.args.get("wc-auth-route", "")
        is_ours = request.path == "/" and request.args.get("wc-auth-version") == "1"
        return _answer(shop, route) if is_ours and route else None


def _answer(shop: WooShop, route: str) -> AnyResponse | str | tuple[str, int]:
    if not shop.site("woocommerce"):
        abort(404)
    try:
        asked = _checked()
        pages = {"login": _login, "authorize": _authorize, "access_granted": _granted}
        return pages[route](shop, asked) if route in pages else abort(404)
    except AuthRefused as refusal:
        return render_template("woo_refused.html", words=str(refusal)), 401


def _checked() -> dict[str, str]:
    asked = {name: request.args.get(name, "").strip() for name in NEEDED}
    for name, value in asked.items():
        if not value:
            raise AuthRefused(f"Missing parameter {name}")
    if asked["scope"] not in SCOPES:
        raise AuthRefused(f"Invalid scope {asked['scope']}")
    for name in ("return_url", "callback_url"):
        asked[name] = _address(name, asked[name])
    callback = urlsplit(asked["callback_url"])
    if callback.scheme != "https" and callback.hostname not in _LOOPBACK:
        raise AuthRefused("The callback_url needs to be over SSL")
    return asked


def _address(name: str, url: str) -> str:
    url = url if "://" in url else f"https://{url}"
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise AuthRefused(f"The {name} is not a valid URL")
    return url


def _again(route: str, asked: dict[str, str], **more: str) -> str:
    query = urlencode({**asked, **more})
    if request.args.get("wc-auth-route"):
        return f"/?wc-auth-version=1&wc-auth-route={route}&{query}"
    return f"/wc-auth/v1/{route}/?{query}"


def _login(shop: WooShop, asked: dict[str, str]) -> AnyResponse | str:
    if woo_login.who(shop):
        return redirect(_again("authorize", asked))
    return redirect(f"/wp-login.php?{urlencode({'redirect_to': _again('authorize', asked)})}")


def _authorize(shop: WooShop, asked: dict[str, str]) -> AnyResponse | str:
    user = woo_login.who(shop)
    if user is None:
        return redirect(_again("login", asked))
    if user["role"] not in woo_login.CAPABLE:
        raise AuthRefused("You do not have permissions to access this page")
    nonce = woo_login.nonce(user, "wc_auth_grant_access")
    return render_template(
        "woo_grant.html", shop=shop, user=user, app_name=asked["app_name"],
        nouns=_NOUNS, verb=SCOPES[asked["scope"]][1],
        approve=_again("access_granted", asked, wc_auth_nonce=nonce),
        deny=_back(asked, success="0"),
    )  # fmt: skip


def _granted(shop: WooShop, asked: dict[str, str]) -> AnyResponse | str:
    user = woo_login.who(shop)
    given = request.args.get("wc_auth_nonce", "")
    if user is None or not woo_login.is_nonce(user, "wc_auth_grant_access", given):
        raise AuthRefused("Invalid nonce verification")
    if user["role"] not in woo_login.CAPABLE:
        raise AuthRefused("You do not have permissions to access this page")
    name = f"{asked['app_name']} - API ({shop.now():%Y-%m-%d %H:%M:%S})"
    key = new_key(shop, name, asked["scope"], user["id"])
    if not _posted(shop, asked, key):
        shop.drop("woo_key", key["id"])
        words = (
            "An error occurred in the request and at the time were unable to send the consumer data"
        )
        raise AuthRefused(words)
    return redirect(_back(asked, success="1"))


def _posted(shop: WooShop, asked: dict[str, str], key: Record) -> bool:
    """Send the key to the app's own address; exactly 200 will do."""
    body = {"key_id": key["id"], "user_id": asked["user_id"],
            "consumer_key": key["consumer_key"], "consumer_secret": key["consumer_secret"],
            "key_permissions": key["permissions"]}  # fmt: skip
    headers = {"Content-Type": "application/json;charset=UTF-8",
               "User-Agent": f"WordPress/{WP_VERSION}; {shop.url}"}  # fmt: skip
    try:
        with httpx.Client(timeout=_PATIENCE, trust_env=False) as store:
            answer = store.post(asked["callback_url"], json=body, headers=headers)
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


def _back(asked: dict[str, str], *, success: str) -> str:
    told = urlencode({"success": success, "user_id": asked["user_id"]})
    url = asked["return_url"]
    return f"{url}{'&' if '?' in url else '?'}{told}"
