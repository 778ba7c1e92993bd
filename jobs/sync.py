"""The first copy of a store: customers, products, orders, a page at a time, once per install.

Each page is one call and one transaction, and notes where the next begins: whoever dies loses
a page at most. What is copied triggers nothing.
"""

from collections.abc import Sequence

from connectors.base import Page, StoreRefused
from jobs import access
from jobs.runtime import Runtime
from storage import Connection, due, imports, mirror, outbox, segments, stores
from storage.database import real_now
from storage.imports import Import, Progress
from storage.mirror import Told
from storage.outbox import Call
from storage.stores import Store

KIND = "import"
KEY = "first"


def begin(connection: Connection, store: Store) -> None:
    """Start copying a store from the beginning, in the transaction that installs it."""
    imports.begin(connection, store.id, store.install_epoch)
    epoch = {"install_epoch": store.install_epoch}
    outbox.add(connection, store.id, KIND, KEY, epoch, real_now(connection))


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """The outbox remembers copies: this wakes who works it off, for stores just installed."""
    with runtime.database.reading() as connection:
        wanted = store_ids or due.stores(connection, due.OUTBOX, real_now(connection))
    if wanted:
        runtime.queues.wake("outbox", wanted)
    return []


def read_page(runtime: Runtime, call: Call) -> bool:
    """Copy one page; True while there is more. An older install's copy ends here."""
    place = _place(runtime, call)
    if place is None:
        return False
    store, at = place
    try:
        page = access.calling(
            runtime, store.id, lambda shop, token: shop.fetch_page(token, at.noun, at.cursor)
        )
    except StoreRefused as error:
        words = str(error)
        runtime.database.write(lambda c: _give_up(runtime, c, store, at, words))
    else:
        runtime.database.write(lambda c: _take_in(runtime, c, store, at, page))
    return True


def _place(runtime: Runtime, call: Call) -> tuple[Store, Import] | None:
    """Give where the copy stands; None when it is done, or nobody wants it any more."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
        epoch = call.payload["install_epoch"]
        if store is None or not store.is_installed or store.install_epoch != epoch:
            return None
        at = imports.next_one(connection, store.id, epoch)
    return (store, at) if at else None


def _take_in(
    runtime: Runtime, connection: Connection, store: Store, at: Import, page: Page
) -> None:
    now = runtime.database.now(connection)
    progress = Progress(len(page.changes), page.cursor, page.total)
    if imports.advance(connection, store.id, at, progress, now):
        told = [Told(store, change, now) for change in page.changes]
        mirror.absorb(connection, told, runtime.secrets.address_hash, imported=True)
        if page.cursor is None:  # what is copied makes no news: the segments look for themselves
            segments.hasten(connection, store.id, None, now)


def _give_up(
    runtime: Runtime, connection: Connection, store: Store, at: Import, words: str
) -> None:
    imports.fail(connection, store.id, at, words, runtime.database.now(connection))
