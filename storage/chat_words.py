"""What customers said of being written to on a chat channel, in SQL: of the id they used last.

Beside it stands whether that id is not to be written to at all.

Whoever wrote and said nothing of it may be written to: `marketing.reach.standing` is the rule.
"""

from collections.abc import Collection

from sqlalchemy import Select, Subquery, func, literal, select, true

from marketing.model import ChannelName, ConsentState
from storage.among import among
from storage.schema import identities, suppressions


def words_on(
    store_id: str, channel: ChannelName, customer_ids: Collection[str] | None = None
) -> Subquery:
    """Select (customer_id, consent, address_hash) of all or some who are known on a channel."""
    i = identities.c
    latest = func.row_number().over(
        partition_by=i.customer_id,
        order_by=(i.last_seen.desc(), i.kind.desc(), i.address.desc()),
    )
    said = func.coalesce(i.consent, literal(ConsentState.SUBSCRIBED.value))
    every = (
        select(i.customer_id, said.label("consent"), i.address_hash, latest.label("place"))
        .where(i.store_id == store_id, i.channel == channel.value)
        .where(true() if customer_ids is None else among(i.customer_id, customer_ids))
        .subquery()
    )
    return (
        select(every.c.customer_id, every.c.consent, every.c.address_hash)
        .where(every.c.place == 1)
        .subquery(f"on_{channel.value}")
    )


def suppressed_on(store_id: str, channel: ChannelName, words: Subquery) -> Select[tuple[str]]:
    """Select those of `words_on` whose id is suppressed: it bounced, or was left out."""
    s = suppressions.c
    mine = (s.store_id == store_id, s.channel == channel.value)
    return select(words.c.customer_id).where(*mine, s.address_hash == words.c.address_hash)
