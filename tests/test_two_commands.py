"""`make run` as a person meets it: four addresses, a live flow, a clean end, a new start."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox import run
from sandbox.processes import RUN_ID, _processes_of

ROOT = Path(__file__).parents[1]
LINE = re.compile(r"^(app|shop front|store admin|mailbox)\s+(http://127\.0\.0\.1:\d+)$")
OURS = ("APP_", "DATABASE_URL", "REDIS_URL", "SHOPIFY_", "SMTP_URL", "MAIL_FROM", "DEMO", RUN_ID)
FIRST, AGAIN = 60, 10  # seconds a start may take
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Demo:
    """One `make run` in a folder and on ports of its own."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.port = data_dir, _four_free_ports()
        self.process: subprocess.Popen[str] | None = None

    def start(self, within: float) -> dict[str, str]:
        """Start and give the addresses that were printed."""
        environment = {n: v for n, v in os.environ.items() if not n.startswith(OURS)}
        environment |= {"PORT": str(self.port), "DATA_DIR": str(self.data_dir)}
        began = time.monotonic()
        with (self.data_dir / "words").open("w") as words:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sandbox.run"], cwd=ROOT, env=environment, text=True,
                stdout=subprocess.PIPE, stderr=words,
            )  # fmt: skip
        found = [LINE.match(self.process.stdout.readline()) for _ in run.NAMES]
        assert all(found), (self.data_dir / "words").read_text()
        assert time.monotonic() - began < within
        return {line[1]: line[2] for line in found}

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def living(self) -> list[int]:
        return _processes_of((self.data_dir / "run.id").read_text())


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path)
    yield made
    if made.process.poll() is None:
        made.end(signal.SIGTERM)


def _four_free_ports() -> int:
    while True:
        port = run.free_port()
        if port < 65000 and not any(run.is_busy(port + number) for number in range(1, 4)):
            return port


def asked(url: str, headers: dict[str, str] | None = None) -> Any:
    with DIRECT.open(urllib.request.Request(url, headers=headers or {}), timeout=10) as answer:
        return json.load(answer)


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
