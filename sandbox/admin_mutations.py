"""What the Admin API changes: the fields of Mutation that the sandbox plays."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from sandbox import payloads, people
from sandbox.admin_discounts import discount_mutations
from sandbox.admin_nodes import Nodes
from sandbox.admin_pages import Node, problem
from sandbox.admin_queries import subscription
from sandbox.payloads import local_id
from sandbox.pixels import pixel_mutations
from sandbox.state import Record
from sandbox.store_credit import credit_mutations
from sandbox.world import World

Resolver = Callable[..., Any]
_CONSENT_STATES = {"SUBSCRIBED", "UNSUBSCRIBED", "PENDING"}


def mutations(world: World, shop: str) -> dict[str, Resolver]:
    """Mutation's fields, by name."""
    nodes = Nodes(world, shop)
    return {
        **discount_mutations(world, shop, nodes),
        **credit_mutations(world, shop),
        **_customers(world, shop, nodes),
        **_webhooks(world, shop),
        **pixel_mutations(world, shop),
        "appUninstall": lambda _info: _uninstall(world, shop),
        "bulkOperationRunQuery": _no_bulk,
        "bulkOperationRunMutation": _no_bulk,
    }


def _uninstall(world: World, shop: str) -> Node:
    record = world.shop(shop) or {}
    world.uninstall(shop, payloads.shop(record), payloads.shop_redact(record))
    return {"app": {"id": "gid://shopify/App/1"}, "userErrors": []}


def _no_bulk(_info: object, **_: object) -> Node:
    message = "Bulk operations are not enabled for this app."
    raise GraphQLError(message, extensions={"code": "ACCESS_DENIED"})


# Customers.


def _customers(world: World, shop: str, nodes: Nodes) -> dict[str, Resolver]:
    def email_consent(_info: object, input: Record) -> Node:  # noqa: A002 - the schema's name
        person = world.state.get(shop, "customer", local_id(input["customerId"]))
        asked = input["emailMarketingConsent"]
        if problem := _consent_problem(person, asked):
            return {"customer": None, "userErrors": [problem]}
        level = asked.get("marketingOptInLevel") or "SINGLE_OPT_IN"
        given = {
            "state": asked["marketingState"].lower(),
            "opt_in_level": level.lower(),
            "updated_at": asked.get("consentUpdatedAt") or world.now(),
        }
        person = people.consent(world, shop, person or {}, given)
        return {"customer": nodes.customer(person), "userErrors": []}

    def sms_consent(_info: object, input: Record) -> Node:  # noqa: A002 - the schema's name
        person = world.state.get(shop, "customer", local_id(input["customerId"]))
        no_phone = problem(["input", "customerId"], "Customer has no phone number", "INVALID")
        return {
            "customer": nodes.customer(person) if person else None,
            "userErrors": [] if person and person["phone"] else [no_phone],
        }

    def tags(*, add: bool) -> Resolver:
        def resolve(_info: object, id: str, tags: list[str]) -> Node:  # noqa: A002 - the schema's name
            person = world.state.get(shop, "customer", local_id(id))
            if person is None or "/Customer/" not in id:
                missing = {"field": ["id"], "message": "Resource does not exist"}
                return {"node": None, "userErrors": [missing]}
            return {"node": nodes.customer(people.tag(world, shop, person, tags, add=add)),
                    "userErrors": []}  # fmt: skip

        return resolve

    return {
        "customerEmailMarketingConsentUpdate": email_consent,
        "customerSmsMarketingConsentUpdate": sms_consent,
        "tagsAdd": tags(add=True),
        "tagsRemove": tags(add=False),
    }


def _consent_problem(person: Record | None, asked: Record) -> Node | None:
    if person is None:
        return problem(["input", "customerId"], "Customer not found", "INVALID")
    if asked["marketingState"] not in _CONSENT_STATES:
        place = ["input", "emailMarketingConsent", "marketingState"]
        return problem(place, "Marketing state can't be set to this", "INCLUSION")
    return None


# Webhook subscriptions made through the API are kept and listed; deliveries follow the TOML.


def _webhooks(world: World, shop: str) -> dict[str, Resolver]:
    def create(_info: object, topic: str, webhookSubscription: Record) -> Node:  # noqa: N803 - the schema's name
        asked = webhookSubscription
        record: Record = {
            "id": world.state.next_number("subscription", 1_900_000),
            "topic": topic,
            "uri": asked.get("uri"),
            "name": asked.get("name"),
            "filter": asked.get("filter"),
            "include_fields": asked.get("includeFields") or [],
            "created_at": world.now(),
            "updated_at": world.now(),
        }
        world.state.put(shop, "subscription", record)
        return {"webhookSubscription": subscription(record), "userErrors": []}

    def delete(_info: object, id: str) -> Node:  # noqa: A002 - the schema's name
        world.state.drop(shop, "subscription", local_id(id))
        return {"deletedWebhookSubscriptionId": id, "userErrors": []}

    return {"webhookSubscriptionCreate": create, "webhookSubscriptionDelete": delete}
