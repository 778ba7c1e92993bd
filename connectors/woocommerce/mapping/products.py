"""Products and their variations; prices stand in the store's currency."""

from collections.abc import Sequence

from connectors.woocommerce.mapping import fields
from connectors.woocommerce.mapping.fields import Telling
from marketing.categories import Category
from marketing.hints import ToldInPart
from marketing.model import Change, Gone, JsonObject, Product, Variant

STATUSES = {"publish": "active", "private": "draft", "pending": "draft", "draft": "draft"}
IN_STOCK = frozenset({"instock", "onbackorder"})


def has_variations(payload: JsonObject) -> bool:
    """Tell if the record names ids of variations only, whose prices are read elsewhere."""
    return payload.get("type") in {"variable", "variable-subscription"}


def product(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read product.created and product.updated.

    What has variations tells their ids alone, so that all of it has to be asked for; and a
    variation's own news is its product's.
    """
    if has_variations(payload) or payload.get("type") == "variation":
        return [Change(telling.name, telling.at, ToldInPart("product"))]
    return [whole(payload, (payload,), telling)]


def whole(payload: JsonObject, variations: Sequence[JsonObject], telling: Telling) -> Change:
    """Read a product with what one can put into a cart of it."""
    updated_at = fields.first_moment(payload, "date_modified_gmt", "date_created_gmt")
    updated_at = updated_at or telling.at
    status = fields.text(payload.get("status")) or ""
    told = Product(
        external_id=fields.demand(fields.identifier(payload.get("id")), "product"),
        title=fields.words(payload.get("name")) or "",
        handle=fields.text(payload.get("slug")) or "",
        updated_at=updated_at,
        url=fields.web_address(payload.get("permalink")),
        image_url=_image(payload),
        product_type=_first_name(payload, "categories"),
        vendor=_first_name(payload, "brands"),
        status=STATUSES.get(status, "active"),
        tags=_names(payload, "tags"),
        variants=_variants(payload, variations, telling.store_currency or ""),
        created_at=fields.moment(payload.get("date_created_gmt")),
        is_published=status == "publish" and payload.get("catalog_visibility") != "hidden",
        categories=_categories(payload),
        **_rating(payload),
    )
    return Change(telling.name, updated_at, told)


def _categories(payload: JsonObject) -> tuple[Category, ...]:
    told = fields.records(payload.get("categories"))
    named = ((fields.identifier(one.get("id")), fields.words(one.get("name"))) for one in told)
    return tuple(Category(own_id, name) for own_id, name in named if own_id and name)


def _rating(payload: JsonObject) -> dict[str, int]:
    average, count = fields.decimal(payload.get("average_rating")), payload.get("rating_count")
    number = fields.count(count)
    if average is None or not number or not 0 < average <= 5:
        return {}
    return {"rating": round(average * 100), "rating_count": number}


def _image(payload: JsonObject) -> str | None:
    images = [*fields.records(payload.get("images")), fields.record(payload.get("image"))]
    found = (fields.web_address(one.get("src")) for one in images)
    return next((address for address in found if address), None)


def _names(payload: JsonObject, key: str) -> tuple[str, ...]:
    told = (fields.words(one.get("name")) for one in fields.records(payload.get(key)))
    return tuple(dict.fromkeys(name for name in told if name))


def _first_name(payload: JsonObject, key: str) -> str | None:
    return next(iter(_names(payload, key)), None)


def _variants(
    payload: JsonObject, variations: Sequence[JsonObject], currency: str
) -> tuple[Variant, ...]:
    return tuple(
        Variant(
            external_id=variant_id,
            title="" if one is payload else _options(one),
            price=fields.money(one.get("price"), currency) or 0,
            compare_at_price=_full_price(one, currency),
            sku=fields.text(one.get("sku")),
            available=one.get("stock_status") in IN_STOCK and one.get("purchasable") is not False,
            image_url=_image(one),
        )
        for one in variations
        if (variant_id := fields.identifier(one.get("id")))
    )


def _full_price(one: JsonObject, currency: str) -> int | None:
    return fields.money(one.get("regular_price"), currency) if one.get("on_sale") is True else None


def _options(variation: JsonObject) -> str:
    told = (fields.words(one.get("option")) for one in _attributes(variation))
    return ", ".join(option for option in told if option)


def _attributes(variation: JsonObject) -> list[JsonObject]:
    return fields.records(variation.get("attributes"))


def deleted(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read product.deleted, which tells the id alone."""
    gone = Gone("product", fields.demand(fields.identifier(payload.get("id")), "product"))
    return [Change(telling.name, telling.at, gone)]
