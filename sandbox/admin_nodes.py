"""The sandbox's records as nodes of Shopify's Admin schema."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from sandbox import money, orders, shopping, store_credit
from sandbox.admin_pages import Node, of_list, page
from sandbox.catalog import COLLECTIONS, collection_number
from sandbox.payloads import gid
from sandbox.state import Record
from sandbox.world import World


def _money(amount: Decimal | str, currency: str = "USD") -> Node:
    return {"amount": money.text(Decimal(amount)), "currencyCode": currency}


def _bag(amount: Decimal | str, currency: str) -> Node:
    shown = money.presented(Decimal(amount), currency)
    return {"shopMoney": _money(amount), "presentmentMoney": _money(shown, currency)}


class Nodes:
    """Makes nodes of one shop, for one request; orders are counted once."""

    def __init__(self, world: World, shop: str) -> None:
        self.world = world
        self.shop = shop

    @cached_property
    def _orders_by_customer(self) -> dict[int, list[Record]]:
        grouped: dict[int, list[Record]] = defaultdict(list)
        for order in self.world.state.all(self.shop, "order"):
            grouped[order["customer_id"]].append(order)
        return grouped

    def store(self) -> Node:
        record = self.world.shop(self.shop) or {}
        place = record["address"]
        return {
            "id": gid("Shop", record["number"]),
            "name": record["name"],
            "email": record["email"],
            "contactEmail": record["email"],
            "myshopifyDomain": self.shop,
            "url": self.world.front_url,
            "primaryDomain": {"id": gid("Domain", 1), "host": self.shop,
                              "url": self.world.front_url, "sslEnabled": False},
            "ianaTimezone": record["zone"],
            "timezoneAbbreviation": "EST",
            "currencyCode": record["currency"],
            "enabledPresentmentCurrencies": list(money.RATES),
            "weightUnit": "KILOGRAMS",
            "shopOwnerName": record["owner"],
            "createdAt": record["created_at"],
            "plan": {"publicDisplayName": "Basic", "displayName": "Basic",
                     "partnerDevelopment": True, "shopifyPlus": False},
            "currencyFormats": {
                "moneyFormat": "${{amount}}",
                "moneyWithCurrencyFormat": "${{amount}} USD",
            },
            "shopAddress": {**_place(place), "formatted": [place["address1"], place["city"]]},
            "billingAddress": _place(place),
        }  # fmt: skip

    def customer(self, record: Record) -> Node:
        bought = self._orders_by_customer.get(record["id"], [])
        kept = sum((orders.refundable(o) for o in bought if not o["cancelled_at"]), Decimal(0))
        last = max(bought, key=lambda o: str(o["created_at"]), default=None)
        return {
            **self._person(record),
            "__typename": "Customer",
            "numberOfOrders": str(len(bought)),
            "amountSpent": _money(kept),
            "lastOrder": self.order(last) if last else None,
            "metafield": lambda _info, namespace, key: _fact(record, namespace, key),
            "storeCreditAccounts": store_credit.accounts(self.world, self.shop, record),
            "orders": lambda _info, first=10, **_: of_list([self.order(o) for o in bought])(
                None, first=first
            ),
        }

    def _person(self, record: Record) -> Node:
        full = f"{record['first_name']} {record['last_name']}".strip()
        return {
            "id": gid("Customer", record["id"]),
            "legacyResourceId": str(record["id"]),
            "firstName": record["first_name"],
            "lastName": record["last_name"],
            "displayName": full or record["email"],
            "email": record["email"],
            "phone": record["phone"],
            "locale": record["locale"],
            "tags": record["tags"],
            "note": None,
            "createdAt": record["created_at"],
            "updatedAt": record["updated_at"],
            "state": "DISABLED",
            "verifiedEmail": True,
            "taxExempt": False,
            "defaultEmailAddress": _email_address(record),
            "emailMarketingConsent": _consent(record),
            "defaultPhoneNumber": None,
            "smsMarketingConsent": None,
            "defaultAddress": _place(record["address"]),
        }

    def order(self, record: Record) -> Node:
        currency = record["currency"]
        return {
            **_order_facts(record),
            **self._order_amounts(record),
            "customer": lambda _info: self._customer_of(record),
            "lineItems": of_list([self._line_item(line, currency) for line in record["lines"]]),
            "statusPageUrl": f"{orders.shop_url(self.world, self.shop)}/orders/{record['token']}",
            "fulfillments": lambda _info, **_: self._fulfillments(record),
            "refunds": [_refund(entry, currency) for entry in record["refunds"]],
            "customerJourneySummary": None,
            "shippingAddress": _place(record["address"]),
            "billingAddress": _place(record["address"]),
        }

    def _line_item(self, line: Record, currency: str) -> Node:
        return {**_sold_line(line, currency), "image": self.picture(line)}

    def _order_amounts(self, record: Record) -> Node:
        totals, currency = record["totals"], record["currency"]
        kept = orders.refundable(record)
        return {
            "totalPriceSet": _bag(totals["total"], currency),
            "currentTotalPriceSet": _bag(kept, currency),
            "subtotalPriceSet": _bag(totals["subtotal"], currency),
            "currentSubtotalPriceSet": _bag(max(kept, Decimal(0)), currency),
            "totalDiscountsSet": _bag(totals["discount"], currency),
            "totalShippingPriceSet": _bag(totals["shipping"], currency),
            "totalRefundedSet": _bag(Decimal(totals["total"]) - kept, currency),
            "netPaymentSet": _bag(kept, currency),
            "totalTaxSet": _bag("0", currency),
        }

    def _customer_of(self, record: Record) -> Node | None:
        found = self.world.state.get(self.shop, "customer", record["customer_id"])
        return self.customer(found) if found else None

    def _fulfillments(self, record: Record) -> list[Node]:
        sent = record["fulfillment_status"] == "fulfilled"
        parcels = record.get("fulfillments") or ([_long_gone(record)] if sent else [])
        return [_parcel(one) for one in parcels]

    def product(self, record: Record) -> Node:
        picture = self.picture(record)
        variants = [_variant(v) for v in record["variants"]]
        return {
            "__typename": "Product",
            "id": gid("Product", record["id"]),
            "legacyResourceId": str(record["id"]),
            "title": record["title"],
            "handle": record["handle"],
            "description": record["text"],
            "descriptionHtml": record["body_html"],
            "status": record["status"].upper(),
            "vendor": record["vendor"],
            "productType": record["product_type"],
            "category": None,
            "tags": record["tags"],
            "onlineStoreUrl": f"{self.world.front_url}/products/{record['handle']}",
            "createdAt": record["created_at"],
            "updatedAt": record["updated_at"],
            "publishedAt": record.get("published_at", record["created_at"]),
            "metafield": lambda _info, namespace, key: _metafield(record, namespace, key),
            "totalInventory": sum(v["inventory"] for v in record["variants"]),
            "featuredMedia": {"__typename": "MediaImage", "id": gid("MediaImage", record["id"] + 1),
                              "preview": {"image": picture}},
            "featuredImage": picture,
            "images": of_list([picture]),
            "collections": of_list([self.collection(record["collection"])]),
            "variants": of_list(variants),
        }  # fmt: skip

    def picture(self, record: Record) -> Node:
        return {"id": gid("ImageSource", int(record.get("product_id") or record["id"]) + 1),
                "url": self.world.front_url + record["picture"], "altText": record["title"],
                "width": 640, "height": 640}  # fmt: skip

    def collection(self, handle: str) -> Node:
        title = COLLECTIONS[handle][0] if handle in COLLECTIONS else handle
        return {
            "id": gid("Collection", collection_number(handle)), "handle": handle, "title": title,
            "products": lambda _info, **args: page(self._in_collection(handle), args, self.product),
        }  # fmt: skip

    def _in_collection(self, handle: str) -> list[Record]:
        return [
            one for one in self.world.state.all(self.shop, "product") if one["collection"] == handle
        ]

    def checkout(self, record: Record) -> Node:
        currency = record["currency"]
        total = Decimal(shopping.totals(self.world, self.shop, record, "USD")["total"])
        lines = [self._checkout_line(line, currency) for line in record["lines"]]
        return {
            "id": gid("AbandonedCheckout", record["number"]),
            "name": f"#{record['number']}",
            "abandonedCheckoutUrl": shopping.recover_url(self.world, self.shop, record),
            "createdAt": record["created_at"],
            "updatedAt": record["updated_at"],
            "completedAt": record["completed_at"],
            "discountCodes": [record["code"]] if record["code"] else [],
            "totalPriceSet": _bag(total, currency),
            "subtotalPriceSet": _bag(total, currency),
            "note": "",
            "customer": lambda _info: self._customer_of(record),
            "lineItems": of_list(lines),
        }

    def _checkout_line(self, line: Record, currency: str) -> Node:
        amount = Decimal(line["price"]) * line["quantity"]
        return {
            "id": gid("AbandonedCheckoutLineItem", line["key"]),
            "title": line["title"],
            "quantity": line["quantity"],
            "variantTitle": line["variant_title"],
            "sku": line["sku"],
            "variant": {"id": gid("ProductVariant", line["variant_id"])},
            "product": {"id": gid("Product", line["product_id"]), "handle": line["handle"]},
            "image": self.picture(line),
            "discountedTotalPriceSet": _bag(amount, currency),
            "originalTotalPriceSet": _bag(amount, currency),
            "originalUnitPriceSet": _bag(line["price"], currency),
        }

    def discount(self, record: Record) -> Node:
        codes = [{"id": gid("DiscountRedeemCode", record["id"] + 1), "code": record["code"],
                  "asyncUsageCount": record["used"]}]  # fmt: skip
        return {
            "id": gid("DiscountCodeNode", record["id"]),
            "codeDiscount": {
                "__typename": (
                    "DiscountCodeFreeShipping"
                    if record.get("kind") == "free_shipping"
                    else "DiscountCodeBasic"
                ),
                "title": record["title"],
                "status": self._discount_status(record),
                "startsAt": record["starts_at"],
                "endsAt": record["ends_at"],
                "createdAt": record["created_at"],
                "updatedAt": record["updated_at"],
                "usageLimit": record["usage_limit"],
                "asyncUsageCount": record["used"],
                "appliesOncePerCustomer": record["once_per_customer"],
                "codes": of_list(codes),
                "codesCount": {"count": 1, "precision": "EXACT"},
            },
        }

    def _discount_status(self, record: Record) -> str:
        now = self.world.clock.now()
        if not record["active"]:
            return "EXPIRED"
        if record["ends_at"] and now >= datetime.fromisoformat(record["ends_at"]):
            return "EXPIRED"
        return "SCHEDULED" if now < datetime.fromisoformat(record["starts_at"]) else "ACTIVE"


def _fact(record: Record, namespace: str, key: str) -> Node | None:
    """Give the standard metafield of a customer's birthday."""
    value = record.get("birthday")
    if (namespace, key) != ("facts", "birth_date") or not value:
        return None
    return {"id": gid("Metafield", record["id"] + 4), "namespace": namespace, "key": key,
            "value": value}  # fmt: skip


def _metafield(record: Record, namespace: str, key: str) -> Node | None:
    """Give one of the standard metafields that review apps write."""
    stars, count = record.get("rating") or (None, 0)
    told = {
        "rating": f'{{"scale_min":"1.0","scale_max":"5.0","value":"{stars}"}}',
        "rating_count": str(count),
    }
    if namespace != "reviews" or key not in told or not count:
        return None
    return {"id": gid("Metafield", record["id"] + 4), "namespace": namespace, "key": key,
            "value": told[key]}  # fmt: skip


def _long_gone(record: Record) -> Record:
    """The parcel of an order from before the sandbox's first day."""
    return {"id": record["id"] + 3, "created_at": record["updated_at"], "number": None,
            "updated_at": record["updated_at"], "delivered_at": None}  # fmt: skip


def _parcel(parcel: Record) -> Node:
    tracking = {"company": parcel.get("company"), "number": parcel["number"],
                "url": f"https://www.ups.com/WebTracking?trackNums={parcel['number']}"}  # fmt: skip
    return {
        "id": gid("Fulfillment", parcel["id"]),
        "status": "SUCCESS",
        "displayStatus": "DELIVERED" if parcel["delivered_at"] else "FULFILLED",
        "createdAt": parcel["created_at"],
        "updatedAt": parcel["updated_at"],
        "estimatedDeliveryAt": None,
        "inTransitAt": None,
        "deliveredAt": parcel["delivered_at"],
        "trackingInfo": lambda _info, **_: [tracking] if parcel["number"] else [],
    }


def _place(place: Record) -> Node:
    return {
        "id": gid("MailingAddress", 1),
        "address1": place["address1"],
        "address2": None,
        "city": place["city"],
        "province": place["province"],
        "provinceCode": place["province_code"],
        "country": place["country"],
        "countryCodeV2": place["country_code"],
        "zip": place["zip"],
        "firstName": place.get("first_name"),
        "lastName": place.get("last_name"),
        "phone": None,
    }


def _email_address(record: Record) -> Node:
    consent = record["consent"]
    return {
        "emailAddress": record["email"],
        "marketingState": consent["state"].upper(),
        "marketingOptInLevel": _level(consent),
        "marketingUpdatedAt": consent["updated_at"],
        "validFormat": True,
        "openTrackingLevel": "UNKNOWN",
        "marketingUnsubscribeUrl": f"https://shopify.example/unsubscribe/{record['id']}",
    }


def _consent(record: Record) -> Node:
    consent = record["consent"]
    return {
        "marketingState": consent["state"].upper(),
        "marketingOptInLevel": _level(consent),
        "consentUpdatedAt": consent["updated_at"],
    }


def _level(consent: Record) -> str | None:
    return consent["opt_in_level"].upper() if consent["opt_in_level"] else None


def _order_facts(record: Record) -> Node:
    return {
        "__typename": "Order",
        "id": gid("Order", record["id"]),
        "legacyResourceId": str(record["id"]),
        "name": f"#{record['number']}",
        "number": record["number"],
        "email": record["email"],
        "phone": record.get("phone"),
        "createdAt": record["created_at"],
        "updatedAt": record["updated_at"],
        "processedAt": record["created_at"],
        "cancelledAt": record["cancelled_at"],
        "cancelReason": "CUSTOMER" if record["cancelled_at"] else None,
        "closedAt": None,
        "test": record["test"],
        "confirmed": True,
        "displayFinancialStatus": record["financial_status"].upper(),
        "displayFulfillmentStatus": (record["fulfillment_status"] or "unfulfilled").upper(),
        "discountCode": record["code"],
        "discountCodes": [record["code"]] if record["code"] else [],
        "currencyCode": "USD",
        "presentmentCurrencyCode": record["currency"],
        "customerLocale": record["locale"],
        "customerAcceptsMarketing": record["accepts_marketing"],
        "cartToken": record.get("cart_token"),
        "checkoutToken": record.get("checkout_token"),
        "purchasingEntity": None,
        "tags": record["tags"],
        "sourceName": record["source_name"],
        "note": None,
        "currentSubtotalLineItemsQuantity": sum(line["quantity"] for line in record["lines"]),
    }


def _sold_line(line: Record, currency: str) -> Node:
    amount = Decimal(line["price"]) * line["quantity"]
    return {
        "id": gid("LineItem", line["id"]),
        "title": line["title"],
        "name": line["title"],
        "quantity": line["quantity"],
        "currentQuantity": line["quantity"],
        "sku": line["sku"],
        "vendor": line["vendor"],
        "variantTitle": line["variant_title"],
        "variant": {"id": gid("ProductVariant", line["variant_id"])},
        "product": {"id": gid("Product", line["product_id"]), "handle": line["handle"]},
        "originalUnitPriceSet": _bag(line["price"], currency),
        "originalTotalSet": _bag(amount, currency),
        "totalDiscountSet": _bag("0", currency),
        "discountedTotalSet": _bag(amount, currency),
    }


def _refund(entry: Record, currency: str) -> Node:
    return {
        "id": gid("Refund", entry["id"]),
        "legacyResourceId": str(entry["id"]),
        "createdAt": entry["created_at"],
        "updatedAt": entry["created_at"],
        "note": entry["note"],
        "totalRefundedSet": _bag(entry["amount"], currency),
    }


def _variant(variant: Record) -> dict[str, Any]:
    return {
        "id": gid("ProductVariant", variant["id"]),
        "legacyResourceId": str(variant["id"]),
        "title": variant["title"],
        "displayName": variant["title"],
        "sku": variant["sku"],
        "price": variant["price"],
        "compareAtPrice": variant["compare_at_price"],
        "inventoryQuantity": variant["inventory"],
        "availableForSale": variant["inventory"] > 0,
        "media": of_list([]),
        "position": 1,
    }
