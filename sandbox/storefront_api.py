"""The Storefront GraphQL API, as far as anyone may ask it without a token: the shop's brand."""

from typing import Any

from flask import Blueprint, Response, jsonify, request
from graphql import GraphQLError, GraphQLResolveInfo, execute_sync, parse, validate

from sandbox.admin_schema import NoSchema, resolve, storefront_schema
from sandbox.payloads import gid
from sandbox.state import Record
from sandbox.webhooks import API_VERSION
from sandbox.world import World

Answer = Response | tuple[Response, int]
Node = dict[str, Any]


class _Everyone:
    """Whoever asks may see all that is played here."""

    def check(self, _info: GraphQLResolveInfo[Any]) -> None:
        """Nothing is denied."""


def create_storefront_api(world: World) -> Blueprint:
    """`POST /shops/<shop>/api/<version>/graphql.json`."""
    doors = Blueprint("storefront_api", __name__)

    @doors.post("/shops/<shop>/api/<version>/graphql.json")
    def graphql(shop: str, version: str) -> Answer:
        record = world.shop(shop)
        if version != API_VERSION or record is None:
            return jsonify(errors="Not Found"), 404
        asked = request.get_json(silent=True)
        if not isinstance(asked, dict) or not isinstance(asked.get("query"), str):
            return jsonify(errors={"query": "Required parameter missing or invalid"}), 400
        try:
            return _run(world, record, asked["query"])
        except NoSchema as missing:
            return jsonify(errors=str(missing)), 503

    return doors


def _run(world: World, shop: Record, query: str) -> Answer:
    schema = storefront_schema()
    try:
        document = parse(query)
    except GraphQLError as error:
        return jsonify(errors=[error.formatted])
    if problems := validate(schema, document):
        return jsonify(errors=[problem.formatted for problem in problems])
    root = {"shop": {"name": shop["name"], "brand": brand(world, shop)}}
    result = execute_sync(schema, document, root, _Everyone(), field_resolver=resolve)
    errors = [error.formatted for error in result.errors or ()]
    return jsonify({"data": result.data} | ({"errors": errors} if errors else {}))


def brand(world: World, shop: Record) -> Node | None:
    """The shop's brand; None: its owner filled nothing in. A shop of an older run has none."""
    told = shop.get("brand")
    if not told:
        return None
    picture = {"url": lambda _info, **_: world.front_url + told["logo"]}
    logo = {"id": gid("MediaImage", shop["number"]), "image": picture, "alt": shop["name"]}
    groups = {key: [_colors(told[key])] for key in ("primary", "secondary")}
    return {"logo": logo, "squareLogo": None, "slogan": None, "colors": groups}


def _colors(pair: list[str]) -> Node:
    return dict(zip(("background", "foreground"), pair, strict=True))
