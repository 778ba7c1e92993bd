"""The customers of a sample shop: found or made, and their consent."""

import re
import uuid
from typing import Any

from sandbox import payloads
from sandbox.state import Record
from sandbox.world import World

Place = dict[str, str]

# What a checkout fills in for a country: somewhere plausible to send a parcel to.
PLACES: dict[str, Place] = {
    "US": {"city": "Portland", "province": "Maine", "province_code": "ME", "zip": "04101",
           "country": "United States", "address1": "12 Wharf Street"},
    "CA": {"city": "Ottawa", "province": "Ontario", "province_code": "ON", "zip": "K1N 5M3",
           "country": "Canada", "address1": "88 Clarence Street"},
    "GB": {"city": "Bristol", "province": "England", "province_code": "ENG", "zip": "BS1 4QA",
           "country": "United Kingdom", "address1": "5 Harbour Walk"},
    "DE": {"city": "Leipzig", "province": "Saxony", "province_code": "SN", "zip": "04109",
           "country": "Germany", "address1": "Gottschedstraße 7"},
    "FR": {"city": "Lyon", "province": "Auvergne-Rhône-Alpes", "province_code": "ARA",
           "zip": "69002", "country": "France", "address1": "21 rue Mercière"},
    "AU": {"city": "Hobart", "province": "Tasmania", "province_code": "TAS", "zip": "7000",
           "country": "Australia", "address1": "3 Salamanca Place"},
    "JP": {"city": "Kyoto", "province": "Kyoto", "province_code": "JP-26", "zip": "604-8005",
           "country": "Japan", "address1": "Sanjo-dori 14"},
}  # fmt: skip
CURRENCY_OF = {"US": "USD", "CA": "CAD", "GB": "GBP", "DE": "EUR", "FR": "EUR", "AU": "AUD",
               "JP": "JPY"}  # fmt: skip
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def is_email(text: str) -> bool:
    """Say whether a text may be an address at all."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def new_person(world: World, shop: str, email: str, details: Record) -> Record:
    """A customer's record, not yet announced: details are first_name, last_name, country, ..."""
    country = details.get("country", "US")
    now = details.get("created_at") or world.now()
    person: Record = {
        "id": world.state.next_number("customer", 7_600_418_300_000),
        "email": email,
        "first_name": details.get("first_name", ""),
        "last_name": details.get("last_name", ""),
        "phone": details.get("phone"),
        "locale": details.get("locale", "en"),
        "currency": details.get("currency", CURRENCY_OF[country]),
        "address": {**PLACES[country], "country_code": country},
        "tags": details.get("tags", []),
        "consent": {"state": "not_subscribed", "opt_in_level": None, "updated_at": None},
        "created_at": now,
        "updated_at": now,
    }
    return world.state.put(shop, "customer", person, handle=email)


def meet(world: World, shop: str, email: str, details: Record, event: str) -> Record:
    """The customer with this e-mail, made or brought up to date; the webhooks go out."""
    person = world.state.find(shop, "customer", email)
    if person is None:
        person = new_person(world, shop, email, details)
        world.emit(shop, "customers/create", payloads.customer(person), event)
        return person
    told = ("first_name", "last_name", "locale", "currency")
    changed: Record = {k: details[k] for k in told if details.get(k)}
    country = details.get("country", person["address"]["country_code"])
    if country != person["address"]["country_code"]:
        changed["address"] = {**PLACES[country], "country_code": country}
    if all(person[k] == v for k, v in changed.items()):
        return person
    return change(world, shop, {**person, **changed}, event)


def change(world: World, shop: str, person: Record, event: str = "") -> Record:
    """Write a changed customer and announce it."""
    person = {**person, "updated_at": world.now()}
    world.state.put(shop, "customer", person, handle=person["email"])
    world.emit(shop, "customers/update", payloads.customer(person), event)
    return person


def consent(
    world: World, shop: str, person: Record, given: dict[str, Any], event: str = ""
) -> Record:
    """Write consent (`state`, `opt_in_level`, `updated_at`) and announce it."""
    if person["consent"]["state"] == given["state"]:
        return person
    person = {**person, "consent": given, "updated_at": world.now()}
    world.state.put(shop, "customer", person, handle=person["email"])
    world.emit(
        shop, "customers_email_marketing_consent/update", payloads.email_consent(person), event
    )
    return person


def subscribe(world: World, shop: str, person: Record, event: str = "") -> Record:
    """The person ticked the box."""
    given = {"state": "subscribed", "opt_in_level": "single_opt_in", "updated_at": world.now()}
    return consent(world, shop, person, given, event)


def unsubscribe(world: World, shop: str, person: Record) -> Record:
    """The merchant took the person off the list."""
    given = {"state": "unsubscribed", "opt_in_level": None, "updated_at": world.now()}
    return consent(world, shop, person, given)


def tag(world: World, shop: str, person: Record, tags: list[str], *, add: bool) -> Record:
    """Give a customer tags, or take them away, and announce it."""
    had = set(person["tags"])
    have = had | set(tags) if add else had - set(tags)
    if have == had:
        return person
    person = change(world, shop, {**person, "tags": sorted(have)})
    body = payloads.tags(person, sorted(have ^ had), world.now())
    world.emit(shop, "customer.tags_added" if add else "customer.tags_removed", body)
    return person


def allow_texts(world: World, shop: str, person: Record, state: str) -> Record:
    """The customer said yes or no to text messages; one without a number gets one first."""
    phone = person["phone"] or f"+1555{person['id'] % 10_000_000:07d}"
    given = {"state": state, "opt_in_level": "single_opt_in", "updated_at": world.now()}
    person = change(world, shop, {**person, "phone": phone, "texts": given})
    world.emit(shop, "customers_marketing_consent/update", payloads.sms_consent(person))
    return person


def delete(world: World, shop: str, person: Record) -> None:
    """The merchant deletes a customer."""
    world.state.drop(shop, "customer", person["id"])
    world.emit(shop, "customers/delete", payloads.customer_deleted(person))


def new_event() -> str:
    """The id of one action, shared by the webhooks it causes."""
    return str(uuid.uuid4())
