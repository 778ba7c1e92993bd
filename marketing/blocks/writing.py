"""Writes a message's blocks as MJML, with the same building blocks that code templates name."""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from marketing.aside import SetAside
from marketing.blocks import frame, goods, look, wares
from marketing.blocks.conditions import guarded
from marketing.blocks.parts import (
    Align,
    Block,
    Button,
    Code,
    Columns,
    Divider,
    Footer,
    Header,
    Heading,
    Html,
    Image,
    Product,
    Products,
    Reviews,
    Shelf,
    Signature,
    Social,
    Spacer,
    Text,
    Tone,
    Tracking,
)
from marketing.blocks.safe_html import escaped, free, rich
from marketing.blocks.words import SAID

CARD = 'css-class="card" background-color="#ffffff"'
ROUND = "{{ store.brand.card_radius }}px"
CAPS = (
    f'<mj-section {CARD} border-radius="{ROUND} {ROUND} 0 0" padding="32px 0 0"></mj-section>',
    f'<mj-section {CARD} border-radius="0 0 {ROUND} {ROUND}" padding="16px 0 0"></mj-section>',
)
"""Above and below a card of several sections."""


def mjml_of(blocks: Sequence[Block], *, stop: bool) -> str:
    """Write a whole message; `stop`: its footer has the way to unsubscribe."""
    above = [block for block in blocks if isinstance(block, Header)]
    inside = [block for block in blocks if not isinstance(block, Header | Footer)]
    below = [block for block in blocks if isinstance(block, Footer)]
    body = "\n".join(
        [
            *(_guarded_section(one.when, _named(one, _called(frame.header))) for one in above),
            _card(inside) if inside else "",
            *(_footer(one, stop=stop) for one in below),
        ]
    )
    return f"""<mjml lang="{{{{ locale }}}}">
<mj-head><mj-title>{{{{ store.name }}}}</mj-title>{_called(look.theme)}</mj-head>
<mj-body css-class="page" background-color="{{{{ store.brand.background }}}}">
{body}
</mj-body>
</mjml>"""


def _card(inside: Sequence[Block]) -> str:
    if not any(isinstance(block, Columns) for block in inside):
        return _called(frame.card, inner="\n".join(_rows(inside)))
    sections = []
    for is_wide, group in groupby(inside, key=lambda block: isinstance(block, Columns)):
        run = list(group)
        sections += [_columns(one) for one in run] if is_wide else [_section(run)]
    return "\n".join([CAPS[0], *sections, CAPS[1]])


def _section(run: Sequence[Block]) -> str:
    rows = "\n".join(_rows(run))
    return f'<mj-section {CARD} padding="0"><mj-column>{rows}</mj-column></mj-section>'


def _columns(block: Block) -> str:
    if not isinstance(block, Columns):
        raise TypeError("only columns stand side by side")
    both = (f"<mj-column>{''.join(_rows(one))}</mj-column>" for one in (block.left, block.right))
    section = f'<mj-section {CARD} padding="0">{"".join(both)}</mj-section>'
    return _guarded_section(block.when, _named(block, section))


def _guarded_section(when: str | None, section: str) -> str:
    """Show whole sections under a condition: between them only raw words may stand."""
    if not when:
        return section
    opening, closing = guarded(when, "\0").split("\0")
    return f"<mj-raw>{opening}</mj-raw>{section}<mj-raw>{closing}</mj-raw>"


def _rows(blocks: Iterable[Block]) -> Iterator[str]:
    """Write blocks of one column; neighbours under the same condition share it."""
    for when, run in groupby(blocks, key=lambda block: block.when):
        yield guarded(when, "\n".join(_named(block, _block(block)) for block in run))


_PIECE = re.compile(r"<mj-(text|table|button|image|divider|spacer)\b(?: css-class=\"([^\"]*)\")?")
_SECTION = re.compile(r"<mj-(section)\b(?: css-class=\"([^\"]*)\")?")
PREFIX = "b-"


def _named(block: Block, mjml: str) -> str:
    """Put the block's id into the classes of what it becomes: whoever looks at it finds it."""
    outer = _SECTION if "<mj-section" in mjml else _PIECE

    def naming(found: re.Match[str]) -> str:
        classes = " ".join(filter(None, (found[2], f"{PREFIX}{block.id}")))
        return f'<mj-{found[1]} css-class="{classes}"'

    return outer.sub(naming, mjml)


def _block(block: Block) -> str:  # noqa: C901,PLR0911,PLR0912  one case a kind
    match block:
        case Heading():
            return _called(frame.heading, inner=escaped(block.text), align=_align(block.align))
        case Text():
            return _text(block)
        case Image():
            return _image(block)
        case Button():
            href, align = _address(block.href), _align(block.align)
            return _called(frame.button, inner=escaped(block.label), href=href, align=align)
        case Products():
            return _products(block)
        case Product():
            return _called(wares.product)
        case Reviews():
            return _called(wares.reviews, inner=escaped(block.title))
        case Code():
            return _called(goods.coupon)
        case Divider():
            return _called(frame.divider)
        case Spacer():
            return _called(frame.spacer, height=str(block.height))
        case Social():
            return _called(frame.social, inner=escaped(block.lead))
        case Signature():
            return _called(frame.signature)
        case Tracking():
            return _called(frame.tracking)
        case Html():
            return _called(frame.text, inner=free(block.html))
        case _:
            raise TypeError(f"a {type(block).__name__} has no place here")


def _text(block: Text) -> str:
    element = frame.quiet if block.tone is Tone.QUIET else frame.text
    return _called(element, inner=rich(block.html), align=_align(block.align))


def _image(block: Image) -> str:
    href = _address(block.href) if block.href else ""
    width = str(block.width) if block.width else ""
    src, alt = _address(block.src), escaped(block.alt)
    return _called(frame.image, src=src, alt=alt, href=href, width=width)


def _products(block: Products) -> str:
    title = escaped(block.title)
    if block.of in (Shelf.RECOMMENDED, Shelf.PICKED):
        keys = ",".join(block.products)
        return _called(wares.product_grid, inner=title, of=block.of.value, products=keys)
    of_cart = block.of is Shelf.CART
    lead = f'<mj-text css-class="words" font-weight="700">{title}</mj-text>' if title else ""
    if lead:
        noun = "cart" if of_cart else "order"
        lead = guarded(f"{noun}.items.size > 0", lead)
    return lead + _called(goods.cart_items if of_cart else goods.order_items)


def _footer(block: Footer, *, stop: bool) -> str:
    said = _called(frame.footer, inner=escaped(block.why), stop="yes" if stop else "no")
    return _named(block, said)


def _address(source: str) -> str:
    """Give an address for an attribute."""
    aside = SetAside(source.strip())
    return aside.restored(escape(aside.text))


def _align(align: Align) -> str:
    return "" if align is Align.LEFT else align.value


def _called(element: look.Element, *, inner: str = "", **attributes: str) -> str:
    """Call a building block as a template's element of that name would."""
    return element(attributes, inner, SAID)
