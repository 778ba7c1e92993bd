"""Webhook bodies of orders, refunds and fulfilments, in Shopify's shapes (see `payloads.py`)."""

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
        "fulfillments": [fulfillment(one, record) for one in record.get("fulfillments", [])],
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


def fulfillment(parcel: Record, order_: Record) -> Payload:
    """fulfillments/create and fulfillments/update; also inside the order."""
    number = parcel["number"]
    address_ = f"https://www.ups.com/WebTracking?trackNums={number}" if number else None
    return {
        "id": parcel["id"],
        "order_id": order_["id"],
        "status": parcel["status"],
        "created_at": local(parcel["created_at"]),
        "service": "manual",
        "updated_at": local(parcel["updated_at"]),
        "tracking_company": parcel["company"],
        "shipment_status": parcel["shipment_status"],
        "location_id": 76_100_233,
        "origin_address": None,
        "email": order_["email"],
        "destination": address(order_["address"]),
        "line_items": [
            {
                **_sold(line, order_["currency"]),
                "fulfillment_status": "fulfilled",
                "discount_allocations": [],
                "duties": [],
                "tax_lines": [],
            }
            for line in order_["lines"]
        ],
        "tracking_number": number,
        "tracking_numbers": [number] if number else [],
        "tracking_url": address_,
        "tracking_urls": [address_] if address_ else [],
        "receipt": {},
        "name": f"#{order_['number']}.1",
        "admin_graphql_api_id": gid("Fulfillment", parcel["id"]),
    }


def fulfillment_event(number: int, parcel: Record, order_: Record, shop: Record) -> Payload:
    """fulfillment_events/create: what the carrier says of a parcel."""
    moment = local(parcel["updated_at"])
    return {
        "id": number,
        "fulfillment_id": parcel["id"],
        "status": parcel["shipment_status"],
        "message": f"Item is {parcel['shipment_status'].replace('_', ' ')}",
        "happened_at": moment,
        "city": None,
        "province": None,
        "country": order_["address"]["country_code"],
        "zip": None,
        "address1": None,
        "latitude": None,
        "longitude": None,
        "shop_id": shop["number"],
        "created_at": moment,
        "updated_at": moment,
        "estimated_delivery_at": None,
        "order_id": order_["id"],
        "admin_graphql_api_id": gid("FulfillmentEvent", number),
    }
