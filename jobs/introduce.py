"""Taking in what another program tells of a customer; flows react, and the platform is told."""

from datetime import datetime

from jobs import enroll
from jobs.runtime import Runtime
from jobs.track import WRITE_CONSENT
from marketing.consent import CONSENT_CHANNELS
from marketing.events import News
from storage import Connection, events, introductions, outbox
from storage.introductions import Introduced, Introduction
from storage.schema import new_id
from storage.stores import Store

WRITE_TAGS = "write_tags"


def introduce(runtime: Runtime, store: Store, told: Introduction) -> Introduced | None:
    """Keep what is told of a customer; None: the store was told to forget them.

    Raises `storage.introductions.Unsubscribed` for a yes that would overrule a no.
    """

    def keep(connection: Connection) -> tuple[Introduced | None, list[News]]:
        now = runtime.database.now(connection)
        address_hash = runtime.secrets.address_hash
        taken = introductions.take(connection, store.id, told, address_hash, now)
        if taken is None:
            return None, []
        news = _react(connection, runtime, store, taken, now)
        if taken.has_account:
            _tell_platform(connection, runtime, store, taken)
        return taken, news

    taken, news = runtime.database.write(keep)
    enroll.wake_after(runtime, [store.id], news)
    if taken and taken.has_account and (taken.added_tags or taken.removed_tags or taken.consents):
        runtime.queues.wake("outbox", [store.id])
    return taken


def _react(
    connection: Connection, runtime: Runtime, store: Store, taken: Introduced, now: datetime
) -> list[News]:
    new = events.append_many(connection, taken.events)
    news = [News(one.name, one.occurred_at, one.customer_id, data=one.data) for one in new]
    enroll.react(connection, runtime, store, news, now)
    return news


def _tell_platform(
    connection: Connection, runtime: Runtime, store: Store, taken: Introduced
) -> None:
    """Have the platform told: else its next word of the customer takes it back."""
    real_now, who = runtime.database.real_now(connection), taken.customer_id
    if taken.added_tags or taken.removed_tags:
        tags = {"customer_id": who, "add": taken.added_tags, "remove": taken.removed_tags}
        outbox.add(connection, store.id, WRITE_TAGS, f"{who}:{new_id()}", tags, real_now)
    for said in taken.consents:
        if said.channel not in CONSENT_CHANNELS:
            continue
        told = {
            "customer_id": who,
            "channel": said.channel.value,
            "state": said.state.value,
            "changed_at": said.changed_at.isoformat(),
        }
        outbox.add(connection, store.id, WRITE_CONSENT, f"{who}:{said.channel}", told, real_now)
