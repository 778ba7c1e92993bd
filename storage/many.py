"""Many rows in one statement: found by their keys, inserted where new, rewritten where known.

PostgreSQL gets them as one JSON parameter, which costs both ends half of what a list of
parameters does; SQLite, in our own process, gets plain parameters.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Insert,
    LargeBinary,
    Row,
    Select,
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
from sqlalchemy.dialects.postgresql import psycopg
from sqlalchemy.sql.selectable import TableValuedAlias

from storage.database import BUSINESS_NOW, business_now
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
    lite = is_sqlite(connection)
    query = _find(table, tuple(names), tuple(columns or table.c), lock=lock, lite=lite)
    return list(connection.execute(query, {ROWS: _as_json(names, wanted, lite=lite)}))


@cache
def _find(
    table: Table,
    names: tuple[str, ...],
    columns: tuple[ColumnElement[Any], ...],
    *,
    lock: bool,
    lite: bool,
) -> Select[Any]:
    told = _match(table, names, lite=lite)
    query = select(*columns).where(told).order_by(*table.primary_key.columns)
    return query.with_for_update(of=table) if lock else query


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys as a query joins them: `match` ties a table's columns to them."""

    match: ColumnElement[bool]
    parameters: Mapping[str, str]


def told_keys(
    connection: Connection, table: Table, names: Sequence[str], keys: Sequence[Sequence[Any]]
) -> Keys:
    """Give a condition: the columns `names` hold one of `keys`. Each key is given once."""
    lite = is_sqlite(connection)
    return Keys(_match(table, names, lite=lite), {ROWS: _as_json(names, keys, lite=lite)})


def _match(table: Table, names: Sequence[str], *, lite: bool) -> ColumnElement[bool]:
    if not lite:
        told = recordset(table, names).c
        return and_(*[table.c[name] == told[name] for name in names])
    each = func.json_each(bindparam(ROWS, type_=Text())).table_valued("value", name="told")
    places = [
        func.json_extract(each.c.value, f"$[{at}]", type_=table.c[name].type)
        for at, name in enumerate(names)
    ]
    return and_(*[table.c[name] == place for name, place in zip(names, places, strict=True)])


def _as_json(names: Sequence[str], keys: Sequence[Sequence[Any]], *, lite: bool) -> str:
    return dumps(keys if lite else [dict(zip(names, key, strict=True)) for key in keys])


def insert_new(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    key: Sequence[str],
    returning: Sequence[Column[Any]],
    now: str | None = None,
) -> list[Row[Any]]:
    """Insert the rows whose unique `key` is not there yet; give `returning` of those inserted.

    The column named `now` gets the business time, in PostgreSQL without a question of its own.
    """
    if not rows:
        return []
    lite = is_sqlite(connection)
    statement = _insert_new(table, tuple(rows[0]), tuple(key), tuple(returning), now, lite=lite)
    given = _dated(connection, rows, now) if lite else {ROWS: _rows_as_json(table, rows)}
    return list(connection.execute(statement, given))


def one_new_row(table: Table, names: Sequence[str], *, key: Sequence[str], now: str) -> str:
    """Give the words of `insert_new` for one row, with named places, for PostgreSQL's driver."""
    statement = postgresql.insert(table).values(
        {**{n: bindparam(n) for n in names}, now: BUSINESS_NOW}
    )
    new_only = statement.on_conflict_do_nothing(index_elements=list(key))
    return str(new_only.compile(dialect=psycopg.dialect()))  # type: ignore[no-untyped-call]


def _dated(connection: Connection, rows: Rows, now: str | None) -> list[Mapping[str, Any]]:
    if now is None:
        return list(rows)
    moment = business_now(connection)
    return [{**row, now: moment} for row in rows]


@cache
def _insert_new(
    table: Table,
    names: tuple[str, ...],
    key: tuple[str, ...],
    returning: tuple[Column[Any], ...],
    now: str | None,
    *,
    lite: bool,
) -> Insert:
    if lite:
        plain = sqlite.insert(table)
        return plain.on_conflict_do_nothing(index_elements=list(key)).returning(*returning)
    source, all_names = _source(table, names), list(names)
    if now is not None:
        source, all_names = source.add_columns(BUSINESS_NOW.label(now)), [*names, now]
    query = postgresql.insert(table).from_select(all_names, source, include_defaults=False)
    return query.on_conflict_do_nothing(index_elements=list(key)).returning(*returning)


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
    lite = is_sqlite(connection)
    keys = tuple(key) or tuple(one.name for one in table.primary_key)
    statement = _upsert(table, tuple(rows[0]), keys, frozenset(keep), lite=lite)
    connection.execute(statement, list(rows) if lite else {ROWS: _rows_as_json(table, rows)})


@cache
def _upsert(
    table: Table,
    names: tuple[str, ...],
    keys: tuple[str, ...],
    keep: frozenset[str],
    *,
    lite: bool,
) -> Insert:
    changed = [name for name in names if name not in keys and name not in keep]
    if lite:
        plain = sqlite.insert(table)
        told = {name: plain.excluded[name] for name in changed}
        return plain.on_conflict_do_update(index_elements=keys, set_=told)
    query = postgresql.insert(table).from_select(
        list(names), _source(table, names), include_defaults=False
    )
    told = {name: query.excluded[name] for name in changed}
    return query.on_conflict_do_update(index_elements=keys, set_=told)


def _source(table: Table, names: Sequence[str]) -> Select[Any]:
    """Select the rows out of the parameter; bytes come in it as base64."""
    told = recordset(table, names).c
    binary = _binary(table, names)
    return select(*[
        func.decode(told[name], "base64") if name in binary else told[name] for name in names
    ])  # fmt: skip


def _binary(table: Table, names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for name in names if isinstance(table.c[name].type, LargeBinary))


def _rows_as_json(table: Table, rows: Rows) -> str:
    binary = _binary(table, rows[0])
    if not binary:
        return dumps(list(rows))
    return dumps([{**row, **{name: _base64(row[name]) for name in binary}} for row in rows])


def _base64(value: bytes | None) -> str | None:
    return None if value is None else b64encode(value).decode()


def recordset(table: Table, names: Sequence[str]) -> TableValuedAlias:
    """Give rows out of the JSON parameter `rows`, typed as the table's columns. PostgreSQL."""
    binary = _binary(table, names)
    columns = [column(n, Text() if n in binary else table.c[n].type) for n in names]
    rows = cast(bindparam(ROWS, type_=Text()), postgresql.JSON)
    return (
        func.json_to_recordset(rows)
        .table_valued(*columns)
        .render_derived(name="told", with_types=True)
    )
