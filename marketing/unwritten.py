"""Messages that nobody wrote: an empty frame, or still the words that they began with.

They compile, and a preview shows them; but no customer is to read one.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from marketing.blocks.parts import (
    Code,
    Divider,
    Footer,
    Header,
    Signature,
    Social,
    Spacer,
    Text,
    walk,
)
from marketing.blocks.safe_html import plain
from marketing.blocks.texts import texts_of
from marketing.flow import SendMessage, Step, Template
from marketing.said import say
from marketing.templates import Problem

FRAME: Final = (Header, Divider, Spacer, Social, Signature, Footer)
"""Blocks that say nothing by themselves."""
PLACEHOLDERS: Final = {
    "en": "there is news at {{ store.name }}. Have a look around.",
    "de": "bei {{ store.name }} gibt es Neues. Schauen Sie sich um.",
}
"""What stands in a new campaign for the merchant's own words, by language."""
STILL = say("The text still says what every new message says.")
WRITE = say("Write your own words in its place.")
SAYS_NOTHING = say("The message says nothing: there is only its frame.")
ADD = say("Add a text, a picture or products in the message editor.")
EMPTY = say("It is empty.")
NO_CODE = say("The code block stays empty: this message offers no code.")
OFFER = say(
    "Put a discount code step before it and choose it under “Offers”, or take the block away."
)
OFFER_IN_CAMPAIGN = say(
    "A campaign makes no codes of its own. Take the block away, or write a code from your store "
    "into a text."
)
FILL = say("Write something in it, or take the block away.")


def unwritten(steps: Iterable[Step]) -> tuple[Problem, ...]:
    """Give what keeps messages from being sent though each could be: nobody wrote them."""
    return tuple(
        problem
        for step in steps
        if isinstance(step, SendMessage)
        for problem in problems_of(step.template, step.id)
    )


def codeless(steps: Iterable[Step]) -> tuple[Problem, ...]:
    """Give the blocks that would show a code in messages that offer none: they stay empty."""
    return tuple(
        Problem(step.id, f"blocks.{block.id}", NO_CODE, OFFER, code="no_code")
        for step in steps
        if isinstance(step, SendMessage) and step.coupon is None and step.reward is None
        for block in codes_in(step.template)
    )


def codes_in(template: Template) -> list[Code]:
    """Give the blocks that show a code."""
    return [block for block in walk(template.blocks) if isinstance(block, Code)]


def problems_of(template: Template, step: str = "") -> Iterator[Problem]:
    """Give what nobody wrote in one message, in the order of its blocks."""
    if template.blocks and is_frame(template):
        yield Problem(step, "blocks", SAYS_NOTHING, ADD, code="nothing_said")
        return
    for block in walk(template.blocks):
        if isinstance(block, Text) and not plain(block.html).strip():
            place = f"blocks.{block.id}.html"
            yield Problem(step, place, EMPTY, FILL, code="empty")
    for place, words in _texts(template):
        if _is_placeholder(words):
            yield Problem(step, place, STILL, WRITE, code="unwritten")


def is_frame(template: Template) -> bool:
    """Say whether a mail says nothing by itself; one without blocks has its source for that."""
    return not template.mjml and all(isinstance(one, FRAME) for one in template.blocks)


def _texts(template: Template) -> Iterator[tuple[str, str]]:
    if not template.blocks:
        yield "mjml", template.mjml
    for text in texts_of(template.blocks):
        yield text.place, plain(text.source) if text.is_html else text.source


def _is_placeholder(words: str) -> bool:
    folded = _folded(words)
    return any(_folded(one) in folded for one in PLACEHOLDERS.values())


def _folded(words: str) -> str:
    # Editors and templates write the same Liquid with and without spaces.
    return "".join(words.split()).casefold()
