"""Splits that pick their winner by themselves, through the real jobs: in time, once, and undone."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from jobs import clock, decide, drafts, publish, winners
from marketing.experiments import Why
from storage import due, schema
from storage.schema import new_id
from tests.jobs.stage import Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, PLACED, a_flow
from tests.seeding import Rows

DAY = timedelta(days=1)
RULE = {"by": "clicks", "after": "P2D", "least": 100}


def a_split(rule: dict[str, Any] | None = RULE, *, words: str = "") -> dict[str, Any]:
    template = {**MAIL["template"], "subject": MAIL["template"]["subject"] + words}
    arms = [
        {"key": key, "weight": 1, "steps": [{**MAIL, "id": f"m{key}", "template": template}]}
        for key in "ab"
    ]
    return {"kind": "split", "id": "test", "variants": arms, **({"winner": rule} if rule else {})}


def live(stage: Stage, flow_id: str, split: dict[str, Any]) -> None:
    document = {"name": "Steps", "trigger": PLACED, "steps": [split]}
    drafts.save_draft(stage.runtime, stage.store_id, flow_id, document)
    publish.publish(stage.runtime, stage.store_id, flow_id)


def crowd(stage: Stage, flow_id: str, way: str, people: int, clicked: int) -> None:
    """Put people who came to the split just now; so many click within the hour."""
    (flow,) = stage.rows(schema.flows, id=flow_id)
    now = stage.now
    came = str(int(now.timestamp()))
    with stage.database.writing() as connection:
        store = stage.store_id
        ids = [(new_id(), new_id(), number) for number in range(people)]
        customers = [
            {"store_id": store, "id": one, "external_id": one, "created_at": now, "updated_at": now}
            for one, _, _ in ids
        ]
        walks = [
            {"store_id": store, "id": walk, "flow_id": flow_id, "customer_id": one,
             "version_id": flow.live_version_id, "trigger_key": walk, "state": "ended",
             "anchor_at": now, "entered_at": now, "choices": {"test": way, "test.at": came}}
            for one, walk, _ in ids
        ]  # fmt: skip
        connection.execute(insert(schema.customers), customers)
        connection.execute(insert(schema.enrollments), walks)
        rows = Rows(connection, store)
        for one, walk, _ in ids[:clicked]:
            at = now + timedelta(hours=1)
            told = (flow_id, flow.live_version_id)
            rows.message(told, walk, f"m{way}", one, now, clicked_at=at, state="delivered")


def decided(stage: Stage) -> None:
    while decide.drain(stage.runtime, [stage.store_id, stage.stranger_id]):
        pass


def test_of(stage: Stage, flow_id: str) -> winners.SplitResult:
    (found,) = winners.results(stage.runtime, stage.store, flow_id, 30)
    return found


test_of.__test__ = False  # type: ignore[attr-defined]


def state(stage: Stage, flow_id: str) -> tuple[str | None, str | None, str, str | None]:
    found = test_of(stage, flow_id)
    assert found.test
    return found.winner, found.picked, found.test["state"], found.test["why"]


def test_the_walk_keeps_when_somebody_came_to_a_split_with_a_rule(stage: Stage) -> None:
    a_flow(stage, a_split())
    ordered(stage, stage.customer())
    stage.work()
    (row,) = [one for one in stage.rows(schema.enrollments) if "test" in one.choices]
    assert abs(int(row.choices["test.at"]) - stage.now.timestamp()) < 60
    assert stage.messages()[0].step_id == f"m{row.choices['test']}"


def test_a_winner_is_looked_for_once_there_are_people_who_have_had_their_time(
    stage: Stage,
) -> None:
    flow = a_flow(stage, a_split())
    crowd(stage, flow, "a", 300, 20)
    crowd(stage, flow, "b", 300, 100)
    for passed in (timedelta(), DAY):
        stage.pass_time(passed)
        decided(stage)
        assert state(stage, flow) == (None, None, "running", Why.EARLY)
    stage.pass_time(DAY + timedelta(minutes=1))
    decided(stage)  # neither 1,000 people nor 100 clicks of the first variant
    assert state(stage, flow) == (None, None, "running", Why.FEW)
    crowd(stage, flow, "a", 800, 80)
    crowd(stage, flow, "b", 800, 250)
    stage.pass_time(DAY)
    decided(stage)
    assert state(stage, flow) == (None, None, "running", Why.FEW)
    found = test_of(stage, flow).test
    assert found
    assert [one["people"] for one in found["variants"]] == [300, 300]


def test_a_clear_winner_is_picked_once_and_by_figures_that_are_kept(stage: Stage) -> None:
    flow = a_flow(stage, a_split())
    crowd(stage, flow, "a", 1100, 100)
    crowd(stage, flow, "b", 1100, 350)
    stage.pass_time(5 * DAY)  # late: one look does it
    decided(stage)
    assert state(stage, flow) == ("b", "automatically", "picked", None)
    found = test_of(stage, flow).test
    assert found
    assert found["low"] > 0
    told = [(one["people"], one["converted"]) for one in found["variants"]]
    assert told == [(1100, 100), (1100, 350)]
    before = stage.rows(schema.split_tests)
    decided(stage)
    assert stage.rows(schema.split_tests) == before
    assert before[0].due_at is None
    late = stage.customer()
    ordered(stage, late)
    stage.work()
    (last,) = stage.rows(schema.enrollments, customer_id=late)
    assert last.choices == {"test": "b"}


def test_the_clock_wakes_the_look(stage: Stage) -> None:
    a_flow(stage, a_split())
    stage.pass_time(2 * DAY)
    with stage.database.reading() as connection:
        assert due.SPLIT_TESTS in due.look(connection, *stage.database.moments(connection)).due
    assert clock.VERB_OF[due.SPLIT_TESTS] == "decide"


def ripe(stage: Stage, flow: str, a: int = 150, b: int = 400) -> None:
    crowd(stage, flow, "a", 1000, a)
    crowd(stage, flow, "b", 1000, b)
    stage.pass_time(2 * DAY + timedelta(minutes=1))
    decided(stage)


def test_a_person_has_the_last_word_until_the_split_is_changed(stage: Stage) -> None:
    flow = a_flow(stage, a_split())
    ripe(stage, flow)
    assert state(stage, flow)[:2] == ("b", "automatically")
    winners.pick(stage.runtime, stage.store_id, flow, "test", "a")
    assert state(stage, flow)[:3] == ("a", "by hand", "stopped")
    winners.pick(stage.runtime, stage.store_id, flow, "test", None)
    stage.pass_time(3 * DAY)
    decided(stage)
    assert state(stage, flow)[:3] == (None, None, "stopped")
    live(stage, flow, a_split())  # the same once more changes nothing
    stage.pass_time(3 * DAY)
    decided(stage)
    assert state(stage, flow)[:3] == (None, None, "stopped")
    live(stage, flow, a_split(words="!"))
    assert state(stage, flow) == (None, None, "running", Why.EARLY)
    stage.pass_time(3 * DAY)
    decided(stage)  # those of before don't count for what is new
    assert state(stage, flow) == (None, None, "running", Why.FEW)
    ripe(stage, flow, 400, 150)
    assert state(stage, flow)[:2] == ("a", "automatically")


def test_other_words_keep_a_picked_winner_and_another_rule_tests_anew(stage: Stage) -> None:
    flow = a_flow(stage, a_split())
    ripe(stage, flow)
    live(stage, flow, a_split(words="!"))
    assert state(stage, flow)[:3] == ("b", "automatically", "picked")
    live(stage, flow, a_split({**RULE, "by": "orders"}))
    assert state(stage, flow)[:3] == (None, None, "running")
    live(stage, flow, a_split(None))
    assert stage.rows(schema.split_tests) == []
    winners.pick(stage.runtime, stage.store_id, flow, "test", "a")
    live(stage, flow, a_split())
    assert state(stage, flow)[:3] == ("a", "by hand", "stopped")


def test_a_paused_flow_is_left_alone_and_looked_at_when_it_goes_on(stage: Stage) -> None:
    flow = a_flow(stage, a_split())
    publish.pause(stage.runtime, stage.store_id, flow)
    ripe(stage, flow)
    assert state(stage, flow)[:3] == (None, None, "running")
    publish.resume(stage.runtime, stage.store_id, flow)
    stage.pass_time(DAY)
    decided(stage)
    assert state(stage, flow)[:2] == ("b", "automatically")


def test_late_clicks_and_second_visits_change_nothing(stage: Stage) -> None:
    flow = a_flow(stage, a_split())
    crowd(stage, flow, "a", 5, 3)
    late = stage.messages(step_id="ma")[0].id
    with stage.database.writing() as connection:
        changed = update(schema.messages).where(schema.messages.c.id == late)
        connection.execute(changed.values(clicked_at=stage.now + 3 * DAY))
        (first, *_) = connection.execute(schema.enrollments.select()).all()
        again = {**first._mapping, "id": new_id(), "trigger_key": "again"}
        again["choices"] = {"test": "b", "test.at": str(int(stage.now.timestamp()) + 60)}
        connection.execute(insert(schema.enrollments), [again])
    stage.pass_time(4 * DAY)
    decided(stage)
    found = test_of(stage, flow).test
    assert found
    assert [(one["people"], one["converted"]) for one in found["variants"]] == [(5, 2), (0, 0)]


def test_orders_and_what_they_brought_count_by_person(stage: Stage) -> None:
    for by, mean in (("orders", 2 / 10), ("revenue", 3 * 4000 / 10)):
        flow = a_flow(stage, a_split({**RULE, "by": by}))
        crowd(stage, flow, "a", 10, 2)
        sent = [one for one in stage.messages(step_id="ma") if one.flow_id == flow]
        with stage.database.writing() as connection:
            rows = Rows(connection, stage.store_id)
            for message in (sent[0], sent[0], sent[1]):
                order = rows.order(message.customer_id, stage.now + DAY, 4000)
                told = (flow, message.version_id)
                rows.credit(order, message.id, told, "ma", message.customer_id, stage.now)
        stage.pass_time(3 * DAY)
        decided(stage)
        found = test_of(stage, flow).test
        assert found
        assert found["variants"][0] == {"key": "a", "people": 10, "converted": 2, "mean": mean}


def test_a_stranger_s_test_is_their_own(stage: Stage) -> None:
    flow = a_flow(stage, a_split())
    crowd(stage, flow, "a", 1000, 100)
    stage.pass_time(3 * DAY)
    decide.drain(stage.runtime, [stage.stranger_id])
    assert test_of(stage, flow).test["looked_at"] is None  # type: ignore[index]
