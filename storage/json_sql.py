"""Words of SQL that look into JSON and texts alike in both databases, by the rules of conditions.

What is of another type than was asked for is NULL, as `marketing.conditions` takes it for no
answer. Each is an expression: who uses it need not know which database will read it.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Dialect,
    Numeric,
    Text,
    TypeDecorator,
    cast,
    func,
    literal,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.text import dumps


class _Path(TypeDecorator[tuple[str, ...]]):
    """The names that lead to a place in a document, as each database writes them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str:
        names = value or ()
        if dialect.name == "postgresql":
            return "{" + ",".join(names) + "}"
        return "$" + "".join(f".{name}" for name in names)


class _JsonText(FunctionElement[str]):
    type = Text()
    inherit_cache = True
    kinds = ("'string'", "'text'")


class _JsonNumber(FunctionElement[Any]):
    type = Numeric(asdecimal=False)
    inherit_cache = True
    kinds = ("'number'", "'integer', 'real'")


class _JsonBool(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True
    kinds = ("'boolean'", "'true', 'false'")


class _JsonThere(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


class _JsonIs(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


class _JsonHas(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True


class _Bytewise(FunctionElement[str]):
    type = Text()
    inherit_cache = True


class _Position(FunctionElement[int]):
    type = BigInteger()
    inherit_cache = True


class _Draw(FunctionElement[int]):
    type = BigInteger()
    inherit_cache = True


def json_text(column: ColumnElement[Any], path: Sequence[str]) -> ColumnElement[str]:
    """Give the text at a path of a document."""
    return _JsonText(column, literal(tuple(path), _Path()))


def json_number(column: ColumnElement[Any], path: Sequence[str]) -> ColumnElement[Any]:
    """Give the number at a path."""
    return _JsonNumber(column, literal(tuple(path), _Path()))


def json_bool(column: ColumnElement[Any], path: Sequence[str]) -> ColumnElement[bool]:
    """Give the true or false at a path."""
    return _JsonBool(column, literal(tuple(path), _Path()))


def json_there(column: ColumnElement[Any], path: Sequence[str]) -> ColumnElement[bool]:
    """Say if there is anything but null at a path."""
    return _JsonThere(column, literal(tuple(path), _Path()))


def json_is(column: ColumnElement[Any], path: Sequence[str], value: Any) -> ColumnElement[bool]:
    """Say if a place in a document has just this value."""
    return _JsonIs(column, literal(tuple(path), _Path()), literal(dumps(value), Text()))


def json_has(column: ColumnElement[Any], path: Sequence[str], value: Any) -> ColumnElement[bool]:
    """Say if the list at a path has a value."""
    return _JsonHas(column, literal(tuple(path), _Path()), literal(dumps(value), Text()))


def bytewise(text: ColumnElement[Any]) -> ColumnElement[str]:
    """Give a text that compares letter by letter, in no language's order."""
    return _Bytewise(text)


def holds_text(text: ColumnElement[Any], part: str) -> ColumnElement[bool]:
    """Say if a text has another in it."""
    return _Position(text, literal(part, Text())) > 0


def begins(text: ColumnElement[Any], start: str) -> ColumnElement[bool]:
    """Say if a text begins with another."""
    return func.substr(text, 1, len(start)) == start


def draw_of(salt: str, customer_id: ColumnElement[Any]) -> ColumnElement[int]:
    """Give `marketing.conditions.draw` of a customer."""
    return _Draw(literal(f"{salt}:", Text()), cast(customer_id, Text()))


def _parts(element: FunctionElement[Any], compiler: SQLCompiler, more: dict[str, Any]) -> list[str]:
    return [compiler.process(one, **more) for one in element.clauses]


@compiles(_JsonText, "postgresql")
@compiles(_JsonNumber, "postgresql")
@compiles(_JsonBool, "postgresql")
def _typed(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    column, path = _parts(element, compiler, more)
    place = f"CAST({path} AS TEXT[])"
    kind = f"jsonb_typeof({column} #> {place}) = {element.kinds[0]}"
    told = f"{column} #>> {place}"
    if not isinstance(element, _JsonText):
        told = f"CAST({told} AS {'NUMERIC' if isinstance(element, _JsonNumber) else 'BOOLEAN'})"
    return f"CASE WHEN {kind} THEN {told} END"


@compiles(_JsonText)
@compiles(_JsonNumber)
@compiles(_JsonBool)
def _typed_lite(element: Any, compiler: SQLCompiler, **more: Any) -> str:
    column, path = _parts(element, compiler, more)
    kind = f"json_type({column}, {path}) IN ({element.kinds[1]})"
    return f"CASE WHEN {kind} THEN json_extract({column}, {path}) END"


@compiles(_JsonThere, "postgresql")
def _there(element: _JsonThere, compiler: SQLCompiler, **more: Any) -> str:
    column, path = _parts(element, compiler, more)
    return f"coalesce(jsonb_typeof({column} #> CAST({path} AS TEXT[])) <> 'null', false)"


@compiles(_JsonThere)
def _there_lite(element: _JsonThere, compiler: SQLCompiler, **more: Any) -> str:
    column, path = _parts(element, compiler, more)
    return f"coalesce(json_type({column}, {path}) <> 'null', false)"


@compiles(_JsonIs, "postgresql")
def _is(element: _JsonIs, compiler: SQLCompiler, **more: Any) -> str:
    column, path, value = _parts(element, compiler, more)
    return f"({column} #> CAST({path} AS TEXT[])) = CAST({value} AS JSONB)"


@compiles(_JsonIs)
def _is_lite(element: _JsonIs, compiler: SQLCompiler, **more: Any) -> str:
    column, path, value = _parts(element, compiler, more)
    place, given = f"json_type({column}, {path})", f"json_type({value})"
    same_kind = f"({place} = {given} OR {place} || {given} IN ('integerreal', 'realinteger'))"
    return f"({same_kind} AND json_extract({column}, {path}) = json_extract({value}, '$'))"


@compiles(_JsonHas, "postgresql")
def _has(element: _JsonHas, compiler: SQLCompiler, **more: Any) -> str:
    column, path, value = _parts(element, compiler, more)
    place = f"{column} #> CAST({path} AS TEXT[])"
    return f"(jsonb_typeof({place}) = 'array' AND {place} @> CAST({value} AS JSONB))"


@compiles(_JsonHas)
def _has_lite(element: _JsonHas, compiler: SQLCompiler, **more: Any) -> str:
    column, path, value = _parts(element, compiler, more)
    same_kind = (
        f"(CASE WHEN json_type({value}) IN ('integer', 'real') THEN 1 ELSE json_type({value}) END)"
        " = (CASE WHEN one.type IN ('integer', 'real') THEN 1 ELSE one.type END)"
    )
    return (
        f"(json_type({column}, {path}) = 'array' AND EXISTS (SELECT 1 "  # noqa: S608  our own words
        f"FROM json_each({column}, {path}) AS one WHERE {same_kind} "
        f"AND one.value = json_extract({value}, '$')))"
    )


@compiles(_Bytewise, "postgresql")
def _in_c(element: _Bytewise, compiler: SQLCompiler, **more: Any) -> str:
    return f'({_parts(element, compiler, more)[0]}) COLLATE "C"'


@compiles(_Bytewise)
def _as_it_is(element: _Bytewise, compiler: SQLCompiler, **more: Any) -> str:
    return _parts(element, compiler, more)[0]


@compiles(_Position, "postgresql")
def _strpos(element: _Position, compiler: SQLCompiler, **more: Any) -> str:
    return f"strpos({', '.join(_parts(element, compiler, more))})"


@compiles(_Position)
def _instr(element: _Position, compiler: SQLCompiler, **more: Any) -> str:
    return f"instr({', '.join(_parts(element, compiler, more))})"


@compiles(_Draw, "postgresql")
def _md5(element: _Draw, compiler: SQLCompiler, **more: Any) -> str:
    salt, customer_id = _parts(element, compiler, more)
    digest = f"md5(CAST({salt} AS TEXT) || {customer_id})"
    return f"CAST(CAST('x' || substr({digest}, 1, 8) AS BIT(32)) AS BIGINT)"


@compiles(_Draw)
def _own_md5(element: _Draw, compiler: SQLCompiler, **more: Any) -> str:
    return f"reprise_draw({', '.join(_parts(element, compiler, more))})"
