"""Connections of the Admin API: search, order, cursors, pages."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from graphql import GraphQLError

from sandbox.state import Record

Node = dict[str, Any]
_TERM = re.compile(r"(\w+):(<=|>=|<|>)?(?:'([^']*)'|\"([^\"]*)\"|(\S+))")
_SORTS = {"UPDATED_AT": "updated_at", "CREATED_AT": "created_at", "PROCESSED_AT": "created_at",
          "ID": "id", "CHECKOUT_ID": "number"}  # fmt: skip
_MOST = 250


def page(
    records: list[Record], args: dict[str, Any], node: Callable[[Record], Node], default: str = "ID"
) -> Node:
    """A connection of the records that `query` finds, sorted by `sortKey`, from `after` on."""
    sort = _SORTS.get(args.get("sortKey") or default, "id")
    found = [record for record in records if matches(record, args.get("query") or "")]
    found.sort(key=lambda r: _place(r, sort), reverse=bool(args.get("reverse")))
    if after := args.get("after"):
        found = _after(found, after, sort, backwards=bool(args.get("reverse")))
    first = args.get("first")
    if first is None or not 0 < first <= _MOST:
        raise GraphQLError(f'you must provide "first", at most {_MOST}')
    shown = found[:first]
    return connection(
        [node(r) for r in shown], [_cursor(r, sort) for r in shown], more=len(found) > first
    )


def connection(nodes: list[Node], cursors: list[str] | None = None, *, more: bool = False) -> Node:
    """Nodes as a connection, with edges for those who ask for them."""
    cursors = cursors or [str(i) for i in range(len(nodes))]
    return {
        "nodes": nodes,
        "edges": [{"node": n, "cursor": c} for n, c in zip(nodes, cursors, strict=True)],
        "pageInfo": {
            "hasNextPage": more,
            "hasPreviousPage": False,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        },
    }


def of_list(nodes: list[Node]) -> Callable[..., Node]:
    """A nested connection over a short list."""

    def resolve(
        _info: object, first: int | None = None, after: str | None = None, **_: object
    ) -> Node:
        start = int(after) + 1 if after else 0
        end = len(nodes) if first is None else start + first
        shown = nodes[start:end]
        return connection(shown, [str(start + i) for i in range(len(shown))], more=len(nodes) > end)

    return resolve


def problem(field: list[str], message: str, code: str) -> Node:
    """One of `userErrors`."""
    return {"field": field, "message": message, "code": code, "extraInfo": None}


def matches(record: Record, query: str) -> bool:
    """Shopify's search syntax, as far as we need it: `updated_at:>'2026-11-01'` and such."""
    rest = _TERM.sub("", query).replace("AND", "").strip()
    if rest:
        raise GraphQLError(f"the sandbox does not read the search {rest!r}")
    return all(_term_holds(record, term) for term in _TERM.finditer(query))


def _term_holds(record: Record, term: re.Match[str]) -> bool:
    field, compare = term[1], term[2] or ""
    wanted = term[3] or term[4] or term[5] or ""
    if field in {"updated_at", "created_at", "processed_at"}:
        key = "created_at" if field == "processed_at" else field
        return _compared(_moment(record[key]), compare, _moment(wanted))
    if field == "id":
        return _compared(float(record["id"]), compare, float(wanted.rsplit("/", 1)[-1]))
    if field in {"email", "status", "test", "handle"}:
        return str(record.get(field, "")).casefold() == wanted.casefold()
    raise GraphQLError(f"the sandbox does not search by {field!r}")


def _compared(a: Any, how: str, b: Any) -> bool:
    results = {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b, "": a == b}
    return bool(results[how])


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _place(record: Record, sort: str) -> tuple[Any, int]:
    return record[sort], int(record.get("number") or 0)


def _cursor(record: Record, sort: str) -> str:
    return base64.b64encode(orjson.dumps(_place(record, sort))).decode()


def _after(found: list[Record], after: str, sort: str, *, backwards: bool) -> list[Record]:
    try:
        place = tuple(orjson.loads(base64.b64decode(after)))
    except ValueError as cause:
        raise GraphQLError("invalid cursor") from cause
    if backwards:
        return [record for record in found if _place(record, sort) < place]
    return [record for record in found if _place(record, sort) > place]
