"""Ordering an intake, and calling it off: what a person or a program asks of a flow at once."""

from collections.abc import Sequence
from datetime import timedelta

from jobs.runtime import Runtime
from marketing.backfill import NO_PAST
from marketing.flow import FlowStatus
from marketing.said import SaidError, say
from marketing.sources import EVERYONE, Source
from storage import Connection, flows, intakes, members, segments
from storage.flows import StoredFlow
from storage.intakes import Intake, Order


class NotNow(SaidError):
    """It can't be done as things stand; the words say why and what to do."""


class NotHere(SaidError):
    """The store has no such thing; the words name it."""


NOT_LIVE = {
    FlowStatus.DRAFT: say("This flow is a draft. Publish it first, then let people in."),
    FlowStatus.PAUSED: say("This flow is paused. Let it go on first, then let people in."),
}


def order(runtime: Runtime, store_id: str, flow_id: str, source: Source) -> Intake:
    """Have the people of a source let into a live flow; raises `NotHere` and `NotNow`."""
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        flow = live_flow(connection, store_id, flow_id)
        check_source(connection, store_id, source)
        wanted = Order(flow.id, flow.live_version_id or "", source.to_document())
        intake = _found(connection, store_id, intakes.add(connection, store_id, wanted, now))
    runtime.queues.wake("intake", [store_id])
    return intake


def order_past(
    runtime: Runtime, store_id: str, flow_id: str, days: int, *, is_rehearsal: bool
) -> Intake:
    """Have people of the last days placed where they would stand now, or only counted.

    Raises `NotHere` and `NotNow`.
    """
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        flow = live_flow(connection, store_id, flow_id)
        if flow.trigger_event in NO_PAST:
            raise NotNow(
                say(
                    "Nobody can be taken from the past. {why}",
                    why=NO_PAST[flow.trigger_event],
                )
            )
        wanted = Order(
            flow.id,
            flow.live_version_id or "",
            EVERYONE.to_document(),
            kind=intakes.PAST,
            is_rehearsal=is_rehearsal,
            since=now - timedelta(days=days),
        )
        intake = _found(connection, store_id, intakes.add(connection, store_id, wanted, now))
    runtime.queues.wake("intake", [store_id])
    return intake


def cancel(runtime: Runtime, store_id: str, intake_id: str) -> Intake:
    """Let nobody else in by an intake; whoever is in stays. Raises `NotHere` and `NotNow`."""
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        ended = intakes.end(connection, store_id, intake_id, intakes.CANCELLED, now)
        intake = _found(connection, store_id, intake_id)
        if not ended:
            raise NotNow(say("This intake has ended already: there is nothing to call off."))
        return intake


def find(runtime: Runtime, store_id: str, intake_id: str) -> Intake:
    """Give one intake; raises `NotHere`."""
    with runtime.database.reading() as connection:
        return _found(connection, store_id, intake_id)


def of_flow(runtime: Runtime, store_id: str, flow_id: str) -> Sequence[Intake]:
    """Give a flow's intakes, the newest first; raises `NotHere`."""
    with runtime.database.reading() as connection:
        if flows.get(connection, store_id, flow_id) is None:
            raise NotHere(say("There is no such flow in this store."))
        return intakes.of_flow(connection, store_id, flow_id)


def live_flow(connection: Connection, store_id: str, flow_id: str) -> StoredFlow:
    """Give a flow that lets people in now, held; raises `NotHere` and `NotNow`."""
    flow = flows.get(connection, store_id, flow_id, lock=True)
    if flow is None:
        raise NotHere(say("There is no such flow in this store."))
    if flow.status is not FlowStatus.LIVE:
        raise NotNow(NOT_LIVE[flow.status])
    return flow


def check_source(connection: Connection, store_id: str, source: Source) -> None:
    """See that whom a source names is the store's; raises `NotHere`."""
    if source.segment and segments.get(connection, store_id, source.segment) is None:
        raise NotHere(say("There is no segment {segment} in this store.", segment=source.segment))
    unknown = members.unknown(connection, store_id, source.customers)
    if unknown:
        raise NotHere(say("There is no customer {unknown} in this store.", unknown=unknown[0]))


def _found(connection: Connection, store_id: str, intake_id: str) -> Intake:
    intake = intakes.get(connection, store_id, intake_id)
    if intake is None:
        raise NotHere(say("There is no such intake in this store."))
    return intake
