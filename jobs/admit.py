"""Letting customers into a flow by hand: whatever its trigger is, its filters hold."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs import enroll
from jobs.drafts import NoSuchFlow
from jobs.runtime import Runtime
from marketing.flow import FlowStatus
from marketing.model import Reason
from storage import Connection, flow_events, flows, members
from storage.flows import Version
from storage.schema import new_id
from storage.stores import Store

MOST_AT_ONCE = 1000


class NotLive(Exception):
    """Nobody enters a flow that is a draft or paused."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of one customer; without a reason they are in."""

    customer_id: str
    reason: str | None = None
    """A `Reason`, or `unknown`: the store has no such customer."""


def by_hand(
    runtime: Runtime,
    store: Store,
    flow_id: str,
    customer_ids: Sequence[str],
    subject: str | None = None,
) -> list[Admitted]:
    """Let these customers in and say for each how it went; raises `NoSuchFlow` or `NotLive`.

    Once per `subject`: a second call with the same one lets nobody in twice.
    """
    wanted = list(dict.fromkeys(customer_ids))

    def admit(connection: Connection) -> list[Admitted]:
        version = _live_version(connection, store.id, flow_id)
        return _admit(runtime, connection, store, version, wanted, subject or new_id())

    told = runtime.database.write(admit)
    runtime.queues.wake("advance", [store.id])
    return told


def _admit(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    version: Version,
    wanted: Sequence[str],
    subject: str,
) -> list[Admitted]:
    now = runtime.database.now(connection)
    unknown = set(members.unknown(connection, store.id, wanted))
    people = [one for one in wanted if one not in unknown]
    data = {"subject": f"by-hand:{subject}"}
    entered = {
        one.enrollment.customer_id
        for one in enroll.by_hand(connection, store, version, people, data, now)
    }
    why = flow_events.skipped(connection, store.id, version.flow_id, people, now)
    return [_told(one, unknown, entered, why) for one in wanted]


def _told(customer_id: str, unknown: set[str], entered: set[str], why: dict[str, str]) -> Admitted:
    if customer_id in entered:
        return Admitted(customer_id)
    if customer_id in unknown:
        return Admitted(customer_id, "unknown")
    # Who is under way with this very subject is let be, without a word on the timeline.
    return Admitted(customer_id, why.get(customer_id, Reason.ALREADY_ENROLLED.value))


def _live_version(connection: Connection, store_id: str, flow_id: str) -> Version:
    stored = flows.get(connection, store_id, flow_id)
    if stored is None:
        raise NoSuchFlow(flow_id)
    if stored.status is not FlowStatus.LIVE or stored.live_version_id is None:
        raise NotLive(flow_id)
    key = (store_id, stored.live_version_id)
    return flows.versions(connection, [key])[key]
