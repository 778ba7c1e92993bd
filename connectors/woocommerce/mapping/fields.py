"""Reads WooCommerce's own ways of writing things; the rest is every platform's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

from connectors.fields import (
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
from marketing.events import EventName
from marketing.model import Change, CustomerKey, JsonObject, Place

__all__ = [
    "Mapper",
    "Telling",
    "count",
    "country_code",
    "currency_code",
    "customer_key",
    "decimal",
    "demand",
    "email",
    "first_moment",
    "identifier",
    "meta",
    "moment",
    "money",
    "name",
    "place",
    "record",
    "records",
    "tags",
    "text",
    "web_address",
    "words",
    "zone",
]


@dataclass(frozen=True, slots=True)
class Telling:
    """What came with a record: which news it is, whose, and when, if it says none itself."""

    name: EventName
    home: str
    """The store's address, without a slash at its end."""
    at: datetime
    store_currency: str | None = None


Mapper = Callable[[JsonObject, Telling], list[Change]]


def words(value: object) -> str | None:
    """Give a title as people read it: WordPress writes some letters for browsers."""
    found = text(value)
    return name(unescape(found)) if found else None


def identifier(value: object) -> str | None:
    """Give an id as a string; WooCommerce's 0 means nobody, or none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = text(value)
    return None if found in {None, "0"} else found


def meta(payload: JsonObject, *keys: str) -> str | None:
    """Give the first text that stands under one of these keys of `meta_data`, the last told."""
    told = {one.get("key"): one.get("value") for one in records(payload.get("meta_data"))}
    return next((found for key in keys if (found := text(told.get(key)))), None)


def customer_key(payload: JsonObject) -> CustomerKey | None:
    """Name the person of an order: the account, and what they typed at the checkout."""
    billing = record(payload.get("billing"))
    key = CustomerKey(
        external_id=identifier(payload.get("customer_id")),
        email=email(billing.get("email")),
        phone=text(billing.get("phone")),
    )
    return None if key == CustomerKey() else key


def zone(value: object) -> str | None:
    """Give the name of a time zone that there is."""
    named = text(value)
    try:
        return ZoneInfo(named).key if named else None
    except (KeyError, ValueError, OSError):
        return None


def place(address: JsonObject) -> Place:
    """Give where an address of WooCommerce's is; its states may carry their country: `DE-BE`."""
    country = country_code(address.get("country"))
    if country is None:
        return Place()
    return Place(country, region_code(address.get("state"), country), name(address.get("city")))
