"""Ending enrollments wherever they stand: with them what was still to be said, and its codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from marketing.events import EventName
from marketing.model import Reason
from storage import Connection, codes, enrollments, flow_events, messages, outbox
from storage.codes import Retired
from storage.database import real_now
from storage.enrollments import Active, Ending


@dataclass(frozen=True, slots=True)
class Ended:
    """An enrollment under way and what ends it."""

    whose: Active
    ending: Ending


def end(connection: Connection, store_id: str, ended: Sequence[Ended]) -> None:
    """End these enrollments, stop their messages not handed over yet, tell the timeline."""
    if not ended:
        return
    enrollments.end(connection, store_id, [one.ending for one in ended])
    reasons = {one.ending.id: one.ending.reason for one in ended}
    stop_messages(connection, store_id, reasons)
    flow_events.keep(connection, store_id, [_told(one) for one in ended])


def stop_messages(connection: Connection, store_id: str, reasons: dict[str, Reason]) -> None:
    """Skip what is not handed over yet of enrollments that an exit ended, and their codes."""
    messages.skip_of_enrollments(connection, store_id, reasons)
    unneeded = codes.cancel(connection, store_id, list(reasons))
    # An app that was removed is let in no more: such codes run out by themselves.
    if Reason.STORE_UNINSTALLED not in reasons.values():
        retire(connection, store_id, unneeded)


def retire(connection: Connection, store_id: str, unneeded: Sequence[Retired]) -> None:
    """Have codes taken back at the platform that nobody was told of."""
    for one in unneeded:
        told = {"external_id": one.external_id}
        outbox.add(connection, store_id, "retire_code", one.id, told, real_now(connection))


def end_all_of_store(connection: Connection, store_id: str, reason: Reason, at: datetime) -> int:
    """End everything under way in a store, as after an uninstall; give how many."""
    ended = enrollments.end_all_of_store(connection, store_id, reason, at)
    for start in range(0, len(ended), 500):
        stop_messages(connection, store_id, dict.fromkeys(ended[start : start + 500], reason))
    return len(ended)


def end_quietly(
    connection: Connection, store_id: str, ids: Sequence[str], reason: Reason, at: datetime
) -> None:
    """End many at once, as of a campaign that is called off: each message not sent says why."""
    enrollments.end(connection, store_id, [Ending(one, reason, at) for one in ids])
    stop_messages(connection, store_id, dict.fromkeys(ids, reason))


def _told(one: Ended) -> flow_events.Told:
    whose, ending = one.whose, one.ending
    data = {"flow_id": whose.flow_id, "enrollment_id": whose.id, "reason": ending.reason.value}
    return flow_events.Told(EventName.FLOW_ENDED, whose.customer_id, ending.at, whose.id, data)
