"""By which word customers agreed to marketing on a channel, with what stood beside it then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from storage.among import among
from storage.schema import opt_ins


@dataclass(frozen=True, slots=True)
class OptIn:
    """One word that somebody wrote; `provider_id` is that of the message that said it."""

    customer_id: str
    channel: str
    keyword: str
    wording: str
    provider_id: str
    said_at: datetime


def keep(connection: Connection, store_id: str, one: OptIn) -> None:
    """Keep one more; its message is told of once."""
    values = {name: getattr(one, name) for name in OptIn.__dataclass_fields__}
    connection.execute(insert(opt_ins).values(store_id=store_id, **values))


def latest(connection: Connection, store_id: str, customer_id: str) -> dict[str, OptIn]:
    """Give by channel what a customer wrote last."""
    o = opt_ins.c
    query = (
        select(*(o[name] for name in OptIn.__dataclass_fields__))
        .where(o.store_id == store_id, o.customer_id == customer_id)
        .order_by(o.said_at, o.provider_id)
    )
    return {row.channel: OptIn(*row) for row in connection.execute(query)}


def forget(connection: Connection, store_id: str, customer_ids: Iterable[str]) -> int:
    """Forget that customers agreed who are gone."""
    mine = (opt_ins.c.store_id == store_id, among(opt_ins.c.customer_id, customer_ids))
    return connection.execute(delete(opt_ins).where(*mine)).rowcount
