"""What was put aside in a store after it failed again and again."""

from sqlalchemy import Connection, select

from marketing.enrollment import EnrollmentState
from marketing.model import MessageState
from storage.schema import enrollments, messages


def dead_messages(connection: Connection, store_id: str, limit: int) -> list[str]:
    """Give the ids of messages that could not be prepared, the oldest first."""
    m = messages.c
    query = select(m.id).where(m.store_id == store_id, m.state == MessageState.DEAD.value)
    return list(connection.execute(query.order_by(m.due_at).limit(limit)).scalars())


def dead_enrollments(connection: Connection, store_id: str, limit: int) -> list[str]:
    """Give the ids of enrollments that are stuck."""
    e = enrollments.c
    query = select(e.id).where(e.store_id == store_id, e.state == EnrollmentState.DEAD.value)
    return list(connection.execute(query.order_by(e.entered_at).limit(limit)).scalars())
