"""The plugin's zip: what it holds, the same bytes every time, and whole translations."""

import re
import zipfile
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from setup import plugin

MAIN = f"{plugin.SLUG}/{plugin.SLUG}.php"


@pytest.fixture(scope="module")
def held() -> dict[str, bytes]:
    return plugin.files()


def test_the_zip_holds_what_wordpress_installs_and_nothing_else(
    tmp_path: Path, held: dict[str, bytes]
) -> None:
    with zipfile.ZipFile(plugin.build(tmp_path / "plugin.zip")) as archive:
        assert archive.namelist() == sorted(held)
        assert {name.split("/")[0] for name in archive.namelist()} == {plugin.SLUG}
        assert archive.testzip() is None
    needed = {
        MAIN,
        *(f"{plugin.SLUG}/{name}" for name in ("uninstall.php", "readme.txt", "LICENSE")),
    }
    assert needed <= set(held)
    endings = {name.rpartition(".")[2] for name in held} - {f"{plugin.SLUG}/LICENSE"}
    assert endings <= {"php", "js", "css", "json", "txt", "po", "pot", "mo"}


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first, again = (plugin.build(tmp_path / name).read_bytes() for name in ("one.zip", "two.zip"))
    assert first == again


def test_the_plugin_and_its_readme_name_one_version(held: dict[str, bytes]) -> None:
    main, readme = held[MAIN].decode(), held[f"{plugin.SLUG}/readme.txt"].decode()
    header, constant, stable = (
        re.search(pattern, text)
        for pattern, text in (
            (r"\* Version:\s+(\S+)", main),
            (r"'REPRISE_VERSION', '([^']+)'", main),
            (r"Stable tag: (\S+)", readme),
        )
    )
    assert header
    assert constant
    assert stable
    assert header[1] == constant[1] == stable[1]
    assert "GPL-2.0-or-later" in main


def test_every_file_of_php_refuses_to_be_called_by_itself(held: dict[str, bytes]) -> None:
    open_to_all = [
        name
        for name, content in held.items()
        if name.endswith(".php") and b"defined( 'ABSPATH' ) || exit;" not in content
    ]
    assert open_to_all == [f"{plugin.SLUG}/uninstall.php"]
    assert b"defined( 'WP_UNINSTALL_PLUGIN' ) || exit;" in held[open_to_all[0]]


def test_the_translations_template_is_that_of_the_sources() -> None:
    """`make plugin WORDS=1` writes it anew."""
    assert plugin.TEMPLATE.read_bytes() == plugin.template()


def test_the_german_translation_says_everything() -> None:
    with next(plugin.LANGUAGES.glob("*de_DE.po")).open("rb") as source:
        german = read_po(source)
    assert {one.id for one in german} == {one.id for one in plugin.words()}
    assert [one.id for one in german if one.id and not one.string] == []
    slots = re.compile(r"%\S")
    for one in german:
        assert sorted(slots.findall(str(one.string))) == sorted(slots.findall(str(one.id)))
