"""Products and their variants."""

import pytest

from connectors.shopify.mapping import nodes, products
from connectors.shopify.mapping.fields import Telling
from marketing.categories import Category
from marketing.events import EventName
from marketing.model import Gone, Product, Variant
from tests.connectors.shopify.mapping.reading import AT, STORE, only
from tests.payloads.shopify import sample


def test_a_product_is_read_with_its_variants() -> None:
    payload = sample("products/update")
    payload["images"] = [{"id": 7, "src": "//cdn.example.com/small.png"}]
    payload["variants"][0] |= {"image_id": 7, "sku": "S-1"}
    payload["variants"][1] |= {"inventory_quantity": 0}
    record = only("products/update", payload).record
    assert isinstance(record, Product)
    assert (record.handle, record.status) == ("example-t-shirt", "active")
    assert record.tags == ("example", "mens", "t-shirt")
    assert record.image_url == "https://cdn.example.com/small.png"
    assert record.variants == (
        Variant(
            "642667041472714000",
            "Small",
            1999,
            2499,
            "S-1",
            image_url="https://cdn.example.com/small.png",
        ),
        Variant("757650484644203900", "Medium", 1999, 2499, available=False),
    )


@pytest.mark.parametrize(("currency", "price"), [("USD", 1999), ("JPY", 20), (None, 1999)])
def test_prices_stand_in_the_stores_currency(currency: str | None, price: int) -> None:
    record = only("products/update", sample("products/update"), currency).record
    assert isinstance(record, Product)
    assert record.variants[0].price == price


def test_a_deleted_product_is_gone() -> None:
    change = only("products/delete", sample("products/delete"))
    assert change.record == Gone("product", "788032119674292900")


def test_a_collection_tells_its_name_and_nothing_of_its_products() -> None:
    told = sample("collections/update", id=9007199254740993, title="New in")
    assert only("collections/update", told).record == Category("9007199254740993", "New in")
    gone = only("collections/delete", sample("collections/delete", id=7))
    assert gone.record == Gone("category", "7")
    product = only("products/update", sample("products/update")).record
    assert isinstance(product, Product)
    assert product.categories is None, "to be asked for"


@pytest.mark.parametrize(("has_more", "told"), [(False, (Category("7", "Hats"),)), (True, None)])
def test_more_collections_than_a_page_holds_are_asked_for(
    has_more: bool, told: tuple[Category, ...] | None
) -> None:
    page = {
        "pageInfo": {"hasNextPage": has_more},
        "nodes": [{"id": "gid://shopify/Collection/7", "title": "Hats"}, {"id": None}],
    }
    node = {"id": "gid://shopify/Product/1", "title": "Cap", "collections": page}
    [change] = products.product(nodes.product(node), Telling(EventName.PRODUCT_UPDATED, STORE, AT))
    assert isinstance(change.record, Product)
    assert change.record.categories == told


@pytest.mark.parametrize(
    ("rating", "count", "told"),
    [
        ('{"scale_min":"1.0","scale_max":"5.0","value":"4.52"}', "17", (452, 17)),
        ('{"scale_min":"1.0","scale_max":"10.0","value":"9.0"}', 4, (450, 4)),
        ('{"value":"4"}', 2, (400, 2)),
        ('{"value":"4"}', 0, (None, None)),
        ('{"value":"good"}', 3, (None, None)),
        ("4.5", 3, (None, None)),
        ("{", 3, (None, None)),
        (None, 3, (None, None)),
    ],
)
def test_a_rating_is_read_out_of_the_standard_metafields(
    rating: object, count: object, told: tuple[int | None, int | None]
) -> None:
    payload = sample("products/update", rating=rating, rating_count=count)
    change = only("products/update", payload)
    assert isinstance(change.record, Product)
    assert (change.record.rating, change.record.rating_count) == told


def test_a_product_is_found_by_its_handle_where_its_address_is_not_told() -> None:
    told = sample("products/update", handle="a b", published_at="2026-01-01T00:00:00Z")
    bodies = {
        f"https://{STORE}/products/a%20b": told,
        "https://maple.example/products/x": {**told, "url": "https://maple.example/products/x"},
        None: {**told, "published_at": None},
    }
    for url, body in bodies.items():
        record = only("products/update", body).record
        assert isinstance(record, Product)
        assert record.url == url


def test_a_product_outside_the_online_store_is_not_published() -> None:
    shown = sample("products/update", published_at="2026-01-01T00:00:00Z")
    for body, is_published in ((shown, True), ({**shown, "published_at": None}, False)):
        change = only("products/update", body)
        assert isinstance(change.record, Product)
        assert change.record.is_published is is_published


@pytest.mark.parametrize(
    ("own", "standard", "category"),
    [
        ("Scarves", {"name": "Clothing Accessories"}, "Scarves"),
        ("", {"name": "Clothing Accessories"}, "Clothing Accessories"),
        (None, {"name": "Uncategorized"}, None),
        ("", None, None),
    ],
)
def test_a_product_without_a_type_is_in_its_standard_category(
    own: str | None, standard: dict[str, str] | None, category: str | None
) -> None:
    payload = sample("products/update") | {"product_type": own, "category": standard}
    record = only("products/update", payload).record
    assert isinstance(record, Product)
    assert record.product_type == category
