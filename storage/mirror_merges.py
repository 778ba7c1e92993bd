"""Two customers turned out to be one: what was the one's becomes the other's."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, Table, exists, update

from storage import conversations, identities, interests, outbox, segment_members
from storage.mirror_customers import Person, settled
from storage.schema import (
    answers,
    attributions,
    carts,
    codes,
    enrollments,
    events,
    inbound_messages,
    inbox,
    messages,
    opt_ins,
    order_lines,
    orders,
    product_reviews,
    replies,
    rewards,
    rule_calls,
    visitors,
)

OWNED = (
    carts, orders, order_lines, events, enrollments, messages, codes, rewards, attributions,
    visitors, product_reviews, answers, inbound_messages, replies,
    rule_calls, opt_ins,
)  # fmt: skip


def move(connection: Connection, merged: Iterable[tuple[Person, Person]]) -> set[tuple[str, str]]:
    """Hand over what the losers had; give the (store, customer id) pairs to be summed up anew."""
    touched = set()
    for loser, winner in merged:
        kept = settled(winner)
        if loser.is_new or kept is None:
            continue
        store_id, old, new = kept.row["store_id"], loser.row["id"], kept.row["id"]
        for table in OWNED:
            _move(connection, table, store_id, old, new)
        segment_members.forget_customers(connection, store_id, [old])
        conversations.merge(connection, store_id, old, new)
        identities.merge(connection, store_id, old, new)
        interests.hand_over(connection, store_id, old, new)
        outbox.hand_over(connection, store_id, old, new)
        connection.execute(update(inbox).where(inbox.c.customer_id == old).values(customer_id=new))
        touched |= {(store_id, old), (store_id, new)}
    return touched


def _move(connection: Connection, table: Table, store_id: str, old: str, new: str) -> None:
    mine = [table.c.store_id == store_id, table.c.customer_id == old]
    if table is enrollments:
        mine.append(~_entered_too(store_id, new))
    connection.execute(update(table).where(*mine).values(customer_id=new))


def _entered_too(store_id: str, customer_id: str) -> ColumnElement[bool]:
    """The winner went the same way for the same reason: that one counts."""
    other = enrollments.alias("other")
    return exists().where(
        other.c.store_id == store_id,
        other.c.customer_id == customer_id,
        other.c.flow_id == enrollments.c.flow_id,
        other.c.trigger_key == enrollments.c.trigger_key,
    )
