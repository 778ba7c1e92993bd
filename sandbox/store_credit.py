"""Store credit in the sandbox: accounts of customers, one per currency, and what was put there."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.admin_pages import Node, of_list, problem
from sandbox.payloads import gid, local_id
from sandbox.state import Record
from sandbox.world import World

Resolver = Callable[..., Any]


def credit_mutations(world: World, shop: str) -> dict[str, Resolver]:
    """The fields of Mutation that put money on a customer's account."""

    def credit(_info: object, id: str, creditInput: Record) -> Node:  # noqa: A002, N803
        person = world.state.get(shop, "customer", local_id(id)) if "/Customer/" in id else None
        wrong = _problem(world, person, creditInput)
        if person is None or wrong:
            return {"storeCreditAccountTransaction": None, "userErrors": [wrong]}
        record: Record = {
            "id": world.state.next_number("store_credit", 5_500),
            "customer_id": person["id"],
            "amount": str(creditInput["creditAmount"]["amount"]),
            "currency": creditInput["creditAmount"]["currencyCode"],
            "expires_at": creditInput.get("expiresAt"),
            "created_at": world.now(),
        }
        world.state.put(shop, "store_credit", record)
        return {"storeCreditAccountTransaction": _transaction(record), "userErrors": []}

    return {"storeCreditAccountCredit": credit}


def _problem(world: World, person: Record | None, asked: Record) -> Node | None:
    if person is None:
        return problem(["id"], "Owner does not exist", "OWNER_NOT_FOUND")
    if Decimal(str(asked["creditAmount"]["amount"])) <= 0:
        place = ["creditInput", "creditAmount", "amount"]
        return problem(place, "Amount must be positive", "NEGATIVE_OR_ZERO_AMOUNT")
    ends = asked.get("expiresAt")
    if ends and datetime.fromisoformat(str(ends)) <= world.clock.now():
        return problem(["creditInput", "expiresAt"], "Expires in the past", "EXPIRES_AT_IN_PAST")
    return None


def accounts(world: World, shop: str, person: Record) -> Callable[..., Node]:
    """A customer's accounts as a connection, one per currency that they ever got."""
    credits_: dict[str, list[Record]] = {}
    for one in world.state.all(shop, "store_credit"):
        if one["customer_id"] == person["id"]:
            credits_.setdefault(one["currency"], []).insert(0, one)
    nodes = [
        {
            "id": gid("StoreCreditAccount", f"{person['id']}-{currency}"),
            "balance": _money(sum((Decimal(o["amount"]) for o in mine), Decimal(0)), currency),
            "transactions": of_list([_transaction(one) for one in mine]),
        }
        for currency, mine in credits_.items()
    ]
    return of_list(nodes)


def _transaction(record: Record) -> Node:
    money = _money(Decimal(record["amount"]), record["currency"])
    return {
        "__typename": "StoreCreditAccountCreditTransaction",
        "id": gid("StoreCreditAccountCreditTransaction", record["id"]),
        "amount": money,
        "remainingAmount": money,
        "expiresAt": record["expires_at"],
        "createdAt": record["created_at"],
    }


def _money(amount: Decimal, currency: str) -> Node:
    return {"amount": f"{amount:.2f}", "currencyCode": currency}
