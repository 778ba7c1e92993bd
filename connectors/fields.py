"""Reads one field out of a platform's payload: a wrong type reads as not told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TypeVar

import orjson

from connectors.base import UnreadableWebhook
from marketing.events import EventName
from marketing.model import Change, JsonObject
from marketing.money import minor_units

T = TypeVar("T")

LARGEST_AMOUNT = Decimal(10**12)
LARGEST_COUNT = 1_000_000_000
LONGEST_NAME = 255
LONGEST_REGION = 10


@dataclass(frozen=True, slots=True)
class Telling:
    """What came with a payload: which news it is, whose, and when, if it says none itself."""

    name: EventName
    store_domain: str
    at: datetime
    store_currency: str | None = None


Mapper = Callable[[JsonObject, Telling], list[Change]]


def text(value: object) -> str | None:
    """Give a stripped, non-empty string without NUL (PostgreSQL keeps none), else None."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return str(value).replace("\x00", "").strip() or None


def name(value: object) -> str | None:
    """Give a person's or product's name, as long as Shopify itself lets one be."""
    return (text(value) or "")[:LONGEST_NAME].rstrip() or None


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


def currency_code(value: object) -> str | None:
    """Give an ISO 4217 code such as `EUR`; `XXX`, no currency, reads as none."""
    code = value.strip().upper() if isinstance(value, str) else ""
    known = len(code) == 3 and code.isascii() and code.isalpha() and code != "XXX"
    return code if known else None


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


def country_code(value: object) -> str | None:
    """Give an ISO 3166 code such as `DE`."""
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if len(code) == 2 and code.isascii() and code.isalpha() else None


def region_code(value: object, country: str | None) -> str | None:
    """Give the part of a country by its ISO 3166-2 code without the country: `DE-BE` is `BE`."""
    code = (text(value) or "").upper().removeprefix(f"{country}-")
    return code if country and 0 < len(code) <= LONGEST_REGION else None


def payload(body: bytes) -> JsonObject:
    """Give the object that a webhook's body is; `UnreadableWebhook` for anything else."""
    try:
        told = orjson.loads(body)
    except orjson.JSONDecodeError as refused:
        raise UnreadableWebhook("its body is not JSON") from refused
    if not isinstance(told, dict):
        raise UnreadableWebhook("its body is not an object")
    return told
