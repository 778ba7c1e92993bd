"""GraphQL's nodes retold in the shape of webhooks, so that one set of mappers reads both."""

import re

from connectors.shopify.mapping import fields
from marketing.model import JsonObject


def customer(node: JsonObject) -> JsonObject:
    """Retell a customer; a consent that is null stays untold, and changes nothing."""
    email = fields.record(node.get("defaultEmailAddress"))
    phone = fields.record(node.get("defaultPhoneNumber"))
    sms = fields.record(phone.get("smsMarketingConsent"))
    spent = fields.record(node.get("amountSpent"))
    return {
        "id": node.get("id"),
        "email": email.get("emailAddress"),
        "phone": phone.get("phoneNumber"),
        "first_name": node.get("firstName"),
        "last_name": node.get("lastName"),
        "locale": node.get("locale"),
        "tags": node.get("tags"),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "orders_count": node.get("numberOfOrders"),
        "total_spent": spent.get("amount"),
        "birthday": fields.record(node.get("birthDate")).get("value"),
        "last_order_at": fields.record(node.get("lastOrder")).get("createdAt"),
        "currency": spent.get("currencyCode"),
        "default_address": _address(node.get("defaultAddress")),
        "email_marketing_consent": _consent(email, "marketingState", "marketingUpdatedAt"),
        "sms_marketing_consent": _consent(sms, "state", "updatedAt"),
    }


def _consent(told: JsonObject, state: str, at: str) -> JsonObject:
    return {"state": told.get(state), "consent_updated_at": told.get(at)}


def _address(told: object) -> JsonObject:
    address = fields.record(told)
    return {
        "first_name": address.get("firstName"),
        "last_name": address.get("lastName"),
        "country_code": address.get("countryCodeV2"),
        "province_code": address.get("provinceCode"),
        "city": address.get("city"),
    }


def product(node: JsonObject) -> JsonObject:
    """Retell a product with its variants, each with a picture of its own."""
    variants = fields.records(fields.record(node.get("variants")).get("nodes"))
    return {
        "id": node.get("id"),
        "title": node.get("title"),
        "handle": node.get("handle"),
        "status": node.get("status"),
        "vendor": node.get("vendor"),
        "product_type": node.get("productType"),
        "tags": node.get("tags"),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "url": node.get("onlineStoreUrl"),
        "published_at": node.get("publishedAt"),
        "collections": collections(node.get("collections")),
        "rating": fields.record(node.get("rating")).get("value"),
        "rating_count": fields.record(node.get("ratingCount")).get("value"),
        "image": {"src": _picture(node.get("featuredMedia"))},
        "images": [{"id": one.get("id"), "src": _variant_picture(one)} for one in variants],
        "variants": [_variant(one) for one in variants],
    }


def collections(told: object) -> list[JsonObject] | None:
    """Retell a product's collections; None: there are more than a page of them."""
    page = fields.record(told)
    has_more = fields.record(page.get("pageInfo")).get("hasNextPage") is not False
    return None if has_more else fields.records(page.get("nodes"))


def _picture(media: object) -> object:
    preview = fields.record(fields.record(media).get("preview"))
    return fields.record(preview.get("image")).get("url")


def _variant_picture(variant: JsonObject) -> object:
    media = fields.records(fields.record(variant.get("media")).get("nodes"))
    return _picture(media[0]) if media else None


def _variant(node: JsonObject) -> JsonObject:
    return {
        "id": node.get("id"),
        "title": node.get("title"),
        "sku": node.get("sku"),
        "price": node.get("price"),
        "compare_at_price": node.get("compareAtPrice"),
        "image_id": node.get("id"),
        "inventory_policy": "continue" if node.get("availableForSale") else "deny",
        "inventory_quantity": 0,
    }


def order(node: JsonObject) -> JsonObject:
    """Retell an order; what was refunded comes as one sum."""
    buyer = fields.record(node.get("customer"))
    email = fields.record(buyer.get("defaultEmailAddress"))
    refunded = _bag(node.get("totalRefundedSet"))
    return {
        "id": node.get("id"),
        "name": node.get("name"),
        "email": node.get("email"),
        "phone": node.get("phone"),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "cancelled_at": node.get("cancelledAt"),
        "test": node.get("test"),
        "source_name": node.get("sourceName"),
        "cart_token": node.get("cartToken"),
        "checkout_token": node.get("checkoutToken"),
        "currency": node.get("currencyCode"),
        "presentment_currency": node.get("presentmentCurrencyCode"),
        "customer_locale": node.get("customerLocale"),
        "buyer_accepts_marketing": node.get("customerAcceptsMarketing"),
        "discount_codes": node.get("discountCodes"),
        "order_status_url": node.get("statusPageUrl"),
        "financial_status": _lower(node.get("displayFinancialStatus")),
        "fulfillment_status": _lower(node.get("displayFulfillmentStatus")),
        "subtotal_price_set": _bag(node.get("subtotalPriceSet")),
        "total_price_set": _bag(node.get("totalPriceSet")),
        "refunds": [{"refund_line_items": [{"subtotal_set": refunded}]}],
        "shipping_address": _address(node.get("shippingAddress")),
        "company": _company(node.get("purchasingEntity")),
        "customer": {
            "id": buyer.get("id"),
            "email": email.get("emailAddress"),
            "first_name": buyer.get("firstName"),
            "last_name": buyer.get("lastName"),
        },
        "fulfillments": [_parcel(one) for one in fields.records(node.get("fulfillments"))],
        "line_items": [
            _line(one) for one in fields.records(fields.record(node.get("lineItems")).get("nodes"))
        ],
    }


TOKEN_IN_LINK = re.compile(r"/checkouts/(?:[a-z]{2}/)?([^/?#]+)/recover")


def checkout(node: JsonObject) -> JsonObject:
    """Retell an abandoned checkout; its token, by which webhooks name it, stands in its link."""
    link = str(node.get("abandonedCheckoutUrl") or "")
    token = TOKEN_IN_LINK.search(link)
    money = fields.record(fields.record(node.get("totalPriceSet")).get("presentmentMoney"))
    store_money = fields.record(fields.record(node.get("totalPriceSet")).get("shopMoney"))
    lines = fields.records(fields.record(node.get("lineItems")).get("nodes"))
    return {
        "id": node.get("id"),
        "token": token.group(1) if token else None,
        "name": node.get("name"),
        "abandoned_checkout_url": link,
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "completed_at": node.get("completedAt"),
        "currency": store_money.get("currencyCode"),
        "presentment_currency": money.get("currencyCode"),
        "subtotal_price_set": _bag(node.get("subtotalPriceSet")),
        "total_price_set": _bag(node.get("totalPriceSet")),
        "discount_codes": [{"code": code} for code in node.get("discountCodes") or ()],
        "customer": customer(fields.record(node.get("customer"))),
        "line_items": [_checkout_line(one) for one in lines],
    }


def _checkout_line(node: JsonObject) -> JsonObject:
    return {
        **_line(node),
        "line_price_set": _bag(node.get("discountedTotalPriceSet")),
    }


def _parcel(node: JsonObject) -> JsonObject:
    tracking = (fields.records(node.get("trackingInfo")) or [{}])[0]
    return {
        "id": node.get("id"),
        "status": _lower(node.get("status")),
        "shipment_status": _lower(node.get("displayStatus")),
        "created_at": node.get("createdAt"),
        "updated_at": node.get("updatedAt"),
        "delivered_at": node.get("deliveredAt"),
        "tracking_company": tracking.get("company"),
        "tracking_number": tracking.get("number"),
        "tracking_url": tracking.get("url"),
    }


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _bag(told: object) -> JsonObject:
    bag = fields.record(told)
    return {
        "shop_money": _amount(bag.get("shopMoney")),
        "presentment_money": _amount(bag.get("presentmentMoney")),
    }


def _amount(told: object) -> JsonObject:
    amount = fields.record(told)
    return {"amount": amount.get("amount"), "currency_code": amount.get("currencyCode")}


def _company(entity: object) -> JsonObject | None:
    is_company = fields.record(entity).get("__typename") == "PurchasingCompany"
    return {"id": "company"} if is_company else None


def _line(node: JsonObject) -> JsonObject:
    return {
        "title": node.get("title"),
        "variant_title": node.get("variantTitle"),
        "sku": node.get("sku"),
        "quantity": node.get("quantity"),
        "product_id": fields.record(node.get("product")).get("id"),
        "variant_id": fields.record(node.get("variant")).get("id"),
        "price_set": _bag(node.get("originalUnitPriceSet")),
        "total_discount_set": _bag(node.get("totalDiscountSet")),
        "image_url": fields.record(node.get("image")).get("url"),
    }
