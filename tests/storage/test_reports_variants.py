"""What came of each variant: entries, messages and orders after the split, of a period's people."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from marketing.flow import Flow, Split
from marketing.flow_schema import load
from storage import reports_flows
from storage.database import Database
from storage.reports_time import period_of
from storage.reports_variants import VariantFigures, steps_after
from tests.seeding import NOW, Rows, a_store, at

WEEK, _ = period_of(NOW, 7, ZoneInfo("America/New_York"))
WORDS = {"subject": "s", "preview": "", "mjml": "<mjml></mjml>", "text": "t"}


def mail(step_id: str) -> dict[str, Any]:
    return {"kind": "message", "id": step_id, "channel": "email", "template": WORDS}


def a_test() -> Flow:
    variants = [
        {"key": "a", "weight": 1, "steps": [mail("short")]},
        {"key": "b", "weight": 1, "steps": [mail("long")]},
    ]
    steps = [mail("hello"), {"kind": "split", "id": "test", "variants": variants}, mail("bye")]
    return load({"name": "Test", "trigger": {"event": "order.placed"}, "steps": steps})


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as opened:
        yield opened


class Person:
    """One customer's way through the test, and what they did."""

    def __init__(self, rows: Rows, flow: tuple[str, str], way: str | None, day: str) -> None:
        self.rows, self.flow, self.when = rows, flow, at(f"{day} 10:00")
        self.customer = rows.customer("Ida")
        choices = {"test": way} if way else {}
        self.enrollment = rows.enrollment(flow, self.customer, self.when, choices=choices)

    def sent(self, step: str, **columns: Any) -> str:
        return self.rows.message(
            self.flow, self.enrollment, step, self.customer, self.when, **columns
        )

    def ordered(self, message: str, step: str, total: int, **columns: Any) -> None:
        order = self.rows.order(self.customer, self.when, total, **columns)
        self.rows.credit(order, message, self.flow, step, self.customer, self.when)


def test_each_variant_has_what_came_after_the_split(connection: Connection) -> None:
    rows = Rows(connection, a_store(connection, "maple.myshopify.com"))
    stranger = Rows(connection, a_store(connection, "stranger.myshopify.com"))
    flow, theirs = rows.flow(a_test()), stranger.flow(a_test())
    Person(stranger, theirs, "a", "2026-11-19").sent("short")
    ida = Person(rows, flow, "a", "2026-11-19")
    hello = ida.sent("hello", opened_at=ida.when)
    ida.ordered(hello, "hello", 9900)  # before the split: nobody's
    short = ida.sent("short", opened_at=ida.when, clicked_at=ida.when)
    ida.ordered(short, "short", 5000, store_refunded=1000)
    Person(rows, flow, "a", "2026-11-19").sent("short", state="skipped")
    ben = Person(rows, flow, "b", "2026-11-18")
    ben.sent("long")
    ben.ordered(ben.sent("bye", opened_at=ben.when), "bye", 2000)
    cleo = Person(rows, flow, "b", "2026-11-18")
    cleo.ordered(cleo.sent("long"), "long", 7000, cancelled_at=cleo.when)
    Person(rows, flow, "b", "2026-10-01").sent("long")  # entered before the period
    Person(rows, flow, None, "2026-11-19").sent("hello")  # not at the split yet
    figures = reports_flows.flow_figures(connection, rows.store_id, flow[0], WEEK)
    assert figures.variants == {
        "test": {
            "a": VariantFigures(2, sent=1, opened=1, clicked=1, orders=1, revenue=4000),
            "b": VariantFigures(2, sent=3, opened=1, clicked=0, orders=1, revenue=2000),
        }
    }
    assert figures.variants["test"]["a"].rate == 0.5
    assert VariantFigures().rate is None


def test_what_comes_after_a_split_is_inside_it_or_follows_it() -> None:
    flow = a_test()
    split = flow.steps_by_id["test"]
    assert isinstance(split, Split)
    assert steps_after(flow, split) == {"short", "long", "bye"}


def test_ways_of_waits_and_switches_are_counted_as_those_of_conditions(
    connection: Connection,
) -> None:
    wait = {"kind": "wait_for_event", "id": "wait", "event": "message.opened", "timeout": "P1D",
            "yes": [mail("seen")], "no": [mail("unseen")]}  # fmt: skip
    switch = {"kind": "switch", "id": "where", "field": "customer.country",
              "cases": [{"key": "home", "values": ["DE"], "steps": [mail("home")]}],
              "otherwise": [mail("away")]}  # fmt: skip
    document = {"name": "Ways", "trigger": {"event": "order.placed"}, "steps": [wait, switch]}
    rows = Rows(connection, a_store(connection, "maple.myshopify.com"))
    flow = rows.flow(load(document))
    for opened, where in (("yes", "home"), ("no", "home"), ("no", "otherwise")):
        choices = {"wait": opened, "where": where}
        rows.enrollment(flow, rows.customer("Ida"), at("2026-11-19 10:00"), choices=choices)
    steps = reports_flows.flow_figures(connection, rows.store_id, flow[0], WEEK).steps
    assert {step: one.reached for step, one in steps.items()} == {
        "wait": 3, "seen": 1, "unseen": 2, "where": 3, "home": 2, "away": 1,
    }  # fmt: skip
    assert steps["where"].ways == {"home": 2, "otherwise": 1}
