"""Moving time on: in steps, each waiting until nothing is due."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from sandbox import shopping
from sandbox.clock import BadDuration, parse_duration
from sandbox.serve import Sandbox
from sandbox.world import SAMPLE_SHOP
from tests.sandbox.fake_app import FakeApp


def move(sandbox: Sandbox, body: Any) -> httpx.Response:
    return httpx.post(f"{sandbox.world.admin_url}/api/clock", json=body, timeout=60)


def now(sandbox: Sandbox) -> datetime:
    answer = httpx.get(f"{sandbox.world.admin_url}/api/clock")
    return datetime.fromisoformat(answer.json()["now"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h 30m", 5400), ("90s", 90), ("2d", 172_800), ("1H30M", 5400), (" 1 h ", 3600),
     ("1d 2h 3m 4s", 93_784)],
)  # fmt: skip
def test_a_span_is_read(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text",
    ["", "h", "1", "1x", "-1h", "1.5h", "0m", "500d", "1h and more", "9" * 40 + "d", None, 90, []],
)
def test_what_is_no_span_is_refused(text: object) -> None:
    with pytest.raises(BadDuration, match="advance"):
        parse_duration(text)


@pytest.mark.parametrize(
    "body",
    [{}, {"advance": "soon"}, {"speed": 0}, {"speed": -1}, {"speed": True}, {"speed": "fast"},
     {"speed": 1.5}, {"speed": 10**9}, {"advance": "1h", "speed": 2}, [], "1h"],
)  # fmt: skip
def test_bad_input_is_answered_400_with_a_message(sandbox: Sandbox, body: Any) -> None:
    answer = move(sandbox, body)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_time_is_the_apps_and_moves_in_steps_of_five_minutes(
    sandbox: Sandbox, fake_app: FakeApp
) -> None:
    before = now(sandbox)
    answer = move(sandbox, {"advance": "1h 2m"})
    assert answer.status_code == 200
    assert fake_app.steps == [300] * 12 + [120]
    after = datetime.fromisoformat(answer.json()["now"])
    assert timedelta(minutes=62) <= after - before < timedelta(minutes=63)
    assert after.utcoffset() == timedelta(0)


def test_a_day_passes_in_seconds(sandbox: Sandbox, fake_app: FakeApp) -> None:
    started = time.monotonic()
    assert move(sandbox, {"advance": "24h"}).status_code == 200
    assert len(fake_app.steps) == 288
    assert time.monotonic() - started < 10


def test_each_step_waits_until_nothing_is_due(sandbox: Sandbox, fake_app: FakeApp) -> None:
    fake_app.due = 3
    timer = threading.Timer(0.3, lambda: setattr(fake_app, "due", 0))
    timer.start()
    started = time.monotonic()
    assert move(sandbox, {"advance": "5m"}).status_code == 200
    assert time.monotonic() - started > 0.3
    timer.join()


def test_our_own_webhooks_are_out_before_time_moves(installed: Sandbox, fake_app: FakeApp) -> None:
    world = installed.world
    variant = world.state.all(SAMPLE_SHOP, "product")[0]["variants"][0]["id"]
    shopping.change_cart(world, SAMPLE_SHOP, "f" * 32, variant, 1)
    move(installed, {"advance": "1s"})
    assert fake_app.topics() == ["carts/create"]


def test_a_retried_webhook_comes_at_its_own_business_time(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    world = installed.world
    fake_app.answers = [500, 500]
    variant = world.state.all(SAMPLE_SHOP, "product")[0]["variants"][0]["id"]
    shopping.change_cart(world, SAMPLE_SHOP, "f" * 32, variant, 1)
    move(installed, {"advance": "1h"})
    assert fake_app.topics() == ["carts/create"] * 3


def test_an_app_that_never_rests_is_answered_503(sandbox: Sandbox, fake_app: FakeApp) -> None:
    sandbox.world.time_machine.be_patient(0.2)
    fake_app.due = 7
    answer = move(sandbox, {"advance": "1h"})
    assert answer.status_code == 503
    assert "7 rows are still due" in answer.json()["error"]
    assert answer.json()["now"]


def test_speed_lasts_until_it_is_changed(sandbox: Sandbox, fake_app: FakeApp) -> None:
    assert move(sandbox, {"speed": 60}).status_code == 200
    first = sandbox.world.clock.now()
    time.sleep(0.1)
    assert sandbox.world.clock.now() - first > timedelta(seconds=5)
    assert fake_app.speed == 60
    move(sandbox, {"speed": 1})
    assert sandbox.world.clock.speed == 1
