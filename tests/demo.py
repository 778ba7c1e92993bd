"""`make run` in a folder and on ports of its own, for tests that live in it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox import run
from sandbox.ports import free_row
from sandbox.processes import RUN_ID, _processes_of

ROOT = Path(__file__).parents[1]
LINE = re.compile(r"^(app|shop front|store admin|mailbox)\s+(http://127\.0\.0\.1:\d+)$")
OURS = ("APP_", "DATABASE_URL", "REDIS_URL", "SHOPIFY_", "SMTP_URL", "MAIL_FROM", "DEMO", RUN_ID)
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Demo:
    """One `make run` in a folder and on ports of its own."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data_dir, self.port = data_dir, free_row(5)
        self.settings = dict(settings or {})
        self.process: subprocess.Popen[str] | None = None

    def start(self, within: float) -> dict[str, str]:
        """Start and give the addresses that were printed."""
        environment = {n: v for n, v in os.environ.items() if not n.startswith(OURS)}
        environment |= self.settings | {"PORT": str(self.port), "DATA_DIR": str(self.data_dir)}
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

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """End it by a signal and give its exit code; a second time changes nothing."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def living(self) -> list[int]:
        return _processes_of((self.data_dir / "run.id").read_text())


def asked(
    url: str, headers: dict[str, str] | None = None, /, *, method: str | None = None, **told: Any
) -> Any:
    """Give the JSON at an address; with keyword arguments, of what is posted to it."""
    body = json.dumps(told).encode() if told else None
    headers = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    with DIRECT.open(request, timeout=130) as answer:
        return json.load(answer)
