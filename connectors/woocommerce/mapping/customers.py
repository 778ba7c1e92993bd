"""Customers with an account, what they said of e-mail, and the privacy requests of the plugin."""

from connectors.woocommerce.mapping import fields
from connectors.woocommerce.mapping.fields import Telling
from marketing.events import EventName
from marketing.model import (
    Change,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    Customer,
    CustomerKey,
    Gone,
    JsonObject,
    PrivacyRequest,
    Uninstalled,
)

STAFF = frozenset({"administrator", "shop_manager", "editor", "author", "contributor"})
EMAIL_CONSENT = "reprise_email_consent"
EMAIL_CONSENT_AT = "reprise_email_consent_at"
"""How an answer is kept with a customer's account, by us or by the plugin."""
SAID = {
    "subscribed": (ConsentState.SUBSCRIBED, EventName.CUSTOMER_SUBSCRIBED),
    "unsubscribed": (ConsentState.UNSUBSCRIBED, EventName.CUSTOMER_UNSUBSCRIBED),
}
SOURCES = {
    "checkout": ConsentSource.CHECKOUT,
    "form": ConsentSource.FORM,
    "account": ConsentSource.PLATFORM,
    "privacy": ConsentSource.PLATFORM,
}


def customer(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customer.created and customer.updated, and a page of accounts."""
    created_at = fields.moment(payload.get("date_created_gmt"))
    updated_at = fields.moment(payload.get("date_modified_gmt")) or created_at or telling.at
    billing = fields.record(payload.get("billing"))
    place = fields.place(billing)
    told = Customer(
        key=CustomerKey(
            external_id=fields.demand(fields.identifier(payload.get("id")), "customer"),
            email=fields.email(payload.get("email")) or fields.email(billing.get("email")),
            phone=fields.text(billing.get("phone")),
        ),
        updated_at=updated_at,
        created_at=created_at,
        first_name=_named(payload, billing, "first_name"),
        last_name=_named(payload, billing, "last_name"),
        country=place.country,
        region=place.region,
        city=place.city,
        consents=_consents(payload, telling),
        is_staff=payload.get("role") in STAFF,
    )
    return [Change(telling.name, updated_at, told, is_state=True)]


def _named(payload: JsonObject, billing: JsonObject, key: str) -> str | None:
    return fields.name(payload.get(key)) or fields.name(billing.get(key))


def _consents(payload: JsonObject, telling: Telling) -> tuple[Consent, ...]:
    said = SAID.get(fields.meta(payload, EMAIL_CONSENT) or "")
    at = fields.moment(fields.meta(payload, EMAIL_CONSENT_AT))
    if said is None or at is None:
        return ()
    return (Consent(ChannelName.EMAIL, said[0], ConsentSource.PLATFORM, min(at, telling.at)),)


def deleted(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customer.deleted, which tells the id alone."""
    gone = Gone("customer", fields.demand(fields.identifier(payload.get("id")), "customer"))
    return [Change(telling.name, telling.at, gone)]


def consent(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read the plugin's reprise.consent; an answer that is neither yes nor no says nothing."""
    said = SAID.get((fields.text(payload.get("state")) or "").lower())
    if said is None or (fields.text(payload.get("channel")) or "email") != "email":
        return []
    state, name = said
    at = fields.moment(payload.get("at")) or telling.at
    source = SOURCES.get(fields.text(payload.get("source")) or "", ConsentSource.PLATFORM)
    told = Consent(ChannelName.EMAIL, state, source, at, _named_by_address(payload))
    return [Change(name, at, told)]


def erase(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read reprise.privacy.erase: WordPress was asked to forget somebody."""
    return _privacy("customer_redact", payload, telling)


def export(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read reprise.privacy.export: somebody wants to know what is kept of them."""
    return _privacy("data_request", payload, telling)


def _privacy(kind: str, payload: JsonObject, telling: Telling) -> list[Change]:
    request = PrivacyRequest(
        kind,
        customer=_named_by_address(payload),
        request_id=fields.text(payload.get("request_id")),
    )
    return [Change(EventName.PRIVACY_REQUESTED, telling.at, request)]


def uninstalled(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read reprise.uninstalled: the plugin was removed, and with it the app."""
    at = fields.moment(payload.get("at")) or telling.at
    return [Change(EventName.STORE_UNINSTALLED, at, Uninstalled(at))]


def _named_by_address(payload: JsonObject) -> CustomerKey:
    return CustomerKey(email=fields.demand(fields.email(payload.get("email")), "customer"))
