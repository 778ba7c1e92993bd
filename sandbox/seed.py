"""The sample shops as they are on the first day: goods, people, and months of orders.

Deterministic: the same ids and figures every time; only dates hang on the day of the first start.
"""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sandbox import catalog, money, orders, people
from sandbox.shopping import new_line
from sandbox.state import Record
from sandbox.world import SAMPLE_SHOP, STRANGER_SHOP, World

_DAYS = 160


def plant(world: World) -> None:
    """Fill an empty memory; does nothing to one that has shops already."""
    if world.shop(SAMPLE_SHOP):
        return
    with world.state.transaction():
        _shop(world, SAMPLE_SHOP, 74_839_201_553, "Maple & Moss", "Wren Calloway", catalog.BRAND)
        _shop(world, STRANGER_SHOP, 74_839_777_012, "Harbor Lantern", "Silas Thorne")
        _products(world, SAMPLE_SHOP, catalog.MAPLE)
        _products(world, STRANGER_SHOP, catalog.HARBOR)
        _maple_history(world, random.Random(20_261_122))  # noqa: S311 - a fixed story, no secret
        _harbor_history(world, random.Random(7))  # noqa: S311 - a fixed story, no secret


def _shop(
    world: World, shop: str, number: int, name: str, owner: str, brand: Record | None = None
) -> None:
    place = people.PLACES["US"]
    record: Record = {
        "id": "shop",
        "number": number,
        "name": name,
        "domain": shop,
        "email": f"hello@{shop.split('.', maxsplit=1)[0]}.example",
        "owner": owner,
        "zone": "America/New_York",
        "currency": "USD",
        "address": {**place, "country_code": "US"},
        "created_at": _ago(world, 900),
        "updated_at": _ago(world, 30),
        "brand": brand,
    }
    world.state.put(shop, "shop", record)


def _products(world: World, shop: str, items: tuple[catalog.Item, ...]) -> None:
    for place, item in enumerate(items):
        id_ = world.state.next_number("product", 8_120_455_900_000) * 10
        made = _ago(world, 400)
        record: Record = {
            "id": id_,
            "title": item.title,
            "handle": item.handle,
            "body_html": f"<p>{item.text}</p>",
            "text": item.text,
            "product_type": item.kind,
            "vendor": (world.shop(shop) or {})["name"],
            "tags": [item.kind.lower(), item.collection],
            "collection": item.collection,
            "status": "active",
            # What a review app wrote; every third product has none yet.
            "rating": None if place % 3 == 2 else (f"4.{3 + place % 6}", 12 + 7 * place),
            "option": item.option,
            "picture": f"/cdn/shop/{item.handle}.png",
            "created_at": made,
            "updated_at": made,
            "variants": [_variant(item, id_, i) for i in range(len(item.variants))],
        }
        world.state.put(shop, "product", record, handle=item.handle)


def _variant(item: catalog.Item, product_id: int, i: int) -> Record:
    title, price = item.variants[i]
    return {
        "id": product_id * 5 + i,
        "title": title,
        "price": price,
        "compare_at_price": None,
        "sku": f"{item.handle[:3].upper()}-{item.handle[-3:].upper()}-{i + 1}",
        "inventory": 40 + 7 * i,
        "grams": item.grams,
    }


def _maple_history(world: World, dice: random.Random) -> None:
    planned: list[tuple[datetime, Record, dict[str, Any]]] = []
    for first, last, country, locale, consent in catalog.CUSTOMERS:
        person = _person(world, SAMPLE_SHOP, (first, last, country, locale, consent), dice)
        planned += _purchases(world, person, dice)
    planned.sort(key=lambda entry: entry[0])
    for when, person, extra in planned:
        _order(world, SAMPLE_SHOP, person, when, {**extra, "dice": dice})
    _special_cases(world, SAMPLE_SHOP)


def _harbor_history(world: World, dice: random.Random) -> None:
    for name in (("Edda", "Voss"), ("Milo", "Grant"), ("Tess", "Quill")):
        person = _person(world, STRANGER_SHOP, (*name, "US", "en", "subscribed"), dice)
        when = world.clock.now() - timedelta(days=dice.randrange(5, 60))
        _order(world, STRANGER_SHOP, person, when, {"dice": dice})


def _person(
    world: World, shop: str, who: tuple[str, str, str, str, str], dice: random.Random
) -> Record:
    first, last, country, locale, state = who
    plain = f"{first}.{last}".lower().translate(str.maketrans("éëï", "eei", "' "))
    made = _ago(world, dice.randrange(_DAYS, _DAYS + 200))
    details = {
        "first_name": first,
        "last_name": last,
        "country": country,
        "locale": locale,
        "created_at": made,
        "tags": ["newsletter"] if state == "subscribed" else [],
    }
    person = people.new_person(world, shop, f"{plain}@example.com", details)
    level = "single_opt_in" if state in {"subscribed", "pending"} else None
    stamp = None if state == "not_subscribed" else made
    number = person["id"]
    person["birthday"] = f"19{60 + number % 40}-{1 + number % 12:02d}-{1 + number % 28:02d}"
    person["consent"] = {"state": state, "opt_in_level": level, "updated_at": stamp}
    return world.state.put(shop, "customer", person, handle=person["email"])


def _purchases(
    world: World, person: Record, dice: random.Random
) -> list[tuple[datetime, Record, dict[str, Any]]]:
    """One in eight never bought, half bought once, the others come back."""
    times = dice.choices((0, 1, 2, 3, 5), (12, 48, 20, 12, 8))[0]
    now = world.clock.now()
    return [
        (now - timedelta(days=dice.uniform(3, _DAYS), hours=dice.uniform(0, 12)), person, {})
        for _ in range(times)
    ]


def _order(
    world: World, shop: str, person: Record, when: datetime, extra: dict[str, Any]
) -> Record:
    dice: random.Random = extra.pop("dice")
    products = world.state.all(shop, "product")
    lines = [
        new_line(world, shop, dice.choice(product["variants"])["id"], dice.choice((1, 1, 1, 2)))
        for product in dice.sample(products, dice.choice((1, 1, 2, 2, 3)))
    ]
    total = sum((Decimal(line["price"]) * line["quantity"] for line in lines), Decimal(0))
    amount = money.text(total)
    amounts = {"lines": amount, "discount": "0.00", "subtotal": amount, "total": amount}
    stamp = when.isoformat(timespec="milliseconds")
    bought = {
        "customer_id": person["id"],
        "email": person["email"],
        "cart_token": f"{dice.getrandbits(128):032x}",
        "checkout_token": f"{dice.getrandbits(128):032x}",
        "lines": lines,
        "code": None,
        "currency": person["currency"],
        "locale": person["locale"],
        "address": {**person["address"], "first_name": person["first_name"],
                    "last_name": person["last_name"]},
        "accepts_marketing": person["consent"]["state"] == "subscribed",
        "totals": orders.with_shipping(amounts),
        "created_at": stamp,
        "updated_at": stamp,
        "fulfillment_status": "fulfilled",
        **extra,
    }  # fmt: skip
    return orders.new_order(world, shop, bought)


def _special_cases(world: World, shop: str) -> None:
    """Refunds, a cancellation, a test order, one from the till and one from a draft."""
    made = world.state.all(shop, "order")
    for order in made[3:30:11]:
        orders.refund(world, shop, order, at=_days_after(order, 6))
    orders.refund(world, shop, made[6], Decimal(10), _days_after(made[6], 9))
    orders.cancel(world, shop, made[9], _days_after(made[9], 0.1))
    for order, fields in (
        (made[12], {"test": True}),
        (made[15], {"source_name": "pos"}),
        (made[18], {"source_name": "shopify_draft_order"}),
    ):
        world.state.put(shop, "order", {**order, **fields}, handle=f"#{order['number']}")


def _days_after(order: Record, days: float) -> str:
    when = datetime.fromisoformat(order["created_at"]) + timedelta(days=days)
    return when.isoformat(timespec="milliseconds")


def _ago(world: World, days: int) -> str:
    return (world.clock.now() - timedelta(days=days)).isoformat(timespec="milliseconds")
