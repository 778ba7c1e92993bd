"""Privacy requests: a person's data given out or erased, a store's erased; and the uninstall.

A person is erased in the very transaction that reads the request, so that nothing personal is
ever waiting in between. A store may hold a lot: the outbox remembers to erase it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from jobs import endings
from jobs.runtime import Runtime
from marketing.model import CustomerKey, JsonObject, PrivacyRequest, Reason
from marketing.said import as_kept, say
from storage import (
    Connection,
    campaigns,
    enrollments,
    idle_carts,
    imports,
    outbox,
    privacy,
    privacy_requests,
    stores,
)
from storage.enrollments import Ending
from storage.outbox import Call
from storage.privacy_requests import Request
from storage.stores import Store

log = logging.getLogger(__name__)

DATA_REQUEST, CUSTOMER_REDACT, STORE_REDACT = "data_request", "customer_redact", "store_redact"
KIND = "privacy"
LEFT = say(
    "The app was removed from the store while this was planned. Send it now, give it another time,"
    " or cancel it."
)
ENDED = ("write_consent", "import", "listen", "poll", "read_reviews")
"""Calls that are not made any more to a store that removed the app."""


def heed(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    asked: PrivacyRequest,
    now: datetime,
    *,
    webhook_id: str,
) -> Sequence[str]:
    """Do what a privacy request asks and give the ids of customers it erased.

    A second copy of it asks nothing.
    """
    request = Request(store.id, asked.kind, asked.request_id or webhook_id)
    hashed = _subject_hash(runtime, asked)
    if not privacy_requests.ask(connection, request, subject_hash=hashed, now=now):
        return ()
    if asked.kind == STORE_REDACT:
        real_now = runtime.database.real_now(connection)
        outbox.add(connection, store.id, KIND, request.id, {}, real_now)
        return ()
    receipt = _heed_customer(connection, runtime, store, asked, now)
    privacy_requests.answer(connection, request, receipt, now)
    return receipt["customer_ids"] if asked.kind == CUSTOMER_REDACT else ()


def erase_later(connection: Connection, store: Store, at: datetime, now: datetime) -> None:
    """Erase a store that removed the app at that real time, as Shopify asks of its own accord.

    Whoever installs again before goes on with what is there.
    """
    epoch = store.install_epoch
    request = Request(store.id, STORE_REDACT, f"removed-{epoch}")
    if privacy_requests.ask(connection, request, subject_hash=None, now=now):
        outbox.add(connection, store.id, KIND, request.id, {"install_epoch": epoch}, at)


def _subject_hash(runtime: Runtime, request: PrivacyRequest) -> str | None:
    key = request.customer
    if key is None:
        return None
    name = key.email or key.phone or key.external_id or ""
    return runtime.secrets.address_hash("privacy", name)


def _heed_customer(
    connection: Connection, runtime: Runtime, store: Store, request: PrivacyRequest, now: datetime
) -> JsonObject:
    key = request.customer or CustomerKey()
    if request.kind == DATA_REQUEST:
        # The merchant reads it in the panel, from what is there then: nothing is kept twice.
        ids = privacy.find(connection, store.id, key)
        return {"customer_ids": ids, "orders": len(request.orders)}
    ids = privacy.find(connection, store.id, key, request.customer_id)
    _end_of(connection, store.id, ids, now)
    hashed = runtime.secrets.address_hash
    erased = privacy.erase(connection, store, key, hashed, now, request.customer_id)
    return {"customer_ids": list(erased.customer_ids), **erased.counts}


def _end_of(connection: Connection, store_id: str, ids: Sequence[str], now: datetime) -> None:
    """End what an erased person is in, and everything that was still to be said to them."""
    reason = Reason.CUSTOMER_ERASED
    active = enrollments.active(connection, store_id, ids, ())
    ended = [endings.Ended(one, Ending(one.id, reason, max(now, one.entered_at))) for one in active]
    endings.end(connection, store_id, ended)


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """The outbox remembers stores to erase: this wakes who works it off."""
    if store_ids:
        runtime.queues.wake("outbox", store_ids)
    return []


def erase_if_gone(runtime: Runtime, call: Call) -> bool:
    """Erase a store whose platform asked for it; kept if the app is installed again."""
    runtime.database.write(lambda connection: _erase_if_gone(runtime, connection, call))
    return False


def _erase_if_gone(runtime: Runtime, connection: Connection, call: Call) -> None:
    store = stores.by_id(connection, call.store_id)
    came_back = store is not None and call.payload.get("install_epoch") not in {
        None,
        store.install_epoch,
    }
    if store is not None and (store.is_installed or came_back):
        request = Request(store.id, STORE_REDACT, call.key)
        now, kept = runtime.database.now(connection), {"kept": "the app is installed again"}
        privacy_requests.answer(connection, request, kept, now, state=privacy_requests.REFUSED)
    elif store is not None:
        counts = privacy.erase_store(connection, store)
        log.info("erased store %s: %s", store.id, dict(counts))


def uninstalled(connection: Connection, store: Store, happened_at: datetime, now: datetime) -> bool:
    """Stop everything for a store that removed the app; False when that is old news.

    The mirror stays until the platform asks to erase it: who installs again goes on with it.
    """
    if not stores.uninstall(connection, store.id, happened_at, now):
        return False
    endings.end_all_of_store(connection, store.id, Reason.STORE_UNINSTALLED, now)
    outbox.drop_of_store(connection, store.id, ENDED)
    imports.drop(connection, store.id)
    campaigns.hold_planned(connection, store.id, as_kept(LEFT), now)
    idle_carts.look_again(connection, store.id, None, since=now)
    return True
