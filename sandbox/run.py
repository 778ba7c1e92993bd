"""What `make run` starts: the app's processes, the sandbox, and the sample store installed in it.

The app's processes are the Procfile's, with the same commands as anywhere else. Settings that are
in the environment are kept; the others are those of a demo on this machine. Secrets of the demo are
made once and kept in DATA_DIR/demo.env. Words go to stderr; stdout gets the four addresses.
"""

import argparse
import base64
import contextlib
import fcntl
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sandbox import first_steps
from sandbox.minder import end_with
from sandbox.ports import free_port, is_busy
from sandbox.processes import RUN_ID, Child, Household, end_leftovers, read_procfile

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("app", "shop front", "store admin", "mailbox")
WOO = "WooCommerce store"
"""Has a port of its own after the four, and its link in the store admin."""
SHOP = "maple-and-moss.myshopify.com"
TOLD = (
    "APP_KEYS", "APP_URL", "DATABASE_URL", "DATA_DIR", "DEMO", "DNS_SERVERS", "MAIL_FROM",
    "REDIS_URL", "SHOPIFY_ADMIN_URL", "SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET", "SMTP_URL",
    "META_GRAPH_URL", "INSTAGRAM_GRAPH_URL", "TWILIO_API_URL", "PLIVO_API_URL",
    "WOOCOMMERCE_STORE_URL",
)  # fmt: skip
"""The settings that the `reprise` command has to share with a run."""
DEATHS_BEFORE_GIVING_UP = 4  # of one process while the first start is under way
BEAT = 0.1  # seconds between two looks at the children


class CannotRunError(Exception):
    """The demo cannot start; the text is one line for a person, with the remedy."""


@dataclass(frozen=True)
class Place:
    """Where the demo lives: its five ports and its folder."""

    port: int
    data_dir: Path

    @classmethod
    def from_environment(cls) -> "Place":
        told = os.environ.get("PORT") or "8000"
        if not told.isdigit() or not 0 < int(told) <= 65535 - len(NAMES):
            raise CannotRunError(f"PORT is {told}: it has to be a number from 1 to 65531.")
        data_dir = Path(os.environ.get("DATA_DIR") or "var").resolve()
        data_dir.mkdir(parents=True, exist_ok=True)
        return cls(int(told), data_dir)

    @property
    def addresses(self) -> dict[str, str]:
        return {name: f"http://127.0.0.1:{self.port + n}" for n, name in enumerate(NAMES)}

    def refuse_busy_ports(self) -> None:
        for number, name in enumerate((*NAMES, WOO)):
            if is_busy(self.port + number):
                raise CannotRunError(
                    f"port {self.port + number} ({name}) is already in use. Stop what listens"
                    f" there, or choose five others: make run PORT={self.port + 1000}",
                )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="sandbox.run", description=__doc__)
    parser.add_argument("--end-with-parent", action="store_true", help="end when our parent ends")
    if parser.parse_args(arguments).end_with_parent:
        end_with(os.getppid())
    try:
        place = Place.from_environment()
        with alone_in(place.data_dir):
            return live(place)
    except CannotRunError as error:
        print(f"make run: {error}", file=sys.stderr)
        return 1


def live(place: Place) -> int:
    run_id = uuid.uuid4().hex
    end_what_a_killed_run_left(place.data_dir)
    place.refuse_busy_ports()
    (place.data_dir / "run.id").write_text(run_id)
    environment = demo_environment(place) | {RUN_ID: run_id}
    tell_commands(place.data_dir / "run.env", environment)
    household = Household(ROOT, place.data_dir / "log", environment)
    with wish_to_end() as wish:
        try:
            release(household)
            return Run(place, household, wish).go()
        finally:
            household.end()


@dataclass
class Run:
    """One life of the demo, from the first start to the wish to end it."""

    place: Place
    household: Household
    wish: threading.Event
    ready: threading.Event = field(default_factory=threading.Event)
    failures: list[str] = field(default_factory=list)

    def go(self) -> int:
        processes = read_procfile(ROOT / "Procfile")
        del processes["release"]
        self.household.add("sandbox", f"{sys.executable} -m sandbox.serve").start()
        for name, command in processes.items():
            self.household.add(name, command).start()
        # Only this thread starts processes: they end with the thread that started them.
        threading.Thread(target=self._first_steps, daemon=True).start()
        while not self.wish.wait(BEAT):
            for told in self.household.watch():
                say(told)
            self._give_up_on_the_dying()
            if self.failures:
                raise CannotRunError(self.failures[0] + self._logs())
        say("Ending.")
        return 0

    def _first_steps(self) -> None:
        try:
            first_steps.take(self.place.addresses, SHOP, self.wish)
        except first_steps.StepFailed as error:
            self.failures.append(str(error))
        except BaseException as error:  # a thread's end would be silent, and the start hang
            self.failures.append(f"{type(error).__name__}: {error}")
            raise
        else:
            self._tell_addresses()

    def _tell_addresses(self) -> None:
        self.ready.set()
        lines = [f"{name:<12} {address}" for name, address in self.place.addresses.items()]
        print("\n".join(lines), flush=True)
        say("Ready. ctrl-C ends it.")

    def _give_up_on_the_dying(self) -> None:
        if self.ready.is_set():
            return
        for child in self.household.children.values():
            if child.deaths >= DEATHS_BEFORE_GIVING_UP:
                raise CannotRunError(f"{child.name} does not start.\n{child.last_lines()}")

    def _logs(self) -> str:
        return "".join(f"\n{child.last_lines()}" for child in self.household.children.values())


def release(household: Household) -> None:
    """Run what the Procfile says must be done before a release, the migration."""
    child = Child(
        "release", read_procfile(ROOT / "Procfile")["release"], household.logs / "release.log",
        household.environment, household.folder,
    )  # fmt: skip
    household.logs.mkdir(parents=True, exist_ok=True)
    with child.log.open("ab") as log:
        done = subprocess.run(  # noqa: S603  the Procfile's own command
            ["/bin/sh", "-c", child.command], cwd=child.folder, env=dict(child.environment),
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise CannotRunError(f"`{child.command}` failed.\n{child.last_lines()}")


def demo_environment(place: Place) -> dict[str, str]:
    """Give the children's environment: what is set already, then the demo's own settings."""
    at, smtp_port = place.addresses, free_port()
    dns_port = free_port(socket.SOCK_DGRAM)
    settings = kept_secrets(place.data_dir / "demo.env") | {
        "APP_URL": at["app"],
        "DEMO": "1",
        "DNS_SERVERS": f"127.0.0.1:{dns_port}",
        "GRANIAN_HOST": "127.0.0.1",
        # Mail arrives in no time here, and those who click it may be scripts.
        "REPRISE_SCANNER_SECONDS": "0",
        "MAIL_FROM": "Maple & Moss <hello@maple-and-moss.example>",
        "SANDBOX_DNS_PORT": str(dns_port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "SHOPIFY_ADMIN_URL": at["store admin"] + "/shops/{shop}",
        "SHOPIFY_APP_BRIDGE_URL": at["store admin"] + "/app-bridge.js",
        "SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "WOOCOMMERCE_STORE_URL": "http://{domain}",
        "META_GRAPH_URL": at["mailbox"],
        "INSTAGRAM_GRAPH_URL": at["mailbox"],
        "TWILIO_API_URL": at["mailbox"],
        "PLIVO_API_URL": at["mailbox"],
    }
    given = {name: value for name, value in os.environ.items() if value or name not in settings}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    fixed = {"PATH": programs, "PORT": str(place.port), "DATA_DIR": str(place.data_dir)}
    return settings | given | fixed | {"PYTHONUNBUFFERED": "1"}


def tell_commands(path: Path, environment: Mapping[str, str]) -> None:
    """Write, for our eyes only, what the `reprise` command has to know of this run, for a shell."""
    told = [name for name in TOLD if name in environment]
    text = "".join(f"{name}={shlex.quote(environment[name])}\n" for name in told)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)


def kept_secrets(path: Path) -> dict[str, str]:
    """Read the demo's secrets; make them at the first start, readable by us alone."""
    if not path.exists():
        made = {
            "APP_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SHOPIFY_CLIENT_ID": secrets.token_hex(16),
            "SHOPIFY_CLIENT_SECRET": f"shpss_{secrets.token_hex(16)}",
        }
        text = "".join(f"{name}={value}\n" for name, value in made.items())
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
    lines = path.read_text().splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


@contextlib.contextmanager
def alone_in(data_dir: Path) -> Iterator[None]:
    """Keep a second demo off the same data."""
    with (data_dir / "run.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotRunError(
                f"another `make run` works in {data_dir}. End it, or choose another DATA_DIR.",
            ) from None
        yield


def end_what_a_killed_run_left(data_dir: Path) -> None:
    try:
        before = (data_dir / "run.id").read_text().strip()
    except FileNotFoundError:
        return
    if before and end_leftovers(before):
        say("Ended what an earlier run had left.")


@contextlib.contextmanager
def wish_to_end() -> Iterator[threading.Event]:
    """An event that ctrl-C and SIGTERM set."""
    wish = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: wish.set()) for number in numbers}
    try:
        yield wish
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
