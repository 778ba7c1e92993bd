"""The merchant's goods: priced, restocked, sold out, hidden and shown, and new ones."""

from decimal import Decimal

from sandbox import product_payloads
from sandbox.state import Record
from sandbox.world import World

LEAST_PRICE = Decimal(1)
IN_STOCK = 40


def changed(world: World, shop: str, product: Record, topic: str = "products/update") -> Record:
    """Write a product as it now is, and announce it."""
    product = {**product, "updated_at": world.now()}
    world.state.put(shop, "product", product, handle=product["handle"])
    world.emit(shop, topic, product_payloads.product(product, world.front_url))
    return product


def raise_prices(world: World, shop: str, product: Record, step: Decimal) -> Record:
    """Change every price by so many dollars."""
    return _priced(world, shop, product, {one["id"]: step for one in product["variants"]})


def reduce(world: World, shop: str, product: Record, percent: int) -> Record:
    """Take so much off every price."""
    off = {one["id"]: -Decimal(one["price"]) * percent / 100 for one in product["variants"]}
    return _priced(world, shop, product, off)


def _priced(world: World, shop: str, product: Record, steps: dict[int, Decimal]) -> Record:
    variants = [
        {**one, "price": f"{max(Decimal(one['price']) + steps[one['id']], LEAST_PRICE):.2f}"}
        for one in product["variants"]
    ]
    return changed(world, shop, {**product, "variants": variants})


def stock(world: World, shop: str, product: Record, count: int) -> Record:
    """Have so many of each variant."""
    variants = [{**one, "inventory": count} for one in product["variants"]]
    return changed(world, shop, {**product, "variants": variants})


def show(world: World, shop: str, product: Record, *, on: bool) -> Record:
    """Put a product into the online store, or take it out."""
    told = {"status": "active", "published_at": world.now()}
    hidden = {"status": "draft", "published_at": None}
    return changed(world, shop, {**product, **(told if on else hidden)})


def add(world: World, shop: str, like: Record) -> Record:
    """Bring out a new product that is much like another one."""
    id_, now = world.state.next_number("product", 8_120_455_900_000) * 10, world.now()
    number = world.state.next_number(f"edition:{like['id']}", 1)
    variants = [
        {**one, "id": id_ * 5 + place, "inventory": IN_STOCK}
        for place, one in enumerate(like["variants"])
    ]
    product: Record = {
        **like,
        "id": id_,
        "title": f"{like['title'].partition(' No. ')[0]} No. {number}",
        "handle": f"{like['handle'].partition('-no-')[0]}-no-{number}",
        "status": "active",
        "rating": None,
        "created_at": now,
        "published_at": now,
        "variants": variants,
    }
    return changed(world, shop, product, "products/create")


def on_sale(world: World, shop: str) -> list[Record]:
    """What the shop front shows."""
    return [one for one in world.state.all(shop, "product") if one["status"] == "active"]


def is_sold_out(product: Record) -> bool:
    return all(one["inventory"] <= 0 for one in product["variants"])
