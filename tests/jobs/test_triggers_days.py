"""Triggers that wait for a day: dates of customers, and customers who stayed away."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs import publish, watch
from marketing.timing import at_local
from storage import schema
from tests.jobs.firing import entries, flow_on, refusals
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_enroll import ordered

DAY = timedelta(days=1)
HOME = ZoneInfo("America/New_York")


class Days:
    """A stage whose time passes hour by hour while flows look round."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def till(self, moment: datetime) -> None:
        """Let time pass up to a moment, and do what is due then."""
        while (left := moment - self.stage.now) > timedelta():
            self.stage.pass_time(min(left, 12 * HOUR))
            self.looks()

    def looks(self) -> None:
        for store_id in (self.stage.store_id, self.stage.stranger_id):
            while watch.drain(self.stage.runtime, [store_id]):
                pass

    def noon(self, days: int, zone: ZoneInfo = HOME) -> datetime:
        """Midday so many days from today."""
        return at_local(self.today + days * DAY, datetime(2026, 1, 1, 12).time(), zone)  # noqa: DTZ001

    @property
    def today(self) -> date:
        return self.stage.now.astimezone(HOME).date()


@pytest.fixture
def days(stage: Stage) -> Days:
    given = Days(stage)
    given.till(given.noon(1))  # whatever the hour of the test: begin at midday
    return given


def born(days: Days, after: int, year: int = 1992) -> dict[str, str]:
    """A birthday so many days from today: of a leap year, which has each of them."""
    return {"birthday": (days.today + after * DAY).replace(year=year).isoformat()}


def test_a_birthday_fires_on_its_day_at_the_flows_hour(days: Days) -> None:
    stage = days.stage
    flow = flow_on(stage, "date.reached", property="birthday", at="09:00")
    flow_on(stage, "date.reached", stage.stranger_id, property="birthday")
    ada = stage.customer(properties=born(days, 2))
    stage.customer("Ben", properties=born(days, 3))
    stage.customer("Cleo", properties={"birthday": "soon"})
    birthday = days.today + 2 * DAY
    days.till(at_local(birthday, datetime(2026, 1, 1, 9).time(), HOME) - timedelta(minutes=1))  # noqa: DTZ001
    assert entries(stage, flow) == []
    days.till(stage.now + timedelta(minutes=2))
    assert entries(stage, flow) == [(ada, f"date:birthday:{birthday}")]
    (told,) = stage.events("date.reached")
    assert told.occurred_at == at_local(birthday, datetime(2026, 1, 1, 9).time(), HOME)  # noqa: DTZ001
    days.till(stage.now + 12 * HOUR)
    assert len(entries(stage, flow)) == 1


def test_each_customer_has_the_hour_of_their_own_zone(days: Days) -> None:
    stage = days.stage
    tokyo = stage.customer("Yuki", timezone="Asia/Tokyo", properties=born(days, 2))
    home = stage.customer(properties=born(days, 2))
    flow_on(stage, "date.reached", property="birthday")
    days.till(days.noon(3))
    at = {row.customer_id: row.occurred_at for row in stage.events("date.reached")}
    assert at[home] - at[tokyo] in {13 * HOUR, 14 * HOUR}


def test_a_zone_first_heard_of_later_is_looked_at_too(days: Days) -> None:
    stage = days.stage
    flow = flow_on(stage, "date.reached", property="birthday")
    days.till(days.noon(1))
    yuki = stage.customer("Yuki", timezone="Asia/Tokyo", properties=born(days, 3))
    days.till(days.noon(4))
    assert [who for who, _ in entries(stage, flow)] == [yuki]


def test_days_before_and_after_and_dates_of_our_own(days: Days) -> None:
    stage = days.stage
    before = flow_on(stage, "date.reached", property="birthday", days=-2)
    after = flow_on(stage, "date.reached", property="first_order_at", days=3, yearly=False)
    yearly = flow_on(stage, "date.reached", property="created_at")
    ada = stage.customer(properties=born(days, 3))
    ben = stage.customer("Ben", first_order_at=stage.now - 2 * DAY)
    made_at = stage.now.replace(year=stage.now.year - 4) + DAY  # leap years, too
    cleo = stage.customer("Cleo", created_at=made_at)
    days.till(days.noon(2))
    assert [[who for who, _ in entries(stage, one)] for one in (before, after, yearly)] == [
        [ada], [ben], [cleo],
    ]  # fmt: skip


def test_a_great_many_are_looked_at_a_window_at_a_time(
    days: Days, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "WINDOW", 3)
    stage = days.stage
    everybody = {stage.customer(f"N{n}", properties=born(days, 1)) for n in range(7)}
    stage.customer("Gone", properties=born(days, 1), erased_at=stage.now)
    flow = flow_on(stage, "date.reached", property="birthday")
    days.till(days.noon(1))
    assert {who for who, _ in entries(stage, flow)} == everybody
    assert len(stage.events("date.reached")) == 7


def test_a_flow_that_stands_still_looks_at_nobody_and_makes_up_for_nothing(days: Days) -> None:
    stage = days.stage
    stage.customer(properties=born(days, 1))
    late = stage.customer("Ben", properties=born(days, 2))
    flow = flow_on(stage, "date.reached", property="birthday")
    publish.pause(stage.runtime, stage.store_id, flow)
    assert stage.rows(schema.watches) == []
    days.till(days.noon(1))
    publish.resume(stage.runtime, stage.store_id, flow)
    days.till(days.noon(1))
    assert [who for who, _ in entries(stage, flow)] == [late]


def test_after_a_long_outage_what_is_too_late_is_left_out(days: Days) -> None:
    stage = days.stage
    stage.customer(properties=born(days, 1))
    flow = flow_on(stage, "date.reached", property="birthday")
    stage.pass_time(4 * DAY)
    days.looks()
    assert (entries(stage, flow), refusals(stage)) == ([], [])
    (row,) = stage.rows(schema.watches)
    assert row.due_at > stage.now


def lapse(stage: Stage, ago: timedelta, name: str = "Ada", **columns: Any) -> str:
    """A customer of the imported history whose last order is so long ago."""
    return stage.customer(name, last_order_at=stage.now - ago, **columns)


def test_whoever_crosses_the_line_has_lapsed_and_nobody_who_did_long_ago(days: Days) -> None:
    stage = days.stage
    lapse(stage, 400 * DAY, "Long")
    lapse(stage, 91 * DAY, "Yesterday")
    ada = lapse(stage, 88 * DAY)
    before_us = stage.customer("Zoe", platform_last_order_at=stage.now - 89 * DAY)
    stage.customer("Never")
    flow = flow_on(stage, "customer.lapsed", days=90)
    days.till(days.noon(10))
    assert [who for who, _ in entries(stage, flow)] == [before_us, ada]
    assert all(row.data["days"] == 90 for row in stage.events("customer.lapsed"))


def test_a_lapse_fires_once_and_an_order_begins_it_anew(days: Days) -> None:
    stage = days.stage
    ada, ben = lapse(stage, 29 * DAY), lapse(stage, 29 * DAY, "Ben")
    flow = flow_on(stage, "customer.lapsed", days=30, reentry="always")
    days.till(days.noon(3))
    assert {who for who, _ in entries(stage, flow)} == {ada, ben}
    ordered(stage, ada)
    stage.change(schema.customers, ada, last_order_at=stage.now)
    days.till(days.noon(32))
    assert [who for who, _ in entries(stage, flow)].count(ada) == 2
    assert [who for who, _ in entries(stage, flow)].count(ben) == 1


def test_an_order_on_the_way_keeps_a_customer_from_lapsing(days: Days) -> None:
    stage = days.stage
    ada = lapse(stage, 29 * DAY)
    flow = flow_on(stage, "customer.lapsed", days=30)
    stage.change(schema.customers, ada, last_order_at=stage.now)
    days.till(days.noon(5))
    assert entries(stage, flow) == []
