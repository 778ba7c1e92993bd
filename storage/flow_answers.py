"""What flows answered: whoever wrote waits for nobody once the answer is out, by any channel.

A flow answers the word that began it, and the answers to its questions that it understood. One that
takes whatever is written only says that somebody will: whoever got that waits.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, or_, select, update

from marketing.chat import Author
from marketing.events import EventName
from marketing.flow import OTHERWISE
from marketing.ledger import HANDED_OVER
from marketing.model import MessageState
from storage import flows
from storage.among import among
from storage.conversations import AUTOMATED
from storage.schema import conversations, enrollments, events, inbound_messages, messages, replies

ARRIVED = HANDED_OVER - {MessageState.BOUNCED}
_c, _m, _n = conversations.c, messages.c, enrollments.c
_i, _e, _r = inbound_messages.c, events.c, replies.c


def given(connection: Connection, store_id: str, message_ids: Sequence[str]) -> None:
    """Note that these messages went out: who wrote nothing else since waits for nobody.

    As long as a person has the conversation, somebody waits for that person.
    """
    waits = and_(_c.waiting_since.is_not(None), _c.state == AUTOMATED)
    taken = _taken(connection, store_id, message_ids, waits, _i.received_at >= _c.waiting_since)
    if taken:
        _note(connection, store_id, taken, is_answered=True)
        whose = {one.customer_id for one in taken}
        left_open = exists().where(*_wrote(), _i.received_at >= _c.waiting_since, ~_i.is_answered)
        mine = (_c.store_id == store_id, among(_c.customer_id, whose), waits)
        done = update(conversations).where(*mine, ~left_open.correlate(conversations))
        connection.execute(done.values(waiting_since=None, unread=0))


def failed(connection: Connection, store_id: str, message_ids: Sequence[str]) -> None:
    """Note that these never arrived: what they answered waits, if nothing was said since.

    Other words may have been answered meanwhile: what was written before them waits all the same,
    unless something of the same flow has gone out to it.
    """
    o = messages.alias("others").c
    more = exists().where(
        o.store_id == store_id, o.enrollment_id == _m.enrollment_id, among(o.state, ARRIVED),
        o.created_at >= _i.received_at,
    )  # fmt: skip
    theirs = (_r.store_id == store_id, _r.customer_id == _i.customer_id)
    said = exists().where(
        *theirs, _r.author == Author.PERSON.value, _r.created_at >= _i.received_at
    )
    is_last = _i.received_at == _c.last_inbound_at
    lost = or_(is_last, ~more.correlate(messages, inbound_messages))
    rests = (_c.closed_at.is_(None), _i.is_answered, ~said.correlate(inbound_messages))
    taken = _taken(connection, store_id, message_ids, lost, *rests)
    _note(connection, store_id, taken, is_answered=False)
    for one in sorted(taken, key=lambda one: one.received_at):
        mine = (_c.store_id == store_id, _c.customer_id == one.customer_id)
        waits = update(conversations).where(*mine, _c.waiting_since.is_(None))
        connection.execute(waits.values(waiting_since=one.received_at))


def _note(
    connection: Connection, store_id: str, taken: Sequence[Row[Any]], *, is_answered: bool
) -> None:
    mine = (_i.store_id == store_id, among(_i.id, {one.id for one in taken}))
    if taken:
        connection.execute(update(inbound_messages).where(*mine).values(is_answered=is_answered))


def _taken(
    connection: Connection, store_id: str, message_ids: Sequence[str], *which: ColumnElement[bool]
) -> list[Row[Any]]:
    """Give the words that the flows behind these messages had taken when they wrote them."""
    answers = and_(_of_same(_e), _e.name == EventName.QUESTION_ANSWERED.value)
    query = (
        select(_m.customer_id, _m.version_id, _m.enrollment_id, _n.event, _e.data)
        .add_columns(_i.id, _i.received_at)
        .add_columns((_n.entered_at == _i.received_at).label("began"))
        .join(enrollments, and_(_n.store_id == _m.store_id, _n.id == _m.enrollment_id))
        .join(conversations, _of_same(_c))
        .join(inbound_messages, _of_same(_i))
        .outerjoin(events, and_(answers, _e.occurred_at == _i.received_at))
        .where(_m.store_id == store_id, among(_m.id, message_ids))
        .where(_m.created_at >= _i.received_at)
        .where(*which)
    )
    rows = connection.execute(query).all()
    return [row for row in rows if _is_understood(connection, store_id, row)]


def _is_understood(connection: Connection, store_id: str, row: Row[Any]) -> bool:
    """Say whether the flow knew what was written: an answer of its own, its word, or its link."""
    if row.data and row.data["enrollment_id"] == row.enrollment_id:
        return bool(row.data["way"] != OTHERWISE)
    return bool(row.began) and _begins_by_word(connection, store_id, row)


def _begins_by_word(connection: Connection, store_id: str, row: Row[Any]) -> bool:
    key = (store_id, row.version_id)
    trigger = flows.versions(connection, [key])[key].flow.trigger
    return bool(trigger.keywords or trigger.referral or (row.event or {}).get("referral"))


def _of_same(table: Any) -> ColumnElement[bool]:
    return and_(table.store_id == _m.store_id, table.customer_id == _m.customer_id)


def _wrote() -> tuple[ColumnElement[bool], ...]:
    return _i.store_id == _c.store_id, _i.customer_id == _c.customer_id
