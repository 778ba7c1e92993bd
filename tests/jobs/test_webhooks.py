"""Programs that flows call: what each answer means, and when an address is called no more."""

import contextlib
import socket
import threading
import time
from datetime import timedelta
from typing import Any

import pytest

from connectors.addresses import UnsafeAddress
from connectors.apps import webhooks
from connectors.base import StoreUnavailable
from jobs import publish
from storage import endpoints, reports, schema
from storage.outbox import MOST_ATTEMPTS
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import Program, a_flow, outbox_work, program

__all__ = ["program"]


def calling(stage: Stage, url: str) -> str:
    return a_flow(stage, {"kind": "call_webhook", "id": "call", "url": url})


def come(stage: Stage, times: int = 1) -> None:
    """Let customers come to the step, one after the other."""
    for _ in range(times):
        ordered(stage, stage.customer())
        stage.work()
        outbox_work(stage)


def states(stage: Stage) -> list[str]:
    return [row.state for row in stage.rows(schema.outbox, kind="call_webhook")]


@pytest.mark.parametrize(
    ("answer", "state"),
    [(200, "done"), (204, "done"), (302, "failed"), (307, "failed"), (400, "failed"),
     (404, "failed"), (408, "pending"), (429, "pending"), (500, "pending"), (503, "pending")],
)  # fmt: skip
def test_an_answer_is_taken_refused_or_worth_another_try(
    stage: Stage, program: str, answer: int, state: str
) -> None:
    calling(stage, program)
    Program.answers = [answer]
    come(stage)
    assert (states(stage), len(Program.told)) == ([state], 1)


def failures_in_a_row(stage: Stage, url: str, count: int) -> None:
    Program.answers = [404] * count
    calling(stage, url)
    come(stage, count)


def problems(stage: Stage, store_id: str) -> dict[str, int]:
    with stage.database.reading() as connection:
        found = reports.problems(connection, store_id, stage.now - timedelta(days=7))
    return {one.kind: one.count for one in found}


def test_an_address_that_failed_five_times_is_off_until_its_flow_is_published_again(
    stage: Stage, program: str
) -> None:
    failures_in_a_row(stage, program, endpoints.FAILURES)
    assert problems(stage, stage.store_id)["dead_webhooks"] == 1
    assert "dead_webhooks" not in problems(stage, stage.stranger_id)
    come(stage)
    assert len(Program.told) == endpoints.FAILURES
    errors = [row.error for row in stage.rows(schema.outbox, kind="call_webhook")]
    assert "not called since" in errors[-1]
    (flow,) = [row for row in stage.rows(schema.flows) if row.name == "Steps"]
    publish.publish(stage.runtime, stage.store_id, flow.id)
    come(stage)
    assert (len(Program.told), states(stage)[-1]) == (endpoints.FAILURES + 1, "done")
    assert "dead_webhooks" not in problems(stage, stage.store_id)


def test_a_call_that_works_makes_good_what_failed_before(stage: Stage, program: str) -> None:
    failures_in_a_row(stage, program, endpoints.FAILURES - 1)
    come(stage)
    Program.answers = [404]
    come(stage, 2)
    assert states(stage).count("done") == 2
    assert len(Program.told) == endpoints.FAILURES + 2


def test_who_says_gone_is_never_called_again(stage: Stage, program: str) -> None:
    calling(stage, program)
    Program.answers = [410]
    come(stage, 2)
    assert (len(Program.told), states(stage)) == (1, ["failed", "failed"])


def test_only_the_last_of_many_tries_counts_as_a_failure(stage: Stage, program: str) -> None:
    calling(stage, program)
    Program.answers = [500] * MOST_ATTEMPTS
    come(stage)
    for _ in range(MOST_ATTEMPTS - 1):
        assert stage.rows(schema.endpoints) == []
        (call,) = stage.rows(schema.outbox, kind="call_webhook")
        stage.change(schema.outbox, call.id, due_at=call.due_at - 2 * HOUR)
        outbox_work(stage)
    (call,) = stage.rows(schema.outbox, kind="call_webhook")
    assert (call.state, call.attempts) == ("failed", MOST_ATTEMPTS)
    (endpoint,) = stage.rows(schema.endpoints)
    assert (endpoint.failures, endpoint.off_at) == (1, None)


def test_one_store_switches_nothing_off_for_another(stage: Stage) -> None:
    url = "https://hooks.example/1"
    with stage.database.writing() as connection:
        now = stage.now
        endpoints.failed(connection, stage.store_id, url, now, is_gone=True)
        assert endpoints.off_since(connection, stage.store_id, url) == now
        assert endpoints.off_since(connection, stage.stranger_id, url) is None
        endpoints.switch_on(connection, stage.stranger_id, [url])
        endpoints.worked(connection, stage.stranger_id, url)
        assert endpoints.off_since(connection, stage.store_id, url) == now


GIVEN: dict[str, Any] = {"message_id": "m", "secret": b"s", "timestamp": 1}


@pytest.mark.parametrize(
    "host",
    ["[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2002:a00:1::1]", "[fe80::1]", "[fc00::1]", "0.0.0.0",  # noqa: S104
     "100.64.0.1", "192.168.0.1", "[::]", "224.0.0.1", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_no_way_of_writing_a_private_address_gets_through(host: str) -> None:
    with pytest.raises((UnsafeAddress, StoreUnavailable)):
        webhooks.post(f"https://{host}/", {}, **GIVEN)


def test_a_program_that_does_not_answer_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.2)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(StoreUnavailable, match="Timeout"):
            webhooks.post(url, {}, may_be_local=True, **GIVEN)


def test_a_program_that_trickles_is_given_up_at_the_end_of_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhooks, "SECONDS", 0.6)
    with socket.socket() as program:
        program.bind(("127.0.0.1", 0))
        program.listen()

        def trickle() -> None:
            taken, _ = program.accept()
            with taken, contextlib.suppress(OSError):
                while True:
                    taken.sendall(b"H")
                    time.sleep(0.1)

        speaking = threading.Thread(target=trickle, daemon=True)
        speaking.start()
        url = f"http://127.0.0.1:{program.getsockname()[1]}/"
        with pytest.raises(StoreUnavailable, match="Timeout"):
            webhooks.post(url, {}, may_be_local=True, **GIVEN)
        speaking.join(30)
        assert not speaking.is_alive()
