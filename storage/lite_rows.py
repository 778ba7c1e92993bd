"""A kept statement as SQLite's driver takes it: a tuple a row, without a mapping for each."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase

GIVEN = "told_"
"""How the parameters begin that each row brings; the rest of the name is the column's."""
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A question mark of the statement: what stands there, and how it is written."""

    name: str
    value: Any
    """Of a parameter that is nobody's: the statement's own."""
    write: Callable[[Any], Any] | None

    def of(self, rows: Rows, parameters: Mapping[str, Any]) -> Iterable[Any]:
        """Give its value for each row."""
        if self.name.startswith(GIVEN):
            column = self.name.removeprefix(GIVEN)
            told = [row[column] for row in rows]
            return map(self.write, told) if self.write else told
        value = parameters.get(self.name, self.value)
        return repeat(self.write(value) if self.write else value, len(rows))


class LiteStatement:
    """An INSERT or UPDATE, compiled at its first run and kept."""

    def __init__(self, statement: UpdateBase) -> None:
        self._statement = statement
        self._kept: tuple[str, list[_Place]] | None = None

    def run(self, connection: Connection, rows: Rows, parameters: Mapping[str, Any]) -> int:
        """Do it for each row; give how many rows of the table it touched."""
        words, places = self._kept or self._compiled(connection)
        told = list(zip(*(place.of(rows, parameters) for place in places), strict=True))
        count = {"preserve_rowcount": True}  # else that of an INSERT is not kept
        return connection.exec_driver_sql(words, told, execution_options=count).rowcount

    def _compiled(self, connection: Connection) -> tuple[str, list[_Place]]:
        compiled = self._statement.compile(dialect=connection.dialect)
        if not isinstance(compiled, SQLCompiler) or compiled.insert_prefetch:
            raise TypeError("a column's default in Python is not written by this")
        values = compiled.params
        places = []
        for name in compiled.positiontup or ():
            own = compiled.binds[name].type.dialect_impl(connection.dialect)
            places.append(_Place(name, values[name], own.bind_processor(connection.dialect)))
        self._kept = str(compiled), places
        return self._kept
