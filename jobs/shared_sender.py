"""The operator's shared sender: what a store may still send by it today, while it has no domain.

Tests of one's own count, too: they go by the same address, whose good name all share.

Two workers in one store at a time may both count before either sends: the day's number is then
passed by a batch, no more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.runtime import Runtime
from marketing.model import Signing
from marketing.sending_domain import SELECTOR, domain_of
from marketing.timing import zone_of
from storage import Connection, messages, sending_domains, trials
from storage.database import real_now
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class SharedSender:
    """How many more go out today; None: any number."""

    limit: int | None
    left: int | None
    until: datetime
    """The store's next midnight: then it begins anew."""


def of(runtime: Runtime, connection: Connection, store: Store, now: datetime) -> SharedSender:
    """Give what the shared sender still takes of a store today."""
    midnight, next_midnight = _day_of(store, now)
    limit = runtime.settings.shared_sender_daily
    if limit is None or signing_of(runtime, connection, store):
        return SharedSender(None, None, next_midnight)
    sent = messages.sent_since(connection, store.id, midnight, limit)
    # Tests go out at once, by the real clock, which the demo's may be ahead of.
    today, _ = _day_of(store, real_now(connection))
    sent += trials.count_since(connection, store.id, today)
    return SharedSender(limit, max(0, limit - sent), next_midnight)


def signing_of(runtime: Runtime, connection: Connection, store: Store) -> Signing | None:
    """Give in whose name a store's messages are signed; None: the shared sender sends them.

    Its own domain has passed, and its sender's address is within it.
    """
    address = store.settings.get("sender_address")
    known = sending_domains.verified(connection, runtime.secrets, store.id) if address else None
    if known is None or domain_of(str(address)) != known[0]:
        return None
    return Signing(known[0], SELECTOR, known[1])


def _day_of(store: Store, now: datetime) -> tuple[datetime, datetime]:
    local = now.astimezone(zone_of(store.timezone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight, midnight + timedelta(days=1)
