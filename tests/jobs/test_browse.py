"""Visits through the real jobs: from a browser nobody knows to a message about what they viewed."""

import itertools
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import create_app
from jobs import browse, ingest, privacy, publish, reap, visit
from marketing import flow_schema, links, recipes
from marketing.links import Link
from marketing.model import CustomerKey, PrivacyRequest
from storage import schema
from storage.privacy import export as exported
from storage.text import dumps
from tests.jobs.firing import entries, flow_on
from tests.jobs.inbound import Inbound, iso
from tests.jobs.stage import HOUR, MINUTE, Stage

VISITOR = "b1946ac9-2492-4d23-88d1-6f0e6a2b9c11"
CART = "hWNBn5BS2Zk7Wm6jvX"
_numbers = itertools.count(1)


class Shopper:
    """A browser with the pixel in it, at the first store's pages."""

    def __init__(self, stage: Stage, inbound: Inbound, client: FlaskClient) -> None:
        self.stage, self.inbound, self.client = stage, inbound, client

    def tells(self, *events: dict[str, Any], store_id: str | None = None, **more: Any) -> int:
        sent_at = int(time.time() * 1000)
        told = {
            "visitor": VISITOR, "consent": {"analytics": True, "marketing": True},
            "sent_at": sent_at,
            "events": [{"id": f"e{next(_numbers)}", "at": sent_at, **one} for one in events],
            **more,
        }  # fmt: skip
        answer = self.client.post(
            f"/pixel/{store_id or self.stage.store_id}", data=json.dumps(told),
            content_type="text/plain;charset=UTF-8",
        )  # fmt: skip
        return answer.status_code

    def views(self, product_id: str = "p1", **more: Any) -> int:
        return self.tells({"name": "product.viewed", "product_id": product_id}, **more)

    def adds(self, product_id: str = "p1", quantity: int = 1, **more: Any) -> int:
        one = {"name": "product.added_to_cart", "product_id": product_id, "variant_id": "v1"}
        return self.tells({**one, "quantity": quantity}, **{"cart": CART, **more})

    def works(self) -> None:
        """Do what is due, as the workers would."""
        ingest.drain(self.inbound.runtime)
        visit.drain(self.stage.runtime, [])
        for store_id in (self.stage.store_id, self.stage.stranger_id):
            browse.drain(self.stage.runtime, [store_id])
        self.stage.work()

    def lives(self, by: timedelta, step: timedelta = HOUR) -> None:
        left = by
        while left > timedelta():
            self.stage.pass_time(min(step, left))
            left -= step
            self.works()

    def clicks(self, message_id: str, **more: Any) -> int:
        """Follow a link of a message to the store, whose pages then tell who came."""
        link, until = Link(self.stage.store_id, message_id), int(time.time()) + 60
        return self.views(link=links.visit_token(self.stage.runtime.link_keys, link, until), **more)

    def sent(self, step_id: str) -> list[Any]:
        return [row for row in self.stage.messages(step_id=step_id) if row.sent_at]

    def events(self, name: str) -> list[Any]:
        return [row for row in self.stage.events(name) if row.customer_id]


@pytest.fixture
def shopper(stage: Stage) -> Shopper:
    for store_id in (stage.store_id, stage.stranger_id):
        stage.put_flow(_flow(), store_id)
        _goods(stage, store_id)
    inbound = Inbound(stage)
    return Shopper(stage, inbound, create_app(inbound.runtime).test_client())


def _flow(event: str = "product.browsed") -> Any:
    """A browse flow of one message, four hours after the view."""
    document = flow_schema.dump(recipes.load("abandoned-cart"))
    step = next(one for one in document["steps"] if one["kind"] == "message")
    step = {**step, "id": "viewed"}
    document |= {
        "name": "Browse abandonment", "recipe": None,
        "trigger": {"event": event, "idle": "PT4H", "reentry": "P7D"},
        "steps": [step], "exits": ["order.placed"],
    }  # fmt: skip
    return flow_schema.load({k: v for k, v in document.items() if k != "filter"})


def _goods(stage: Stage, store_id: str) -> None:
    variant = {"external_id": "v1", "title": "Moss", "price": 2400, "available": True}
    row = {
        "store_id": store_id, "external_id": "p1", "title": "Ridgeline Mug", "handle": "mug",
        "url": "https://maple.example/products/mug", "image_url": "https://maple.example/m.jpg",
        "product_type": "Tableware", "status": "active", "variants": [variant],
        "updated_at": stage.now,
    }  # fmt: skip
    others = {**row, "external_id": "p2", "title": "Linen Throw", "variants": [variant]}
    with stage.database.writing() as connection:
        connection.execute(schema.products.insert(), [row, others])


def _message_to(shopper: Shopper, customer_id: str) -> str:
    """A message that went out to somebody a while ago."""
    shopper.stage.cart(customer_id)
    shopper.lives(HOUR + MINUTE)
    (message,) = shopper.stage.messages(customer_id=customer_id)
    return str(message.id)


def test_visits_before_a_click_join_the_customer_and_lead_to_a_message(
    stage: Stage, shopper: Shopper
) -> None:
    ada = stage.customer(email_consent="subscribed")
    message_id = _message_to(shopper, ada)
    stage.order(ada)  # the cart is over
    stage.pass_time(20 * HOUR)
    assert shopper.views("p2") == 204
    shopper.works()
    assert shopper.events("product.viewed") == []
    stage.pass_time(MINUTE)
    assert shopper.clicks(message_id) == 204
    shopper.works()
    viewed = sorted(shopper.events("product.viewed"), key=lambda row: row.occurred_at)
    assert [row.data["product_id"] for row in viewed] == ["p2", "p1"]
    assert {row.customer_id for row in viewed} == {ada}
    assert viewed[1].occurred_at - viewed[0].occurred_at >= MINUTE
    shopper.lives(4 * HOUR - MINUTE, step=30 * MINUTE)
    assert shopper.sent("viewed") == []
    shopper.lives(2 * MINUTE)
    (sent,) = shopper.sent("viewed")
    assert sent.customer_id == ada
    (told,) = shopper.events("product.browsed")
    assert told.data["product_id"] == "p1"
    assert told.occurred_at - viewed[1].occurred_at == 4 * HOUR


def test_a_checkouts_webhook_says_who_the_visitor_is(stage: Stage, shopper: Shopper) -> None:
    shopper.views()
    shopper.tells({"name": "checkout.started"}, checkout="t1-checkout")
    shopper.works()
    assert shopper.events("product.viewed") == []
    stage.pass_time(MINUTE)
    shopper.inbound.checkout("t1-checkout", cart_token=CART)
    shopper.works()
    (viewed,) = shopper.events("product.viewed")
    (customer,) = stage.rows(schema.customers, id=viewed.customer_id)
    assert customer.email == "ada@example.com"
    assert len(shopper.events("checkout.started")) == 1


def test_a_checkout_that_came_before_the_pixels_word_says_it_too(
    stage: Stage, shopper: Shopper
) -> None:
    shopper.inbound.checkout("t1-checkout", cart_token=CART)
    shopper.works()
    shopper.views(checkout="t1-checkout")
    shopper.works()
    assert len(shopper.events("product.viewed")) == 1


def test_a_cart_without_a_checkout_is_reminded_of(stage: Stage, shopper: Shopper) -> None:
    ada = stage.customer()
    shopper.clicks(_message_to(shopper, ada))
    stage.order(ada)
    stage.pass_time(30 * HOUR)
    shopper.adds("p1", 2)
    shopper.works()
    shopper.adds("p2")
    shopper.tells({"name": "product.removed_from_cart", "product_id": "p2", "variant_id": "v1"},
                  cart=CART)  # fmt: skip
    shopper.works()
    (cart,) = stage.rows(schema.carts, external_id=CART)
    assert cart.customer_id == ada
    assert [(one["title"], one["quantity"]) for one in cart._mapping["items"]] == [
        ("Ridgeline Mug", 2)
    ]
    assert cart.store_total == 2 * 2400
    before = len(shopper.sent("reminder"))
    shopper.lives(HOUR + MINUTE)
    assert len(shopper.sent("reminder")) == before + 1


def test_the_platforms_cart_is_the_visitors_whom_a_link_brought(
    stage: Stage, shopper: Shopper
) -> None:
    ada = stage.customer()
    shopper.clicks(_message_to(shopper, ada), cart=CART)
    stage.order(ada)
    stage.pass_time(30 * HOUR)
    now = iso(stage.now)
    shopper.inbound.hear("carts/create", token=CART, id=CART, created_at=now, updated_at=now)
    shopper.works()
    (cart,) = stage.rows(schema.carts, external_id=CART)
    assert cart.customer_id == ada
    before = len(shopper.sent("reminder"))
    shopper.lives(HOUR + MINUTE)
    assert len(shopper.sent("reminder")) == before + 1


def test_a_checkout_takes_its_cart_over_and_nobody_is_reminded_twice(
    stage: Stage, shopper: Shopper
) -> None:
    shopper.inbound.checkout("t0-earlier", email="ada@example.com")
    shopper.works()
    shopper.views(checkout="t0-earlier")
    shopper.works()
    shopper.inbound.order(7, cart="t0-earlier")
    shopper.works()
    stage.pass_time(30 * HOUR)
    shopper.adds()
    shopper.works()
    shopper.lives(HOUR + MINUTE)
    assert len(shopper.sent("reminder")) == 1
    shopper.inbound.checkout("t2-checkout", cart_token=CART)
    shopper.works()
    (cart,) = stage.rows(schema.carts, external_id=CART)
    (checkout,) = stage.rows(schema.carts, external_id="t2-checkout")
    assert (cart.idle_at, cart.customer_id, cart.abandoned_at) == (None, None, None)
    assert checkout.abandoned_at
    (entered,) = stage.rows(schema.enrollments, flow_id=stage.flow_id())
    assert entered.cart_id == checkout.id
    shopper.lives(2 * HOUR)
    assert len(shopper.sent("reminder")) == 1
    assert len(stage.rows(schema.enrollments, flow_id=stage.flow_id())) == 1


def test_who_buys_or_fills_a_cart_was_not_just_browsing(stage: Stage, shopper: Shopper) -> None:
    ada = stage.customer()
    shopper.clicks(_message_to(shopper, ada))
    shopper.works()
    stage.pass_time(HOUR)
    stage.order(ada)
    shopper.lives(5 * HOUR)
    assert shopper.sent("viewed") == []
    assert shopper.events("product.browsed") == []


def test_a_thing_put_in_the_cart_and_a_checkout_begun_let_in_at_once(
    stage: Stage, shopper: Shopper
) -> None:
    added = flow_on(stage, "product.added_to_cart")
    begun = flow_on(stage, "checkout.started")
    ada = stage.customer()
    shopper.clicks(_message_to(shopper, ada))
    shopper.adds()
    shopper.tells({"name": "checkout.started"})
    shopper.works()
    assert [who for who, _ in entries(stage, added)] == [ada]
    assert [who for who, _ in entries(stage, begun)] == [ada]


def test_an_old_visit_joins_but_begins_nothing(stage: Stage, shopper: Shopper) -> None:
    ada = stage.customer()
    message_id = _message_to(shopper, ada)
    stage.order(ada)
    shopper.views()
    stage.pass_time(40 * HOUR)
    link = Link(stage.store_id, message_id)
    token = links.visit_token(stage.runtime.link_keys, link, int(time.time()) + 60)
    shopper.tells(link=token)
    shopper.works()
    shopper.works()
    assert len(shopper.events("product.viewed")) == 1
    shopper.lives(5 * HOUR)
    assert shopper.sent("viewed") == []


def test_a_visit_told_twice_is_one(stage: Stage, shopper: Shopper) -> None:
    ada = stage.customer()
    shopper.clicks(_message_to(shopper, ada))
    one = {"name": "product.viewed", "product_id": "p1", "id": "the-same"}
    shopper.tells(one)
    shopper.works()
    stage.pass_time(MINUTE)
    shopper.tells(one)
    shopper.works()
    assert len(shopper.events("product.viewed")) == 2  # the click's, and this one


@pytest.mark.parametrize("kind", ["forged", "expired", "stranger", "other purpose"])
def test_a_token_that_is_not_ours_for_this_store_gives_nothing(
    stage: Stage, shopper: Shopper, kind: str
) -> None:
    ada = stage.customer()
    message_id = _message_to(shopper, ada)
    keys, now = stage.runtime.link_keys, int(time.time())
    good = links.visit_token(keys, Link(stage.store_id, message_id), now + 60)
    token = {
        "forged": good[:-2] + ("AA" if good[-2:] != "AA" else "BB"),
        "expired": links.visit_token(keys, Link(stage.store_id, message_id), now - 1),
        "stranger": links.visit_token(keys, Link(stage.stranger_id, message_id), now + 60),
        "other purpose": links.cart_token(keys, stage.store_id, message_id),
    }[kind]
    assert shopper.views(link=token) == 204
    shopper.works()
    assert shopper.events("product.viewed") == []
    assert [row.customer_id for row in stage.rows(schema.visitors)] == [None]


def test_a_token_of_one_store_is_nothing_at_the_strangers_door(
    stage: Stage, shopper: Shopper
) -> None:
    ada = stage.customer()
    message_id = _message_to(shopper, ada)
    assert shopper.clicks(message_id, store_id=stage.stranger_id) == 204
    shopper.works()
    (visitor,) = stage.rows(schema.visitors)
    assert (visitor.store_id, visitor.customer_id) == (stage.stranger_id, None)


def test_a_link_that_was_passed_on_makes_nobody_else_the_customer(
    stage: Stage, shopper: Shopper
) -> None:
    """The address in the browser's bar goes round the world; its token is good for one browser."""
    ada = stage.customer()
    link = Link(stage.store_id, _message_to(shopper, ada))
    token = links.visit_token(stage.runtime.link_keys, link, int(time.time()) + 60)
    shopper.views(link=token)
    shopper.views(link=token, visitor="the-friend-who-got-it")
    shopper.works()
    known = {row.external_id: row.customer_id for row in stage.rows(schema.visitors)}
    assert known == {VISITOR: ada, "the-friend-who-got-it": None}


def test_categories_are_browsed_too_and_what_was_viewed_last_wins(
    stage: Stage, shopper: Shopper
) -> None:
    stage.put_flow(_flow("category.browsed"))
    ada = stage.customer()
    message_id = _message_to(shopper, ada)
    stage.order(ada)
    stage.pass_time(20 * HOUR)
    table = {"name": "category.viewed", "category": "At the table", "product_ids": ["p1", "p9"]}
    shopper.clicks(message_id)
    stage.pass_time(MINUTE)
    shopper.tells(table)
    shopper.works()
    shopper.lives(4 * HOUR + MINUTE, step=30 * MINUTE)
    (told,) = shopper.events("category.browsed")
    assert told.data == {"category": "At the table", "product_ids": ["p1"]}
    assert shopper.events("product.browsed") == []
    assert len(shopper.sent("viewed")) == 1


def test_a_newer_view_replaces_the_sequence_about_the_older(stage: Stage, shopper: Shopper) -> None:
    flow = _flow()
    ada = stage.customer()
    message_id = _message_to(shopper, ada)
    stage.order(ada)
    stage.pass_time(20 * HOUR)
    (flow_id,) = [row.id for row in stage.rows(schema.flows, store_id=stage.store_id)
                  if row.name == flow.name]  # fmt: skip
    with stage.database.writing() as connection:
        document = flow_schema.dump(_flow())
        document["trigger"]["reentry"] = "always"
        waits = {"kind": "delay", "id": "wait", "duration": "P2D"}
        document["steps"] = [waits, *document["steps"]]
        mine = schema.flows.c.id == flow_id
        connection.execute(schema.flows.update().where(mine).values(draft=document))
    publish.publish(stage.runtime, stage.store_id, flow_id)
    shopper.clicks(message_id)
    shopper.lives(5 * HOUR)
    shopper.views("p2")
    shopper.lives(5 * HOUR)
    first, second = stage.rows(schema.enrollments, flow_id=flow_id)
    assert (first.state, first.end_reason) == ("ended", "replaced")
    assert (second.state, second.event["product_id"]) == ("active", "p2")


def test_what_was_viewed_before_the_flow_went_live_counts(stage: Stage, shopper: Shopper) -> None:
    ada = stage.customer()
    message_id = _message_to(shopper, ada)
    stage.order(ada)
    stage.pass_time(20 * HOUR)
    (flow_id,) = [row.id for row in stage.rows(schema.flows, store_id=stage.store_id)
                  if row.name == "Browse abandonment"]  # fmt: skip
    publish.pause(stage.runtime, stage.store_id, flow_id)
    shopper.clicks(message_id)
    shopper.lives(HOUR)
    assert [row.idle_at for row in stage.rows(schema.browses)] == [None]
    publish.resume(stage.runtime, stage.store_id, flow_id)
    shopper.lives(3 * HOUR + MINUTE)
    assert len(shopper.sent("viewed")) == 1


def test_a_claimed_address_is_refused_and_kept_nowhere(stage: Stage, shopper: Shopper) -> None:
    stage.customer(email="ada@example.com", email_key="ada@example.com")
    assert shopper.views(email="ada@example.com") == 400
    assert shopper.tells({"name": "product.viewed", "product_id": "p1", "customer_id": "1"}) == 400
    assert stage.rows(schema.visitors) == []


def test_without_consent_nothing_is_kept_and_what_was_is_forgotten(
    stage: Stage, shopper: Shopper
) -> None:
    shopper.views(cart=CART)
    assert len(stage.rows(schema.visits, name="product.viewed")) == 1
    for consent in (
        {"analytics": True, "marketing": False},
        {"analytics": False, "marketing": True},
    ):
        assert shopper.views(consent=consent) == 204
        for table in (schema.visits, schema.visitors, schema.visitor_tokens):
            assert stage.rows(table) == []


def test_anonymous_visits_are_kept_thirty_days(stage: Stage, shopper: Shopper) -> None:
    shopper.views(cart=CART)
    stage.pass_time(timedelta(days=29))
    reap.sweep(stage.runtime)
    assert len(stage.rows(schema.visits, name="product.viewed")) == 1
    stage.pass_time(timedelta(days=1, hours=1))
    reap.sweep(stage.runtime)
    for table in (schema.visits, schema.visitors, schema.visitor_tokens):
        assert stage.rows(table) == []


def test_erasing_a_customer_forgets_their_browsers(stage: Stage, shopper: Shopper) -> None:
    ada = stage.customer(external_id="77")
    shopper.clicks(_message_to(shopper, ada), cart=CART)
    shopper.works()
    assert stage.rows(schema.browses)
    with stage.database.reading() as connection:
        told = json.loads(dumps(exported(connection, stage.store_id, ada)))
    assert told["visitors"][0]["external_id"] == VISITOR
    assert {len(told[name]) > 0 for name in ("visits", "visitor_tokens", "browses")} == {True}
    request = PrivacyRequest("customer_redact", CustomerKey(external_id="77"))
    with stage.database.writing() as connection:
        privacy.heed(connection, stage.runtime, stage.store, request, stage.now, webhook_id="w")
    for table in (schema.visits, schema.visitors, schema.visitor_tokens, schema.browses):
        assert stage.rows(table) == []
