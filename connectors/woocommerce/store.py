"""What a WooCommerce store says about itself."""

from connectors.base import Credentials, StoreRefused
from connectors.woocommerce.client import RestClient
from connectors.woocommerce.mapping import fields
from marketing.model import JsonObject, StoreProfile

HALF_HOURS = {
    -9.5: "Pacific/Marquesas", -3.5: "America/St_Johns", 3.5: "Asia/Tehran", 4.5: "Asia/Kabul",
    5.5: "Asia/Kolkata", 5.75: "Asia/Kathmandu", 6.5: "Asia/Yangon", 8.75: "Australia/Eucla",
    9.5: "Australia/Darwin", 10.5: "Australia/Lord_Howe", 12.75: "Pacific/Chatham",
}  # fmt: skip
"""A place for each distance from UTC that is told in no zone of whole hours."""


def fetch_profile(client: RestClient, credentials: Credentials) -> StoreProfile:
    """Read name, money, zone and language; which store it is, only our own credentials say."""
    domain = credentials.store_domain
    status = client.get(credentials, "system_status", {"_fields": "environment,settings"}).json()
    status = fields.record(status)
    currency = fields.currency_code(fields.record(status.get("settings")).get("currency"))
    if currency is None:
        raise StoreRefused("the store does not say which currency it sells in")
    index = client.open_index(domain)
    general = _options(client, credentials, "general")
    return StoreProfile(
        domain=domain,
        external_id=domain,
        name=fields.words(index.get("name")) or domain,
        email=fields.email(_options(client, credentials, "email").get(
            "woocommerce_email_from_address"
        )),
        currency=currency,
        timezone=zone_of(index),
        country=fields.country_code(str(general.get("woocommerce_default_country") or "")[:2]),
        locale=locale_of(fields.record(status.get("environment")).get("language")),
        storefront_url=client.home(domain),
        address=_address(general),
    )  # fmt: skip


def zone_of(index: JsonObject) -> str:
    """Give the store's time zone: a named one, else one of its distance from UTC."""
    named = fields.zone(index.get("timezone_string"))
    if named:
        return named
    offset = fields.decimal(index.get("gmt_offset"))
    hours = float(offset) if offset is not None and abs(offset) <= 14 else 0.0
    if hours.is_integer():
        return f"Etc/GMT{-int(hours):+d}" if hours else "UTC"
    return HALF_HOURS.get(hours, "UTC")


def locale_of(value: object) -> str:
    """Give `de` of WordPress' `de_DE_formal`."""
    language = (fields.text(value) or "en").replace("-", "_").split("_")[0].lower()
    return language if language.isalpha() and language.isascii() and len(language) <= 3 else "en"


def _options(client: RestClient, credentials: Credentials, group: str) -> dict[str, object]:
    """Read a page of the store's settings; empty where the key's owner may not see it."""
    try:
        told = client.get(credentials, f"settings/{group}", {"_fields": "id,value"}).json()
    except StoreRefused:
        return {}
    return {str(one.get("id")): one.get("value") for one in fields.records(told)}


def _address(general: dict[str, object]) -> str | None:
    keys = "address", "address_2", "postcode", "city"
    parts = (fields.name(general.get(f"woocommerce_store_{key}")) for key in keys)
    return ", ".join(part for part in parts if part) or None
