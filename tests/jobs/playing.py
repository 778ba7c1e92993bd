"""A customer played through a recipe by the real jobs: what happens, and what they are sent.

What Ada does comes in by the app's own doors: the pixel's, the platform's webhooks, the reviews'.
"""

import itertools
import json
import time
from dataclasses import replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, update

from jobs import announce, arrive, browse, happened, recommend, visit, watch
from marketing import flow_schema, links, recipes
from marketing.events import EventName
from marketing.links import Link
from marketing.reviews import Review
from storage import schema, stores
from tests.jobs.inbound import AtTheDoor, iso
from tests.jobs.stage import MINUTE, Stage
from tests.seeding import Rows, an_item

DAY = timedelta(days=1)
_numbers = itertools.count(1)
EMAIL = "ada@example.com"
NEW_YORK = ZoneInfo("America/New_York")

ON_BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
ON_ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FOUNDER = {"founder_name": "Grace Moss", "instagram_url": "https://instagram.example/maple"}


def say(stage: Stage, **settings: Any) -> None:
    with stage.database.writing() as connection:
        stores.set_settings(connection, stage.store_id, {**stage.store.settings, **settings})


class Play:
    """One recipe live in a store with a small catalogue; Ada is its customer."""

    def __init__(self, stage: Stage, recipe: str, **changes: Any) -> None:
        self.stage, self.inbound = stage, AtTheDoor(stage)
        known = {"email": EMAIL, "email_key": EMAIL, "email_consent_at": stage.now - DAY}
        self.ada = stage.customer("Ada", **{**known, **changes})
        for number in range(1, 5):
            self.put_product(f"p{number}")
        self.recipe = recipe
        self.flow_id = stage.flow_id() if recipe == "abandoned-cart" else self._live(recipe)
        self.began = stage.now

    def _live(self, recipe: str) -> str:
        """Put the recipe to work; the one that the stage comes with would only be in its way."""
        document = flow_schema.dump(recipes.load(recipe))
        if recipe == "replenishment":
            document["trigger"]["filter"]["value"] = ["p1"]
        with self.stage.database.writing() as connection:
            connection.execute(update(schema.flows).values(status="paused"))
        return self.stage.put_flow(flow_schema.load(document))

    # --- what is there ------------------------------------------------------------------------

    def put_product(self, product_id: str, **columns: Any) -> None:
        row = {
            "store_id": self.stage.store_id,
            "external_id": product_id,
            "title": f"Throw {product_id}",
            "handle": product_id,
            "url": f"https://maple.example/products/{product_id}",
            "product_type": "Throws",
            "status": "active",
            "variants": [{"external_id": f"{product_id}-1", "price": 4900, "available": True}],
            "created_at": self.stage.now,
            "updated_at": self.stage.now,
        }
        with self.stage.database.writing() as connection:
            connection.execute(insert(schema.products).values({**row, **columns}))

    def change_product(self, product_id: str, **values: Any) -> None:
        p = schema.products
        with self.stage.database.writing() as connection:
            connection.execute(update(p).where(p.c.external_id == product_id).values(**values))

    def praise(self, product_id: str, words: str) -> None:
        """Let the store's review app tell of what a buyer said."""
        told = Review(words, product_id, 5, self.stage.now, text=words, author="Ben")
        with self.stage.database.writing() as connection:
            runtime, store = self.stage.runtime, self.stage.store
            happened.post_reviews(connection, runtime, store, [told], self.stage.now)

    def crowd(self, kind: str = "bought") -> None:
        """Let others buy, or look at, p1 together with p2 and p3; and find what goes with what."""
        for number in range(20):
            person = self.stage.customer(f"Other{number}")
            taken = ("p1", "p2", "p3") if number < 8 else (f"x{number}",)
            for product_id in taken:
                self._take(kind, person, product_id)
        recommend.drain(self.stage.runtime, [self.stage.store_id])

    def _take(self, kind: str, person: str, product_id: str) -> None:
        if kind == "bought":
            item = {**an_item(4900, product_id), "product_id": product_id, "variant_id": None}
            self.stage.order(person, items=[item])
            return
        row = {
            "store_id": self.stage.store_id, "id": schema.new_id(), "customer_id": person,
            "name": EventName.PRODUCT_VIEWED, "occurred_at": self.stage.now,
            "dedupe_key": f"{person}:{product_id}", "data": {"product_id": product_id},
        }  # fmt: skip
        with self.stage.database.writing() as connection:
            connection.execute(insert(schema.events).values(row))

    # --- what happens -------------------------------------------------------------------------

    def looks_at(self, product_id: str) -> None:
        self.tells({"name": "product.viewed", "product_id": product_id})

    def wants(self, product_id: str) -> None:
        """Let Ada press "Tell me when it is back" on the product's page."""
        self.tells({"name": "product.wanted", "product_id": product_id})

    def tells(self, *events: dict[str, Any]) -> None:
        """Let the pixel in Ada's browser tell; a mail of last week led her there."""
        link = Link(self.stage.store_id, self._old_mail())
        now = int(time.time())
        told = {
            "visitor": "the-browser-of-ada", "consent": {"analytics": True, "marketing": True},
            "link": links.visit_token(self.stage.runtime.link_keys, link, now + 60),
            "sent_at": now * 1000,
            "events": [{"id": f"e{next(_numbers)}", "at": now * 1000, **one} for one in events],
        }  # fmt: skip
        answer = self.inbound.client.post(f"/pixel/{self.stage.store_id}", data=json.dumps(told))
        assert answer.status_code == 204
        visit.drain(self.stage.runtime, [])

    def _old_mail(self) -> str:
        at = self.stage.now - 7 * DAY
        with self.stage.database.writing() as connection:
            rows = Rows(connection, self.stage.store_id)
            flow = rows.flow(replace(recipes.load("abandoned-cart"), recipe=None), status="paused")
            enrollment = rows.enrollment(flow, self.ada, at, state="ended")
            return rows.message(flow, enrollment, "reminder", self.ada, at)

    def product(
        self, product_id: str, topic: str = "products/update", *, works: bool = True, **fields: Any
    ) -> None:
        """Let the platform tell of a product; whoever it concerns is told once somebody works."""
        self.stage.pass_time(MINUTE)
        now, price = iso(self.stage.now), fields.pop("price", "49.00")
        variant = {
            "id": f"{product_id}-1", "title": "", "price": price, "inventory_policy": "deny",
            "inventory_quantity": fields.pop("stock", 5),
        }  # fmt: skip
        told = {
            "id": product_id, "admin_graphql_api_id": None, "title": f"Throw {product_id}",
            "handle": product_id, "product_type": "Throws", "status": "active",
            "updated_at": now, "created_at": now, "published_at": now, "variants": [variant],
        }  # fmt: skip
        self.inbound.hear(topic, **{**told, **fields})
        self.inbound.ingest()
        if topic == "products/create":  # what is new is given time to be sorted in
            self.stage.pass_time(3 * MINUTE)
        while announce.drain(self.stage.runtime, [self.stage.store_id]):
            pass
        if works:
            self.stage.work()

    def order(self, topic: str, number: int = 1, **fields: Any) -> None:
        """Let the platform tell of an order of Ada's: one throw, for 49 dollars."""
        now = iso(self.stage.now)
        line = {
            "id": 1, "product_id": "p1", "variant_id": None, "quantity": 1, "price": "49.00",
            "title": "Throw p1", "variant_title": None, "total_discount": "0.00",
        }  # fmt: skip
        told = {
            "id": number, "admin_graphql_api_id": f"gid://shopify/Order/{number}",
            "name": f"#{number}", "email": EMAIL, "contact_email": EMAIL, "customer": None,
            "checkout_token": None, "cart_token": None, "updated_at": now, "created_at": now,
            "processed_at": now, "cancelled_at": None, "test": False, "source_name": "web",
            "refunds": [], "fulfillments": [], "fulfillment_status": None, "line_items": [line],
            "total_price": "49.00", "total_price_set": None, "subtotal_price": "49.00",
            "subtotal_price_set": None, "order_status_url": f"https://maple.example/o/{number}",
        }  # fmt: skip
        self.inbound.hear(topic, **{**told, **fields})
        self.inbound.ingest()
        self.stage.work()

    def ships(self) -> None:
        """Let the order leave, in a parcel that can be followed."""
        now = iso(self.stage.now)
        parcel = {
            "id": 5, "order_id": 1, "created_at": now, "updated_at": now, "status": "success",
            "shipment_status": None, "tracking_company": "DHL", "tracking_number": "JD1",
            "tracking_url": "https://d.example/JD1",
        }  # fmt: skip
        self.order("orders/fulfilled", fulfillment_status="fulfilled", fulfillments=[parcel])

    def arrives(self) -> None:
        told = {"fulfillment_id": 5, "order_id": 1, "status": "delivered"}
        self.inbound.hear("fulfillment_events/create", **told, happened_at=iso(self.stage.now))
        self.inbound.ingest()

    def refunds(self, number: int = 1) -> None:
        now = iso(self.stage.now)
        paid_back = {
            "id": 9, "kind": "refund", "status": "success", "amount": "49.00", "currency": "USD",
        }  # fmt: skip
        told = {"id": 7, "order_id": number, "created_at": now, "processed_at": now}
        self.inbound.hear("refunds/create", **told, transactions=[paid_back])
        self.inbound.ingest()

    def subscribes(self) -> None:
        """Let the platform tell that Ada wants its news by e-mail."""
        [row] = self.stage.rows(schema.customers, id=self.ada)
        said = {
            "state": "subscribed", "opt_in_level": "single_opt_in",
            "consent_updated_at": iso(self.stage.now),
        }  # fmt: skip
        self.inbound.hear(
            "customers_email_marketing_consent/update", customer_id=row.external_id,
            email_address=EMAIL, email_marketing_consent=said,
        )  # fmt: skip
        self.inbound.ingest()
        self.stage.work()

    def begins_checkout(self, product_id: str = "p1") -> None:
        """Let the platform tell of a checkout that Ada began, and no more of it."""
        line = {
            "product_id": product_id, "variant_id": f"{product_id}-1", "quantity": 1,
            "title": f"Throw {product_id}", "price": "49.00", "line_price": "49.00",
        }  # fmt: skip
        self.inbound.checkout(email=EMAIL, line_items=[line], total_price="49.00")
        self.inbound.ingest()
        self.stage.work()

    def days(self, *days: float) -> None:
        """Let time pass to a little after each of these days since the beginning, and work."""
        for day in days:
            to = self.began + day * DAY + 2 * MINUTE
            self.stage.pass_time(to - self.stage.now)
            arrive.drain(self.stage.runtime, [self.stage.store_id])
            browse.drain(self.stage.runtime, [self.stage.store_id])
            watch.drain(self.stage.runtime, [self.stage.store_id])
            self.stage.work()

    def until_let_in(self) -> None:
        """Let half days pass until the recipe lets Ada in, and count days from there."""
        for half in range(1, 9):
            self.days(half / 2)
            if rows := self.stage.rows(schema.enrollments, flow_id=self.flow_id):
                self.began = rows[0].entered_at
                return
        raise AssertionError("nobody was let in")

    # --- what is seen -------------------------------------------------------------------------

    @property
    def sent(self) -> list[tuple[str, float]]:
        """Give which messages of the recipe Ada got, and on which day since the beginning."""
        rows = self.stage.messages(customer_id=self.ada, flow_id=self.flow_id)
        out = [row for row in rows if row.sent_at]
        return [(row.step_id, round((row.sent_at - self.began) / DAY, 1)) for row in out]

    @property
    def steps(self) -> list[str]:
        return [step for step, _ in self.sent]

    @property
    def end(self) -> str | None:
        """Give why Ada's way through the recipe is over."""
        [row] = self.stage.rows(schema.enrollments, customer_id=self.ada, flow_id=self.flow_id)
        return None if row.end_reason is None else str(row.end_reason)

    def mail(self, at: int = -1) -> tuple[EmailMessage, str]:
        """Give a mail to Ada, with its text."""
        mine = [mail for mail in self.stage.sink.mails if EMAIL in mail["To"]]
        body = mine[at].get_body(("plain",))
        assert body
        return mine[at], str(body.get_content()).replace("\r\n", "\n")

    def local_hour(self, at: datetime) -> int:
        return at.astimezone(NEW_YORK).hour
