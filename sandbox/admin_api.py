"""The Admin GraphQL API: tokens, throttling, faults, and documents run on the real schema."""

import threading
import time
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, jsonify, request
from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLResolveInfo, execute_sync

from sandbox.admin_mutations import mutations
from sandbox.admin_queries import queries
from sandbox.admin_schema import NoSchema, cost, operation_name, read_document, resolve, schema
from sandbox.faults import Fault
from sandbox.webhooks import API_VERSION
from sandbox.world import World

Answer = Response | tuple[Response, int]
_BUCKET = 2000.0
_RESTORE = 100.0
_MOST_COST = 1000


@dataclass
class _Context:
    """What a run may run into: a field that this app is not allowed to see."""

    denied: str = ""

    def check(self, info: GraphQLResolveInfo[Any]) -> None:
        if self.denied and info.field_name == self.denied:
            message = f"Access denied for {self.denied} field."
            raise GraphQLError(message, info.field_nodes, extensions={"code": "ACCESS_DENIED"})


class _Bucket:
    """Query points of one shop: they run out, and come back a hundred a second."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left = _BUCKET
        self._at = time.monotonic()

    def take(self, points: float) -> tuple[bool, dict[str, Any]]:
        """(may it run, throttleStatus)."""
        with self._lock:
            now = time.monotonic()
            self._left = min(_BUCKET, self._left + (now - self._at) * _RESTORE)
            self._at = now
            may = self._left >= points
            if may:
                self._left -= points
            return may, {
                "maximumAvailable": _BUCKET,
                "currentlyAvailable": int(self._left),
                "restoreRate": _RESTORE,
            }


def create_admin_api(world: World) -> Blueprint:
    """`POST /shops/<shop>/admin/api/<version>/graphql.json`."""
    doors = Blueprint("admin_api", __name__)
    buckets: dict[str, _Bucket] = {}

    @doors.post("/shops/<shop>/admin/api/<version>/graphql.json")
    def graphql(shop: str, version: str) -> Answer:
        if version != API_VERSION:
            return jsonify(errors="Not Found"), 404
        if world.desk.shop_of(request.headers.get("X-Shopify-Access-Token", "")) != shop:
            return _refused()
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            return jsonify(errors={"query": "Required parameter missing or invalid"}), 400
        return _run(world, shop, asked, buckets.setdefault(shop, _Bucket()))

    return doors


def _refused() -> Answer:
    text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
    return jsonify(errors=text), 401


def _run(world: World, shop: str, asked: dict[str, Any], bucket: _Bucket) -> Answer:
    try:
        document, problems = read_document(asked["query"])
    except NoSchema as missing:
        return jsonify(errors=str(missing)), 503
    if document is None or problems:
        return jsonify(errors=[_shown(problem) for problem in problems])
    name = operation_name(document, asked.get("operationName"))
    fault = world.faults.take("graphql", f"{shop} {name}")
    if fault and (answer := _trouble(fault, bucket)):
        return answer
    points = cost(document, asked.get("variables") or {})
    may, status = bucket.take(points)
    if not may or points > _MOST_COST:
        code = "THROTTLED" if points <= _MOST_COST else "MAX_COST_EXCEEDED"
        return _error(code.capitalize().replace("_", " "), code, points, status)
    denied = fault.text if fault and fault.what == "denied" else ""
    answer = _answer(_execute(world, shop, document, asked, denied), points, status)
    lost = fault is not None and fault.what == "lost"  # it is done, but nobody hears of it
    return (jsonify(errors="Bad Gateway"), 502) if lost else answer


def _execute(
    world: World, shop: str, document: DocumentNode, asked: dict[str, Any], denied: str
) -> ExecutionResult:
    return execute_sync(
        schema(),
        document,
        {**queries(world, shop), **mutations(world, shop)},
        _Context(denied),
        asked.get("variables") or {},
        asked.get("operationName"),
        resolve,
    )


def _trouble(fault: Fault, bucket: _Bucket) -> Answer | None:
    """What an ordered fault answers; None when the query runs all the same."""
    if fault.what == "throttled":
        return _error("Throttled", "THROTTLED", 752, {**bucket.take(0)[1], "currentlyAvailable": 0})
    if fault.what == "expired":
        return _refused()
    if fault.what == "delay":
        time.sleep(fault.seconds)
    if fault.what != "reply":
        return None
    answer = jsonify(errors=fault.text or "Service unavailable")
    if fault.code in {429, 503}:
        answer.headers["Retry-After"] = str(fault.seconds or 2.0)
    return answer, fault.code or 500


def _answer(result: ExecutionResult, points: int, status: dict[str, Any]) -> Answer:
    body: dict[str, Any] = {"data": result.data}
    if result.errors:
        body["errors"] = [_shown(error) for error in result.errors]
    body["extensions"] = _cost(points, points, status)
    answer = jsonify(body)
    answer.headers["X-Shopify-API-Version"] = API_VERSION
    return answer


def _error(message: str, code: str, points: int, status: dict[str, Any]) -> Answer:
    problem = {"message": message, "extensions": {"code": code}}
    return jsonify(errors=[problem], extensions=_cost(points, None, status))


def _cost(asked: int, used: int | None, status: dict[str, Any]) -> dict[str, Any]:
    return {"cost": {"requestedQueryCost": asked, "actualQueryCost": used,
                     "throttleStatus": status}}  # fmt: skip


def _shown(error: GraphQLError) -> dict[str, Any]:
    return dict(error.formatted)
