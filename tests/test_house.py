"""The house keeps its own rules: sizes, first lines, doors, names, and who may import whom."""

import ast
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from storage.database import Database
from storage.schema import leases

ROOT = Path(__file__).parents[1]
LONGEST = 450
MAY_BE_LONGER = {"storage/schema.py"}
GENERATED = (
    "requirements/", "storage/migrations/versions/", "package-lock.json", "LICENSE",
)  # fmt: skip
SOURCES = {".py", ".ts", ".tsx", ".css", ".sh", ".js", ".mjs"}
# Spelled in parts, so that this file may be read by its own test.
PACKAGE_HOSTS = [f"{name}.org" for name in ("pypi", "pythonhosted", "registry.npmjs", "deb.debian")]
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:wo" + r"rk|ro" + r"ot|ho" + r"me)/\w")


def committed() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts(*, but: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    for name in committed():
        if any(part in name for part in but):
            continue
        try:
            yield name, (ROOT / name).read_text()
        except UnicodeDecodeError:
            continue  # a picture, a font


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


def test_no_file_is_longer_than_one_sitting() -> None:
    lengths = {
        name: text.count("\n")
        for name, text in texts(but=GENERATED)
        if Path(name).suffix in SOURCES and name not in MAY_BE_LONGER
    }
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


def test_every_module_says_in_its_first_line_what_lives_there() -> None:
    silent = [
        name
        for name, text in texts(but=GENERATED)
        if name.endswith(".py") and not ast.get_docstring(ast.parse(text))
    ]
    assert silent == []


def test_no_committed_file_names_a_package_host() -> None:
    naming = [name for name, text in texts() if any(host in text for host in PACKAGE_HOSTS)]
    assert naming == []


def test_no_committed_file_names_a_path_of_one_machine() -> None:
    naming = {name: found[0] for name, text in texts() if (found := MACHINE_PATHS.findall(text))}
    assert naming == {}


def test_the_front_door_knows_no_queue_no_sql_and_no_vendor() -> None:
    refused = {
        "rq",
        "redis",
        "sqlalchemy",
        "alembic",
        "psycopg",
        "shopify",
        "woocommerce",
        "sandbox",
    }
    for door in ("app.py", "cli.py"):
        assert imports_of(ROOT / door) & refused == set()


def test_the_procfile_names_the_four_processes() -> None:
    lines = (ROOT / "Procfile").read_text().splitlines()
    assert [line.partition(":")[0] for line in lines if line] == [
        "release",
        "web",
        "worker",
        "clock",
    ]


def test_the_web_process_listens_where_the_setting_says() -> None:
    """An option on the command line would win over the setting: the demo stays on loopback."""
    assert "--host ${GRANIAN_HOST:-0.0.0.0}" in (ROOT / "Procfile").read_text()


def test_the_pinned_requirements_carry_hashes_and_no_addresses() -> None:
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text()
        assert "://" not in text
        assert "--hash=sha256:" in text
        assert not re.search(r"^--(?!hash)", text, re.MULTILINE)


def test_what_runs_is_pinned_as_it_is_tested() -> None:
    pinned = re.compile(r"^[a-z0-9-]+(?:\[[a-z]+\])?==\S+", re.MULTILINE)
    app, dev = (
        set(pinned.findall((ROOT / f"requirements/{n}.txt").read_text())) for n in ("app", "dev")
    )
    assert app - dev == set()


def test_the_lock_files_of_the_panel_and_the_oracles_record_no_addresses() -> None:
    for name in committed():
        if name.endswith("package-lock.json"):
            assert '"resolved"' not in (ROOT / name).read_text(), name
            assert (
                "omit-lockfile-registry-resolved=true"
                in (ROOT / name).with_name(".npmrc").read_text()
            )


def test_the_import_contracts_hold() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([lint], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


@pytest.mark.parametrize("turn", ["first", "second"])
def test_nothing_of_one_test_is_left_for_the_next(
    turn: str, database: Database, postgres_url: str
) -> None:
    with database.writing() as connection:
        assert connection.execute(select(leases.c.name)).all() == []
        row = {"name": turn, "owner": "me", "lease_until": datetime.now(UTC), "fence": 1}
        connection.execute(leases.insert().values(**row))
    with psycopg.connect(postgres_url, autocommit=True) as admin:
        rows = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE 'reprise_test_%'")
        assert rows.fetchall() == []


def test_a_test_cannot_reach_the_world() -> None:
    with socket.socket() as out, pytest.raises(AssertionError, match="tried to reach"):
        out.connect(("192.0.2.1", 80))
