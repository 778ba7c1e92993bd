"""The webhook door's decisions: what is Shopify's, what is malformed, what is forged."""

import json
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from connectors.base import BadSignature, MalformedWebhook, UnreadableWebhook, Webhook
from connectors.shopify import signatures, webhooks
from marketing.model import Cart, PrivacyRequest, Uninstalled
from tests.connectors.shopify.conftest import FOREIGN_SECRET, OLD_SECRET, SECRET
from tests.oracles.library import ShopifysLibrary
from tests.payloads.shopify import STORE, STRANGER, sample

SECRETS = (SECRET, OLD_SECRET)
BODY = orjson.dumps(sample("checkouts/create"))
AT = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)


def headers(prefix: str = "X-Shopify-", secret: str = SECRET, body: bytes = BODY) -> dict[str, str]:
    return {
        f"{prefix}Topic": "checkouts/create",
        f"{prefix}Hmac-Sha256": signatures.body_signature(secret, body).decode(),
        f"{prefix}Shop-Domain": STORE,
        f"{prefix}API-Version": "2026-10",
        f"{prefix}Webhook-Id": "b54557e4-8a5f",
        f"{prefix}Event-Id": "98880550-7158",
        f"{prefix}Triggered-At": "2026-11-22T19:00:00.123456789Z",
    }


@pytest.mark.parametrize("prefix", ["X-Shopify-", "x-shopify-", "Shopify-", "shopify-"])
@pytest.mark.parametrize("secret", SECRETS)
def test_a_webhook_of_shopifys_is_read(prefix: str, secret: str) -> None:
    webhook = webhooks.verify(SECRETS, headers(prefix, secret), BODY)
    assert webhook == Webhook(
        id="b54557e4-8a5f",
        topic="checkouts/create",
        store_domain=STORE,
        body=BODY,
        event_id="98880550-7158",
        triggered_at=AT.replace(microsecond=123456),
        api_version="2026-10",
    )


@pytest.mark.parametrize("prefix", ["X-Shopify-", "shopify-"])
def test_shopifys_library_accepts_what_we_accept(library: ShopifysLibrary, prefix: str) -> None:
    told = library.ask("webhook", headers=headers(prefix), body=BODY.decode())
    assert told["valid"]
    assert told["domain"] == webhooks.verify(SECRETS, headers(prefix), BODY).store_domain


@pytest.mark.parametrize("name", ["Topic", "Shop-Domain", "API-Version", "Webhook-Id"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_missing_header_is_malformed(name: str, value: str | None) -> None:
    told = headers() | {f"X-Shopify-{name}": value}
    with pytest.raises(MalformedWebhook):
        webhooks.verify(SECRETS, {key: one for key, one in told.items() if one is not None}, BODY)


def test_the_two_families_do_not_mix() -> None:
    """A signature of the one cannot vouch for the names of the other."""
    told = headers() | {"shopify-hmac-sha256": headers()["X-Shopify-Hmac-Sha256"]}
    with pytest.raises(MalformedWebhook):
        webhooks.verify(SECRETS, told, BODY)


@pytest.mark.parametrize(
    "signature", [None, "", "ünïcödé", "\udcff", headers(secret=FOREIGN_SECRET)["X-Shopify-Topic"]]
)
def test_a_missing_or_odd_signature_is_bad(signature: str | None) -> None:
    told = headers() | {"X-Shopify-Hmac-Sha256": signature}
    with pytest.raises(BadSignature):
        webhooks.verify(SECRETS, {key: one for key, one in told.items() if one is not None}, BODY)


def test_another_apps_signature_is_bad() -> None:
    with pytest.raises(BadSignature):
        webhooks.verify(SECRETS, headers(secret=FOREIGN_SECRET), BODY)


def test_a_signature_vouches_for_its_own_body_alone() -> None:
    with pytest.raises(BadSignature):
        webhooks.verify(SECRETS, headers(), BODY + b"\n")


@pytest.mark.parametrize("domain", ["evil.com", f"{STORE}/", f"x@{STORE}", "ünïcödé.myshopify.com"])
def test_a_header_that_names_no_shop_is_malformed(domain: str) -> None:
    with pytest.raises(MalformedWebhook):
        webhooks.verify(SECRETS, headers() | {"X-Shopify-Shop-Domain": domain}, BODY)


@pytest.mark.parametrize("told", ["", "yesterday", "2026-13-45", "0001-01-01T00:00:00+23:00"])
def test_an_unreadable_time_is_no_time(told: str) -> None:
    webhook = webhooks.verify(SECRETS, headers() | {"X-Shopify-Triggered-At": told}, BODY)
    assert webhook.triggered_at is None


def a_webhook(topic: str, payload: Any, **changes: Any) -> Webhook:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    told = {"id": "1", "topic": topic, "store_domain": STORE, "body": body, "triggered_at": AT}
    return Webhook(**(told | changes))


def test_an_unknown_topic_tells_nothing() -> None:
    assert webhooks.parse(a_webhook("markets/create", {"id": 1})) == []
    labelled = sample("fulfillment_events/create", status="label_printed")
    assert webhooks.parse(a_webhook("fulfillment_events/create", labelled)) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"text"', b"1", b"[" * 5000])
def test_a_body_that_is_no_object_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableWebhook):
        webhooks.parse(a_webhook("orders/create", body))


DESTRUCTIVE = ["app/uninstalled", "shop/redact", "customers/redact", "customers/data_request"]


@pytest.mark.parametrize("topic", DESTRUCTIVE)
def test_what_destroys_must_name_the_store_in_its_signed_body(topic: str) -> None:
    named = "myshopify_domain" if topic == "app/uninstalled" else "shop_domain"
    assert webhooks.parse(a_webhook(topic, sample(topic)))
    for domain in (STRANGER, None, "", 7, f"{STORE}."):
        with pytest.raises(UnreadableWebhook):
            webhooks.parse(a_webhook(topic, sample(topic, **{named: domain})))


@pytest.mark.parametrize("topic", DESTRUCTIVE)
def test_a_harmless_body_under_a_destructive_topic_destroys_nothing(topic: str) -> None:
    """No header is signed: whoever has one signed body could send it with another topic."""
    with pytest.raises(UnreadableWebhook):
        webhooks.parse(a_webhook(topic, sample("carts/create")))


def test_an_uninstall_happened_when_it_was_triggered() -> None:
    [change] = webhooks.parse(a_webhook("app/uninstalled", sample("app/uninstalled")))
    assert change.record == Uninstalled(AT)


def test_when_nothing_says_when_it_was_when_we_took_it() -> None:
    taken = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)
    webhook = a_webhook("shop/redact", sample("shop/redact"), triggered_at=None, received_at=taken)
    [change] = webhooks.parse(webhook)
    assert change.record == PrivacyRequest("store_redact")
    assert change.occurred_at == taken


def test_nul_is_legal_json_and_is_dropped() -> None:
    body = orjson.dumps(sample("checkouts/create", email="a\x00da@example.com"))
    assert b"\\u0000" in body
    [change] = webhooks.parse(a_webhook("checkouts/create", body))
    assert isinstance(change.record, Cart)
    assert change.record.customer
    assert change.record.customer.email == "ada@example.com"
