"""`among`: any number of values, none too, through the column's own type."""

from sqlalchemy import select

from storage.among import among
from storage.database import Database
from storage.schema import customers
from tests.seeding import Rows, a_store, at


def test_finds_the_named_and_no_others(database: Database) -> None:
    with database.writing() as connection:
        rows = Rows(connection, a_store(connection, "maple-and-moss.myshopify.com"))
        ada, bob, cid = (rows.customer(name) for name in ("Ada", "Bob", "Cid"))
    c = customers.c
    with database.reading() as connection:

        def found(*conditions: object) -> set[str]:
            return set(connection.execute(select(c.first_name).where(*conditions)).scalars())

        assert found(among(c.id, [ada, cid, ada])) == {"Ada", "Cid"}
        assert found(among(c.id, [])) == set()
        assert found(~among(c.id, [ada])) == {"Bob", "Cid"}
        assert found(among(c.first_name, ["Ada", "it's"])) == {"Ada"}
        assert found(among(c.created_at, [at("2026-06-01 00:00")])) == {"Ada", "Bob", "Cid"}
        assert found(among(c.id, [bob]), c.id == bob) == {"Bob"}
