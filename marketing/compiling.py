"""Turn a template into plain HTML and text with Liquid in them, once, when its flow is published.

MJML becomes HTML and styles are inlined while every piece of Liquid stands aside behind a
marker, so neither step can move or escape it; then links and the open pixel are marked.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from css_inline import CSSInliner
from mjml import mjml2html

from marketing import blocks, chat_words
from marketing.aside import SetAside
from marketing.chat_words import ChatWords
from marketing.flow import Template
from marketing.said import SaidError, say


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template ready to be rendered: Liquid in plain HTML with inlined CSS, and in plain text."""

    subject: str
    preview: str
    html: str
    text: str
    hash: str
    """SHA-256 over all of it, hex: names the content in caches and storage."""
    sms: str = ""
    """As a text message; versions from before there were any have none."""
    chat: ChatWords | None = None
    """As a message in a chat."""

    def to_document(self) -> dict[str, Any]:
        """Give the JSON object that storage keeps beside the flow version."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "CompiledTemplate":
        """Read what `to_document` gave."""
        subject, preview, html, text = (str(document[name]) for name in _PARTS)
        told = document.get("chat")
        chat = chat_words.from_document(told) if told else None
        sms = str(document.get("sms", ""))
        return cls(subject, preview, html, text, str(document["hash"]), sms, chat)

    def with_chat(self, chat: ChatWords | None) -> "CompiledTemplate":
        """Give it with what it says in a chat; None: nothing."""
        if chat is None:
            return self
        digest = hashlib.sha256(f"{self.hash}\0{chat!r}".encode()).hexdigest()
        return replace(self, chat=chat, hash=digest)


class BadMarkup(SaidError, ValueError):
    """The MJML can't be turned into HTML; the text is for people."""


class BadText(SaidError, ValueError):
    """The text part names a block that it can't; the text is for people."""


_PARTS = ("subject", "preview", "html", "text")
_TAG_START = re.compile(r"<(td|div|table|tr|a|img|p|span|h1)\s")
_HREF = re.compile(r"(<a\b[^>]*?\bhref=\")([^\"]*)(\")", re.IGNORECASE)
_OWN_LINK = re.compile(r"\{\{-?\s*(links\.[\w.]+|cart\.url)\s*-?\}\}")
_STYLE = re.compile(r"<style\b.*?</style>(?!\s*<!\[endif\])", re.DOTALL)
_INLINE_STYLE = re.compile(r"<mj-style\b[^>]*\binline=\"inline\"[^>]*>(.*?)</mj-style>", re.DOTALL)
MAX_ELEMENTS = 900
MAX_MJ_ELEMENTS = 250
"""The compilers recurse: a thousand elements inside each other would end the whole process."""
FORBIDDEN = re.compile(
    r"<(script|iframe|object|embed|form|base|link|mj-include|mj-html-attributes)\b"
    r"|<!(?:DOCTYPE|ENTITY)",
    re.IGNORECASE,
)


def compile_words(sms: str) -> CompiledTemplate:
    """Compile what goes by text message only; raises `BadText`."""
    sms = _text(sms, footer=False).strip()
    digest = hashlib.sha256(f"sms\0{sms}".encode()).hexdigest()
    return CompiledTemplate("", "", "", "", digest, sms)


def compile_markup(template: Template, *, footer: bool, sms: str = "") -> CompiledTemplate:
    """Compile a template as it is, adding `footer` to both parts; raises `BadMarkup`."""
    parts = {
        "subject": " ".join(template.subject.split()),
        "preview": " ".join(template.preview.split()),
        "html": _html(template, footer=footer),
        "text": _text(template.text, footer=footer),
    }
    sms = _text(sms, footer=False).strip() if sms else ""
    said = [*(parts[name] for name in _PARTS), *([sms] if sms else [])]
    digest = hashlib.sha256("\0".join(said).encode()).hexdigest()
    return CompiledTemplate(hash=digest, sms=sms, chat=None, **parts)


def _html(template: Template, *, footer: bool) -> str:
    source = _with_preview(template.mjml, template.preview)
    if footer:
        source = source.replace("</mj-body>", "<block-footer /></mj-body>")
    try:
        source = blocks.expand(source)
    except blocks.UnknownBlock as error:
        raise BadMarkup(
            say("There is no {element}, or it is not closed where it should be.", element=error)
        ) from error
    _check_elements(source)
    aside = SetAside(source)
    css = "\n".join(_INLINE_STYLE.findall(aside.text))
    markup = _mjml(_INLINE_STYLE.sub("", aside.text))
    html = _inlined(aside.block_tags_as_comments(markup), css)
    html = _TAG_START.sub(r"<\1\n", html)  # lines a mail server can carry: white space in a tag
    return _with_pixel(aside.restored(_with_marked_links(html, aside)))


def _with_preview(mjml: str, preview: str) -> str:
    """Put the preview text where mail programs look for it, unless the template did."""
    if not preview.strip() or "<mj-preview" in mjml:
        return mjml
    element = f"<mj-preview>{' '.join(preview.split())}</mj-preview>"
    if "</mj-head>" in mjml:
        return mjml.replace("</mj-head>", f"{element}</mj-head>", 1)
    return re.sub(r"(<mjml\b[^>]*>)", rf"\1<mj-head>{element}</mj-head>", mjml, count=1)


def _check_elements(source: str) -> None:
    if found := FORBIDDEN.search(source):
        raise BadMarkup(
            say("There is no place for “{markup}” in an email.", markup=found[0].lstrip("<!"))
        )
    if (
        len(re.findall(r"<[a-z]", source, re.IGNORECASE)) > MAX_ELEMENTS
        or source.count("<mj-") > MAX_MJ_ELEMENTS
    ):
        raise BadMarkup(
            say(
                "It has more than {most} elements, or {most_of_mjml} of MJML.",
                most=MAX_ELEMENTS,
                most_of_mjml=MAX_MJ_ELEMENTS,
            )
        )


def _mjml(source: str) -> str:
    try:
        return str(mjml2html(source, fonts={}))
    except (ValueError, OSError, RuntimeError) as error:
        raise BadMarkup(
            say("The MJML can't be read: {error}.", error=str(error).rstrip("."))
        ) from error


def _inlined(html: str, css: str) -> str:
    """Inline `css`; style elements stand aside, for the mail programs that read them."""
    styles: list[str] = []

    def keep(match: re.Match[str]) -> str:
        styles.append(match[0])
        return f"<!--style {len(styles) - 1}-->"

    bare = _STYLE.sub(keep, html)
    inlined = CSSInliner(extra_css=css, load_remote_stylesheets=False).inline(bare)
    return re.sub(r"<!--style (\d+)-->", lambda match: styles[int(match[1])], inlined)


def _with_marked_links(html: str, aside: SetAside) -> str:
    """Number the links to elsewhere, so that a message only fills in what is marked."""
    index = 0

    def mark(match: re.Match[str]) -> str:
        nonlocal index
        address = aside.restored(match[2])
        if _OWN_LINK.fullmatch(address) or _leads_nowhere_else(address):
            return match[0]
        index += 1
        return f"{match[1]}{{% link {index} %}}{match[2]}{{% endlink %}}{match[3]}"

    return _HREF.sub(mark, html)


def _leads_nowhere_else(address: str) -> bool:
    return address.startswith(("mailto:", "tel:", "sms:", "#"))


def _with_pixel(html: str) -> str:
    at = html.rfind("</body>")
    return html if at < 0 else f"{html[:at]}{{% open_pixel %}}{html[at:]}"


def _text(text: str, *, footer: bool) -> str:
    source = f"{text.rstrip()}\n\n<block-footer />" if footer else text
    try:
        source = blocks.expand(source, blocks.TEXT_BLOCKS)
    except blocks.UnknownBlock as error:
        raise BadText(
            say("The text part knows no {element}, or it is not closed.", element=error)
        ) from error
    return "\n".join(line.rstrip() for line in source.strip().splitlines()) + "\n"
