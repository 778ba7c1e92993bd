"""Answers to requests with an Idempotency-Key: the same request twice is done once.

A request takes its key before it does anything. One that dies in between leaves the key taken;
after `ABANDONED` whoever asks again does the work over, with the same `made_id`, so that what
was made by then is not made a second time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, select, update

from storage.many import insert_new
from storage.schema import answers, new_id

KEPT: Final = timedelta(hours=24)
ABANDONED: Final = timedelta(minutes=1)
"""No request works for longer than this."""


class OtherRequest(Exception):
    """The key was used for something else."""


class StillWorking(Exception):
    """The request with this key has no answer yet."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What stands under a key; without a status it is the caller's to work on."""

    made_id: str
    status: int | None = None
    body: str = ""


def begin(
    connection: Connection, store_id: str, key: str, request_hash: str, real_now: datetime
) -> Answer:
    """Take the key, or give the answer of before; raises `OtherRequest` or `StillWorking`."""
    a = answers.c
    old = (a.store_id == store_id, a.begun_at <= real_now - KEPT)
    connection.execute(delete(answers).where(*old))
    row = {
        "store_id": store_id, "key": key, "request_hash": request_hash, "made_id": new_id(),
        "begun_at": real_now,
    }  # fmt: skip
    if insert_new(connection, answers, [row], key=("store_id", "key"), returning=[a.key]):
        return Answer(str(row["made_id"]))
    return _known(connection, store_id, key, request_hash, real_now)


def _known(
    connection: Connection, store_id: str, key: str, request_hash: str, real_now: datetime
) -> Answer:
    a = answers.c
    mine = (a.store_id == store_id, a.key == key)
    row = connection.execute(select(answers).where(*mine).with_for_update()).one()
    if row.request_hash != request_hash:
        raise OtherRequest(key)
    if row.status is None and row.begun_at > real_now - ABANDONED:
        raise StillWorking(key)
    if row.status is None:
        connection.execute(update(answers).where(*mine).values(begun_at=real_now))
    return Answer(row.made_id, row.status, row.body or "")


def keep(
    connection: Connection,
    store_id: str,
    key: str,
    status: int,
    body: str,
    customer_id: str | None = None,
) -> None:
    """Keep the answer; `customer_id` says whose data are in it."""
    a = answers.c
    told = {"status": status, "body": body, "customer_id": customer_id}
    connection.execute(update(answers).where(a.store_id == store_id, a.key == key).values(**told))


def let_go(connection: Connection, store_id: str, key: str) -> None:
    """Forget a request that came to nothing: it may be sent again, mended or not."""
    a = answers.c
    connection.execute(delete(answers).where(a.store_id == store_id, a.key == key))
