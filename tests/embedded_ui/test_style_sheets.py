"""Style sheets stay loaded when a page is left: what two pages call alike, they share."""

import re
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "embedded_ui" / "panel" / "src"
SELECTOR = re.compile(r"([^{};]+)\{")


def names_of(sheet: str) -> set[str]:
    """Give the classes that a sheet styles wherever they are."""
    text = re.sub(r"/\*.*?\*/", "", (SOURCES / sheet).read_text(), flags=re.DOTALL)
    parts = [one.strip() for found in SELECTOR.findall(text) for one in found.split(",")]
    return {name[1] for one in parts if (name := re.match(r"\.([\w-]+)$", one))}


def test_the_message_editor_styles_nothing_of_the_builder() -> None:
    builder = ("builder/builder.css", "inspector/inspector.css", "flow/drawing.css")
    others = (*builder, "conditions/conditions.css", "flows/flows.css", "segments/segments.css")
    shared = {sheet: names_of("editor/editor.css") & names_of(sheet) for sheet in others}
    assert not any(shared.values()), shared
