"""Says a message's blocks in plain words: the text part of an email."""

from collections.abc import Sequence

from marketing.blocks import look, plain
from marketing.blocks.conditions import guarded
from marketing.blocks.parts import (
    Block,
    Button,
    Code,
    Columns,
    Footer,
    Heading,
    Html,
    Image,
    Product,
    Products,
    Reviews,
    Shelf,
    Signature,
    Social,
    Text,
    Tracking,
)
from marketing.blocks.safe_html import free, rich
from marketing.blocks.safe_html import plain as words_of
from marketing.blocks.words import SAID


def text_of(blocks: Sequence[Block], *, stop: bool) -> str:
    """Say a whole message, blocks apart by an empty line; `stop`: it tells how to unsubscribe."""
    said = [(block.when, _said(block, stop=stop)) for block in blocks]
    return "\n\n".join(guarded(when, text) for when, text in said if text) + "\n"


def _said(block: Block, *, stop: bool) -> str:  # noqa: C901,PLR0911,PLR0912  one case a kind
    match block:
        case Heading():
            return block.text.strip()
        case Text():
            return words_of(rich(block.html))
        case Html():
            return words_of(free(block.html))
        case Button():
            return f"{_lead(block.label)}\n{_address(block.href)}"
        case Image():
            return f"{_lead(block.alt)}\n{_address(block.href)}" if _leads(block) else ""
        case Products():
            return _products(block)
        case Product():
            return _called(plain.product)
        case Reviews():
            return _called(plain.reviews, inner=_lead(block.title))
        case Code():
            return _called(plain.coupon)
        case Columns():
            return text_of((*block.left, *block.right), stop=stop).strip()
        case Social():
            return _called(plain.social, inner=block.lead)
        case Signature():
            return _called(plain.signature)
        case Tracking():
            return _called(plain.tracking)
        case Footer():
            return _called(plain.footer, inner=block.why, stop="yes" if stop else "no")
        case _:
            return ""  # a logo, a line, some room: nothing to say


def _leads(block: Image) -> bool:
    return bool(block.href and block.alt.strip())


def _address(href: str | None) -> str:
    return (href or "").strip().removeprefix("mailto:").removeprefix("tel:")


def _products(block: Products) -> str:
    if block.of in (Shelf.RECOMMENDED, Shelf.PICKED):
        keys = ",".join(block.products)
        inner = _lead(block.title)
        return _called(plain.product_grid, inner=inner, of=block.of.value, products=keys)
    is_cart = block.of is Shelf.CART
    lead = f"{_lead(block.title)}\n\n" if block.title.strip() else ""
    noun = "cart" if is_cart else "order"
    said = _called(plain.cart_items if is_cart else plain.order_items)
    return guarded(f"{noun}.items.size > 0", lead) + said if lead else said


def _lead(title: str) -> str:
    """A title above lines of text ends in a colon, unless it ends in a sign of its own."""
    told = title.strip()
    return f"{told}:" if told and told[-1] not in ":.!?…" else told


def _called(element: look.Element, *, inner: str = "", **attributes: str) -> str:
    return element(attributes, inner, SAID)
