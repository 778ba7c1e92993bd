"""Tells the store what a customer said about marketing, and how flows tagged them."""

from collections.abc import Sequence
from datetime import datetime

from connectors.base import Credentials, StoreRefused
from connectors.shopify import documents
from connectors.shopify.client import AdminClient
from marketing.model import ChannelName, ConsentState, CustomerKey, JsonObject

WAYS = {
    ChannelName.EMAIL: (documents.EMAIL_CONSENT, "emailMarketingConsent"),
    ChannelName.SMS: (documents.SMS_CONSENT, "smsMarketingConsent"),
}
STATES = {
    ConsentState.SUBSCRIBED: "SUBSCRIBED",
    ConsentState.UNSUBSCRIBED: "UNSUBSCRIBED",
    ConsentState.PENDING: "PENDING",
}


def write(
    client: AdminClient,
    credentials: Credentials,
    customer: CustomerKey,
    channel: ChannelName,
    consent: tuple[ConsentState, datetime],
) -> None:
    """Set a customer's consent and when it was given; repeating it changes nothing.

    Raises `StoreRefused` for a customer the store does not know, or a channel or state it
    keeps no record of.
    """
    state, changed_at = consent
    if channel not in WAYS or state not in STATES:
        raise StoreRefused(f"Shopify keeps no {state} for {channel}")
    document, field = WAYS[channel]
    told = {"marketingState": STATES[state], "consentUpdatedAt": changed_at.isoformat()}
    if state == ConsentState.SUBSCRIBED:
        told["marketingOptInLevel"] = "SINGLE_OPT_IN"
    customer_id = _global_id(client, credentials, customer)
    client.mutate(credentials, document, {"input": {"customerId": customer_id, field: told}})


def write_tags(
    client: AdminClient,
    credentials: Credentials,
    customer: CustomerKey,
    add: Sequence[str],
    remove: Sequence[str],
) -> None:
    """Add and remove tags of a customer; repeating it changes nothing."""
    customer_id = _global_id(client, credentials, customer)
    for document, tags in ((documents.TAGS_ADD, add), (documents.TAGS_REMOVE, remove)):
        if tags:
            client.mutate(credentials, document, {"id": customer_id, "tags": list(tags)})


def _global_id(client: AdminClient, credentials: Credentials, customer: CustomerKey) -> str:
    if customer.external_id:
        return f"gid://shopify/Customer/{customer.external_id}"
    data = client.run(credentials, documents.FIND_CUSTOMER, {"identifier": _identifier(customer)})
    found = data.get("customerByIdentifier")
    if not found:
        raise StoreRefused("the store does not know this customer")
    return str(found["id"])


def _identifier(customer: CustomerKey) -> JsonObject:
    if customer.email:
        return {"emailAddress": customer.email}
    return {"phoneNumber": customer.phone}
