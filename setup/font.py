"""The panel's font, cut to what the panel shows: `python -m setup.font` writes it from the package.

Kept are all characters of the package's Latin file, the weights that the style sheets use, and
the features that they or the characters need: kerning, accents, figures of one width. It is kept
beside its licence, which allows that; other scripts come from the package as they are, told by
`others.css`: the Latin file is asked for by `src/font/latin.ts`, once the scripts are there.
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
OTHERS: Final = (
    "/* Inter for other scripts than Latin, as its package tells it: `python -m setup.font`. */"
)
FEATURES: Final = ("kern", "mark", "mkmk", "ccmp", "locl", "tnum")
WEIGHTS: Final = (400, 700)
ABOUT: Final = (0, 1, 2, 3, 4, 5, 6, 13, 14, 25)
"""Numbers of the names a font tells of itself: whose it is, what it is called, its licence."""


def main() -> None:
    KEPT.mkdir(exist_ok=True)
    (KEPT / NAME).write_bytes(cut(PACKAGE / "files" / NAME))
    (KEPT / "others.css").write_text(others((PACKAGE / "wght.css").read_text("utf-8")), "utf-8")
    shutil.copyfile(PACKAGE / "LICENSE", KEPT / "LICENSE")


def others(faces: str) -> str:
    """Give the package's style sheet without what it says of the Latin file."""
    told = [f"@font-face{face}" for face in faces.split("@font-face")[1:] if NAME not in face]
    plain = "".join(face.partition("/*")[0] for face in told)
    return f"{OTHERS}\n{plain.replace('./files/', f'{PACKAGE.parent.name}/inter/files/')}"


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
