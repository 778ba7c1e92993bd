"""Reading the reviews that a store keeps itself: all of them, four times a day.

No platform tells when one is approved, changed or taken down, so the whole list is read again;
what is not in it any more is dropped. One that was written since the store installed is news.
"""

import logging
import zlib
from datetime import timedelta
from typing import Final

from connectors.base import ReviewPage, StoreError, StoreThrottled, TokenRefused
from jobs import access, enroll, happened
from jobs.runtime import Runtime
from marketing.events import News
from storage import Connection, outbox, reviews, stores
from storage.outbox import Call
from storage.stores import Store

log = logging.getLogger(__name__)

KIND: Final = "read_reviews"
REST: Final = timedelta(hours=6)


def ask(connection: Connection, store: Store, runtime: Runtime) -> None:
    """Begin to read a store's reviews, now and again."""
    payload = {"install_epoch": store.install_epoch, "cursor": None}
    outbox.add(connection, store.id, KIND, KIND, payload, runtime.database.real_now(connection))


def read(runtime: Runtime, call: Call) -> bool:
    """Read one page of a store's reviews; after the last, rest for some hours."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
    if store is None or not store.is_installed:
        return False
    if store.install_epoch != call.payload["install_epoch"]:
        return False
    cursor, page = call.payload["cursor"], None
    try:
        page = access.calling(
            runtime, store.id, lambda shop, token: shop.fetch_reviews(token, cursor)
        )
    except (StoreThrottled, TokenRefused):
        raise
    except StoreError as failure:
        log.warning("the reviews of %s could not be read: %s", store.domain, failure)
    news = runtime.database.write(lambda c: _take_in(runtime, c, store, call, page))
    enroll.wake_after(runtime, [store.id], news)
    return False


def _take_in(
    runtime: Runtime, connection: Connection, store: Store, call: Call, page: ReviewPage | None
) -> list[News]:
    if not outbox.is_ours(connection, call):
        return []
    news: list[News] = []
    now, real_now = runtime.database.moments(connection)
    if page is not None:
        old = [one for one in page.reviews if one.posted_at < store.installed_at]
        new = [one for one in page.reviews if one.posted_at >= store.installed_at]
        happened.keep_reviews(connection, runtime, store, old, now)
        news += happened.post_reviews(connection, runtime, store, new, now).news
        _drop_missing(connection, store.id, page)
    cursor = page.cursor if page else None
    following = {**call.payload, "cursor": cursor}
    spread = timedelta(seconds=zlib.crc32(store.id.encode()) % 3600)
    due_at = real_now if cursor else real_now + REST + spread
    outbox.add(connection, store.id, KIND, KIND, following, due_at)
    return news


def _drop_missing(connection: Connection, store_id: str, page: ReviewPage) -> None:
    """Drop what the store no longer shows between the page's ends."""
    if not page.prefix:
        return
    told = {one.external_id for one in page.reviews}
    gone = [
        name
        for name in reviews.names(connection, store_id, page.prefix)
        if name not in told and page.covers(name)
    ]
    reviews.drop(connection, store_id, gone)
