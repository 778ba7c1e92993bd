"""HTML that merchants write: what may stay of it, and its words without any.

Liquid stands aside while nh3 cleans, and is put back where it was: in words and in values of
attributes. Liquid that could write markup itself is refused (`writes_markup`).
"""

import re
from collections.abc import Iterator
from html import escape, unescape
from html.parser import HTMLParser

import nh3

from marketing.aside import LIQUID, SetAside

RICH_TAGS = {"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "u", "ul"}
FREE_TAGS = RICH_TAGS | {
    *("blockquote", "div", "span", "small", "sub", "sup", "s", "hr", "img"),
    *("h1", "h2", "h3", "h4", "table", "thead", "tbody", "tfoot", "tr", "td", "th"),
}
FREE_ATTRIBUTES = {
    "*": {"style", "align", "dir", "lang", "title"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "table": {"width", "cellpadding", "cellspacing", "border", "role", "bgcolor"},
    "td": {"width", "colspan", "rowspan", "valign", "bgcolor"},
    "th": {"width", "colspan", "rowspan", "valign", "bgcolor"},
}
FREE_STYLES = {
    *("color", "background-color", "font-family", "font-size", "font-style", "font-weight"),
    *("letter-spacing", "line-height", "text-align", "text-decoration", "text-transform"),
    *("margin", "margin-top", "margin-bottom", "margin-left", "margin-right"),
    *("padding", "padding-top", "padding-bottom", "padding-left", "padding-right"),
    *("border", "border-top", "border-bottom", "border-left", "border-right", "border-radius"),
    *("border-color", "border-collapse", "width", "max-width", "height", "vertical-align"),
}
SCHEMES = {"http", "https", "mailto", "tel"}
_VOID = re.compile(r'<(br|hr|img)((?:\s+[\w-]+(?:="[^"]*")?)*)\s*>')
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_LINES_LAST = re.compile(r"\{\{[^|]*\|\s*newline_to_br\s*-?\}\}\Z")
_SRC = re.compile(r'<img\b[^>]*?\bsrc="([^"]*)"', re.IGNORECASE)
_HREF = re.compile(r'<a\b[^>]*?\bhref="([^"]*)"', re.IGNORECASE)


def rich(source: str) -> str:
    """Give what may stay of a text block: paragraphs, lists, emphasis and links."""
    return _cleaned(source, RICH_TAGS, {"a": {"href"}}, set())


def free(source: str) -> str:
    """Give what may stay of a merchant's own HTML: no script, style element, form or frame."""
    return _cleaned(source, FREE_TAGS, FREE_ATTRIBUTES, FREE_STYLES)


def _cleaned(source: str, tags: set[str], attributes: dict[str, set[str]], styles: set[str]) -> str:
    aside = SetAside(source)
    cleaned = nh3.clean(
        aside.text,
        tags=tags,
        attributes=attributes,
        attribute_filter=lambda tag, name, value: _value(aside, tag, name, value),
        filter_style_properties=styles,
        url_schemes=SCHEMES,
        link_rel=None,
    )
    return aside.restored(_VOID.sub(r"<\1\2 />", cleaned))


def _value(aside: SetAside, tag: str, name: str, value: str) -> str | None:
    """Keep an attribute's value; a picture's address is https or a merge tag."""
    if tag == "img" and name == "src":
        return value if value.startswith(("https://", aside.word)) else None
    if name == "style" and aside.word in value:
        return None
    return value


def writes_markup(source: str) -> bool:
    """Say whether a piece of Liquid could put markup into a message past the cleaning.

    The engine takes the words between quotes, and what is captured, for the author's own
    markup, as the rest of a template is; in a block nobody has cleaned what can be made of them.
    """
    return any(_could_write(piece) for piece in LIQUID.findall(source))


def _could_write(piece: str) -> bool:
    quoted = _QUOTED.findall(piece)
    if any("<" in one or ('"' in one and one.startswith("'")) for one in quoted):
        return True
    bare = _QUOTED.sub("", piece)
    return bool(re.search(r"<(?![\s=>])|\bcapture\b", bare)) or (
        "newline_to_br" in bare and not _LINES_LAST.match(bare)
    )


def escaped(source: str) -> str:
    """Give plain words with Liquid in them as HTML has them."""
    aside = SetAside(source)
    return aside.restored(escape(aside.text))


def links_of(html: str) -> Iterator[str]:
    """Give where the links of cleaned HTML lead, their Liquid as it was written."""
    aside = SetAside(html)
    for href in _HREF.findall(aside.text):
        yield aside.restored(unescape(href))


def pictures_in(html: str) -> Iterator[str]:
    """Give where the pictures of HTML are, their Liquid as it was written."""
    aside = SetAside(html)
    for src in _SRC.findall(aside.text):
        yield aside.restored(unescape(src))


def plain(html: str) -> str:
    """Give the words of cleaned HTML: paragraphs apart, list items on lines, links spelled out."""
    aside = SetAside(html)
    reader = _Reader()
    reader.feed(aside.text)
    reader.close()
    return aside.restored(reader.text())


class _Reader(HTMLParser):
    """Reads HTML aloud."""

    APART = frozenset({"p", "ul", "ol", "table", "div", "blockquote", "h1", "h2", "h3", "h4"})
    LINES = frozenset({"br", "tr", "hr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self.links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.APART:
            self.said.append("\n\n")
        elif tag in self.LINES:
            self.said.append("\n")
        elif tag == "li":
            self.said.append("\n- ")
        elif tag == "a":
            self.links.append((dict(attrs).get("href") or "", len(self.said)))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.APART:
            self.said.append("\n\n")
        elif tag == "a" and self.links:
            href, start = self.links.pop()
            label = "".join(self.said[start:]).strip()
            shown = href.removeprefix("mailto:").removeprefix("tel:")
            if shown and shown != label:
                self.said.append(f" ({shown})")

    def handle_data(self, data: str) -> None:
        self.said.append(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        """Give all of it, gaps closed."""
        told = "".join(self.said)
        told = re.sub(r"[ \t]*\n[ \t]*", "\n", told)
        return re.sub(r"\n{3,}", "\n\n", told).strip()
