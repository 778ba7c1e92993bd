"""What flows change about a customer: tags, and properties of our own."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

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
