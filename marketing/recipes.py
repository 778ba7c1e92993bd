"""Flows to begin with, kept as data in `marketing/recipes/`: a document, and a folder of texts.

A recipe's document is a flow document (`marketing.flow_schema`) whose messages have no
template; their words lie beside it as `<recipe>/<step id>.{subject,preview,mjml,text}.liquid`.
"""

import json
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from marketing.flow import Flow
from marketing.flow_schema import load as load_flow

PARTS = ("subject", "preview", "mjml", "text")


def names() -> tuple[str, ...]:
    """Give the names of all recipes, such as `abandoned-cart`."""
    found = (entry.name for entry in _shelf().iterdir())
    return tuple(sorted(_spoken(name) for name in found if name.endswith(".json")))


@lru_cache
def load(name: str) -> Flow:
    """Give a recipe as a flow; raises KeyError for a name that is none."""
    if name not in names():
        raise KeyError(name)
    return load_flow(document(name))


def document(name: str) -> dict[str, Any]:
    """Give a recipe's flow document, its texts in their places."""
    folder = name.replace("-", "_")
    flow: dict[str, Any] = json.loads((_shelf() / f"{folder}.json").read_text("utf-8"))
    for message in _messages(flow["steps"]):
        message["template"] = _template(_shelf() / folder, message["id"])
    return flow


def _shelf() -> Traversable:
    return files("marketing") / "recipes"


def _spoken(file_name: str) -> str:
    return file_name.removesuffix(".json").replace("_", "-")


def _messages(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Find the message steps, also those inside branches."""
    found = [step for step in steps if step["kind"] == "message"]
    for step in steps:
        variants = [variant["steps"] for variant in step.get("variants", ())]
        for branch in (step.get("yes", []), step.get("no", []), *variants):
            found += _messages(branch)
    return found


def _template(folder: Traversable, step_id: str) -> dict[str, str]:
    """Read a message's words; a subject and a preview are one line."""
    texts = {part: folder / f"{step_id}.{part}.liquid" for part in PARTS}
    words = {part: file.read_text("utf-8") for part, file in texts.items() if file.is_file()}
    return {p: text.strip() if p in ("subject", "preview") else text for p, text in words.items()}
