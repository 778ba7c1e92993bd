"""What flows change about a customer: tags, and properties of our own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select, update

from marketing.model import Consent, ConsentState
from storage.schema import customers


def change(
    connection: Connection,
    store_id: str,
    customer_id: str,
    *,
    add: Sequence[str] = (),
    remove: Sequence[str] = (),
    properties: Mapping[str, Any] | None = None,
) -> tuple[list[str], list[str]]:
    """Change tags and properties; give the tags that are new and those that are gone.

    A property of None is removed. Nothing happens to someone who was erased.
    """
    c = customers.c
    mine = (c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None))
    query = select(c.tags, c.properties).where(*mine).with_for_update()
    row = connection.execute(query).one_or_none()
    if row is None:
        return [], []
    gone = [tag for tag in row.tags if tag in remove]
    kept = [tag for tag in row.tags if tag not in remove]
    new = [tag for tag in dict.fromkeys(add) if tag not in kept]
    told = {**row.properties, **(properties or {})}
    told = {name: value for name, value in told.items() if value is not None}
    values = {"tags": [*kept, *new], "properties": told}
    connection.execute(update(customers).where(*mine).values(**values))
    return new, gone


def consent(
    connection: Connection,
    store_id: str,
    customer_id: str,
    said: Consent,
    *,
    only_after: ConsentState | None = None,
) -> bool:
    """Note what a customer said of a channel just now; False when that was known already.

    `only_after`: it changes nothing but this. Nothing happens to someone who was erased.
    """
    c, prefix = customers.c, f"{said.channel}_consent"
    state = c[prefix]
    mine = [c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None)]
    mine.append(or_(state.is_(None), state != said.state.value))
    if only_after is not None:
        mine.append(state == only_after.value)
    values = {
        prefix: said.state.value,
        f"{prefix}_source": said.source.value,
        f"{prefix}_at": said.changed_at,
    }
    return connection.execute(update(customers).where(*mine).values(**values)).rowcount == 1


def proven(connection: Connection, store_id: str, customer_id: str, said: Consent) -> bool:
    """Note what a yes that stands already rests on from now; False: on this already."""
    c, prefix = customers.c, f"{said.channel}_consent"
    source = c[f"{prefix}_source"]
    mine = (c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None))
    other = (c[prefix] == said.state.value, source.is_distinct_from(said.source.value))
    values = {f"{prefix}_source": said.source.value, f"{prefix}_at": said.changed_at}
    told = update(customers).where(*mine, *other).values(**values)
    return connection.execute(told).rowcount == 1
