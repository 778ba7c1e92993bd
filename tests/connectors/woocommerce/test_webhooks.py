"""WooCommerce's hooks: whose they are, which are the same, and the ping that is none."""

import base64
import hashlib
import hmac

import orjson
import pytest

from connectors.base import BadSignature, MalformedWebhook, UnreadableWebhook
from connectors.woocommerce import webhooks
from connectors.woocommerce.secrets import LETTERS, store_secret

KEY, OLD_KEY = (
    "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleS0=",
    "b2xkLWtleS1vbGQta2V5LW9sZC1rZXktb2xkLWtleS0=",
)
STORE, NEIGHBOUR = "store-key-of-ours", "store-key-of-the-neighbour"
HOME = "https://shop.example"


def signed(
    body: bytes,
    secret: str,
    *,
    store_key: str = STORE,
    topic: str = "order.updated",
    hook: str = "3",
    delivery: str = "abc",
) -> dict[str, str]:
    digest = hmac.digest(secret.encode(), body, hashlib.sha256)
    return {
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Source": "https://neighbour.example/",
        "X-WC-Webhook-ID": hook,
        "X-WC-Webhook-Delivery-ID": delivery,
        "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
        "X-Reprise-Store-Key": store_key,
        "X-Reprise-Store-Domain": "shop.example",
    }


def test_the_store_is_the_one_whose_secret_signed_and_never_the_source_that_is_named() -> None:
    headers = signed(b'{"id":1}', store_secret(KEY, STORE))
    assert webhooks.verify((KEY,), headers, b'{"id":1}').store_domain == "shop.example"


def test_a_neighbours_own_secret_signs_nothing_for_us() -> None:
    forged = signed(b'{"id":1}', store_secret(KEY, NEIGHBOUR), store_key=STORE)
    with pytest.raises(BadSignature):
        webhooks.verify((KEY,), forged, b'{"id":1}')


def test_hooks_signed_with_the_secret_before_a_rotation_are_taken_until_they_are_told_anew() -> (
    None
):
    headers = signed(b"{}", store_secret(OLD_KEY, STORE))
    assert webhooks.verify((KEY, OLD_KEY), headers, b"{}").topic == "order.updated"
    with pytest.raises(BadSignature):
        webhooks.verify((KEY,), headers, b"{}")


def test_an_app_without_keys_takes_nothing() -> None:
    with pytest.raises(BadSignature):
        webhooks.verify((), signed(b"{}", ""), b"{}")


def test_two_deliveries_of_one_second_share_their_id_and_are_two_all_the_same() -> None:
    secret = store_secret(KEY, STORE)
    one, other = b'{"id":1,"status":"pending"}', b'{"id":1,"status":"processing"}'
    ids = {webhooks.verify((KEY,), signed(body, secret), body).id for body in (one, other, one)}
    assert len(ids) == 2
    another_hook = webhooks.verify((KEY,), signed(one, secret, hook="4"), one)
    assert another_hook.id not in ids


@pytest.mark.parametrize("missing", ["Topic", "ID", "Delivery-ID"])
def test_a_hook_without_a_header_is_malformed(missing: str) -> None:
    headers = signed(b"{}", store_secret(KEY, STORE))
    del headers[f"X-WC-Webhook-{missing}"]
    with pytest.raises(MalformedWebhook):
        webhooks.verify((KEY,), headers, b"{}")


def test_the_unsigned_ping_of_a_new_hook_is_known() -> None:
    assert webhooks.is_ping(b"webhook_id=17")
    for other in (b"webhook_id=", b"webhook_id=1&x=2", b'{"id":1}', b"webhook_id=" + b"1" * 50):
        assert not webhooks.is_ping(other)


def test_a_body_that_is_no_object_is_unreadable() -> None:
    secret = store_secret(KEY, STORE)
    for body in (b"[]", b'"x"', b"{"):
        webhook = webhooks.verify((KEY,), signed(body, secret), body)
        with pytest.raises(UnreadableWebhook):
            webhooks.parse(webhook, HOME)


def test_a_topic_that_nobody_reads_tells_nothing() -> None:
    body = orjson.dumps({"action": "woocommerce_add_to_cart", "arg": "x"})
    headers = signed(body, store_secret(KEY, STORE), topic="action.woocommerce_add_to_cart")
    assert webhooks.parse(webhooks.verify((KEY,), headers, body), HOME) == []


def test_a_store_secret_is_forty_letters_and_digits_of_its_own() -> None:
    secrets = {store_secret(key, store) for key in (KEY, OLD_KEY) for store in (STORE, NEIGHBOUR)}
    assert len(secrets) == 4
    assert all(len(one) == 40 and set(one) <= set(LETTERS) for one in secrets)
    assert store_secret(f"named:{KEY}", STORE) == store_secret(KEY, STORE)
