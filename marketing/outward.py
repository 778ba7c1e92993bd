"""Every address in a message that leads outward: where its links lead, where its pictures are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final

from marketing.blocks.texts import addresses_of, pictures_of
from marketing.flow import Template

_TAG: Final = re.compile(r"<([\w-]+)\b([^>]*)")
_ADDRESS: Final = re.compile(r"""\b(href|src|background-url)\s*=\s*["']([^"']*)["']""")
_STYLES: Final = frozenset({"mj-font", "link"})
"""Tags whose `href` is for the drawing, and nowhere that a reader goes."""


@dataclass(frozen=True, slots=True)
class Outward:
    """One address: in which block (None: the message's own code) and field it stands."""

    block: str | None
    field: str
    url: str
    is_picture: bool

    @property
    def place(self) -> str:
        """Give where it is, as problems name it."""
        return self.field if self.block is None else f"blocks.{self.block}.{self.field}"


def outward(template: Template) -> Iterator[Outward]:
    """Give them in the order of the message; merge tags stand in them as they were written."""
    if not template.blocks:
        yield from _in_code(template.mjml)
    for link in addresses_of(template.blocks):
        yield Outward(link.block.id, link.field, link.source.strip(), is_picture=False)
    for picture in pictures_of(template.blocks):
        yield Outward(picture.block.id, picture.field, picture.source.strip(), is_picture=True)


def _in_code(mjml: str) -> Iterator[Outward]:
    for tag, inside in _TAG.findall(mjml):
        for name, url in _ADDRESS.findall(inside) if tag not in _STYLES else ():
            yield Outward(None, "mjml", unescape(url).strip(), is_picture=name != "href")
