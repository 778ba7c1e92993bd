"""The WooCommerce store's products, their variations and reviews, as REST shows them."""

import re
from datetime import datetime
from typing import Any

from sandbox.catalog import Item
from sandbox.state import Record
from sandbox.woo_collections import Arguments, Listing, numbers
from sandbox.woo_refusals import bad_parameter
from sandbox.woo_resources import Resource
from sandbox.woo_shop import WooShop
from sandbox.woo_site import money, price_shown

_EDITABLE = {
    "name", "status", "description", "short_description", "sku", "regular_price", "sale_price",
    "stock_quantity", "stock_status", "manage_stock", "featured", "catalog_visibility", "meta_data",
}  # fmt: skip
_ALIKE: Record = {
    "date_on_sale_from": None, "date_on_sale_from_gmt": None, "date_on_sale_to": None,
    "date_on_sale_to_gmt": None, "virtual": False, "downloadable": False, "downloads": [],
    "download_limit": -1, "download_expiry": -1, "tax_status": "taxable", "tax_class": "",
    "backorders": "no", "backorders_allowed": False, "backordered": False,
    "low_stock_amount": None, "weight": "", "dimensions": {"length": "", "width": "", "height": ""},
    "shipping_class": "", "shipping_class_id": 0, "menu_order": 0, "meta_data": [],
    "global_unique_id": "", "purchasable": True, "description": "",
}  # fmt: skip
"""What products and variations of this store have in common."""


def resources(shop: WooShop) -> list[Resource]:
    """Give products and reviews; variations lie under their product."""
    shop.hooks.payloads["product"] = lambda id_: shop.get("woo_product", id_)
    reviews = Resource(
        "products/reviews", "woo_review", "review", dict, listing=Listing(_of_product)
    )
    return [
        Resource(
            "products", "woo_product", "product", dict,
            create=lambda body: create(shop, body),
            change=lambda product, body: change(shop, product, body),
            remove=lambda product: remove(shop, product),
            listing=Listing(_narrowed), has_trash=True,
        ),
        reviews,
        Resource("products/categories", "woo_category", "term", dict,
                 listing=Listing(orders={"name": "name", "id": "id"}, order=("name", "asc"))),
    ]  # fmt: skip


def variations_of(shop: WooShop, product: int) -> list[Record]:
    return [one for one in shop.all("woo_variation") if one["parent_id"] == product]


def _narrowed(records: list[Record], asked: Arguments) -> list[Record]:
    words, skus = asked.get("search", "").casefold(), asked.get("sku", "").split(",")
    status, kind = asked.get("status", "any"), asked.get("type")
    return [
        one
        for one in records
        if words in one["name"].casefold()
        and (skus == [""] or one["sku"] in skus)
        and status in {"any", "trash", one["status"]}
        and kind in {None, "", one["type"]}
    ]


def _of_product(records: list[Record], asked: Arguments) -> list[Record]:
    wanted, status = numbers(asked.get("product", "")), asked.get("status") or "approved"
    return [
        one
        for one in records
        if (not wanted or one["product_id"] in wanted) and status in {"all", one["status"]}
    ]


# Making and changing.


def plant(shop: WooShop, item: Item, category: Record, made: datetime) -> Record:
    """Put a thing of the catalogue on sale."""
    id_ = shop.next_id()
    is_variable = len(item.variants) > 1
    record: Record = {
        **_common(shop, id_, item.variants[0][1], made),
        "name": item.title, "slug": item.handle,
        "permalink": f"{shop.url}/product/{item.handle}/",
        "type": "variable" if is_variable else "simple", "status": "publish", "featured": False,
        "catalog_visibility": "visible", "description": f"<p>{item.text}</p>\n",
        "short_description": f"<p>{item.text}</p>\n", "sku": item.handle[:3].upper() + f"-{id_}",
        "total_sales": 0, "external_url": "", "button_text": "", "sold_individually": False,
        "shipping_required": True, "shipping_taxable": True, "reviews_allowed": True,
        "average_rating": "0.00", "rating_count": 0, "upsell_ids": [], "cross_sell_ids": [],
        "parent_id": 0, "purchase_note": "", "categories": [_short(category)], "brands": [],
        "tags": [], "images": [_picture(shop, item, made)], "default_attributes": [],
        "attributes": _attributes(item) if is_variable else [], "variations": [],
        "grouped_products": [], "related_ids": [], "has_options": is_variable, "post_password": "",
    }  # fmt: skip
    if is_variable:
        record["regular_price"] = ""
        record["variations"] = [_variation(shop, record, item, n, made)["id"]
                                for n in range(len(item.variants))]  # fmt: skip
    return shop.put("woo_product", record, handle=item.handle)


def _common(shop: WooShop, id_: int, price: str, made: datetime) -> Record:
    return {
        "id": id_,
        **shop.stamps("created", made),
        **shop.stamps("modified", made),
        **_ALIKE,
        "price": price,
        "regular_price": price,
        "sale_price": "",
        "on_sale": False,
        "price_html": price_shown(price),
        "manage_stock": True,
        "stock_quantity": 40,
        "stock_status": "instock",
    }


def _short(category: Record) -> Record:
    return {name: category[name] for name in ("id", "name", "slug")}


def _picture(shop: WooShop, item: Item, made: datetime) -> Record:
    return {
        "id": shop.next_id(),
        **shop.stamps("created", made),
        **shop.stamps("modified", made),
        "src": f"{shop.url}/wp-content/uploads/{item.handle}.png",
        "name": item.title,
        "alt": item.title,
        "srcset": "",
        "sizes": "(max-width: 640px) 100vw, 640px",
        "thumbnail": f"{shop.url}/wp-content/uploads/{item.handle}.png",
    }


def _attributes(item: Item) -> list[Record]:
    options = [title for title, _ in item.variants]
    return [{"id": 0, "name": item.option, "slug": item.option.lower(), "position": 0,
             "visible": True, "variation": True, "options": options}]  # fmt: skip


def _variation(shop: WooShop, parent: Record, item: Item, n: int, made: datetime) -> Record:
    title, price = item.variants[n]
    id_ = shop.next_id()
    record: Record = {
        **_common(shop, id_, price, made),
        "type": "variation", "name": title, "parent_id": parent["id"], "status": "publish",
        "sku": f"{parent['sku']}-{n + 1}", "image": parent["images"][0],
        "permalink": f"{parent['permalink']}?attribute_{item.option.lower()}={title}",
        "attributes": [{"id": 0, "name": item.option, "slug": item.option.lower(),
                        "option": title}],
    }  # fmt: skip
    record.pop("price_html")
    return shop.put("woo_variation", record)


def create(shop: WooShop, body: Record) -> Record:
    """Make a simple product, as REST may."""
    name = str(body.get("name", ""))
    handle = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "product"
    item = Item(name, handle, "", "Title", (("Default Title", "0"),), 0, "", "")
    category: Record = {"id": 15, "name": "Uncategorised", "slug": "uncategorised"}
    product = plant(shop, item, category, shop.now())
    product = shop.put("woo_product", _changed(shop, product, body), handle=handle)
    shop.hooks.tell("product.created", product["id"])
    return product


def change(shop: WooShop, product: Record, body: Record) -> Record:
    """Write what REST or the merchant changed, and announce it."""
    product = _changed(shop, product, body)
    shop.put("woo_product", product, handle=product["slug"])
    shop.hooks.tell("product.updated", product["id"])
    return product


def change_variation(shop: WooShop, variation: Record, body: Record) -> Record:
    """Change a variation; the product's own price and stock follow, and it is announced."""
    variation = shop.put("woo_variation", _changed(shop, variation, body))
    parent = shop.get("woo_product", variation["parent_id"]) or {}
    prices = [float(one["price"] or 0) for one in variations_of(shop, parent["id"])]
    stock = any(one["stock_status"] == "instock" for one in variations_of(shop, parent["id"]))
    parent |= {"price": money(min(prices)), "stock_status": "instock" if stock else "outofstock"}
    change(shop, parent, {})
    return variation


def _changed(shop: WooShop, product: Record, body: Record) -> Record:
    given = {name: value for name, value in body.items() if name in _EDITABLE}
    product = {**product, **given, **shop.stamps("modified", shop.now())}
    regular, sale = str(product["regular_price"]), str(product["sale_price"] or "")
    if sale and regular and float(sale) >= float(regular):
        raise bad_parameter("sale_price", "The sale price must be below the regular price.")
    if regular:
        product["price"], product["on_sale"] = sale or regular, bool(sale)
    if product["manage_stock"] and "stock_quantity" in given:
        product["stock_status"] = "instock" if int(given["stock_quantity"]) > 0 else "outofstock"
    if "price_html" in product:
        product["price_html"] = price_shown(product["price"] or "0")
    return product


def remove(shop: WooShop, product: Record) -> None:
    shop.drop("woo_product", product["id"])
    shop.hooks.tell("product.deleted", product["id"])


def review(shop: WooShop, product: Record, who: Record, told: tuple[int, str, datetime]) -> Record:
    """A customer says what a product is like; the product's rating follows."""
    rating, text, when = told
    record: Record = {
        "id": shop.next_id("comment"), **shop.stamps("created", when),
        "product_id": product["id"], "product_name": product["name"],
        "product_permalink": product["permalink"], "status": "approved",
        "reviewer": f"{who['first_name']} {who['last_name']}", "reviewer_email": who["email"],
        "review": f"<p>{text}</p>\n", "rating": rating, "verified": True,
        "reviewer_avatar_urls": {},
    }  # fmt: skip
    shop.put("woo_review", record)
    ratings = [
        one["rating"] for one in shop.all("woo_review") if one["product_id"] == product["id"]
    ]
    fresh: dict[str, Any] = {
        "average_rating": money(sum(ratings) / len(ratings)), "rating_count": len(ratings),
    }  # fmt: skip
    shop.put("woo_product", {**product, **fresh}, handle=product["slug"])
    return record
