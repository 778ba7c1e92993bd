"""Many rows in one statement: written and changed, as quickly as either database can.

PostgreSQL gets all rows as one JSON parameter (half the work of `executemany` for both ends);
SQLite, in our own process, gets them one by one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import TableValuedAlias

from storage.dialect import is_sqlite

Rows = Sequence[Mapping[str, Any]]
KEY = ("store_id", "id")


def insert_rows(connection: Connection, table: Table, rows: Rows, *, new_only: bool = False) -> int:
    """Insert rows that all bring the same columns; give how many went in.

    With `new_only` a row that a unique key refuses is left out; else it is an error.
    """
    if not rows:
        return 0
    names = list(rows[0])
    if is_sqlite(connection):
        statement = sqlite.insert(table)
        if new_only:
            statement = statement.on_conflict_do_nothing()
        return connection.execute(statement, list(rows)).rowcount
    told = _recordset(table, names)
    query = postgresql.insert(table).from_select(
        names, select(*[told.c[name] for name in names]), include_defaults=False
    )
    if new_only:
        query = query.on_conflict_do_nothing()
    return connection.execute(query, {"rows": _json(rows)}).rowcount


def update_rows(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    match: Sequence[str] = KEY,
    only: Sequence[ColumnElement[bool]] = (),
    also: Mapping[str, Any] | None = None,
) -> int:
    """Change rows found by their `match` columns; give how many were.

    Each row brings `match` and its new values; `only` says which rows may be changed at all,
    `also` sets further columns alike in all of them.
    """
    if not rows:
        return 0
    names = list(rows[0])
    told: dict[str, ColumnElement[Any]]
    if is_sqlite(connection):
        told = {name: bindparam(f"told_{name}", type_=table.c[name].type) for name in names}
        parameters: Any = [{f"told_{name}": row[name] for name in names} for row in rows]
    else:
        told = dict(_recordset(table, names).c)
        parameters = {"rows": _json(rows)}
    changed = {name: told[name] for name in names if name not in match}
    statement = (
        update(table)
        .where(*[table.c[name] == told[name] for name in match], *only)
        .values({**changed, **(also or {})})
    )
    return connection.execute(statement, parameters).rowcount


def _recordset(table: Table, names: Sequence[str]) -> TableValuedAlias:
    columns = [column(name, table.c[name].type) for name in names]
    rows = cast(bindparam("rows", type_=Text()), postgresql.JSON)
    return (
        func.json_to_recordset(rows)
        .table_valued(*columns)
        .render_derived(name="told", with_types=True)
    )


def _json(rows: Rows) -> str:
    return orjson.dumps(list(rows)).decode()
