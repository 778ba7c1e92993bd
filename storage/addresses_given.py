"""Addresses and numbers that customers say are theirs: kept where nobody has them."""

from sqlalchemy import ColumnElement, Connection, select, update
from sqlalchemy.exc import IntegrityError

from storage.mirror_customers import email_key
from storage.schema import customers


def give_email(connection: Connection, store_id: str, customer_id: str, email: str) -> str | None:
    """Let a customer who has no address have one that nobody has; give who has it now.

    None: nobody, for the customer keeps another.
    """
    has_it = customers.c.email_key == email_key(email)
    values = {"email": email, "email_key": email_key(email)}
    free = customers.c.email_key.is_(None)
    return _given(connection, store_id, customer_id, has_it, free, values)


def give_phone(connection: Connection, store_id: str, customer_id: str, phone: str) -> str | None:
    """Let a customer who has no number have one that nobody has; give who has it now."""
    has_it, free = customers.c.phone == phone, customers.c.phone.is_(None)
    return _given(connection, store_id, customer_id, has_it, free, {"phone": phone})


def _given(
    connection: Connection,
    store_id: str,
    customer_id: str,
    has_it: ColumnElement[bool],
    free: ColumnElement[bool],
    values: dict[str, str],
) -> str | None:
    holder = _holder(connection, store_id, customer_id, has_it)
    if holder is not None:
        return holder
    c = customers.c
    mine = (c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None), free)
    try:
        with connection.begin_nested():
            connection.execute(update(customers).where(*mine).values(**values))
    except IntegrityError:  # somebody else was given it a moment ago
        pass
    return _holder(connection, store_id, customer_id, has_it)


def _holder(
    connection: Connection, store_id: str, customer_id: str, has_it: ColumnElement[bool]
) -> str | None:
    """Give who has it: the customer where they do, for a number may be of several."""
    c = customers.c
    query = select(c.id).where(c.store_id == store_id, has_it).order_by(c.id != customer_id, c.id)
    return connection.execute(query.limit(1)).scalar()
