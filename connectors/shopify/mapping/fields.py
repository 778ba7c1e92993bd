"""Reads one field out of a payload, whatever stands there: a wrong type reads as not told."""

from dataclasses import dataclass

from connectors.fields import (
    Mapper,
    Telling,
    count,
    country_code,
    currency_code,
    decimal,
    demand,
    email,
    first_moment,
    moment,
    money,
    name,
    record,
    records,
    region_code,
    tags,
    text,
    web_address,
)
from marketing.model import CustomerKey, JsonObject, Place

__all__ = [
    "Amounts",
    "Currencies",
    "Mapper",
    "Telling",
    "addresses",
    "amounts",
    "count",
    "country_code",
    "currency_code",
    "customer_key",
    "decimal",
    "demand",
    "discount_codes",
    "email",
    "first_moment",
    "identifier",
    "moment",
    "money",
    "name",
    "own_id",
    "person_name",
    "place",
    "record",
    "records",
    "set_currencies",
    "tags",
    "text",
    "token",
    "web_address",
]


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


def token(value: object) -> str | None:
    """Give a cart's token as every webhook and page calls it: without the key behind it."""
    found = text(value)
    return found.partition("?")[0] or None if found else None


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


def place(payload: JsonObject) -> Place:
    """Give country, region and city of the likeliest address that has a country."""
    for one in addresses(payload):
        code = country_code(one.get("country_code"))
        if code:
            return Place(code, region_code(one.get("province_code"), code), name(one.get("city")))
    return Place()


def discount_codes(payload: JsonObject) -> tuple[str, ...]:
    """Read codes told as `[{"code": ...}]` or as plain strings."""
    told = payload.get("discount_codes")
    listed = told if isinstance(told, list) else []
    codes = (text(one.get("code") if isinstance(one, dict) else one) for one in listed)
    return tuple(code for code in codes if code)
