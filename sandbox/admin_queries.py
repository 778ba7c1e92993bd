"""What the Admin API answers: the fields of QueryRoot that the sandbox plays."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from sandbox import discount_codes
from sandbox.admin_discounts import look_at_import
from sandbox.admin_nodes import Nodes
from sandbox.admin_pages import Node, connection, matches, page
from sandbox.catalog import collection_number
from sandbox.payloads import gid, local_id
from sandbox.pixels import web_pixel
from sandbox.state import Record
from sandbox.world import World

Resolver = Callable[..., Any]
_KINDS = {"Customer": "customer", "Order": "order", "Product": "product"}


def queries(world: World, shop: str) -> dict[str, Resolver]:
    """QueryRoot's fields, by name."""
    nodes = Nodes(world, shop)
    fields = {**_lists(world, shop, nodes), **_singles(world, shop, nodes)}
    fields["webPixel"] = lambda _info, **_: web_pixel(world, shop)
    fields["shop"] = lambda _info: nodes.store()
    fields["currentAppInstallation"] = lambda _info: _installation(world, shop)
    fields["webhookSubscriptions"] = lambda _info, **args: page(
        world.state.all(shop, "subscription"), args, subscription
    )
    fields["discountRedeemCodeBulkCreation"] = lambda _info, **args: look_at_import(
        world, shop, args["id"]
    )
    fields["codeDiscountNodeByCode"] = lambda _info, code: _discount(world, shop, nodes, code)
    return fields


def _lists(world: World, shop: str, nodes: Nodes) -> dict[str, Resolver]:
    def listing(kind: str, node: Callable[[Record], Node]) -> Resolver:
        return lambda _info, **args: page(world.state.all(shop, kind), args, node)

    def count(kind: str) -> Resolver:
        def resolve(_info: object, query: str = "", **_: object) -> Node:
            found = [r for r in world.state.all(shop, kind) if matches(r, query or "")]
            return {"count": len(found), "precision": "EXACT"}

        return resolve

    def abandoned(_info: object, **args: Any) -> Node:
        open_ = [
            c for c in world.state.all(shop, "checkout") if c["email"] and not c["completed_at"]
        ]
        return page(open_, args, nodes.checkout, "CREATED_AT")

    return {
        "customers": listing("customer", nodes.customer),
        "orders": listing("order", nodes.order),
        "products": listing("product", nodes.product),
        "codeDiscountNodes": listing("discount", nodes.discount),
        "abandonedCheckouts": abandoned,
        "customersCount": count("customer"),
        "ordersCount": count("order"),
        "productsCount": count("product"),
        "bulkOperations": lambda _info, **_: connection([]),
    }


def _singles(world: World, shop: str, nodes: Nodes) -> dict[str, Resolver]:
    makers = {"customer": nodes.customer, "order": nodes.order, "product": nodes.product}

    def single(kind: str) -> Resolver:
        def resolve(_info: object, id: str, **_: object) -> Node | None:  # noqa: A002 - the schema's name
            found = world.state.get(shop, kind, local_id(id))
            return makers[kind](found) if found else None

        return resolve

    def node(_info: object, id: str) -> Node | None:  # noqa: A002 - the schema's name
        kind = _KINDS.get(id.split("/")[-2] if id.count("/") > 1 else "")
        if kind is None:
            raise GraphQLError(f"the sandbox has no node {id!r}")
        found = world.state.get(shop, kind, local_id(id))
        return makers[kind](found) if found else None

    def by_identifier(_info: object, identifier: dict[str, Any]) -> Node | None:
        if "emailAddress" in identifier:
            found = world.state.find(shop, "customer", identifier["emailAddress"])
        else:
            found = world.state.get(shop, "customer", local_id(identifier.get("id", "")))
        return nodes.customer(found) if found else None

    def collection(_info: object, id: str) -> Node | None:  # noqa: A002 - the schema's name
        handles = {record["collection"] for record in world.state.all(shop, "product")}
        by_id = {gid("Collection", collection_number(one)): one for one in handles}
        return nodes.collection(by_id[id]) if id in by_id else None

    return {
        "collection": collection,
        "customer": single("customer"),
        "order": single("order"),
        "product": single("product"),
        "node": node,
        "customerByIdentifier": by_identifier,
    }


def _discount(world: World, shop: str, nodes: Nodes, code: str) -> Node | None:
    found = discount_codes.find(world, shop, code)
    return nodes.discount(found) if found else None


def _installation(world: World, shop: str) -> Node:
    record = world.state.get(shop, "install", "app") or {}
    return {
        "id": gid("AppInstallation", record["number"]),
        "accessScopes": [
            {"handle": scope, "description": scope.replace("_", " ")} for scope in record["scopes"]
        ],
        "activeSubscriptions": [],
        "launchUrl": world.app_url,
        "app": {"id": gid("App", 1), "title": "Reprise", "handle": "reprise",
                "apiKey": world.client.id},
    }  # fmt: skip


def subscription(record: Record) -> Node:
    """A webhook subscription made through the API."""
    return {
        "id": gid("WebhookSubscription", record["id"]),
        "topic": record["topic"],
        "uri": record["uri"],
        "name": record.get("name"),
        "filter": record.get("filter"),
        "includeFields": record.get("include_fields", []),
        "createdAt": record["created_at"],
        "updatedAt": record["updated_at"],
        "apiVersion": {"handle": "2026-10", "displayName": "2026-10", "supported": True},
    }
