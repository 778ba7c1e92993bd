"""docs/api.md: every example is run with curl against a live app, and answered as it says there."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.public_api.conftest import Program
from tests.served import served

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLE = re.compile(
    r"^```sh ?(?P<keep>[A-Z]*)\n(?P<command>.*?)^```\n\n```json\n(?P<answer>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """What the door does on both databases is tested beside this."""
    path = tmp_path / "reprise.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    with served(app) as url:
        yield url


def keeps(answer: Any, promised: Any) -> bool:
    """Say whether an answer is as the page says: “…” is anything, fields may be left out."""
    if promised == "…":
        return bool(answer)
    if isinstance(promised, dict):
        named = isinstance(answer, dict) and promised.keys() <= answer.keys()
        return named and all(keeps(answer[name], told) for name, told in promised.items())
    if isinstance(promised, list):
        pairs = zip(answer, promised, strict=False)
        return len(answer) >= len(promised) and all(keeps(*pair) for pair in pairs)
    return bool(answer == promised)


def id_in(answer: Any) -> str:
    return str(answer["id"] if "id" in answer else answer["customers"][0]["id"])


@pytest.mark.skipif(
    not (shutil.which("curl") or os.environ.get("CI")), reason="There is no curl here."
)
def test_every_example_is_answered_as_the_page_says(program: Program, address: str) -> None:
    environment = {**os.environ, "URL": address, "KEY": program.shown, "NO_PROXY": "127.0.0.1"}
    examples = list(EXAMPLE.finditer(PAGE.read_text()))
    assert len(examples) >= 14
    assert PAGE.read_text().count("```sh") == len(examples), "each has its answer behind it"
    for one in examples:
        ran = subprocess.run(
            ["bash", "-c", one["command"]], env=environment, capture_output=True, check=True
        )
        answer = json.loads(ran.stdout)
        assert keeps(answer, json.loads(one["answer"])), (one["command"], answer)
        if one["keep"]:
            environment[one["keep"]] = id_in(answer)


def test_the_page_names_every_scope_and_the_schema() -> None:
    page = PAGE.read_text()
    for word in ("customers", "flows", "segments", "events:write", "/api/v1/schemas/flow.json"):
        assert word in page
