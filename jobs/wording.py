"""From a message's row to its words: the context of its template, and the finished message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any

from jobs.runtime import Runtime
from marketing.links import MessageLinks, unsubscribe_headers
from marketing.model import ChannelName, MessageKind, RenderedMessage
from marketing.pictures import NO_PICTURE_PATH
from marketing.rendering import Renderer, presentable_name
from storage import Connection, Row, flows
from storage.facts import carts_of
from storage.flows import Version
from storage.pictures import Look, looks
from storage.stores import Store

_renderer = Renderer()
CART_FACTS = ("items", "currency", "subtotal", "total", "locale")
ITEM_FACTS = ("title", "variant_title", "quantity", "price", "line_price", "image_url", "url")


@dataclass(frozen=True, slots=True)
class Sources:
    """What the words of a batch are made from."""

    store: Store
    versions: Mapping[tuple[str, str], Version]
    carts: Mapping[str | None, Mapping[str, Any]]
    looks: Mapping[str, Look]
    now: datetime


def load(connection: Connection, store: Store, rows: Iterable[Row[Any]], now: datetime) -> Sources:
    """Load what a batch of messages tells about; `now` is the date they will bear."""
    wanted = list(rows)
    carts = carts_of(connection, store.id, (row.cart_id for row in wanted), CART_FACTS)
    return Sources(
        store,
        flows.versions(connection, [(store.id, row.version_id) for row in wanted]),
        carts,
        looks(connection, store.id, carts.values()),
        now,
    )


def write(
    runtime: Runtime, sources: Sources, row: Row[Any], *, offers_code: bool
) -> RenderedMessage:
    """Give one finished message; raises `marketing.rendering.RenderingFailed`."""
    links = MessageLinks(runtime.settings.app_url, runtime.link_keys, row.store_id, row.id)
    unsubscribe = links.unsubscribe_url()
    compiled = sources.versions[row.store_id, row.version_id].templates[row.step_id]
    context = _context(sources, row, links, unsubscribe, offers_code=offers_code)
    context["links"]["placeholder"] = runtime.settings.app_url + NO_PICTURE_PATH
    words = _renderer.render(compiled, context, links)
    headers = {
        "Message-ID": row.rfc_message_id,
        "Date": format_datetime(sources.now),
        "X-Msg-Id": row.id,
        "Feedback-ID": f"{row.flow_id}:{row.store_id}:{row.kind}:reprise",
    }
    if row.kind == MessageKind.MARKETING:
        headers |= unsubscribe_headers(unsubscribe)
    settings = sources.store.settings
    if replies_to := settings.get("sender_address") or sources.store.email:
        headers["Reply-To"] = replies_to
    return RenderedMessage(
        message_id=row.id,
        channel=ChannelName(row.channel),
        to=row.email or "",
        to_name=_full_name(row),
        sender=_address(runtime.settings.mail_from),
        sender_name=settings.get("sender_name") or sources.store.name,
        subject=words.subject,
        html=words.html,
        text=words.text,
        headers=headers,
    )


@cache
def _address(mail_from: str) -> str:
    return parseaddr(mail_from)[1]


def _full_name(row: Row[Any]) -> str | None:
    names = (presentable_name(row.first_name), presentable_name(row.last_name))
    return " ".join(name for name in names if name) or None


def _context(
    sources: Sources, row: Row[Any], links: MessageLinks, unsubscribe: str, *, offers_code: bool
) -> dict[str, Any]:
    cart = sources.carts.get(row.cart_id)
    store = sources.store
    locale = (cart and cart["locale"]) or row.customer_locale or store.locale
    return {
        "locale": locale,
        "store": _store(store),
        "customer": {
            "first_name": row.first_name,
            "last_name": row.last_name,
            "email": row.email,
        },
        "cart": _cart(cart, sources, links),
        "coupon": _coupon(row, store) if offers_code else None,
        "links": {"unsubscribe": unsubscribe},
    }


def _store(store: Store) -> dict[str, Any]:
    settings = store.settings
    return {
        "name": store.name,
        "url": store.storefront_url or f"https://{store.domain}",
        "address": store.address,
        "email": store.email,
        "currency": store.currency,
        "timezone": store.timezone,
        "logo_url": settings.get("logo_url"),
        "free_shipping_threshold": settings.get("free_shipping_threshold"),
        "return_days": settings.get("return_days"),
    }


def _cart(cart: Mapping[str, Any] | None, sources: Sources, links: MessageLinks) -> dict[str, Any]:
    store = sources.store
    if cart is None:
        url = store.storefront_url or f"https://{store.domain}"
        return {"items": [], "currency": store.currency, "subtotal": 0, "total": 0, "url": url}
    return {
        "items": [_item(item, sources.looks) for item in cart["items"]],
        "currency": cart["currency"],
        "subtotal": cart["subtotal"],
        "total": cart["total"],
        "url": links.cart_url(),
    }


def _item(item: Mapping[str, Any], looks_of: Mapping[str, Look]) -> dict[str, Any]:
    told = {name: item.get(name) for name in ITEM_FACTS}
    look = looks_of.get(item.get("product_id") or "")
    if look is not None:
        told["image_url"] = told["image_url"] or look.picture_of(item.get("variant_id"))
        told["url"] = told["url"] or look.url
    return told


def _coupon(row: Row[Any], store: Store) -> dict[str, Any]:
    return {
        "code": row.code,
        "kind": row.off,
        "percent": row.percent or None,
        "amount": row.amount,
        "currency": store.currency,
        "minimum": row.minimum,
        "ends_at": row.code_ends_at.isoformat(),
    }
