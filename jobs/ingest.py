"""Ingest: webhooks out of the inbox, mirrored, made events and news, in batches.

A batch is read outside any transaction, then mirrored, turned into events and news and marked
as done in one. What can't be read is dead at once, with words, and keeps nobody waiting; what
breaks a batch is worked on alone, and dead after the third time.
"""

import contextlib
import logging
import os
import socket
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.base import MalformedWebhook, UnreadableWebhook, Webhook
from jobs import activation, enroll, faults, garbage, listening, parting, privacy, visit
from jobs.runtime import Runtime
from marketing.events import News
from marketing.hints import ToldInPart
from marketing.model import (
    Change,
    PrivacyRequest,
    ScopesChanged,
    StoreProfile,
    Uninstalled,
    Visit,
)
from storage import Connection, StorageDown, inbox, mirror, stores
from storage.inbox import Claim, Kept, Outcome
from storage.mirror import Told
from storage.stores import Store
from storage.text import clean_json

log = logging.getLogger(__name__)

BATCH = 500
OWNER = f"{socket.gethostname()}:{os.getpid()}"
UNREADABLE = (UnreadableWebhook, MalformedWebhook, ArithmeticError, AttributeError, LookupError,
              RecursionError, TypeError, ValueError)  # fmt: skip
"""What a mapping function may trip over in a body that no schema of the platform allows."""
STORE_RECORDS = (StoreProfile, ScopesChanged, ToldInPart, Uninstalled, PrivacyRequest, Visit)
"""What is no part of the mirror."""

KEEP_BODIES = timedelta(days=7)
"""How long a body is kept after its work, for us to look at; business time."""

Stores = Mapping[tuple[str, str], Store]


@dataclass(frozen=True, slots=True)
class Reading:
    """One row, understood or not."""

    row: Kept
    store: Store | None
    changes: Sequence[Change] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a batch came to."""

    rows: int
    news: Mapping[str, Sequence[News]]
    asked: frozenset[str]
    """Stores whose platform asked something that the outbox is to do."""
    looked: frozenset[str] = frozenset()
    """Stores whose own server told of visits."""
    more: bool = True
    """Whether others waited when these were taken."""


def drain(runtime: Runtime, _store_ids: Sequence[str] = ()) -> list[str]:
    """Work on what waits, for about two seconds; wakes the next worker if more is left.

    What comes in meanwhile has a wake-up of its own, behind the work that this batch made:
    a steady stream of webhooks keeps no other job from its turn.
    """
    give_up = time.monotonic() + runtime.settings.periods.work
    broken: list[Exception] = []
    runtime.database.write(lambda connection: _tidy(runtime, connection))
    while (ingested := _batch(runtime, broken)) is not None:
        _wake(runtime, ingested)
        if not ingested.more:
            break
        if time.monotonic() >= give_up:
            runtime.queues.wake("ingest")
            break
    if broken:
        raise broken[0]  # a fault of ours: to the failed jobs with it, for us to see
    return []


def _tidy(runtime: Runtime, connection: Connection) -> None:
    """Take over from the dead; empty old bodies."""
    now, real_now = runtime.database.moments(connection)
    inbox.reap(connection, real_now)
    inbox.prune(connection, now - KEEP_BODIES)


def _batch(runtime: Runtime, broken: list[Exception]) -> Ingested | None:
    """Work on one batch; None when nothing waits. What breaks it is added to `broken`."""
    claimed = runtime.database.write(lambda connection: _claim(runtime, connection))
    if claimed is None:
        return None
    faults.point("ingest")
    claim, homes = claimed
    try:
        with garbage.collected_later():
            readings = [_read(runtime, row, homes) for row in claim.rows]
            ingested = runtime.database.write(
                lambda connection: _take_in(connection, runtime, claim, readings)
            )
            return replace(ingested, more=claim.more)
    except StorageDown:
        _let_go(runtime, claim)
        raise
    except Exception as error:
        log.exception("a batch of %s webhooks failed", len(claim.rows))
        words = f"{type(error).__name__}: {error}"[:500]
        runtime.database.write(lambda connection: _isolate(connection, claim, words))
        broken.append(error)
        return Ingested(0, {}, frozenset())


def _claim(runtime: Runtime, connection: Connection) -> tuple[Claim, Stores] | None:
    claim = inbox.claim(
        connection,
        owner=OWNER,
        real_now=runtime.database.real_now(connection),
        seconds=runtime.settings.periods.lease,
        limit=BATCH,
    )
    return (claim, _stores(connection, claim)) if claim else None


def _stores(connection: Connection, claim: Claim) -> Stores:
    names = {(row.platform.value, row.store_domain) for row in claim.rows}
    return stores.by_domains(connection, names)


def _let_go(runtime: Runtime, claim: Claim) -> None:
    """The database is at fault, not the rows: give them back as they are, if it can be told."""
    with contextlib.suppress(StorageDown):
        runtime.database.write(lambda connection: inbox.begin(connection, claim))


def _isolate(connection: Connection, claim: Claim, words: str) -> None:
    if inbox.begin(connection, claim):
        inbox.suspect(connection, claim, words)


def _read(runtime: Runtime, row: Kept, homes: Stores) -> Reading:
    """Understand one row; a store that we don't know, or a body that was emptied, tells nothing."""
    store = homes.get((row.platform.value, row.store_domain))
    if store is None or row.body is None:
        return Reading(row, store)
    webhook = Webhook(
        id=row.webhook_id,
        topic=row.topic,
        store_domain=row.store_domain,
        body=clean_json(row.body),
        event_id=row.event_id,
        triggered_at=row.triggered_at,
        received_at=row.received_at,
        store_currency=store.currency,
    )
    try:
        return Reading(row, store, runtime.connectors[row.platform].parse(webhook))
    except UNREADABLE as error:
        log.warning("webhook %s (%s) is unreadable: %s", row.id, row.topic, error)
        return Reading(row, store, error=f"unreadable: {type(error).__name__}: {error}"[:500])


def _take_in(
    connection: Connection, runtime: Runtime, claim: Claim, readings: Sequence[Reading]
) -> Ingested:
    if not inbox.begin(connection, claim):
        return Ingested(0, {}, frozenset())
    now = runtime.database.now(connection)
    homes = _stores(connection, claim)  # as they are now: one may have left since
    told, told_of_stores = _sort(readings, homes)
    mirrored = mirror.absorb(connection, told, runtime.secrets.address_hash)
    for store_id, news in visit.recognise(connection, homes.values(), mirrored.news, now).items():
        home = next(one for one in homes.values() if one.id == store_id)
        enroll.react(connection, runtime, home, news, now)
    asked = {
        one.store.id
        for one in told_of_stores
        if isinstance(one.change.record, PrivacyRequest | Uninstalled)
    }
    looked = {one.store.id for one in told_of_stores if isinstance(one.change.record, Visit)}
    for store_id in _told_in_part(told_of_stores):
        listening.ask_soon(connection, runtime, store_id)
    erased = {who for one in told_of_stores for who in _heed(connection, runtime, one, now)}
    outcomes = [_outcome(reading, homes, mirrored, erased) for reading in readings]
    inbox.finish(connection, outcomes, now)
    return Ingested(len(readings), mirrored.news, frozenset(asked), frozenset(looked))


def _sort(readings: Iterable[Reading], homes: Stores) -> tuple[list[Told], list[Told]]:
    """Tell what the mirror is told from what concerns a store as a whole."""
    told: list[Told] = []
    told_of_stores: list[Told] = []
    for reading in readings:
        row = reading.row
        home = homes.get((row.platform.value, row.store_domain))
        if home is None:
            continue
        for change in reading.changes:
            one = Told(home, change, row.received_at, row.id)
            if isinstance(change.record, STORE_RECORDS):
                told_of_stores.append(one)
            elif home.is_installed:
                told.append(one)
    return told, told_of_stores


def _told_in_part(told: Iterable[Told]) -> list[str]:
    found = (one for one in told if isinstance(one.change.record, ToldInPart))
    return sorted({one.store.id for one in found if one.store.is_installed})


def _heed(connection: Connection, runtime: Runtime, told: Told, now: datetime) -> Sequence[str]:
    """Do what a change means that concerns a store; give the ids of customers it erased."""
    store, record = told.store, told.change.record
    match record:
        case StoreProfile() if store.is_installed:
            stores.tell(connection, store.id, record, now)
        case ScopesChanged() if store.is_installed:
            stores.set_scopes(connection, store.id, record.scopes)
            activation.ask(connection, runtime, store.id)
        case Visit() if store.is_installed:
            visit.told_by_the_store(connection, runtime, store, [record], now)
        case Uninstalled():
            parting.ask(connection, runtime, store)
            privacy.uninstalled(connection, store, record.happened_at, now)
        case PrivacyRequest():
            current = stores.by_id(connection, store.id)
            if current is not None:
                webhook_id = str(told.ref)
                return privacy.heed(
                    connection, runtime, current, record, now, webhook_id=webhook_id
                )
        case _:
            pass
    return ()


def _outcome(
    reading: Reading, homes: Stores, mirrored: mirror.Mirroring, erased: set[str]
) -> Outcome:
    row = reading.row
    if reading.error:
        return Outcome(row.id, "dead", error=reading.error)
    home = homes.get((row.platform.value, row.store_domain))
    private = any(isinstance(one.record, PrivacyRequest) for one in reading.changes)
    if home is None or not reading.changes or not (home.is_installed or private):
        return Outcome(row.id, "ignored", forget=True)
    whose = mirrored.customers.get(row.id)
    # A visit names its shopper, whom it is joined to: its words are not kept beside.
    seen = any(isinstance(one.record, Visit) for one in reading.changes)
    forget = private or seen or row.id in mirrored.erased or whose in erased
    return Outcome(row.id, "done", whose, forget=forget)


def _wake(runtime: Runtime, ingested: Ingested) -> None:
    news = [one for told in ingested.news.values() for one in told]
    enroll.wake_after(runtime, list(ingested.news), news)
    if ingested.asked:
        runtime.queues.wake("outbox", sorted(ingested.asked))
    if ingested.looked:
        runtime.queues.wake("visit", sorted(ingested.looked))
