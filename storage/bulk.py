"""Many rows in one statement: written and changed, as quickly as either database can.

PostgreSQL gets all rows as one JSON parameter (half the work of `executemany` for both ends);
SQLite, in our own process, gets them one by one.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.dialect import is_sqlite
from storage.lite_rows import GIVEN, LiteStatement
from storage.many import recordset
from storage.text import dumps

Rows = Sequence[Mapping[str, Any]]
KEY = ("store_id", "id")


class Insert:
    """A statement for rows that all bring the same columns, built once and kept.

    With `new_only` a row that a unique key refuses is left out; else it is an error. `also`
    sets further columns alike in all rows; it may hold parameters (`bindparam`), which `run`
    is given by name, and `same`: column -> the brought column whose value it takes, too.
    """

    def __init__(
        self,
        table: Table,
        names: Sequence[str],
        *,
        new_only: bool = False,
        also: Mapping[str, Any] | None = None,
        same: Mapping[str, str] | None = None,
    ) -> None:
        self._names, further, alike = tuple(names), dict(also or {}), dict(same or {})
        given = {name: bindparam(f"{GIVEN}{name}", type_=table.c[name].type) for name in names}
        copies = {name: given[source] for name, source in alike.items()}
        self._lite: sqlite.Insert = sqlite.insert(table).values({**given, **copies, **further})
        told = recordset(table, names).c
        columns: dict[str, ColumnElement[Any]] = {name: told[name] for name in names}
        columns |= {name: told[source] for name, source in alike.items()}
        columns |= {name: _expression(table, name, value) for name, value in further.items()}
        self._postgresql: postgresql.Insert = postgresql.insert(table).from_select(
            list(columns), select(*columns.values()), include_defaults=False
        )
        if new_only:
            self._lite = self._lite.on_conflict_do_nothing()
            self._postgresql = self._postgresql.on_conflict_do_nothing()
        # Else the count of an INSERT is not kept.
        self._lite = self._lite.execution_options(preserve_rowcount=True)
        self._postgresql = self._postgresql.execution_options(preserve_rowcount=True)
        self._in_sqlite = LiteStatement(self._lite)

    def run(self, connection: Connection, rows: Rows, **parameters: Any) -> int:
        """Insert the rows; give how many went in."""
        return _run(connection, self._in_sqlite, self._postgresql, rows, parameters)

    def run_once(self, connection: Connection, rows: Rows) -> int:
        """Do the same with a statement that is not kept: SQLAlchemy may know its words."""
        return _run_once(connection, (self._lite, self._postgresql), self._names, rows)


class Update:
    """A statement that changes rows found by their `match` columns, built once and kept.

    Each row brings `names`: its `match` columns and its new values. `only` says which rows may
    be changed at all, `also` sets further columns alike in all of them; both may hold
    parameters (`bindparam`), which `run` is given by name.
    """

    def __init__(
        self,
        table: Table,
        names: Sequence[str],
        *,
        match: Sequence[str] = KEY,
        only: Sequence[ColumnElement[bool]] = (),
        also: Mapping[str, Any] | None = None,
    ) -> None:
        self._names = tuple(names)
        given = {name: bindparam(f"{GIVEN}{name}", type_=table.c[name].type) for name in names}
        told = recordset(table, names).c
        changed = [name for name in names if name not in match]
        self._lite, self._postgresql = (
            update(table)
            .where(*[table.c[name] == source[name] for name in match], *only)
            .values({**{name: source[name] for name in changed}, **(also or {})})
            for source in (given, told)
        )
        self._in_sqlite = LiteStatement(self._lite)

    def run(self, connection: Connection, rows: Rows, **parameters: Any) -> int:
        """Change the rows; give how many were."""
        return _run(connection, self._in_sqlite, self._postgresql, rows, parameters)

    def run_once(self, connection: Connection, rows: Rows) -> int:
        """Do the same with a statement that is not kept: SQLAlchemy may know its words."""
        return _run_once(connection, (self._lite, self._postgresql), self._names, rows)


def _run(
    connection: Connection,
    lite: LiteStatement,
    postgresql_: Any,
    rows: Rows,
    parameters: Mapping[str, Any],
) -> int:
    if not rows:
        return 0
    if is_sqlite(connection):
        return lite.run(connection, rows, parameters)
    return connection.execute(postgresql_, {**parameters, "rows": dumps(list(rows))}).rowcount


def _run_once(
    connection: Connection, statements: tuple[Any, Any], names: Sequence[str], rows: Rows
) -> int:
    lite, postgresql_ = statements
    if not is_sqlite(connection):
        return connection.execute(postgresql_, {"rows": dumps(list(rows))}).rowcount
    given = [{f"{GIVEN}{name}": row[name] for name in names} for row in rows]
    return connection.execute(lite, given).rowcount


def _expression(table: Table, name: str, value: Any) -> ColumnElement[Any]:
    return value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)


def insert_rows(connection: Connection, table: Table, rows: Rows, *, new_only: bool = False) -> int:
    """Insert rows by a statement built for them; for what is done rarely. See `Insert`."""
    if not rows:
        return 0
    return Insert(table, list(rows[0]), new_only=new_only).run_once(connection, rows)


def update_rows(
    connection: Connection,
    table: Table,
    rows: Rows,
    *,
    match: Sequence[str] = KEY,
    only: Sequence[ColumnElement[bool]] = (),
    also: Mapping[str, Any] | None = None,
) -> int:
    """Change rows by a statement built for them; for what is done rarely. See `Update`."""
    if not rows:
        return 0
    return Update(table, list(rows[0]), match=match, only=only, also=also).run_once(
        connection, rows
    )
