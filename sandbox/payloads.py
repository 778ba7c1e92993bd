"""Webhook bodies in Shopify's shapes; tests compare them key for key with Shopify's samples.

Input are the sandbox's own records (see `records.py`). Checkout amounts are in the shopper's
currency, order amounts in the store's with both in the `_set` fields.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sandbox import money
from sandbox.state import Record

Payload = dict[str, Any]
_SHOP_ZONE = ZoneInfo("America/New_York")


def gid(kind: str, id_: object) -> str:
    """Shopify's global id."""
    return f"gid://shopify/{kind}/{id_}"


def local_id(global_id: str) -> str:
    """`gid://shopify/Customer/7` -> `7`."""
    return global_id.rsplit("/", 1)[-1]


def local(moment: str | None) -> str | None:
    """As most webhooks write times: in the store's zone, whole seconds."""
    if moment is None:
        return None
    return datetime.fromisoformat(moment).astimezone(_SHOP_ZONE).isoformat(timespec="seconds")


def zulu(moment: str) -> str:
    """As cart webhooks write times: UTC, milliseconds, Z."""
    utc = datetime.fromisoformat(moment).astimezone(ZoneInfo("UTC"))
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def money_set(amount: Decimal, currency: str) -> Payload:
    """A dollar amount twice: the store's and the shopper's money."""
    shown = money.presented(amount, currency)
    return {
        "shop_money": {"amount": money.text(amount), "currency_code": "USD"},
        "presentment_money": {"amount": money.text(shown), "currency_code": currency},
    }


def cart(record: Record) -> Payload:
    """carts/create, carts/update."""
    return {
        "id": record["token"],
        "token": record["token"],
        "line_items": [_cart_line(line, record["currency"]) for line in record["lines"]],
        "note": record.get("note"),
        "updated_at": zulu(record["updated_at"]),
        "created_at": zulu(record["created_at"]),
    }


def _cart_line(line: Record, currency: str) -> Payload:
    price = Decimal(line["price"])
    total = price * line["quantity"]
    shown = money.text(money.presented(price, currency))
    shown_total = money.text(money.presented(price, currency) * line["quantity"])
    return {
        "id": line["variant_id"],
        "properties": None,
        "quantity": line["quantity"],
        "variant_id": line["variant_id"],
        "key": f"{line['variant_id']}:{line['key']}",
        "discounted_price": shown,
        "discounts": [],
        "gift_card": False,
        "grams": line["grams"],
        "line_price": shown_total,
        "original_line_price": shown_total,
        "original_price": shown,
        "price": shown,
        "product_id": line["product_id"],
        "sku": line["sku"],
        "taxable": True,
        "title": _full_title(line),
        "total_discount": "0.00",
        "vendor": line["vendor"],
        "discounted_price_set": money_set(price, currency),
        "line_price_set": money_set(total, currency),
        "original_line_price_set": money_set(total, currency),
        "price_set": money_set(price, currency),
        "total_discount_set": money_set(Decimal(0), currency),
        "parent_relationship": None,
    }


def _full_title(line: Record) -> str:
    return f"{line['title']} - {line['variant_title']}" if line["variant_title"] else line["title"]


def checkout(record: Record, person: Record | None, recover_url: str) -> Payload:
    """checkouts/create, checkouts/update."""
    totals = record["totals"]
    shipping = _address(record.get("address"))
    return {
        "token": record["token"],
        "cart_token": record["cart_token"],
        "email": record["email"],
        "gateway": None,
        "buyer_accepts_marketing": record["accepts_marketing"],
        "created_at": local(record["created_at"]),
        "updated_at": local(record["updated_at"]),
        "landing_site": record.get("landing_site"),
        "note": None,
        "note_attributes": [],
        "referring_site": None,
        "shipping_lines": [],
        "taxes_included": False,
        "total_weight": sum(line["grams"] * line["quantity"] for line in record["lines"]),
        "currency": "USD",
        "completed_at": local(record.get("completed_at")),
        "closed_at": None,
        "user_id": None,
        "location_id": None,
        "source_identifier": None,
        "source_url": None,
        "device_id": None,
        "phone": record.get("phone"),
        "customer_locale": record["locale"],
        "line_items": [_checkout_line(line, record["currency"]) for line in record["lines"]],
        "name": f"#{record['number']}",
        "source": None,
        "abandoned_checkout_url": recover_url,
        "discount_codes": _checkout_codes(record),
        "tax_lines": [],
        "source_name": "web",
        "presentment_currency": record["currency"],
        "buyer_accepts_sms_marketing": False,
        "sms_marketing_phone": None,
        "total_discounts": totals["discount"],
        "total_line_items_price": totals["lines"],
        "total_price": totals["total"],
        "total_tax": "0.00",
        "subtotal_price": totals["subtotal"],
        "total_duties": None,
        "reservation_token": None,
        "billing_address": shipping,
        "shipping_address": shipping,
        "customer": nested_customer(person) if person else None,
    }


def _checkout_codes(record: Record) -> list[Payload]:
    code = record.get("code")
    if not code:
        return []
    return [{"code": code, "amount": record["totals"]["discount"], "type": "percentage"}]


def _checkout_line(line: Record, currency: str) -> Payload:
    price = money.presented(Decimal(line["price"]), currency)
    return {
        "applied_discounts": [],
        "discount_allocations": [],
        "key": line["key"],
        "destination_location_id": None,
        "fulfillment_service": "manual",
        "gift_card": False,
        "grams": line["grams"],
        "origin_location_id": None,
        "presentment_title": line["title"],
        "presentment_variant_title": line["variant_title"],
        "product_id": line["product_id"],
        "properties": None,
        "quantity": line["quantity"],
        "requires_shipping": True,
        "sku": line["sku"],
        "tax_lines": [],
        "taxable": True,
        "title": line["title"],
        "variant_id": line["variant_id"],
        "variant_title": line["variant_title"],
        "variant_price": money.text(price),
        "vendor": line["vendor"],
        "user_id": None,
        "unit_price_measurement": {
            "measured_type": None,
            "quantity_value": None,
            "quantity_unit": None,
            "reference_value": None,
            "reference_unit": None,
        },
        "rank": None,
        "compare_at_price": None,
        "line_price": money.text(price * line["quantity"]),
        "price": money.text(price),
    }


def checkout_deleted(record: Record) -> Payload:
    """checkouts/delete: no token, only the number and the cart's."""
    totals = record["totals"]
    return {
        "id": record["number"],
        "presentment_currency": record["currency"],
        "buyer_accepts_sms_marketing": False,
        "sms_marketing_phone": None,
        "total_discounts": totals["discount"],
        "total_line_items_price": totals["lines"],
        "total_price": totals["total"],
        "total_tax": "0.00",
        "subtotal_price": totals["subtotal"],
        "cart_token": record["cart_token"],
        "total_duties": None,
        "reservation_token": None,
    }


def nested_customer(person: Record) -> Payload:
    """The customer inside checkouts and orders."""
    return {
        "id": person["id"],
        "created_at": local(person["created_at"]),
        "updated_at": local(person["updated_at"]),
        "first_name": person["first_name"],
        "last_name": person["last_name"],
        "state": "disabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "email": person["email"],
        "phone": person["phone"],
        "currency": person["currency"],
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", person["id"]),
        "default_address": _home(person),
    }


def customer(person: Record) -> Payload:
    """customers/create, customers/update: since 2025 without tags, consent and totals."""
    return {**nested_customer(person), "addresses": []}


def customer_deleted(person: Record) -> Payload:
    """customers/delete."""
    return {
        "id": person["id"],
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", person["id"]),
    }


def _home(person: Record) -> Payload:
    place = person["address"]
    return {
        "id": person["id"] + 1_000_000,
        "customer_id": person["id"],
        "first_name": person["first_name"],
        "last_name": person["last_name"],
        "company": None,
        "address1": place["address1"],
        "address2": None,
        "city": place["city"],
        "province": place["province"],
        "country": place["country"],
        "zip": place["zip"],
        "phone": None,
        "name": f"{person['first_name']} {person['last_name']}".strip(),
        "province_code": place["province_code"],
        "country_code": place["country_code"],
        "country_name": place["country"],
        "default": True,
    }


def _address(place: Record | None) -> Payload | None:
    if place is None:
        return None
    return {
        "first_name": place["first_name"],
        "address1": place["address1"],
        "phone": None,
        "city": place["city"],
        "zip": place["zip"],
        "province": place["province"],
        "country": place["country"],
        "last_name": place["last_name"],
        "address2": None,
        "company": None,
        "latitude": None,
        "longitude": None,
        "name": f"{place['first_name']} {place['last_name']}".strip(),
        "country_code": place["country_code"],
        "province_code": place["province_code"],
    }


address = _address


def email_consent(person: Record) -> Payload:
    """customers_email_marketing_consent/update."""
    consent = person["consent"]
    return {
        "customer_id": person["id"],
        "email_address": person["email"],
        "email_marketing_consent": {
            "state": consent["state"],
            "opt_in_level": consent["opt_in_level"],
            "consent_updated_at": local(consent["updated_at"]),
        },
    }


def sms_consent(person: Record) -> Payload:
    """customers_marketing_consent/update: about text messages."""
    consent = person["texts"]
    return {
        "id": person["id"],
        "phone": person["phone"],
        "sms_marketing_consent": {
            "state": consent["state"],
            "opt_in_level": consent["opt_in_level"],
            "consent_updated_at": local(consent["updated_at"]),
            "consent_collected_from": "other",
        },
    }


def tags(person: Record, changed: list[str], at: str) -> Payload:
    """customer.tags_added and customer.tags_removed."""
    return {"customerId": gid("Customer", person["id"]), "tags": changed, "occurredAt": at}


def shop(record: Record) -> Payload:
    """app/uninstalled, shop/update."""
    place = record["address"]
    return {
        "id": record["number"],
        "name": record["name"],
        "email": record["email"],
        "domain": record["domain"],
        "province": place["province"],
        "country": place["country_code"],
        "address1": place["address1"],
        "zip": place["zip"],
        "city": place["city"],
        "source": None,
        "phone": "",
        "latitude": None,
        "longitude": None,
        "primary_locale": "en",
        "address2": None,
        "created_at": local(record["created_at"]),
        "updated_at": local(record["updated_at"]),
        "country_code": place["country_code"],
        "country_name": place["country"],
        "currency": record["currency"],
        "customer_email": record["email"],
        "timezone": "(GMT-05:00) Eastern Time (US & Canada)",
        "iana_timezone": record["zone"],
        "shop_owner": record["owner"],
        "money_format": "${{amount}}",
        "money_with_currency_format": "${{amount}} USD",
        "weight_unit": "kg",
        "province_code": place["province_code"],
        "taxes_included": None,
        "auto_configure_tax_inclusivity": None,
        "tax_shipping": None,
        "county_taxes": None,
        "plan_display_name": "Basic",
        "plan_name": "basic",
        "has_discounts": True,
        "has_gift_cards": False,
        "myshopify_domain": record["domain"],
        "google_apps_domain": None,
        "google_apps_login_enabled": None,
        "money_in_emails_format": "${{amount}}",
        "money_with_currency_in_emails_format": "${{amount}} USD",
        "eligible_for_payments": True,
        "requires_extra_payments_agreement": False,
        "password_enabled": None,
        "has_storefront": True,
        "finances": True,
        "primary_location_id": record["number"] + 1,
        "checkout_api_supported": True,
        "multi_location_enabled": True,
        "setup_required": False,
        "pre_launch_enabled": False,
        "enabled_presentment_currencies": list(money.RATES),
        "marketing_sms_consent_enabled_at_checkout": False,
        "transactional_sms_disabled": False,
    }


def shop_redact(record: Record) -> Payload:
    """shop/redact."""
    return {"shop_id": record["number"], "shop_domain": record["domain"]}


def customer_redact(record: Record, person: Record, orders: list[int]) -> Payload:
    """customers/redact."""
    return {**shop_redact(record), "customer": _named(person), "orders_to_redact": orders}


def data_request(record: Record, person: Record, orders: list[int], number: int) -> Payload:
    """customers/data_request."""
    return {
        **shop_redact(record),
        "customer": _named(person),
        "orders_requested": orders,
        "data_request": {"id": number},
    }


def _named(person: Record) -> Payload:
    return {"id": person["id"], "email": person["email"], "phone": person["phone"]}
