"""Reads one field out of a payload, whatever stands there: a wrong type reads as not told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from connectors.base import UnreadableWebhook
from marketing.events import EventName
from marketing.model import Change, CustomerKey, JsonObject
from marketing.money import minor_units

T = TypeVar("T")

LARGEST_AMOUNT = Decimal(10**12)
LARGEST_COUNT = 1_000_000_000
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Telling:
    """What came with a payload: which news it is, whose, and when, if it says none itself."""

    name: EventName
    store_domain: str
    at: datetime
    store_currency: str | None = None


Mapper = Callable[[JsonObject, Telling], list[Change]]


@dataclass(frozen=True, slots=True)
class Amounts:
    """One amount in the shopper's currency and in the store's, in minor units."""

    presentment: int
    store: int


@dataclass(frozen=True, slots=True)
class Currencies:
    """The shopper's currency and the store's; empty where nobody told."""

    presentment: str
    store: str


def text(value: object) -> str | None:
    """Give a stripped, non-empty string without NUL (PostgreSQL keeps none), else None."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).replace("\x00", "").strip() or None


def token(value: object) -> str | None:
    """Give a cart's token as every webhook and page calls it: without the key behind it."""
    found = text(value)
    return found.partition("?")[0] or None if found else None


def name(value: object) -> str | None:
    """Give a person's or product's name, as long as Shopify itself lets one be."""
    return (text(value) or "")[:LONGEST_NAME].rstrip() or None


def identifier(value: object) -> str | None:
    """Give an id as a string; of `gid://shopify/Customer/1` the last part."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = text(value)
    if found and found.startswith("gid://"):
        return found.rsplit("/", 1)[-1].partition("?")[0] or None
    return found


def own_id(payload: JsonObject) -> str | None:
    """Give the id of the record itself."""
    return identifier(payload.get("id")) or identifier(payload.get("admin_graphql_api_id"))


def demand(value: T | None, what: str) -> T:
    """Give the value, or raise `UnreadableWebhook` naming what is missing."""
    if value is None:
        raise UnreadableWebhook(f"it names no {what}")
    return value


def moment(value: object) -> datetime | None:
    """Give an ISO 8601 time in UTC; one without an offset is taken as UTC."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def first_moment(payload: JsonObject, *keys: str) -> datetime | None:
    """Give the first readable time under these keys."""
    return next((at for key in keys if (at := moment(payload.get(key)))), None)


def money(value: object, currency: str) -> int | None:
    """Give minor units; None for what is no sensible amount."""
    amount = decimal(value)
    return None if amount is None else minor_units(str(amount), currency)


def decimal(value: object) -> Decimal | None:
    """Give a number, however it was written; None for what is no sensible one."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) <= LARGEST_AMOUNT else None


def amounts(payload: JsonObject, key: str, told: Currencies, plain: str) -> Amounts | None:
    """Read `<key>_set`, else the plain `<key>`, which stands in the currency named `plain`.

    A plain amount in one currency tells nothing of the other where the two differ: that
    one is 0 then, not a guess.
    """
    bag = record(payload.get(f"{key}_set"))
    presentment = _side(bag, "presentment_money", told.presentment)
    store = _side(bag, "shop_money", told.store)
    if presentment is None and store is None:
        return _plain_amounts(payload.get(key), told, plain)
    if told.presentment == told.store:
        presentment, store = _either(presentment, store), _either(store, presentment)
    return Amounts(presentment or 0, store or 0)


def _side(bag: JsonObject, side: str, currency: str) -> int | None:
    told = record(bag.get(side))
    return money(told.get("amount"), currency_code(told.get("currency_code")) or currency)


def _either(wanted: int | None, other: int | None) -> int | None:
    return other if wanted is None else wanted


def _plain_amounts(value: object, told: Currencies, plain: str) -> Amounts | None:
    amount = money(value, plain)
    if amount is None:
        return None
    return Amounts(
        amount if plain == told.presentment else 0,
        amount if plain == told.store else 0,
    )


def currency_code(value: object) -> str | None:
    """Give an ISO 4217 code such as `EUR`; `XXX`, no currency, reads as none."""
    code = value.strip().upper() if isinstance(value, str) else ""
    known = len(code) == 3 and code.isascii() and code.isalpha() and code != "XXX"
    return code if known else None


def set_currencies(payload: JsonObject, *keys: str) -> Currencies:
    """Give the currencies that the first readable `<key>_set` is told in."""
    presentment = store = None
    for key in keys:
        bag = record(payload.get(f"{key}_set"))
        presentment = presentment or _code_of(bag, "presentment_money")
        store = store or _code_of(bag, "shop_money")
    return Currencies(presentment or "", store or "")


def _code_of(bag: JsonObject, side: str) -> str | None:
    return currency_code(record(bag.get(side)).get("currency_code"))


def count(value: object) -> int | None:
    """Give a whole number of things, not negative; bounded so that a column holds it."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        whole = int(value)
    except (ValueError, OverflowError):
        return None
    return min(max(whole, 0), LARGEST_COUNT)


def record(value: object) -> JsonObject:
    """Give an object, empty where there is none."""
    return value if isinstance(value, dict) else {}


def records(value: object) -> list[JsonObject]:
    """Give the objects of a list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def tags(value: object) -> tuple[str, ...] | None:
    """Read tags from a list or from one string with commas; None when not told."""
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list):
        return None
    return tuple(dict.fromkeys(tag for one in value if (tag := text(one))))


def email(value: object) -> str | None:
    """Give an address in lower case; None for what no mail could go to."""
    found = text(value)
    if not found or "@" not in found or len(found) > 320 or not _in_one_line(found):
        return None
    return found.lower()


def _in_one_line(found: str) -> bool:
    return found.isprintable() and " " not in found


def web_address(value: object) -> str | None:
    """Give an http(s) address; one that starts with `//` is https."""
    found = text(value)
    if found and found.startswith("//"):
        found = f"https:{found}"
    usable = found and found.startswith(("https://", "http://")) and _in_one_line(found)
    return found if usable else None


def customer_key(payload: JsonObject) -> CustomerKey | None:
    """Name the person of a cart or an order, by what they typed before what is on file."""
    customer = record(payload.get("customer"))
    key = CustomerKey(
        external_id=own_id(customer),
        email=_first_email(payload, customer),
        phone=text(payload.get("phone"))
        or text(payload.get("sms_marketing_phone"))
        or text(customer.get("phone")),
    )
    return None if key == CustomerKey() else key


def _first_email(payload: JsonObject, customer: JsonObject) -> str | None:
    return (
        email(payload.get("email"))
        or email(payload.get("contact_email"))
        or email(customer.get("email"))
    )


def addresses(payload: JsonObject) -> list[JsonObject]:
    """Give where the person may live, the likeliest first."""
    customer = record(payload.get("customer"))
    places = payload.get("shipping_address"), payload.get("billing_address")
    return [record(one) for one in (*places, customer.get("default_address"))]


def person_name(payload: JsonObject) -> tuple[str | None, str | None]:
    """Give first and last name, both of the same source."""
    for source in (record(payload.get("customer")), *addresses(payload)):
        names = name(source.get("first_name")), name(source.get("last_name"))
        if any(names):
            return names
    return None, None


def country(payload: JsonObject) -> str | None:
    """Give the two letters of the person's country."""
    codes = (country_code(place.get("country_code")) for place in addresses(payload))
    return next((code for code in codes if code), None)


def country_code(value: object) -> str | None:
    """Give an ISO 3166 code such as `DE`."""
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def discount_codes(payload: JsonObject) -> tuple[str, ...]:
    """Read codes told as `[{"code": ...}]` or as plain strings."""
    told = payload.get("discount_codes")
    listed = told if isinstance(told, list) else []
    codes = (text(one.get("code") if isinstance(one, dict) else one) for one in listed)
    return tuple(code for code in codes if code)
