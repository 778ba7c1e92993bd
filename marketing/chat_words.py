"""What a message says in a chat: words, buttons and the products beside them; all Liquid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketing.blocks.parts import Shelf

MOST_BUTTONS = 13
"""Of any chat; each has its own limit besides (`marketing.chat`)."""
MOST_CARDS = 10


@dataclass(frozen=True, slots=True)
class ChatButton:
    """A button of a message: a link, or without an address an answer that says its label."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class ChatWords:
    """What goes as a chat message; `products` are the platform's ids, for picked cards."""

    text: str = ""
    buttons: tuple[ChatButton, ...] = ()
    cards: Shelf | None = None
    """Which products are shown as cards: the cart's, picked or recommended ones; None: none."""
    products: tuple[str, ...] = ()


def texts_in(words: ChatWords) -> Iterator[tuple[str, str, bool]]:
    """Give each text of it: its place, its source, and whether it has to say something."""
    yield "chat.text", words.text, True
    for number, button in enumerate(words.buttons):
        yield f"chat.buttons.{number}.label", button.label, True
        if button.url:
            yield f"chat.buttons.{number}.url", button.url, False


def from_document(told: Mapping[str, Any]) -> ChatWords:
    """Read what `dataclasses.asdict` gave."""
    buttons = tuple(ChatButton(one["label"], one["url"]) for one in told["buttons"])
    cards = Shelf(told["cards"]) if told["cards"] else None
    return ChatWords(told["text"], buttons, cards, tuple(told["products"]))


def key_of(product_id: str) -> str:
    """Give how a picked product is named inside a template."""
    return f",{product_id},"
