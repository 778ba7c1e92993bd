"""The panel's built files: found through Vite's manifest, served packed, kept for a year.

Every name holds a hash of its content, so a browser may keep it for good; the shell, which
names them, is never kept.
"""

import json
import mimetypes
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Response, abort, request

DIST = Path(__file__).with_name("panel") / "dist"
EARLY = "src/early.ts"
"""Comes before `ENTRY`: it asks for what the page needs while the rest is under way."""
ENTRY = "src/main.tsx"
A_YEAR = "public, max-age=31536000, immutable"
PACKINGS = (("br", ".br"), ("gzip", ".gz"))


class PanelNotBuilt(Exception):
    """There is no built panel beside the sources."""

    def __init__(self) -> None:
        super().__init__("The panel is not built: run `make install`.")


@dataclass(frozen=True, slots=True)
class PageFiles:
    """What the shell of one page names, each by its file name."""

    early: str
    script: str
    preloads: tuple[str, ...]
    styles: tuple[str, ...]


@cache
def files_of(page: str, language: str = "en") -> PageFiles:
    """Give the files of a page, such as `src/pages/Dashboard.tsx`; raises `PanelNotBuilt`."""
    manifest = _manifest()
    needed = list(dict.fromkeys(_needed(manifest, page, f"src/words/{language}/")))
    styles = [style for key in needed for style in manifest[key].get("css", ())]
    early, script = _itself(manifest, EARLY), _itself(manifest, ENTRY)
    named = (EARLY, early, ENTRY, script)
    return PageFiles(
        early=manifest[early]["file"],
        script=manifest[script]["file"],
        preloads=tuple(manifest[key]["file"] for key in needed if key not in named),
        styles=tuple(dict.fromkeys(styles)),
    )


def _manifest() -> Mapping[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((DIST / ".vite/manifest.json").read_text("utf-8"))
    except FileNotFoundError:
        raise PanelNotBuilt from None
    return manifest


def _itself(manifest: Mapping[str, Any], entry: str) -> str:
    """Find the chunk that an entry is in: its own file does nothing but import that one."""
    itself: str = manifest[entry]["imports"][0]
    return itself


def _needed(manifest: Mapping[str, Any], page: str, words: str) -> Iterator[str]:
    """Yield what a page loads at once, and of the words it picks from those of its language."""
    for key in (part for first in (EARLY, ENTRY, page) for part in _needs(manifest, first)):
        yield key
        for picked in manifest[key].get("dynamicImports", ()):
            if picked.startswith(words):
                yield from _needs(manifest, picked)


def _needs(manifest: Mapping[str, Any], key: str) -> Iterator[str]:
    """Yield a chunk and everything it imports at once."""
    yield key
    for other in manifest[key].get("imports", ()):
        yield from _needs(manifest, other)


def serve(name: str) -> Response:
    """Answer with a built file, packed as the browser likes it best."""
    if name not in _names():
        abort(404)
    packing, suffix = _packing(name)
    try:
        answer = Response(_content(f"{name}{suffix}"))
    except FileNotFoundError:
        forget()
        abort(404)
    answer.headers["Cache-Control"] = A_YEAR
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Type"] = _type_of(name)
    answer.vary.add("Accept-Encoding")
    if packing:
        answer.headers["Content-Encoding"] = packing
    return answer


@cache
def _names() -> frozenset[str]:
    """Name what there is: nothing else is ever looked for on the disk."""
    return frozenset(path.name for path in DIST.glob("*") if path.is_file())


def forget() -> None:
    """Look at the disk again: the panel was built anew under a running app."""
    for remembered in (files_of, _names, _content):
        remembered.cache_clear()


@cache
def _content(name: str) -> bytes:
    return (DIST / name).read_bytes()


def _packing(name: str) -> tuple[str, str]:
    for packing, suffix in PACKINGS:
        if request.accept_encodings.quality(packing) > 0 and f"{name}{suffix}" in _names():
            return packing, suffix
    return "", ""


def _type_of(name: str) -> str:
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def not_built() -> Response:
    """Answer for a panel that is not there, to the one who can help."""
    return Response(str(PanelNotBuilt()), status=503, mimetype="text/plain")
