"""Answers of the team's that did not go out: whoever they were for waits again."""

from collections.abc import Iterable

from sqlalchemy import Connection, exists, literal_column, select, update

from marketing.chat import Author
from storage.among import among
from storage.schema import conversations, replies


def waits_again(connection: Connection, store_id: str, reply_ids: Iterable[str]) -> None:
    """Note that these answers surely never arrived: nobody has answered what came before them.

    Where a person answered by another one, or put the conversation away, nobody waits.
    """
    ids = sorted(set(reply_ids))
    if not ids:
        return
    c, r, o = conversations.c, replies.c, replies.alias("others").c
    theirs = (r.store_id == c.store_id, r.customer_id == c.customer_id)
    lost = exists().where(
        *theirs,
        among(r.id, ids),
        r.author == Author.PERSON.value,
        r.created_at >= c.last_inbound_at,
    )
    person = (o.author == Author.PERSON.value, o.created_at >= c.last_inbound_at)
    another = select(o.id).where(
        o.store_id == c.store_id, o.customer_id == c.customer_id, *person,
        o.state.not_in([literal_column("'failed'"), literal_column("'dropped'")]),
    )  # fmt: skip
    rests = (c.store_id == store_id, c.waiting_since.is_(None), c.closed_at.is_(None))
    answered = another.correlate(conversations).exists()
    waits = update(conversations).where(*rests, lost.correlate(conversations), ~answered)
    connection.execute(waits.values(waiting_since=c.last_inbound_at))


def tried_again(connection: Connection, store_id: str, reply_id: str) -> None:
    """Note that an answer is on its way anew: what came before it waits no more."""
    c, r = conversations.c, replies.c
    theirs = (r.store_id == c.store_id, r.customer_id == c.customer_id, r.id == reply_id)
    later = exists().where(*theirs, r.created_at >= c.waiting_since).correlate(conversations)
    done = update(conversations).where(c.store_id == store_id, later)
    connection.execute(done.values(waiting_since=None, unread=0))
