"""Products out of webhooks; prices stand in the store's currency, which Shopify does not name."""

from urllib.parse import quote

import orjson

from connectors.shopify.mapping import fields
from connectors.shopify.mapping.fields import Telling
from marketing.categories import Category
from marketing.model import Change, Gone, JsonObject, Product, Variant

UNCATEGORIZED = "Uncategorized"
"""What Shopify calls a product that nobody put into its categories."""
STATUSES = frozenset({"active", "archived", "draft", "unlisted"})


def product(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read products/create and products/update."""
    updated_at = fields.first_moment(payload, "updated_at", "created_at") or telling.at
    told = Product(
        external_id=fields.demand(fields.own_id(payload), "product"),
        title=fields.name(payload.get("title")) or "",
        handle=fields.text(payload.get("handle")) or "",
        updated_at=updated_at,
        url=_address(payload, telling),
        image_url=_main_image(payload),
        product_type=_category(payload),
        vendor=fields.text(payload.get("vendor")),
        status=_status(payload),
        tags=fields.tags(payload.get("tags")) or (),
        variants=_variants(payload, telling.store_currency or ""),
        created_at=fields.moment(payload.get("created_at")),
        is_published=not ("published_at" in payload and payload["published_at"] is None),
        categories=_collections(payload.get("collections")),
        **_rating(payload),
    )
    return [Change(telling.name, updated_at, told)]


def _address(payload: JsonObject, telling: Telling) -> str | None:
    """Give where customers find it: webhooks do not tell, but its handle does."""
    if "url" in payload:
        return fields.web_address(payload["url"])
    handle = fields.text(payload.get("handle"))
    if not handle or payload.get("published_at") is None:
        return None
    return fields.web_address(f"https://{telling.store_domain}/products/{quote(handle)}")


def _category(payload: JsonObject) -> str | None:
    """Give the merchant's own type; where they fill in none, Shopify's standard category."""
    standard = fields.text(fields.record(payload.get("category")).get("name"))
    return fields.text(payload.get("product_type")) or (
        standard if standard != UNCATEGORIZED else None
    )


def _collections(told: object) -> tuple[Category, ...] | None:
    """Give a product's collections where they came along; webhooks never bring them."""
    if not isinstance(told, list):
        return None
    named = ((fields.own_id(one), fields.name(one.get("title"))) for one in fields.records(told))
    return tuple(Category(own_id, name) for own_id, name in named if own_id and name)


def _status(payload: JsonObject) -> str:
    told = (fields.text(payload.get("status")) or "").lower()
    return told if told in STATUSES else "active"


def _rating(payload: JsonObject) -> dict[str, int]:
    """Read Shopify's standard metafields of review apps, where they came along."""
    rating, count = payload.get("rating"), fields.count(payload.get("rating_count"))
    told = _read_json(rating)
    value, most = fields.decimal(told.get("value")), fields.decimal(told.get("scale_max"))
    if value is None or not count:
        return {}
    return {"rating": round(value / (most or 5) * 500), "rating_count": count}


def _read_json(value: object) -> JsonObject:
    try:
        return fields.record(orjson.loads(value)) if isinstance(value, str) else {}
    except orjson.JSONDecodeError:
        return {}


def _main_image(payload: JsonObject) -> str | None:
    first = [fields.record(payload.get("image")), *fields.records(payload.get("images"))]
    media = [fields.record(one.get("preview_image")) for one in _media(payload)]
    found = (fields.web_address(image.get("src")) for image in (*first, *media))
    return next((address for address in found if address), None)


def _media(payload: JsonObject) -> list[JsonObject]:
    return fields.records(payload.get("media"))


def _variants(payload: JsonObject, currency: str) -> tuple[Variant, ...]:
    images = {
        fields.own_id(image): fields.web_address(image.get("src"))
        for image in fields.records(payload.get("images"))
    }
    told = ((fields.own_id(one), one) for one in fields.records(payload.get("variants")))
    return tuple(
        Variant(
            external_id=variant_id,
            title=fields.text(one.get("title")) or "",
            price=fields.money(one.get("price"), currency) or 0,
            compare_at_price=fields.money(one.get("compare_at_price"), currency),
            sku=fields.text(one.get("sku")),
            available=_is_available(one),
            image_url=images.get(fields.identifier(one.get("image_id"))),
        )
        for variant_id, one in told
        if variant_id
    )


def _is_available(variant: JsonObject) -> bool:
    untracked = "inventory_management" in variant and variant["inventory_management"] is None
    oversold = variant.get("inventory_policy") == "continue"
    quantity = variant.get("inventory_quantity")
    return untracked or oversold or not isinstance(quantity, int | float) or quantity > 0


def deleted(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read products/delete."""
    gone = Gone("product", fields.demand(fields.own_id(payload), "product"))
    return [Change(telling.name, telling.at, gone)]


def collection(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read collections/create and collections/update: its name; its products are asked for."""
    own_id = fields.demand(fields.own_id(payload), "collection")
    told = Category(own_id, fields.name(payload.get("title")) or "")
    return [Change(telling.name, telling.at, told)]


def collection_gone(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read collections/delete."""
    gone = Gone("category", fields.demand(fields.own_id(payload), "collection"))
    return [Change(telling.name, telling.at, gone)]
