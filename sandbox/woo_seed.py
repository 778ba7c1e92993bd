"""The WooCommerce store on its first day: goods, people, months of orders, what they say of them.

Deterministic as the other shop's: only dates hang on the day of the first start.
"""

import random
from datetime import timedelta

from sandbox import catalog, woo_goods, woo_orders, woo_people
from sandbox.state import Record
from sandbox.woo_orders import Sale
from sandbox.woo_shop import WooShop
from sandbox.woo_site import WOO

_DAYS = 150
_GOODS = 12  # of the catalogue's things, these many
_SAID = (
    (5, "Exactly as pictured, and it feels even better in the hand."),
    (4, "Lovely thing. The parcel took a while."),
    (5, "A present for my sister, who will not give it back."),
    (3, "Nice, but smaller than I thought."),
    (5, "The second one I bought. There will be a third."),
)


def plant(shop: WooShop) -> None:
    """Fill an empty store; does nothing to one that is open already."""
    _move(shop)
    if shop.all("woo_customer"):
        return
    dice = random.Random(20_261_126)  # noqa: S311 - a fixed story, no secret
    with shop.state.transaction():
        woo_people.plant_owner(shop, shop.now() - timedelta(days=700))
        goods = _goods(shop)
        for who in catalog.CUSTOMERS[6:24]:
            _life(shop, who, goods, dice)
        _what_they_say(shop, dice)


def _move(shop: WooShop) -> None:
    """A site keeps its address in what it has written: another port is a move to another host."""
    before = shop.state.setting("woo_home", shop.url)
    if before != shop.url:
        shop.state.rows(
            "UPDATE records SET data = replace(data, ?, ?) WHERE shop = ?",
            (f"{before}/", f"{shop.url}/", WOO),
        )
    shop.state.set("woo_home", shop.url)


def _goods(shop: WooShop) -> list[Record]:
    made = shop.now() - timedelta(days=400)
    categories: dict[str, Record] = {}
    for handle, (name, _) in catalog.COLLECTIONS.items():
        category = {"id": shop.next_id("term"), "name": name, "slug": handle, "parent": 0,
                    "description": "", "display": "default", "image": None, "menu_order": 0,
                    "count": 0}  # fmt: skip
        categories[handle] = shop.put("woo_category", category)
    return [
        woo_goods.plant(shop, item, categories[item.collection], made)
        for item in catalog.MAPLE[:_GOODS]
    ]


def _life(
    shop: WooShop, who: tuple[str, str, str, str, str], goods: list[Record], dice: random.Random
) -> None:
    """One in three buys without an account; most come once, some come back."""
    first, last, country, *_ = who
    plain = f"{first}.{last}".lower().translate(str.maketrans("éëï", "eei", "' "))
    details = {"first_name": first, "last_name": last, "country": country}
    email = f"{plain}@example.com"
    is_guest = dice.random() < 0.34
    made = shop.now() - timedelta(days=dice.randrange(_DAYS, 400))
    person = None if is_guest else woo_people.new_person(shop, email, details, made)
    for _ in range(dice.choices((0, 1, 2, 4), (1, 5, 3, 1))[0] or int(is_guest)):
        _bought(shop, woo_people.billing(email, details), person, goods, dice)


def _bought(
    shop: WooShop,
    billing: Record,
    person: Record | None,
    goods: list[Record],
    dice: random.Random,
) -> None:
    when = shop.now() - timedelta(days=dice.uniform(2, _DAYS))
    items = [
        (one["id"], dice.choice(one["variations"] or [0]), dice.choice((1, 1, 2)))
        for one in dice.sample(goods, dice.choice((1, 1, 2, 3)))
    ]
    sale = Sale(
        lines=woo_orders.lines_of(shop, items), billing=billing,
        customer_id=person["id"] if person else 0, at=when,
        created_via=dice.choice(("checkout", "store-api")),
    )  # fmt: skip
    order = woo_orders.write(shop, sale, [])
    # One in nine came back, one in nine was never paid; and some are on their way.
    end = {3: "refunded", 5: "failed"}.get(shop.state.count(WOO, "woo_order") % 9, "completed")
    if end == "completed" and dice.random() < 0.15:
        end = "processing"
    if end == "failed":
        woo_orders.move(shop, order, "failed", when)
        return
    order = woo_orders.move(shop, order, "processing", when)
    if end in {"completed", "refunded"}:
        order = woo_orders.move(shop, order, "completed", when + timedelta(days=1))
    if end == "refunded":
        woo_orders.refund(shop, order, at=when + timedelta(days=2))


def _what_they_say(shop: WooShop, dice: random.Random) -> None:
    for order in shop.all("woo_order"):
        if order["status"] != "completed" or dice.random() > 0.5:
            continue
        line = order["line_items"][0]
        product = shop.get("woo_product", line["product_id"])
        if product:
            rating, text = dice.choice(_SAID)
            when = shop.now() - timedelta(days=dice.uniform(0, 2))
            woo_goods.review(shop, product, order["billing"], (rating, text, when))
