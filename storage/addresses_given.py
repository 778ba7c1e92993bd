"""Numbers that customers write from: theirs, unless somebody has shown to have them."""

from sqlalchemy import ColumnElement, Connection, and_, or_, select, update

from storage.address_hashes import AddressHash, hashes_of
from storage.schema import customers


def give_phone(
    connection: Connection, store_id: str, customer_id: str, phone: str, address_hash: AddressHash
) -> str | None:
    """Let a customer have the number that they write from if nobody has it; give who has it now.

    None: nobody, for the customer keeps another.
    """
    c = customers.c
    has_it = and_(c.phone == phone, ~c.phone_is_typed)
    holder = _holder(connection, store_id, customer_id, has_it)
    if holder is not None:
        return holder
    has_no_other = or_(c.phone.is_(None), c.phone == phone)
    mine = (c.store_id == store_id, c.id == customer_id, c.erased_at.is_(None), has_no_other)
    given = {"phone": phone, "phone_is_typed": False, **hashes_of({"phone": phone}, address_hash)}
    connection.execute(update(customers).where(*mine).values(**given))
    return _holder(connection, store_id, customer_id, has_it)


def _holder(
    connection: Connection, store_id: str, customer_id: str, has_it: ColumnElement[bool]
) -> str | None:
    """Give who has it: the customer where they do, for a number may be of several."""
    c = customers.c
    query = select(c.id).where(c.store_id == store_id, has_it).order_by(c.id != customer_id, c.id)
    return connection.execute(query.limit(1)).scalar()
