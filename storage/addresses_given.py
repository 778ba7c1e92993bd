"""Numbers that customers say are theirs: kept where nobody has them."""

from sqlalchemy import ColumnElement, Connection, select, update

from storage.schema import customers


def give_phone(connection: Connection, store_id: str, customer_id: str, phone: str) -> str | None:
    """Let a customer who has no number have one that nobody has; give who has it now.

    None: nobody, for the customer keeps another.
    """
    has_it = customers.c.phone == phone
    holder = _holder(connection, store_id, customer_id, has_it)
    if holder is not None:
        return holder
    c = customers.c
    mine = (c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None), c.phone.is_(None))
    connection.execute(update(customers).where(*mine).values(phone=phone))
    return _holder(connection, store_id, customer_id, has_it)


def _holder(
    connection: Connection, store_id: str, customer_id: str, has_it: ColumnElement[bool]
) -> str | None:
    """Give who has it: the customer where they do, for a number may be of several."""
    c = customers.c
    query = select(c.id).where(c.store_id == store_id, has_it).order_by(c.id != customer_id, c.id)
    return connection.execute(query.limit(1)).scalar()
