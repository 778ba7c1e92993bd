"""The app's own processes as the Procfile starts them, what they hold in memory, and helpers."""

import base64
import contextlib
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.error import URLError

import orjson

from sandbox.ports import free_port
from sandbox.processes import Child, Household, read_procfile

ROOT = Path(__file__).resolve().parents[1]
APP_KEY = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
CLIENT_SECRET = "shpss_benchmark_0123456789abcdef012345"  # noqa: S105  signs our own load only
STARTS_WITHIN = 60.0


def app_environment(
    database_url: str, queue_url: str, smtp_url: str, folder: Path
) -> dict[str, str]:
    """Give the settings of a production-like app: no demo, everything on this machine."""
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "DATABASE_URL": database_url,
        "REDIS_URL": queue_url,
        "DATA_DIR": str(folder),
        "APP_URL": "https://reprise.example",
        "APP_KEYS": APP_KEY,
        "SHOPIFY_CLIENT_ID": "benchmark",
        "SHOPIFY_CLIENT_SECRET": CLIENT_SECRET,
        "SMTP_URL": smtp_url,
        "MAIL_FROM": "Maple & Moss <hello@maple-and-moss.example>",
        "SHARED_SENDER_DAILY": "0",
        "PYTHONUNBUFFERED": "1",
    }


BARE_WEB = "benchmarks.bare_web:create_app"


@contextlib.contextmanager
def app(environment: Mapping[str, str], *names: str) -> Iterator[dict[str, Child]]:
    """Run the named processes of the Procfile; `web` answers once this yields."""
    commands = read_procfile(ROOT / "Procfile")
    with _running(environment, {name: commands[name] for name in names}) as children:
        if "web" in names:
            wait_for_http(children["web"])
        yield children


@contextlib.contextmanager
def bare_web(environment: Mapping[str, str]) -> Iterator[Child]:
    """Run the bare route on the same server with the same settings as the app."""
    command = read_procfile(ROOT / "Procfile")["web"].replace("app:create_app", BARE_WEB)
    with _running(environment, {"bare": command}) as children:
        wait_for_http(children["bare"])
        yield children["bare"]


@contextlib.contextmanager
def _running(
    environment: Mapping[str, str], commands: Mapping[str, str]
) -> Iterator[dict[str, Child]]:
    port = str(free_port())
    logs = Path(environment["DATA_DIR"]) / "log" / port
    household = Household(ROOT, logs, {**environment, "PORT": port})
    try:
        for name, command in commands.items():
            household.add(name, command).start()
        yield household.children
    finally:
        household.end()


def port_of(child: Child) -> int:
    """Give the port that a child was told to listen on."""
    return int(child.environment["PORT"])


def wait_for_http(child: Child) -> None:
    """Wait until the web process answers; raise with the end of its log when it doesn't."""
    health = f"http://127.0.0.1:{port_of(child)}/healthz"
    give_up = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < give_up:
        dead = child.process is None or child.process.poll() is not None
        if dead:
            break
        with contextlib.suppress(URLError, OSError):
            urllib.request.urlopen(health, timeout=2).close()
            return
        time.sleep(0.05)
    raise RuntimeError(f"{child.name} does not start.\n{child.last_lines()}")


# --- helpers of the benchmarks: one line of JSON in, one out ---------------------------------


@dataclass
class Helper:
    """A program of ours in a process of its own."""

    process: "subprocess.Popen[bytes]"

    def ask(self, question: Mapping[str, Any]) -> Any:
        """Send one question and wait for its answer."""
        self.send(question)
        return self.hear()

    def send(self, question: Mapping[str, Any]) -> None:
        """Send one question."""
        _pipe(self.process.stdin).write(orjson.dumps(dict(question)) + b"\n")
        _pipe(self.process.stdin).flush()

    def hear(self) -> Any:
        """Wait for the next line that it says."""
        line = _pipe(self.process.stdout).readline()
        if not line:
            raise RuntimeError(f"{self.process.args!r} ended with {self.process.wait()}")
        return orjson.loads(line)


@contextlib.contextmanager
def helper(module: str, *arguments: str) -> Iterator[Helper]:
    """Run `python -m module`; it ends when its input does, and is ended if it does not."""
    with program([sys.executable, "-m", module, *arguments]) as running:
        yield running


@contextlib.contextmanager
def program(command: Sequence[str], cwd: Path = ROOT, **more: str) -> Iterator[Helper]:
    """Run a program that speaks like a helper, with these variables besides our own."""
    with subprocess.Popen(  # noqa: S603  our own program
        command, cwd=cwd, env=os.environ | more, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield Helper(process)
        finally:
            _pipe(process.stdin).close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise AssertionError("helpers are started with pipes")
    return pipe


# --- memory ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Memory:
    """What a process and all it started hold, in MiB."""

    shared_alike: float
    """PSS: shared pages are counted in parts, so that sums are true."""
    largest: float
    """The greatest RSS that any one of them ever had."""
    count: int


def memory(child: Child) -> Memory:
    """Look at a child and its children now."""
    pids = [] if child.process is None else family(child.process.pid)
    shares = [_kilobytes(pid, "smaps_rollup", "Pss:") for pid in pids]
    peaks = [_kilobytes(pid, "status", "VmHWM:") for pid in pids]
    return Memory(sum(shares) / 1024, max(peaks, default=0) / 1024, len(pids))


def family(pid: int) -> list[int]:
    """Give a process and all its descendants."""
    parents = dict(_parents())
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _parents() -> Iterator[tuple[int, int]]:
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield int(entry.name), int((entry / "stat").read_text().rpartition(")")[2].split()[1])


def _kilobytes(pid: int, file: str, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    return 0


def peaks(looks: Sequence[Memory]) -> tuple[float, float]:
    """Give the greatest sum of shares and the greatest single process of many looks, in MiB."""
    return max(one.shared_alike for one in looks), max(one.largest for one in looks)
