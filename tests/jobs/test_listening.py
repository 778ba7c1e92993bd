"""Hearing of what happens in a WooCommerce store: hooks, asking, losing access, coming back."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

import connectors
from connectors.base import Installation
from connectors.woocommerce.secrets import store_secret
from jobs import install, listening, outbox, parting, privacy, visit
from jobs.ingest import drain
from marketing.model import Platform, StoreStatus
from storage import inbox, schema, stores
from storage import outbox as outbox_rows
from storage.stores import Store
from tests.connectors.woocommerce.standin import (
    KEY,
    SECRET,
    StandIn,
    a_customer,
    a_product,
    an_order,
    stamp,
)
from tests.connectors.woocommerce.test_webhooks import signed
from tests.jobs.stage import Stage

KINDS = ("import", listening.LISTEN, listening.POLL, "activate_pixel")


@pytest.fixture
def standin() -> Iterator[StandIn]:
    store = StandIn()
    for name in ("customers", "products", "orders"):
        store.rows[name] = store.rows[name][:3]
    with store.running():
        yield store


@pytest.fixture
def store(stage: Stage, standin: StandIn) -> Store:
    stage.runtime.connectors[Platform.WOOCOMMERCE] = connectors.build(  # type: ignore[index]
        shopify_client_id="client",
        shopify_client_secrets=("secret",),
        woocommerce_store_url="http://{domain}",
        app_keys=stage.runtime.settings.app_keys,
        demo=True,
    )[Platform.WOOCOMMERCE]
    return granted(stage, standin)


def granted(stage: Stage, standin: StandIn) -> Store:
    grant = Installation(standin.domain, f"{KEY}:{SECRET}", frozenset({"read_write"}))
    return install.granted(stage.runtime, Platform.WOOCOMMERCE, grant)


def work(stage: Stage, store: Store) -> None:
    while outbox.make_batch(stage.runtime, store.id):
        pass
    for _ in range(12):  # each page of a round is a row that puts itself in again
        outbox.make_batch(stage.runtime, store.id)


def again(stage: Stage, store: Store, kind: str = listening.POLL) -> None:
    """Let the time come for the next look."""
    stage.change(schema.outbox, call(stage, store, kind).id, due_at=datetime.now(UTC))
    work(stage, store)


def call(stage: Stage, store: Store, kind: str) -> Any:
    [row] = stage.rows(schema.outbox, store_id=store.id, kind=kind)
    return row


def happened(stage: Stage, store: Store) -> Counter[str]:
    return Counter(row.name for row in stage.rows(schema.events, store_id=store.id))


def now(minutes: float = 0) -> str:
    return stamp(datetime.now(UTC) + timedelta(minutes=minutes))


def placed_now(number: int, **fields: Any) -> dict[str, Any]:
    return an_order(number, date_created_gmt=now(), date_modified_gmt=now(), **fields)


def test_an_install_copies_the_store_and_begins_to_listen(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    assert len(stage.rows(schema.orders, store_id=store.id)) == 3
    assert len(stage.rows(schema.customers, store_id=store.id)) == 6  # with an account, and guests
    assert len(standin.rows["webhooks"]) == 11
    assert happened(stage, store)["order.placed"] == 0
    with stage.database.reading() as connection:
        health = listening.health(connection, store.id)
    assert health
    assert (health.revived, health.plugin, health.error) == (0, None, None)


def test_asking_finds_what_no_hook_told_and_asks_again_in_a_quarter_of_an_hour(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    standin.rows["orders"].append(placed_now(99))
    standin.rows["customers"].append(
        a_customer(99, date_created_gmt=now(), date_modified_gmt=now())
    )
    again(stage, store)
    told = happened(stage, store)
    assert (told["order.placed"], told["order.paid"], told["customer.created"]) == (1, 1, 1)
    pause = call(stage, store, listening.POLL).due_at - datetime.now(UTC)
    assert timedelta(minutes=9) < pause <= timedelta(minutes=15)


def test_a_hook_and_the_asking_tell_of_one_order_once_however_late_the_hook_comes(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    order = placed_now(99)
    standin.rows["orders"].append(order)
    again(stage, store)
    for topic in ("order.created", "order.updated", "order.updated"):
        hear(stage, store, topic, order)
    again(stage, store)
    told = happened(stage, store)
    assert (told["order.placed"], told["order.paid"]) == (1, 1)
    order |= {"status": "completed", "date_completed_gmt": now(1), "date_modified_gmt": now(1)}
    hear(stage, store, "order.updated", order)
    again(stage, store)
    assert happened(stage, store)["order.fulfilled"] == 1


def test_a_price_that_a_hook_only_hints_at_is_asked_for_within_a_minute(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    """WooCommerce tells of a product with variations their ids alone."""
    standin.rows["products"][0] |= {"type": "variable", "variations": [5]}
    red = {"id": 5, "price": "9.00", "stock_status": "instock", "attributes": []}
    standin.variations = {1: [red]}
    work(stage, store)
    assert prices(stage, store) == [900]
    red["price"] = "7.50"
    product = standin.rows["products"][0] | {"date_modified_gmt": now()}
    standin.rows["products"][0] = product
    rested = call(stage, store, listening.POLL)
    assert rested.due_at > datetime.now(UTC) + timedelta(minutes=5)
    for _ in range(3):
        hear(stage, store, "product.updated", product)
    waiting = call(stage, store, listening.POLL)
    assert waiting.due_at <= datetime.now(UTC) + timedelta(minutes=1)
    assert waiting.payload == rested.payload
    again(stage, store)
    assert prices(stage, store) == [750]


def prices(stage: Stage, store: Store) -> list[int]:
    [product] = stage.rows(schema.products, store_id=store.id, external_id="1")
    return [one["price"] for one in product.variants]


def test_a_store_that_asked_for_patience_is_not_asked_the_sooner_for_a_hook(
    stage: Stage, store: Store
) -> None:
    work(stage, store)
    later = datetime.now(UTC) + timedelta(minutes=8)
    stage.change(schema.outbox, call(stage, store, listening.POLL).id, due_at=later, attempts=1)
    hear(stage, store, "product.updated", a_product(1, type="variation"))
    assert call(stage, store, listening.POLL).due_at == later


def hear(stage: Stage, store: Store, topic: str, record: dict[str, Any]) -> None:
    """Let a hook come in, as the door keeps it."""
    body = orjson.dumps(record)
    secret = store_secret(stage.runtime.settings.app_keys[0], store.public_key)
    headers = signed(body, secret, store_key=store.public_key, topic=topic)
    headers["X-Reprise-Store-Domain"] = store.domain
    connector = stage.runtime.connectors[Platform.WOOCOMMERCE]
    webhook = connector.verify(headers, body)
    with stage.database.writing() as connection:
        inbox.keep(connection, Platform.WOOCOMMERCE, webhook)
    drain(stage.runtime)


def test_hooks_that_the_store_gave_up_are_woken_and_what_they_missed_is_asked_for_at_once(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    standin.rows["webhooks"][0]["status"] = "disabled"
    standin.rows["orders"].append(placed_now(99))
    again(stage, store, listening.LISTEN)
    assert {row["status"] for row in standin.rows["webhooks"]} == {"active"}
    assert happened(stage, store)["order.placed"] == 1
    with stage.database.reading() as connection:
        health = listening.health(connection, store.id)
    assert health
    assert health.revived == 1


def test_a_store_that_answers_nothing_is_asked_again_from_where_we_last_stood(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    since = call(stage, store, listening.POLL).payload["since"]
    standin.fault = (502, {}, {})
    standin.rows["orders"].append(placed_now(99))
    for _ in range(15):  # more often than anything else is tried
        again(stage, store)
    row = call(stage, store, listening.POLL)
    assert (row.state, row.payload["since"]) == ("pending", since)
    standin.fault = None
    again(stage, store)
    assert happened(stage, store)["order.placed"] == 1


def test_a_revoked_key_is_lost_access_until_the_merchant_connects_the_store_again(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    code = "woocommerce_rest_authentication_error"
    standin.fault = (401, {"code": code, "message": "Consumer key is invalid."}, {})
    standin.rows["orders"].append(placed_now(99))
    again(stage, store)
    assert status(stage, store) is StoreStatus.NEEDS_REAUTH
    standin.fault = None
    assert granted(stage, standin).id == store.id
    work(stage, store)
    assert status(stage, store) is StoreStatus.INSTALLED
    assert happened(stage, store)["order.placed"] == 1


def status(stage: Stage, store: Store) -> StoreStatus:
    with stage.database.reading() as connection:
        found = stores.by_id(connection, store.id)
    assert found
    return found.status


def test_a_store_that_removed_the_plugin_is_asked_no_more(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    hear(stage, store, "reprise.uninstalled", {"at": now(1), "reason": "deleted"})
    assert status(stage, store) is StoreStatus.UNINSTALLED
    kinds = {row.kind for row in stage.rows(schema.outbox, store_id=store.id)}
    assert not kinds & {listening.LISTEN, listening.POLL}
    work(stage, store)
    assert standin.rows["webhooks"] == []
    [token] = stage.rows(schema.credentials, store_id=stage.store_id)  # the neighbour's alone
    assert token.access_token
    assert not stage.rows(schema.outbox, store_id=store.id, kind=parting.KIND)


def test_a_store_that_came_back_at_once_keeps_its_hooks(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    hear(stage, store, "reprise.uninstalled", {"at": now(1), "reason": "deactivated"})
    granted(stage, standin)
    work(stage, store)
    assert len(standin.rows["webhooks"]) == 11


def disconnected(stage: Stage, store: Store) -> bool:
    with stage.database.reading() as connection:
        found = stores.by_id(connection, store.id)
    assert found
    return parting.disconnect(stage.runtime, found)


def later(stage: Stage, store: Store) -> None:
    """Let two days pass, in which nobody touched anything."""
    for row in stage.rows(schema.outbox, store_id=store.id, kind=privacy.KIND):
        stage.change(schema.outbox, row.id, due_at=datetime.now(UTC))
    work(stage, store)


def test_a_store_that_is_disconnected_here_is_left_as_it_was_found(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    standin.plugin = {"version": "1.0.0", "connected": True}
    work(stage, store)
    assert disconnected(stage, store)
    assert status(stage, store) is StoreStatus.UNINSTALLED
    assert stage.rows(schema.credentials, store_id=store.id) == []
    work(stage, store)
    assert standin.rows["webhooks"] == []
    assert standin.plugin == {"version": "1.0.0", "connected": False}
    kinds = {row.kind for row in stage.rows(schema.outbox, store_id=store.id)}
    assert privacy.KIND in kinds
    assert not kinds & {listening.LISTEN, listening.POLL, parting.KIND, "import"}
    assert not disconnected(stage, store)
    assert stage.store.is_installed  # the neighbour


def test_two_days_after_a_store_left_everything_of_it_is_erased(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    disconnected(stage, store)
    [waiting] = stage.rows(schema.outbox, store_id=store.id, kind=privacy.KIND)
    assert timedelta(hours=47) < waiting.due_at - datetime.now(UTC) <= parting.KEPT
    assert len(stage.rows(schema.orders, store_id=store.id)) == 3
    later(stage, store)
    assert stage.rows(schema.orders, store_id=store.id) == []
    assert stage.rows(schema.stores, id=store.id) == []
    assert stage.rows(schema.stores, id=stage.store_id)


def test_a_store_that_came_back_and_left_again_has_its_two_days_anew(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    disconnected(stage, store)
    [first] = stage.rows(schema.outbox, store_id=store.id, kind=privacy.KIND)
    granted(stage, standin)
    work(stage, store)
    disconnected(stage, store)
    stage.change(schema.outbox, first.id, due_at=datetime.now(UTC))
    work(stage, store)
    assert len(stage.rows(schema.orders, store_id=store.id)) == 3
    later(stage, store)
    assert stage.rows(schema.orders, store_id=store.id) == []


def test_a_store_that_answers_nothing_is_parted_from_all_the_same(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    stage.change(schema.stores, store.id, domain="127.0.0.1:9")
    assert disconnected(stage, store)
    work(stage, store)
    assert stage.rows(schema.credentials, store_id=store.id) == []
    assert not stage.rows(schema.outbox, store_id=store.id, kind=parting.KIND)


def looks(email: str, minutes: float = 0, **fields: Any) -> dict[str, Any]:
    seen = {"kind": "product.viewed", "at": now(minutes), "visitor": "v" * 32, "email": email}
    about = {"customer_id": 0, "product_id": 1, "variation_id": 0, "consent": {"marketing": True}}
    return seen | about | fields


def test_what_a_known_shopper_looks_at_is_their_event_once(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    told = looks("ada1@example.com")
    for _ in range(2):
        hear(stage, store, "reprise.visit", told)
    hear(stage, store, "reprise.visit", looks("ada1@example.com", -1, consent={"marketing": False}))
    visit.join(stage.runtime, store.id)
    [event] = stage.rows(schema.events, store_id=store.id, name="product.viewed")
    [ada] = stage.rows(schema.customers, store_id=store.id, email="ada1@example.com")
    assert (event.customer_id, event.data["product_id"]) == (ada.id, "1")


def test_one_that_lost_its_place_to_another_worker_writes_nothing(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    stage.change(schema.outbox, call(stage, store, listening.POLL).id, due_at=datetime.now(UTC))
    with stage.database.writing() as connection:
        real_now = stage.database.real_now(connection)
        [stale] = outbox_rows.claim(
            connection, owner="slow", real_now=real_now, seconds=0, store_ids=[store.id]
        )
        taken = outbox_rows.claim(
            connection, owner="other", real_now=real_now + timedelta(seconds=1), seconds=60,
            store_ids=[store.id],
        )  # fmt: skip
    assert len(taken) == 1
    standin.rows["orders"].append(placed_now(99))
    listening.poll(stage.runtime, stale)
    assert happened(stage, store)["order.placed"] == 0


def test_a_store_of_a_platform_that_tells_everything_is_never_asked(stage: Stage) -> None:
    kinds = {row.kind for row in stage.rows(schema.outbox, store_id=stage.store_id)}
    assert not kinds & {listening.LISTEN, listening.POLL}


def test_a_cart_that_waits_for_its_payment_is_followed_up_and_the_paid_order_ends_it(
    stage: Stage, store: Store, standin: StandIn
) -> None:
    work(stage, store)
    pending = placed_now(99, status="pending", date_paid_gmt=None)
    standin.rows["orders"].append(pending)
    again(stage, store)
    [cart] = stage.rows(schema.carts, store_id=store.id)
    assert cart.external_id == "order-99"
    assert cart.recovery_url == f"http://{standin.domain}/checkout-link/?products=2:2"
    assert happened(stage, store)["order.placed"] == 0
    pending |= {"status": "processing", "date_paid_gmt": now(1), "date_modified_gmt": now(1)}
    again(stage, store)
    [cart] = stage.rows(schema.carts, store_id=store.id)
    assert cart.order_id
    assert happened(stage, store)["order.placed"] == 1
