"""The building blocks of an email, as MJML with Liquid inside, and in words for the text part.

A template names them as elements: `<block-button href="{{ cart.url }}">Back to it</block-button>`.
They are put in place once, when the template is compiled, so every message shares one look.
"""

import re
from collections.abc import Mapping

from marketing.blocks import frame, goods, look, plain, wares
from marketing.blocks.look import Element
from marketing.blocks.words import SAID, SHOWN_ITEMS, WORDS

__all__ = ["BLOCKS", "SHOWN_ITEMS", "TEXT_BLOCKS", "WORDS", "UnknownBlock", "expand"]


class UnknownBlock(Exception):
    """A template names a block that there is not."""


BLOCKS: Mapping[str, Element] = {
    "theme": look.theme,
    "header": frame.header,
    "card": frame.card,
    "heading": frame.heading,
    "text": frame.text,
    "quiet": frame.quiet,
    "button": frame.button,
    "image": frame.image,
    "divider": frame.divider,
    "spacer": frame.spacer,
    "signature": frame.signature,
    "social": frame.social,
    "tracking": frame.tracking,
    "cart-items": goods.cart_items,
    "order-items": goods.order_items,
    "coupon": goods.coupon,
    "product": wares.product,
    "product-grid": wares.product_grid,
    "rating": wares.rating,
    "reviews": wares.reviews,
    "footer": frame.footer,
}
TEXT_BLOCKS: Mapping[str, Element] = {
    "signature": plain.signature,
    "social": plain.social,
    "tracking": plain.tracking,
    "cart-items": plain.cart_items,
    "order-items": plain.order_items,
    "coupon": plain.coupon,
    "product": plain.product,
    "product-grid": plain.product_grid,
    "reviews": plain.reviews,
    "footer": plain.footer,
}
"""Those that a text part may name as well."""


def expand(source: str, known: Mapping[str, Element] = BLOCKS) -> str:
    """Put every `<block-...>` of a template in place; raises `UnknownBlock`."""

    def put(match: re.Match[str]) -> str:
        block = known.get(match["name"])
        if block is None:
            raise UnknownBlock(f"block-{match['name']}")
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', match["attributes"]))
        return block(attributes, (match["inner"] or "").strip(), SAID)

    replaced, expanded = 1, source
    while replaced:  # the innermost first; no block puts in another
        expanded, replaced = _ELEMENT.subn(put, expanded)
    if left := re.search(r"</?block-[\w-]*", expanded):
        raise UnknownBlock(left[0].lstrip("</"))
    return expanded


_ELEMENT = re.compile(
    r"<block-(?P<name>[a-z-]+)(?P<attributes>(?:\s+[\w-]+=\"[^\"]*\")*)\s*"
    r"(?:/>|>(?P<inner>[^<]*(?:<(?!/?block-)[^<]*)*)</block-(?P=name)>)"
)
