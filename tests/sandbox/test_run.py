"""`make run` before anything runs: ports, secrets and folders, and the errors a person reads."""

import fcntl
import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from sandbox import run
from sandbox.ports import free_row


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> run.Place:
    for name in ("DEMO", "SMTP_URL", "APP_KEYS", "SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", str(free_row(5)))
    return run.Place.from_environment()


def test_the_four_addresses_follow_the_port(place: run.Place) -> None:
    assert list(place.addresses) == ["app", "shop front", "store admin", "mailbox"]
    assert place.addresses["mailbox"] == f"http://127.0.0.1:{place.port + 3}"


@pytest.mark.parametrize("port", ["", "8000"])
def test_the_port_is_8000_unless_told(port: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", port)
    assert run.Place.from_environment().port == 8000


@pytest.mark.parametrize("port", ["http", "0", "65532", "-1", "8000.5"])
def test_a_port_that_cannot_be_is_refused(
    port: str, place: run.Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", port)
    assert run.main([]) == 1
    assert capsys.readouterr().err.startswith(f"make run: PORT is {port}: ")


@pytest.mark.parametrize("number", range(5))
def test_a_busy_port_is_one_clear_line_before_anything_starts(
    number: int, place: run.Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", place.port + number))
        other.listen()
        assert run.main([]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert f"port {place.port + number} ({(*run.NAMES, run.WOO)[number]}) is already in use" in told
    assert not (place.data_dir / "log").exists()


def test_a_second_run_in_the_same_folder_is_refused(
    place: run.Place, capsys: pytest.CaptureFixture[str]
) -> None:
    with (place.data_dir / "run.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run.main([]) == 1
    assert "another `make run` works in" in capsys.readouterr().err


def test_the_secrets_are_made_once_and_for_our_eyes_only(place: run.Place) -> None:
    first = run.demo_environment(place)
    second = run.demo_environment(place)
    names = ("APP_KEYS", "SHOPIFY_CLIENT_ID", "SHOPIFY_CLIENT_SECRET")
    assert [first[name] for name in names] == [second[name] for name in names]
    assert stat.S_IMODE((place.data_dir / "demo.env").stat().st_mode) == 0o600


def test_settings_of_the_environment_win(place: run.Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPIFY_CLIENT_SECRET", "theirs,older")
    monkeypatch.setenv("DATABASE_URL", "postgresql://db/reprise")
    environment = run.demo_environment(place)
    assert environment["SHOPIFY_CLIENT_SECRET"] == "theirs,older"
    assert environment["DATABASE_URL"] == "postgresql://db/reprise"
    assert environment["DEMO"] == "1"


def test_the_reprise_command_is_told_of_the_run_for_our_eyes_only(place: run.Place) -> None:
    path = place.data_dir / "run.env"
    environment = run.demo_environment(place)
    for _ in "12":
        run.tell_commands(path, environment)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    script = f'set -a; . {path}; printf %s "$MAIL_FROM $DATA_DIR $APP_KEYS"'
    told = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True)
    assert told.stdout == " ".join(environment[n] for n in ("MAIL_FROM", "DATA_DIR", "APP_KEYS"))


def test_the_app_and_the_sandbox_are_told_the_same_mail_port(place: run.Place) -> None:
    environment = run.demo_environment(place)
    assert environment["SMTP_URL"].endswith(f":{environment['SANDBOX_SMTP_PORT']}")


def test_our_own_programs_are_found_first(place: run.Place) -> None:
    path = run.demo_environment(place)["PATH"].split(os.pathsep)
    assert (Path(path[0]) / "python").exists()
