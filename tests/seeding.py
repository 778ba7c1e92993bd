"""Rows put straight into the database, with sensible columns, for tests of what reads them."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from marketing import recipes
from marketing.flow import Flow
from marketing.flow_schema import dump
from storage import mirror_lines, schema
from storage.beginnings import key_of

_numbers = itertools.count(1)


def at(text: str) -> datetime:
    """Read a moment: "2026-11-20 10:00" is UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def a_store(connection: Connection, domain: str, **columns: Any) -> str:
    store_id = schema.new_id()
    row = {
        "id": store_id,
        "platform": "shopify",
        "domain": domain,
        "name": "Maple & Moss",
        "currency": "USD",
        "timezone": "America/New_York",
        "locale": "en-US",
        "status": "installed",
        "public_key": store_id,
        "settings": {},
        "installed_at": at("2026-01-01 00:00"),
    }
    connection.execute(insert(schema.stores).values({**row, **columns}))
    return store_id


class Rows:
    """One store's rows; each method puts one in and gives its id."""

    def __init__(self, connection: Connection, store_id: str) -> None:
        self.connection, self.store_id = connection, store_id

    def _put(self, table: Any, row: dict[str, Any]) -> str:
        row = {"store_id": self.store_id, "id": schema.new_id(), **row}
        self.connection.execute(insert(table).values(row))
        return str(row["id"])

    def customer(self, first_name: str, **columns: Any) -> str:
        number = next(_numbers)
        email = f"{first_name.lower()}.{number}@example.com"
        when = columns.pop("created_at", at("2026-06-01 00:00"))
        row = {
            "external_id": str(number),
            "email": email,
            "email_key": email,
            "first_name": first_name,
            "last_name": "Reyes",
            "created_at": when,
            "updated_at": when,
        }
        told = {**row, **columns}
        keys = {"first_key": key_of(told["first_name"]), "last_key": key_of(told["last_name"])}
        return self._put(schema.customers, {**keys, **told})

    def cart(self, customer_id: str, updated_at: datetime, total: int, **columns: Any) -> str:
        row = {
            "external_id": f"cart-{next(_numbers)}",
            "customer_id": customer_id,
            "currency": "USD",
            "store_currency": "USD",
            "items": [an_item(total)],
            "subtotal": total,
            "total": total,
            "store_total": total,
            "created_at": updated_at,
            "updated_at": updated_at,
            "arrived_at": updated_at,
        }
        return self._put(schema.carts, {**row, **columns})

    def order(self, customer_id: str, placed_at: datetime, total: int, **columns: Any) -> str:
        number = next(_numbers)
        row = {
            "external_id": f"order-{number}",
            "name": f"#{1000 + number}",
            "customer_id": customer_id,
            "currency": "USD",
            "store_currency": "USD",
            "items": [an_item(total)],
            "subtotal": total,
            "total": total,
            "store_total": total,
            "placed_at": placed_at,
            "updated_at": placed_at,
        }
        order_id = self._put(schema.orders, {**row, **columns})
        told = {"counts": True, "cancelled_at": None, **row, **columns}
        told |= {"store_id": self.store_id, "id": order_id}
        mirror_lines.tell(self.connection, [(told, frozenset())])
        return order_id

    def event(self, customer_id: str, name: str, occurred_at: datetime, **data: Any) -> str:
        row = {
            "customer_id": customer_id,
            "name": name,
            "occurred_at": occurred_at,
            "dedupe_key": f"test:{next(_numbers)}",
            "data": data,
        }
        return self._put(schema.events, row)

    def flow(self, flow: Flow, status: str = "live", **columns: Any) -> tuple[str, str]:
        """Put a flow and one published version of it; gives both ids."""
        flow_id, version_id = schema.new_id(), schema.new_id()
        when = at("2026-09-01 00:00")
        row = {
            "id": flow_id,
            "name": flow.name,
            "recipe": flow.recipe,
            "status": status,
            "trigger_event": flow.trigger.event,
            "draft": dump(flow),
            "live_version_id": version_id,
            "created_at": when,
            "updated_at": when,
        }
        self._put(schema.flows, {**row, **columns})
        self.version(flow_id, flow, 1, id=version_id)
        return flow_id, version_id

    def version(self, flow_id: str, flow: Flow, number: int, **columns: Any) -> str:
        row = {
            "flow_id": flow_id,
            "number": number,
            "document": dump(flow),
            "templates": {},
            "published_at": at("2026-09-01 00:00"),
        }
        return self._put(schema.flow_versions, {**row, **columns})

    def abandoned_cart_flow(self, **columns: Any) -> tuple[str, str]:
        return self.flow(recipes.load("abandoned-cart"), **columns)

    def enrollment(
        self, flow: tuple[str, str], customer_id: str, entered_at: datetime, **columns: Any
    ) -> str:
        row = {
            "flow_id": flow[0],
            "version_id": flow[1],
            "customer_id": customer_id,
            "trigger_key": f"cart:{next(_numbers)}",
            "state": "ended",
            "anchor_at": entered_at,
            "entered_at": entered_at,
            "choices": {},
        }
        return self._put(schema.enrollments, {**row, **columns})

    def reward(
        self,
        flow: tuple[str, str],
        enrollment_id: str,
        customer_id: str,
        at: datetime,
        **columns: Any,
    ) -> str:
        """Put a reward of five dollars, given for good."""
        row = {
            "enrollment_id": enrollment_id,
            "flow_id": flow[0],
            "step_id": "gift",
            "customer_id": customer_id,
            "amount": 500,
            "currency": "USD",
            "state": "credited",
            "granted_at": at,
        }
        return self._put(schema.rewards, {**row, **columns})

    def code(self, enrollment_id: str, customer_id: str, at: datetime, **columns: Any) -> str:
        """Put a code of 10 % that the guards let pass, made and good for a day."""
        row = {
            "enrollment_id": enrollment_id,
            "step_id": "code",
            "customer_id": customer_id,
            "code": f"BACK-{next(_numbers)}",
            "percent": 10,
            "granted_at": at,
            "cost": 0,
            "starts_at": at,
            "ends_at": at + timedelta(days=1),
            "needed_by": at,
            "state": "created",
        }
        return self._put(schema.codes, {**row, **columns})

    def message(
        self,
        flow: tuple[str, str],
        enrollment_id: str,
        step_id: str,
        customer_id: str,
        due_at: datetime,
        **columns: Any,
    ) -> str:
        """Put a message, sent on time unless `state` says otherwise."""
        state = columns.setdefault("state", "accepted")
        sent = {"sent_at": due_at} if state in {"accepted", "delivered", "read", "bounced"} else {}
        row = {
            "enrollment_id": enrollment_id,
            "flow_id": flow[0],
            "version_id": flow[1],
            "step_id": step_id,
            "customer_id": customer_id,
            "channel": "email",
            "kind": "marketing",
            "subject": "Still thinking it over?",
            "due_at": due_at,
            "not_before": due_at,
            "expires_at": due_at.replace(year=due_at.year + 1),
            "rfc_message_id": f"<{next(_numbers)}@example.com>",
            "created_at": due_at,
        }
        return self._put(schema.messages, {**row, **sent, **columns})

    def credit(  # noqa: PLR0917  a row has as many
        self,
        order_id: str,
        message_id: str,
        flow: tuple[str, str],
        step_id: str,
        customer_id: str,
        credited_at: datetime,
        kind: str = "click",
    ) -> None:
        row = {
            "store_id": self.store_id,
            "order_id": order_id,
            "message_id": message_id,
            "flow_id": flow[0],
            "step_id": step_id,
            "customer_id": customer_id,
            "kind": kind,
            "touched_at": credited_at,
            "credited_at": credited_at,
        }
        self.connection.execute(insert(schema.attributions).values(row))

    def put(self, table: Any, **columns: Any) -> None:
        self.connection.execute(insert(table).values(store_id=self.store_id, **columns))


def an_item(price: int, title: str = "Linen throw") -> dict[str, Any]:
    return {
        "product_id": "1",
        "variant_id": "11",
        "title": title,
        "variant_title": None,
        "quantity": 1,
        "price": price,
        "line_price": price,
        "store_price": price,
        "sku": None,
        "image_url": None,
        "url": None,
    }


NOW = at("2026-11-20 18:00")
"""One in the afternoon in New York."""


class SmallStore:
    """A store small enough to count by hand; its figures stand in the tests that use it.

    Seven days up to `NOW` begin at midnight of 14 November in New York, 05:00 UTC.
    """

    def __init__(self, connection: Connection, domain: str = "maple.myshopify.com") -> None:
        self.id = a_store(connection, domain)
        self.rows = rows = Rows(connection, self.id)
        self.flow = rows.abandoned_cart_flow()
        self._ada()
        self._ben()
        self._cleo()
        self._unwritten()
        self._written()

    def _ada(self) -> None:
        """Two orders: 50 before the period, then 100 less 20, at ten in the evening of the 17th."""
        rows = self.rows
        self.ada = ada = rows.customer(
            "Ada",
            email="ada@example.com",
            email_key="ada@example.com",
            orders_count=2,
            spent=13000,
            first_order_at=at("2026-11-10 12:00"),
            second_order_at=at("2026-11-18 03:00"),
            last_order_at=at("2026-11-18 03:00"),
            email_consent="subscribed",
            email_consent_source="checkout",
            email_consent_at=at("2026-11-01 09:00"),
        )
        earlier = rows.enrollment(
            self.flow, ada, at("2026-11-10 08:00"), end_reason="order_placed", step_id="until-code"
        )
        sent = rows.message(self.flow, earlier, "reminder", ada, at("2026-11-10 08:00"))
        first = rows.order(ada, at("2026-11-10 12:00"), 5000)
        rows.credit(first, sent, self.flow, "reminder", ada, at("2026-11-10 12:00"))
        self.ada_enrollment = rows.enrollment(
            self.flow,
            ada,
            at("2026-11-17 20:00"),
            end_reason="order_placed",
            step_id="until-objection",
        )
        self.ada_order = rows.order(ada, at("2026-11-18 03:00"), 10000, store_refunded=2000)
        cart = rows.cart(
            ada,
            at("2026-11-17 19:00"),
            10000,
            abandoned_at=at("2026-11-17 20:00"),
            order_id=self.ada_order,
            recovered_at=at("2026-11-18 03:00"),
        )
        self.ada_message = rows.message(
            self.flow,
            self.ada_enrollment,
            "reminder",
            ada,
            at("2026-11-17 20:00"),
            cart_id=cart,
            state="read",
            opened_at=at("2026-11-17 21:00"),
            clicked_at=at("2026-11-17 21:01"),
        )
        rows.credit(
            self.ada_order, self.ada_message, self.flow, "reminder", ada, at("2026-11-18 03:00")
        )

    def _ben(self) -> None:
        """One order of 40 in the period, earned by the second message."""
        rows, entered = self.rows, at("2026-11-18 21:00")
        self.ben = ben = rows.customer(
            "Ben", orders_count=1, spent=4000, first_order_at=at("2026-11-19 10:30")
        )
        enrollment = rows.enrollment(
            self.flow, ben, entered, end_reason="order_placed", step_id="until-code"
        )
        order = rows.order(ben, at("2026-11-19 10:30"), 4000)
        cart = rows.cart(ben, entered, 4000, abandoned_at=entered, order_id=order)
        rows.message(self.flow, enrollment, "reminder", ben, entered, state="unknown", cart_id=cart)
        message = rows.message(
            self.flow,
            enrollment,
            "objection",
            ben,
            at("2026-11-19 08:00"),
            opened_at=at("2026-11-19 09:00"),
            cart_id=cart,
        )
        credited_at = at("2026-11-19 10:31")
        rows.credit(order, message, self.flow, "objection", ben, credited_at, "open")

    def _cleo(self) -> None:
        """One order of 30 long ago, and one of 999 that was cancelled."""
        rows = self.rows
        self.cleo = cleo = rows.customer(
            "Cleo", orders_count=1, spent=3000, first_order_at=at("2026-10-01 10:00")
        )
        rows.order(cleo, at("2026-10-01 10:00"), 3000)
        rows.order(cleo, at("2026-11-18 10:00"), 99900, cancelled_at=at("2026-11-18 11:00"))

    def _unwritten(self) -> None:
        """Dan (70) never agreed, Eve (25) unsubscribed: nobody wrote to them."""
        for name, total, reason in (("Dan", 7000, "no_consent"), ("Eve", 2500, "unsubscribed")):
            entered = at("2026-11-18 15:00")
            customer = self.rows.customer(name)
            cart = self.rows.cart(customer, entered, total, abandoned_at=entered)
            enrollment = self.rows.enrollment(
                self.flow, customer, entered, state="active", step_id="until-objection"
            )
            self.rows.message(
                self.flow,
                enrollment,
                "reminder",
                customer,
                entered,
                state="skipped",
                reason=reason,
                cart_id=cart,
            )

    def _written(self) -> None:
        """Fay did not buy; Gus got the first message, then unsubscribed."""
        for name in ("Fay", "Gus"):
            entered = at("2026-11-16 15:00")
            customer = self.rows.customer(name)
            cart = self.rows.cart(customer, entered, 3000, abandoned_at=entered)
            enrollment = self.rows.enrollment(
                self.flow, customer, entered, end_reason="completed", step_id=None
            )
            self.rows.message(self.flow, enrollment, "reminder", customer, entered, cart_id=cart)
            second = {"state": "skipped", "reason": "unsubscribed"} if name == "Gus" else {}
            self.rows.message(
                self.flow,
                enrollment,
                "objection",
                customer,
                at("2026-11-17 03:00"),
                cart_id=cart,
                **second,
            )
        staff = self.rows.customer("Staff", is_staff=True)
        self.rows.cart(
            staff, at("2026-11-16 15:00"), 1, abandoned_at=at("2026-11-16 16:00"), counts=False
        )
