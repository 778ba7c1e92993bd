"""The sample shop: the same story each time it is told."""

from pathlib import Path

import httpx
import pytest

from sandbox.oauth import Client
from sandbox.seed import plant
from sandbox.serve import Sandbox
from sandbox.state import Record
from sandbox.world import SAMPLE_SHOP, STRANGER_SHOP, Settings, World
from tests.sandbox.conftest import EVERYTHING


def new_world(folder: Path) -> World:
    world = World(Settings(folder, "http://127.0.0.1:9", Client("id", ("secret",))), EVERYTHING)
    plant(world)
    return world


@pytest.fixture
def orders(sandbox: Sandbox) -> list[Record]:
    return sandbox.world.state.all(SAMPLE_SHOP, "order")


def test_the_story_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = new_world(tmp_path / "a"), new_world(tmp_path / "b")
    for kind in ("product", "customer", "order"):
        ours, theirs = first.state.all(SAMPLE_SHOP, kind), second.state.all(SAMPLE_SHOP, kind)
        assert [r["id"] for r in ours] == [r["id"] for r in theirs]
        if kind == "order":
            assert [r["totals"] for r in ours] == [r["totals"] for r in theirs]
    first.close()
    second.close()


def test_there_are_repeat_buyers_refunds_and_orders_that_do_not_count(
    orders: list[Record],
) -> None:
    buyers = [order["customer_id"] for order in orders]
    assert len([b for b in set(buyers) if buyers.count(b) > 1]) >= 8
    assert {order["financial_status"] for order in orders} >= {"refunded", "partially_refunded"}
    assert [order for order in orders if order["test"]]
    assert [order for order in orders if order["cancelled_at"]]
    assert {order["currency"] for order in orders} >= {"USD", "EUR", "GBP"}
    assert [o["number"] for o in orders] == sorted(o["number"] for o in orders)
    assert [o["created_at"] for o in orders] == sorted(o["created_at"] for o in orders)


def test_people_differ_in_consent_country_and_language(sandbox: Sandbox) -> None:
    people = sandbox.world.state.all(SAMPLE_SHOP, "customer")
    states = {person["consent"]["state"] for person in people}
    assert states == {"subscribed", "not_subscribed", "unsubscribed", "pending"}
    assert len({person["locale"] for person in people}) > 5
    assert all(person["email"].isascii() for person in people)


def test_the_shops_share_nothing(sandbox: Sandbox) -> None:
    for kind in ("product", "customer", "order"):
        ours = {record["id"] for record in sandbox.world.state.all(SAMPLE_SHOP, kind)}
        assert ours.isdisjoint(r["id"] for r in sandbox.world.state.all(STRANGER_SHOP, kind))


def test_a_restart_keeps_carts_and_the_app(installed: Sandbox, tmp_path: Path) -> None:
    world = installed.world
    with httpx.Client(base_url=world.front_url, follow_redirects=True) as visitor:
        variant = str(world.state.all(SAMPLE_SHOP, "product")[0]["variants"][0]["id"])
        visitor.post("/cart/add", data={"variant": variant, "quantity": "2"})
        cart = visitor.cookies["front_cart"]
    again = World(world.settings, EVERYTHING)
    plant(again)
    kept = again.state.get(SAMPLE_SHOP, "cart", cart)
    assert kept
    assert kept["lines"][0]["quantity"] == 2
    assert again.is_installed(SAMPLE_SHOP)
    again.close()
