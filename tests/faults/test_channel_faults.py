"""The faults that a channel must survive, by every channel: real jobs against the sandbox.

The provider is the witness: it knows what it took, and how often. `fault_table` says which test
shows which fault.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from channels.http import Http
from jobs import (
    abandon,
    advance,
    channel_accounts,
    customer_care,
    deliver,
    reap,
    receive,
    track,
)
from marketing.links import Link
from sandbox import meta_doors, twilio, whatsapp
from sandbox.faults import Fault
from storage import conversations, schema
from tests.faults.lines import BY_META, LINES, Line, line_of
from tests.jobs.playing import ON_ONE
from tests.jobs.stage import HOUR, Stage

MANY = 200
"""By each of the five lines, and by mail: a thousand and more."""


@pytest.fixture(params=LINES)
def line(
    request: pytest.FixtureRequest, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Line]:
    for module in (twilio, whatsapp, meta_doors):
        monkeypatch.setattr(module, "time", SimpleNamespace(sleep=lambda _: None))
    with line_of(stage, request.param, tmp_path) as made:
        yield made


def the_message(stage: Stage) -> Any:
    [message] = stage.messages()
    return message


def one_planned(line: Line) -> str:
    [customer_id] = line.meet(1)
    line.plan([customer_id])
    return customer_id


def try_again(stage: Stage) -> None:
    """Let the time of another try come."""
    for row in stage.messages(state="retry_wait"):
        stage.change(schema.messages, row.id, retry_at=row.retry_at - 6 * HOUR)
    reap.sweep(stage.runtime)


# --- F20, F21, F33 ------------------------------------------------------------------------------


def test_a_report_that_comes_fifty_times_at_once_is_one(line: Line, stage: Stage) -> None:
    one_planned(line)
    line.deliver()
    knocks = line.reports()

    def knock(number: int) -> None:
        line.hear(*knocks)
        if number % 5 == 0:
            receive.drain(stage.runtime, [stage.store_id])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(knock, range(50)))
    line.read()
    assert the_message(stage).state == line.final
    assert len(stage.rows(schema.callbacks)) == len(knocks)
    assert [row.error for row in stage.rows(schema.callbacks)] == [None] * len(knocks)
    assert len(stage.events("message.sent")) == 1
    assert len(stage.rows(schema.replies)) == 0


@ON_ONE
def test_reports_backwards_and_twice_end_where_they_should(line: Line, stage: Stage) -> None:
    one_planned(line)
    line.deliver()
    for knock in reversed(line.reports() * 2):
        line.hear(knock)
        line.read()
    assert the_message(stage).state == line.final
    assert len(stage.events("message.sent")) == 1


@ON_ONE
def test_what_was_taken_without_an_answer_is_found_again_and_never_sent_twice(
    line: Line, stage: Stage
) -> None:
    line.order("hang_up", MANY)
    line.plan(line.meet(MANY))
    line.deliver()
    assert stage.states() == {"unknown": MANY}
    line.hear(*line.reports())
    line.read()
    assert stage.states() == {line.final: MANY}
    reap.sweep(stage.runtime)
    line.deliver()
    assert sorted(line.taken().values()) == [1] * MANY


@ON_ONE
def test_mail_taken_without_an_answer_is_shown_as_unknown_and_never_sent_twice(
    stage: Stage,
) -> None:
    stage.sink.faults.order(Fault("dot", "disconnect", left=None))
    stage.seed_cart_people(MANY)
    stage.live(HOUR)
    stage.sink.faults.clear()
    try_again(stage)
    stage.work()
    assert set(stage.states()) <= {"unknown", "sent"}
    assert sorted(stage.sink.counts().values()) == [1] * MANY


# --- F31, F36 -----------------------------------------------------------------------------------


@ON_ONE
def test_a_provider_that_asks_for_patience_uses_up_no_tries(line: Line, stage: Stage) -> None:
    line.order("reply", 12, line.busy)
    one_planned(line)
    for _ in range(12):
        line.deliver()
        assert the_message(stage).state == "retry_wait"
        try_again(stage)
    line.deliver()
    assert the_message(stage).state == "sent"
    assert list(line.taken().values()) == [1]


@ON_ONE
def test_while_a_provider_asks_one_store_for_patience_another_goes_on(
    line: Line, stage: Stage
) -> None:
    [ours] = line.meet(1)
    line.plan([ours])
    line.order("reply", 1, line.busy)
    line.deliver()
    assert the_message(stage).state == "retry_wait"
    with line.of_the_stranger():
        line.plan(line.meet(1))
        line.deliver()
    states = {row.store_id: row.state for row in stage.messages()}
    assert states == {stage.store_id: "retry_wait", stage.stranger_id: "sent"}
    assert list(line.taken().values()) == [1]


@ON_ONE
def test_while_one_stores_mailboxes_ask_for_patience_another_goes_on(stage: Stage) -> None:
    stage.seed_cart_people(5)
    stage.sink.faults.order(Fault("rcpt", "reply", left=5, code=450))
    stage.live(HOUR)
    assert stage.states() == {"retry_wait": 5}
    stage.seed_cart_people(1, stage.stranger_id)
    stage.live(HOUR)
    states = {(row.store_id, row.state) for row in stage.messages()}
    assert states == {(stage.store_id, "retry_wait"), (stage.stranger_id, "sent")}


@ON_ONE
def test_refused_credentials_are_tried_thrice_hold_the_rest_and_go_on_with_good_ones(
    line: Line, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[object] = []
    answered = Http._answered

    def counted(*given: Any) -> Any:
        calls.append(given)
        return answered(*given)

    monkeypatch.setattr(Http, "_answered", counted)
    line.plan(line.meet(70))
    told_to = {"conversations": {"emails": ["team@maple.example"]}}
    stage.change(schema.stores, stage.store_id, settings={**stage.store.settings, **told_to})
    line.refuse()
    line.deliver()
    assert len(calls) == 3
    assert stage.states() == {"held": 70}
    assert {row.reason for row in stage.messages()} == {"channel_paused"}
    [account] = stage.rows(schema.channel_accounts)
    assert account.trouble
    [alert] = stage.rows(schema.outbox, kind="alert")
    assert (alert.payload["channel"], alert.payload["why"]) == (line.name, account.trouble)
    told = line.account_told()
    channel_accounts.connect(stage.runtime, stage.store, line.name, told)
    line.deliver()
    assert stage.states() == {"sent": 70}
    assert sorted(line.taken().values()) == [1] * 70


@ON_ONE
@pytest.mark.parametrize("line", BY_META, indirect=True)
def test_a_thread_that_another_app_leads_is_skipped_alone_and_stops_nobody_else(
    line: Line, stage: Stage
) -> None:
    line.plan(line.meet(3))
    told_to = {"conversations": {"emails": ["team@maple.example"]}}
    stage.change(schema.stores, stage.store_id, settings={**stage.store.settings, **told_to})
    line.order("led_by_another", 1)
    line.deliver()
    assert stage.states() == {"retry_wait": 1, "sent": 2}
    try_again(stage)
    line.deliver()
    assert stage.states() == {"skipped": 1, "sent": 2}
    [skipped] = stage.messages(state="skipped")
    assert skipped.reason == "led_by_another"
    [ours] = stage.rows(schema.stores, id=stage.store_id)
    assert not ours.paused_channels
    assert stage.rows(schema.outbox, kind="alert") == []
    [account] = stage.rows(schema.channel_accounts)
    assert account.trouble is None
    assert stage.rows(schema.suppressions) == []


# --- F45, F46, F48: what happens between the claim and the hand-over -----------------------------


def claimed(line: Line) -> Any:
    stage = line.stage
    claim = stage.database.write(lambda c: deliver._claim(stage.runtime, c, stage.store_id))
    assert claim
    return claim


@ON_ONE
@pytest.mark.parametrize(
    "text",
    ["Stop!!", "unsubscribe me", "please stop", "STOPALL", "BAJA por favor", "Arrêter svp"],
)
def test_a_stop_after_the_claim_comes_in_time(line: Line, stage: Stage, text: str) -> None:
    one_planned(line)
    claim = claimed(line)
    line.hear(line.said(line.address(0), text))
    line.read()
    deliver._hand_over_all(stage.runtime, claim)
    assert (the_message(stage).state, the_message(stage).reason) == ("skipped", "unsubscribed")
    assert line.taken() == {}


@ON_ONE
def test_what_only_mentions_stopping_stops_nothing_and_waits_for_somebody_to_read_it(
    line: Line, stage: Stage
) -> None:
    # Else two messages without an answer bring a person, who holds what is due.
    offering = {**stage.store.settings, "conversations": {"is_automatic": False}}
    stage.change(schema.stores, stage.store_id, settings=offering)
    one_planned(line)
    claim = claimed(line)
    line.hear(line.said(line.address(0), "stop by the store?"))
    line.read()
    deliver._hand_over_all(stage.runtime, claim)
    assert the_message(stage).state == "sent"
    assert stage.rows(schema.suppressions) == []
    [talk] = [row for row in stage.rows(schema.conversations) if row.waiting_since]
    assert talk.unread >= 1


@ON_ONE
def test_a_stop_within_a_batch_holds_for_its_sender_alone_and_whatever_is_told_later(
    line: Line, stage: Stage
) -> None:
    customer_ids = line.meet(3)
    line.plan(customer_ids)
    claim = claimed(line)
    line.hear(line.said(line.address(1), "STOP"))
    line.read()
    deliver._hand_over_all(stage.runtime, claim)
    assert stage.states() == {"sent": 2, "skipped": 1}
    [skipped] = stage.messages(state="skipped")
    assert skipped.reason == "unsubscribed"
    line.hear(*line.reports())
    line.read()
    assert stage.states() == {line.final: 2, "skipped": 1}
    assert len(stage.rows(schema.suppressions)) == 1
    line.deliver()
    assert sorted(line.taken().values()) == [1, 1]


@ON_ONE
def test_an_unsubscribing_by_the_link_comes_in_time_for_mail_that_is_claimed(stage: Stage) -> None:
    stage.seed_cart_people(2)
    stage.pass_time(HOUR)
    abandon.drain(stage.runtime, [stage.store_id])
    while advance.drain(stage.runtime, [stage.store_id]):
        pass
    claim = stage.database.write(lambda c: deliver._claim(stage.runtime, c, stage.store_id))
    assert claim
    gone, stays = stage.messages()
    track.unsubscribe(stage.runtime, Link(stage.store_id, gone.id), one_click=True)
    deliver._hand_over_all(stage.runtime, claim)
    found = {row.id: (row.state, row.reason) for row in stage.messages()}
    assert found == {gone.id: ("skipped", "unsubscribed"), stays.id: ("sent", None)}
    assert sum(stage.sink.counts().values()) == 1


@ON_ONE
def test_an_agent_asked_for_after_the_claim_holds_the_message(line: Line, stage: Stage) -> None:
    customer_id = one_planned(line)
    claim = claimed(line)
    line.hear(line.said(line.address(0), "agent"))
    line.read()
    deliver._hand_over_all(stage.runtime, claim)
    with stage.database.reading() as connection:
        held = conversations.of(connection, stage.store_id, customer_id)
    assert held.state == conversations.HUMAN
    assert (the_message(stage).state, the_message(stage).reason) == ("held", "in_human_hands")
    assert line.taken() == {}


@ON_ONE
@pytest.mark.parametrize("when", ["claimed", "sent"])
def test_who_is_erased_is_not_written_to_and_late_reports_bring_nothing_back(
    line: Line, stage: Stage, when: str
) -> None:
    customer_id = one_planned(line)
    claim = claimed(line) if when == "claimed" else None
    if when == "sent":
        line.deliver()
    late = line.reports()
    typed = "erase" if line.name in BY_META else line.address(0)
    customer_care.erase(stage.runtime, stage.store, customer_id, typed)
    if claim:
        deliver._hand_over_all(stage.runtime, claim)
    line.deliver()
    line.hear(*late)
    line.read()
    assert sum(line.taken().values()) == (1 if when == "sent" else 0)
    assert traces(stage, line.address(0).lstrip("+")) == []


def traces(stage: Stage, canary: str) -> list[str]:
    """Name the tables in which somebody's address stands."""
    with stage.database.reading() as connection:
        return [
            table.name
            for table in schema.metadata.sorted_tables
            if any(canary in str(tuple(row)) for row in connection.execute(select(table)))
        ]
