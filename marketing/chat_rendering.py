"""From the chat words of a template to what one customer reads: text, buttons and product cards."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketing import localize
from marketing.blocks.parts import Shelf
from marketing.chat import AGENT, Button, Card, ChatContent
from marketing.chat_limits import LIMITS, Limits
from marketing.chat_words import MOST_CARDS, ChatWords, key_of
from marketing.links import MessageLinks, UnsafeDestination
from marketing.liquid import GuardedEnvironment, GuardedTemplate
from marketing.model import ChannelName

SAYS = "say:"
"""Begins the payload of a button that answers in a message without a question: its label follows.
Whoever taps it wrote its label, for keywords and flows."""


@dataclass(frozen=True, slots=True)
class ParsedChat:
    """Chat words ready to be filled in."""

    words: ChatWords
    text: GuardedTemplate
    buttons: tuple[tuple[GuardedTemplate, GuardedTemplate], ...]


def parsed(words: ChatWords, liquid: GuardedEnvironment) -> ParsedChat:
    """Parse chat words; raises `LiquidError`."""
    buttons = [(one.label, one.url) for one in words.buttons]
    return ParsedChat(
        words,
        liquid.parse_guarded(words.text),
        tuple((liquid.parse_guarded(a), liquid.parse_guarded(b)) for a, b in buttons),
    )


def write(
    chat: ParsedChat,
    facts: Mapping[str, Any],
    links: MessageLinks | None,
    tidy: Callable[[str], str],
) -> ChatContent:
    """Give what it says to one customer; raises `LiquidError`.

    Links are counted as those of a mail are; one that leads nowhere safe is left out, with its
    button: a chat shows no dead ends.
    """
    places = _Places(links)
    buttons = [
        _button(tidy(label.write(facts)), url.write(facts).strip(), places)
        for label, url in chat.buttons
    ]
    cards = tuple(_cards(chat.words, facts, places))
    kept = tuple(one for one in buttons if one is not None)
    return ChatContent(tidy(chat.text.write(facts)), kept, cards)


class _Places:
    """Addresses of a message, each counted by its number."""

    def __init__(self, links: MessageLinks | None) -> None:
        self.links, self.count = links, 0

    def of(self, url: str) -> str:
        """Give the address to show, "" for one that leads nowhere."""
        self.count += 1
        if self.links is None or self.links.owns(url):
            return url
        try:
            return self.links.click_url(self.count, url)
        except UnsafeDestination:
            return ""


def _button(label: str, url: str, places: _Places) -> Button | None:
    if not label:
        return None
    if not url:
        return Button(label, payload=f"{SAYS}{label}")
    place = places.of(url)
    return Button(label, url=place) if place else None


def _cards(words: ChatWords, facts: Mapping[str, Any], places: _Places) -> Iterator[Card]:
    locale = str(facts.get("locale") or "")
    for item, currency in list(_shown(words, facts))[:MOST_CARDS]:
        price = item.get("price")
        told = "" if price is None else localize.money(int(price), currency, locale)
        url = places.of(str(item["url"])) if item.get("url") else ""
        view = (Button(facts["words"]["view"], url=url),) if url else ()
        yield Card(str(item.get("title") or ""), told, str(item.get("image_url") or ""), url, view)


def _shown(words: ChatWords, facts: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Give the products to show, each with the currency of its price."""
    if words.cards is Shelf.CART:
        cart = facts.get("cart") or {}
        yield from ((one, cart["currency"]) for one in cart.get("items", ()))
    elif words.cards is Shelf.PICKED:
        keys = {key_of(one) for one in words.products}
        wares = facts.get("picked") or ()
        yield from ((one, one["currency"]) for one in wares if one.get("key") in keys)
    elif words.cards is Shelf.RECOMMENDED:
        yield from ((one, one["currency"]) for one in facts.get("recommendations") or ())


def fitted(
    said: ChatContent,
    channel: ChannelName,
    agent: str,
    answers: Sequence[Button] = (),
    menu: str = "",
) -> ChatContent:
    """Give a message as a channel takes it, with its question's answers and the way to a person.

    `agent` is what the button says that asks for a person; it is left out where there is no room.
    `menu` is what opens the list that more answers become than there is room for as buttons.
    """
    limits = LIMITS.get(channel)
    if limits is None:
        return said
    buttons = (*said.buttons, *answers)
    if has_room(buttons, limits):
        buttons = (*buttons, Button(agent, payload=AGENT))
    if not limits.cards:
        said = replace(said, text=_in_lines(said), cards=())
    is_list = bool(limits.rows) and len(answers) > limits.quick_replies
    return replace(said, buttons=buttons, menu=menu if is_list else said.menu)


def has_room(buttons: Sequence[Button], limits: Limits) -> bool:
    """Say whether one more button fits; where one opens a page there is room for few."""
    opens = any(one.url for one in buttons)
    return len(buttons) < (limits.buttons if opens else limits.room_for(len(buttons))[0])


def _in_lines(said: ChatContent) -> str:
    """Give the words with the cards in lines, for a channel that has none."""
    told = (" · ".join(filter(None, (one.title, one.subtitle))) for one in said.cards)
    lines = [f"{line}\n{card.url}".strip() for line, card in zip(told, said.cards, strict=True)]
    return "\n\n".join(filter(None, (said.text, *lines)))
