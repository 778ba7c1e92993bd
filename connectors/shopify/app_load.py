"""What to do when Shopify's admin opens the app: decided here, answered by the door.

The order is that of Shopify's own libraries: bots are sent away; a document asked for
without a token is sent into the admin's frame or to the bounce page, on which App Bridge
fetches the same address again with a fresh token; a token decides whose store this is.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from urllib.parse import urlencode, urlsplit

from connectors.base import BadSignature
from connectors.shopify import oauth, signatures
from connectors.shopify.oauth import SHOPIFYS_ADMIN, App
from marketing.said import say

RETRY = {"X-Shopify-Retry-Invalid-Session-Request": "1"}
"""Tells App Bridge to repeat a fetch once, with a fresh token."""
BOUNCED = "bounced"
DOOR = "/shopify"
STALE = say(
    "Shopify's sign-in for this page is no longer good. Open the app again from your store."
)
ODD = say("Shopify's admin does not open this address. Open the app again from your store's admin.")
TOKEN_PARTS = frozenset({"id_token", "hmac", "signature", "timestamp", "shopify-reload", BOUNCED})

# Cubot makes telephones.
_BOT = re.compile(r"(?<!cu)bot\b|crawl|spider|slurp|facebookexternalhit", re.IGNORECASE)
_SHOPIFY_APP = re.compile(r"Shopify POS/|Shopify Mobile/")
_HOST = re.compile(r"(?P<domain>[a-z0-9.-]+)(?:/[A-Za-z0-9_-]+)*/?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Bots410:
    """A crawler: there is nothing here for it."""


@dataclass(frozen=True, slots=True)
class RedirectToAdmin:
    """Opened outside the admin's frame: go there."""

    url: str


@dataclass(frozen=True, slots=True)
class RedirectToBounce:
    """No token, or a stale one: App Bridge on the bounce page will bring a fresh one."""

    url: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """The bounce page itself."""

    html: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Authenticated:
    """Shopify vouches for the store; the token can be exchanged for an access token."""

    shop: str
    id_token: str
    query: Mapping[str, str] = field(default_factory=dict)
    """What else was asked (locale, deep link), without anything secret."""


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer for people, with its HTTP status and headers; `why` is for the log."""

    status: int
    message: str
    why: str
    headers: Mapping[str, str] = field(default_factory=dict)


Outcome = Bots410 | RedirectToAdmin | RedirectToBounce | Bounce | Authenticated | Refused


def app_load(
    app: App,
    query: Sequence[tuple[str, str]],
    authorization: str | None,
    user_agent: str | None,
    now: datetime,
) -> Outcome:
    """Decide about `GET /shopify`; `query` is every pair as it came, `now` real time."""
    if is_bot(user_agent or ""):
        return Bots410()
    try:
        told = oauth.single(query)
    except BadSignature as odd:
        return Refused(400, ODD, str(odd))
    if authorization is not None:
        return _fetched(app, told, authorization, now)
    return _opened(app, query, told, now)


def is_bot(user_agent: str) -> bool:
    """Tell a crawler by its name; Shopify's own apps are none."""
    return bool(_BOT.search(user_agent)) and not _SHOPIFY_APP.search(user_agent)


def _fetched(app: App, told: Mapping[str, str], authorization: str, now: datetime) -> Outcome:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return Refused(401, STALE, "the Authorization header brings no bearer token", RETRY)
    try:
        shop = oauth.shop_in_token(app.client_id, app.secrets, token.strip(), now)
    except BadSignature as refused:
        return Refused(401, STALE, str(refused), RETRY)
    return _authenticated(told, shop, token.strip())


def _authenticated(told: Mapping[str, str], shop: str, token: str) -> Outcome:
    claimed = told.get("shop")
    if claimed is not None and signatures.shop_domain(claimed) != shop:
        return Refused(401, ODD, "the address names another store than its token")
    rest = {key: value for key, value in told.items() if key not in TOKEN_PARTS}
    return Authenticated(shop, token, rest)


def _opened(
    app: App, query: Sequence[tuple[str, str]], told: Mapping[str, str], now: datetime
) -> Outcome:
    if "shopify-reload" in told:
        return _bounce_page(app, told)
    if told.get("id_token"):
        return _opened_with_token(app, told, told["id_token"], now)
    if "hmac" in told and not signatures.signs_query(app.secrets, query, told["hmac"]):
        return Refused(401, ODD, "the address is not signed by Shopify")
    shop = signatures.shop_domain(told.get("shop"))
    if shop is None:
        return Refused(400, ODD, "the address names no store")
    if told.get("embedded") != "1":
        return _to_admin(app, shop, told.get("host"))
    return RedirectToBounce(bounce_url(app, told))


def _opened_with_token(app: App, told: Mapping[str, str], token: str, now: datetime) -> Outcome:
    try:
        shop = oauth.shop_in_token(app.client_id, app.secrets, token, now)
    except BadSignature as refused:
        # A page left open brings a stale token; a second one in a row is no accident.
        known = signatures.shop_domain(told.get("shop"))
        if BOUNCED in told or known is None:
            return Refused(401, STALE, str(refused))
        return RedirectToBounce(bounce_url(app, told))
    return _authenticated(told, shop, token)


def _to_admin(app: App, shop: str, host: str | None) -> Outcome:
    decoded = decode_host(host) if host else None
    if host and decoded is None:
        return Refused(400, ODD, "the address names no place in Shopify's admin")
    return RedirectToAdmin(embedded_url(app, shop, decoded))


def embedded_url(app: App, shop: str, place: str | None = None) -> str:
    """Give the app's address in the store's admin; `place` is a decoded `host`."""
    if app.admin_url != SHOPIFYS_ADMIN:
        return f"{app.admin_of(shop)}/apps/{app.client_id}"
    return f"https://{(place or f'{shop}/admin').rstrip('/')}/apps/{app.client_id}"


def embed_url(app: App, shop: str, handle: str) -> str:
    """Give where one of our app embeds stands in the theme editor, ready to be switched on."""
    place = f"{app.admin_of(shop)}/admin/themes/current/editor"
    return f"{place}?context=apps&activateAppId={app.client_id}/{handle}"


def decode_host(host: str) -> str | None:
    """Give the place in Shopify's admin that `host` names, or None for anything else.

    Nothing that two readers of an address may read differently gets through: no control
    character, backslash, `@`, port, query; only Shopify's own domains.
    """
    try:
        padded = host.encode("ascii") + b"=" * (-len(host) % 4)
        decoded = base64.b64decode(padded, validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        return None
    place = _HOST.fullmatch(decoded)
    return decoded if place and _is_shopifys(place["domain"]) else None


def _is_shopifys(domain: str) -> bool:
    return domain == "admin.shopify.com" or signatures.shop_domain(domain) == domain


def bounce_url(app: App, told: Mapping[str, str]) -> str:
    """Give the address of the bounce page that leads back to what was asked, less its token."""
    kept = {key: value for key, value in told.items() if key not in TOKEN_PARTS}
    reload = f"{app.app_url}{DOOR}?{urlencode({**kept, BOUNCED: '1'})}"
    return f"{app.app_url}{DOOR}?{urlencode({**kept, 'shopify-reload': reload})}"


def _bounce_page(app: App, told: Mapping[str, str]) -> Outcome:
    """Give the page, but only for a way back to ourselves: App Bridge goes where it says."""
    if not told["shopify-reload"].startswith(f"{app.app_url}{DOOR}?"):
        return Refused(400, ODD, "the address does not lead back to the app")
    html = (
        f'<!doctype html><script data-api-key="{escape(app.client_id)}" '
        f'src="{escape(app.app_bridge_url)}"></script>'
    )
    shop = signatures.shop_domain(told.get("shop"))
    return Bounce(html, page_headers(app, shop))


def page_headers(app: App, shop: str | None) -> dict[str, str]:
    """Give the headers of every HTML page: who may frame it, and App Bridge fetched early."""
    return {
        "Content-Security-Policy": f"frame-ancestors {frame_ancestors(app, shop)};",
        "Link": f'<{app.app_bridge_url}>; rel="preload"; as="script"',
        "Cache-Control": "no-store",
    }


def frame_ancestors(app: App, shop: str | None) -> str:
    """Give who may show our page in a frame: this store's admin; `shop` is a proven domain."""
    if shop is None:
        return "'none'"
    stand_in = urlsplit(app.admin_of(shop))
    if app.admin_url != SHOPIFYS_ADMIN:
        return f"{stand_in.scheme}://{stand_in.netloc}"
    return f"https://{shop} https://admin.shopify.com"
