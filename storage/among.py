"""`column IN (...)` for any number of values: one parameter, and a statement that stays the same.

A list of parameters is written, read and planned anew for each length; this is prepared once.
"""

from collections.abc import Iterable
from typing import Any, Self

import orjson
from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    ColumnElement,
    Dialect,
    Text,
    TypeDecorator,
    bindparam,
    false,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeEngine


class _Values(TypeDecorator[list[Any]]):
    """Values of one type: an array in PostgreSQL, a JSON array of what SQLite keeps of them."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(ARRAY(self.item))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: list[Any] | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        keep = self.item.dialect_impl(dialect).bind_processor(dialect)
        return orjson.dumps([keep(one) for one in value] if keep else value).decode()


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: object = None) -> Self:  # noqa: ARG002  SQLAlchemy's signature
        """It is a condition by itself: SQLite would compare it with 1, past every index."""
        return self


def among(column: Column[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Say in SQL that a column has one of these values; never, if there are none."""
    wanted = sorted(set(values))
    if not wanted:
        return false()
    return _Among(column, bindparam(None, wanted, type_=_Values(column.type)))


def among_given(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Say the same of values that a kept statement is given by name: a list, not empty."""
    return _Among(column, bindparam(name, type_=_Values(column.type)))


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} = ANY ({values})"


@compiles(_Among)
def _in_json(element: _Among, compiler: SQLCompiler, **more: Any) -> str:
    column, values = (compiler.process(one, **more) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608  our own words
