"""Carts of the WooCommerce store, and what the companion plugin makes of them.

WooCommerce tells nobody of carts; the plugin watches them: each real change of goods, e-mail or
codes is one snapshot, kept for the restore link and queued for the app.
"""

import hashlib
import secrets
from datetime import UTC
from decimal import Decimal

import orjson

from sandbox import woo_coupons, woo_orders, woo_people
from sandbox.state import Record
from sandbox.woo_coupons import CouponRefused
from sandbox.woo_shop import WooShop
from sandbox.woo_site import CURRENCY, money

_ATTRIBUTION = "_wc_order_attribution_"
OPTIN = "_wc_other/reprise/optin"


def session_of(shop: WooShop, id_: str) -> Record | None:
    return shop.get("woo_session", id_) if id_ else None


def new_session(shop: WooShop) -> Record:
    """Give a visitor a session; it is written when something happens in it."""
    return {
        "id": secrets.token_hex(16), "items": [], "codes": [], "email": "", "details": {},
        "optin": None, "token": secrets.token_hex(16), "stage": "cart", "customer_id": 0,
        "visitor": secrets.token_hex(8), "marks": {}, "began": _stamp(shop), "told": "",
    }  # fmt: skip


def _stamp(shop: WooShop) -> str:
    return shop.now().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def lines(shop: WooShop, session: Record) -> list[Record]:
    """What is in the cart, at today's prices."""
    return woo_orders.lines_of(shop, [(p, v, q) for p, v, q in session["items"]])


def sums(shop: WooShop, session: Record) -> Record:
    """Give `lines`, `off` of each code, and `total`; codes that hold no more fall out."""
    found, off = lines(shop, session), {}
    for code in session["codes"]:
        try:
            coupon = woo_coupons.good(shop, code, found, session["email"])
        except CouponRefused:
            continue
        off[code] = sum(woo_coupons.reductions(coupon, found), Decimal(0))
    whole = sum((Decimal(one["price"]) * one["quantity"] for one in found), Decimal(0))
    return {"lines": found, "whole": whole, "off": off, "total": whole - sum(off.values())}


def keep(shop: WooShop, session: Record) -> Record:
    """Write a session; where it changed for good, the plugin takes its snapshot."""
    told = _fingerprint(session)
    is_news = told != session["told"] and (session["items"] or session["told"])
    session = {**session, "told": told if is_news else session["told"]}
    shop.put("woo_session", session)
    if is_news and shop.signals.is_on:
        shop.put("woo_snapshot", {**session, "id": session["token"]})
        shop.signals.send("reprise.cart.updated", snapshot(shop, session))
    return session


def _fingerprint(session: Record) -> str:
    parts = [session[name] for name in ("items", "email", "codes", "optin", "details")]
    return hashlib.md5(orjson.dumps(parts), usedforsecurity=False).hexdigest()


def snapshot(shop: WooShop, session: Record) -> Record:
    """Give a cart as the plugin tells of it; without a typed e-mail it names nobody."""
    held = sums(shop, session)
    return {
        "token": session["token"],
        "updated_at": _stamp(shop),
        "created_at": session["began"],
        "email": session["email"] or None,
        "customer_id": session["customer_id"],
        "first_name": session["details"].get("first_name") or None,
        "locale": "en",
        "currency": CURRENCY,
        "total": money(held["total"]),
        "items": [_item(line) for line in held["lines"]],
        "coupons": session["codes"],
        "consent": {"email": session["optin"]},
        "recovery_url": f"{shop.url}/?reprise_restore={session['token']}",
        "stage": session["stage"],
    }


def _item(line: Record) -> Record:
    return {
        "product_id": line["product_id"],
        "variation_id": line["variation_id"],
        "quantity": line["quantity"],
        "name": line["parent_name"] or line["name"],
        "variation": line["choice"],
        "sku": line["sku"],
        "price": line["price"],
        "line_total": money(Decimal(line["price"]) * line["quantity"]),
        "image": line["image"]["src"],
        "url": line["url"],
    }


# What a shopper does.


def put(shop: WooShop, session: Record, product: int, variation: int, quantity: int) -> Record:
    """Have so many of a thing in the cart; nothing of it takes it out."""
    others = [one for one in session["items"] if one[:2] != [product, variation]]
    place = (
        [one[:2] for one in session["items"]].index([product, variation])
        if len(others) < len(session["items"])
        else len(others)
    )
    if quantity > 0:
        others.insert(place, [product, variation, quantity])
    return keep(shop, {**session, "items": others})


def quantity_of(session: Record, product: int, variation: int) -> int:
    return sum(one[2] for one in session["items"] if one[:2] == [product, variation])


def apply(shop: WooShop, session: Record, code: str) -> Record:
    """Put a code on the cart; raises `CouponRefused` with the notice that is shown."""
    code = code.strip().lower()
    woo_coupons.good(shop, code, lines(shop, session), session["email"])
    return keep(shop, {**session, "codes": [*{*session["codes"], code}]})


def give_contact(
    shop: WooShop, session: Record, email: str, details: Record, *, optin: bool
) -> Record:
    """The shopper typed an address; the box, where it was seen, is a yes or no only when set."""
    said = True if optin else (False if session["optin"] else None)
    return keep(
        shop,
        {**session, "email": email, "details": details, "optin": said, "stage": "checkout"},
    )


def restore(shop: WooShop, session: Record, token: str) -> Record | None:
    """Bring a cart back by its unguessable token: goods and the e-mail, nothing else of a person.

    The e-mail comes first, so that a code for this person alone will be taken.
    """
    found = shop.get("woo_snapshot", token) if shop.signals.is_on else None
    if found is None:
        return None
    kept = {name: found[name] for name in ("items", "email", "token", "began", "optin", "told")}
    return keep(shop, {**session, **kept, "codes": [], "stage": "checkout"})


def refill(shop: WooShop, session: Record, products: str, code: str) -> Record:
    """Do what `/checkout-link/` does: empty the cart, add what is named, try the code."""
    wanted = [part.partition(":") for part in products.split(",") if part]
    items = [_named(shop, int(id_), int(count or 1)) for id_, _, count in wanted
             if id_.isdigit() and (count or "1").isdigit()]  # fmt: skip
    session = keep(shop, {**session, "items": [one for one in items if one], "codes": []})
    try:
        return apply(shop, session, code) if code else session
    except CouponRefused:
        return session


def _named(shop: WooShop, id_: int, count: int) -> list[int] | None:
    variation = shop.get("woo_variation", id_)
    if variation:
        return [variation["parent_id"], id_, count]
    return [id_, 0, count] if shop.get("woo_product", id_) else None


def place(shop: WooShop, session: Record, *, is_paid: bool) -> Record:
    """Turn the cart into an order; the cart ends, and its token stands in the order."""
    meta = {f"{_ATTRIBUTION}{name}": value for name, value in session["marks"].items()}
    if session["marks"]:
        meta[f"{_ATTRIBUTION}source_type"] = "utm"
    if shop.signals.is_on:
        meta["_reprise_cart_token"] = session["token"]
        meta |= {OPTIN: "1"} if session["optin"] else {}
    order = woo_orders.place(shop, woo_orders.Sale(
        lines=lines(shop, session),
        billing=woo_people.billing(session["email"], session["details"]),
        status="processing" if is_paid else "pending", created_via="store-api",
        customer_id=session["customer_id"], codes=session["codes"], meta=meta,
    ))  # fmt: skip
    if session["optin"]:
        tell_consent(shop, session["email"], "subscribed", "checkout")
    shop.drop("woo_session", session["id"])
    return order


def tell_consent(shop: WooShop, email: str, state: str, source: str) -> None:
    told = {"email": email, "channel": "email", "state": state, "at": _stamp(shop),
            "source": source}  # fmt: skip
    shop.signals.send("reprise.consent", told)


def tell_visit(shop: WooShop, session: Record, kind: str, product: Record) -> None:
    """The beacon tells only of somebody whose e-mail is known and who has agreed."""
    if not (session["email"] and session["optin"]):
        return
    shop.signals.send("reprise.visit", {
        "kind": kind, "at": _stamp(shop), "visitor": session["visitor"],
        "email": session["email"], "customer_id": session["customer_id"],
        "product_id": product["id"], "variation_id": 0, "url": product["permalink"],
        "consent": {"email": True},
    })  # fmt: skip


def tell_privacy(shop: WooShop, kind: str, email: str) -> str:
    """WordPress' own tools for personal data were used: `erase` or `export`; the request's id."""
    request = f"wp-{shop.next_id('request')}"
    told = {"email": email, "request_id": request, "at": _stamp(shop)}
    shop.signals.send(f"reprise.privacy.{kind}", told)
    return request


def tell_uninstalled(shop: WooShop, reason: str) -> None:
    shop.signals.send("reprise.uninstalled", {"at": _stamp(shop), "reason": reason})


def marks_of(asked: dict[str, str]) -> Record:
    """Give the utm marks of a landing, as order attribution keeps them."""
    return {
        name: value[:200]
        for name, value in asked.items()
        if name in {"utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_id"}
    }
