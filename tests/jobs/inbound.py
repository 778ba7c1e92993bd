"""Webhooks for the tests of ingest: Shopify's samples, put into a real inbox and drained."""

import base64
import hashlib
import hmac
import itertools
import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

import connectors
from app import create_app
from connectors.base import Webhook
from jobs import ingest, outbox
from marketing.model import Platform
from storage import inbox, schema
from tests.jobs.stage import Stage
from tests.payloads.shopify import sample

MAPLE, STRANGER = "maple.myshopify.com", "stranger.myshopify.com"
_numbers = itertools.count(1)


class Inbound:
    """A stage whose first store hears webhooks; time is the stage's."""

    def __init__(self, stage: Stage) -> None:
        real = connectors.build(
            shopify_client_id="client", shopify_client_secrets=("secret",), demo=True
        )
        self.stage = stage
        # A drain ends when nothing waits, not where a busy machine lets its half second pass.
        periods = replace(stage.runtime.settings.periods, work=60)
        settings = replace(stage.runtime.settings, periods=periods)
        self.runtime = replace(stage.runtime, connectors=real, settings=settings)

    def hear(
        self, topic: str, *, domain: str = MAPLE, copies: int = 1, **fields: Any
    ) -> dict[str, Any]:
        """Keep a sample of a topic with these fields changed; gives the payload."""
        payload = sample(topic, **fields)
        for key in ("shop_domain", "myshopify_domain"):
            if key in payload:
                payload[key] = domain
        for _ in range(copies):
            self.hear_body(topic, json.dumps(payload).encode(), domain=domain)
        return payload

    def hear_body(self, topic: str, body: bytes, *, domain: str = MAPLE) -> None:
        webhook = Webhook(f"w{next(_numbers)}", topic, domain, body, triggered_at=self.stage.now)
        self.runtime.database.gather(inbox.keep_all, (Platform.SHOPIFY, webhook))

    def checkout(self, name: str = "t1", email: str = "ada@example.com", **fields: Any) -> Any:
        now = iso(self.stage.now)
        told = {
            "token": name, "cart_token": f"c-{name}", "email": email, "created_at": now,
            "updated_at": now, "completed_at": None, "closed_at": None, "customer": None,
            "buyer_accepts_marketing": True, "source_name": "web",
            "abandoned_checkout_url": f"https://maple.example/recover/{name}",
        }  # fmt: skip
        return self.hear("checkouts/create", **{**told, **fields})

    def order(self, number: int, cart: str = "t1", email: str = "ada@example.com") -> Any:
        now = iso(self.stage.now)
        told = {
            "id": number, "admin_graphql_api_id": f"gid://shopify/Order/{number}",
            "name": f"#{number}", "checkout_token": cart, "cart_token": f"c-{cart}",
            "email": email, "contact_email": email, "customer": None, "created_at": now,
            "updated_at": now, "processed_at": now, "cancelled_at": None, "test": False,
            "source_name": "web", "refunds": [],
        }  # fmt: skip
        return self.hear("orders/create", **told)

    def ingest(self) -> None:
        ingest.drain(self.runtime)

    def work_off(self) -> None:
        outbox.drain(self.runtime, [self.stage.store_id, self.stage.stranger_id])

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.stage.rows(schema.inbox))

    def count(self, table: Any) -> int:
        with self.runtime.database.reading() as connection:
            return len(connection.execute(select(table)).all())

    def everything(self) -> str:
        """Every value of every table, as text: to look for what must not be there."""
        with self.runtime.database.reading() as connection:
            tables = schema.metadata.sorted_tables
            found = [row for table in tables for row in connection.execute(select(table))]
        return repr([tuple(row) for row in found])


class AtTheDoor(Inbound):
    """The same through the app's own door, each signed as the platform signs it."""

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.client = create_app(self.runtime).test_client()

    def hear_body(self, topic: str, body: bytes, *, domain: str = MAPLE) -> None:
        signature = base64.b64encode(hmac.digest(b"secret", body, hashlib.sha256)).decode()
        told = {
            "Topic": topic, "Hmac-Sha256": signature, "Shop-Domain": domain,
            "API-Version": "2026-10", "Webhook-Id": f"w{next(_numbers)}",
            "Triggered-At": iso(self.stage.now),
        }  # fmt: skip
        headers = {f"X-Shopify-{name}": value for name, value in told.items()}
        answer = self.client.post("/webhooks/shopify", data=body, headers=headers)
        assert answer.status_code == 200


def iso(moment: datetime) -> str:
    return moment.isoformat()
