"""Messages to somebody who came by an advertisement: Meta bills nothing, and nothing is counted."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs.costs import step_costs
from sandbox import whatsapp
from storage import schema
from storage.reports_time import since
from storage.stores import by_id
from tests.faults.lines import Line, line_of
from tests.jobs.stage import HOUR, Stage

PRICE = {"message_prices": {"whatsapp": 100_000}}
"""A unit of a hundred for each."""


@pytest.fixture
def line(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(whatsapp, "time", SimpleNamespace(sleep=lambda _: None))
    with line_of(stage, "whatsapp", tmp_path) as made:
        yield made


def costs(line: Line) -> int:
    """Give what the store's flows cost so far."""
    stage = line.stage
    flows = stage.rows(schema.flows, store_id=stage.store_id)
    with stage.database.reading() as connection:
        store = by_id(connection, stage.store_id)
        assert store
        period = since(stage.now - timedelta(days=30), stage.now + HOUR, ZoneInfo("UTC"))
        told = [step_costs(connection, store, flow.id, period) for flow in flows]
    return sum(cost for one in told for cost in one.values())


def priced(line: Line) -> None:
    store = line.stage.store
    line.stage.change(schema.stores, store.id, settings={**store.settings, **PRICE})


@pytest.mark.parametrize("backwards", [False, True])
def test_to_whom_an_advertisement_led_costs_nothing_however_it_is_told(
    line: Line, backwards: bool
) -> None:
    ada, bo = line.meet(2)
    priced(line)
    sandbox: Any = line.sandbox
    line.hear(*came(line, line.address(0)))
    line.read()
    line.plan([ada, bo])
    line.deliver()
    assert costs(line) == 200
    told = line.reports()
    for knock in told[::-1] * 2 if backwards else told * 2:
        line.hear(knock)
        line.read()
    free = {row.customer_id: row.is_free for row in line.stage.messages()}
    assert free == {ada: True, bo: None}
    assert costs(line) == 100
    assert sandbox.came_by_ad(line.address(0))
    assert not sandbox.came_by_ad(line.address(1))


def came(line: Line, address: str) -> list[Any]:
    """Let somebody tap an advertisement and write; give what Meta tells of it."""
    line.post.knocks.clear()
    sandbox: Any = line.sandbox
    sandbox.come_by_ad(address, "Is it warm?")
    return list(line.post.knocks)


def test_a_report_on_another_channels_message_makes_nothing_free(line: Line) -> None:
    [ada] = line.meet(1)
    priced(line)
    line.plan([ada])
    line.deliver()
    [message] = line.stage.messages()
    line.stage.change(schema.messages, message.id, channel="sms")
    sandbox: Any = line.sandbox
    sandbox.come_by_ad(line.address(0), "Hi")
    for knock in line.reports():
        line.hear(knock)
        line.read()
    assert [row.is_free for row in line.stage.messages()] == [None]
