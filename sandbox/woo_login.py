"""Who is signed in to WordPress: the login page, its cookie, and nonces for what is pressed."""

import hashlib
import hmac
from urllib.parse import quote

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.front_cookies import own_path
from sandbox.state import Record
from sandbox.woo_shop import WooShop
from sandbox.woo_site import OWNER

COOKIE = "woo_user"
PASSWORD = "fern"  # noqa: S105  the sandbox tells it on the page
_SALT = b"the salt of this WordPress"
CAPABLE = {"administrator", "shop_manager"}
"""Roles that may `manage_woocommerce`."""


def login_pages(app: Flask, shop: WooShop) -> None:
    """`/wp-login.php`, and signing out."""

    @app.route("/wp-login.php", methods=["GET", "POST"])
    def login() -> AnyResponse | str | tuple[str, int]:
        back = own_path(request.values.get("redirect_to", "/wp-admin/"))
        if request.args.get("action") == "logout":
            gone = redirect("/wp-login.php")
            gone.delete_cookie(COOKIE)
            return gone
        if request.method == "GET":
            return _page(back)
        user = shop.find("woo_customer", request.form.get("log", "")) or _named(shop)
        if user is None or request.form.get("pwd") != PASSWORD:
            return _page(back, "The user name or the password is not right."), 200
        answer = redirect(back, 302)
        answer.set_cookie(COOKIE, f"{user['id']}|{_mac(str(user['id']))}", samesite="Lax")
        return answer


def _named(shop: WooShop) -> Record | None:
    wanted = request.form.get("log", "")
    return next((one for one in shop.all("woo_customer") if one["username"] == wanted), None)


def _page(back: str, problem: str = "") -> str:
    return render_template(
        "woo_login.html", back=back, problem=problem, user=OWNER[0], password=PASSWORD
    )


def who(shop: WooShop) -> Record | None:
    """Give the user whose browser this is."""
    id_, _, mac = request.cookies.get(COOKIE, "").partition("|")
    if not id_ or not hmac.compare_digest(mac, _mac(id_)):
        return None
    return shop.get("woo_customer", id_)


def to_login() -> AnyResponse:
    """Send the browser to the login, and back to where it was."""
    here = request.full_path.rstrip("?")
    return redirect(f"/wp-login.php?redirect_to={quote(here, safe='')}")


def nonce(user: Record, action: str) -> str:
    """Give WordPress' nonce of a button: whoever has another page open can't press it."""
    return _mac(f"{user['id']}:{action}")[:10]


def is_nonce(user: Record, action: str, given: str) -> bool:
    return hmac.compare_digest(nonce(user, action), given)


def _mac(text: str) -> str:
    return hmac.new(_SALT, text.encode(), hashlib.sha256).hexdigest()
