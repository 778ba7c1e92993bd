"""The dashboard's figures against a store counted by hand; a second store sees none of it."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, update

from marketing import metrics
from storage import reports, reports_flows
from storage.database import Database
from storage.reports import NotWritten
from storage.reports_time import Period, period_of
from storage.schema import attributions, carts, orders
from tests.seeding import NOW, SmallStore, a_store, at

NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def store(connection: Connection) -> SmallStore:
    SmallStore(connection, "neighbour.myshopify.com")
    return SmallStore(connection)


@pytest.fixture
def week() -> Period:
    return period_of(NOW, 7, NEW_YORK)[0]


@pytest.fixture
def week_before() -> Period:
    return period_of(NOW, 7, NEW_YORK)[1]


def test_an_order_late_in_the_evening_belongs_to_the_stores_own_day(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    revenue = reports.attributed_revenue(connection, store.id, week)
    by_day = dict(zip([day.day for day in week.days], revenue.days, strict=True))
    assert by_day == {14: 0, 15: 0, 16: 0, 17: 8000, 18: 0, 19: 4000, 20: 0}


def test_the_period_before_ends_at_the_same_time_of_day(
    connection: Connection, store: SmallStore, week_before: Period
) -> None:
    assert week_before.begins_at == at("2026-11-07 05:00")
    assert week_before.ends_at == at("2026-11-13 18:00")
    assert reports.attributed_revenue(connection, store.id, week_before).total == 5000


def test_the_flows_sum_up_to_the_dashboard(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    (flow,) = reports.revenue_by_flow(connection, store.id, week)
    (line,) = reports_flows.flow_lines(connection, store.id, week)
    figures = reports_flows.flow_figures(connection, store.id, store.flow[0], week)
    total = reports.attributed_revenue(connection, store.id, week).total
    assert flow.revenue == line.revenue == total == 12000
    assert sum(step.revenue for step in figures.steps.values()) == total
    assert sum(step.sent for step in figures.steps.values()) == line.sent
    assert line.sent == reports.recipients(connection, store.id, week).total == 5
    assert line.entered == figures.entered == 6
    assert line.waiting == figures.waiting == 2
    assert line.last_sent_at == at("2026-11-19 08:00")


def test_two_of_six_abandoned_carts_were_won_back(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    abandoned, recovered = reports.recovery(connection, store.id, week)
    assert (abandoned.total, recovered.total) == (6, 2)
    assert metrics.cart_recovery_rate(recovered.total, abandoned.total) == pytest.approx(1 / 3)


def test_a_cart_whose_order_was_cancelled_was_not_won_back(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    credited = select(attributions.c.order_id).where(attributions.c.store_id == store.id)
    bought = carts.c.order_id.in_(credited)
    one = connection.execute(
        select(carts.c.order_id).where(carts.c.store_id == store.id, bought).limit(1)
    ).scalar_one()
    mine = (orders.c.store_id == store.id, orders.c.id == one)
    connection.execute(update(orders).where(*mine).values(cancelled_at=at("2026-11-20 08:00")))
    abandoned, recovered = reports.recovery(connection, store.id, week)
    assert (abandoned.total, recovered.total) == (6, 1)


def test_lifetime_value_and_repeat_rate_are_known_for_every_day_back(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    buyers = reports.buyers(connection, store.id, week)
    assert buyers.customers == (2, 2, 2, 2, 2, 2, 3, 3)
    assert buyers.repeaters == (0, 0, 0, 0, 1, 1, 1, 1)
    assert buyers.spent == (8000, 8000, 8000, 8000, 16000, 16000, 20000, 20000)


def test_carts_not_written_to_are_split_by_the_reason(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    assert reports.not_written(connection, store.id, week) == [
        NotWritten("no_consent", 1, 7000),
        NotWritten("unsubscribed", 1, 2500),
    ]


def test_a_cart_whose_trigger_let_nobody_in_for_want_of_consent_counts_as_not_written(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    hal = store.rows.customer("Hal")
    moment = at("2026-11-20 09:00")
    store.rows.cart(hal, moment, 900, abandoned_at=moment, external_id="token-hal")
    store.rows.event(hal, "flow.skipped", moment, reason="no_consent", trigger_key="cart:token-hal")
    found = reports.not_written(connection, store.id, week)
    assert found[0] == NotWritten("no_consent", 2, 7900)


def test_problems_name_what_needs_a_hand(
    connection: Connection, store: SmallStore, week: Period
) -> None:
    problems = reports.problems(connection, store.id, week.begins_at)
    assert {problem.kind: problem.count for problem in problems} == {"unknown_messages": 1}


def test_an_empty_store_has_figures_of_nothing(connection: Connection, week: Period) -> None:
    SmallStore(connection)
    stranger = a_store(connection, "stranger.myshopify.com")
    assert reports.attributed_revenue(connection, stranger, week).days == (0,) * 7
    assert reports.buyers(connection, stranger, week).customers == (0,) * 8
    assert reports.not_written(connection, stranger, week) == []
    assert reports.problems(connection, stranger, week.begins_at) == []
    assert reports_flows.flow_lines(connection, stranger, week) == []


def test_days_of_a_changing_clock_have_their_own_lengths() -> None:
    period, _ = period_of(at("2026-11-03 12:00"), 7, NEW_YORK)
    lengths = [
        (end - start).total_seconds() / 3600
        for start, end in zip(period.starts, period.starts[1:], strict=False)
    ]
    assert lengths == [24, 24, 24, 24, 25, 24]  # the clock went back on 1 November
