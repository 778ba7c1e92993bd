"""The pixel's door: what browsers say is bounded, read and kept; and who followed our links."""

import hashlib
import logging
import re
import time
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode, urlsplit

from jobs.pixel_limits import Limits, TooFast
from jobs.pixel_payload import BadVisit, Told, read
from jobs.queues import Waker
from jobs.runtime import Runtime
from marketing import links
from marketing.links import Link
from marketing.marks import Marks, is_page, marked, pages_of
from marketing.model import BadSignature
from marketing.policy import marks_links
from storage import StorageError, message_fates, stores, visits
from storage.stores import Store
from storage.visits import Arrival

log = logging.getLogger(__name__)

__all__ = ["MOST_BYTES", "BadVisit", "PixelDoor", "TooFast", "UnknownKey"]

MOST_BYTES: Final = 8 * 1024
KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
PARAMETER: Final = "rp"
"""Carries a visit's token to the store's own pages, where the pixel reads it."""
VISIT_SECONDS: Final = 3600
REMEMBER: Final = 30.0
"""Seconds for which a store's key and pages are remembered in this process."""


@dataclass(frozen=True, slots=True)
class Front:
    """The hosts of a store's own pages, and whether links to them are marked."""

    pages: frozenset[str]
    is_marked: bool

    @classmethod
    def of(cls, store: Store) -> "Front":
        """Read a store's row."""
        pages = pages_of(store.storefront_url, store.domain)
        return cls(pages, marks_links(store.settings))


NO_FRONT: Final = Front(frozenset(), is_marked=False)


class UnknownKey(Exception):
    """No store has this public key, or it has removed the app."""


class PixelDoor:
    """The door of one web process, with what it remembers."""

    def __init__(self, runtime: Runtime, limits: Limits | None = None) -> None:
        self._runtime = runtime
        self._limits = limits or Limits()
        self._stores: dict[str, tuple[str, float]] = {}
        self._fronts: dict[str, tuple[Front, float]] = {}
        self._joining = Waker(runtime.queues, "visit")

    def take(self, key: str, address: str, body: bytes) -> None:
        """Keep what a request tells; raises `TooFast`, `UnknownKey` or `BadVisit`.

        Without consent nothing is kept, and what was kept before of this browser is forgotten.
        """
        self._limits.address.take(address)
        store_id = self._store_of(key)
        self._limits.key.take(key)
        told = read(body)
        self._limits.visitor.take(f"{key} {told.visitor}")
        if not told.has_consent:
            self._runtime.database.gather(visits.forget, (store_id, told.visitor))
        elif not self._runtime.database.gather(visits.keep_all, self._arrival(store_id, told)):
            raise UnknownKey(key)
        else:
            self._joining.wake_soon()

    def _arrival(self, store_id: str, told: Told) -> Arrival:
        link = self._link(store_id, told.link_token) if told.link_token else None
        ticket = _ticket(told.link_token) if link and told.link_token else ""
        return Arrival(store_id, told.visitor, told.seen, told.tokens, link, ticket)

    def _link(self, store_id: str, token: str) -> Link | None:
        """Read the token of a link that led here; another store's, or a stale one, is nothing."""
        try:
            link = links.read_visit(self._runtime.link_keys, token, int(time.time()))
        except BadSignature:
            return None
        return link if link.store_id == store_id else None

    def _store_of(self, key: str) -> str:
        known, until = self._stores.get(key, ("", 0.0))
        if time.monotonic() < until:
            return known
        self._stores.pop(key, None)
        if not KEY.fullmatch(key):
            raise UnknownKey(key)
        with self._runtime.database.reading() as connection:
            store = stores.by_public_key(connection, key)
        if store is None or not store.is_installed:
            raise UnknownKey(key)
        self._stores[key] = (store.id, time.monotonic() + REMEMBER)
        return store.id

    def lead(self, link: Link, url: str | None) -> str | None:
        """Give where a link leads; to the store's own pages, with a word who comes and whence.

        Nobody else's page is told: who has the token is taken for the customer for an hour.
        """
        front = self._front_of(link.store_id)
        if url is None or not is_page(url, front.pages):
            return url
        if front.is_marked:
            url = marked(url, self._marks_of(link))
        token = links.visit_token(self._runtime.link_keys, link, int(time.time()) + VISIT_SECONDS)
        parts = urlsplit(url)
        query = "&".join(filter(None, (parts.query, urlencode({PARAMETER: token}))))
        return parts._replace(query=query).geturl()

    def _marks_of(self, link: Link) -> Marks:
        """Name the message by what its link says alone, if the database can't be asked."""
        try:
            with self._runtime.database.reading() as connection:
                told = message_fates.origin(connection, link.store_id, link.message_id)
        except StorageError:
            told = None
        return Marks(link.message_id, *(told or ()))

    def _front_of(self, store_id: str) -> Front:
        known, until = self._fronts.get(store_id, (NO_FRONT, 0.0))
        if time.monotonic() < until:
            return known
        try:
            with self._runtime.database.reading() as connection:
                store = stores.by_id(connection, store_id)
        except StorageError:
            log.exception("a link leads on without a word who comes")
            return NO_FRONT
        found = Front.of(store) if store else NO_FRONT
        self._fronts[store_id] = (found, time.monotonic() + REMEMBER)
        return found


def _ticket(token: str) -> str:
    """Name a token without keeping it: whoever reads the database can show it to nobody."""
    return f"link:{hashlib.sha256(token.encode()).hexdigest()[:40]}"
