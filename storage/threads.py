"""The inbox: each customer's conversation as a line of a list, and as a thread, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)

from marketing.chat import Author
from marketing.events import EventName
from storage import conversations as hands
from storage.conversation_turns import ECHO as ECHO_RULE
from storage.customer_search import named, words_in
from storage.reports_customers import flow_names, flow_of
from storage.schema import (
    carts,
    conversations,
    customers,
    events,
    flows,
    inbound_messages,
    messages,
    replies,
)

COUNTED_TO = 99
UNASSIGNED, MINE, UNANSWERED = "unassigned", "mine", "unanswered"
ALL, CLOSED = "all", "closed"
SHOWN = (UNASSIGNED, MINE, UNANSWERED, ALL, CLOSED)
LATEST, WAITING = "latest", "waiting"
SORTED = (LATEST, WAITING)
Position = tuple[datetime, str]
HANDED = (
    EventName.CONVERSATION_HANDED_OVER.value,
    EventName.CONVERSATION_HANDED_BACK.value,
    EventName.CONVERSATION_LEFT.value,
    EventName.CONVERSATION_RETURNED.value,
)
SAID = ("wrote", "brought", "answered", "gave")
"""What a line has of the last that was said."""
_c = conversations.c
_i = inbound_messages.c


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which conversations: each part that is given narrows."""

    show: str = ALL
    member_id: str | None = None
    """Whose `MINE` are."""
    channel: str | None = None
    search: str = ""
    """Each of its words begins a name, an address or a number."""
    country: str | None = None
    """The store's: a number that names no country is dialled as one does there."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one page of the list ended, and the next begins."""

    at: datetime
    customer_id: str
    waits: bool = False
    """Among those who wait, the longest first: `at` is since when."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of a thread; `kind` is `inbound`, `reply`, `message` or `hands`."""

    kind: str
    id: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def position(self) -> Position:
        return self.at, self.id


# --- what happens ---------------------------------------------------------------------------------


def wrote(
    connection: Connection, store_id: str, customer_id: str, channel: str, at: datetime
) -> None:
    """Note that a customer wrote: it waits for an answer, and is open again."""
    hands.begin(connection, store_id, customer_id, at)
    values = {
        "last_at": at,
        "last_inbound_at": at,
        "channel": channel,
        "unread": _c.unread + 1,
        "waiting_since": func.coalesce(_c.waiting_since, literal(at, _c.last_at.type)),
        "closed_at": None,
    }
    _change(connection, store_id, customer_id, **values)


def answered(connection: Connection, store_id: str, customer_id: str, at: datetime) -> None:
    """Note that a person answered: nobody waits any more, and it is open again."""
    hands.begin(connection, store_id, customer_id, at)
    seen = {"unread": 0, "waiting_since": None, "closed_at": None, "writing_by": None}
    _change(connection, store_id, customer_id, last_at=at, **seen)


def answered_by_rule(
    connection: Connection,
    store_id: str,
    customer_id: str,
    at: datetime,
    closed_at: datetime | None,
) -> None:
    """Note that what they wrote then was done at once: nobody waits for that, others may still.

    What was put away before that stays so: `closed_at` says since when.
    """
    is_all = and_(_c.waiting_since == at, _c.unread <= 1)
    values = {
        "waiting_since": case((is_all, null()), else_=_c.waiting_since),
        "unread": case((_c.unread > 0, _c.unread - 1), else_=0),
        "closed_at": closed_at,
    }
    _change(connection, store_id, customer_id, **values)


def closed_at(connection: Connection, store_id: str, customer_id: str) -> datetime | None:
    """Give since when a conversation is put away; None: it is open, or there is none."""
    mine = (_c.store_id == store_id, _c.customer_id == customer_id)
    found: datetime | None = connection.execute(select(_c.closed_at).where(*mine)).scalar()
    return found


def writes(
    connection: Connection, store_id: str, customer_id: str, member_id: str, real_now: datetime
) -> None:
    """Note that somebody of the team is writing an answer."""
    _change(connection, store_id, customer_id, writing_by=member_id, writing_at=real_now)


def read(connection: Connection, store_id: str, customer_id: str) -> None:
    """Note that somebody of the team has looked."""
    _change(connection, store_id, customer_id, unread=0)


def assign(connection: Connection, store_id: str, customer_id: str, member_id: str | None) -> None:
    """Say whom of the team it is for; None: nobody."""
    _change(connection, store_id, customer_id, assigned_to=member_id)


def close(connection: Connection, store_id: str, customer_id: str, at: datetime) -> None:
    """Put it away until something happens in it."""
    done = {"unread": 0, "waiting_since": None}
    _change(connection, store_id, customer_id, closed_at=at, **done)


def reopen(connection: Connection, store_id: str, customer_id: str) -> None:
    """Get it out again."""
    _change(connection, store_id, customer_id, closed_at=None)


def _change(connection: Connection, store_id: str, customer_id: str, **values: Any) -> None:
    mine = (_c.store_id == store_id, _c.customer_id == customer_id)
    connection.execute(update(conversations).where(*mine).values(**values))


# --- the list -------------------------------------------------------------------------------------


def count_unread(connection: Connection, store_id: str) -> int:
    """Count the open conversations that hold something unread, up to `COUNTED_TO` + 1."""
    mine = (_c.store_id == store_id, _c.closed_at.is_(None), _c.unread > 0, _c.test_of.is_(None))
    some = select(_c.customer_id).where(*mine).limit(COUNTED_TO + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def page(
    connection: Connection, store_id: str, wanted: Wanted, *, behind: Place | None, limit: int
) -> list[Row[Any]]:
    """Give conversations with their customers' names, where something happened last first."""
    query = _listed(store_id).where(*_narrowed(store_id, wanted))
    return _latest_of(connection, query, behind, limit)


def page_by_wait(
    connection: Connection, store_id: str, wanted: Wanted, *, behind: Place | None, limit: int
) -> list[Row[Any]]:
    """Give who waits longest first; after them the others, as `page` does."""
    query = _listed(store_id).where(*_narrowed(store_id, wanted))
    found: list[Row[Any]] = []
    if behind is None or behind.waits:
        waiting = query.where(_c.waiting_since.is_not(None))
        if behind is not None:
            since, own = _c.waiting_since, _c.customer_id
            later = and_(since == behind.at, own > behind.customer_id)
            waiting = waiting.where(or_(since > behind.at, later))
        waiting = waiting.order_by(_c.waiting_since, _c.customer_id).limit(limit)
        found, behind = list(connection.execute(waiting)), None
    others = query.where(_c.waiting_since.is_(None))
    if len(found) < limit:
        found += _latest_of(connection, others, behind, limit - len(found))
    return found


def _latest_of(
    connection: Connection, query: Select[*tuple[Any, ...]], behind: Place | None, limit: int
) -> list[Row[Any]]:
    if behind is not None:
        before = (behind.at, behind.customer_id)
        query = query.where(_earlier(_c.last_at, _c.customer_id, before))
    latest = query.order_by(_c.last_at.desc(), _c.customer_id.desc()).limit(limit)
    return list(connection.execute(latest))


def one(connection: Connection, store_id: str, customer_id: str) -> Row[Any] | None:
    """Give one conversation as the list has it; None: there is none."""
    query = _listed(store_id).where(_c.customer_id == customer_id)
    return connection.execute(query).one_or_none()


def not_begun(
    connection: Connection, store_id: str, customer_id: str, now: datetime
) -> Mapping[str, Any] | None:
    """Give the line of a customer with whom nobody talked yet; None: gone, or no customer."""
    c = customers.c
    mine = (c.store_id == store_id, c.id == customer_id)
    is_there = (c.erased_at.is_(None), c.deleted_at.is_(None))
    query = select(c.first_name, c.last_name, c.email, c.phone).where(*mine, *is_there)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    nothing = dict.fromkeys([*_c.keys(), *SAID, "is_answered"])
    begun = {"customer_id": customer_id, "state": hands.AUTOMATED, "unread": 0, "last_at": now}
    return {**nothing, **row._mapping, **begun}  # noqa: SLF001


def _listed(store_id: str) -> Select[*tuple[Any, ...]]:
    c = customers.c
    theirs = and_(c.store_id == _c.store_id, c.id == _c.customer_id)
    return (
        select(conversations, c.first_name, c.last_name, c.email, c.phone)
        .add_columns(_latest(_i.text, _i.received_at, "wrote"))
        .add_columns(_latest(_i.attachments, _i.received_at, "brought"))
        .add_columns(_latest(replies.c.text, replies.c.number, "answered"))
        .add_columns(_latest(replies.c.attachments, replies.c.number, "gave"))
        .add_columns(_is_answered())
        .join(customers, theirs)
        .where(_c.store_id == store_id, c.erased_at.is_(None))
    )


def _latest(told: Column[Any], order: ColumnElement[Any], label: str) -> Any:
    """Give what was said last, or came with it, by the one or by the other."""
    table = told.table
    theirs = (table.c.store_id == _c.store_id, table.c.customer_id == _c.customer_id)
    query = select(told).where(*theirs).order_by(order.desc()).limit(1)
    return query.correlate(conversations).scalar_subquery().label(label)


def _is_answered() -> Any:
    """Say whether a person has answered since it came into their hands."""
    r = replies.c
    theirs = (r.store_id == _c.store_id, r.customer_id == _c.customer_id)
    person = (r.author == Author.PERSON.value, r.created_at >= _c.since)
    found = exists().where(*theirs, *person).correlate(conversations)
    return or_(found, func.coalesce(_c.rule, "") == ECHO_RULE).label("is_answered")


def _narrowed(store_id: str, wanted: Wanted) -> list[ColumnElement[bool]]:
    is_closed = wanted.show == CLOSED
    parts: list[ColumnElement[bool]] = [
        _c.closed_at.is_not(None) if is_closed else _c.closed_at.is_(None)
    ]
    if wanted.show == UNASSIGNED:
        parts.append(_c.assigned_to.is_(None))
    if wanted.show == MINE:
        parts.append(_c.assigned_to == wanted.member_id)
    if wanted.show == UNANSWERED:
        parts.append(_c.waiting_since.is_not(None))
    if wanted.channel:
        parts.append(_c.channel == wanted.channel)
    words = words_in(wanted.search)
    return [*parts, *(_c.customer_id.in_(named(store_id, word, wanted.country)) for word in words)]


def _earlier(at: Any, own: Any, before: Position) -> ColumnElement[bool]:
    """Say that a row stands before a place in the order: earlier, or as early with a lesser id."""
    moment, key = before
    return and_(at <= moment, or_(at < moment, own < key))


# --- one thread -----------------------------------------------------------------------------------


def entries(
    connection: Connection,
    store_id: str,
    customer_id: str,
    *,
    before: Position | None,
    limit: int,
) -> list[Entry]:
    """Give what was said and sent, and how hands changed, the latest first."""
    found: list[Entry] = []
    for kind, table, at, query in _sources(store_id, customer_id):
        earlier = [] if before is None else [_earlier(at, table.c.id, before)]
        latest = query.where(*earlier).order_by(at.desc(), table.c.id.desc()).limit(limit)
        for row in connection.execute(latest).mappings():
            data = {name: value for name, value in row.items() if name not in {"id", "at"}}
            found.append(Entry(kind, row["id"], row["at"], data))
    found = sorted(found, key=lambda one: one.position, reverse=True)[:limit]
    return _naming_flows(connection, store_id, found)


def _naming_flows(connection: Connection, store_id: str, found: list[Entry]) -> list[Entry]:
    """Say of hands that a flow changed what it is called."""
    by = {one.id: flow_of(one.data["data"]) for one in found if one.kind == "hands"}
    names = flow_names(connection, store_id, set(by.values()))
    return [
        replace(one, data={**one.data, "flow_name": names.get(by[one.id] or "")})
        if one.id in by
        else one
        for one in found
    ]


def _sources(
    store_id: str, customer_id: str
) -> Sequence[tuple[str, Any, Any, Select[*tuple[Any, ...]]]]:
    i, r, m, e = inbound_messages.c, replies.c, messages.c, events.c
    flow_name = (
        select(flows.c.name)
        .where(flows.c.store_id == m.store_id, flows.c.id == m.flow_id)
        .scalar_subquery()
    )
    answers = (
        r.number,
        r.channel,
        r.text,
        r.content,
        r.author,
        r.author_name,
        r.state,
        r.reason,
        r.key,
        r.attachments,
    )
    private = (i.private_reply_id, i.commented_at)
    heard = (i.channel, i.text, i.kind.label("how"), i.attachments, *private)
    sent = (m.channel, m.subject, m.state, m.flow_id, m.step_id)
    queries = (
        ("inbound", inbound_messages, i.received_at, heard, ()),
        ("reply", replies, r.created_at, answers, ()),
        ("message", messages, m.sent_at, (*sent, flow_name.label("flow_name")),
         (m.sent_at.is_not(None),)),
        ("hands", events, e.occurred_at, (e.name, e.data), (e.name.in_(HANDED),)),
    )  # fmt: skip
    return [
        (
            kind,
            table,
            at,
            select(table.c.id, at.label("at"), *columns).where(
                table.c.store_id == store_id, table.c.customer_id == customer_id, *which
            ),
        )
        for kind, table, at, columns, which in queries
    ]


def last_answer(connection: Connection, store_id: str, customer_id: str) -> Row[Any] | None:
    """Give the latest reply that a person wrote."""
    r = replies.c
    theirs = (r.store_id == store_id, r.customer_id == customer_id, r.author == "person")
    query = select(replies).where(*theirs).order_by(r.number.desc()).limit(1)
    return connection.execute(query).one_or_none()


def open_cart(connection: Connection, store_id: str, customer_id: str) -> Row[Any] | None:
    """Give the latest cart that a customer left open, with something in it."""
    c = carts.c
    over = (c.completed_at.is_(None), c.order_id.is_(None), c.deleted_at.is_(None))
    theirs = (c.store_id == store_id, c.customer_id == customer_id)
    query = select(c.id, c["items"], c.total, c.currency, c.updated_at, c.recovery_url)
    latest = query.where(*theirs, *over).order_by(c.updated_at.desc()).limit(1)
    row: Any = connection.execute(latest).one_or_none()
    return row if row and row._mapping["items"] else None  # noqa: SLF001
