"""The blocks that a merchant builds a message of: what each holds.

Texts may hold Liquid. `marketing.block_schema` reads them from JSON, `marketing.blocks.writing`
writes them as MJML and `marketing.blocks.saying` as plain text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Align(StrEnum):
    """Where a block stands in its column."""

    LEFT = "left"
    CENTER = "center"


class Tone(StrEnum):
    """How loudly a text is said."""

    NORMAL = "normal"
    QUIET = "quiet"


class Shelf(StrEnum):
    """Where a list of products comes from."""

    CART = "cart"
    ORDER = "order"
    RECOMMENDED = "recommended"
    PICKED = "picked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One part of a message; `id` stays with it through every edit."""

    id: str
    when: str | None = None
    """A named condition or a Liquid one (`marketing.blocks.conditions`); None: always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header(Block):
    """The store's logo, or its name, above the card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading(Block):
    """A line in large letters: plain text."""

    text: str
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Text(Block):
    """Paragraphs, with what `marketing.blocks.safe_html.rich` leaves of their HTML."""

    html: str
    tone: Tone = Tone.NORMAL
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Image(Block):
    """A picture; `href` makes it a link. None as `width` (in px): as wide as the card."""

    src: str
    alt: str = ""
    href: str | None = None
    width: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button(Block):
    """The one thing to do."""

    label: str
    href: str
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Products(Block):
    """A list of products under a title; nothing where there are none."""

    of: Shelf
    title: str = ""
    products: tuple[str, ...] = ()
    """The platform's ids of those picked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product(Block):
    """The product that the message is about; nothing where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews(Block):
    """What buyers wrote, under a title; nothing where nobody did."""

    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code(Block):
    """The customer's own code; nothing where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Divider(Block):
    """A line across."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacer(Block):
    """Nothing, so many px of it."""

    height: int = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns(Block):
    """Two columns of simple blocks; on a phone one under the other."""

    left: tuple[Block, ...] = ()
    right: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Social(Block):
    """Where else the store can be found, after a lead; nothing if nowhere."""

    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature(Block):
    """Who signs: the founder, where the merchant told a name; else the store."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracking(Block):
    """The way to the parcel; nothing where none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer(Block):
    """Who writes, from where, and how to make it stop; `why` is the reader's "why me"."""

    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Html(Block):
    """HTML of one's own, with what `marketing.blocks.safe_html.free` leaves of it."""

    html: str


SIMPLE = (Heading, Text, Image, Button, Divider, Spacer)
"""Those that may stand in a column."""


def walk(blocks: Sequence[Block]) -> Iterator[Block]:
    """Give every block, those in columns after the columns themselves."""
    for block in blocks:
        yield block
        if isinstance(block, Columns):
            yield from (*block.left, *block.right)
