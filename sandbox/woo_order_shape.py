"""What an order of WooCommerce looks like over REST: its fields, its lines, its sums."""

from decimal import Decimal

from sandbox.state import Record
from sandbox.woo_collections import Arguments, numbers
from sandbox.woo_shop import WooShop
from sandbox.woo_site import CURRENCY, SYMBOL, WOO_VERSION, money


def order_shape() -> Record:
    """Give an order with nothing in it."""
    return {
        "id": 0, "parent_id": 0, "status": "pending", "currency": CURRENCY,
        "version": WOO_VERSION, "prices_include_tax": True, "date_created": None,
        "date_modified": None, "discount_total": "0.00", "discount_tax": "0.00",
        "shipping_total": "0.00", "shipping_tax": "0.00", "cart_tax": "0.00", "total": "0.00",
        "total_tax": "0.00", "customer_id": 0, "order_key": "", "billing": {}, "shipping": {},
        "payment_method": "", "payment_method_title": "", "transaction_id": "",
        "customer_ip_address": "127.0.0.1", "customer_user_agent": "", "created_via": "checkout",
        "customer_note": "", "date_completed": None, "date_paid": None, "cart_hash": "",
        "number": "", "meta_data": [], "line_items": [], "tax_lines": [], "shipping_lines": [],
        "fee_lines": [], "coupon_lines": [], "refunds": [], "payment_url": "",
        "is_editable": True, "needs_payment": True, "needs_processing": True,
        "date_created_gmt": None, "date_modified_gmt": None, "date_completed_gmt": None,
        "date_paid_gmt": None, "currency_symbol": SYMBOL,
    }  # fmt: skip


def line_of(shop: WooShop, line: Record, off: Decimal) -> Record:
    """Give the order line of a cart line, `off` taken from it by coupons."""
    whole = Decimal(line["price"]) * line["quantity"]
    choice = [{"id": shop.next_id("meta"), "key": "choice", "value": line["choice"],
               "display_key": "Choice", "display_value": line["choice"]}]  # fmt: skip
    return {
        "id": shop.next_id("item"), "name": line["name"], "product_id": line["product_id"],
        "variation_id": line["variation_id"], "quantity": line["quantity"], "tax_class": "",
        "subtotal": money(whole), "subtotal_tax": "0.00", "total": money(whole - off),
        "total_tax": "0.00", "taxes": [], "meta_data": choice if line["choice"] else [],
        "sku": line["sku"], "global_unique_id": "",
        "price": float((whole - off) / line["quantity"]),
        "image": {"id": line["image"]["id"], "src": line["image"]["src"]},
        "parent_name": line["parent_name"],
    }  # fmt: skip


def totals(items: list[Record]) -> Record:
    """Give the sums of an order; this store sends everything for nothing."""
    whole = sum((Decimal(one["subtotal"]) for one in items), Decimal(0))
    total = sum((Decimal(one["total"]) for one in items), Decimal(0))
    return {"discount_total": money(whole - total), "total": money(total)}


def narrowed(records: list[Record], asked: Arguments) -> list[Record]:
    """Filter orders by status (several, after commas), customer, product and words."""
    statuses = {one for one in asked.get("status", "any").split(",") if one}
    person, products = asked.get("customer", ""), numbers(asked.get("product", ""))
    words = asked.get("search", "").casefold()
    return [
        one
        for one in records
        if (statuses & {"any", "", "trash"} or one["status"] in statuses)
        and (not person or str(one["customer_id"]) == person)
        and (not products or products & {line["product_id"] for line in one["line_items"]})
        and words in f"{one['number']} {one['billing']['email']}".casefold()
    ]
