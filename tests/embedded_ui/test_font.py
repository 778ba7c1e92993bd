"""The panel's font: the package's own, without what the panel never shows."""

import re
from io import BytesIO

from fontTools.ttLib import TTFont

from setup import font

WEIGHT = re.compile(r"font(?:-weight)?: ?([0-9]{3})\b")


def test_it_is_what_the_script_makes_of_the_package_and_lies_beside_its_licence() -> None:
    kept = (font.KEPT / font.NAME).read_bytes()
    assert kept == font.cut(font.PACKAGE / "files" / font.NAME)
    assert (font.KEPT / "LICENSE").read_text() == (font.PACKAGE / "LICENSE").read_text()


def test_other_scripts_are_told_as_the_package_tells_them_and_latin_is_not_among_them() -> None:
    kept = (font.KEPT / "others.css").read_text("utf-8")
    faces = (font.PACKAGE / "wght.css").read_text("utf-8")
    assert kept == font.others(faces)
    assert kept.count("@font-face") == faces.count("@font-face") - 1
    assert font.NAME not in kept
    script = re.search(r"U\+0000-00FF[^;\"]*", faces)
    assert script
    assert script[0] in (font.KEPT / "latin.ts").read_text("utf-8")


def test_it_draws_every_character_that_the_package_does() -> None:
    kept = TTFont(BytesIO((font.KEPT / font.NAME).read_bytes()))
    assert font.characters(kept) == font.characters(TTFont(font.PACKAGE / "files" / font.NAME))


def test_it_has_every_weight_that_the_style_sheets_name() -> None:
    ours = (one for one in (font.PANEL / "src").rglob("*.css") if one.name != "others.css")
    styles = (path.read_text("utf-8") for path in ours)
    named = {int(weight) for style in styles for weight in WEIGHT.findall(style)}
    lightest, heaviest = font.WEIGHTS
    assert lightest <= min(named) <= max(named) <= heaviest
