"""Deliveries: signed, tried again, doubled and shuffled on demand."""

import time
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from sandbox import people, shopping
from sandbox.serve import Sandbox
from sandbox.webhooks import RETRY_AFTER, read_subscriptions
from sandbox.world import SAMPLE_SHOP
from tests.oracles.library import ShopifysLibrary
from tests.sandbox.fake_app import FakeApp


def fill_cart(sandbox: Sandbox, quantity: int = 1) -> None:
    world = sandbox.world
    variant = world.state.all(SAMPLE_SHOP, "product")[0]["variants"][0]["id"]
    shopping.change_cart(world, SAMPLE_SHOP, "e" * 32, variant, quantity)


def wait_until_quiet(sandbox: Sandbox) -> None:
    give_up = time.monotonic() + 60
    while sandbox.world.outbox.pending():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def jump(sandbox: Sandbox, app: FakeApp, span: timedelta) -> None:
    app.offset += span
    sandbox.world.time_machine.follow()


def press(sandbox: Sandbox, path: str, **form: str) -> httpx.Response:
    return httpx.post(f"{sandbox.world.admin_url}/shops/{SAMPLE_SHOP}/webhooks/{path}", data=form)


def newest(sandbox: Sandbox) -> dict[str, object]:
    return sandbox.world.outbox.listing(SAMPLE_SHOP)[0]


def test_shopifys_library_accepts_what_we_send(
    installed: Sandbox, fake_app: FakeApp, library: ShopifysLibrary
) -> None:
    fill_cart(installed)
    fake_app.wait_for("carts/create")
    headers, body = fake_app.webhooks[0]
    told = library.ask("webhook", headers=headers, body=body.decode())
    assert told["valid"] is True
    assert told["topic"] == "CARTS_CREATE"
    assert told["domain"] == SAMPLE_SHOP
    assert told["apiVersion"] == "2026-10"
    assert told["webhookId"]
    forged = library.ask("webhook", headers=headers, body=body.decode() + " ")
    assert forged["valid"] is False


def test_one_action_shares_an_event_id_and_each_webhook_has_its_own(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    fill_cart(installed)
    cart = shopping.cart_of(installed.world, SAMPLE_SHOP, "e" * 32)
    assert cart
    opened = shopping.start_checkout(installed.world, SAMPLE_SHOP, cart)
    contact = shopping.Contact("ada@example.com", accepts_marketing=True)
    shopping.give_contact(installed.world, SAMPLE_SHOP, opened, contact)
    fake_app.wait_for("checkouts/update")
    sent = {headers["X-Shopify-Topic"]: headers for headers, _ in fake_app.webhooks}
    together = ["customers/create", "customers_email_marketing_consent/update", "checkouts/update"]
    assert len({sent[topic]["X-Shopify-Event-Id"] for topic in together}) == 1
    assert len({headers["X-Shopify-Webhook-Id"] for headers in sent.values()}) == len(sent)


def test_a_change_that_changes_nothing_sends_nothing(installed: Sandbox, fake_app: FakeApp) -> None:
    fill_cart(installed)
    fill_cart(installed)
    fill_cart(installed, 2)
    fake_app.wait_for("carts/update")
    assert fake_app.topics() == ["carts/create", "carts/update"]


def test_a_refused_webhook_comes_again_eight_times_over_four_hours(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    fake_app.answers = [500] * 20
    fill_cart(installed)
    for pause in RETRY_AFTER:
        wait_until_quiet(installed)
        jump(installed, fake_app, pause + timedelta(seconds=1))
    wait_until_quiet(installed)
    jump(installed, fake_app, timedelta(days=2))
    wait_until_quiet(installed)
    assert len(fake_app.webhooks) == 9
    assert len({headers["X-Shopify-Webhook-Id"] for headers, _ in fake_app.webhooks}) == 1
    assert len({body for _, body in fake_app.webhooks}) == 1
    assert newest(installed)["status"] == "failed"
    assert timedelta(hours=3, minutes=30) < sum(RETRY_AFTER, timedelta()) < timedelta(hours=4.5)


def test_a_webhook_that_found_nobody_comes_when_the_app_is_back(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    fake_app.answers = [503]
    fill_cart(installed)
    wait_until_quiet(installed)
    jump(installed, fake_app, RETRY_AFTER[0])
    fake_app.wait_for("carts/create", 2)
    wait_until_quiet(installed)
    assert newest(installed)["status"] == "delivered"


def test_what_is_held_back_can_come_in_the_wrong_order(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    press(installed, "hold", on="1")
    fill_cart(installed, 1)
    fill_cart(installed, 2)
    assert fake_app.webhooks == []
    press(installed, "release", order="backwards")
    assert fake_app.topics() == ["carts/update", "carts/create"]


def test_a_webhook_can_be_doubled_twenty_times_at_once(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    fill_cart(installed)
    fake_app.wait_for("carts/create")
    wait_until_quiet(installed)
    press(installed, f"{newest(installed)['id']}/push", copies="20")
    assert len(fake_app.webhooks) == 21
    assert len({headers["X-Shopify-Webhook-Id"] for headers, _ in fake_app.webhooks}) == 1


def test_a_shop_without_the_app_sends_nothing(sandbox: Sandbox, fake_app: FakeApp) -> None:
    fill_cart(sandbox)
    wait_until_quiet(sandbox)
    assert fake_app.webhooks == []


def test_privacy_requests_are_sent_by_button(installed: Sandbox, fake_app: FakeApp) -> None:
    person = installed.world.state.all(SAMPLE_SHOP, "customer")[0]
    address = f"{installed.world.admin_url}/shops/{SAMPLE_SHOP}"
    httpx.post(f"{address}/customers/{person['id']}/data-request")
    httpx.post(f"{address}/customers/{person['id']}/redact")
    httpx.post(f"{address}/app/redact")
    for topic in ("customers/data_request", "customers/redact", "shop/redact"):
        fake_app.wait_for(topic)


def test_the_merchants_buttons_are_announced(installed: Sandbox, fake_app: FakeApp) -> None:
    world = installed.world
    address = f"{world.admin_url}/shops/{SAMPLE_SHOP}"
    order = world.state.all(SAMPLE_SHOP, "order")[0]
    product = world.state.all(SAMPLE_SHOP, "product")[0]
    person = people.new_person(world, SAMPLE_SHOP, "new@example.com", {})
    httpx.post(f"{address}/orders/{order['id']}/refund", data={"amount": "5"})
    httpx.post(f"{address}/products/{product['id']}/price", data={"step": "1"})
    httpx.post(f"{address}/customers/{person['id']}/subscribe")
    for topic in (
        "refunds/create", "orders/updated", "products/update",
        "customers_email_marketing_consent/update",
    ):  # fmt: skip
        fake_app.wait_for(topic)


@pytest.mark.parametrize("uri", ["/hooks", "https://app.example.com/hooks"])
def test_topics_and_addresses_are_read_from_the_apps_toml(tmp_path: Path, uri: str) -> None:
    toml = tmp_path / "shopify.app.toml"
    toml.write_text(
        '[access_scopes]\nscopes = "read_orders, write_customers"\n'
        f'[[webhooks.subscriptions]]\ntopics = ["carts/create"]\nuri = "{uri}"\n'
        '[[webhooks.subscriptions]]\ncompliance_topics = ["shop/redact"]\nuri = "/privacy"\n'
    )
    asked = read_subscriptions(toml)
    assert asked.scopes == ("read_orders", "write_customers")
    assert asked.address("http://app", "carts/create") == "http://app/hooks"
    assert asked.address("http://app", "shop/redact") == "http://app/privacy"
    assert asked.address("http://app", "orders/create") is None
