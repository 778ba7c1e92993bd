"""Replies in a customer's conversation: queued, handed over at most once, settled by fence.

    queue -> begin (T2: `handing_over`, committed before the network) -> the network -> settle (T3)

Whoever begins gets a fence number; a settlement goes through only with it. One whose hand-over
nobody saw end is `unknown`, and never sent again. Times of leases and tries are real.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)

from marketing.attachments import Attachment, dump, read
from marketing.chat import Author
from marketing.model import Reason
from storage.among import among
from storage.bulk import update_rows
from storage.conversations import HUMAN
from storage.many import insert_new
from storage.schema import conversations, customers, new_id, replies

QUEUED, HANDING_OVER = "queued", "handing_over"
SENT, DELIVERED, READ = "sent", "delivered", "read"
FAILED, UNKNOWN, DROPPED = "failed", "unknown", "dropped"
ECHO = "echo:"
"""Begins the key of what was written on the platform itself."""
IS_QUEUED = replies.c.state == literal_column("'queued'")
IS_HANDING_OVER = replies.c.state == literal_column("'handing_over'")
AGAIN = (FAILED, DROPPED)
"""What may be tried again: it surely did not go out."""


@dataclass(frozen=True, slots=True)
class NewReply:
    """What somebody, or a machine, writes to one customer."""

    customer_id: str
    channel: str
    address: str
    author: Author
    text: str
    author_name: str | None = None
    author_id: str | None = None
    content: Mapping[str, Any] | None = None
    in_human_hands: bool = False
    key: str | None = None
    attachments: tuple[Attachment, ...] = ()
    """Of an echo: what somebody sent on the platform itself."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one reply: of a hand-over by its fence, or before one."""

    id: str
    fence: int
    state: str
    reason: str | None = None
    provider: str | None = None
    provider_id: str | None = None
    sent_at: datetime | None = None
    due_at: datetime | None = None


def queue(
    connection: Connection, store_id: str, new: NewReply, now: datetime, real_now: datetime
) -> str | None:
    """Put a reply in, to go out at once; None when one of its key is here already."""
    return _put(connection, store_id, new, state=QUEUED, created_at=now, due_at=real_now)


def keep_echo(
    connection: Connection, store_id: str, new: NewReply, provider_id: str, now: datetime
) -> str | None:
    """Keep what somebody of the store's wrote on the platform itself: it is out already."""
    out = {"state": SENT, "provider_id": provider_id, "sent_at": now}
    return _put(connection, store_id, new, created_at=now, **out)


def _put(connection: Connection, store_id: str, new: NewReply, **more: Any) -> str | None:
    """Write it after the last of its conversation; None when one of its key is here already."""
    r = replies.c
    mine = (r.store_id == store_id, r.customer_id == new.customer_id)
    last = connection.execute(select(func.max(r.number)).where(*mine)).scalar_one()
    row = {
        "store_id": store_id, "id": new_id(), "customer_id": new.customer_id,
        "number": (last or 0) + 1, "channel": new.channel, "address": new.address,
        "author": new.author.value, "author_name": new.author_name, "author_id": new.author_id,
        "text": new.text,
        "content": dict(new.content) if new.content else None, "key": new.key,
        "in_human_hands": new.in_human_hands, "attachments": dump(new.attachments) or None, **more,
    }  # fmt: skip
    key = ("store_id", "key")
    inserted = insert_new(connection, replies, [row], key=key, returning=[r.id])
    return inserted[0].id if inserted else None


def attached(
    connection: Connection, store_id: str, customer_id: str, reply_id: str
) -> tuple[str, list[Attachment]]:
    """Give the channel and what came with an echo; nothing where it is not here."""
    row = get(connection, store_id, customer_id, reply_id)
    return (row.channel, read(row.attachments)) if row else ("", [])


def of_key(connection: Connection, store_id: str, customer_id: str, key: str) -> str | None:
    """Give the id of a customer's reply that was written under this key."""
    r = replies.c
    mine = (r.store_id == store_id, r.customer_id == customer_id, r.key == key)
    found: str | None = connection.execute(select(r.id).where(*mine)).scalar_one_or_none()
    return found


def was_told(
    connection: Connection, store_id: str, customer_id: str, begins: str, since: datetime
) -> bool:
    """Say whether a customer has a reply since then whose key begins so, and that may be out."""
    r = replies.c
    mine = (r.store_id == store_id, r.customer_id == customer_id)
    asked = (r.key.startswith(begins, autoescape=True), r.created_at > since)
    query = select(exists().where(*mine, *asked, r.state.not_in(AGAIN)))
    return bool(connection.execute(query).scalar_one())


def get(connection: Connection, store_id: str, customer_id: str, reply_id: str) -> Row[Any] | None:
    """Give one reply of a customer's conversation; None: there is none of this id in it."""
    r = replies.c
    mine = (r.store_id == store_id, r.customer_id == customer_id, r.id == reply_id)
    return connection.execute(select(replies).where(*mine)).one_or_none()


def last(connection: Connection, store_id: str, customer_id: str) -> Row[Any] | None:
    """Give what was said last in a customer's conversation; None: nothing was."""
    mine = (replies.c.store_id == store_id, replies.c.customer_id == customer_id)
    query = select(replies).where(*mine).order_by(replies.c.number.desc()).limit(1)
    return connection.execute(query).one_or_none()


def rename(connection: Connection, store_id: str, reply_id: str, key: str) -> None:
    """Give a reply another key than it was queued under."""
    mine = (replies.c.store_id == store_id, replies.c.id == reply_id)
    connection.execute(update(replies).where(*mine).values(key=key))


def is_going(connection: Connection, store_id: str, channel: str, address: str) -> bool:
    """Say whether something is about to be said in a conversation, or just being handed over."""
    r = replies.c
    there = (r.store_id == store_id, r.channel == channel, r.address == address)
    query = select(exists().where(*there, r.state.in_([QUEUED, HANDING_OVER])))
    return bool(connection.execute(query).scalar_one())


# --- T2 ---------------------------------------------------------------------------------------


def due(connection: Connection, store_id: str, real_now: datetime, limit: int) -> list[Row[Any]]:
    """Hold due replies and their customers, the longest due first; of each customer the first.

    What another transaction is just changing is left out: nothing here waits for a lock.
    """
    r, c = replies.c, customers.c
    theirs = and_(c.store_id == r.store_id, c.id == r.customer_id)
    v = conversations.c
    theirs_too = (v.store_id == r.store_id, v.customer_id == r.customer_id)
    hands = select(v.state).where(*theirs_too).scalar_subquery()
    is_test = exists().where(*theirs_too, v.test_of.is_not(None))
    is_there = and_(c.erased_at.is_(None), or_(c.deleted_at.is_(None), is_test))
    query = (
        select(
            replies,
            is_there.label("is_there"),
            is_test.label("is_test"),
            (hands == HUMAN).label("is_human"),
            c.whatsapp_consent,
            c.sms_consent,
            c.country.label("customer_country"),
        )
        .join(customers, theirs)
        .where(r.store_id == store_id, IS_QUEUED, r.due_at <= real_now, ~_follows_another())
        .order_by(r.due_at, r.number)
        .limit(limit)
        .with_for_update(of=[replies, customers], skip_locked=True)
    )
    return list(connection.execute(query))


def _follows_another() -> Any:
    """One before it is not out yet: what is written first is read first."""
    before, r = replies.alias("before"), replies.c
    return exists().where(
        before.c.store_id == r.store_id,
        before.c.customer_id == r.customer_id,
        before.c.number < r.number,
        before.c.channel == r.channel,
        before.c.state.in_([QUEUED, HANDING_OVER]),
    )


def begin(
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    real_now: datetime,
    lease_until: datetime,
) -> None:
    """Write that these held replies are being handed over."""
    r = replies.c
    mine = (r.store_id == store_id, among(r.id, [row.id for row in rows]))
    begun = {
        "state": HANDING_OVER,
        "begun_at": real_now,
        "lease_until": lease_until,
        "attempts": r.attempts + 1,
        "fence": r.fence + 1,
    }
    connection.execute(update(replies).where(*mine).values(**begun))


def refuse(connection: Connection, store_id: str, fates: Sequence[Fate]) -> None:
    """Write of held replies why they don't go out, or not yet."""
    rows = [
        {
            "store_id": store_id, "id": one.id, "state": one.state, "reason": one.reason,
            "due_at": one.due_at,
        }
        for one in fates
    ]  # fmt: skip
    update_rows(connection, replies, rows)


# --- T3 ---------------------------------------------------------------------------------------


def settle(connection: Connection, store_id: str, fates: Sequence[Fate]) -> int:
    """Write how hand-overs went; give how many were still ours to settle."""
    rows = [
        {
            "store_id": store_id, "id": one.id, "fence": one.fence, "state": one.state,
            "reason": one.reason, "provider": one.provider, "provider_id": one.provider_id,
            "sent_at": one.sent_at, "due_at": one.due_at,
        }
        for one in fates
    ]  # fmt: skip
    by_fence = ("store_id", "id", "fence")
    freed = {"lease_until": None}
    ours = [IS_HANDING_OVER]
    return update_rows(connection, replies, rows, match=by_fence, only=ours, also=freed)


def mark_unknown(connection: Connection, real_now: datetime) -> int:
    """Say of hand-overs that nobody finished that they may have gone out; never queued again."""
    r = replies.c
    over = (IS_HANDING_OVER, r.lease_until < real_now)
    unknown = {"state": UNKNOWN, "lease_until": None, "due_at": None}
    return connection.execute(update(replies).where(*over).values(**unknown)).rowcount


# --- what providers tell -------------------------------------------------------------------------


def reported_on(
    connection: Connection,
    store_id: str,
    channel: str,
    ids: Iterable[str],
    provider_ids: Iterable[str],
) -> list[Row[Any]]:
    """Hold the replies that a provider tells of, by our id of them or by its own."""
    r = replies.c
    found: dict[str, Row[Any]] = {}
    for named in (among(r.id, ids), among(r.provider_id, provider_ids)):
        query = select(replies).where(r.store_id == store_id, r.channel == channel, named)
        rows = connection.execute(query.order_by(r.id).with_for_update())
        found |= {row.id: row for row in rows}
    return list(found.values())


def reported(
    connection: Connection, store_id: str, reply_id: str, values: Mapping[str, Any]
) -> None:
    """Write how far a reply got; it is in nobody's hands then."""
    free = {"lease_until": None, "due_at": None}
    mine = (replies.c.store_id == store_id, replies.c.id == reply_id)
    connection.execute(update(replies).where(*mine).values(**values, **free))


# --- what starts them again, or ends them ---------------------------------------------------------


def again(connection: Connection, store_id: str, reply_id: str, real_now: datetime) -> bool:
    """Queue once more what surely did not go out; False for anything else."""
    r = replies.c
    failed = (r.store_id == store_id, r.id == reply_id, r.state.in_(AGAIN))
    known = select(r.provider_id, r.earlier_ids).where(*failed).with_for_update()
    row = connection.execute(known).one_or_none()
    if row is None:
        return False
    # Providers tell of a try more than once: by these it is known which one they mean.
    earlier = [*(row.earlier_ids or ()), *([row.provider_id] if row.provider_id else ())]
    anew = {"state": QUEUED, "reason": None, "due_at": real_now, "attempts": 0}
    ids = {"provider_id": None, "earlier_ids": earlier or None}
    return connection.execute(update(replies).where(*failed).values(**anew, **ids)).rowcount == 1


def resume(connection: Connection, store_id: str, channel: str, real_now: datetime) -> int:
    """Let what waited for a channel's credentials go now."""
    r = replies.c
    waited = (r.store_id == store_id, r.channel == channel, IS_QUEUED)
    paused = r.reason == Reason.CHANNEL_PAUSED.value
    due_now = {"due_at": real_now, "reason": None}
    return connection.execute(update(replies).where(*waited, paused).values(**due_now)).rowcount


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget what was written to customers who are gone."""
    r = replies.c
    mine = (r.store_id == store_id, r.customer_id.in_(list(customer_ids)))
    return connection.execute(delete(replies).where(*mine)).rowcount
