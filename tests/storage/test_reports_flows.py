"""What happened at each step, also where ways part; and the paths that people took."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from marketing.flow import Flow
from marketing.flow_schema import load
from storage import reports_flows
from storage.database import Database
from storage.reports_flows import path
from storage.reports_time import period_of
from tests.seeding import NOW, Rows, SmallStore, a_store, at

WEEK, _ = period_of(NOW, 7, ZoneInfo("America/New_York"))


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as opened:
        yield opened


def test_each_step_tells_who_reached_it_and_what_came_of_it(connection: Connection) -> None:
    SmallStore(connection, "neighbour.myshopify.com")
    store = SmallStore(connection)
    steps = reports_flows.flow_figures(connection, store.id, store.flow[0], WEEK).steps
    reminder, objection = steps["reminder"], steps["objection"]
    assert [steps[step].reached for step in ("reminder", "until-objection")] == [6, 6]
    assert [steps[step].reached for step in ("objection", "until-code", "offer")] == [3, 3, 2]
    assert steps["until-objection"].waiting == 2
    assert (reminder.sent, reminder.opened, reminder.clicked) == (3, 1, 1)
    assert (reminder.ordered, reminder.revenue) == (1, 8000)
    assert reminder.refused == {"no_consent": 1, "unsubscribed": 1}
    assert reminder.unsure == 1
    assert (objection.sent, objection.opened, objection.ordered) == (2, 1, 1)
    assert objection.refused == {"unsubscribed": 1}


def test_who_left_is_told_by_the_reason(connection: Connection) -> None:
    store = SmallStore(connection)
    figures = reports_flows.flow_figures(connection, store.id, store.flow[0], WEEK)
    assert figures.left == {"order_placed": 2, "completed": 2}


def forked() -> Flow:
    message = {
        "kind": "message",
        "channel": "email",
        "template": {"subject": "s", "preview": "", "mjml": "<mjml></mjml>", "text": "t"},
    }
    return load(
        {
            "name": "Forked",
            "trigger": {"event": "order.placed"},
            "steps": [
                {
                    "kind": "condition",
                    "id": "big",
                    "condition": {"op": "gt", "field": "order.store_total", "value": 5000},
                    "yes": [{**message, "id": "thanks"}],
                    "no": [],
                },
                {
                    "kind": "split",
                    "id": "test",
                    "variants": [
                        {"key": "a", "weight": 1, "steps": [{**message, "id": "first"}]},
                        {
                            "key": "b",
                            "weight": 3,
                            "steps": [{**message, "id": "second"}, {"kind": "exit", "id": "out"}],
                        },
                    ],
                },
                {"kind": "delay", "id": "rest", "duration": "P1D"},
            ],
        }
    )


def test_people_are_counted_on_the_way_they_took(connection: Connection) -> None:
    rows = Rows(connection, a_store(connection, "maple.myshopify.com"))
    flow = rows.flow(forked())
    ways = [("yes", "a", "rest"), ("yes", "b", "out"), ("no", "b", "out"), ("no", "a", "rest")]
    for big, test, step in ways:
        choices = {"big": big, "test": test, "code": "2026-11-20T10:00:00+00:00"}
        customer = rows.customer("Ida")
        rows.enrollment(flow, customer, at("2026-11-19 10:00"), step_id=step, choices=choices)
    steps = reports_flows.flow_figures(connection, rows.store_id, flow[0], WEEK).steps
    assert {step: figures.reached for step, figures in steps.items()} == {
        "big": 4,
        "thanks": 2,
        "test": 4,
        "first": 2,
        "second": 2,
        "out": 2,
        "rest": 2,
    }
    assert steps["big"].ways == {"yes": 2, "no": 2}
    assert steps["test"].ways == {"a": 2, "b": 2}


def test_a_path_ends_where_its_customer_stands() -> None:
    steps = [step.id for step in path(forked(), "first", {"big": "no", "test": "a"})]
    assert steps == ["big", "test", "first"]
    through = [step.id for step in path(forked(), None, {"big": "yes", "test": "a"})]
    assert through == ["big", "thanks", "test", "first", "rest"]
