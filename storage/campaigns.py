"""Campaigns: what is to be sent to whom and when, and how far each has come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, literal_column, or_, select, union, update

from storage.due import CAMPAIGNS
from storage.enrollments import IS_ACTIVE
from storage.flows import Author
from storage.schema import campaigns, enrollments, messages, new_id

PAGE = 25
SHOWN = 200
"""How many of a store's campaigns are listed."""


class CampaignState(StrEnum):
    """`held`: it waits for a person, and says why."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    HELD = "held"
    CANCELLED = "cancelled"


TO_BEGIN = frozenset({CampaignState.DRAFT, CampaignState.SCHEDULED, CampaignState.HELD})
"""May be changed and scheduled; cancelled, too, as may what is being sent."""


@dataclass(frozen=True, slots=True)
class StoredCampaign:
    """One campaign; `campaigns` in the schema tells the columns."""

    id: str
    flow_id: str
    name: str
    document: Mapping[str, Any]
    revision: int
    changed_at: datetime | None
    changed_by: Author
    state: CampaignState
    send_at: str | None
    clock: str
    due_at: datetime | None
    late_at: datetime | None
    intake_id: str | None
    reason: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


_COLUMNS = [campaigns.c[name] for name in StoredCampaign.__dataclass_fields__]


def create(
    connection: Connection,
    store_id: str,
    flow_id: str,
    name: str,
    document: Mapping[str, Any],
    now: datetime,
) -> str:
    """Keep a new draft whose flow is there already; give its id."""
    campaign_id = new_id()
    connection.execute(
        insert(campaigns).values(
            store_id=store_id,
            id=campaign_id,
            flow_id=flow_id,
            name=name,
            document=dict(document),
            state=CampaignState.DRAFT.value,
            clock="store",
            created_at=now,
            updated_at=now,
        )
    )
    return campaign_id


def get(
    connection: Connection, store_id: str, campaign_id: str, *, lock: bool = False
) -> StoredCampaign | None:
    """Give one campaign of the store, held against other writers if `lock` is asked for."""
    query = select(*_COLUMNS).where(campaigns.c.store_id == store_id, campaigns.c.id == campaign_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None else _stored(row)


def of_store(connection: Connection, store_id: str) -> list[StoredCampaign]:
    """Give the store's latest campaigns, the newest first."""
    c = campaigns.c
    query = (
        select(*_COLUMNS).where(c.store_id == store_id).order_by(c.created_at.desc(), c.id.desc())
    )
    return [_stored(row) for row in connection.execute(query.limit(SHOWN))]


def page(connection: Connection, store_id: str, number: int) -> tuple[list[StoredCampaign], int]:
    """Give a page of the store's campaigns, the newest first, and how many there are in all."""
    c = campaigns.c
    query = select(*_COLUMNS).where(c.store_id == store_id)
    query = query.order_by(c.created_at.desc(), c.id.desc()).limit(PAGE).offset((number - 1) * PAGE)
    total = select(func.count()).where(c.store_id == store_id)
    found = [_stored(row) for row in connection.execute(query)]
    return found, connection.execute(total).scalar_one()


def for_segments(connection: Connection, store_id: str) -> list[tuple[str, str, str]]:
    """Give the campaigns that are still to go to a segment: (segment's id, id, name)."""
    c = campaigns.c
    to = c.document[("source", "segment")].as_string()
    query = select(to, c.id, c.name).where(
        c.store_id == store_id,
        c.state.in_([CampaignState.SENDING.value, *(one.value for one in sorted(TO_BEGIN))]),
        to.is_not(None),
    )
    return [(row[0], row.id, row.name) for row in connection.execute(query.order_by(c.name))]


def to_begin(connection: Connection, store_id: str) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Give the campaigns that have not begun: (id, name, document)."""
    c = campaigns.c
    waits = c.state.in_([one.value for one in sorted(TO_BEGIN)])
    query = select(c.id, c.name, c.document).where(c.store_id == store_id, waits)
    return [(row.id, row.name, row.document) for row in connection.execute(query.order_by(c.name))]


def of_flows(connection: Connection, store_id: str) -> dict[str, str]:
    """Give the store's campaigns by the ids of their flows."""
    c = campaigns.c
    rows = connection.execute(select(c.flow_id, c.id).where(c.store_id == store_id))
    return {row.flow_id: row.id for row in rows}


def front(connection: Connection, store_id: str, now: datetime) -> StoredCampaign | None:
    """Give the campaign that has been due longest."""
    query = (
        select(*_COLUMNS)
        .where(campaigns.c.store_id == store_id, CAMPAIGNS.waits, campaigns.c.due_at <= now)
        .order_by(campaigns.c.due_at)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else _stored(row)


def put(
    connection: Connection, store_id: str, campaign_id: str, now: datetime, **values: Any
) -> None:
    """Change what is kept of a campaign."""
    mine = (campaigns.c.store_id == store_id, campaigns.c.id == campaign_id)
    connection.execute(update(campaigns).where(*mine).values(**values, updated_at=now))


def rewrite(
    connection: Connection,
    store_id: str,
    campaign_id: str,
    document: Mapping[str, Any],
    now: datetime,
    author: Author = None,
) -> None:
    """Keep another document, which is its next revision."""
    changed = {"revision": campaigns.c.revision + 1, "changed_at": now, "changed_by": author}
    written = {"document": dict(document), "name": document["name"]}
    put(connection, store_id, campaign_id, now, **written, **changed)


def hold_planned(connection: Connection, store_id: str, reason: str, now: datetime) -> None:
    """Let every planned campaign of a store wait for a person, who is told why (`said.as_kept`)."""
    planned = (campaigns.c.store_id == store_id, campaigns.c.state == CampaignState.SCHEDULED.value)
    held = {"state": CampaignState.HELD.value, "due_at": None, "reason": reason}
    connection.execute(update(campaigns).where(*planned).values(**held, updated_at=now))


def look_again(
    connection: Connection, store_id: str, campaign_id: str, at: datetime | None
) -> None:
    """See later whether all is sent; None: never again."""
    mine = (campaigns.c.store_id == store_id, campaigns.c.id == campaign_id)
    connection.execute(update(campaigns).where(*mine).values(due_at=at))


def waiting(connection: Connection, store_id: str, flow_id: str) -> dict[str, int]:
    """Count the messages of a flow that may still go out, by what put them off; `due`: nothing."""
    m = messages.c
    why = func.coalesce(m.reason, literal_column("'due'"))
    query = (
        select(why.label("why"), func.count().label("number"))
        .where(m.store_id == store_id, m.flow_id == flow_id, _STILL_TO_COME)
        .group_by(why)
    )
    return {row.why: row.number for row in connection.execute(query)}


def goes_on(connection: Connection, store_id: str, flow_id: str) -> bool:
    """Say if anybody is under way in a flow, or a message of it may still go out."""
    e, m = enrollments.c, messages.c
    people = select(e.id).where(e.store_id == store_id, e.flow_id == flow_id, IS_ACTIVE)
    letters = select(m.id).where(m.store_id == store_id, m.flow_id == flow_id, _STILL_TO_COME)
    return any(connection.execute(query.limit(1)).first() for query in (people, letters))


def under_way(connection: Connection, store_id: str, flow_id: str, most: int) -> list[str]:
    """Give so many enrollments of a flow that go on, or whose messages may still be stopped."""
    e, m = enrollments.c, messages.c
    people = select(e.id).where(e.store_id == store_id, e.flow_id == flow_id, IS_ACTIVE)
    letters = select(m.enrollment_id).where(
        m.store_id == store_id,
        m.flow_id == flow_id,
        _STILL_TO_COME,
        m.state != literal_column("'handing_over'"),
    )
    return list(connection.execute(union(people, letters).limit(most)).scalars())


def _stored(row: Row[Any]) -> StoredCampaign:
    told = row._asdict()
    return StoredCampaign(**{**told, "state": CampaignState(told["state"])})


# Written out, each as the words of a partial index: what is sent already costs nothing.
_STILL_TO_COME = or_(
    *(messages.c.state == literal_column(f"'{state}'") for state in ("due", "retry_wait", "held")),
    messages.c.state.in_([literal_column(f"'{state}'") for state in ("claimed", "handing_over")]),
)
