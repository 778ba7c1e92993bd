"""The audit log: who changed what in a store; real times, and ids, never words of customers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection, delete, insert, select, update

from storage.schema import api_keys, audit_log, campaigns, flows, segments, team

ONE_DOING: Final = timedelta(minutes=10)
"""A draft saves itself with every change: what the same person does again in this time is one."""
KEPT: Final = timedelta(days=730)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `by_name` is what the person or the program is called now, "" if nothing.

    Of somebody of another store it is what they were called there then.

    `name` is what that is called now which it was done to, "" if it has no name or is gone.

    `by_user` is the platform's id of the person, None for a program.
    """

    id: str
    at: datetime
    by_kind: str
    by_id: str
    by_name: str
    by_user: str | None
    action: str
    about: Mapping[str, Any]
    times: int
    name: str


NAMED: Final = MappingProxyType(
    {
        "flow_id": flows,
        "segment_id": segments,
        "campaign_id": campaigns,
        "member_id": team,
        "key_id": api_keys,
    }
)
"""What the ids in `about` are of that have a name; customers' names have no place in the log."""


def note(  # noqa: PLR0913  one row's columns
    connection: Connection,
    store_id: str,
    *,
    by_kind: str,
    by_id: str,
    action: str,
    about: Mapping[str, Any],
    real_now: datetime,
) -> None:
    """Keep that somebody did something; right after the same it is counted there.

    What is older than two years is forgotten on the way.
    """
    c = audit_log.c
    newest = (
        select(audit_log)
        .where(c.store_id == store_id, c.by_id == by_id, c.at > real_now - ONE_DOING)
        .order_by(c.at.desc(), c.id.desc())
        .limit(1)
    )
    last = connection.execute(newest).one_or_none()
    if last and last.action == action and last.about == about:
        again = update(audit_log).where(c.store_id == store_id, c.id == last.id)
        connection.execute(again.values(at=real_now, times=c.times + 1))
        return
    connection.execute(delete(audit_log).where(c.store_id == store_id, c.at < real_now - KEPT))
    row = {"by_kind": by_kind, "by_id": by_id, "action": action, "about": dict(about)}
    connection.execute(insert(audit_log).values(store_id=store_id, at=real_now, **row))


def page(connection: Connection, store_id: str, before: datetime | None, limit: int) -> list[Entry]:
    """Give the newest entries, or those before a moment."""
    c = audit_log.c
    a_person = (team.c.store_id == c.store_id) & (team.c.id == c.by_id)
    a_program = (api_keys.c.store_id == c.store_id) & (api_keys.c.id == c.by_id)
    query = (
        select(audit_log, team.c.name.label("person"), team.c.user_id, api_keys.c.name)
        .select_from(audit_log.outerjoin(team, a_person).outerjoin(api_keys, a_program))
        .where(c.store_id == store_id)
    )
    if before:
        query = query.where(c.at < before)
    rows = connection.execute(query.order_by(c.at.desc(), c.id.desc()).limit(limit)).all()
    names = _names(connection, store_id, [row.about for row in rows])
    return [
        Entry(
            row.id, row.at, row.by_kind, row.by_id,
            row.person or row.name or str(row.about.get("by", "")), row.user_id,
            row.action, row.about, row.times, _name_of(row.about, names),
        )
        for row in rows
    ]  # fmt: skip


def _names(
    connection: Connection, store_id: str, abouts: Iterable[Mapping[str, Any]]
) -> dict[str, str]:
    """Give id -> name of everything of the store that these lines are about."""
    told = list(abouts)
    found: dict[str, str] = {}
    for key, table in NAMED.items():
        ids = {str(about[key]) for about in told if key in about}
        query = select(table.c.id, table.c.name).where(table.c.store_id == store_id)
        if ids:
            rows = connection.execute(query.where(table.c.id.in_(ids)))
            found |= {row.id: row.name or "" for row in rows}
    return found


def _name_of(about: Mapping[str, Any], names: Mapping[str, str]) -> str:
    return next((names.get(str(about[key]), "") for key in NAMED if key in about), "")
