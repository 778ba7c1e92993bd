"""Many rows in one statement: what is written and counted, whichever way it goes."""

from typing import Any

from sqlalchemy import bindparam, select

from storage.bulk import Insert, Update, insert_rows
from storage.database import Database
from storage.schema import customers, new_id
from tests.seeding import a_store, at

C = customers.c
MOMENT = at("2026-06-01 09:30")


def test_a_kept_statement_writes_every_kind_of_value_and_counts(database: Database) -> None:
    also = {
        "store_id": bindparam("store", type_=C.store_id.type),
        "created_at": bindparam("moment", type_=C.created_at.type),
        "spent": 7,
    }
    kept = Insert(
        customers,
        ("id", "external_id", "first_name", "tags", "is_staff", "deleted_at"),
        new_only=True,
        also=also,
        same={"updated_at": "deleted_at"},
    )
    with database.writing() as connection:
        store_id = a_store(connection, "maple-and-moss.myshopify.com")
        rows = [_customer("Ada", ["vip"]), _customer("it's Bo ?", [])]
        given = {"store": store_id, "moment": MOMENT}
        assert kept.run(connection, rows, **given) == 2
        again = [{**rows[0], "id": new_id()}, _customer("Cid", [])]
        assert kept.run(connection, again, **given) == 1
        assert kept.run(connection, [], **given) == 0
        found = connection.execute(select(customers).order_by(C.first_name)).all()
    assert [(row.first_name, row.tags) for row in found] == [
        ("Ada", ["vip"]), ("Cid", []), ("it's Bo ?", []),
    ]  # fmt: skip
    assert {(row.spent, row.is_staff, row.created_at) for row in found} == {(7, True, MOMENT)}
    assert {(row.deleted_at, row.updated_at, row.store_id) for row in found} == {
        (MOMENT, MOMENT, store_id)
    }


def test_a_kept_change_touches_the_rows_it_names_and_no_other_stores(database: Database) -> None:
    kept = Update(
        customers,
        ("store_id", "id", "first_name"),
        only=[C.spent == bindparam("most", type_=C.spent.type)],
        also={"orders_count": C.orders_count + 1},
    )
    with database.writing() as connection:
        mine = a_store(connection, "maple-and-moss.myshopify.com")
        other = a_store(connection, "stranger.myshopify.com")
        rows = [
            {**_customer(name, []), "store_id": store, "created_at": MOMENT, "updated_at": MOMENT}
            for name, store in (("Ada", mine), ("Bo", mine), ("Cid", other))
        ]
        insert_rows(connection, customers, rows)
        told = [{"store_id": mine, "id": row["id"], "first_name": "New"} for row in rows]
        assert kept.run(connection, told, most=0) == 2
        assert kept.run(connection, told, most=1) == 0
        query = select(C.first_name, C.orders_count).order_by(C.first_name)
        assert [tuple(row) for row in connection.execute(query)] == [
            ("Cid", 0), ("New", 1), ("New", 1),
        ]  # fmt: skip


def _customer(name: str, tags: list[str]) -> dict[str, Any]:
    return {
        "id": new_id(), "external_id": name, "first_name": name, "tags": tags, "is_staff": True,
        "deleted_at": MOMENT,
    }  # fmt: skip
