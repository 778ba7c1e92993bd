"""Visitors: carts, checkouts, codes and orders, and what each of them tells."""

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.serve import Sandbox
from sandbox.world import SAMPLE_SHOP, STRANGER_SHOP
from tests.sandbox.fake_app import FakeApp

ADA = {
    "email": "ada@example.com", "first_name": "Ada", "last_name": "Byron", "country": "DE",
    "locale": "de", "currency": "EUR", "accepts_marketing": "1",
}  # fmt: skip


def product(sandbox: Sandbox, n: int = 0) -> dict[str, Any]:
    return sandbox.world.state.all(SAMPLE_SHOP, "product")[n]


def add(visitor: httpx.Client, sandbox: Sandbox, n: int = 0) -> httpx.Response:
    variant = product(sandbox, n)["variants"][0]["id"]
    return visitor.post("/cart/add", data={"variant": str(variant), "quantity": "1"})


def leave_with(visitor: httpx.Client, sandbox: Sandbox, **contact: str) -> None:
    """Fill a cart, name an e-mail at checkout, and go."""
    add(visitor, sandbox)
    assert visitor.get("/checkout").status_code == 200
    visitor.post("/checkout/contact", data={**ADA, **contact})


def recover_link(sandbox: Sandbox) -> str:
    page = httpx.get(f"{sandbox.world.admin_url}/shops/{SAMPLE_SHOP}/carts").text
    found = re.search(r'href="([^"]+/recover\?key=[0-9a-f]+)"', page)
    assert found
    return found[1]


def make_code(sandbox: Sandbox, code: str = "MOSS-10", **changes: Any) -> None:
    record = {
        "id": 17, "title": "Recovery", "code": code, "percentage": 0.1, "amount": None,
        "starts_at": sandbox.world.now(), "ends_at": None, "usage_limit": 1,
        "once_per_customer": True, "customers": [], "used": 0, "used_by": [], "active": True,
        "created_at": sandbox.world.now(), "updated_at": sandbox.world.now(),
    }  # fmt: skip
    sandbox.world.state.put(SAMPLE_SHOP, "discount", {**record, **changes}, handle=code)


def test_pages_and_pictures_are_there(visitor: httpx.Client, sandbox: Sandbox) -> None:
    for path in ("/", "/collections/table", "/cart", f"/products/{product(sandbox)['handle']}"):
        assert visitor.get(path).status_code == 200
    for item in sandbox.world.state.all(SAMPLE_SHOP, "product"):
        picture = visitor.get(item["picture"])
        assert picture.headers["Content-Type"] == "image/png"
        assert picture.content.startswith(b"\x89PNG")
    assert visitor.get("/products/nothing").status_code == 404
    assert visitor.get("/cdn/shop/../front.css").status_code == 404


def test_a_visit_sends_what_shopify_would_send(
    visitor: httpx.Client, installed: Sandbox, fake_app: FakeApp
) -> None:
    leave_with(visitor, installed)
    fake_app.wait_for("checkouts/update")
    assert fake_app.topics() == [
        "carts/create", "checkouts/create", "customers/create",
        "customers_email_marketing_consent/update", "checkouts/update",
    ]  # fmt: skip
    add(visitor, installed, 1)
    fake_app.wait_for("checkouts/update", 2)
    assert fake_app.topics()[5:] == ["carts/update", "checkouts/update"]


def test_an_unticked_box_is_no_consent(
    visitor: httpx.Client, installed: Sandbox, fake_app: FakeApp
) -> None:
    leave_with(visitor, installed, accepts_marketing="")
    fake_app.wait_for("checkouts/update")
    assert "customers_email_marketing_consent/update" not in fake_app.topics()
    person = installed.world.state.find(SAMPLE_SHOP, "customer", ADA["email"])
    assert person
    assert person["consent"]["state"] == "not_subscribed"


def test_the_form_at_the_foot_of_a_page_makes_a_subscriber(
    visitor: httpx.Client, installed: Sandbox, fake_app: FakeApp
) -> None:
    assert 'action="/newsletter"' in visitor.get("/").text
    joined = visitor.post("/newsletter", data={"email": ADA["email"]})
    assert "You are on the list" in joined.text
    fake_app.wait_for("customers_email_marketing_consent/update")
    assert fake_app.topics() == ["customers/create", "customers_email_marketing_consent/update"]
    visitor.post("/newsletter", data={"email": ADA["email"]})
    assert visitor.post("/newsletter", data={"email": "ada@"}).status_code == 422
    assert installed.world.outbox.pending() == 0
    assert len(fake_app.topics()) == 2


def test_saying_the_same_again_sends_nothing(
    visitor: httpx.Client, installed: Sandbox, fake_app: FakeApp
) -> None:
    leave_with(visitor, installed)
    fake_app.wait_for("checkouts/update")
    count = len(fake_app.webhooks)
    saved = visitor.post("/checkout/contact", data=ADA, headers={"X-Autosave": "1"})
    assert saved.status_code == 204
    assert installed.world.outbox.pending() == 0
    assert len(fake_app.webhooks) == count


@pytest.mark.parametrize("email", ["", "ada", "ada@", "@x.example", "a b@x.example"])
def test_what_is_no_email_is_refused(visitor: httpx.Client, sandbox: Sandbox, email: str) -> None:
    add(visitor, sandbox)
    visitor.get("/checkout")
    refused = visitor.post("/checkout/contact", data={**ADA, "email": email})
    assert refused.status_code == 422
    assert "Enter a valid email" in refused.text


def test_the_link_brings_the_cart_back_on_another_device(
    visitor: httpx.Client, sandbox: Sandbox
) -> None:
    leave_with(visitor, sandbox)
    with httpx.Client(follow_redirects=True) as telephone:
        page = telephone.get(recover_link(sandbox))
    assert page.url.path == "/checkout"
    assert product(sandbox)["title"] in page.text
    assert "€22.08" in page.text
    assert "ada@example.com" in page.text


def test_the_link_applies_a_good_code_and_forgives_a_bad_one(
    visitor: httpx.Client, sandbox: Sandbox
) -> None:
    make_code(sandbox)
    leave_with(visitor, sandbox)
    with httpx.Client(follow_redirects=True) as telephone:
        assert "€22.08" in telephone.get(recover_link(sandbox) + "&discount=GONE").text
        page = telephone.get(recover_link(sandbox) + "&discount=moss-10").text
    assert "MOSS-10" in page
    assert "€19.87" in page


def test_buying_makes_an_order_and_uses_the_code_up(
    visitor: httpx.Client, installed: Sandbox, fake_app: FakeApp
) -> None:
    make_code(installed)
    leave_with(visitor, installed)
    assert "MOSS-10" in visitor.post("/checkout/discount", data={"code": "moss-10"}).text
    thanks = visitor.post("/checkout/pay")
    assert "Thank you, Ada" in thanks.text
    fake_app.wait_for("checkouts/update", 3)
    assert (fake_app.topics()[-4:]) == [
        "orders/create",
        "orders/paid",
        "customers/update",
        "checkouts/update",
    ]
    order = installed.world.state.all(SAMPLE_SHOP, "order")[-1]
    assert order["totals"] == {
        "lines": "24.00", "discount": "2.40", "subtotal": "21.60", "shipping": "6.95",
        "total": "28.55",
    }  # fmt: skip
    assert "yet" in visitor.get("/cart").text
    leave_with(visitor, installed, email="other@example.com")
    refused = visitor.post("/checkout/discount", data={"code": "MOSS-10"})
    assert refused.status_code == 422
    assert "usage limit" in refused.text
    again = visitor.get(recover_link(installed))
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"active": False}, "valid discount code"),
        ({"usage_limit": 1, "used": 1}, "usage limit"),
        ({"ends_at": "2020-01-01T00:00:00+00:00"}, "expired"),
        ({"starts_at": "2099-01-01T00:00:00+00:00"}, "not valid yet"),
        ({"customers": [5]}, "somebody else"),
    ],
)
def test_a_code_that_does_not_apply_is_refused_in_words(
    visitor: httpx.Client, sandbox: Sandbox, changes: dict[str, Any], words: str
) -> None:
    make_code(sandbox, **changes)
    leave_with(visitor, sandbox)
    refused = visitor.post("/checkout/discount", data={"code": "MOSS-10"})
    assert refused.status_code == 422
    assert words in refused.text


def test_a_code_expires_in_business_time(
    visitor: httpx.Client, sandbox: Sandbox, fake_app: FakeApp
) -> None:
    ends_at = sandbox.world.clock.now() + timedelta(hours=24)
    make_code(sandbox, ends_at=ends_at.isoformat())
    leave_with(visitor, sandbox)
    assert visitor.post("/checkout/discount", data={"code": "MOSS-10"}).status_code == 200
    fake_app.offset = timedelta(hours=25)
    sandbox.world.time_machine.follow()
    refused = visitor.post("/checkout/pay")
    assert "has expired" in refused.text
    assert "Thank you" in visitor.post("/checkout/pay").text


def test_an_emptied_cart_ends_its_checkout(
    visitor: httpx.Client, installed: Sandbox, fake_app: FakeApp
) -> None:
    leave_with(visitor, installed)
    variant = str(product(installed)["variants"][0]["id"])
    visitor.post("/cart/change", data={"variant": variant, "quantity": ["1", "0"]})
    fake_app.wait_for("checkouts/delete")


def test_the_stranger_has_a_front_of_its_own(visitor: httpx.Client, sandbox: Sandbox) -> None:
    page = visitor.get(f"/?store={STRANGER_SHOP}").text
    assert "Storm Lantern" in page
    assert "Ridgeline Mug" not in page
    assert "Harbor Lantern" in visitor.get("/cart").text


def test_foreign_pages_and_names_get_nowhere(sandbox: Sandbox) -> None:
    address = f"{sandbox.world.admin_url}/api/clock"
    foreign = httpx.post(
        address, json={"advance": "1h"}, headers={"Origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 403
    elsewhere = httpx.get(f"{sandbox.world.front_url}/discount/X?redirect=//evil.example")
    assert elsewhere.headers["Location"] == "/"


def test_every_page_of_the_store_admin_opens(installed: Sandbox) -> None:
    world = installed.world
    for page in ("", "/orders", "/customers", "/products", "/discounts", "/carts", "/webhooks"):
        answer = httpx.get(f"{world.admin_url}/shops/{SAMPLE_SHOP}{page}")
        assert answer.status_code == 200
    frame = httpx.get(f"{world.admin_url}/shops/{SAMPLE_SHOP}/apps/{world.client.id}").text
    assert f"{world.app_url}/shopify?embedded=1" in frame
    deep = httpx.get(
        f"{world.admin_url}/shops/{SAMPLE_SHOP}/apps/{world.client.id}/flows/3?period=7"
    ).text
    assert f"{world.app_url}/panel/flows/3?period=7&amp;embedded=1" in deep
    assert httpx.get(f"{world.admin_url}/shops/nobody.myshopify.com").status_code == 404
