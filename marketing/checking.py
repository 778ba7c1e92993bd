"""What the editor says beside a message: errors that keep it from going live, and advice.

Codes: `invalid` (whatever else publishing refuses), `empty`, `subject_empty`, `subject_long`,
`preview_empty`, `link_empty`, `link_broken`, `link_insecure`, `link_placeholder`,
`link_unsure`, `tag_unknown`, `tag_no_fallback`, `alt_missing`, `size`, `contrast`,
`spelling`, `unsubscribe_missing`, `nothing_said`, `unwritten`, `no_code`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as made
from enum import StrEnum
from typing import Any

from marketing import samples
from marketing.blocks.conditions import liquid_of
from marketing.blocks.parts import Image, walk
from marketing.blocks.texts import ADDRESSES, texts_of
from marketing.brand import Brand, faint
from marketing.flow import Template
from marketing.model import MessageKind
from marketing.outward import Outward, outward
from marketing.problems import Problem, sentence
from marketing.rendering import Renderer, RenderingFailed
from marketing.said import NOTHING, Said, say
from marketing.tags import fallback_of, may_be_missing
from marketing.templates import KNOWN, TemplateRefused, compile_template
from marketing.unwritten import NO_CODE, OFFER, OFFER_IN_CAMPAIGN, codes_in, problems_of

LONGEST_SUBJECT = 60


class Level(StrEnum):
    """How much it matters."""

    ERROR = "error"
    """It can't go live so."""
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing to look at: in which block (None: the message's own fields), and in which field."""

    block: str | None
    field: str
    level: Level
    code: str
    message: str
    detail: Mapping[str, Any] = made(default_factory=dict)
    """Values of the sentence, for words in another language."""


def place_of(problem: Problem) -> tuple[str | None, str]:
    """Give the block and the field of a problem, as `blocks.<id>.<field>` names them."""
    parts = problem.field.removeprefix("template.").split(".", 2)
    if parts[0] != "blocks" or len(parts) == 1:
        return None, problem.field
    return parts[1], parts[2] if len(parts) > 2 else ""


def issue_of(problem: Problem) -> Issue:
    """Give what publishing refuses as the editor shows it."""
    block, name = place_of(problem)
    what = "" if problem.message[:1].isupper() else name or "It"
    told = problem.message.given if isinstance(problem.message, Said) else {}
    detail = {"tag": told.get("name", "")} if problem.code == "tag_unknown" else {}
    return Issue(block, name, Level.ERROR, problem.code, sentence(what, problem), detail)


def check(
    template: Template,
    kind: MessageKind,
    brand: Brand,
    *,
    has_gift: bool = True,
    in_campaign: bool = False,
) -> list[Issue]:
    """Give everything to look at that can be told without asking anybody else.

    `has_gift`: the message offers a code, or tells of a reward; `in_campaign`: it is a campaign's.
    """
    found = [*_refused(template, kind)]
    unknown = {(one.block, one.field, one.detail["tag"]) for one in found if "tag" in one.detail}
    found += _lines(template)
    found += _links(template)
    # What nobody knows is told as that; a fallback would not help it.
    tags = _tags(template)
    found += [one for one in tags if (one.block, one.field, one.detail["tag"]) not in unknown]
    found += () if has_gift else _codeless(template, in_campaign=in_campaign)
    found += _pictures(template)
    if kind is MessageKind.MARKETING:
        found += _way_out(template)
    for one in faint(brand):
        detail = {"field": one.field, "ratio": one.ratio, "least": one.least}
        found.append(Issue(None, "brand", Level.WARNING, "contrast", one.message, detail))
    return found


def _refused(template: Template, kind: MessageKind) -> Iterator[Issue]:
    try:
        compile_template(template, kind=kind)
    except TemplateRefused as refused:
        yield from map(issue_of, refused.problems)
    yield from map(issue_of, problems_of(template))


def _warning(place: str, code: str, message: Said, **detail: Any) -> Issue:
    block, name = place_of(Problem("", place, NOTHING, NOTHING))
    return Issue(block, name, Level.WARNING, code, message, detail)


def _lines(template: Template) -> Iterator[Issue]:
    longest = max((len(one) for one in _subjects(template)), default=0)
    if longest > LONGEST_SUBJECT:
        message = say(
            "The subject has up to {longest} characters; many phones show {shown}.",
            longest=longest,
            shown=LONGEST_SUBJECT,
        )
        yield _warning("subject", "subject_long", message, length=longest)
    if not template.preview.strip():
        message = say("Without a preview text, mail programs show the first words of the message.")
        yield _warning("preview", "preview_empty", message)


def _subjects(template: Template) -> Iterator[str]:
    """Give the subject as some customers would read it."""
    line = Template(template.subject, "", _LEAST, "-")
    try:
        compiled = compile_template(line, kind=MessageKind.TRANSACTIONAL)
        for context in samples.CONTEXTS:
            yield Renderer().render(compiled, context()).subject
    except (TemplateRefused, RenderingFailed):
        return


_LEAST = (
    "<mjml><mj-body><mj-section><mj-column><mj-text>-</mj-text></mj-column></mj-section>"
    "</mj-body></mjml>"
)


def _links(template: Template) -> Iterator[Issue]:
    for one in outward(template):
        if one.url.lower().startswith("http://"):
            yield _warning(one.place, "link_insecure", _insecure(one), url=one.url)


def _insecure(one: Outward) -> Said:
    url = one.url[:80]
    if one.is_picture:
        return say(
            "The picture {url} is not encrypted: mail programs leave it out. Use https://.", url=url
        )
    return say("{url} is not encrypted: browsers warn of it. Use https://.", url=url)


_PIECE = re.compile(
    r"\{%-?\s*(?P<tag>\w+)(?P<told>[^%]*)%\}|\{\{-?\s*(?P<path>[\w.\[\]]+)\s*(?P<filters>[^}]*)\}\}"
)


def _tags(template: Template) -> Iterator[Issue]:
    sources = [("subject", template.subject, ""), ("preview", template.preview, "")]
    if not template.blocks:
        sources += [("mjml", template.mjml, ""), ("text", template.text, "")]
    for text in texts_of(template.blocks):
        if text.field not in ADDRESSES:
            asked = liquid_of(text.block.when) if text.block.when else ""
            sources.append((text.place, text.source, asked))
    for place, source, asked in sources:
        for path in dict.fromkeys(_bare(source, asked)):
            fallback = fallback_of(path)
            message = say(
                "{path} is not known of every customer. Give it a fallback or a condition.",
                path=path,
            )
            yield _warning(place, "tag_no_fallback", message, tag=path, fallback=fallback)


def _bare(source: str, asked: str) -> Iterator[str]:
    """Give the facts that are written though they may be missing, with nothing in their place."""
    conditions = [asked]
    for piece in _PIECE.finditer(source):
        if piece["tag"] in ("if", "unless", "case", "for"):
            conditions.append(piece["told"])
        elif piece["tag"] in ("elsif", "else", "when"):
            conditions[-1] += piece["told"]
        elif piece["tag"] in ("endif", "endunless", "endcase", "endfor") and len(conditions) > 1:
            conditions.pop()
        elif piece["path"] and "default" not in piece["filters"]:
            path = piece["path"]
            is_fact = path.partition(".")[0] in KNOWN and "." in path
            if is_fact and not _is_asked(path, conditions) and _is_missing(path):
                yield path


def _is_asked(path: str, conditions: list[str]) -> bool:
    told = " ".join(conditions)
    root = path.partition(".")[0]
    whole = root if root in ("coupon", "reward", "order", "product") else path
    return bool(re.search(rf"(?<![\w.]){re.escape(whole)}\b", told))


def _is_missing(path: str) -> bool:
    try:
        return may_be_missing(path)
    except RenderingFailed:
        return False


def _pictures(template: Template) -> Iterator[Issue]:
    for block in walk(template.blocks):
        if isinstance(block, Image) and not block.alt.strip():
            message = say("Say what the picture shows: many people see the words only.")
            yield _warning(f"blocks.{block.id}.alt", "alt_missing", message)


def _codeless(template: Template, *, in_campaign: bool) -> Iterator[Issue]:
    remedy = OFFER_IN_CAMPAIGN if in_campaign else OFFER
    told = say("{message} {remedy}", message=NO_CODE, remedy=remedy)
    for block in codes_in(template):
        yield _warning(f"blocks.{block.id}", "no_code", told, in_campaign=in_campaign)


def _way_out(template: Template) -> Iterator[Issue]:
    known = ("block-footer", "links.unsubscribe")
    if not template.blocks and not any(one in template.mjml for one in known):
        message = say("There is no way to unsubscribe in it; a footer will be added at the end.")
        yield _warning("mjml", "unsubscribe_missing", message)


def in_order(issues: list[Issue], template: Template) -> list[Issue]:
    """Give errors first, then advice, each in the order of the message."""
    places = {block.id: at for at, block in enumerate(walk(template.blocks), 1)}
    kept = {(one.block, one.field, one.code, one.message): one for one in issues}
    return sorted(
        (replace(one) for one in kept.values()),
        key=lambda one: (one.level is Level.WARNING, places.get(one.block or "", 0)),
    )
