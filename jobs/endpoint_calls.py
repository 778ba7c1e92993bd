"""Calling a program that the merchant named, and switching it off when it fails again and again."""

import time

from connectors.apps import webhooks
from connectors.base import StoreError, StoreRefused
from jobs.runtime import Runtime
from marketing.model import JsonObject
from storage import endpoints, outbox
from storage.database import real_now
from storage.outbox import Call


def post(runtime: Runtime, call: Call, url: str, payload: JsonObject) -> None:
    """Call an address that is not switched off, and count what failed for good."""
    store_id = call.store_id
    with runtime.database.reading() as connection:
        since = endpoints.off_since(connection, store_id, url)
    if since is not None:
        place = endpoints.host_of(url)
        raise StoreRefused(f"not called since {since.isoformat()}: {place} failed again and again")
    try:
        webhooks.post(
            url,
            payload,
            message_id=f"msg_{call.id}",
            secret=runtime.secrets.webhook_secret(store_id),
            timestamp=int(time.time()),
            may_be_local=runtime.settings.demo,
        )
    except StoreError as error:
        if not error.retryable or call.attempts >= outbox.MOST_ATTEMPTS:
            is_gone = isinstance(error, webhooks.EndpointGone)
            runtime.database.write(
                lambda c: endpoints.failed(c, store_id, url, real_now(c), is_gone=is_gone)
            )
        raise
    runtime.database.write(lambda c: endpoints.worked(c, store_id, url))
