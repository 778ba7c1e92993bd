"""The WooCommerce store's registered customers; guests are in their orders only."""

from datetime import datetime

from sandbox import people
from sandbox.state import Record
from sandbox.woo_collections import Arguments, Listing
from sandbox.woo_refusals import Refused, bad_parameter, missing_parameter
from sandbox.woo_resources import Resource
from sandbox.woo_shop import WooShop
from sandbox.woo_site import OWNER, OWNERS_ID

_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state",
            "postcode", "country")  # fmt: skip
_EDITABLE = ("first_name", "last_name", "email", "username")
_ORDERS = {"registered_date": "date_created_gmt", "id": "id", "include": "id", "name": "first_name"}


def resources(shop: WooShop) -> list[Resource]:
    """Give the customers; whoever asks without `role=all` hears of role customer alone."""
    listing = Listing(_narrowed, _ORDERS, ("name", "asc"), knows_modified=False)
    shop.hooks.payloads["customer"] = lambda id_: shop.get("woo_customer", id_)
    return [
        Resource(
            "customers", "woo_customer", "customer", _shown,
            create=lambda body: create(shop, body),
            change=lambda customer, body: change(shop, customer, body),
            remove=lambda customer: remove(shop, customer), listing=listing,
        )
    ]  # fmt: skip


def _shown(customer: Record) -> Record:
    return {name: value for name, value in customer.items() if name != "password"}


def _narrowed(records: list[Record], asked: Arguments) -> list[Record]:
    role, email = asked.get("role") or "customer", asked.get("email", "").casefold()
    words = asked.get("search", "").casefold()
    return [
        one
        for one in records
        if role in {"all", one["role"]}
        and email in {"", one["email"].casefold()}
        and words in f"{one['email']} {one['first_name']} {one['last_name']}".casefold()
    ]


def address(details: Record) -> Record:
    """Give an address as WooCommerce keeps it, somewhere plausible in the country named."""
    country = details.get("country") or "DE"
    place = people.PLACES.get(country, people.PLACES["DE"])
    whole = {
        "company": "", "address_2": "", "address_1": place["address1"], "city": place["city"],
        "state": place["province_code"], "postcode": place["zip"], "country": country,
        "first_name": "", "last_name": "", **details,
    }  # fmt: skip
    return {name: whole[name] for name in _ADDRESS}


def billing(email: str, details: Record) -> Record:
    return {**address(details), "email": email, "phone": details.get("phone", "")}


def new_person(shop: WooShop, email: str, details: Record, made: datetime) -> Record:
    """Write a registered customer, announced to nobody."""
    name = {part: details.get(part, "") for part in ("first_name", "last_name")}
    record: Record = {
        "id": shop.next_id("user"), **shop.stamps("created", made),
        **shop.stamps("modified", made), "email": email, **name,
        "role": details.get("role", "customer"), "username": email.partition("@")[0],
        "billing": billing(email, details), "shipping": {**address(details), "phone": ""},
        "is_paying_customer": False, "avatar_url": "", "meta_data": details.get("meta_data", []),
    }  # fmt: skip
    return shop.put("woo_customer", record, handle=email)


def plant_owner(shop: WooShop, made: datetime) -> None:
    """The merchant is a user, too, and the first: no customer, and not in their list."""
    login, name, email = OWNER
    first, _, last = name.partition(" ")
    details = {"first_name": first, "last_name": last, "role": "administrator"}
    owner = new_person(shop, email, details, made)
    assert owner["id"] == OWNERS_ID  # noqa: S101  - a store begins with its owner
    shop.put("woo_customer", {**owner, "username": login}, handle=email)


def create(shop: WooShop, body: Record) -> Record:
    """Register somebody and announce it."""
    email = str(body.get("email") or "")
    if not email:
        raise missing_parameter("email")
    if not people.is_email(email):
        raise bad_parameter("email", "Invalid email address.", "rest_invalid_email")
    if shop.find("woo_customer", email):
        words = f"An account is already registered with {email}. Please log in or use another."
        raise Refused("registration-error-email-exists", words, 400)
    customer = new_person(shop, email, {**(body.get("billing") or {}), **body}, shop.now())
    shop.hooks.tell("customer.created", customer["id"])
    return customer


def change(shop: WooShop, customer: Record, body: Record) -> Record:
    """Write what was changed and announce it."""
    given = {name: body[name] for name in _EDITABLE if name in body}
    for part in ("billing", "shipping"):
        if isinstance(body.get(part), dict):
            given[part] = {**customer[part], **body[part]}
    if body.get("meta_data"):
        given["meta_data"] = with_meta(shop, customer["meta_data"], body["meta_data"])
    customer = {**customer, **given, **shop.stamps("modified", shop.now())}
    shop.put("woo_customer", customer, handle=customer["email"])
    shop.hooks.tell("customer.updated", customer["id"])
    return customer


def with_meta(shop: WooShop, had: list[Record], told: list[Record]) -> list[Record]:
    """Give meta data after a change: a key that was there is written over, the others stay."""
    fresh = {one["key"]: one["value"] for one in told}
    kept = [one for one in had if one["key"] not in fresh]
    made = [{"id": shop.next_id("meta"), "key": k, "value": v} for k, v in fresh.items()]
    return kept + made


def remove(shop: WooShop, customer: Record) -> None:
    """Delete somebody; only of customers is it told."""
    shop.drop("woo_customer", customer["id"])
    if customer["role"] == "customer":
        shop.hooks.tell("customer.deleted", customer["id"])
