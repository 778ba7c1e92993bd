"""The command: migrating, looking, changing keys; what is wrong is told in a sentence."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

import cli
from marketing.model import Platform
from storage import credentials, demo_clock, stores
from storage.credentials import Tokens
from storage.database import Database, is_current
from storage.secrets import Secrets
from tests.storage.mirroring import NOON

KEY, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture
def url(empty_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    settings = {
        "DATABASE_URL": empty_database_url, "DATA_DIR": str(tmp_path), "APP_KEYS": KEY,
        "APP_URL": "https://app.example.com", "SHOPIFY_CLIENT_ID": "id",
        "SHOPIFY_CLIENT_SECRET": "secret", "SMTP_URL": "smtp://mail.example.com:587",
        "MAIL_FROM": "hello@example.com",
    }  # fmt: skip
    for name in ("DEMO", "REDIS_URL", "SHOPIFY_ADMIN_URL", "SHOPIFY_APP_BRIDGE_URL"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return empty_database_url


def test_migrating_makes_a_database_that_the_doctor_finds_well(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli.main(["doctor"])
    assert "reprise migrate" in capsys.readouterr().out
    cli.main(["migrate"])
    cli.main(["migrate"])
    database = Database(url)
    assert is_current(database)
    database.close()
    cli.main(["doctor"])
    assert "BAD" not in capsys.readouterr().out


def test_a_database_out_of_reach_is_told(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody:secret@127.0.0.1:1/none")
    with pytest.raises(SystemExit) as ended:
        cli.main(["doctor"])
    told = capsys.readouterr().out
    assert ended.value.code == 1
    assert "does not answer" in told
    assert "secret" not in told


@pytest.mark.parametrize("missing", ["APP_KEYS", "APP_URL", "SHOPIFY_CLIENT_SECRET"])
def test_a_missing_setting_is_named(
    url: str, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    with pytest.raises(SystemExit, match=missing):
        cli.main(["doctor"])


def test_a_demos_database_is_refused_without_the_demo(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["migrate"])
    database = Database(url)
    demo_clock.start(database)
    database.close()
    with pytest.raises(SystemExit, match="demo"):
        cli.main(["migrate"])
    with pytest.raises(SystemExit):
        cli.main(["doctor"])
    assert "BAD  demo" in capsys.readouterr().out


def test_keys_are_changed_by_putting_a_new_one_first_and_rotating(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["migrate"])
    database = Database(url)
    with database.writing() as connection:
        store, _ = stores.install(connection, Platform.SHOPIFY, "m.example", scopes=[], now=NOON)
        credentials.keep(connection, Secrets([KEY]), store.id, Tokens("token"))
    monkeypatch.setenv("APP_KEYS", NEW)
    with pytest.raises(SystemExit, match="put it back"):
        cli.main(["rotate-keys"])
    monkeypatch.setenv("APP_KEYS", f"{NEW},{KEY}")
    cli.main(["rotate-keys"])
    assert "1 stores" in capsys.readouterr().out
    with database.reading() as connection:
        assert credentials.load(connection, Secrets([NEW]), store.id) == Tokens("token")
    database.close()
