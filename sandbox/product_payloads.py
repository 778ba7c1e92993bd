"""Webhook bodies of products, in Shopify's shapes (see `payloads.py`)."""

from sandbox.payloads import Payload, gid, local
from sandbox.state import Record


def product(record: Record, shop_url: str) -> Payload:
    """products/create, products/update; pictures are shown by the shop front at `shop_url`."""
    picture = _picture(record, shop_url)
    return {
        "admin_graphql_api_id": gid("Product", record["id"]),
        "body_html": record["body_html"],
        "created_at": local(record["created_at"]),
        "handle": record["handle"],
        "id": record["id"],
        "product_type": record["product_type"],
        "published_at": local(record.get("published_at", record["created_at"])),
        "template_suffix": None,
        "title": record["title"],
        "updated_at": local(record["updated_at"]),
        "vendor": record["vendor"],
        "status": record["status"],
        "published_scope": "web",
        "tags": ", ".join(record["tags"]),
        "variants": [_variant(v, record, i) for i, v in enumerate(record["variants"], 1)],
        "options": [_option(record)],
        "images": [picture],
        "image": picture,
        "media": [],
        "variant_gids": [
            {
                "admin_graphql_api_id": gid("ProductVariant", v["id"]),
                "updated_at": local(record["updated_at"]),
            }
            for v in record["variants"]
        ],
        "has_variants_that_requires_components": False,
        "category": None,
    }


def _option(record: Record) -> Payload:
    return {
        "id": record["id"] + 2,
        "product_id": record["id"],
        "name": record["option"],
        "position": 1,
        "values": [v["title"] for v in record["variants"]],
    }


def _variant(variant: Record, record: Record, position: int) -> Payload:
    return {
        "admin_graphql_api_id": gid("ProductVariant", variant["id"]),
        "barcode": None,
        "compare_at_price": variant.get("compare_at_price"),
        "created_at": local(record["created_at"]),
        "id": variant["id"],
        "inventory_policy": "deny",
        "position": position,
        "price": variant["price"],
        "product_id": record["id"],
        "sku": variant["sku"],
        "taxable": True,
        "title": variant["title"],
        "updated_at": local(record["updated_at"]),
        "option1": variant["title"],
        "option2": None,
        "option3": None,
        "image_id": None,
        "inventory_item_id": variant["id"] + 9,
        "inventory_quantity": variant["inventory"],
        "old_inventory_quantity": variant["inventory"],
    }


def _picture(record: Record, shop_url: str) -> Payload:
    return {
        "id": record["id"] + 1,
        "product_id": record["id"],
        "position": 1,
        "created_at": local(record["created_at"]),
        "updated_at": local(record["updated_at"]),
        "alt": record["title"],
        "width": 640,
        "height": 640,
        "src": shop_url + record["picture"],
        "variant_ids": [],
        "admin_graphql_api_id": gid("ProductImage", record["id"] + 1),
    }
