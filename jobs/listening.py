"""Hearing of what happens in stores that may fall silent: hooks looked after, changes asked for.

Some platforms give a hook up without a word, and deliver only while somebody visits the shop.
So every hour its hooks are set right, and every quarter of an hour we ask what changed since we
last asked. Both are rows of the outbox that put themselves in again; where the asking stands
is in its row: who dies loses a page at most, and what is told twice changes nothing.
"""

import logging
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from connectors.base import Listening, Page, StoreError, StoreThrottled, TokenRefused
from jobs import access, enroll, store_reviews, visit
from jobs.runtime import Runtime
from marketing.events import News
from marketing.model import JsonObject, StoreStatus
from storage import Connection, mirror, outbox, stores
from storage.mirror import Told
from storage.outbox import Call
from storage.stores import Store

log = logging.getLogger(__name__)

LISTEN: Final = "listen"
POLL: Final = "poll"
HOURLY: Final = timedelta(hours=1)
SOON: Final = timedelta(seconds=60)
"""What a hook told in part is asked for after so long: a store that changes all its goods is
asked once a minute, not once a product."""
OVERLAP: Final = timedelta(seconds=60)
"""What a platform writes down late, or by a clock that was set right meanwhile."""
BEFORE_INSTALL: Final = timedelta(days=1)
"""How far back the first asking goes: a store's clock may be off by hours."""
NOUNS: Final = ("order", "customer", "product")


@dataclass(frozen=True, slots=True)
class Health:
    """How well a store is heard: when we last looked, and what was found since it installed."""

    looked_at: datetime
    revived: int
    """Hooks that the store had given up."""
    plugin: str | None
    """The version of our companion in the store; None: there is none."""
    error: str | None


def ask(connection: Connection, runtime: Runtime, store: Store) -> None:
    """Begin, or go on at once, to listen to a store whose platform needs it.

    A store that lets us in again is asked from where we last stood, and what happened there
    meanwhile is news.
    """
    real_now = runtime.database.real_now(connection)
    connector = runtime.connectors[store.platform]
    if connector.since(NOUNS[0], real_now) is None:
        return
    epoch = store.install_epoch
    since = store.installed_at.replace(microsecond=0)  # stores count in whole seconds
    first = {**_round(real_now - BEFORE_INSTALL), "news_since": since.isoformat()}
    for kind, fresh in ((LISTEN, {}), (POLL, first)):
        known = outbox.payload_of(connection, store.id, kind, kind)
        goes_on = known is not None and known.get("install_epoch") == epoch
        payload = known if known and goes_on else {"install_epoch": epoch, **fresh}
        outbox.add(connection, store.id, kind, kind, payload, real_now)
    store_reviews.ask(connection, store, runtime)


def _round(since: datetime) -> JsonObject:
    """Give a round of asking that begins: what changed since, noun by noun."""
    return {"noun": NOUNS[0], "cursor": None, "since": since.isoformat(), "as_of": None}


def health(connection: Connection, store_id: str) -> Health | None:
    """Say how well a store is heard; None: nobody looks, or nobody has yet."""
    told = outbox.payload_of(connection, store_id, LISTEN, LISTEN)
    if not told or "looked_at" not in told:
        return None
    looked_at = datetime.fromisoformat(told["looked_at"])
    return Health(looked_at, told["revived"], told["plugin"], told["error"])


def listen(runtime: Runtime, call: Call) -> bool:
    """Set a store's hooks right and hand its plugin the connection; again in an hour."""
    store = _store(runtime, call)
    if store is None:
        return False
    found, error = Listening(plugin=call.payload.get("plugin")), None
    app_url = runtime.settings.app_url
    try:
        found = access.calling(
            runtime, store.id, lambda shop, token: shop.listen(token, store.public_key, app_url)
        )
    except (StoreThrottled, TokenRefused):
        raise
    except StoreError as failure:
        error = str(failure)[:500]
        log.warning("the hooks of %s could not be looked after: %s", store.domain, error)
    runtime.database.write(lambda c: _note(runtime, c, store, call, found, error))
    return False


def _note(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    call: Call,
    found: Listening,
    error: str | None,
) -> None:
    if not outbox.is_ours(connection, call):
        return
    real_now = runtime.database.real_now(connection)
    told = {
        **call.payload,
        "looked_at": real_now.isoformat(),
        "revived": call.payload.get("revived", 0) + found.revived,
        "plugin": found.plugin,
        "error": error,
    }
    outbox.add(connection, store.id, LISTEN, LISTEN, told, real_now + HOURLY)
    was_deaf = found.revived or (found.made and "looked_at" in call.payload)
    polling = outbox.payload_of(connection, store.id, POLL, POLL) if was_deaf else None
    if polling is not None:
        log.warning("%s had given up %s of our hooks", store.domain, found.revived + found.made)
        outbox.add(connection, store.id, POLL, POLL, polling, real_now)


def ask_soon(connection: Connection, runtime: Runtime, store_id: str) -> None:
    """Ask what changed within a minute, for a hook told in part; however many do: once."""
    due_at = runtime.database.real_now(connection) + SOON
    outbox.hasten(connection, store_id, POLL, POLL, due_at)


def poll(runtime: Runtime, call: Call) -> bool:
    """Read one page of what changed in a store; at the end of a round, rest for a while."""
    store = _store(runtime, call)
    if store is None:
        return False
    place = call.payload
    connector = runtime.connectors[store.platform]
    noun, since = place["noun"], datetime.fromisoformat(place["since"])
    cursor = place["cursor"] or connector.since(noun, since - OVERLAP)
    try:
        page = access.calling(
            runtime, store.id, lambda shop, token: shop.fetch_page(token, noun, cursor)
        )
    except (StoreThrottled, TokenRefused):
        raise
    except StoreError as failure:
        log.warning("asking %s what is new failed: %s", store.domain, failure)
        # From the round's beginning, for where it stood may be what the store can't answer.
        runtime.database.write(lambda c: _rest(runtime, c, store, call, _round(since)))
        return False
    news = runtime.database.write(lambda c: _take_in(runtime, c, store, call, page))
    enroll.wake_after(runtime, [store.id], news)
    return False


def _take_in(
    runtime: Runtime, connection: Connection, store: Store, call: Call, page: Page
) -> list[News]:
    """Mirror a page and let flows react, as if a hook had told it."""
    if not outbox.is_ours(connection, call):
        return []
    now = runtime.database.now(connection)
    since = datetime.fromisoformat(call.payload["news_since"])
    told = [Told(store, change, now, news_since=since) for change in page.changes]
    mirrored = mirror.absorb(connection, told, runtime.secrets.address_hash)
    known = visit.recognise(connection, [store], mirrored.news, now)
    for news in known.values():
        enroll.react(connection, runtime, store, news, now)
    if store.status is StoreStatus.NEEDS_REAUTH:
        stores.let_in_again(connection, store.id)
    _go_on(runtime, connection, store, call, page)
    return [one for news in known.values() for one in news]


def _go_on(runtime: Runtime, connection: Connection, store: Store, call: Call, page: Page) -> None:
    place = call.payload
    as_of = place["as_of"] or (page.as_of or runtime.database.real_now(connection)).isoformat()
    following = {**place, "cursor": page.cursor, "as_of": as_of}
    if page.cursor is None:
        last = NOUNS.index(place["noun"]) == len(NOUNS) - 1
        if last:
            _rest(runtime, connection, store, call, _round(datetime.fromisoformat(as_of)))
            return
        following["noun"] = NOUNS[NOUNS.index(place["noun"]) + 1]
    real_now = runtime.database.real_now(connection)
    outbox.add(connection, store.id, POLL, POLL, following, real_now)


def _rest(
    runtime: Runtime, connection: Connection, store: Store, call: Call, following: JsonObject
) -> None:
    """Come back in ten to fifteen minutes: each store at a time of its own."""
    if not outbox.is_ours(connection, call):
        return
    pause = timedelta(seconds=600 + zlib.crc32(store.id.encode()) % 300)
    due_at = runtime.database.real_now(connection) + pause
    outbox.add(connection, store.id, POLL, POLL, {**call.payload, **following}, due_at)


def _store(runtime: Runtime, call: Call) -> Store | None:
    """Give the store that a call is about; None: it left, or came anew since."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
    if store is None or not store.is_installed:
        return None
    return store if store.install_epoch == call.payload["install_epoch"] else None
