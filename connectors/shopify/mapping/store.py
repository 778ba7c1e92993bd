"""The store itself out of webhooks: its profile, our scopes, and its going.

No header is signed. What ends a store's life with us (app/uninstalled, shop/redact) or a
customer's (customers/redact) must therefore name the store in its signed body too.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.base import UnreadableWebhook
from connectors.shopify.mapping import fields
from connectors.shopify.mapping.fields import Mapper, Telling
from marketing.model import (
    Change,
    JsonObject,
    PrivacyRequest,
    ScopesChanged,
    StoreProfile,
    Uninstalled,
)

NAMED_BY = ("myshopify_domain", "shop_domain")


def naming_the_store(mapper: Mapper) -> Mapper:
    """Read as `mapper` does, but only a body that names the store its header names."""

    def read(payload: JsonObject, telling: Telling) -> list[Change]:
        if _named_store(payload) != telling.store_domain:
            raise UnreadableWebhook("its body does not name the store that its header names")
        return mapper(payload, telling)

    return read


def _named_store(payload: JsonObject) -> str | None:
    found = (fields.text(payload.get(key)) for key in NAMED_BY)
    return next((domain.lower() for domain in found if domain), None)


def profile(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read shop/update."""
    if _named_store(payload) not in {None, telling.store_domain}:
        raise UnreadableWebhook("its body names another store than its header")
    told = read_profile(payload, telling)
    updated_at = fields.moment(payload.get("updated_at")) or telling.at
    return [Change(telling.name, updated_at, told)] if told else []


def read_profile(payload: JsonObject, telling: Telling) -> StoreProfile | None:
    """Give the profile; without a currency or a zone it is none, and the one we have stays."""
    domain = fields.text(payload.get("domain"))
    currency = fields.currency_code(payload.get("currency")) or telling.store_currency
    timezone = zone(payload.get("iana_timezone"))
    if currency is None or timezone is None:
        return None
    return StoreProfile(
        domain=telling.store_domain,
        external_id=fields.demand(fields.own_id(payload), "store"),
        name=fields.text(payload.get("name")) or telling.store_domain,
        email=_first(fields.email, payload, "customer_email", "email"),
        currency=currency,
        timezone=timezone,
        country=_first(fields.country_code, payload, "country_code", "country"),
        locale=fields.text(payload.get("primary_locale")) or "en",
        storefront_url=fields.web_address(payload.get("storefront_url"))
        or (fields.web_address(f"https://{domain}") if domain else None),
        money_format=fields.text(payload.get("money_format")),
        address=_address(payload),
    )


def zone(value: object) -> str | None:
    """Give an IANA time zone that this machine knows."""
    found = fields.text(value)
    try:
        return ZoneInfo(found).key if found else None
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def _first(read: Callable[[object], str | None], payload: JsonObject, *keys: str) -> str | None:
    return next((found for key in keys if (found := read(payload.get(key)))), None)


def _address(payload: JsonObject) -> str | None:
    keys = "address1", "address2", "zip", "city", "province", "country_name"
    lines = (fields.text(payload.get(key)) for key in keys)
    return ", ".join(line for line in lines if line) or None


def uninstalled(_payload: JsonObject, telling: Telling) -> list[Change]:
    """Read app/uninstalled; when it happened only its header tells."""
    return [Change(telling.name, telling.at, Uninstalled(telling.at))]


def scopes(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read app/scopes_update."""
    current = payload.get("current")
    if not isinstance(current, list):
        raise UnreadableWebhook("it names no scopes")
    handles = tuple(scope for one in current if (scope := fields.text(one)))
    happened_at = fields.moment(payload.get("updated_at")) or telling.at
    return [Change(telling.name, happened_at, ScopesChanged(handles))]


def redact(_payload: JsonObject, telling: Telling) -> list[Change]:
    """Read shop/redact."""
    return [Change(telling.name, telling.at, PrivacyRequest("store_redact"))]
