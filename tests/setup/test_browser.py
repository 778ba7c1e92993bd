"""Which Chromium the tests take, where there are several or none."""

from pathlib import Path

import pytest

from setup import browser


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROMIUM", raising=False)
    return tmp_path


def put(folder: Path, name: str, script: str = "") -> str:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def test_the_shell_comes_before_a_browser_with_windows(programs: Path) -> None:
    windowed = put(programs, "chromium")
    assert browser.find() == windowed
    shell = put(programs, browser.SHELL)
    assert browser.find() == shell
    assert browser.find((*browser.WINDOWED, browser.SHELL)) == windowed


def test_a_browser_that_is_named_is_taken_and_one_that_is_not_there_is_refused(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(programs, browser.SHELL)
    named = put(programs, "mine")
    monkeypatch.setenv("CHROMIUM", named)
    assert browser.find() == named
    monkeypatch.setenv("CHROMIUM", "nowhere")
    with pytest.raises(FileNotFoundError, match="CHROMIUM names nowhere"):
        browser.find()


def test_installing_brings_the_shell_where_only_a_browser_with_windows_was(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    put(programs, "chromium")
    shell = programs / browser.SHELL
    copying = (
        f'case "$*" in *{browser.SHELL}*) read line < {programs}/chromium; echo "$line" > {shell}'
    )
    put(programs, "apt-get", f"{copying}; /bin/chmod 755 {shell};; esac")
    assert browser.main(["--install"]) == 0
    assert capfd.readouterr().out == f"{shell}\n"


def test_where_the_shell_cannot_be_had_the_browser_that_is_there_will_do(
    programs: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    windowed = put(programs, "chromium")
    put(programs, "apt-get", "exit 100")
    assert browser.main(["--install"]) == 0
    assert capfd.readouterr().out == f"{windowed}\n"
