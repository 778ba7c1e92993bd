"""Questions that customers were asked, and which of them one who writes may be answering."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, select

from marketing.enrollment import EnrollmentState
from marketing.model import MessageState
from storage.among import among
from storage.schema import enrollments, messages

PENDING = (
    *(MessageState.DUE, MessageState.CLAIMED, MessageState.HANDING_OVER),
    *(MessageState.RETRY_WAIT, MessageState.HELD),
)
WENT_OUT = (
    *(MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED, MessageState.READ),
    MessageState.UNKNOWN,
)
LOOKED_AT = 50
"""Messages on one channel: the question is among the latest."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One message to a customer, and the enrollment that it is of."""

    message_id: str
    enrollment_id: str
    flow_id: str
    version_id: str
    step_id: str
    sent_at: datetime
    is_waited_on: bool
    """Whether the enrollment stands at that very step."""


def sent_at(
    connection: Connection, store_id: str, asked: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], datetime | None]:
    """Give when these questions (enrollment, step) went out; None: it is put off so far.

    One that will never go out, or has no message yet, is not in it.
    """
    if not asked:
        return {}
    m = messages.c
    query = select(m.enrollment_id, m.step_id, m.state, m.sent_at).where(
        m.store_id == store_id, among(m.enrollment_id, {one for one, _ in asked})
    )
    wanted = set(asked)
    return {
        (row[0], row[1]): row[3]
        for row in connection.execute(query)
        if (row[0], row[1]) in wanted and (row[3] is not None or row[2] in PENDING)
    }


def lately_sent(
    connection: Connection, store_id: str, customer_id: str, channel: str
) -> list[Sent]:
    """Give what a customer was sent lately on a channel, the latest first.

    Their enrollments are held until the transaction ends: none moves on meanwhile.
    """
    m = messages.c
    query = (
        select(m.id, m.enrollment_id, m.flow_id, m.version_id, m.step_id, m.sent_at)
        .where(
            m.store_id == store_id,
            m.customer_id == customer_id,
            m.channel == channel,
            m.state.in_([one.value for one in WENT_OUT]),
            m.sent_at.is_not(None),
        )
        .order_by(m.sent_at.desc(), m.id.desc())
        .limit(LOOKED_AT)
    )
    rows = connection.execute(query).all()
    standing = _standing(connection, store_id, {row[1] for row in rows})
    return [Sent(*row, is_waited_on=standing.get(row[1]) == row[4]) for row in rows]


def _standing(connection: Connection, store_id: str, ids: Iterable[str]) -> dict[str, str | None]:
    e = enrollments.c
    query = (
        select(e.id, e.step_id)
        .where(
            and_(e.store_id == store_id, among(e.id, ids)),
            e.state == EnrollmentState.ACTIVE.value,
        )
        .order_by(e.id)
        .with_for_update()
    )
    return {row[0]: row[1] for row in connection.execute(query)}
