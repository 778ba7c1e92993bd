"""The doors of installing: the app load from Shopify's admin, and the code grant as fallback.

What to answer is decided by `connectors.shopify`; here it becomes HTTP. The state of the
code grant is the one cookie we ever set.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar, assert_never

from flask import Flask, Response, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

import embedded_ui
from connectors.base import Installation, StoreError
from connectors.shopify import app_load, declaration, oauth, signatures
from connectors.shopify.app_load import (
    Authenticated,
    Bots410,
    Bounce,
    RedirectToAdmin,
    RedirectToBounce,
    Refused,
)
from connectors.shopify.connector import ShopifyConnector
from connectors.shopify.oauth import App
from connectors.shopify.tokens import StaleSessionToken
from doors.spoken import the_language
from embedded_ui.pages import language_of
from embedded_ui.shell import us
from jobs import install
from jobs.runtime import Runtime
from marketing.model import BadSignature, Platform
from marketing.said import in_language, say
from storage.stores import Store

log = logging.getLogger(__name__)
T = TypeVar("T")
STATE_COOKIE = "reprise_state"
CALLBACK = "/shopify/auth/callback"
NOT_FINISHED = say("The installation took too long or began elsewhere. Begin again in your store.")
IN_THE_STORE = say(
    "You find it in your store's own admin: in Shopify under Apps, in WordPress below WooCommerce."
)
TROUBLE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def register(app: Flask, runtime: Runtime) -> None:
    """Add `GET /`, `GET /shopify`, `GET /shopify/auth` and `GET /shopify/auth/callback`."""
    shopify = runtime.connectors[Platform.SHOPIFY]
    if not isinstance(shopify, ShopifyConnector):
        raise TypeError("the doors of Shopify need Shopify's connector")
    doors = _Doors(us(runtime), runtime, shopify)
    app.add_url_rule("/", view_func=front)
    app.add_url_rule("/shopify", view_func=doors.open_app)
    app.add_url_rule("/shopify/auth", view_func=doors.begin_grant)
    app.add_url_rule(CALLBACK, view_func=doors.finish_grant)


def front() -> Response:
    """Say to whoever opens the app's bare address where the panel is."""
    return Response(page(say("Reprise is running"), IN_THE_STORE), 200, TROUBLE_HEADERS)


@dataclass(frozen=True, slots=True)
class _Doors:
    us: App
    runtime: Runtime
    shopify: ShopifyConnector

    def open_app(self) -> AnyResponse:
        """Answer the app load: the panel, or the way to a token for it."""
        user_agent = request.headers.get("User-Agent")
        authorization = request.headers.get("Authorization")
        match app_load.app_load(self.us, _query(), authorization, user_agent, _real_now()):
            case Authenticated() as opened:
                return self._opened(opened)
            case RedirectToAdmin(url) | RedirectToBounce(url):
                return _no_store(redirect(url))
            case Bounce(html, headers):
                return Response(html, headers=dict(headers))
            case Bots410():
                return Response("Nothing to index here.", status=410, mimetype="text/plain")
            case Refused(status, message, why, headers):
                log.info("an app load was refused: %s", why)
                return _told(status, message, headers)
            case outcome:
                assert_never(outcome)

    def begin_grant(self) -> AnyResponse:
        """Send the merchant to the consent screen, for the rare load without a token."""
        shop = signatures.shop_domain(request.args.get("shop"))
        if shop is None:
            words = say("Name the store: /shopify/auth?shop=your-store.myshopify.com")
            abort(_told(400, words))
        state = oauth.new_state()
        cookie = oauth.sign_state(self.runtime.settings.app_keys, state, shop, _real_now())
        callback = f"{self.us.app_url}{CALLBACK}"
        url = oauth.permission_url(self.us, shop, declaration.scopes(), callback, state)
        return _with_state(redirect(url), cookie, is_secure=callback.startswith("https://"))

    def finish_grant(self) -> AnyResponse:
        """Trade the code that the consent screen sent back for tokens."""
        now, keys = _real_now(), self.runtime.settings.app_keys
        try:
            cookie = request.cookies.get(STATE_COOKIE, "")
            told = oauth.read_callback(self.us, _query(), cookie, keys, now)
        except BadSignature as refused:
            log.info("the end of an installation was refused: %s", refused)
            abort(_told(401, NOT_FINISHED))
        grant = _asking(lambda: self.shopify.tokens.redeem(told.shop, told.code, now=now))
        _asking(lambda: install.granted(self.runtime, Platform.SHOPIFY, grant))
        place = app_load.decode_host(told.host) if told.host else None
        answer = redirect(app_load.embedded_url(self.us, told.shop, place))
        answer.delete_cookie(STATE_COOKIE, path=CALLBACK)
        return _no_store(answer)

    def _opened(self, opened: Authenticated) -> AnyResponse:
        def exchange() -> Installation:
            return self.shopify.tokens.exchange(opened.shop, opened.id_token, now=_real_now())

        def open_store() -> Store:
            return install.opened(self.runtime, Platform.SHOPIFY, opened.shop, exchange)

        try:
            store = _asking(open_store)
        except StaleSessionToken:
            return _stale(self.us, opened)
        answer = embedded_ui.shell(self.runtime, store, opened.query)
        answer.headers.update(app_load.page_headers(self.us, opened.shop))
        return answer


def _query() -> list[tuple[str, str]]:
    return list(request.args.items(multi=True))


def _stale(us: App, opened: Authenticated) -> AnyResponse:
    """Let App Bridge bring a fresh token: by its header for a fetch, by the bounce page else.

    Once: a store that takes no fresh token either would send the page round for ever.
    """
    if "Authorization" in request.headers:
        return Response("Try again with a fresh token.", 401, app_load.RETRY)
    if app_load.BOUNCED in request.args:
        log.warning("%s takes no session token of its own", opened.shop)
        words = say("Shopify did not take this page's sign-in. Open the app again in a minute.")
        return _told(401, words)
    return _no_store(redirect(app_load.bounce_url(us, {**opened.query, "shop": opened.shop})))


def _asking(call: Callable[[], T]) -> T:
    """Turn what the platform could not give us into an answer that a merchant understands."""
    try:
        return call()
    except StaleSessionToken:
        raise
    except StoreError as error:
        log.warning("Shopify did not let us in: %s", error)
        words = say("Shopify did not answer as expected. Open the app again in a minute.")
        abort(_told(502, words))


def trouble(words: str, again: str | None = None) -> str:
    """Give the page that says why the panel did not open; `again` is where to begin anew."""
    return page(say("Reprise could not be opened"), words, again)


def page(heading: str, words: str, again: str | None = None) -> str:
    """Give a page of a heading and a sentence, in the language of the admin or the browser."""
    locale = request.args.get("locale")  # of the admin, which may differ from the browser's
    language = language_of(locale) if locale else the_language()
    return render_template(
        "trouble.html",
        language=language,
        heading=in_language(heading, language),
        words=in_language(words, language),
        again=again,
        start=in_language(say("Start again"), language),
    )


def _told(status: int, words: str, headers: Mapping[str, str] | None = None) -> Response:
    """Give a page that says what is wrong; it holds nothing of anyone's, any frame may show it."""
    return Response(trouble(words), status, {**TROUBLE_HEADERS, **(headers or {})})


def _with_state(answer: AnyResponse, cookie: str, *, is_secure: bool) -> AnyResponse:
    life = int(oauth.STATE_LIFE.total_seconds())
    answer.set_cookie(
        STATE_COOKIE,
        cookie,
        max_age=life,
        path=CALLBACK,
        secure=is_secure,
        httponly=True,
        samesite="Lax",
    )
    return _no_store(answer)


def _no_store(answer: AnyResponse) -> AnyResponse:
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _real_now() -> datetime:
    return datetime.now(UTC)
