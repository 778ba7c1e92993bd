"""Webhook bodies of orders, refunds and products, in Shopify's shapes (see `payloads.py`)."""

from decimal import Decimal

from sandbox.payloads import Payload, address, gid, local, money_set, nested_customer
from sandbox.state import Record

_NO_MONEY = Decimal(0)


def order(record: Record, person: Record | None, shop_url: str) -> Payload:
    """orders/create, orders/updated, orders/paid, orders/cancelled, orders/fulfilled."""
    return {
        **_identity(record, shop_url),
        **_circumstances(record),
        **_amounts(record),
        "billing_address": address(record["address"]),
        "shipping_address": address(record["address"]),
        "customer": nested_customer(person) if person else None,
        "discount_applications": _applications(record),
        "fulfillments": [],
        "line_items": [_line(line, record["currency"]) for line in record["lines"]],
        "payment_terms": None,
        "refunds": [refund(entry, record) for entry in record["refunds"]],
        "shipping_lines": [_shipping(record)],
        "returns": [],
        "line_item_groups": [],
    }


def _identity(record: Record, shop_url: str) -> Payload:
    number = record["number"]
    return {
        "id": record["id"],
        "admin_graphql_api_id": gid("Order", record["id"]),
        "app_id": None,
        "browser_ip": None,
        "buyer_accepts_marketing": record["accepts_marketing"],
        "cancel_reason": "customer" if record.get("cancelled_at") else None,
        "cancelled_at": local(record.get("cancelled_at")),
        "cart_token": record.get("cart_token"),
        "checkout_token": record.get("checkout_token"),
        "client_details": None,
        "closed_at": None,
        "confirmation_number": None,
        "confirmed": True,
        "contact_email": record["email"],
        "created_at": local(record["created_at"]),
        "email": record["email"],
        "name": f"#{number}",
        "number": number - 1000,
        "order_number": number,
        "order_status_url": f"{shop_url}/orders/{record['token']}",
        "phone": record.get("phone"),
        "processed_at": local(record["created_at"]),
        "token": record["token"],
        "updated_at": local(record["updated_at"]),
    }


def _circumstances(record: Record) -> Payload:
    return {
        "customer_locale": record["locale"],
        "device_id": None,
        "duties_included": False,
        "estimated_taxes": False,
        "financial_status": record["financial_status"],
        "fulfillment_status": record.get("fulfillment_status"),
        "landing_site": record.get("landing_site"),
        "landing_site_ref": None,
        "location_id": None,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "merchant_of_record_app_id": None,
        "note": None,
        "note_attributes": [],
        "payment_gateway_names": ["bogus"],
        "po_number": None,
        "reference": None,
        "referring_site": None,
        "source_identifier": None,
        "source_name": record["source_name"],
        "source_url": None,
        "tags": ", ".join(record["tags"]),
        "tax_exempt": False,
        "tax_lines": [],
        "taxes_included": False,
        "test": record["test"],
        "total_weight": sum(line["grams"] * line["quantity"] for line in record["lines"]),
        "user_id": None,
    }


def _amounts(record: Record) -> Payload:
    paid = {name: Decimal(value) for name, value in record["totals"].items()}
    back = sum((Decimal(r["amount"]) for r in record["refunds"]), _NO_MONEY)
    kept = {
        "current_shipping_price": paid["shipping"],
        "current_subtotal_price": max(paid["subtotal"] - back, _NO_MONEY),
        "current_total_discounts": paid["discount"],
        "current_total_price": paid["total"] - back,
        "current_total_tax": _NO_MONEY,
        "subtotal_price": paid["subtotal"],
        "total_discounts": paid["discount"],
        "total_line_items_price": paid["lines"],
        "total_price": paid["total"],
        "total_tax": _NO_MONEY,
        "total_shipping_price": paid["shipping"],
        "total_cash_rounding_payment_adjustment": _NO_MONEY,
        "total_cash_rounding_refund_adjustment": _NO_MONEY,
    }
    only_sets = {
        "current_shipping_price",
        "total_shipping_price",
        "total_cash_rounding_payment_adjustment",
        "total_cash_rounding_refund_adjustment",
    }
    amounts: Payload = {f"{name}_set": money_set(v, record["currency"]) for name, v in kept.items()}
    amounts |= {name: f"{v:.2f}" for name, v in kept.items() if name not in only_sets}
    return amounts | {
        "currency": "USD",
        "presentment_currency": record["currency"],
        "current_total_additional_fees_set": None,
        "current_total_duties_set": None,
        "original_total_additional_fees_set": None,
        "original_total_duties_set": None,
        "discount_codes": _codes(record),
        "total_outstanding": "0.00",
        "total_tip_received": "0.00",
    }


def _codes(record: Record) -> list[Payload]:
    if not record.get("code"):
        return []
    amount = record["totals"]["discount"]
    return [{"code": record["code"], "amount": amount, "type": "percentage"}]


def _applications(record: Record) -> list[Payload]:
    if not record.get("code"):
        return []
    return [
        {
            "target_type": "line_item",
            "type": "discount_code",
            "value": record["totals"]["discount"],
            "value_type": "fixed_amount",
            "allocation_method": "across",
            "target_selection": "all",
            "code": record["code"],
        }
    ]


def _line(line: Record, currency: str) -> Payload:
    return {
        **_sold(line, currency),
        "attributed_staffs": [],
        "current_quantity": line["quantity"],
        "sales_line_item_group_id": None,
        "tax_lines": [],
        "duties": [],
        "discount_allocations": [],
    }


def _sold(line: Record, currency: str) -> Payload:
    return {
        "id": line["id"],
        "admin_graphql_api_id": gid("LineItem", line["id"]),
        "fulfillable_quantity": line["quantity"],
        "fulfillment_service": "manual",
        "fulfillment_status": None,
        "gift_card": False,
        "grams": line["grams"],
        "name": f"{line['title']} - {line['variant_title']}"
        if line["variant_title"]
        else line["title"],
        "price": line["price"],
        "price_set": money_set(Decimal(line["price"]), currency),
        "product_exists": True,
        "product_id": line["product_id"],
        "properties": [],
        "quantity": line["quantity"],
        "requires_shipping": True,
        "sku": line["sku"],
        "taxable": True,
        "title": line["title"],
        "total_discount": "0.00",
        "total_discount_set": money_set(_NO_MONEY, currency),
        "variant_id": line["variant_id"],
        "variant_inventory_management": "shopify",
        "variant_title": line["variant_title"],
        "vendor": line["vendor"],
    }


def _shipping(record: Record) -> Payload:
    price = Decimal(record["totals"]["shipping"])
    both = money_set(price, record["currency"])
    return {
        "id": record["id"] + 7,
        "carrier_identifier": None,
        "code": "Standard",
        "current_discounted_price_set": both,
        "discounted_price": f"{price:.2f}",
        "discounted_price_set": both,
        "is_removed": False,
        "phone": None,
        "price": f"{price:.2f}",
        "price_set": both,
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": "Standard",
        "tax_lines": [],
        "discount_allocations": [],
    }


def refund(entry: Record, order_: Record) -> Payload:
    """refunds/create; also inside the order."""
    currency = order_["currency"]
    return {
        "id": entry["id"],
        "order_id": order_["id"],
        "created_at": local(entry["created_at"]),
        "note": entry["note"],
        "user_id": None,
        "processed_at": local(entry["created_at"]),
        "duties": [],
        "total_duties_set": money_set(_NO_MONEY, currency),
        "return": None,
        "refund_shipping_lines": [],
        "restock": False,
        "admin_graphql_api_id": gid("Refund", entry["id"]),
        "order_adjustments": [],
        "refund_line_items": [_refund_line(line, entry, currency) for line in entry["lines"]],
        "transactions": [_money_back(entry, order_)],
    }


def _refund_line(line: Record, entry: Record, currency: str) -> Payload:
    price = Decimal(line["price"]) * line["quantity"]
    return {
        "id": entry["id"] + line["id"] % 1000,
        "quantity": line["quantity"],
        "line_item_id": line["id"],
        "location_id": None,
        "restock_type": "no_restock",
        "subtotal": float(price),
        "total_tax": 0.0,
        "subtotal_set": money_set(price, currency),
        "total_tax_set": money_set(_NO_MONEY, currency),
        "line_item": {
            **_sold(line, currency),
            "discount_allocations": [],
            "duties": [],
            "tax_lines": [],
        },
    }


def _money_back(entry: Record, order_: Record) -> Payload:
    return {
        "id": entry["id"] + 5,
        "order_id": order_["id"],
        "kind": "refund",
        "gateway": "bogus",
        "status": "success",
        "message": None,
        "created_at": local(entry["created_at"]),
        "test": order_["test"],
        "authorization": None,
        "location_id": None,
        "user_id": None,
        "parent_id": None,
        "processed_at": local(entry["created_at"]),
        "device_id": None,
        "error_code": None,
        "source_name": "web",
        "receipt": {},
        "amount": entry["amount"],
        "currency": "USD",
        "payment_id": f"#{order_['number']}.1",
        "total_unsettled_set": {
            "presentment_money": {"amount": "0.0", "currency": "XXX"},
            "shop_money": {"amount": "0.0", "currency": "XXX"},
        },
        "manual_payment_gateway": False,
        "amount_rounding": None,
        "admin_graphql_api_id": gid("OrderTransaction", entry["id"] + 5),
    }


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
        "published_at": local(record["created_at"]),
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
