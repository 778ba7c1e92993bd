"""Whose hands a customer's conversation is in: automated, or a person of the store's.

Whoever has no row is in automated hands. While a person talks with somebody, flows write them
no marketing: what is pending is held with its reason, in the transaction that changes hands.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)

from marketing.chat import Author
from marketing.frustration import Because
from marketing.hand_over_words import words_of_points, words_of_rule
from marketing.model import MessageKind, MessageState, Reason
from marketing.said import Said
from storage.many import insert_new
from storage.schema import conversations, customers, messages, replies

AUTOMATED, HUMAN = "automated", "human"
HELD_BY = (
    "state",
    "since",
    "by",
    "rule",
    "because",
    "not_needed_at",
    "offered_at",
    "due_at",
    "late_at",
)
"""The columns that say whose hands it is in."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Whose hands it is in, since when, and by whom.

    `by`: `flow:<id>`, `merchant`, `program`, `platform` (somebody wrote there), `rule`, `clock`.
    """

    state: str
    since: datetime | None = None
    by: str | None = None
    rule: str | None = None
    """Of `by` rule: which (`marketing.hand_over_rules`)."""
    because: tuple[Because, ...] = ()
    """What gave the rule's points."""
    not_needed_at: datetime | None = None
    """When a person found that nobody was needed."""
    offered_at: datetime | None = None
    """When a person was offered."""

    @property
    def why(self) -> Said | None:
        """The rule in words."""
        return words_of_rule(self.rule)

    @property
    def reasons(self) -> list[Said]:
        """What gave the rule's points, in words."""
        return words_of_points(self.because)


def of(connection: Connection, store_id: str, customer_id: str) -> Conversation:
    """Give a customer's conversation as it stands."""
    c = conversations.c
    query = select(c.state, c.since, c.by, c.rule, c.because, c.not_needed_at, c.offered_at)
    row = connection.execute(query.where(*_whose(store_id, customer_id))).one_or_none()
    if row is None:
        return Conversation(AUTOMATED)
    because = tuple(Because(rule, points) for rule, points in row.because or ())
    return Conversation(*row[:4], because, row.not_needed_at, row.offered_at)


def offered(connection: Connection, store_id: str, customer_id: str, at: datetime) -> None:
    """Note that a customer was offered a person; nothing changes hands by that."""
    begin(connection, store_id, customer_id, at)
    mine = _whose(store_id, customer_id)
    connection.execute(update(conversations).where(*mine).values(offered_at=at))


def hand_over(  # noqa: PLR0913  whose, when, by whom, why
    connection: Connection,
    store_id: str,
    customer_id: str,
    *,
    at: datetime,
    by: str,
    rule: str | None = None,
    because: Iterable[Because] = (),
) -> bool:
    """Put it into human hands and hold what is pending; False: it was, or later news says no.

    Nobody who is gone is talked with.
    """
    if not _hold_customer(connection, store_id, customer_id):
        return False
    before = of(connection, store_id, customer_id)
    if before.state == HUMAN or (before.since is not None and before.since > at):
        return False
    handed = replace(before, state=HUMAN, since=at, by=by, rule=rule, because=tuple(because))
    _put(connection, store_id, customer_id, handed)
    m = messages.c
    connection.execute(
        update(messages)
        .where(
            m.store_id == store_id,
            m.customer_id == customer_id,
            m.kind == MessageKind.MARKETING.value,
            m.state.in_([literal_column("'due'"), literal_column("'retry_wait'")]),
        )
        .values(state=MessageState.HELD.value, reason=Reason.IN_HUMAN_HANDS.value)
    )
    _drop_machines(connection, store_id, customer_id)
    return True


def _drop_machines(connection: Connection, store_id: str, customer_id: str) -> None:
    """What a machine was about to answer is not said any more, but that a person will."""
    r = replies.c
    theirs = (r.store_id == store_id, r.customer_id == customer_id)
    queued = (r.state == literal_column("'queued'"), r.author == Author.BOT.value)
    dropped = {"state": "dropped", "reason": Reason.IN_HUMAN_HANDS.value, "due_at": None}
    connection.execute(update(replies).where(*theirs, *queued, ~r.in_human_hands).values(**dropped))


def hand_back(
    connection: Connection,
    store_id: str,
    customer_id: str,
    *,
    at: datetime,
    by: str,
    was_needed: bool = True,
) -> bool:
    """Let flows write to them again, what was held for it first; False: they might all along."""
    if not _hold_customer(connection, store_id, customer_id):
        return False
    before = of(connection, store_id, customer_id)
    if before.state != HUMAN:
        return False
    not_needed_at = before.not_needed_at if was_needed else at
    back = Conversation(AUTOMATED, at, by, not_needed_at=not_needed_at)
    _put(connection, store_id, customer_id, back)
    m = messages.c
    connection.execute(
        update(messages)
        .where(
            m.store_id == store_id,
            m.customer_id == customer_id,
            m.state == literal_column("'held'"),
            m.reason == Reason.IN_HUMAN_HANDS.value,
        )
        .values(state=MessageState.DUE.value, not_before=at)
    )
    return True


def not_needed(connection: Connection, store_id: str, customer_id: str, at: datetime) -> None:
    """Note that no person is needed: rules that only guess keep still for a while."""
    mine = _whose(store_id, customer_id)
    connection.execute(update(conversations).where(*mine).values(not_needed_at=at))


def merge(connection: Connection, store_id: str, old: str, new: str) -> None:
    """Of two customers who are one: as long as a person talks with either, they do with both."""
    rows = {one: _row(connection, store_id, one) for one in (old, new)}
    theirs, kept = rows[old], rows[new]
    forget(connection, store_id, [old])
    if theirs is None:
        return
    if kept is None:
        row = {**theirs._asdict(), "customer_id": new}
        connection.execute(insert(conversations).values(**row))
        return
    hands = theirs if theirs.state == HUMAN and kept.state != HUMAN else kept
    values = {name: getattr(hands, name) for name in HELD_BY}
    connection.execute(
        update(conversations)
        .where(*_whose(store_id, new))
        .values(**values, **_together(theirs, kept))
    )


def _together(theirs: Row[Any], kept: Row[Any]) -> dict[str, Any]:
    """Give what two conversations that are one come to, besides whose hands it is in."""
    later, other = (theirs, kept) if theirs.last_at > kept.last_at else (kept, theirs)
    wrote = [one for one in (theirs.last_inbound_at, kept.last_inbound_at) if one]
    waiting = [one for one in (theirs.waiting_since, kept.waiting_since) if one]
    is_closed = theirs.closed_at and kept.closed_at
    return {
        "last_at": later.last_at,
        "last_inbound_at": max(wrote, default=None),
        "channel": later.channel or other.channel,
        "unread": theirs.unread + kept.unread,
        "waiting_since": min(waiting, default=None),
        "assigned_to": kept.assigned_to or theirs.assigned_to,
        "closed_at": later.closed_at if is_closed else None,
    }


def _row(connection: Connection, store_id: str, customer_id: str) -> Row[Any] | None:
    query = select(conversations).where(*_whose(store_id, customer_id))
    return connection.execute(query).one_or_none()


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget the conversations of customers who are gone."""
    c = conversations.c
    mine = (c.store_id == store_id, c.customer_id.in_(list(customer_ids)))
    return connection.execute(delete(conversations).where(*mine)).rowcount


def _hold_customer(connection: Connection, store_id: str, customer_id: str) -> bool:
    """Keep the customer from the gate and from others until this is done; False: gone, unknown."""
    c = customers.c
    v = conversations.c
    is_test = exists().where(
        v.store_id == store_id, v.customer_id == customer_id, v.test_of.is_not(None)
    )
    is_there = or_(c.deleted_at.is_(None), is_test)
    query = select(c.id).where(
        c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None), is_there
    )
    return connection.execute(query.with_for_update()).one_or_none() is not None


def begin(connection: Connection, store_id: str, customer_id: str, at: datetime) -> None:
    """Give a customer a conversation, in automated hands, if they have none."""
    row = {"store_id": store_id, "customer_id": customer_id, "state": AUTOMATED, "last_at": at}
    key = ("store_id", "customer_id")
    insert_new(connection, conversations, [row], key=key, returning=[conversations.c.customer_id])


def _put(connection: Connection, store_id: str, customer_id: str, now: Conversation) -> None:
    """Change hands; one that comes into human hands is open again."""
    if now.since is None:
        raise AssertionError("hands change at some moment")
    begin(connection, store_id, customer_id, now.since)
    values = {
        "state": now.state, "since": now.since, "by": now.by, "rule": now.rule,
        "because": [[one.rule, one.points] for one in now.because] or None,
        "not_needed_at": now.not_needed_at, "offered_at": now.offered_at, "last_at": now.since,
        # Looked after at once, which finds when to look again.
        "due_at": now.since if now.state == HUMAN else None, "late_at": None,
    }  # fmt: skip
    if now.state == HUMAN:
        values["closed_at"] = None
        values["waiting_since"] = _waits(now, now.since)
    changed = update(conversations).where(*_whose(store_id, customer_id))
    connection.execute(changed.values(**values))


def _waits(now: Conversation, since: datetime) -> ColumnElement[Any]:
    """Whoever wrote, and is given to a person by a flow, waits for that person."""
    c = conversations.c
    if not (now.by or "").startswith("flow:"):
        return c.waiting_since
    wrote = case((c.last_inbound_at.is_not(None), literal(since, c.last_at.type)))
    return func.coalesce(c.waiting_since, wrote)


def _whose(store_id: str, customer_id: str) -> tuple[ColumnElement[bool], ...]:
    c = conversations.c
    return c.store_id == store_id, c.customer_id == customer_id
