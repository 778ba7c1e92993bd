"""One store's flood delays another's single message by less than five seconds."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, insert, literal, select, text, update

from storage import schema
from storage.dialect import is_sqlite
from tests.faults.harness import processes, wait_until
from tests.jobs.stage import HOUR, Stage

FLOOD = 20_000
"""Enough to keep the worker busy throughout; a million cost no more to claim from."""


def flood(stage: Stage) -> None:
    """Put so many due messages in the stranger store, each to somebody else."""
    stage.seed_cart_people(FLOOD, stage.stranger_id)
    (flow,) = stage.rows(schema.flows, store_id=stage.stranger_id)
    carts = stage.rows(schema.carts, store_id=stage.stranger_id)
    now = stage.now
    entered = [
        {
            "store_id": stage.stranger_id,
            "id": schema.new_id(),
            "flow_id": flow.id,
            "version_id": flow.live_version_id,
            "customer_id": cart.customer_id,
            "cart_id": cart.id,
            "trigger_key": cart.external_id,
            "state": "active",
            "anchor_at": now,
            "entered_at": now,
            "choices": {},
        }
        for cart in carts
    ]
    with stage.database.writing() as connection:
        connection.execute(update(schema.carts).values(idle_at=None))
        connection.execute(insert(schema.enrollments), entered)
        connection.execute(insert(schema.messages), [_due(one, now) for one in entered])
        if not is_sqlite(connection):
            connection.execute(text("ANALYZE"))  # as by itself within a minute of such a change


def _due(enrollment: dict[str, Any], now: datetime) -> dict[str, Any]:
    message_id = schema.new_id()
    shared = ("store_id", "flow_id", "version_id", "customer_id", "cart_id")
    return {
        **{name: enrollment[name] for name in shared},
        "id": message_id,
        "enrollment_id": enrollment["id"],
        "step_id": "reminder",
        "channel": "email",
        "kind": "marketing",
        "state": "due",
        "due_at": now,
        "not_before": now,
        "expires_at": now + HOUR,
        "rfc_message_id": f"<{message_id}@x>",
        "created_at": now,
    }


@pytest.mark.slow
def test_a_single_message_overtakes_anothers_flood(stage: Stage, tmp_path: Path) -> None:
    flood(stage)
    with processes(stage, tmp_path, REPRISE_LEASE_SECONDS="90") as hands:
        for queue in ("ingest", "followups"):
            hands.worker(queue)
        hands.clock()
        wait_until(lambda: len(stage.sink.taken) > 100, 120, "the flood")
        waits = []
        for name in ("Ada", "Ben", "Cleo"):
            person = stage.customer(name)
            (who,) = stage.rows(schema.customers, id=person)
            stage.cart(person, updated_at=stage.now - HOUR, idle_at=stage.now)
            stage.runtime.queues.wake_clock()
            began = time.monotonic()
            wait_until(lambda address=who.email: stage.sink.counts()[address] == 1, 60)
            waits.append(time.monotonic() - began)
        with stage.database.reading() as connection:
            left = select(func.count(literal(1))).where(
                schema.messages.c.store_id == stage.stranger_id, schema.messages.c.state == "due"
            )
            assert connection.execute(left).scalar_one() > 0
    # By the one in the middle: a machine that was elsewhere for a while is not the flood.
    assert sorted(waits)[1] < 5, waits
