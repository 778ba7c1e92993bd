"""wp-admin: the store's lists and buttons, the plugin's page with the panel in its frame."""

import secrets
import time
from typing import Any
from urllib.parse import quote, urlencode

import jwt
from flask import Flask, abort, g, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox import people, woo_carts, woo_login, woo_orders, woo_people
from sandbox.state import Record
from sandbox.woo_shop import WooShop
from sandbox.woo_site import NAME, price_shown

ADMIN = "/wp-admin/admin.php?page="
LAUNCH_LIFE = 60  # seconds of real time
_FRAME = {"X-Frame-Options": "SAMEORIGIN", "Content-Security-Policy": "frame-ancestors 'self'"}
"""What WordPress says of its own admin; what stands in a frame inside it is not touched by it."""
PAGES = (
    ("orders", "Orders"), ("customers", "Customers"), ("coupons", "Coupons"),
    ("privacy", "Personal data"), ("plugins", "Plugins"), ("queue", "Webhooks and queue"),
    ("settings", "REST API"),
)  # fmt: skip


def admin_pages(app: Flask, shop: WooShop) -> None:
    """Every address under `/wp-admin/`; whoever is not signed in sees the login first."""
    app.add_template_filter(price_shown, "euros")

    _guard(app, shop)

    @app.get("/wp-admin/")
    def wp_admin() -> AnyResponse:
        return redirect(f"{ADMIN}{'reprise' if shop.site('plugin') else 'wc-orders'}")

    @app.get("/wp-admin/admin.php")
    def admin_page() -> str:
        page = request.args.get("page", "").removeprefix("wc-")
        if page == "reprise" and shop.site("plugin"):
            return _plugin_page(shop)
        if page == "reprise-settings" and shop.site("plugin"):
            return _page(shop, page, active=page, has_chat=shop.site("chat"))
        return _list(shop, page) if page in dict(PAGES) else abort(404)

    _order_buttons(app, shop)
    _privacy_tools(app, shop)
    _switches(app, shop)


def _guard(app: Flask, shop: WooShop) -> None:
    @app.before_request
    def signed_in() -> AnyResponse | None:
        if not request.path.startswith("/wp-admin"):
            return None
        user = woo_login.who(shop)
        if user is None:
            return woo_login.to_login()
        if user["role"] not in woo_login.CAPABLE:
            abort(403)
        g.user = user
        return None

    @app.after_request
    def own_frames_only(answer: AnyResponse) -> AnyResponse:
        if request.path.startswith("/wp-admin"):
            answer.headers.update(_FRAME)
        return answer


def launch_token(shop: WooShop, user: Record) -> str:
    """Vouch for the person at the desk, for a minute, once."""
    known, now = shop.signals.connection, int(time.time())
    claims = {
        "iss": shop.url, "sub": str(user["id"]), "email": user["email"], "locale": "en_GB",
        "name": f"{user['first_name']} {user['last_name']}".strip(), "iat": now,
        "exp": now + LAUNCH_LIFE, "jti": secrets.token_hex(16),
    }  # fmt: skip
    return jwt.encode(claims, known["secret"], "HS256", {"kid": known["store_key"]})


def _plugin_page(shop: WooShop) -> str:
    known = shop.signals.connection
    connect = f"{shop.app_url}/woocommerce/install?store_url={quote(shop.url, safe='')}"
    source = ""
    if known["connected"]:
        source = f"{known['app_url']}/woocommerce/launch?token={launch_token(shop, g.user)}"
        place = request.args.get("place", "")
        source += f"&{urlencode({'place': place})}" if place else ""
    return _page(shop, "panel", active="reprise", source=source, connect=connect)


def _page(shop: WooShop, name: str, **told: Any) -> str:
    return render_template(
        f"woo_admin_{name}.html", name=NAME, user=g.user, pages=PAGES,
        has_plugin=shop.site("plugin"), **told,
    )  # fmt: skip


def _list(shop: WooShop, page: str) -> str:
    told: dict[str, Any] = {"active": page, "problem": request.args.get("problem", "")}
    if page == "queue":
        told |= {"hooks": shop.all("woo_webhook"), "jobs": shop.jobs.listing(60),
                 "is_quiet": shop.site("quiet")}  # fmt: skip
    elif page == "plugins":
        told |= {"connection": shop.signals.connection}
    elif page == "settings":
        told |= {"records": shop.all("woo_key")[::-1]}
    elif page != "privacy":
        kind = {"orders": "woo_order", "customers": "woo_customer", "coupons": "woo_coupon"}[page]
        records = sorted(shop.all(kind), key=lambda one: one["date_created_gmt"], reverse=True)
        told |= {"records": records}
    return _page(shop, page, **told)


def _back(page: str) -> AnyResponse:
    return redirect(f"{ADMIN}wc-{page}", 303)


def _order_buttons(app: Flask, shop: WooShop) -> None:
    @app.post("/wp-admin/orders/<int:id_>/<action>")
    def order_button(id_: int, action: str) -> AnyResponse:
        order = shop.get("woo_order", id_) or abort(404)
        if action == "refund":
            woo_orders.refund(shop, order)
        elif action in woo_orders.STATUSES:
            woo_orders.move(shop, order, action)
        else:
            abort(404)
        return _back("orders")


def _privacy_tools(app: Flask, shop: WooShop) -> None:
    @app.post("/wp-admin/<any(erase, export):kind>-personal-data.php")
    def personal_data(kind: str) -> AnyResponse:
        """WordPress' tools: each plugin adds its own exporter and eraser; ours tells the app."""
        email = request.form.get("email", "").strip()
        if not people.is_email(email):
            return redirect(f"{ADMIN}wc-privacy&problem=email", 303)
        woo_carts.tell_privacy(shop, kind, email)
        if kind == "erase":
            _erase(shop, email)
        return _back("privacy")


def _erase(shop: WooShop, email: str) -> None:
    """What WooCommerce itself takes away by default: the account's data and the carts.

    Orders stay as they are, unless the merchant has set otherwise.
    """
    person = shop.find("woo_customer", email)
    if person and person["role"] == "customer":
        woo_people.remove(shop, person)
    for kind in ("woo_session", "woo_snapshot"):
        for record in shop.all(kind):
            if record["email"].casefold() == email.casefold():
                shop.drop(kind, record["id"])


def _switches(app: Flask, shop: WooShop) -> None:
    @app.post("/wp-admin/plugins.php")
    def plugin_switch() -> AnyResponse:
        on = request.form.get("on") == "1"
        if not on and shop.site("plugin"):
            woo_carts.tell_uninstalled(shop, "deactivated")
            shop.signals.forget()
        shop.set_site("plugin", on)
        return _back("plugins")

    @app.post("/wp-admin/reprise-settings.php")
    def plugin_settings() -> AnyResponse:
        shop.set_site("chat", request.form.get("has_chat") == "1")
        return redirect(f"{ADMIN}reprise-settings", 303)

    @app.post("/wp-admin/queue.php")
    def queue_switch() -> AnyResponse:
        if "quiet" in request.form:
            shop.set_site("quiet", request.form["quiet"] == "1")
        return _back("queue")
