"""Finding text by its beginning, along an index, in either database."""

import unicodedata
from typing import Any, Self

from sqlalchemy import Boolean, ColumnElement, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

LAST = "\U0010ffff"
"""Sorts behind whatever may follow a beginning."""


def key_of(text: str | None) -> str | None:
    """Give how a name is looked for: without accents and capitals; None for none."""
    if not text:
        return None
    apart = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(one for one in apart if not unicodedata.combining(one)) or None


def begins(column: ColumnElement[Any], beginning: str) -> ColumnElement[bool]:
    """Give the condition that a column begins so; an index of `schema._searched` finds it."""
    return _Between(column, literal(beginning), literal(beginning + LAST))


def really_begins(column: ColumnElement[Any], beginning: str) -> ColumnElement[bool]:
    """Give the same condition for looking at rows that come in an order of their own.

    SQLite would put all rows that an index finds together first, and in order then.
    """
    return _BetweenPastIndexes(column, literal(beginning), literal(beginning + LAST))


class _BetweenPastIndexes(FunctionElement[bool]):
    """(column, first, last): between the two, byte by byte, whatever the collation."""

    type = Boolean()
    inherit_cache = True


class _Between(_BetweenPastIndexes):
    inherit_cache = True

    def self_group(self, against: object = None) -> Self:  # noqa: ARG002  SQLAlchemy's signature
        """It is a condition by itself: SQLite would compare it with 1, past every index."""
        return self


@compiles(_BetweenPastIndexes, "postgresql")
def _in_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, first, last = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} ~>=~ {first} AND {column} ~<~ {last})"


@compiles(_BetweenPastIndexes, "sqlite")
def _in_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    column, first, last = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} >= {first} AND {column} < {last})"
