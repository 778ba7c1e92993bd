"""Installing: which Node will do, and when a step has to be taken again."""

from pathlib import Path

import pytest

from setup import install


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v18.20.0", False),
        ("v20.18.3", False),
        ("v20.19.0", True),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v23.0.0", True),
        ("v24.19.0", True),
        ("", False),
    ],
)
def test_a_node_is_used_when_its_line_is_new_enough(version: str, enough: bool) -> None:
    assert install.new_enough(version) is enough


def test_an_old_node_on_the_path_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\necho v18.0.0\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert install.machines_node() is None


def test_a_node_without_npm_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "node").write_text("#!/bin/sh\necho v24.0.0\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install.machines_node() is None


def test_a_changed_or_renamed_source_changes_the_stamp(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(install, "ROOT", tmp_path)
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_text("a")
    first = install.digest([one])
    other.write_text("a")
    assert install.digest([other]) != first
    one.write_text("b")
    assert install.digest([one]) != first


def test_what_is_built_or_installed_is_no_source(tmp_path: Path) -> None:
    for name in ("src/a.ts", "node_modules/x/b.js", "dist/c.js"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert list(install.sources_of(tmp_path)) == [tmp_path / "src/a.ts"]


def test_an_environment_that_was_moved_does_not_work(tmp_path: Path) -> None:
    assert not install.works(tmp_path / "bin/python")
