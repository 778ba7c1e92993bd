"""Discounts of a sample shop and their codes: who may use one, and what it takes off.

A discount made with one code is found by it; further codes are records of their own that
point to their discount. Each code is used up by itself.
"""

from datetime import datetime
from decimal import Decimal

from sandbox import money
from sandbox.state import Record
from sandbox.world import World


class CodeRefused(Exception):
    """A discount code that does not apply; the message is the shopper's."""


def find(world: World, shop: str, code: str) -> Record | None:
    """The discount as this code gives it: its own text and uses, all else the discount's."""
    own = world.state.find(shop, "discount", code)
    if own is not None:
        return {**own, "further": None}
    further = world.state.find(shop, "redeem_code", code)
    parent = world.state.get(shop, "discount", further["discount_id"]) if further else None
    if further is None or parent is None:
        return None
    used = {"code": further["code"], "used": further["used"], "used_by": further["used_by"]}
    return {**parent, **used, "further": further["id"]}


def good(world: World, shop: str, code: str, checkout: Record) -> Record:
    """The discount of a code this shopper may use now."""
    discount = find(world, shop, code)
    if discount is None or not discount["active"]:
        raise CodeRefused("Enter a valid discount code.")
    now = world.clock.now()
    if now < datetime.fromisoformat(discount["starts_at"]):
        raise CodeRefused(f"{discount['code']} is not valid yet.")
    if discount["ends_at"] and now >= datetime.fromisoformat(discount["ends_at"]):
        raise CodeRefused(f"{discount['code']} has expired.")
    if discount["usage_limit"] and discount["used"] >= discount["usage_limit"]:
        raise CodeRefused(f"{discount['code']} has reached its usage limit.")
    _check_person(discount, checkout)
    _check_minimum(discount, checkout)
    return discount


def _check_person(discount: Record, checkout: Record) -> None:
    person = checkout["customer_id"]
    if discount["customers"] and person not in discount["customers"]:
        raise CodeRefused(f"{discount['code']} is for somebody else.")
    if discount["once_per_customer"] and person in discount["used_by"]:
        raise CodeRefused(f"You have used {discount['code']} already.")


def _check_minimum(discount: Record, checkout: Record) -> None:
    least = discount.get("minimum")
    if least is not None and _dollars(checkout) < Decimal(least):
        shown = money.shown(Decimal(least), "USD")
        raise CodeRefused(f"{discount['code']} is for orders from {shown}.")


def _dollars(checkout: Record) -> Decimal:
    lines = checkout["lines"]
    return sum((Decimal(line["price"]) * line["quantity"] for line in lines), Decimal(0))


def reduction(world: World, shop: str, checkout: Record, lines: Decimal, currency: str) -> Decimal:
    """What the checkout's code takes off its lines, in the shopper's currency."""
    discount = find(world, shop, checkout["code"]) if checkout.get("code") else None
    if discount is None:
        return Decimal(0)
    least = discount.get("minimum")
    if least is not None and _dollars(checkout) < Decimal(least):
        return Decimal(0)
    if discount["percentage"] is not None:
        return money.rounded(lines * Decimal(str(discount["percentage"])), currency)
    return min(lines, money.presented(Decimal(discount["amount"] or 0), currency))


def ships_free(world: World, shop: str, code: str | None) -> bool:
    """Whether a code pays for the shipping."""
    discount = find(world, shop, code) if code else None
    return bool(discount and discount.get("kind") == "free_shipping")


def use_up(world: World, shop: str, discount: Record, checkout: Record) -> None:
    """Count one use, of this code alone."""
    used = {
        "used": discount["used"] + 1,
        "used_by": [*discount["used_by"], checkout["customer_id"]],
    }
    if discount["further"]:
        found = world.state.get(shop, "redeem_code", discount["further"]) or {}
        world.state.put(shop, "redeem_code", {**found, **used}, handle=discount["code"])
        return
    own = {key: value for key, value in discount.items() if key != "further"}
    world.state.put(shop, "discount", {**own, **used}, handle=discount["code"])
