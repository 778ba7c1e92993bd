"""Which numbers were told how to stop texts, and when: what the ledger says of them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, select

from marketing.ledger import HANDED_OVER
from marketing.model import MessageState
from storage.among import among
from storage.schema import messages

_ARRIVED = sorted(HANDED_OVER - {MessageState.BOUNCED})


def told_at(connection: Connection, store_id: str, hashes: Iterable[str]) -> dict[str, datetime]:
    """Give when each number, by its hash, was last told; those that never were are not in it.

    What failed or may not have gone out has told nobody.
    """
    wanted = sorted(set(hashes))
    if not wanted:
        return {}
    m = messages.c
    latest = func.max(m.sent_at, type_=m.sent_at.type)
    query = select(m.told_stop_to, latest).where(
        m.store_id == store_id,
        m.told_stop_to.is_not(None),
        among(m.told_stop_to, wanted),
        m.state.in_(_ARRIVED),
    )
    return {row[0]: row[1] for row in connection.execute(query.group_by(m.told_stop_to)) if row[1]}
