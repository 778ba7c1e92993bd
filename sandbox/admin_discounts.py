"""What the Admin API changes of discounts: made, moved, switched off, deleted; codes imported."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sandbox import discount_codes
from sandbox.admin_nodes import Nodes
from sandbox.admin_pages import Node, problem
from sandbox.payloads import gid, local_id
from sandbox.state import Record
from sandbox.world import World

Resolver = Callable[..., Any]
_MOST_CODES = 250
BASIC, FREE_SHIPPING = "basicCodeDiscount", "freeShippingCodeDiscount"


def discount_mutations(world: World, shop: str, nodes: Nodes) -> dict[str, Resolver]:
    """The fields of Mutation that change discounts, by name."""
    return {
        "discountCodeBasicCreate": _create(world, shop, nodes, BASIC),
        "discountCodeFreeShippingCreate": _create(world, shop, nodes, FREE_SHIPPING),
        "discountCodeBasicUpdate": _extend(world, shop, nodes, BASIC),
        "discountCodeFreeShippingUpdate": _extend(world, shop, nodes, FREE_SHIPPING),
        "discountRedeemCodeBulkAdd": _add_codes(world, shop),
        **_ends(world, shop, nodes),
    }


def _create(world: World, shop: str, nodes: Nodes, argument: str) -> Resolver:
    def create(_info: object, **told: Record) -> Node:
        asked = told[argument]
        with world.state.transaction():
            problems = [
                problem([argument, *field.split(".")], message, code)
                for wrong, field, message, code in _checks(world, shop, asked, argument)
                if wrong
            ]
            if problems:
                return {"codeDiscountNode": None, "userErrors": problems}
            record = _keep(world, shop, asked, argument)
        return {"codeDiscountNode": nodes.discount(record), "userErrors": []}

    return create


def _extend(world: World, shop: str, nodes: Nodes, argument: str) -> Resolver:
    def extend(_info: object, id: str, **told: Record) -> Node:  # noqa: A002 - the schema's name
        """Only what our app changes: the end."""
        found = world.state.get(shop, "discount", local_id(id))
        if found is None or found.get("kind", BASIC) != _KINDS[argument]:
            missing = problem(["id"], "Discount does not exist", "INVALID")
            return {"codeDiscountNode": None, "userErrors": [missing]}
        ends_at = _moment(told[argument]["endsAt"]).isoformat()
        return _changed(world, shop, nodes, found, ends_at=ends_at)

    return extend


_KINDS = {BASIC: "basic", FREE_SHIPPING: "free_shipping"}


def _changed(world: World, shop: str, nodes: Nodes, found: Record, **changes: Any) -> Node:
    found = {**found, **changes, "updated_at": world.now()}
    world.state.put(shop, "discount", found, handle=found["code"])
    return {"codeDiscountNode": nodes.discount(found), "userErrors": []}


def _ends(world: World, shop: str, nodes: Nodes) -> dict[str, Resolver]:
    missing = problem(["id"], "Code discount does not exist.", "INVALID")

    def deactivate(_info: object, id: str) -> Node:  # noqa: A002 - the schema's name
        found = world.state.get(shop, "discount", local_id(id))
        if found is None:
            return {"codeDiscountNode": None, "userErrors": [missing]}
        return _changed(world, shop, nodes, found, active=False)

    def delete(_info: object, id: str) -> Node:  # noqa: A002 - the schema's name
        found = world.state.get(shop, "discount", local_id(id))
        if found is None:
            return {"deletedCodeDiscountId": None, "userErrors": [missing]}
        world.state.drop(shop, "discount", found["id"])
        for code in world.state.all(shop, "redeem_code"):
            if code["discount_id"] == found["id"]:
                world.state.drop(shop, "redeem_code", code["id"])
        return {"deletedCodeDiscountId": id, "userErrors": []}

    return {"discountCodeDeactivate": deactivate, "discountCodeDelete": delete}


# --- one discount -----------------------------------------------------------------------------


def _checks(
    world: World, shop: str, asked: Record, argument: str
) -> list[tuple[bool, str, str, str]]:
    """(is it wrong, where, the message, the code) in the order Shopify names them."""
    code, starts, ends = asked.get("code") or "", asked.get("startsAt"), asked.get("endsAt")
    value = (asked.get("customerGets") or {}).get("value") or {}
    part = value.get("percentage")
    amount = (value.get("discountAmount") or {}).get("amount")
    nobody = not asked.get("context") and not asked.get("customerSelection")
    nowhere = argument == FREE_SHIPPING and not asked.get("destination")
    return [
        (not asked.get("title"), "title", "Title can't be blank", "BLANK"),
        (not code, "code", "Code can't be blank", "BLANK"),
        (not starts, "startsAt", "Starts at can't be blank", "BLANK"),
        (nobody, "context", "Context can't be blank", "BLANK"),
        (argument == BASIC and not value, "customerGets.value", "Value can't be blank", "BLANK"),
        (nowhere, "destination", "Destination can't be blank", "BLANK"),
        (bool(code) and discount_codes.find(world, shop, code) is not None, "code",
         "Code must be unique. Please try a different code.", "TAKEN"),
        (len(code) > 255, "code", "Code is too long (maximum is 255 characters)", "TOO_LONG"),
        (part is not None and not 0 < part <= 1, "customerGets.value.percentage",
         "Value must be between 0.0 and 1.0", "VALUE_OUTSIDE_RANGE"),
        (amount is not None and float(amount) <= 0, "customerGets.value.discountAmount.amount",
         "Amount must be greater than 0", "GREATER_THAN"),
        (bool(starts and ends) and _moment(ends) <= _moment(starts), "endsAt",
         "Ends at needs to be after starts_at", "END_DATE_BEFORE_START_DATE"),
    ]  # fmt: skip


def _moment(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


def _keep(world: World, shop: str, asked: Record, argument: str) -> Record:
    value = (asked.get("customerGets") or {}).get("value") or {}
    context = asked.get("context") or asked.get("customerSelection") or {}
    chosen = (context.get("customers") or {}).get("add", [])
    subtotal = (asked.get("minimumRequirement") or {}).get("subtotal") or {}
    record: Record = {
        "id": world.state.next_number("discount", 1_440_800_900_000) * 10,
        "kind": _KINDS[argument],
        "title": asked["title"],
        "code": asked["code"],
        "percentage": value.get("percentage"),
        "amount": (value.get("discountAmount") or {}).get("amount"),
        "minimum": subtotal.get("greaterThanOrEqualToSubtotal"),
        "combines_with": asked.get("combinesWith") or {},
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


# --- many codes -------------------------------------------------------------------------------


def _add_codes(world: World, shop: str) -> Resolver:
    def add(_info: object, discountId: str, codes: list[Record]) -> Node:  # noqa: N803
        parent = world.state.get(shop, "discount", local_id(discountId))
        wrong = None
        if parent is None:
            wrong = problem(["discountId"], "Code discount does not exist.", "INVALID")
        elif not 0 < len(codes) <= _MOST_CODES:
            wrong = problem(["codes"], "Too many codes", "TOO_MANY_ARGUMENTS")
        if parent is None or wrong:
            return {"bulkCreation": None, "userErrors": [wrong]}
        with world.state.transaction():
            told = [_imported(world, shop, parent, one["code"]) for one in codes]
            record: Record = {
                "id": world.state.next_number("code_import", 77_000),
                "discount_id": parent["id"],
                "codes": told,
                "looks": 0,
                "created_at": world.now(),
            }
            world.state.put(shop, "code_import", record)
        return {"bulkCreation": code_import(record), "userErrors": []}

    return add


def _imported(world: World, shop: str, parent: Record, code: str) -> Record:
    if discount_codes.find(world, shop, code) is not None:
        return {"code": code, "id": None, "error": "TAKEN"}
    record: Record = {
        "id": world.state.next_number("redeem_code", 88_000),
        "discount_id": parent["id"],
        "code": code,
        "used": 0,
        "used_by": [],
        "created_at": world.now(),
    }
    world.state.put(shop, "redeem_code", record, handle=code)
    return {"code": code, "id": record["id"], "error": None}


def look_at_import(world: World, shop: str, id_: str) -> Node | None:
    """An import as it stands: as at Shopify it is not done when it is first looked at."""
    found = world.state.get(shop, "code_import", local_id(id_))
    if found is None:
        return None
    found = {**found, "looks": found["looks"] + 1}
    world.state.put(shop, "code_import", found)
    return code_import(found)


def code_import(record: Record) -> Node:
    """A DiscountRedeemCodeBulkCreation."""
    is_done = record["looks"] > 1
    codes = record["codes"] if is_done else []
    nodes = [
        {
            "code": one["code"],
            "discountRedeemCode": one["id"]
            and {"id": gid("DiscountRedeemCode", one["id"]), "code": one["code"]},
            "errors": [problem(["code"], "Code must be unique.", one["error"])]
            if one["error"]
            else [],
        }
        for one in codes
    ]

    def listed(_info: object, **_: object) -> Node:
        return {"nodes": nodes, "edges": [{"node": node, "cursor": "0"} for node in nodes]}

    return {
        "id": gid("DiscountRedeemCodeBulkCreation", record["id"]),
        "done": is_done,
        "codes": listed,
        "codesCount": len(record["codes"]),
        "importedCount": sum(one["error"] is None for one in codes),
        "failedCount": sum(one["error"] is not None for one in codes),
        "createdAt": record["created_at"],
    }
