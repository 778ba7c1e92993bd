"""`python -m setup.languages`: brings the catalogues up to the source, and tells what lacks.

A sentence that is new in the source gets an empty place in each catalogue; one that is gone is
taken out. The catalogues are gettext's, for any editor of such files.
"""

import json
import sys
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from marketing.recipes import WORDS
from marketing.said import LANGUAGES, SOURCE
from setup.install import ROOT

SPOKEN = ("marketing", "connectors", "channels", "storage", "jobs", "doors", "embedded_ui")
SPOKEN += ("public_api",)
"""The folders whose sentences people read; commands and the sandbox speak English."""
ABOUT = frozenset({"summary", "timing", "needs", "ideas"})
"""What recipes tell of themselves."""
READY = ROOT / "marketing" / "ready_segments.json"
HEADER = """\
# What the server says, in another language: `python -m setup.languages` keeps its places.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=utf-8\\n"

"""


@lru_cache
def sentences() -> dict[str, str]:
    """Give every sentence of the source, and the first file it is in.

    They are put into `say`, or are the words of recipes and ready-made segments.
    """
    found: dict[str, str] = {}
    for path in _files():
        for _, pattern, _, _ in extract_from_file("python", path, keywords={"say": None}):
            text = pattern if isinstance(pattern, str) else pattern[0]
            found.setdefault(text, path.relative_to(ROOT).as_posix())
    for path in (*sorted((ROOT / "marketing" / "recipes").rglob("*.json")), READY):
        for text in _words(json.loads(path.read_text("utf-8"))):
            found.setdefault(text, path.relative_to(ROOT).as_posix())
    return found


def _words(part: Any) -> Iterator[str]:
    """Give what people read of a document, at whatever depth."""
    if isinstance(part, list):
        for one in part:
            yield from _words(one)
    elif isinstance(part, dict):
        for key, told in part.items():
            if key in ABOUT or key in WORDS:
                yield from [told] if isinstance(told, str) else told
            yield from _words(told)


def _files() -> Iterator[Path]:
    for folder in SPOKEN:
        yield from sorted((ROOT / folder).rglob("*.py"))


def written(language: str) -> dict[str, str]:
    """Give what the catalogue of a language says, by English sentence."""
    catalogue = read_po(BytesIO(_place(language).read_bytes()), locale=language)
    return {str(one.id): str(one.string) for one in catalogue if one.id}


def lacking(language: str) -> list[str]:
    """Give the sentences that a language has no words for yet."""
    told = written(language)
    return [sentence for sentence in sentences() if not told.get(sentence)]


def keep(language: str, told: dict[str, str]) -> None:
    """Write the catalogue of a language anew, with these words where it has any."""
    catalogue = Catalog(locale=language)
    for sentence, path in sentences().items():
        catalogue.add(sentence, told.get(sentence, ""), locations=[(path, 0)])
    body = BytesIO()
    write_po(body, catalogue, width=0, omit_header=True, include_lineno=False)
    _place(language).write_bytes(HEADER.format(language=language).encode() + body.getvalue())


def _place(language: str) -> Path:
    return ROOT / "marketing" / "languages" / f"{language}.po"


def main() -> int:
    """Bring all catalogues up to date; 1 if something is still to be said."""
    found = 0
    for language in LANGUAGES:
        if language == SOURCE:
            continue
        keep(language, written(language))
        for sentence in lacking(language):
            found += 1
            print(f"{language}.po: no words for {sentence!r}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
