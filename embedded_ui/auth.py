"""Whose panel this is: each API request proves its store by a fresh token, never by a cookie.

The token names the store; no parameter does. What it names is put into `g.store`, and every
query of the API takes the store from there, so another store's ids lead nowhere (404).
"""

from datetime import UTC, datetime
from typing import NoReturn

from flask import g, request
from werkzeug.exceptions import Unauthorized

from doors.json_api import the_runtime
from jobs.runtime import Runtime
from marketing.model import BadSignature, Platform, StoreStatus
from storage import stores
from storage.stores import Store

RETRY = "X-Shopify-Retry-Invalid-Session-Request"
"""Asks App Bridge for another try with a new token."""
REAUTHORIZE = "X-Shopify-API-Request-Failure-Reauthorize-Url"


class NotSignedIn(Unauthorized):
    """A 401 whose header says what helps: a new token, or installing again."""

    def __init__(self, message: str, header: str, value: str) -> None:
        super().__init__(message)
        self.remedy = {header: value}


def sign_in() -> None:
    """Find out whose request this is, or refuse it; runs before every view of the API."""
    runtime = the_runtime()
    domain = _proven_domain(runtime)
    with runtime.database.reading() as connection:
        store = stores.by_domain(connection, Platform.SHOPIFY, domain)
    if store is None or store.status is not StoreStatus.INSTALLED:
        _ask_to_install(runtime, domain, is_known=store is not None)
    g.store = store


def the_store() -> Store:
    """Give the store whose request this is."""
    store: Store = g.store
    return store


def _proven_domain(runtime: Runtime) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise NotSignedIn("Open Reprise from your store's admin.", RETRY, "1")
    try:
        # Real time: tokens live a minute, whatever the demo's clock says.
        connector = runtime.connectors[Platform.SHOPIFY]
        return connector.authenticate(token.strip(), now=datetime.now(UTC))
    except BadSignature:
        raise NotSignedIn(
            "This page's sign-in is no longer valid. Reload it.", RETRY, "1"
        ) from None


def _ask_to_install(runtime: Runtime, domain: str, *, is_known: bool) -> NoReturn:
    url = f"{runtime.settings.app_url}/shopify/auth?shop={domain}"
    message = (
        "Reprise lost its access to your store. Connect it again: your flows wait until then."
        if is_known
        else "Reprise is not installed in this store."
    )
    raise NotSignedIn(message, REAUTHORIZE, url)
