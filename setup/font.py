"""The panel's font, cut to what the panel shows: `python -m setup.font` writes it from the package.

Kept are all characters of the package's Latin file, the weights that the style sheets use, and
the features that they or the characters need: kerning, accents, figures of one width. It is kept
beside its licence, which allows that; other scripts come from the package as they are.
"""

import shutil
from io import BytesIO
from pathlib import Path
from typing import Final

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

PANEL: Final = Path(__file__).resolve().parents[1] / "embedded_ui/panel"
PACKAGE: Final = PANEL / "node_modules/@fontsource-variable/inter"
NAME: Final = "inter-latin-wght-normal.woff2"
KEPT: Final = PANEL / "src/font"
FEATURES: Final = ("kern", "mark", "mkmk", "ccmp", "locl", "tnum")
WEIGHTS: Final = (400, 700)
ABOUT: Final = (0, 1, 2, 3, 4, 5, 6, 13, 14, 25)
"""Numbers of the names a font tells of itself: whose it is, what it is called, its licence."""


def main() -> None:
    KEPT.mkdir(exist_ok=True)
    (KEPT / NAME).write_bytes(cut(PACKAGE / "files" / NAME))
    shutil.copyfile(PACKAGE / "LICENSE", KEPT / "LICENSE")


def cut(path: Path) -> bytes:
    """Give the WOFF2 file of the font at a path with nothing in it that the panel does not show."""
    font = TTFont(path, recalcTimestamp=False)
    options = Options(layout_features=list(FEATURES), name_IDs=list(ABOUT), hinting=False)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters(font))
    subsetter.subset(font)
    font = instantiateVariableFont(font, {"wght": WEIGHTS})
    font.flavor = "woff2"
    packed = BytesIO()
    font.save(packed)
    return packed.getvalue()


def characters(font: TTFont) -> set[int]:
    """Give the code points that a font draws."""
    return set(font.getBestCmap())


if __name__ == "__main__":
    main()
