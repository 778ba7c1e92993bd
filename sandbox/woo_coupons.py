"""Coupons: how REST takes them, and what the cart says of them."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from sandbox.state import Record
from sandbox.woo_collections import Arguments, Listing
from sandbox.woo_refusals import Refused, bad_parameter, missing_parameter
from sandbox.woo_resources import Resource
from sandbox.woo_shop import WooShop
from sandbox.woo_site import gmt, local, moment_of, money, price_shown

_TYPES = ("percent", "fixed_cart", "fixed_product")
_PLAIN: Record = {
    "amount": "0.00", "discount_type": "fixed_cart", "description": "", "usage_count": 0,
    "individual_use": False, "product_ids": [], "excluded_product_ids": [], "usage_limit": None,
    "usage_limit_per_user": None, "limit_usage_to_x_items": None, "free_shipping": False,
    "product_categories": [], "excluded_product_categories": [], "exclude_sale_items": False,
    "minimum_amount": "0.00", "maximum_amount": "0.00", "email_restrictions": [], "used_by": [],
    "meta_data": [], "status": "publish",
}  # fmt: skip
_AMOUNTS = ("amount", "minimum_amount", "maximum_amount")
_READ_ONLY = {"usage_count", "used_by"}


class CouponRefused(Exception):
    """The cart does not take a code; the text is the notice that the shopper sees."""


def resources(shop: WooShop) -> list[Resource]:
    """Give the coupons."""
    shop.hooks.payloads["coupon"] = lambda id_: shop.get("woo_coupon", id_)
    return [
        Resource(
            "coupons", "woo_coupon", "shop_coupon", dict,
            create=lambda body: create(shop, body),
            change=lambda coupon, body: change(shop, coupon, body),
            remove=lambda coupon: remove(shop, coupon), listing=Listing(_narrowed),
            has_trash=True,
        )
    ]  # fmt: skip


def _narrowed(records: list[Record], asked: Arguments) -> list[Record]:
    code = asked.get("code", "").casefold()
    words = asked.get("search", "").casefold()
    return [one for one in records if code in {"", one["code"]} and _says(one, words)]


def _says(coupon: Record, words: str) -> bool:
    return words in f"{coupon['code']} {coupon['description']}".casefold()


def create(shop: WooShop, body: Record) -> Record:
    """Make a coupon: its code in small letters, and nobody else's."""
    code = str(body.get("code") or "").strip().lower()
    if not code:
        raise missing_parameter("code")
    if _of_code(shop, code):
        words = "The coupon code already exists"
        raise Refused("woocommerce_rest_coupon_code_already_exists", words, 400)
    now = shop.now()
    record: Record = {
        "id": shop.next_id(), "code": code, **shop.stamps("created", now),
        **shop.stamps("modified", now), "date_expires": None, "date_expires_gmt": None, **_PLAIN,
    }  # fmt: skip
    return _save(shop, {**record, **_told(body)}, "created")


def change(shop: WooShop, coupon: Record, body: Record) -> Record:
    """Write what was changed and announce it."""
    told = _told(body)
    code = str(body.get("code") or coupon["code"]).lower()
    other = _of_code(shop, code)
    if other and other["id"] != coupon["id"]:
        words = "The coupon code already exists"
        raise Refused("woocommerce_rest_coupon_code_already_exists", words, 400)
    stamps = shop.stamps("modified", shop.now())
    return _save(shop, {**coupon, **told, "code": code, **stamps}, "updated")


def remove(shop: WooShop, coupon: Record) -> None:
    shop.drop("woo_coupon", coupon["id"])
    shop.hooks.tell("coupon.deleted", coupon["id"])


def _save(shop: WooShop, coupon: Record, event: str) -> Record:
    shop.put("woo_coupon", coupon, handle=coupon["code"])
    shop.hooks.tell(f"coupon.{event}", coupon["id"])
    return coupon


def _of_code(shop: WooShop, code: str) -> Record | None:
    found = shop.find("woo_coupon", code)
    return found if found and found["status"] != "trash" else None


def _told(body: Record) -> Record:
    """Read the fields that may be written. `date_expires_gmt` is silently passed over."""
    told = {name: body[name] for name in _PLAIN if name in body and name not in _READ_ONLY}
    if told.get("discount_type", "percent") not in _TYPES:
        words = f"discount_type is not one of {', '.join(_TYPES)}."
        raise bad_parameter("discount_type", words, "rest_not_in_enum")
    for name in _AMOUNTS:
        if name in told:
            told[name] = _amount(name, told[name])
    if "email_restrictions" in told:
        told["email_restrictions"] = [str(one).lower() for one in told["email_restrictions"]]
    if "date_expires" in body:
        told |= _expiry(body["date_expires"])
    return told


def _amount(name: str, value: object) -> str:
    try:
        return money(str(value or "0"))
    except InvalidOperation:
        raise bad_parameter(name, f"{name} is not of type number.", "rest_invalid_type") from None


def _expiry(value: object) -> Record:
    """Read the end of a coupon, in the store's own time; WooCommerce drops its zone."""
    if not value:
        return {"date_expires": None, "date_expires_gmt": None}
    try:
        when = moment_of(datetime.fromisoformat(str(value)).replace(tzinfo=None).isoformat())
    except ValueError:
        raise bad_parameter("date_expires", "Invalid date.", "rest_invalid_date") from None
    return {"date_expires": local(when), "date_expires_gmt": gmt(when)}


# In the cart.


def good(shop: WooShop, code: str, lines: list[Record], email: str) -> Record:
    """Give the coupon of a code that this cart may use; raises `CouponRefused`."""
    coupon = _of_code(shop, code)
    if coupon is None:
        raise CouponRefused(f'Coupon "{code}" cannot be applied because it does not exist.')
    _check_limits(shop, coupon, email)
    _check_person(coupon, email)
    _check_goods(coupon, lines)
    return coupon


def _check_limits(shop: WooShop, coupon: Record, email: str) -> None:
    code, limit = coupon["code"], coupon["usage_limit"]
    if limit and coupon["usage_count"] >= limit:
        raise CouponRefused(f'Usage limit for coupon "{code}" has been reached.')
    mine = coupon["usage_limit_per_user"]
    if mine and email and coupon["used_by"].count(email.lower()) >= mine:
        raise CouponRefused(f'Usage limit for coupon "{code}" has been reached.')
    ends = coupon["date_expires_gmt"]
    if ends and shop.now() > moment_of(ends, is_gmt=True):
        raise CouponRefused(f'Coupon "{code}" has expired.')


def _check_person(coupon: Record, email: str) -> None:
    """A guest whose e-mail the session does not know yet is refused, too."""
    wanted = coupon["email_restrictions"]
    if wanted and not email:
        code = coupon["code"]
        raise CouponRefused(f'Please enter a valid email at checkout to use coupon code "{code}".')
    if wanted and email.lower() not in wanted:
        raise CouponRefused(f'Please enter a valid email to use coupon code "{coupon["code"]}".')


def _check_goods(coupon: Record, lines: list[Record]) -> None:
    code, total = coupon["code"], _sum(lines)
    if total < Decimal(coupon["minimum_amount"]):
        least = price_shown(coupon["minimum_amount"])
        raise CouponRefused(f'The minimum spend for coupon "{code}" is {least}.')
    if Decimal(coupon["maximum_amount"]) and total > Decimal(coupon["maximum_amount"]):
        most = price_shown(coupon["maximum_amount"])
        raise CouponRefused(f'The maximum spend for coupon "{code}" is {most}.')
    if not _meant(coupon, lines):
        raise CouponRefused(f'Sorry, coupon "{code}" is not applicable to your cart contents.')


def _sum(lines: list[Record]) -> Decimal:
    return sum((Decimal(one["price"]) * one["quantity"] for one in lines), Decimal(0))


def _meant(coupon: Record, lines: list[Record]) -> list[Record]:
    """The lines that a coupon takes something off."""
    wanted, unwanted = set(coupon["product_ids"]), set(coupon["excluded_product_ids"])
    return [
        one
        for one in lines
        if (not wanted or wanted & {one["product_id"], one["variation_id"]})
        and not unwanted & {one["product_id"], one["variation_id"]}
        and not (coupon["exclude_sale_items"] and one["on_sale"])
    ]


def reductions(coupon: Record, lines: list[Record]) -> list[Decimal]:
    """Give what a coupon takes off each line."""
    meant, amount = _meant(coupon, lines), Decimal(coupon["amount"])
    total, cent = _sum(meant), Decimal("0.01")
    off = []
    for one in lines:
        price = Decimal(one["price"]) * one["quantity"]
        if one not in meant or not total:
            off.append(Decimal(0))
        elif coupon["discount_type"] == "percent":
            off.append((price * min(amount, Decimal(100)) / 100).quantize(cent))
        elif coupon["discount_type"] == "fixed_product":
            off.append(min(price, amount * one["quantity"]))
        else:
            off.append((price / total * min(amount, total)).quantize(cent))
    return off


def use_up(shop: WooShop, coupon: Record, email: str) -> None:
    """An order was placed with it."""
    used = [*coupon["used_by"], email.lower()]
    shop.put(
        "woo_coupon",
        {**coupon, "usage_count": coupon["usage_count"] + 1, "used_by": used},
        handle=coupon["code"],
    )
