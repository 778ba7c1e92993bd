"""Customers, their tags, consents and sums, and the privacy topics, out of webhooks."""

from datetime import datetime

from connectors.base import UnreadableWebhook
from connectors.shopify.mapping import fields
from connectors.shopify.mapping.fields import Telling
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
    TagsChanged,
)

STATES = {state.value: state for state in ConsentState}
CONSENT_NEWS = {
    ConsentState.SUBSCRIBED: EventName.CUSTOMER_SUBSCRIBED,
    ConsentState.UNSUBSCRIBED: EventName.CUSTOMER_UNSUBSCRIBED,
}


def customer(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers/create and customers/update; since 2025 they tell no tags or consent."""
    updated_at = fields.first_moment(payload, "updated_at") or telling.at
    place = fields.place({"customer": payload})
    told = Customer(
        key=_customer_key(payload),
        updated_at=updated_at,
        created_at=fields.moment(payload.get("created_at")),
        first_name=fields.name(payload.get("first_name")),
        last_name=fields.name(payload.get("last_name")),
        locale=fields.text(payload.get("locale")),
        country=place.country,
        region=place.region,
        city=place.city,
        tags=fields.tags(payload.get("tags")),
        consents=_consents(payload, updated_at),
        orders_count=fields.count(payload.get("orders_count")),
        spent=fields.money(payload.get("total_spent"), _currency(payload, telling)),
        last_order_at=fields.moment(payload.get("last_order_at")),
        birthday=fields.text(payload.get("birthday")),
    )
    return [Change(telling.name, updated_at, told)]


def _customer_key(payload: JsonObject) -> CustomerKey:
    return CustomerKey(
        external_id=fields.demand(fields.own_id(payload), "customer"),
        email=fields.email(payload.get("email")),
        phone=fields.text(payload.get("phone")),
    )


def _currency(payload: JsonObject, telling: Telling) -> str:
    return fields.currency_code(payload.get("currency")) or telling.store_currency or ""


def _consents(payload: JsonObject, at: datetime) -> tuple[Consent, ...]:
    told = (
        consent_of(ChannelName.EMAIL, payload.get("email_marketing_consent"), at),
        consent_of(ChannelName.SMS, payload.get("sms_marketing_consent"), at),
    )
    return tuple(one for one in told if one)


def consent_of(
    channel: ChannelName, told: object, at: datetime, customer: CustomerKey | None = None
) -> Consent | None:
    """Read `{"state", "consent_updated_at"}`; a null or unknown state changes nothing."""
    consent = fields.record(told)
    state = STATES.get((fields.text(consent.get("state")) or "").lower())
    if state is None:
        return None
    changed_at = fields.moment(consent.get("consent_updated_at")) or at
    return Consent(channel, state, ConsentSource.PLATFORM, changed_at, customer)


def email_consent(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers_email_marketing_consent/update."""
    key = CustomerKey(
        external_id=fields.identifier(payload.get("customer_id")),
        email=fields.email(payload.get("email_address")),
    )
    return _consent_news(ChannelName.EMAIL, payload, key, telling)


def sms_consent(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers_marketing_consent/update, which is about text messages."""
    key = CustomerKey(external_id=fields.own_id(payload), phone=fields.text(payload.get("phone")))
    return _consent_news(ChannelName.SMS, payload, key, telling)


def _consent_news(
    channel: ChannelName, payload: JsonObject, key: CustomerKey, telling: Telling
) -> list[Change]:
    if key == CustomerKey():
        raise UnreadableWebhook("it names no customer")
    told = consent_of(channel, payload.get(f"{channel}_marketing_consent"), telling.at, key)
    if told is None:
        return []
    return [Change(CONSENT_NEWS.get(told.state, telling.name), told.changed_at, told)]


def tags_added(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customer.tags_added."""
    tags = fields.tags(payload.get("tags")) or ()
    return _tag_news(TagsChanged(_named(payload), added=tags), payload, telling) if tags else []


def tags_removed(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customer.tags_removed."""
    tags = fields.tags(payload.get("tags")) or ()
    return _tag_news(TagsChanged(_named(payload), removed=tags), payload, telling) if tags else []


def _tag_news(told: TagsChanged, payload: JsonObject, telling: Telling) -> list[Change]:
    return [Change(telling.name, _occurred_at(payload, telling), told)]


def purchasing_summary(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers/purchasing_summary: the sums over all of a customer's orders."""
    spent = fields.record(payload.get("amountSpent"))
    currency = fields.currency_code(spent.get("currencyCode")) or telling.store_currency or ""
    occurred_at = _occurred_at(payload, telling)
    told = Customer(
        key=_named(payload),
        updated_at=occurred_at,
        orders_count=fields.count(payload.get("numberOfOrders")),
        spent=fields.money(spent.get("amount"), currency),
    )
    return [Change(telling.name, occurred_at, told)]


def _named(payload: JsonObject) -> CustomerKey:
    customer_id = fields.identifier(payload.get("customerId"))
    return CustomerKey(external_id=fields.demand(customer_id, "customer"))


def _occurred_at(payload: JsonObject, telling: Telling) -> datetime:
    return fields.moment(payload.get("occurredAt")) or telling.at


def deleted(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers/delete."""
    gone = Gone("customer", fields.demand(fields.own_id(payload), "customer"))
    return [Change(telling.name, telling.at, gone)]


def merged(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers/merge: the one merged away is gone once the merge is complete."""
    if fields.text(payload.get("status")) != "completed":
        return []
    dropped = fields.identifier(payload.get("admin_graphql_api_customer_deleted_id"))
    kept = fields.identifier(payload.get("admin_graphql_api_customer_kept_id"))
    gone = Gone("customer", fields.demand(dropped, "customer merged away"), into=kept)
    return [Change(telling.name, telling.at, gone)]


def data_request(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers/data_request."""
    return _privacy("data_request", "orders_requested", payload, telling)


def redact(payload: JsonObject, telling: Telling) -> list[Change]:
    """Read customers/redact."""
    return _privacy("customer_redact", "orders_to_redact", payload, telling)


def _privacy(kind: str, orders: str, payload: JsonObject, telling: Telling) -> list[Change]:
    key = fields.customer_key({"customer": payload.get("customer")})
    listed = payload.get(orders)
    named = (fields.identifier(one) for one in (listed if isinstance(listed, list) else []))
    request = PrivacyRequest(
        kind=kind,
        customer=fields.demand(key, "customer"),
        orders=tuple(one for one in named if one),
        request_id=fields.own_id(fields.record(payload.get("data_request"))),
    )
    return [Change(telling.name, telling.at, request)]
