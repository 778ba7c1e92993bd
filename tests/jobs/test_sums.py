"""Days added up by a job: begun by who looks at them, again when one changes; from the ledger."""

from datetime import timedelta

from sqlalchemy import func, select, update

from jobs import clock, sums
from marketing.timing import zone_of
from storage import day_sums, due, reports, schema
from storage.reports_time import period_of
from tests.jobs.stage import HOUR, Stage
from tests.seeding import Rows

DAY = timedelta(days=1)


def count(stage: Stage, table: object, store_id: str) -> int:
    with stage.database.reading() as connection:
        query = select(func.count()).where(table.c.store_id == store_id)  # type: ignore[attr-defined]
        return connection.execute(query).scalar_one()


def drain(stage: Stage) -> None:
    """Work until nothing is due, waiting for what runs besides."""
    for _ in range(500):
        sums.drain(stage.runtime, [stage.store_id])
        with stage.database.reading() as connection:
            if not due.stores(connection, due.DAYS, stage.database.now(connection)):
                return
    raise AssertionError("the job does not come to an end")


def an_order(stage: Stage, days: int) -> str:
    with stage.database.writing() as connection:
        rows = Rows(connection, stage.store_id)
        return rows.order(rows.customer("Ada"), stage.database.now(connection) - days * DAY, 900)


def revenue(stage: Stage) -> int:
    with stage.database.reading() as connection:
        now = stage.database.now(connection)
        period = period_of(now, 30, zone_of("America/New_York"))[0]
        ordered = day_sums.of_period(connection, stage.store_id, day_sums.ORDERED, period)
        assert reports.buyers(connection, stage.store_id, period).spent[-1] == 0  # no aggregates
        return sum(one.amount for one in ordered)


def test_nobody_adds_up_what_nobody_looks_at(stage: Stage) -> None:
    with stage.database.reading() as connection:
        assert due.stores(connection, due.DAYS, stage.now) == []
    sums.want(stage.runtime, stage.store_id)
    assert count(stage, schema.day_turns, stage.store_id) == 0  # the worker's job
    sums.drain(stage.runtime, [stage.store_id])
    assert count(stage, schema.day_turns, stage.store_id) == 1
    assert count(stage, schema.day_turns, stage.stranger_id) == 0


def test_days_are_added_up_once_and_again_when_one_changes(stage: Stage) -> None:
    order_id = an_order(stage, 3)
    drain(stage)
    assert count(stage, schema.summed_days, stage.store_id) == sums.KEPT * len(day_sums.NOUNS)
    assert revenue(stage) == 900
    stage.change(schema.orders, order_id, store_refunded=400)
    assert count(stage, schema.day_marks, stage.store_id) == 1
    assert revenue(stage) == 500
    stage.pass_time(sums.LATER)
    drain(stage)
    assert count(stage, schema.day_marks, stage.store_id) == 0
    assert revenue(stage) == 500


def test_what_is_of_today_leaves_no_mark(stage: Stage) -> None:
    drain(stage)
    an_order(stage, 0)
    assert count(stage, schema.day_marks, stage.store_id) == 0
    assert revenue(stage) == 900


def test_a_day_is_added_up_when_it_is_over(stage: Stage) -> None:
    an_order(stage, 0)
    drain(stage)
    stage.pass_time(DAY + HOUR)
    with stage.database.reading() as connection:
        now, real_now = stage.database.moments(connection)
        assert due.DAYS in due.look(connection, now, real_now).due
    assert clock.VERB_OF[due.DAYS] == "sums"
    drain(stage)
    assert count(stage, schema.day_sums, stage.store_id) == 1
    assert revenue(stage) == 900


def test_all_of_it_is_rebuilt_from_the_ledger(stage: Stage) -> None:
    an_order(stage, 5)
    drain(stage)
    with stage.database.writing() as connection:
        connection.execute(update(schema.day_sums).values(amount=1))
    assert revenue(stage) == 1
    sums.rebuild(stage.runtime, stage.store_id)
    drain(stage)
    assert revenue(stage) == 900
