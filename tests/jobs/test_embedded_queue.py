"""The embedded queue: one server a data directory, whoever starts it and whoever dies."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from jobs import embedded_queue

OWNER = """
import sys, time
from jobs import embedded_queue
print(embedded_queue.ensure_running(sys.argv[1]), flush=True)
time.sleep(600)
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    embedded_queue.ensure_running(tmp_path)  # adopt what a test left alive
    embedded_queue.stop(tmp_path)


def an_owner(data_dir: Path) -> subprocess.Popen[str]:
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, data_dir], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout.readline().startswith("unix://")
    return owner


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    process.stdout.close()


def pid_of(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.info("server")["process_id"])


def test_the_address_is_known_before_anything_runs(tmp_path: Path) -> None:
    url = embedded_queue.socket_url(tmp_path / ("deep/" * 60))
    assert url.startswith("unix:///")
    assert len(url) < 100


def test_two_data_directories_have_two_queues(tmp_path: Path) -> None:
    assert embedded_queue.socket_url(tmp_path / "a") != embedded_queue.socket_url(tmp_path / "b")


def test_asking_twice_starts_one_server(data_dir: Path) -> None:
    first = pid_of(embedded_queue.ensure_running(data_dir))
    assert pid_of(embedded_queue.ensure_running(str(data_dir))) == first


def test_what_was_queued_survives_a_stop(data_dir: Path) -> None:
    with redis.Redis.from_url(embedded_queue.ensure_running(data_dir)) as client:
        client.set("kept", "yes")
    embedded_queue.stop(data_dir)
    with redis.Redis.from_url(embedded_queue.ensure_running(data_dir)) as client:
        assert client.get("kept") == b"yes"


def test_a_killed_owner_leaves_a_server_that_the_next_one_adopts(data_dir: Path) -> None:
    owner = an_owner(data_dir)
    server = pid_of(embedded_queue.socket_url(data_dir))
    end(owner)
    assert pid_of(embedded_queue.ensure_running(data_dir)) == server
    embedded_queue.stop(data_dir)
    with pytest.raises(redis.ConnectionError):
        pid_of(embedded_queue.socket_url(data_dir))


def test_a_killed_server_is_started_again_with_its_data(data_dir: Path) -> None:
    url = embedded_queue.ensure_running(data_dir)
    with redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
    os.kill(pid_of(url), signal.SIGKILL)
    with redis.Redis.from_url(embedded_queue.ensure_running(data_dir)) as client:
        assert client.get("kept") == b"yes"


def test_who_does_not_own_the_queue_cannot_stop_it(data_dir: Path) -> None:
    owner = an_owner(data_dir)
    server = pid_of(embedded_queue.ensure_running(data_dir))
    embedded_queue.stop(data_dir)
    assert pid_of(embedded_queue.socket_url(data_dir)) == server
    end(owner)


def test_a_server_that_lost_its_socket_is_replaced(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_queue, "DEAF_AFTER", 0.1)
    url = embedded_queue.ensure_running(data_dir)
    before = pid_of(url)
    Path(url.removeprefix("unix://")).unlink()
    assert pid_of(embedded_queue.ensure_running(data_dir)) != before


@pytest.mark.parametrize("trick", ["link", "open", "file"])
def test_a_socket_folder_that_others_could_have_laid_is_refused(
    trick: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded_queue, "SOCKETS", tmp_path)
    folder = tmp_path / f"reprise-{os.getuid()}"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    if trick == "link":
        folder.symlink_to(elsewhere)
    elif trick == "open":
        folder.mkdir(mode=0o755)
    else:
        folder.touch(mode=0o600)
    with pytest.raises(embedded_queue.QueueUnavailable, match="private folder"):
        embedded_queue.ensure_running(tmp_path)
