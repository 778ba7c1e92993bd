"""The statements that PostgreSQL and SQLite want in different words. No other file asks which."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import Insert as PostgresqlInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.sql.dml import ReturningUpdate

Rows = Sequence[Mapping[str, Any]]
SIGNED = 0x7FFF_FFFF_FFFF_FFFF


def is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _insert(connection: Connection, table: Table) -> SqliteInsert | PostgresqlInsert:
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def upsert(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    keep: Iterable[str] = (),
    key: Sequence[str] = (),
) -> None:
    """Insert rows; where the key (the primary key, unless named) is there, rewrite its columns.

    Rewritten are the columns that the rows bring, but those named in `keep`. All rows bring the
    same columns, and no key twice.
    """
    if not rows:
        return
    keys = list(key) or [column.name for column in table.primary_key]
    statement = _insert(connection, table)
    changed = [name for name in rows[0] if name not in keys and name not in set(keep)]
    excluded = {name: statement.excluded[name] for name in changed}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=excluded), list(rows)
    )


def insert_or_update(
    connection: Connection, table: Table, names: Sequence[str], query: Select[Any]
) -> None:
    """Insert what a query selects; rewrite the rows of known primary keys that differ from it.

    In SQLite the query has to end in a WHERE: without one its parser is in doubt.
    """
    keys = [column.name for column in table.primary_key]
    told = [name for name in names if name not in keys]
    statement = _insert(connection, table).from_select(list(names), query, include_defaults=False)
    differs = or_(*(table.c[name] != statement.excluded[name] for name in told))
    excluded = {name: statement.excluded[name] for name in told}
    connection.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=excluded, where=differs)
    )


def claim(
    connection: Connection,
    table: Table,
    chosen: Select[Any],
    values: Mapping[str, Any],
    returning: Sequence[ColumnElement[Any]] = (),
) -> list[Row[Any]]:
    """Take the rows that `chosen` selects (its columns: the primary key) by setting `values`.

    In PostgreSQL rows that another claim is just taking are skipped, not waited for; SQLite has
    one writer at a time. Gives `returning`, or the whole rows, in no particular order.
    """
    statement = claiming(is_sqlite(connection), table, chosen, values, returning)
    return list(connection.execute(statement))


def claiming(
    in_sqlite: bool,  # noqa: FBT001  which of the two wants it
    table: Table,
    chosen: Select[Any],
    values: Mapping[str, Any],
    returning: Sequence[ColumnElement[Any]] = (),
) -> ReturningUpdate[Any]:
    """Give the statement of `claim`, to be kept where it is used often."""
    if not in_sqlite:
        chosen = chosen.with_for_update(skip_locked=True)
    taken = chosen.cte("taken")
    key = tuple_(*table.primary_key.columns)
    return (
        update(table)
        .where(key.in_(select(*taken.columns)))
        .values(**values)
        .returning(*(returning or table.columns))
    )


def lock_stores(connection: Connection, store_ids: Iterable[str]) -> None:
    """Let one transaction at a time mirror a store; SQLite's single writer needs no more."""
    if not is_sqlite(connection):
        keys = sorted({UUID(store_id).int >> 64 & SIGNED for store_id in store_ids})
        listed = func.unnest(bindparam("keys", keys, ARRAY(BigInteger))).column_valued("key")
        connection.execute(select(func.pg_advisory_xact_lock(listed)))


def lock_claims(connection: Connection, verb: str) -> None:
    """Let one transaction at a time look for rows that nobody has taken."""
    if not is_sqlite(connection):
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(verb, 0))))


def next_transaction(connection: Connection) -> int:
    """Give a number above that of every transaction that has written something by now."""
    if is_sqlite(connection):
        return 0
    latest = cast(cast(func.pg_snapshot_xmax(func.pg_current_snapshot()), Text), BigInteger)
    return int(connection.execute(select(latest)).scalar_one())


def oldest_running(connection: Connection) -> int:
    """Give a number below which no transaction runs any more; SQLite has one writer at a time."""
    if is_sqlite(connection):
        return 0
    oldest = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
    return int(connection.execute(select(oldest)).scalar_one())


def contains_bytes(
    connection: Connection, column: Column[bytes | None], text: str
) -> ColumnElement[bool]:
    """Say in SQL that the bytes of a text stand in a binary column."""
    if is_sqlite(connection):
        return func.instr(column, text.encode()) > 0
    return func.position(literal(text.encode()).op("IN")(column)) > 0
