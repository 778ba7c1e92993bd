"""What the Admin API changes: the fields of Mutation that the sandbox plays."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from graphql import GraphQLError

from sandbox import people
from sandbox.admin_nodes import Nodes
from sandbox.admin_pages import Node
from sandbox.admin_queries import local_id, subscription
from sandbox.payloads import gid
from sandbox.pixels import pixel_mutations
from sandbox.state import Record
from sandbox.world import World

Resolver = Callable[..., Any]
_CONSENT_STATES = {"SUBSCRIBED", "UNSUBSCRIBED", "PENDING"}


def mutations(world: World, shop: str) -> dict[str, Resolver]:
    """Mutation's fields, by name."""
    nodes = Nodes(world, shop)
    return {
        **_discounts(world, shop, nodes),
        **_customers(world, shop, nodes),
        **_webhooks(world, shop),
        **pixel_mutations(world, shop),
        "bulkOperationRunQuery": _no_bulk,
        "bulkOperationRunMutation": _no_bulk,
    }


def _no_bulk(_info: object, **_: object) -> Node:
    message = "Bulk operations are not enabled for this app."
    raise GraphQLError(message, extensions={"code": "ACCESS_DENIED"})


def _problem(field: list[str], message: str, code: str) -> Node:
    return {"field": field, "message": message, "code": code, "extraInfo": None}


# Discounts.


def _discounts(  # noqa: C901  one closure a mutation
    world: World, shop: str, nodes: Nodes
) -> dict[str, Resolver]:
    def create(_info: object, basicCodeDiscount: Record) -> Node:  # noqa: N803 - the schema's name
        asked = basicCodeDiscount
        with world.state.transaction():
            problems = _discount_problems(world, shop, asked)
            if problems:
                return {"codeDiscountNode": None, "userErrors": problems}
            record = _keep_discount(world, shop, asked)
        return {"codeDiscountNode": nodes.discount(record), "userErrors": []}

    def extend(_info: object, id: str, basicCodeDiscount: Record) -> Node:  # noqa: A002, N803
        """Only what our app changes: the end."""
        found = world.state.get(shop, "discount", local_id(id))
        if found is None:
            missing = _problem(["id"], "Discount does not exist", "INVALID")
            return {"codeDiscountNode": None, "userErrors": [missing]}
        ends_at = _moment(basicCodeDiscount["endsAt"]).isoformat()
        found = {**found, "ends_at": ends_at, "updated_at": world.now()}
        world.state.put(shop, "discount", found, handle=found["code"])
        return {"codeDiscountNode": nodes.discount(found), "userErrors": []}

    def deactivate(_info: object, id: str) -> Node:  # noqa: A002 - the schema's name
        found = world.state.get(shop, "discount", local_id(id))
        if found is None:
            missing = _problem(["id"], "Code discount does not exist.", "INVALID")
            return {"codeDiscountNode": None, "userErrors": [missing]}
        found = {**found, "active": False, "updated_at": world.now()}
        world.state.put(shop, "discount", found, handle=found["code"])
        return {"codeDiscountNode": nodes.discount(found), "userErrors": []}

    def delete(_info: object, id: str) -> Node:  # noqa: A002 - the schema's name
        found = world.state.get(shop, "discount", local_id(id))
        if found is None:
            missing = _problem(["id"], "Code discount does not exist.", "INVALID")
            return {"deletedCodeDiscountId": None, "userErrors": [missing]}
        world.state.drop(shop, "discount", found["id"])
        return {"deletedCodeDiscountId": id, "userErrors": []}

    return {
        "discountCodeBasicCreate": create,
        "discountCodeBasicUpdate": extend,
        "discountCodeDeactivate": deactivate,
        "discountCodeDelete": delete,
    }


def _discount_problems(world: World, shop: str, asked: Record) -> list[Node]:
    return [
        _problem(["basicCodeDiscount", *field.split(".")], message, code)
        for wrong, field, message, code in _discount_checks(world, shop, asked)
        if wrong
    ]


def _discount_checks(world: World, shop: str, asked: Record) -> list[tuple[bool, str, str, str]]:
    """(is it wrong, where, the message, the code) in the order Shopify names them."""
    code, starts, ends = asked.get("code") or "", asked.get("startsAt"), asked.get("endsAt")
    value = (asked.get("customerGets") or {}).get("value") or {}
    part = value.get("percentage")
    nobody = not asked.get("context") and not asked.get("customerSelection")
    return [
        (not asked.get("title"), "title", "Title can't be blank", "BLANK"),
        (not code, "code", "Code can't be blank", "BLANK"),
        (not starts, "startsAt", "Starts at can't be blank", "BLANK"),
        (nobody, "context", "Context can't be blank", "BLANK"),
        (not value, "customerGets.value", "Value can't be blank", "BLANK"),
        (bool(code) and world.state.find(shop, "discount", code) is not None, "code",
         "Code must be unique. Please try a different code.", "TAKEN"),
        (len(code) > 255, "code", "Code is too long (maximum is 255 characters)", "TOO_LONG"),
        (part is not None and not 0 < part <= 1, "customerGets.value.percentage",
         "Value must be between 0.0 and 1.0", "VALUE_OUTSIDE_RANGE"),
        (bool(starts and ends) and _moment(ends) <= _moment(starts), "endsAt",
         "Ends at needs to be after starts_at", "END_DATE_BEFORE_START_DATE"),
    ]  # fmt: skip


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


def _keep_discount(world: World, shop: str, asked: Record) -> Record:
    value = asked["customerGets"]["value"]
    context = asked.get("context") or asked.get("customerSelection") or {}
    chosen = (context.get("customers") or {}).get("add", [])
    record: Record = {
        "id": world.state.next_number("discount", 1_440_800_900_000) * 10,
        "title": asked["title"],
        "code": asked["code"],
        "percentage": value.get("percentage"),
        "amount": (value.get("discountAmount") or {}).get("amount"),
        "starts_at": _moment(asked["startsAt"]).isoformat(),
        "ends_at": _moment(asked["endsAt"]).isoformat() if asked.get("endsAt") else None,
        "usage_limit": asked.get("usageLimit"),
        "once_per_customer": bool(asked.get("appliesOncePerCustomer")),
        "customers": [int(local_id(id_)) for id_ in chosen],
        "used": 0,
        "used_by": [],
        "active": True,
        "created_at": world.now(),
        "updated_at": world.now(),
    }
    return world.state.put(shop, "discount", record, handle=record["code"])


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
        problem = _problem(["input", "customerId"], "Customer has no phone number", "INVALID")
        return {
            "customer": nodes.customer(person) if person else None,
            "userErrors": [] if person and person["phone"] else [problem],
        }

    def tags(*, add: bool) -> Resolver:
        def resolve(_info: object, id: str, tags: list[str]) -> Node:  # noqa: A002 - the schema's name
            person = world.state.get(shop, "customer", local_id(id))
            if person is None or "/Customer/" not in id:
                missing = {"field": ["id"], "message": "Resource does not exist"}
                return {"node": None, "userErrors": [missing]}
            return {"node": nodes.customer(_tag(world, shop, person, tags, add=add)),
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
        return _problem(["input", "customerId"], "Customer not found", "INVALID")
    if asked["marketingState"] not in _CONSENT_STATES:
        place = ["input", "emailMarketingConsent", "marketingState"]
        return _problem(place, "Marketing state can't be set to this", "INCLUSION")
    return None


def _tag(world: World, shop: str, person: Record, tags: list[str], *, add: bool) -> Record:
    had = set(person["tags"])
    have = had | set(tags) if add else had - set(tags)
    if have == had:
        return person
    person = people.change(world, shop, {**person, "tags": sorted(have)})
    body = {"customerId": gid("Customer", person["id"]), "tags": sorted(have ^ had),
            "occurredAt": world.now()}  # fmt: skip
    world.emit(shop, "customer.tags_added" if add else "customer.tags_removed", body)
    return person


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
