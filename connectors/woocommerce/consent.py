"""Keeps what a customer said with their account, where the store's own people can read it.

WooCommerce has no field for it, and a guest has no account: their answer stays with us alone.
"""

from datetime import UTC, datetime

from connectors.base import Credentials, StoreRefused
from connectors.woocommerce.client import NotThere, RestClient
from connectors.woocommerce.mapping import fields
from connectors.woocommerce.mapping.customers import EMAIL_CONSENT, EMAIL_CONSENT_AT, SAID
from marketing.model import ChannelName, ConsentState, CustomerKey

NO_ACCOUNT = "WooCommerce has no account of this customer: what they said is kept in Reprise"


def write(
    client: RestClient,
    credentials: Credentials,
    customer: CustomerKey,
    channel: ChannelName,
    consent: tuple[ConsentState, datetime],
) -> None:
    """Set a customer's answer and when it was given; repeating it changes nothing.

    Raises `StoreRefused` for a guest, and for a channel or state that nobody keeps there.
    """
    state, changed_at = consent
    if channel is not ChannelName.EMAIL or state.value not in SAID:
        raise StoreRefused(f"WooCommerce keeps no {state} for {channel}")
    customer_id = customer.external_id or _found(client, credentials, customer.email)
    at = changed_at.astimezone(UTC).isoformat()
    meta = [
        {"key": EMAIL_CONSENT, "value": state.value},
        {"key": EMAIL_CONSENT_AT, "value": at},
    ]
    try:
        client.call(credentials, "put", f"customers/{customer_id}", data={"meta_data": meta})
    except NotThere:
        raise StoreRefused(NO_ACCOUNT) from None


def _found(client: RestClient, credentials: Credentials, email: str | None) -> str:
    asked = {"email": email, "role": "all", "_fields": "id"}
    rows = fields.records(client.get(credentials, "customers", asked).json()) if email else []
    found = next((fields.identifier(row.get("id")) for row in rows), None)
    if found is None:
        raise StoreRefused(NO_ACCOUNT)
    return found
