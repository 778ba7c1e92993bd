"""Test mails: a message that a merchant sends to try it out, and what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update

from marketing.model import JsonObject
from storage.schema import new_id, test_mails

QUEUED, SENT, FAILED = "queued", "sent", "failed"


@dataclass(frozen=True, slots=True)
class Trial:
    """One test mail; times are real."""

    id: str
    recipient: str
    state: str
    words: JsonObject | None
    """{subject, html, text}, until it is out."""
    detail: str | None
    created_at: datetime
    sent_at: datetime | None


COLUMNS = [test_mails.c[name] for name in Trial.__dataclass_fields__]


def put(
    connection: Connection, store_id: str, recipient: str, words: JsonObject, real_now: datetime
) -> str:
    """Keep a test mail that is to be sent; gives its id."""
    trial_id = new_id()
    row = {
        "store_id": store_id,
        "id": trial_id,
        "recipient": recipient,
        "state": QUEUED,
        "words": words,
        "created_at": real_now,
    }
    connection.execute(insert(test_mails).values(row))
    return trial_id


def get(connection: Connection, store_id: str, trial_id: str) -> Trial | None:
    """Give a test mail of the store."""
    t = test_mails.c
    query = select(*COLUMNS).where(t.store_id == store_id, t.id == trial_id)
    row = connection.execute(query).one_or_none()
    return Trial(*row) if row else None


def count_since(connection: Connection, store_id: str, moment: datetime) -> int:
    """Count what a store tried out since a real time."""
    t = test_mails.c
    query = select(func.count()).where(t.store_id == store_id, t.created_at >= moment)
    return connection.execute(query).scalar_one()


def settle(
    connection: Connection, store_id: str, trial_id: str, state: str, detail: str, at: datetime
) -> None:
    """Note what became of it; its words are kept no longer."""
    t = test_mails.c
    sent_at = at if state == SENT else None
    this = update(test_mails).where(t.store_id == store_id, t.id == trial_id)
    connection.execute(this.values(state=state, detail=detail[:500], words=None, sent_at=sent_at))
