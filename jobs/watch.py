"""Firing what waits for a day: birthdays and other dates, and customers who stayed away.

Each live flow of this kind looks once a day, at its own hour, at the customers of each zone, a
window at a time: nobody is looked at twice a day, and nothing is early anywhere.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from jobs import enroll
from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import calendar
from marketing.entry import TOO_LATE
from marketing.events import EventName, News
from marketing.flow import Trigger
from marketing.timing import zone_of
from marketing.triggers import WATCHED_EVENTS
from storage import Connection, Row, events, flows, stores, watches
from storage.dialect import lock_stores
from storage.events import Event
from storage.flows import Version
from storage.stores import Store
from storage.watches import Watch

WINDOW = 2000
"""Customers looked at in one transaction."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Look at the customers of these stores, in turns; give the stores with more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: look(runtime, store_id))


def look(runtime: Runtime, store_id: str) -> bool:
    """Look at one window of a store's customers; True when there may be more."""
    entered, is_over = runtime.database.write(lambda c: _look(runtime, c, store_id))
    if entered:
        runtime.queues.wake("advance", [store_id])
    return not is_over


def keep_watch(connection: Connection, store_id: str, now: datetime) -> None:
    """Watch for the flows that are live now; one that comes to it begins with its next hour."""
    store = stores.by_id(connection, store_id)
    live = [one for event in WATCHED_EVENTS for one in flows.live(connection, [store_id], event)]
    watches.keep_only(connection, store_id, [one.flow_id for one in live])
    if store is not None and live:
        _renew(connection, store, live, now)


def _renew(connection: Connection, store: Store, live: Iterable[Version], now: datetime) -> None:
    """Have a watch for each flow and zone, at the hour that the flow names by now."""
    known = {(row.flow_id, row.zone): row for row in watches.of_store(connection, store.id)}
    zones = watches.zones(connection, store.id)
    told = []
    for version in live:
        for name in zones:
            row, zone = known.get((version.flow_id, name)), zone_of(name, store.timezone)
            trigger = version.flow.trigger
            if row is None or row.due_at != _moment(trigger, row.day, zone):
                day = calendar.first_day(trigger, now, zone)
                told.append(_watch(version, name, day, zone))
    watches.put(connection, store.id, told)


def _moment(trigger: Trigger, day: str, zone: ZoneInfo) -> datetime:
    return calendar.moment_of(trigger, date.fromisoformat(day), zone)


def _watch(version: Version, name: str, day: date, zone: ZoneInfo) -> Watch:
    moment = calendar.moment_of(version.flow.trigger, day, zone)
    return Watch(version.flow_id, name, day.isoformat(), moment)


def _look(runtime: Runtime, connection: Connection, store_id: str) -> tuple[int, bool]:
    lock_stores(connection, [store_id])
    now, store = runtime.database.now(connection), stores.by_id(connection, store_id)
    row = watches.take(connection, store_id, now)
    if row is None or store is None:
        return 0, True
    live = [one for event in WATCHED_EVENTS for one in flows.live(connection, [store_id], event)]
    version = next((one for one in live if one.flow_id == row.flow_id), None)
    if version is None:
        watches.keep_only(connection, store_id, [one.flow_id for one in live])
        return 0, False
    if now - row.due_at > TOO_LATE or not store.is_installed:
        _finish(connection, store, version, row, now)
        return 0, False
    return _look_at(connection, runtime, (store, version), row, now), False


def _look_at(
    connection: Connection,
    runtime: Runtime,
    whose: tuple[Store, Version],
    row: Row[Any],
    now: datetime,
) -> int:
    """Fire for one window of customers; give how many entered."""
    store, version = whose
    trigger, zone = version.flow.trigger, zone_of(row.zone, store.timezone)
    day, name = date.fromisoformat(row.day), calendar.property_of(version.flow.trigger)
    values, last = watches.window(connection, row, name, WINDOW)
    dates = {
        one: found
        for one, value in values.items()
        if (found := calendar.date_in(trigger, value, day, zone)) is not None
    }
    told = [_event(store.id, trigger, one, found, row.due_at) for one, found in dates.items()]
    new = events.append_many(connection, told)
    enroll.react(connection, runtime, store, [_news(one) for one in new], now)
    entered = enroll.fire(connection, store, version, [_news(one) for one in told], now)
    if last is None:
        _finish(connection, store, version, row, now)
    else:
        watches.move(connection, row, last)
    return len(entered)


def _event(
    store_id: str, trigger: Trigger, customer_id: str, found: date, moment: datetime
) -> Event:
    name, on = EventName(trigger.event), found.isoformat()
    if name is EventName.CUSTOMER_LAPSED:
        data = {"days": trigger.days, "last_order_on": on, "subject": f"lapsed:{on}"}
    else:
        about = f"{trigger.property}:{on}"
        data = {"property": trigger.property, "days": trigger.days, "date": on}
        data |= {"subject": f"date:{about}"}
    key = f"{name}:{customer_id}:{data['subject']}:{trigger.days}"
    return Event(store_id, name, moment, key, customer_id, data)


def _news(one: Event) -> News:
    return News(one.name, one.occurred_at, one.customer_id, data=one.data)


def _finish(
    connection: Connection,
    store: Store,
    version: Version,
    row: Row[Any],
    now: datetime,
) -> None:
    """Look again on the next day; customers may live in further zones by then."""
    zone, day = zone_of(row.zone, store.timezone), date.fromisoformat(row.day)
    following = calendar.next_day(version.flow.trigger, day, now, zone)
    watches.put(connection, store.id, [_watch(version, row.zone, following, zone)])
    if row.zone == watches.STORES_OWN:
        _renew(connection, store, [version], now)
