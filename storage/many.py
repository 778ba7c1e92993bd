"""Many rows in one statement: found by their keys, inserted where new, rewritten where known.

PostgreSQL gets them as one JSON parameter, which costs both ends half of what a list of
parameters does; SQLite, in our own process, gets plain parameters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    LargeBinary,
    Row,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    column,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import TableValuedAlias

from storage.dialect import is_sqlite
from storage.text import dumps

Rows = Sequence[Mapping[str, Any]]
ROWS = "rows"


def find_rows(
    connection: Connection,
    table: Table,
    names: Sequence[str],
    keys: Iterable[Sequence[Any]],
    columns: Sequence[ColumnElement[Any]] = (),
    *,
    lock: bool = False,
) -> list[Row[Any]]:
    """Give the rows whose columns `names` hold one of `keys`; all columns unless named.

    With `lock` they stay as they are until the transaction ends; the order is that of the
    primary key, so that two who lock the same rows don't wait for each other in a ring.
    """
    wanted = sorted(set(map(tuple, keys)))
    if not wanted:
        return []
    told = told_keys(connection, table, names, wanted)
    query = select(*(columns or table.c)).where(told.match).order_by(*table.primary_key.columns)
    if lock:
        query = query.with_for_update(of=table)
    return list(connection.execute(query, told.parameters))


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys as a query joins them: `match` ties a table's columns to them."""

    match: ColumnElement[bool]
    parameters: Mapping[str, str]


def told_keys(
    connection: Connection, table: Table, names: Sequence[str], keys: Sequence[Sequence[Any]]
) -> Keys:
    """Give a condition: the columns `names` hold one of `keys`. Each key is given once."""
    if is_sqlite(connection):
        return _keys_of_sqlite(table, names, keys)
    told = recordset(table, names).c
    match = and_(*[table.c[name] == told[name] for name in names])
    return Keys(match, {ROWS: dumps([dict(zip(names, key, strict=True)) for key in keys])})


def _keys_of_sqlite(table: Table, names: Sequence[str], keys: Sequence[Sequence[Any]]) -> Keys:
    told = func.json_each(bindparam(ROWS, type_=Text())).table_valued("value", name="told")
    pairs = [
        table.c[name] == func.json_extract(told.c.value, f"$[{at}]", type_=table.c[name].type)
        for at, name in enumerate(names)
    ]
    return Keys(and_(*pairs), {ROWS: dumps(keys)})


def insert_new(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    key: Sequence[str],
    returning: Sequence[Column[Any]],
) -> list[Row[Any]]:
    """Insert the rows whose unique `key` is not there yet; give `returning` of those inserted."""
    if not rows:
        return []
    if is_sqlite(connection) or any(isinstance(table.c[n].type, LargeBinary) for n in rows[0]):
        return _insert_new_plainly(connection, table, rows, key=key, returning=returning)
    names = list(rows[0])
    query = (
        postgresql.insert(table)
        .from_select(names, select(*recordset(table, names).c), include_defaults=False)
        .on_conflict_do_nothing(index_elements=list(key))
        .returning(*returning)
    )
    return list(connection.execute(query, {ROWS: dumps(list(rows))}))


def _insert_new_plainly(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    key: Sequence[str],
    returning: Sequence[Column[Any]],
) -> list[Row[Any]]:
    insert = sqlite.insert if is_sqlite(connection) else postgresql.insert
    query = insert(table).on_conflict_do_nothing(index_elements=list(key)).returning(*returning)
    return list(connection.execute(query, list(rows)))


def upsert_rows(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    key: Sequence[str] = (),
    keep: Iterable[str] = (),
) -> None:
    """Insert rows; rewrite those whose key (the primary key, unless named) is there.

    Rewritten are the columns that the rows bring, but those named in `keep`. All rows bring the
    same columns, and no key twice.
    """
    if not rows:
        return
    names = list(rows[0])
    keys = list(key) or [one.name for one in table.primary_key]
    changed = [name for name in names if name not in keys and name not in set(keep)]
    if is_sqlite(connection):
        plain = sqlite.insert(table)
        told = {name: plain.excluded[name] for name in changed}
        connection.execute(plain.on_conflict_do_update(index_elements=keys, set_=told), list(rows))
        return
    source = select(*recordset(table, names).c)
    query = postgresql.insert(table).from_select(names, source, include_defaults=False)
    told = {name: query.excluded[name] for name in changed}
    statement = query.on_conflict_do_update(index_elements=keys, set_=told)
    connection.execute(statement, {ROWS: dumps(list(rows))})


def recordset(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """Give rows out of the JSON parameter `rows`, typed as the table's columns. PostgreSQL."""
    columns = [column(name, table.c[name].type) for name in names]
    rows = cast(bindparam(ROWS, type_=Text()), postgresql.JSON)
    return (
        func.json_to_recordset(rows)
        .table_valued(*columns)
        .render_derived(name="told", with_types=True)
    )
