"""The panel's HTML: a page's real title and sentence, at once; its scripts fill in the rest.

It holds no store's data, so it may be served before anyone has signed in. No script stands
in the page itself, and its policy allows none that is not ours or App Bridge's.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode, urlsplit

from flask import Response, render_template, request

from connectors.shopify import app_load, signatures
from connectors.shopify.oauth import App
from connectors.woocommerce.launch import origin_of
from embedded_ui import assets
from embedded_ui.pages import NOWHERE, language_of, page_of
from jobs.runtime import Runtime
from marketing.model import Platform
from storage import stores
from storage.stores import Store

PLUGIN_PAGE: Final = "/wp-admin/admin.php?page=reprise"
"""Where the panel stands in WordPress' admin, below a store's home."""
PLUGIN_SETTINGS: Final = "/wp-admin/admin.php?page=reprise-settings"
_PLACE = re.compile(r"[a-z0-9/-]*")
HEADERS: Final = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}


def shell(runtime: Runtime, store: Store, query: Mapping[str, str]) -> Response:
    """Give the page of an app load whose store is proven; its door adds who may frame it."""
    is_framed = query.get("embedded") == "1"
    return _html(runtime, "", language_of(query.get("locale") or store.locale), is_framed=is_framed)


def deep_link(runtime: Runtime, path: str) -> Response:
    """Give the page of an address under `/panel/`; only the store it names may frame it."""
    if named := _of_woocommerce(runtime, request.args.get("store", "")):
        return _loaded_again(runtime, path, named)
    shop = signatures.shop_domain(request.args.get("shop"))
    is_framed = request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}
    language = language_of(request.args.get("locale"))
    page = _html(runtime, path.strip("/"), language, is_framed=is_framed)
    page.headers.update(app_load.page_headers(us(runtime), shop))
    return page


def launched(
    runtime: Runtime,
    store: Store,
    session: Mapping[str, str],
    *,
    ancestors: str,
    locale: str | None,
    place: str = "",
) -> Response:
    """Give the page of a panel that signs in by itself; `session` is {token, again, store}.

    It opens at `place`, an address below `/panel`, if there is such a page.

    The token lies in the page as data, for the page's own memory: no cookie, no storage.
    """
    named = place.strip("/")
    path = named if _PLACE.fullmatch(named) and page_of(named) else ""
    page = _html(
        runtime, path, language_of(locale or store.locale), is_framed=False,
        session={**session, "place": f"/{path}" if path else ""}, platform=store.platform,
    )  # fmt: skip
    return _only_in(page, ancestors)


def _of_woocommerce(runtime: Runtime, key: str) -> Store | None:
    """Give the store of a public key that the address of its panel holds."""
    if not key:
        return None
    with runtime.database.reading() as connection:
        store = stores.by_public_key(connection, key)
    return store if store and store.platform is Platform.WOOCOMMERCE else None


def _loaded_again(runtime: Runtime, path: str, store: Store) -> Response:
    """Give the page of a panel whose session went with the page that had it: where to open it.

    Who may frame it is as before, and nothing can be done in it.
    """
    home = runtime.settings.woocommerce_store_url.format(domain=store.domain)
    is_framed = request.headers.get("Sec-Fetch-Dest") in {"iframe", "frame"}
    connects = f"/woocommerce/install?{urlencode({'store_url': home})}"
    session = {"again": f"{home}{PLUGIN_PAGE}" if is_framed else connects}
    page = _html(
        runtime, path.strip("/"), language_of(request.args.get("locale") or store.locale),
        is_framed=False, session=session, platform=store.platform,
    )  # fmt: skip
    return _only_in(page, origin_of(home))


def _only_in(page: Response, ancestors: str) -> Response:
    page.headers["Content-Security-Policy"] = f"frame-ancestors {ancestors};"
    page.headers["Cache-Control"] = "no-store"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _html(
    runtime: Runtime,
    path: str,
    language: str,
    *,
    is_framed: bool,
    session: Mapping[str, str] | None = None,
    platform: Platform = Platform.SHOPIFY,
) -> Response:
    page = page_of(path)
    try:
        files = assets.files_of((page or NOWHERE).module, language)
    except assets.PanelNotBuilt:
        return assets.not_built()
    html = render_template(
        "panel.html",
        title=(page or NOWHERE).title(language),
        sentence=(page or NOWHERE).sentence(language),
        files=files,
        settings=runtime.settings,
        scripts=_script_sources(runtime) if platform is Platform.SHOPIFY else "'self'",
        session=session,
        platform=platform.value,
        language=language,
        host="shopify" if is_framed else "standalone",
    )
    return Response(html, status=200 if page else 404, headers=HEADERS)


def _script_sources(runtime: Runtime) -> str:
    bridge = urlsplit(runtime.settings.shopify_app_bridge_url)
    return f"'self' {bridge.scheme}://{bridge.netloc}"


def us(runtime: Runtime) -> App:
    """Give who we are to Shopify, from the settings."""
    settings = runtime.settings
    return App(
        client_id=settings.shopify_client_id,
        secrets=settings.shopify_client_secrets,
        app_url=settings.app_url,
        admin_url=settings.shopify_admin_url,
        app_bridge_url=settings.shopify_app_bridge_url,
    )
