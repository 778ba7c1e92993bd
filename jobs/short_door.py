"""The door of short links: what a text's code stands for, and how often one may guess."""

from jobs.networks import host_of
from jobs.pixel_limits import Buckets, TooFast
from jobs.runtime import Runtime
from marketing.links import UnsafeDestination, safe_destination
from marketing.model import BadSignature
from marketing.short_links import CLICK, is_signed
from storage import short_links
from storage.short_links import Found

__all__ = ["ShortDoor", "TooFast"]


class ShortDoor:
    """The door of one web process. Only codes that lead nowhere are counted, by who tries them.

    A true code is never refused: thousands of phones may share a mobile network's one address.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._strangers = Buckets(rate=0.5, burst=30)

    def read(self, code: str, address: str) -> Found:
        """Give what a code stands for, a click's destination safe to lead to.

        Raises `BadSignature` for one that is not ours, is over or was erased, and `TooFast` for
        many of them from one address; `StorageError` when the database does not answer.
        """
        with self._runtime.database.reading() as connection:
            found = short_links.find(connection, code, self._runtime.database.now(connection))
        if found is None:
            self._strangers.take(host_of(address))
            raise BadSignature("not a link of ours")
        if not is_signed(self._runtime.link_keys, code, found.purpose, found.link):
            raise BadSignature("the row was tampered with, or its app key is gone")
        if found.purpose == CLICK:
            _check(found.link.destination or "")
        return found


def _check(destination: str) -> None:
    """Refuse what no link of ours leads to any more: its rules may be stricter by now."""
    try:
        safe_destination(destination)
    except UnsafeDestination as error:
        raise BadSignature("not a link of ours") from error
