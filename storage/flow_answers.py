"""What flows answered: whoever wrote waits for nobody once the answer of the flow is out.

A flow answers the word that began it, and the answers to its questions that it understood. One that
takes whatever is written only says that somebody will: whoever got that waits.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, select, update

from marketing.chat import Author
from marketing.events import EventName
from marketing.flow import OTHERWISE
from marketing.model import ChannelName
from storage import flows
from storage.among import among
from storage.conversations import AUTOMATED
from storage.schema import conversations, enrollments, events, inbound_messages, messages, replies

_c, _m, _n = conversations.c, messages.c, enrollments.c
_i, _e, _r = inbound_messages.c, events.c, replies.c


def given(connection: Connection, store_id: str, message_ids: Sequence[str]) -> None:
    """Note that these messages went out: who wrote nothing else since waits for nobody.

    As long as a person has the conversation, somebody waits for that person.
    """
    waits = and_(_c.waiting_since.is_not(None), _c.state == AUTOMATED)
    whose = _taken(connection, store_id, message_ids, waits, _i.received_at >= _c.waiting_since)
    if whose:
        left_open = exists().where(*_wrote(), _i.received_at >= _c.waiting_since, ~_i.is_answered)
        mine = (_c.store_id == store_id, among(_c.customer_id, whose), waits)
        done = update(conversations).where(*mine, ~left_open.correlate(conversations))
        connection.execute(done.values(waiting_since=None, unread=0))


def failed(connection: Connection, store_id: str, message_ids: Sequence[str]) -> None:
    """Note that these never arrived: what they answered waits, if nothing was said since."""
    since = _c.last_inbound_at
    rests = and_(_c.waiting_since.is_(None), _c.closed_at.is_(None))
    whose = _taken(connection, store_id, message_ids, rests, _i.received_at == since)
    if whose:
        theirs = (_r.store_id == _c.store_id, _r.customer_id == _c.customer_id)
        said = exists().where(*theirs, _r.author == Author.PERSON.value, _r.created_at >= since)
        mine = (_c.store_id == store_id, among(_c.customer_id, whose), rests)
        waits = update(conversations).where(*mine, ~said.correlate(conversations))
        connection.execute(waits.values(waiting_since=since))


def _taken(
    connection: Connection, store_id: str, message_ids: Sequence[str], *which: ColumnElement[bool]
) -> list[str]:
    """Give whose words the flows behind these messages had taken when they wrote them."""
    answers = and_(_of_same(_e), _e.name == EventName.QUESTION_ANSWERED.value)
    query = (
        select(_m.customer_id, _m.version_id, _m.enrollment_id, _n.event, _e.data)
        .add_columns((_n.entered_at == _i.received_at).label("began"))
        .join(enrollments, and_(_n.store_id == _m.store_id, _n.id == _m.enrollment_id))
        .join(conversations, _of_same(_c))
        .join(inbound_messages, _of_same(_i))
        .outerjoin(events, and_(answers, _e.occurred_at == _i.received_at))
        .where(_m.store_id == store_id, among(_m.id, message_ids))
        .where(_m.channel != ChannelName.EMAIL.value, _m.created_at >= _i.received_at)
        .where(_i.is_answered, *which)
    )
    rows = connection.execute(query).all()
    return [row.customer_id for row in rows if _is_understood(connection, store_id, row)]


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
