"""Whose panel this is: each API request proves its store by a fresh token, never by a cookie.

The token names the store and the person; no parameter does. What it names is put into `g`, and
every query of the API takes the store from there, so another store's ids lead nowhere (404).
What the person may do is their role's to say (`embedded_ui.rights`).
"""

from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlencode

import jwt
from flask import g, request
from werkzeug.exceptions import Unauthorized

from connectors.base import SignedIn
from connectors.woocommerce import sessions
from doors.json_api import refuse, the_runtime
from embedded_ui.rights import right_for
from jobs.runtime import Runtime
from marketing.model import BadSignature, Platform, StoreStatus
from marketing.said import Said, say
from marketing.team import RIGHTS, Right, role_of_newcomers
from storage import Connection, stores, team
from storage.stores import Store
from storage.team import Member

RETRY = "X-Shopify-Retry-Invalid-Session-Request"
"""Asks App Bridge for another try with a new token."""
REFUSALS = {
    Right.READ: say(
        "You have no access to Reprise in this store. A publisher of its team can give you some."
    ),
    Right.ANSWER: say("Your role does not let you answer customers. A publisher of your team can."),
    Right.EDIT: say(
        "Your role lets you look, not change. Ask a publisher of your team for another."
    ),
    Right.PUBLISH: say("This takes the role of a publisher. Ask one of your team."),
}
REAUTHORIZE = "X-Shopify-API-Request-Failure-Reauthorize-Url"


class NotSignedIn(Unauthorized):
    """A 401 whose header says what helps: a new token, or installing again."""

    def __init__(self, message: Said, header: str, value: str) -> None:
        super().__init__(message)
        self.data = {"message": message}
        self.remedy = {header: value}


def sign_in() -> None:
    """Find out whose request this is, or refuse it; runs before every view of the API."""
    runtime = the_runtime()
    platform, proven = _proven(runtime)
    with runtime.database.reading() as connection:
        store = stores.by_domain(connection, platform, proven.store_domain)
        person = team.of_user(connection, store.id, proven.user_id) if store else None
        real_now = runtime.database.real_now(connection)
    if store is None or store.status is not StoreStatus.INSTALLED:
        _ask_to_install(runtime, platform, proven.store_domain, is_known=store is not None)
    if person is None or person.last_seen_at <= real_now - team.SEEN_WITHIN:
        person = _welcome(runtime, store, proven.user_id)
    g.store, g.person = store, person
    _check_right(person)


def the_store() -> Store:
    """Give the store whose request this is."""
    store: Store = g.store
    return store


def the_person() -> Member:
    """Give the person whose request this is."""
    person: Member = g.person
    return person


def may(right: Right) -> bool:
    """Say whether the role of the person whose request this is allows something."""
    return right in RIGHTS[the_person().role]


def the_rule() -> str:
    """Give the address that is asked, below the API's own, with its ids' names in it."""
    return str(request.url_rule).removeprefix("/panel/api") if request.url_rule else ""


def _welcome(runtime: Runtime, store: Store, user_id: str) -> Member:
    role = role_of_newcomers(store.settings)

    def keep(connection: Connection) -> Member:
        real_now = runtime.database.real_now(connection)
        return team.welcome(connection, store.id, user_id, role, real_now)

    return runtime.database.write(keep)


def _check_right(person: Member) -> None:
    right = right_for(the_rule(), request.method)
    allowed = RIGHTS[person.role]
    if right not in allowed:
        refuse(403, REFUSALS[right if allowed else Right.READ])


def _proven(runtime: Runtime) -> tuple[Platform, SignedIn]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn(say("Open Reprise from your store's admin."), RETRY, "1")
    try:
        # Real time: tokens live a minute, whatever the demo's clock says.
        platform = _platform_of(token.strip())
        connector = runtime.connectors[platform]
        return platform, connector.authenticate(token.strip(), now=datetime.now(UTC))
    except BadSignature:
        raise NotSignedIn(
            say("This page's sign-in is no longer valid. Reload it."), RETRY, "1"
        ) from None


def _platform_of(token: str) -> Platform:
    """Say who is to judge a token, by its word alone: whoever does proves it afterwards."""
    options: Any = {"verify_signature": False}
    try:
        issuer = jwt.decode(token, options=options).get("iss")
    except (jwt.PyJWTError, ValueError, RecursionError):
        return Platform.SHOPIFY
    return Platform.WOOCOMMERCE if issuer == sessions.ISSUER else Platform.SHOPIFY


def _ask_to_install(
    runtime: Runtime, platform: Platform, domain: str, *, is_known: bool
) -> NoReturn:
    settings = runtime.settings
    url = f"{settings.app_url}/shopify/auth?shop={domain}"
    if platform is Platform.WOOCOMMERCE:
        home = settings.woocommerce_store_url.format(domain=domain)
        url = f"{settings.app_url}/woocommerce/install?{urlencode({'store_url': home})}"
    message = (
        say("Reprise lost its access to your store. Connect it again: your flows wait until then.")
        if is_known
        else say("Reprise is not installed in this store.")
    )
    raise NotSignedIn(message, REAUTHORIZE, url)
