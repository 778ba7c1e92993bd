"""Ingest with company: several workers at once, and workers that are killed on the way."""

import multiprocessing
import random
import signal
import threading
import time
from dataclasses import replace

import pytest

from jobs import faults, ingest
from jobs.runtime import Periods
from storage import schema
from storage.database import Database
from tests.jobs.inbound import STRANGER, Inbound
from tests.jobs.stage import Stage

fork = multiprocessing.get_context("fork")
PEOPLE = 40


@pytest.fixture
def inbound(stage: Stage) -> Inbound:
    made = Inbound(stage)
    give_periods(made, Periods(lease=0.5, work=60))
    return made


def give_periods(inbound: Inbound, periods: Periods) -> None:
    settings = replace(inbound.runtime.settings, periods=periods)
    inbound.runtime = replace(inbound.runtime, settings=settings)


def shop(inbound: Inbound) -> None:
    """Each person has a cart and an order, told four times over and in disorder."""
    told = [(person, word) for person in range(PEOPLE) for word in ("cart", "order")] * 4
    random.Random(7).shuffle(told)  # noqa: S311  the same disorder each time
    for person, word in told:
        email = f"p{person}@example.com"
        if word == "cart":
            inbound.checkout(f"t{person}", email)
            inbound.checkout(f"t{person}", email, domain=STRANGER)
        else:
            inbound.order(person + 1, f"t{person}", email)


def all_is_there_once(inbound: Inbound) -> None:
    stage = inbound.stage
    assert inbound.states() == {"done": PEOPLE * 12}
    ours = stage.rows(schema.customers, store_id=stage.store_id)
    assert [row.orders_count for row in ours] == [1] * PEOPLE
    assert len(stage.rows(schema.customers, store_id=stage.stranger_id)) == PEOPLE
    carts = stage.rows(schema.carts, store_id=stage.store_id)
    assert len(carts) == PEOPLE
    assert all(row.order_id for row in carts)
    assert len(stage.events("order.placed")) == PEOPLE
    assert stage.rows(schema.batches) == []


def test_several_workers_at_once_do_each_webhook_once(
    inbound: Inbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 25)
    give_periods(inbound, Periods(work=60))
    shop(inbound)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            ingest.drain(inbound.runtime)
        except BaseException as error:  # noqa: BLE001  shown below
            failures.append(error)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failures == []
    inbound.ingest()
    all_is_there_once(inbound)


def _die_at_third(inbound: Inbound) -> None:
    faults._left["ingest"] = 3
    ingest.drain(inbound.runtime)


def test_a_killed_worker_loses_and_doubles_nothing(
    inbound: Inbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 25)
    shop(inbound)
    for _ in range(2):
        doomed = fork.Process(target=_die_at_third, args=(inbound,))
        doomed.start()
        doomed.join()
        assert doomed.exitcode == -signal.SIGKILL
        time.sleep(0.6)  # its lease
    inbound.ingest()
    all_is_there_once(inbound)
    alone = sum(row.alone for row in inbound.stage.rows(schema.inbox))
    assert 0 < alone <= 50


def _die_in_the_work(inbound: Inbound) -> None:
    class Doomed(Database):
        def now(self, connection):  # type: ignore[no-untyped-def]
            signal.raise_signal(signal.SIGKILL)

    inbound.runtime.database.__class__ = Doomed
    ingest.drain(inbound.runtime)


def test_a_worker_killed_within_its_transaction_leaves_nothing_half_written(
    inbound: Inbound,
) -> None:
    inbound.checkout()
    doomed = fork.Process(target=_die_in_the_work, args=(inbound,))
    doomed.start()
    doomed.join()
    assert doomed.exitcode == -signal.SIGKILL
    assert inbound.count(schema.carts) == 0
    time.sleep(0.6)
    inbound.ingest()
    assert inbound.count(schema.carts) == 1
    assert inbound.states() == {"done": 1}
