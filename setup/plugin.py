"""The WordPress plugin's zip, the same bytes for the same sources.

python -m setup.plugin          writes dist/reprise-for-woocommerce.zip and prints its path
python -m setup.plugin --words  writes the template of the translations anew, and marks in the
                                German ones what is missing
"""

import io
import json
import re
import struct
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from setup.install import ROOT

SLUG = "reprise-for-woocommerce"
SOURCES = ROOT / "connectors" / "woocommerce" / "plugin"
FORM = ROOT / "connectors" / "shopify" / "app" / "extensions" / "reprise-form" / "assets"
"""The sign-up form's script and style: one source for every platform."""
LANGUAGES = SOURCES / "languages"
EDITOR = "reprise-signup-editor"
"""The script that WordPress looks translations up for."""
TEMPLATE = LANGUAGES / f"{SLUG}.pot"
OUT = ROOT / "dist" / f"{SLUG}.zip"
MOMENT = (1980, 1, 1, 0, 0, 0)
"""The zip's first possible moment: when it was built is nobody's business."""
NAMED = {"LICENSE", "readme.txt"}
SHIPPED = {".php", ".js", ".css", ".json", ".po", ".pot"}
CALL = re.compile(
    r"\b(?:__|_e|esc_html__|esc_html_e|esc_attr__|esc_attr_e)\(\s*'((?:[^'\\]|\\.)*)'\s*,\s*'"
    + SLUG
)
IDLE = (
    '"POT-Creation-Date', '"PO-Revision-Date', '"Report-Msgid', '"Last-Translator',
    '"Language-Team', "# Copyright (C)", "# FIRST AUTHOR",
)  # fmt: skip
"""What a catalogue's head says of times and people; nothing of it is true here."""
REMARK = re.compile(r"translators: (.+?)\s*\*/")


def files() -> dict[str, bytes]:
    """Give what the zip holds: name -> content, in order."""
    found = {path.relative_to(SOURCES): path for path in SOURCES.rglob("*") if _is_shipped(path)}
    held = {f"{SLUG}/{name.as_posix()}": path.read_bytes() for name, path in found.items()}
    for path in LANGUAGES.glob("*.po"):
        held[f"{SLUG}/languages/{path.stem}.mo"] = compiled(path)
        held[f"{SLUG}/languages/{path.stem}-{EDITOR}.json"] = for_scripts(path)
    for path in FORM.iterdir():
        held[f"{SLUG}/assets/{path.name}"] = path.read_bytes()
    return dict(sorted(held.items()))


def _is_shipped(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(SOURCES).parts)
    return path.is_file() and not hidden and (path.suffix in SHIPPED or path.name in NAMED)


def compiled(path: Path) -> bytes:
    """Give the binary form of a translation, which is what WordPress reads."""
    with path.open("rb") as source:
        catalog = read_po(source)
    catalog.creation_date = catalog.revision_date = datetime(*MOMENT, tzinfo=UTC)
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    out = io.BytesIO()
    write_mo(out, catalog)
    written = bytearray(out.getvalue())
    # Where its hash table would be: WordPress reads no file that says 0, even without a table.
    (count,) = struct.unpack_from("<I", written, 8)
    struct.pack_into("<I", written, 24, 28 + 16 * count)
    return bytes(written)


def for_scripts(path: Path) -> bytes:
    """Give what the editor's script says, in the form that WordPress hands to scripts."""
    with path.open("rb") as source:
        catalog = read_po(source)
    told: dict[str, object] = {"": {"domain": "messages", "lang": str(catalog.locale)}}
    for message in catalog:
        if any(name.endswith(".js") for name, _ in message.locations):
            told[str(message.id)] = [str(message.string)]
    written = {"domain": "messages", "locale_data": {"messages": told}}
    return json.dumps(written, ensure_ascii=False).encode()


def build(out: Path = OUT) -> Path:
    """Write the zip."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files().items():
            entry = zipfile.ZipInfo(name, MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content, compresslevel=9)
    return out


def words() -> Catalog:
    """Give the template: every sentence of the sources, with where it is said."""
    catalog = Catalog(project="Reprise for WooCommerce", charset="utf-8", fuzzy=False)
    catalog.mime_headers = [
        (name, value) for name, value in catalog.mime_headers if "Date" not in name
    ]
    for path in sorted([*SOURCES.rglob("*.php"), *SOURCES.rglob("*.js")]):
        _read_words(catalog, path)
    return catalog


def _read_words(catalog: Catalog, path: Path) -> None:
    remark: list[str] = []
    for line in path.read_text().splitlines():
        for found in CALL.finditer(line):
            sentence = re.sub(r"\\(.)", r"\1", found[1])
            name = path.relative_to(SOURCES).as_posix()
            catalog.add(sentence, locations=[(name, None)], auto_comments=remark)  # type: ignore[list-item]
        remark = [found[1] for found in REMARK.finditer(line)]


def template() -> bytes:
    """Give the template as it is kept."""
    return _written(words())


def _written(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=100, sort_output=True, omit_header=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(IDLE)).encode()


def renew() -> None:
    """Write the template, and take it over into the translations."""
    TEMPLATE.write_bytes(template())
    for path in LANGUAGES.glob("*.po"):
        with path.open("rb") as source:
            catalog = read_po(source, locale=path.stem.removeprefix(f"{SLUG}-"))
        catalog.update(words(), no_fuzzy_matching=True)
        catalog.obsolete.clear()
        path.write_bytes(_written(catalog))


def main(arguments: list[str]) -> int:
    if "--words" in arguments:
        renew()
        return 0
    print(build().relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
