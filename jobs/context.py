"""The context of one message's template: the facts that `marketing.rendering` promises."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jobs.showing import ORDER_FACTS, Shown
from marketing.brand import brand_of
from marketing.brand import shown as brand_shown
from marketing.links import MessageLinks
from marketing.pictures import NO_PICTURE_PATH
from marketing.showing import PICKED, RECOMMENDATIONS, REVIEWS, WHY
from marketing.social import social_links
from marketing.wares import Ware
from storage import Row
from storage.stores import Store

ITEM_FACTS = ("title", "variant_title", "quantity", "price", "line_price", "image_url", "url")
TRACKED = ("company", "number", "url")
Told = Mapping[str, Any]
Context = dict[str, Any]


def context_of(
    store: Store, shown: Shown, row: Row[Any], links: MessageLinks, *, offers_code: bool
) -> Context:
    """Give the facts for one message."""
    cart, order = shown.carts.get(row.cart_id), shown.orders.get(row.order_id)
    settled = shown.settled.get(row.id, {})
    return {
        "locale": (cart and cart["locale"]) or row.customer_locale or store.locale,
        "store": store_facts(store),
        "customer": _customer(row),
        "cart": _cart(cart, store, shown.wares, links),
        "order": _order(order, shown.wares),
        "event": _event(row.event or {}, store),
        "product": _product(row, order, shown.wares, store.currency),
        RECOMMENDATIONS: settled.get(RECOMMENDATIONS, []),
        WHY: settled.get(WHY),
        PICKED: settled.get(PICKED, []),
        REVIEWS: settled.get(REVIEWS, []),
        "coupon": _coupon(row, store) if offers_code else None,
        "reward": shown.rewards.get(row.id),
        "links": {
            "unsubscribe": links.unsubscribe_url(),
            "placeholder": links.app_url + NO_PICTURE_PATH,
        },
    }


def store_facts(store: Store) -> Context:
    """Give what a message tells of its store."""
    settings, brand = store.settings, brand_of(store.settings)
    return {
        "name": store.name,
        "url": home_of(store),
        "address": brand.address or store.address,
        "email": store.email,
        "currency": store.currency,
        "timezone": store.timezone,
        "logo_url": brand.logo_url,
        "free_shipping_threshold": settings.get("free_shipping_threshold"),
        "return_days": settings.get("return_days"),
        "founder_name": settings.get("founder_name"),
        "story": settings.get("brand_story"),
        "social": social_links(settings),
        "brand": brand_shown(brand),
    }


def home_of(store: Store) -> str:
    """Give where the store is on the web."""
    return store.storefront_url or f"https://{store.domain}"


def _customer(row: Row[Any]) -> Context:
    return {
        "first_name": row.first_name,
        "last_name": row.last_name,
        "email": row.email,
        "orders_count": row.orders_count,
    }


def _cart(
    cart: Told | None, store: Store, wares: Mapping[str, Ware], links: MessageLinks
) -> Context:
    if cart is None:
        currency = store.currency
        return {"items": [], "currency": currency, "subtotal": 0, "total": 0, "url": home_of(store)}
    return {
        "items": [_item(item, wares) for item in cart["items"]],
        "currency": cart["currency"],
        "subtotal": cart["subtotal"],
        "total": cart["total"],
        "url": links.cart_url(),
    }


def _item(item: Told, wares: Mapping[str, Ware]) -> Context:
    """Give a line with what the catalogue adds: webhooks tell neither a picture nor an address.

    One that is sold out stays, and says so: the total is that of all lines.
    """
    told = {name: item.get(name) for name in ITEM_FACTS}
    ware, variant_id = wares.get(item.get("product_id") or ""), item.get("variant_id")
    told["sold_out"] = ware is not None and not (
        ware.is_published and ware.is_available(variant_id)
    )
    if ware is not None:
        told["image_url"] = told["image_url"] or ware.picture_of(variant_id)
        told["url"] = told["url"] or ware.url
    return told


def _order(order: Told | None, wares: Mapping[str, Ware]) -> Context | None:
    """Give the order; what is sold out by now was bought all the same."""
    if order is None:
        return None
    facts = {name: order[name] for name in ORDER_FACTS}
    moments = {name: at.isoformat() for name, at in facts.items() if isinstance(at, datetime)}
    items = [_item(item, wares) | {"sold_out": False} for item in order["items"]]
    tracking = {name: order[f"tracking_{name}"] for name in TRACKED}
    return {**facts, **moments, "items": items, "tracking": tracking}


def _event(event: Told, store: Store) -> Context:
    """Give what the trigger told: sums are in the store's currency, ids of ours stay here."""
    told = ("category", "from", "to", "rating", "quantity", "property", "date", "name")
    return {
        **{name: event.get(name) for name in told},
        "currency": store.currency,
        "properties": event.get("properties") or {},
    }


def _product(
    row: Row[Any], order: Told | None, wares: Mapping[str, Ware], currency: str
) -> Context | None:
    """Give the very product of the event, else the dearest of the order."""
    event = row.event or {}
    if named := event.get("product_id"):
        ware, variant_id = wares.get(str(named)), event.get("variant_id")
        return ware.shown(currency, variant_id) if ware and ware.is_published else None
    lines = sorted(order["items"] if order else (), key=lambda one: -int(one["price"]))
    found = [wares[one["product_id"]] for one in lines if one.get("product_id") in wares]
    return found[0].shown(currency) if found else None


def _coupon(row: Row[Any], store: Store) -> Context:
    return {
        "code": row.code,
        "kind": row.off,
        "percent": row.percent or None,
        "amount": row.amount,
        "currency": store.currency,
        "minimum": row.minimum,
        "ends_at": row.code_ends_at.isoformat(),
    }
