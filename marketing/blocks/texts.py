"""Every text of a message's blocks, by block and field: for checks that ask about words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marketing.blocks.parts import Block, Button, Heading, Html, Image, Text, walk
from marketing.blocks.safe_html import links_of, pictures_in

TEXTS = ("text", "html", "label", "title", "lead", "why", "alt", "href", "src")
ADDRESSES = frozenset({"href", "src"})
NEEDED = frozenset(
    {
        *((Heading, "text"), (Text, "html"), (Html, "html")),
        *((Button, "label"), (Button, "href"), (Image, "src")),
    }
)


@dataclass(frozen=True, slots=True)
class BlockText:
    """One text of one block."""

    block: Block
    field: str
    source: str

    @property
    def place(self) -> str:
        """Give where it is, as problems name it."""
        return f"blocks.{self.block.id}.{self.field}"

    @property
    def is_needed(self) -> bool:
        """Say whether the block is nothing without it."""
        return (type(self.block), self.field) in NEEDED

    @property
    def is_html(self) -> bool:
        """Say whether it is HTML; the rest is plain words or an address."""
        return self.field == "html"


def texts_of(blocks: Sequence[Block]) -> Iterator[BlockText]:
    """Give every text, in the order of the blocks."""
    for block in walk(blocks):
        for field in TEXTS:
            source = getattr(block, field, None)
            if isinstance(source, str):
                yield BlockText(block, field, source)


def addresses_of(blocks: Sequence[Block]) -> Iterator[BlockText]:
    """Give where each link of the blocks leads; `field` is where the link is."""
    for text in texts_of(blocks):
        if text.field == "href":
            yield text
        elif text.is_html:
            for href in links_of(text.source):
                yield BlockText(text.block, text.field, href)


def pictures_of(blocks: Sequence[Block]) -> Iterator[BlockText]:
    """Give where each picture of the blocks is."""
    for text in texts_of(blocks):
        if text.field == "src":
            yield text
        elif text.is_html:
            for src in pictures_in(text.source):
                yield BlockText(text.block, text.field, src)
