"""Codes at the sandbox by the app's own connector: made ahead, used up one by one, cleared away."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.base import CodeImport, Credentials, CreditRequest, DiscountRequest, StoreRefused
from connectors.shopify.connector import ShopifyConnector
from marketing.flow import Off
from marketing.model import CustomerKey
from sandbox.serve import Sandbox
from sandbox.world import SAMPLE_SHOP
from tests.sandbox.fake_app import CLIENT_ID, SECRET, FakeApp
from tests.sandbox.test_shopping import leave_with


class Store:
    """The sample shop as the jobs see it."""

    def __init__(self, sandbox: Sandbox, token: str) -> None:
        self.sandbox = sandbox
        address = sandbox.world.admin_url + "/shops/{shop}"
        self.connector = ShopifyConnector(CLIENT_ID, (SECRET,), address)
        self.given = Credentials(SAMPLE_SHOP, token)

    def discount(self, code: str, **terms: Any) -> str:
        now = self.sandbox.world.clock.now()
        asked = {"percent": 10, "title": f"Reprise {code}", **terms}
        ends_at = asked.pop("ends_at", now + timedelta(days=2))
        request = DiscountRequest(code=code, starts_at=now, ends_at=ends_at, **asked)
        return self.connector.create_discount(self.given, request)

    def imported(self, external_id: str, codes: list[str]) -> CodeImport:
        import_id = self.connector.add_codes(self.given, external_id, codes)
        for _ in range(5):
            told = self.connector.code_import(self.given, import_id)
            if told.is_done:
                return told
        raise AssertionError("the import never ends")

    def last_order(self) -> Any:
        return self.sandbox.world.state.all(SAMPLE_SHOP, "order")[-1]


@pytest.fixture
def store(installed: Sandbox, fake_app: FakeApp) -> Iterator[Store]:
    opened = Store(installed, fake_app.token)
    yield opened
    opened.connector.close()


def use(visitor: httpx.Client, code: str) -> httpx.Response:
    return visitor.post("/checkout/discount", data={"code": code})


def test_codes_made_ahead_are_used_up_one_by_one(
    store: Store, visitor: httpx.Client, installed: Sandbox
) -> None:
    parent = store.discount("POOL-1")
    told = store.imported(parent, ["POOL-2", "POOL-3"])
    assert (told.added, told.taken, told.refused) == (("POOL-2", "POOL-3"), (), ())
    for email, code in (("a@example.com", "pool-2"), ("b@example.com", "POOL-3")):
        leave_with(visitor, installed, email=email)
        assert use(visitor, code).status_code == 200
        assert "Thank you" in visitor.post("/checkout/pay").text
        assert store.last_order()["code"] == code.upper()
    leave_with(visitor, installed, email="c@example.com")
    assert "usage limit" in use(visitor, "POOL-2").text
    assert use(visitor, "POOL-1").status_code == 200


def test_a_code_that_is_there_is_taken_and_says_whose_it_is(store: Store) -> None:
    mine, other = store.discount("MINE-1"), store.discount("OTHER-1")
    assert store.imported(mine, ["MINE-2", "OTHER-1"]).taken == ("OTHER-1",)
    assert store.imported(mine, ["MINE-2"]).taken == ("MINE-2",), "asked for again"
    whose = store.connector.discount_of
    assert (whose(store.given, "mine-2"), whose(store.given, "OTHER-1")) == (mine, other)
    assert whose(store.given, "NOBODYS") is None


def test_making_the_same_discount_again_gives_the_first(store: Store) -> None:
    assert store.discount("ONCE-1", title="Ours") == store.discount("ONCE-1", title="Ours")
    with pytest.raises(StoreRefused):
        store.discount("ONCE-1", title="Somebody else's")


def test_a_code_for_the_shipping_pays_for_the_shipping(
    store: Store, visitor: httpx.Client, installed: Sandbox
) -> None:
    store.discount("SHIP-1", percent=0, off=Off.FREE_SHIPPING)
    leave_with(visitor, installed)
    assert use(visitor, "SHIP-1").status_code == 200
    visitor.post("/checkout/pay")
    assert store.last_order()["totals"] == {
        "lines": "24.00", "discount": "0.00", "subtotal": "24.00", "shipping": "0.00",
        "total": "24.00",
    }  # fmt: skip


def test_an_amount_is_taken_off_an_order_that_is_large_enough(
    store: Store, visitor: httpx.Client, installed: Sandbox
) -> None:
    store.discount("FIVE-1", percent=0, off=Off.AMOUNT, amount=500, minimum=3000)
    leave_with(visitor, installed)
    refused = use(visitor, "FIVE-1")
    assert (refused.status_code, "orders from $30.00" in refused.text) == (422, True)
    leave_with(visitor, installed)  # a second of the same
    assert use(visitor, "FIVE-1").status_code == 200
    visitor.post("/checkout/pay")
    assert store.last_order()["totals"]["discount"] == "5.00"


def test_a_code_bound_to_a_customer_is_theirs_alone(
    store: Store, visitor: httpx.Client, installed: Sandbox
) -> None:
    person = installed.world.state.all(SAMPLE_SHOP, "customer")[0]
    whose = CustomerKey(external_id=str(person["id"]))
    store.discount("HERS-1", customer=whose)
    leave_with(visitor, installed, email="other@example.com")
    assert "somebody else" in use(visitor, "HERS-1").text
    leave_with(visitor, installed, email=person["email"])
    assert use(visitor, "HERS-1").status_code == 200


@pytest.mark.parametrize("off", [Off.PERCENT, Off.FREE_SHIPPING])
def test_an_end_is_moved_and_a_discount_goes_with_all_its_codes(
    store: Store, installed: Sandbox, off: Off
) -> None:
    made = store.discount("LATE-1", off=off)
    store.imported(made, ["LATE-2"])
    later = installed.world.clock.now() + timedelta(days=9)
    store.connector.extend_discount(store.given, made, later, off)
    (record,) = installed.world.state.all(SAMPLE_SHOP, "discount")
    assert record["ends_at"] == later.isoformat()
    store.connector.deactivate_discount(store.given, made)
    (record,) = installed.world.state.all(SAMPLE_SHOP, "discount")
    assert record["active"] is False
    for _ in range(2):
        store.connector.delete_discount(store.given, made)
        assert store.connector.discount_of(store.given, "LATE-2") is None
        assert store.connector.discount_of(store.given, "LATE-1") is None


def test_store_credit_is_put_on_an_account_and_seen_there(store: Store, installed: Sandbox) -> None:
    people = installed.world.state.all(SAMPLE_SHOP, "customer")
    whose, other = (CustomerKey(external_id=str(one["id"])) for one in people[:2])
    assert store.connector.recent_credits(store.given, whose) == []
    now = installed.world.clock.now()
    ids = [
        store.connector.credit_customer(
            store.given, CreditRequest(whose, amount, currency, now + timedelta(days=30))
        )
        for amount, currency in ((500, "USD"), (750, "EUR"))
    ]
    seen = store.connector.recent_credits(store.given, whose)
    assert {(one.external_id, one.amount, one.currency) for one in seen} == {
        (ids[0], 500, "USD"),
        (ids[1], 750, "EUR"),
    }
    assert all(now - timedelta(minutes=1) <= one.created_at for one in seen)
    assert store.connector.recent_credits(store.given, other) == []


def test_a_guest_and_a_stranger_get_no_store_credit(store: Store) -> None:
    for whose in (CustomerKey(email="guest@example.com"), CustomerKey(external_id="1")):
        with pytest.raises(StoreRefused):
            store.connector.credit_customer(store.given, CreditRequest(whose, 500, "USD"))
