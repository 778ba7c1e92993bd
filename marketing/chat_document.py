"""What a chat message holds beside its text, as a JSON document and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from marketing.chat import Author, Button, Card, ChatContent, TemplateCall
from marketing.model import JsonObject

KEPT = ("buttons", "cards", "template", "comment")


def dump(content: ChatContent) -> JsonObject | None:
    """Give what the text does not say; None when it says all."""
    told = {name: value for name, value in asdict(content).items() if name in KEPT and value}
    return told or None


def load(text: str, told: Mapping[str, Any] | None, author: Author) -> ChatContent:
    """Read a message back from its text and what `dump` gave."""
    told = told or {}
    template = told.get("template")
    return ChatContent(
        text,
        buttons=_buttons(told),
        cards=tuple(Card(**{**one, "buttons": _buttons(one)}) for one in told.get("cards", ())),
        template=_template(template) if template else None,
        author=author,
        comment=told.get("comment", ""),
    )


def _buttons(told: Mapping[str, Any]) -> tuple[Button, ...]:
    return tuple(Button(**one) for one in told.get("buttons", ()))


def _template(told: Mapping[str, Any]) -> TemplateCall:
    parameters = tuple(tuple(values) for values in told["parameters"])
    return TemplateCall(told["name"], told["language"], parameters)
