"""`make run` as a person meets it: four addresses, a live flow, a clean end, a new start."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import run
from tests.demo import Demo, asked

FIRST, AGAIN = 90, 60  # seconds a start may take


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path)
    yield made
    made.end()


def test_the_demo_starts_ends_cleanly_and_starts_again_after_a_crash(demo: Demo) -> None:
    at = demo.start(FIRST)
    assert list(at) == list(run.NAMES)
    assert "due" in asked(at["app"] + "/readyz")
    assert recovery_flow(at)["status"] == "live"
    assert demo.end(signal.SIGTERM) == 0
    assert demo.living() == []

    demo.start(AGAIN)
    demo.end(signal.SIGKILL)
    at = demo.start(AGAIN)
    assert recovery_flow(at)["status"] == "live"
    assert demo.end(signal.SIGINT) == 0
    assert demo.living() == []


def recovery_flow(at: dict[str, str]) -> dict[str, Any]:
    token = asked(at["store admin"] + "/api/session-token")["token"]
    answer = asked(at["app"] + "/panel/api/flows", {"Authorization": f"Bearer {token}"})
    flows = answer if isinstance(answer, list) else answer["flows"]
    return next(flow for flow in flows if flow["recipe"] == "abandoned-cart")
