"""The queue may lose everything, or be away: nothing is lost or doubled, and all goes on."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from jobs import abandon, advance, deliver, embedded_queue
from marketing.model import Platform
from storage import inbox, schema
from tests.faults.harness import Processes, processes, quiet, wait_until, was_killed
from tests.jobs.stage import HOUR, Sink, Stage, runtime, settings

PEOPLE = 1000


@pytest.fixture
def own_queue(tmp_path: Path) -> Iterator[Path]:
    """A data directory whose queue the test may stop."""
    embedded_queue.ensure_running(tmp_path)
    yield tmp_path
    embedded_queue.stop(tmp_path)


@pytest.fixture
def lonely_stage(database_url: str, own_queue: Path, sink: Sink) -> Iterator[Stage]:
    """A stage on a queue of its own."""
    hands = runtime(settings(database_url, sink.url, embedded_queue.socket_url(own_queue)))
    yield Stage(hands, sink)
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()


def waiting_people(stage: Stage, count: int) -> list[str]:
    """People who had their first message and wait for the second."""
    stage.do_the_days_round()
    people = stage.seed_cart_people(count)
    stage.pass_time(HOUR)
    for verb in (abandon, advance, deliver):
        while verb.drain(stage.runtime, [stage.store_id]):
            pass
    assert stage.states() == {"sent": count}
    return people


def all_workers(hands: Processes) -> None:
    for queue in ("ingest", "followups"):
        hands.worker(queue)
    hands.clock()


@pytest.mark.slow
def test_emptying_the_queue_while_a_thousand_wait_loses_and_doubles_nothing(
    lonely_stage: Stage, tmp_path: Path
) -> None:
    stage = lonely_stage
    people = waiting_people(stage, PEOPLE)
    with processes(stage, tmp_path) as hands, redis.Redis.from_url(stage.runtime.queues.url) as q:
        all_workers(hands)
        q.flushall()
        stage.pass_time(11 * HOUR)
        stage.runtime.queues.wake_clock()
        give_up = time.monotonic() + 60
        while not (quiet(stage) and len(stage.sink.taken) >= 2 * PEOPLE):
            assert time.monotonic() < give_up
            q.flushall()
            time.sleep(0.4)
    assert stage.sink.counts() == dict.fromkeys(people, 2)
    assert stage.states() == {"sent": 2 * PEOPLE}


@pytest.mark.slow
def test_a_queue_that_is_away_delays_and_loses_nothing(
    lonely_stage: Stage, own_queue: Path, tmp_path: Path
) -> None:
    stage = lonely_stage
    people = waiting_people(stage, 100)
    with processes(stage, tmp_path) as hands:
        all_workers(hands)
        wait_until(lambda: quiet(stage))
        embedded_queue.stop(own_queue)
        stage.pass_time(11 * HOUR)
        stage.runtime.queues.wake_clock()
        assert not stage.runtime.queues.wake("deliver", [stage.store_id])
        keep_a_webhook(stage)
        time.sleep(4)
        embedded_queue.ensure_running(own_queue)
        back_at = time.monotonic()
        wait_until(lambda: len(stage.sink.taken) == 200 and quiet(stage), 30)
        assert time.monotonic() - back_at < 30
    assert stage.sink.counts() == dict.fromkeys(people, 2)


class Arrived:
    """A webhook as the inbox reads it."""

    id, topic, store_domain, body = "w-1", "shop/update", "nobody.myshopify.com", b"{}"
    event_id, triggered_at = None, None


def keep_a_webhook(stage: Stage) -> None:
    arrival = (Platform.SHOPIFY, Arrived())
    assert stage.database.gather(inbox.keep_all, arrival) is True
    assert stage.database.gather(inbox.keep_all, arrival) is False
    assert len(stage.rows(schema.inbox)) == 1


@pytest.mark.slow
def test_a_clock_that_is_killed_is_followed_by_another(stage: Stage, tmp_path: Path) -> None:
    people = waiting_people(stage, 50)
    with processes(stage, tmp_path) as hands:
        for queue in ("ingest", "followups"):
            hands.worker(queue)
        assert was_killed(hands.clock(FAULT_POINT="clock_tick:2"))
        stage.pass_time(11 * HOUR)
        assert was_killed(hands.clock(FAULT_POINT="clock_tick"))
        hands.clock()
        wait_until(lambda: len(stage.sink.taken) == 100 and quiet(stage), 30)
    assert stage.sink.counts() == dict.fromkeys(people, 2)
