"""Marks of origin: the `utm_*` that our links to the store's pages carry, and what comes back.

They name the flow, the step and the message, never the person. A store's own counting reads
them, and the order that follows tells them to us: a click's evidence, where our own was lost.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from unicodedata import normalize
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import UUID

SOURCE = "reprise"
NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_id")
MOST = 200
"""Characters of a mark that are kept."""
_GAPS = re.compile(r"[^a-z0-9_-]+")
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'()\[\]]*[^\s<>\"'()\[\].,;:!?]")


@dataclass(frozen=True, slots=True)
class Marks:
    """What names one message's links; `None`: it can't be told just now."""

    message_id: str
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None

    def pairs(self) -> list[tuple[str, str]]:
        """Give the parameters, in lower case and free of anything but `a-z0-9_-`."""
        told = (SOURCE, self.medium, self.campaign, self.content, self.message_id)
        slugs = ((name, slug(value or "")) for name, value in zip(NAMES, told, strict=True))
        return [(name, value) for name, value in slugs if value]


@dataclass(frozen=True, slots=True)
class Landing:
    """How the visit that led to an order began, as the platform tells it.

    All of it may be made up by the shopper's browser.
    """

    source: str | None = None
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None
    id: str | None = None
    at: datetime | None = None

    @classmethod
    def of(cls, told: Mapping[str, str], at: datetime | None = None) -> "Landing | None":
        """Read `utm_*` parameters; None when there are none."""
        source, medium, campaign, content, named = (_mark(told, name) for name in NAMES)
        if not (source or medium or campaign or content or named):
            return None
        return cls(source, medium, campaign, content, named, at)

    @classmethod
    def at_address(cls, address: str | None) -> "Landing | None":
        """Read the marks of an address or path; None when it has none."""
        if not address or "utm_" not in address:
            return None
        try:
            query = urlsplit(address).query
            return cls.of(dict(parse_qsl(query, max_num_fields=100)))
        except ValueError:
            return None

    def document(self) -> dict[str, Any]:
        """Give it for JSON; what is not known is left out."""
        told = {
            "source": self.source, "medium": self.medium, "campaign": self.campaign,
            "content": self.content, "id": self.id, "at": self.at and self.at.isoformat(),
        }  # fmt: skip
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Origin:
    """A message's marks, and the hosts of the pages that are to carry them."""

    marks: Marks
    pages: frozenset[str]

    def mark(self, url: str) -> str:
        """Mark an address of the store's own pages; any other stays as it is."""
        return marked(url, self.marks) if is_page(url, self.pages) else url

    def mark_all(self, text: str) -> str:
        """Mark every address of the store's own pages in a plain text."""
        return _WEB_ADDRESS.sub(lambda found: self.mark(found[0]), text)


def _mark(told: Mapping[str, str], name: str) -> str | None:
    return told.get(name, "")[:MOST].replace("\x00", "") or None


def marked(url: str, marks: Marks) -> str:
    """Add marks that an address has not yet; its own parameters and its fragment stay."""
    parts = urlsplit(url)
    had = {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    added = urlencode([pair for pair in marks.pairs() if pair[0] not in had])
    query = "&".join(filter(None, (parts.query, added)))
    return parts._replace(query=query).geturl()


def slug(words: str) -> str:
    """Give words as a mark: `Späte Körbe!` gives `spate-korbe`."""
    plain = normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return _GAPS.sub("-", plain).strip("-")[:80]


def pages_of(storefront_url: str | None, domain: str) -> frozenset[str]:
    """Give the hosts of a store's own pages, with and without www."""
    named = {urlsplit(storefront_url or "").netloc.lower(), domain.lower().partition("/")[0]} - {""}
    bare = {name.removeprefix("www.") for name in named}
    return frozenset(bare | {f"www.{name}" for name in bare})


def is_id(text: str) -> bool:
    """Say whether a mark can be the id of a message: anybody may have written it."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def is_page(url: str, pages: frozenset[str]) -> bool:
    """Say whether an address is one of these hosts'."""
    try:
        return urlsplit(url).netloc.lower() in pages
    except ValueError:
        return False
