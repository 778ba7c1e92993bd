"""Shopify's own schemas, Admin and Storefront, and the execution of documents on them."""

import contextlib
import functools
import gzip
import math
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    build_client_schema,
    default_field_resolver,
    parse,
    validate,
)

_SCHEMAS = Path(__file__).parent.parent / "tests/oracles/node_modules/@shopify/dev-mcp/dist/data"


class NoSchema(Exception):
    """The schema's package is not there; the message says how to get it."""


_building = threading.Lock()


def schema() -> GraphQLSchema:
    """The Admin API 2026-10, built once (half a second, 90 MB)."""
    with _building:
        return _build("admin_2026-10")


def storefront_schema() -> GraphQLSchema:
    """The Storefront API 2026-10."""
    with _building:
        return _build("storefront-graphql_2026-10")


def warm_up() -> None:
    """Build it ahead of the first query; without its package the query will say so."""
    with contextlib.suppress(NoSchema):
        schema()


@functools.cache
def _build(name: str) -> GraphQLSchema:
    path = _SCHEMAS / f"{name}.json.gz"
    if not path.exists():
        raise NoSchema(f"the schema {name} is missing: run `npm ci` in tests/oracles")
    with gzip.open(path) as packed:
        introspection = orjson.loads(packed.read())
    return build_client_schema(introspection["data"], assume_valid=True)


@functools.lru_cache(maxsize=256)
def read_document(text: str) -> tuple[DocumentNode | None, tuple[GraphQLError, ...]]:
    """Parse and validate once per text."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return None, (error,)
    return document, tuple(validate(schema(), document))


def resolve(source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
    """A field of one of our nodes; what we don't play is an error, never a silent null."""
    if isinstance(source, Mapping) and info.field_name not in source:
        place = f"{info.parent_type.name}.{info.field_name}"
        raise GraphQLError(f"the sandbox does not play {place}", info.field_nodes)
    info.context.check(info)
    return default_field_resolver(source, info, **args)


def operation_name(document: DocumentNode, wanted: str | None) -> str:
    for definition in document.definitions:
        name = getattr(definition, "name", None)
        if (
            isinstance(definition, OperationDefinitionNode)
            and name
            and wanted in {None, name.value}
        ):
            return str(name.value)
    return ""


def cost(document: DocumentNode, variables: Mapping[str, Any]) -> int:
    """About what Shopify asks: 1 an object, connections by the logarithm of `first`, mutations 10.

    The real formula is not public; ours is smooth and has the right order of magnitude.
    """
    total = 0.0
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            total += 10 if definition.operation.value == "mutation" else 0
            total += _selection_cost(definition.selection_set, variables)
    return max(1, round(total))


def _selection_cost(selections: SelectionSetNode | None, variables: Mapping[str, Any]) -> float:
    if selections is None:
        return 0
    total = 0.0
    for node in selections.selections:
        inner = _selection_cost(getattr(node, "selection_set", None), variables)
        if isinstance(node, FieldNode) and node.selection_set:
            size = _size(node, variables)
            inner = 1 + inner if size is None else 2 + (1 + inner) * math.log2(1 + size) / 2
        total += inner
    return total


def _size(node: FieldNode, variables: Mapping[str, Any]) -> int | None:
    """How many a connection field asks for; None for other fields."""
    for argument in node.arguments or ():
        if argument.name.value in {"first", "last"}:
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                return int(variables.get(argument.value.name.value) or 0)
    return None
