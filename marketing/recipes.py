"""Flows to begin with, kept as data in `marketing/recipes/`: a document, and a folder of messages.

A recipe's document is a flow document (`marketing.flow_schema`) whose messages have no
template; those lie beside it in `<recipe>/<step id>.json`, in blocks (`marketing.block_schema`).
Besides the flow it holds `about`: what the recipe is for (`About`). All its words are English;
another language has them in its catalogue (`marketing.said`), like any other sentence.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, cast

from marketing.flow import Flow
from marketing.flow_schema import load as load_flow
from marketing.model import JsonObject
from marketing.said import LANGUAGES, SOURCE, in_language

CATEGORIES = ("recovery", "orders", "welcome", "loyalty", "products")
"""In the order in which the panel lists them."""


@dataclass(frozen=True, slots=True)
class About:
    """What a recipe is for, in sentences for the merchant."""

    category: str
    """One of `CATEGORIES`."""
    position: int
    """Its place within the category."""
    summary: str
    timing: str
    needs: str | None = None
    """What has to be there before it does anything."""
    ideas: tuple[str, ...] = ()
    """What is worth an A/B test."""
    replaces: str | None = None
    """Which mail of the platform's own it would double (`marketing.complements`)."""
    instead_of: str | None = None
    """The recipe beside which it makes no sense (`marketing.siblings`)."""


@lru_cache
def names() -> tuple[str, ...]:
    """Give the names of all recipes, such as `abandoned-cart`, in the order of the panel."""
    found = (entry.name for entry in _shelf().iterdir())
    spoken = [_spoken(name) for name in found if name.endswith(".json")]
    return tuple(sorted(spoken, key=lambda name: (*_place(about(name)), name)))


def _place(told: About) -> tuple[int, int]:
    return CATEGORIES.index(told.category), told.position


@lru_cache
def about(name: str) -> About:
    """Give what a recipe is for."""
    told = _read(name)["about"]
    return About(**{**told, "ideas": tuple(told.get("ideas", ()))})


@lru_cache
def load(name: str, language: str = SOURCE) -> Flow:
    """Give a recipe as a flow, in a language; raises KeyError for a name that is none."""
    if name not in names():
        raise KeyError(name)
    return load_flow(document(name, language))


def document(name: str, language: str = SOURCE) -> dict[str, Any]:
    """Give a recipe's flow document, its texts in their places, for customers of a language."""
    flow = _read(name)
    del flow["about"]
    for message in _messages(flow["steps"]):
        message["template"] = _template(_shelf() / _folder(name), message["id"])
    return cast("dict[str, Any]", _in_language(flow, language))


def called_in(recipe: str, document: JsonObject, language: str) -> JsonObject:
    """Give a flow document with the recipe's own names for it and its steps in a language.

    Names are for the merchant's team, who may read another language than the store's customers:
    the words of messages stay. So does a name that somebody gave.
    """
    return cast("JsonObject", _called_in(document, _names_of(recipe), language))


def _called_in(part: Any, names: Mapping[str, str], language: str) -> Any:
    if isinstance(part, list):
        return [_called_in(one, names, language) for one in part]
    if not isinstance(part, Mapping):
        return part
    return {
        key: in_language(names[told], language)
        if key == "name" and isinstance(told, str) and told in names
        else told
        if key == "template"
        else _called_in(told, names, language)
        for key, told in part.items()
    }


@lru_cache
def _names_of(recipe: str) -> Mapping[str, str]:
    """Give the English of each name in a recipe by the name in any language."""
    document = _read(recipe)
    named = {document["name"], *(step.get("name") for step in _messages(document["steps"]))}
    return {in_language(name, language): name for name in named if name for language in LANGUAGES}


WORDS = frozenset({"name", "subject", "preview", "text", "html", "label", "lead", "title", "why"})
"""The fields of a recipe's documents that people read."""


def _in_language(part: Any, language: str) -> Any:
    if isinstance(part, list):
        return [_in_language(one, language) for one in part]
    if not isinstance(part, dict):
        return part
    return {
        key: in_language(told, language)
        if key in WORDS and isinstance(told, str)
        else _in_language(told, language)
        for key, told in part.items()
    }


def _read(name: str) -> dict[str, Any]:
    text = (_shelf() / f"{_folder(name)}.json").read_text("utf-8")
    return dict(json.loads(text))


def _folder(name: str) -> str:
    return name.replace("-", "_")


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


def _template(folder: Traversable, step_id: str) -> dict[str, Any]:
    return dict(json.loads((folder / f"{step_id}.json").read_text("utf-8")))
