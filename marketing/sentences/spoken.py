"""What a sentence is about: its language, the store's currency, and names for ids."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

LANGUAGES = ("en", "de")


@dataclass(frozen=True, slots=True)
class Spoken:
    """How one store speaks; flows and segments are told by name where only one has it."""

    language: str = "en"
    currency: str = "USD"
    flows: Mapping[str, str] = field(default_factory=dict)
    """Name of each flow by its id."""
    segments: Mapping[str, str] = field(default_factory=dict)

    def name_of_flow(self, flow_id: Any) -> Any:
        """Give a flow's name, or its id where that says no more than one."""
        return _named(self.flows, flow_id)

    def name_of_segment(self, segment_id: Any) -> Any:
        """Give a segment's name, or its id where that says no more than one."""
        return _named(self.segments, segment_id)


def _named(names: Mapping[str, str], one: Any) -> Any:
    name = names.get(one, one)
    return name if id_of(names, name) == one else one


def id_of(names: Mapping[str, str], told: str) -> str | None:
    """Give the one id that a name or an id means; None: it means none, or several."""
    if told in names:
        return told
    found = [key for key, name in names.items() if name.casefold() == told.casefold()]
    return found[0] if len(found) == 1 else None


def language_of(locale: str) -> str:
    """Give the language to speak with a store of this locale: its own, else English."""
    language = locale.replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else "en"
