"""The panel's HTML: a page's real title and sentence, at once; its scripts fill in the rest.

It holds no store's data, so it may be served before anyone has signed in. No script stands
in the page itself, and its policy allows none that is not ours or App Bridge's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from flask import Response, render_template, request

from connectors.shopify import app_load, signatures
from connectors.shopify.oauth import App
from embedded_ui import assets
from jobs.runtime import Runtime
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the panel: where it is, what it is called, and what it is for."""

    path: re.Pattern[str]
    module: str
    title: str
    sentence: str


PAGES: Final = (
    Page(
        re.compile(r""),
        "src/pages/Dashboard.tsx",
        "Dashboard",
        "What your messages earned, and the carts that still wait to be won back.",
    ),
    Page(
        re.compile(r"flows"),
        "src/pages/Flows.tsx",
        "Flows",
        "Follow-ups that run by themselves, and what each of them brings in.",
    ),
    Page(
        re.compile(r"flows/[^/]+"),
        "src/pages/FlowPage.tsx",
        "Flow",
        "Every step of this flow, and what happened at it.",
    ),
    Page(
        re.compile(r"customers"),
        "src/pages/Customers.tsx",
        "Customers",
        "Everyone your store knows, and what each of them was sent.",
    ),
    Page(
        re.compile(r"customers/[^/]+"),
        "src/pages/CustomerPage.tsx",
        "Customer",
        "Orders, carts and messages in the order they happened, and why each went out or not.",
    ),
    Page(
        re.compile(r"settings"),
        "src/pages/Settings.tsx",
        "Settings",
        "Who is written to, how often, at what hours, and in whose name.",
    ),
)


HEADERS: Final = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def shell(runtime: Runtime, store: Store, query: Mapping[str, str]) -> Response:
    """Give the page of an app load whose store is proven; its door adds who may frame it."""
    is_framed = query.get("embedded") == "1"
    return _html(runtime, "", language=query.get("locale") or store.locale, is_framed=is_framed)


def deep_link(runtime: Runtime, path: str) -> Response:
    """Give the page of an address under `/panel/`; only the store it names may frame it."""
    shop = signatures.shop_domain(request.args.get("shop"))
    is_framed = request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}
    page = _html(runtime, path.strip("/"), language="en", is_framed=is_framed)
    page.headers.update(app_load.page_headers(_us(runtime), shop))
    return page


def page_of(path: str) -> Page | None:
    """Give the page at a path under `/panel/`, None where there is none."""
    return next((page for page in PAGES if page.path.fullmatch(path)), None)


def _html(runtime: Runtime, path: str, *, language: str, is_framed: bool) -> Response:
    page = page_of(path)
    try:
        files = assets.files_of((page or PAGES[0]).module)
    except assets.PanelNotBuilt:
        return assets.not_built()
    html = render_template(
        "panel.html",
        page=page or Page(re.compile(r""), "", "Page not found", "There is no such page here."),
        files=files,
        settings=runtime.settings,
        scripts=_script_sources(runtime),
        language=_language(language),
        host="shopify" if is_framed else "standalone",
    )
    return Response(html, status=200 if page else 404, headers=HEADERS)


def _script_sources(runtime: Runtime) -> str:
    bridge = urlsplit(runtime.settings.shopify_app_bridge_url)
    return f"'self' {bridge.scheme}://{bridge.netloc}"


def _language(tag: str) -> str:
    """Give what is safe in `lang`; the panel's words are English, its numbers the store's."""
    return tag if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*", tag) else "en"


def _us(runtime: Runtime) -> App:
    settings = runtime.settings
    return App(
        client_id=settings.shopify_client_id,
        secrets=settings.shopify_client_secrets,
        app_url=settings.app_url,
        admin_url=settings.shopify_admin_url,
        app_bridge_url=settings.shopify_app_bridge_url,
    )
