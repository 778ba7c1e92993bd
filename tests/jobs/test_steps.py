"""Every kind of step and many triggers through the real jobs: what is done, once, and when."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from connectors.addresses import UnsafeAddress
from connectors.apps import webhooks
from jobs import enroll, outbox
from marketing import flow_schema
from marketing.events import EventName, News
from storage import events, schema
from storage.events import Event
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import ordered
from tests.seeding import an_item

DAY = timedelta(days=1)
WORDS = {
    "subject": "Hello {{ customer.first_name }}",
    "mjml": "<mjml><mj-body><mj-section><mj-column><mj-text>Hello</mj-text></mj-column>"
    "</mj-section></mj-body></mjml>",
    "text": "Hello",
}
MAIL: dict[str, Any] = {"kind": "message", "id": "mail", "channel": "email", "template": WORDS}
PLACED = {"event": "order.placed"}


def a_flow(stage: Stage, *steps: dict[str, Any], trigger: dict[str, Any] | None = None) -> str:
    document = {"name": "Steps", "trigger": trigger or PLACED, "steps": list(steps)}
    return stage.put_flow(flow_schema.load(document))


def tell(stage: Stage, name: EventName, customer_id: str, /, **data: Any) -> None:
    """Let something happen to a customer as the jobs have it: an event and its news, together."""
    store, now = stage.store, stage.now
    with stage.database.writing() as connection:
        event = Event(store.id, name, now, f"{name}:{now}:{data}", customer_id, data)
        assert events.append_many(connection, [event])
        news = News(name, now, customer_id, order_id=data.get("order_id"), data=data)
        enroll.react(connection, stage.runtime, store, [news], now)


def outbox_work(stage: Stage) -> None:
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass


# --- steps ------------------------------------------------------------------------------------


def test_a_wait_ends_the_moment_it_happens_and_nothing_is_sent_twice(stage: Stage) -> None:
    wait = {"kind": "wait_for_event", "id": "wait", "event": "product.viewed", "timeout": "P3D",
            "yes": [MAIL]}  # fmt: skip
    a_flow(stage, wait, {**MAIL, "id": "after"})
    ada = stage.customer()
    ordered(stage, ada)
    stage.live(2 * HOUR)
    assert stage.messages() == []
    tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="7")
    stage.work()
    assert {row.step_id for row in stage.messages(state="sent")} == {"mail", "after"}
    tell(stage, EventName.PRODUCT_VIEWED, ada, product_id="8")
    stage.live(4 * DAY, 6 * HOUR)
    assert len(stage.sink.mails) == 2


def test_a_wait_that_nothing_ends_goes_the_other_way(stage: Stage) -> None:
    wait = {"kind": "wait_for_event", "id": "wait", "event": "product.viewed", "timeout": "P1D",
            "no": [MAIL]}  # fmt: skip
    a_flow(stage, wait)
    ordered(stage, stage.customer())
    stage.live(23 * HOUR)
    assert stage.messages() == []
    stage.live(2 * HOUR)
    assert [row.step_id for row in stage.messages(state="sent")] == ["mail"]


def test_a_switch_asks_what_the_trigger_told(stage: Stage) -> None:
    cases = [{"key": "seven", "values": ["7"], "steps": [MAIL]}]
    switch = {"kind": "switch", "id": "way", "field": "event.product_id", "cases": cases}
    trigger = {"event": "product.added_to_cart"}
    a_flow(stage, switch, {"kind": "exit", "id": "end"}, trigger=trigger)
    ada, ben = stage.customer(), stage.customer("Ben")
    tell(stage, EventName.PRODUCT_ADDED, ada, product_id="7")
    tell(stage, EventName.PRODUCT_ADDED, ben, product_id="8")
    stage.work()
    assert [row.customer_id for row in stage.messages()] == [ada]


def test_local_hours_are_the_customers_own(stage: Stage) -> None:
    a_flow(stage, {"kind": "delay", "id": "till", "until": "10:00"}, MAIL)
    home, away = stage.customer(), stage.customer("Ben", timezone="Asia/Tokyo")
    lost = stage.customer("Cleo", timezone="Mars/Olympus")
    for one in (home, away, lost):
        ordered(stage, one)
    stage.work()
    due = {row.customer_id: row.due_at for row in stage.rows(schema.enrollments)}
    assert due[home] != due[away]
    assert due[lost] == due[home]
    a_long_day = DAY + HOUR  # when summer time ends
    assert all(timedelta() <= at - stage.now <= a_long_day for at in due.values())


def test_whoever_moves_while_waiting_is_written_to_at_their_new_ten_o_clock(stage: Stage) -> None:
    a_flow(stage, {"kind": "delay", "id": "till", "until": "10:00"}, MAIL)
    # In the morning of Tokyo, and after the one of New York.
    stage.pass_time((20 - stage.now.hour) % 24 * HOUR)
    ada = stage.customer(timezone="Asia/Tokyo")
    ordered(stage, ada)
    stage.work()
    (row,) = stage.rows(schema.enrollments)
    stage.change(schema.customers, ada, timezone="America/New_York")
    stage.pass_time(row.due_at - stage.now)
    stage.work()
    assert stage.messages() == []
    (row,) = stage.rows(schema.enrollments)
    assert row.due_at.astimezone(ZoneInfo("America/New_York")).hour == 10
    stage.pass_time(row.due_at - stage.now)
    stage.work()
    assert len(stage.sink.mails) == 1


def test_tags_and_properties_are_changed_told_and_news_of_their_own(stage: Stage) -> None:
    update = {"kind": "update_customer", "id": "tag", "add_tags": ["vip"], "remove_tags": ["new"],
              "properties": {"tier": "gold"}}  # fmt: skip
    a_flow(stage, update, MAIL)
    a_flow(stage, {**MAIL, "id": "thanks"}, trigger={"event": "customer.tagged", "tag": "vip"})
    a_flow(stage, {**MAIL, "id": "never"}, trigger={"event": "customer.tagged", "tag": "other"})
    ada = stage.customer(tags=["new", "kind"])
    ordered(stage, ada)
    stage.work()
    stage.work()
    (row,) = stage.rows(schema.customers, id=ada)
    assert (row.tags, row.properties) == (["kind", "vip"], {"tier": "gold"})
    assert {one.step_id for one in stage.messages()} == {"mail", "thanks"}
    (call,) = stage.rows(schema.outbox, kind="write_tags")
    assert call.payload == {"customer_id": ada, "add": ["vip"], "remove": ["new"]}
    outbox_work(stage)
    assert stage.shop.tags == [(["vip"], ["new"])]


def test_who_never_answers_is_unsubscribed_and_the_store_is_told(stage: Stage) -> None:
    """A sunset: asked whether they want to stay; without a click there is no more news."""
    leave = {"kind": "update_customer", "id": "leave", "unsubscribe": ["email"]}
    wait = {"kind": "wait_for_event", "id": "stays", "event": "message.clicked", "timeout": "P7D",
            "no": [leave]}  # fmt: skip
    a_flow(stage, {**MAIL, "id": "stay"}, wait, MAIL)
    gone = a_flow(stage, {**MAIL, "id": "gone"}, trigger={"event": "customer.unsubscribed"})
    ada = stage.customer(external_id="7")
    ordered(stage, ada)
    stage.work()
    stage.live(8 * DAY, step=DAY)
    (row,) = stage.rows(schema.customers, id=ada)
    assert (row.email_consent, row.email_consent_source) == ("unsubscribed", "merchant")
    assert {(one.step_id, one.state, one.reason) for one in stage.messages()} == {
        ("stay", "sent", None), ("gone", "skipped", "unsubscribed"),
        ("mail", "skipped", "unsubscribed"),
    }  # fmt: skip
    assert len(stage.rows(schema.enrollments, flow_id=gone)) == 1
    (call,) = stage.rows(schema.outbox, kind="write_consent")
    assert call.payload | {"changed_at": ""} == {
        "customer_id": ada, "channel": "email", "state": "unsubscribed", "changed_at": "",
    }  # fmt: skip
    assert stage.rows(schema.suppressions) == []


def test_the_team_is_written_to_with_the_customer_named(stage: Stage) -> None:
    notice = {
        "kind": "notify_staff",
        "id": "tell",
        "subject": "A big order",
        "text": "Have a look.",
    }
    a_flow(stage, notice)
    ordered(stage, stage.customer(email="ada@example.com"))
    stage.work()
    outbox_work(stage)
    outbox_work(stage)
    (mail,) = stage.sink.mails
    assert "hi@maple.example" in mail["To"]
    assert mail["Subject"] == "A big order"
    body = mail.get_body(("plain",))
    assert body
    assert "ada@example.com" in body.get_content()


class Program(BaseHTTPRequestHandler):
    """A merchant's program: keeps what it is told, and fails when it is asked to."""

    told: list[tuple[dict[str, str], bytes]] = []  # noqa: RUF012  emptied by its fixture
    answers: list[int] = []  # noqa: RUF012

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(self.answers.pop(0) if self.answers else 204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def program() -> Iterator[str]:
    Program.told, Program.answers = [], []
    server = HTTPServer(("127.0.0.1", 0), Program)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()


def test_a_program_is_called_signed_and_again_under_the_same_id(stage: Stage, program: str) -> None:
    a_flow(stage, {"kind": "call_webhook", "id": "call", "url": program})
    Program.answers = [500]
    ordered(stage, stage.customer())
    stage.work()
    outbox_work(stage)
    (call,) = stage.rows(schema.outbox, kind="call_webhook")
    assert (call.state, "500" in call.error) == ("pending", True)
    stage.change(schema.outbox, call.id, due_at=call.due_at - HOUR)
    outbox_work(stage)
    (first, _), (again, body) = Program.told
    assert first["webhook-id"] == again["webhook-id"]
    signed = f"{again['webhook-id']}.{again['webhook-timestamp']}.".encode() + body
    secret = stage.runtime.secrets.webhook_secret(stage.store_id)
    mac = base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
    assert again["webhook-signature"] == f"v1,{mac}"
    told = json.loads(body)
    assert told["data"]["customer"]["first_name"] == "Ada"
    assert stage.runtime.secrets.webhook_secret(stage.stranger_id) != secret


def test_a_program_in_a_private_place_is_not_called() -> None:
    given: dict[str, Any] = {"message_id": "m", "secret": b"s", "timestamp": 1}
    for url in (
        "https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://localhost/", "http://8.8.8.8/",
        "https://[64:ff9b::10.0.0.1]/", "https://[2002:7f00:1::1]/", "https://[::10.0.0.1]/",
        "https://[64:ff9b:1::a00:1]/", "https://[::ffff:0:10.0.0.1]/", "https://[fec0::1]/",
    ):  # fmt: skip
        with pytest.raises(UnsafeAddress):
            webhooks.post(url, {}, **given)


def test_a_flow_starts_and_stops_another(stage: Stage) -> None:
    slow = a_flow(
        stage,
        {"kind": "delay", "id": "long", "duration": "P9D"},
        MAIL,
        trigger={"event": "manual"},
    )
    a_flow(stage, {"kind": "start_flow", "id": "go", "flow": slow})
    stop = {"kind": "stop_flow", "id": "halt", "flow": slow}
    a_flow(stage, stop, trigger={"event": "customer.tagged"})
    ada = stage.customer()
    ordered(stage, ada)
    stage.work()
    (started,) = stage.rows(schema.enrollments, flow_id=slow)
    assert (started.state, started.customer_id) == ("active", ada)
    tell(stage, EventName.CUSTOMER_TAGGED, ada, added=["x"])
    stage.live(HOUR)
    (stopped,) = stage.rows(schema.enrollments, flow_id=slow)
    assert (stopped.state, stopped.end_reason) == ("ended", "stopped")


# --- triggers -----------------------------------------------------------------------------------


def test_an_order_of_several_lines_enters_once_for_each(stage: Stage) -> None:
    a_flow(stage, MAIL, trigger={**PLACED, "per_line": True})
    ada = stage.customer()
    items = [{**an_item(900), "product_id": one} for one in ("7", "8")]
    order = ordered(stage, ada, items=items)
    with stage.database.writing() as connection:
        news = News(EventName.ORDER_PLACED, stage.now, ada, order_id=order)
        enroll.react(connection, stage.runtime, stage.store, [news], stage.now)
    rows = stage.rows(schema.enrollments)
    assert {row.event["product_id"] for row in rows} == {"7", "8"}
    assert len(rows) == 2


def test_the_order_that_reaches_the_mark_lets_in_once(stage: Stage) -> None:
    flow = a_flow(stage, MAIL, trigger={"event": "customer.reached", "orders": 3})
    ada = stage.customer(orders_count=2)
    ordered(stage, ada)
    assert stage.rows(schema.enrollments, flow_id=flow) == []
    stage.change(schema.customers, ada, orders_count=3, spent=9000)
    ordered(stage, ada)
    stage.change(schema.customers, ada, orders_count=4, spent=12000)
    ordered(stage, ada)
    assert [row.trigger_key for row in stage.rows(schema.enrollments, flow_id=flow)] == ["orders:3"]


@pytest.mark.parametrize(
    ("name", "trigger", "hit", "miss"),
    [
        (EventName.CUSTOM, {"name": "quiz"}, {"name": "quiz"}, {"name": "poll"}),
        (EventName.CUSTOMER_SUBSCRIBED, {"channel": "email"}, {"channel": "email"},
         {"channel": "sms"}),
        (EventName.MESSAGE_RECEIVED, {"keywords": ["size"]}, {"keyword": "size"},
         {"keyword": "price"}),
        (EventName.REVIEW_POSTED, {}, {"rating": 5}, None),
        (EventName.ORDER_CANCELLED, {}, {}, None),
        (EventName.CUSTOMER_CREATED, {}, {}, None),
    ],
)  # fmt: skip
def test_a_trigger_lets_in_for_what_it_names_only(
    stage: Stage,
    name: EventName,
    trigger: dict[str, Any],
    hit: dict[str, Any],
    miss: dict[str, Any] | None,
) -> None:
    flow = a_flow(stage, MAIL, trigger={"event": name.value, **trigger})
    ada, ben = stage.customer(), stage.customer("Ben")
    tell(stage, name, ada, **hit)
    if miss is not None:
        tell(stage, name, ben, **miss)
    stage.live(MINUTE)
    assert [row.customer_id for row in stage.rows(schema.enrollments, flow_id=flow)] == [ada]
    assert len(stage.sink.mails) == 1


def test_entry_filters_may_ask_the_event(stage: Stage) -> None:
    good = {"op": "gte", "field": "event.rating", "value": 4}
    a_flow(stage, MAIL, trigger={"event": "review.posted", "filter": good})
    for name, rating in (("Ada", 5), ("Ben", 2)):
        tell(stage, EventName.REVIEW_POSTED, stage.customer(name), rating=rating)
    stage.work()
    assert len(stage.sink.mails) == 1
    (skipped,) = stage.events("flow.skipped")
    assert skipped.data["reason"] == "filtered"
