"""Reads a template in code that is made of our elements only, and gives the blocks it stands for.

Conditions around elements become the blocks' own: those after an `else` hold where none before
them did.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any

from marketing.blocks.conditions import CONDITIONS, MAX_WHEN
from marketing.said import SaidError, say

Json = dict[str, Any]


class NotBlocks(SaidError, ValueError):
    """The template has more than our elements; the text is for people."""


_HEAD = re.compile(
    r"\s*<mjml[^>]*>\s*<mj-head>\s*(<mj-title>[^<]*</mj-title>)?\s*<block-theme />\s*"
    r"(<mj-preview>[^<]*</mj-preview>)?\s*</mj-head>\s*"
    r"<mj-body[^>]*>(?P<body>.*)</mj-body>\s*</mjml>\s*",
    re.DOTALL,
)
_CARD = re.compile(r"(?P<before>.*)<block-card>(?P<inside>.*)</block-card>(?P<after>.*)", re.DOTALL)
_PIECE = re.compile(
    r"\s+|<block-(?P<name>[a-z-]+)(?P<attributes>(?:\s+[\w-]+=\"[^\"]*\")*)\s*"
    r"(?:/>|>(?P<inner>.*?)</block-(?P=name)>)|\{%-?\s*(?P<tag>\w+)\s*(?P<told>.*?)\s*-?%\}",
    re.DOTALL,
)
_EITHER = re.compile(
    r"\{% if (?P<when>[^%]*?) %\}(?P<yes>[^%]*)\{% else %\}(?P<no>[^%]*)\{% endif %\}"
)
_LOOSE = re.compile(r"^not | or ")
_KINDS = {
    "header": "header", "heading": "heading", "text": "text", "quiet": "text",
    "button": "button", "cart-items": "products", "order-items": "products",
    "product-grid": "products", "product": "product", "reviews": "reviews", "coupon": "code",
    "image": "image", "divider": "divider", "spacer": "spacer", "signature": "signature",
    "social": "social", "tracking": "tracking", "footer": "footer",
}  # fmt: skip
_NEGATED = {
    "recommendations.size > 0": "recommendations.size == 0",
    "reviews.size > 0": "reviews.size == 0",
}
_NAMES = {named.liquid: name for name, named in CONDITIONS.items()}


@dataclass(slots=True)
class _Fork:
    """An open `if` or `unless`: what did not hold before, and what has to hold here."""

    before: list[str]
    here: str


def blocks_of(mjml: str) -> list[Json]:
    """Give the blocks of a template in code, as JSON has them; raises `NotBlocks`."""
    whole = _HEAD.fullmatch(mjml)
    card = _CARD.fullmatch(whole["body"]) if whole else None
    if card is None:
        raise NotBlocks(
            say("It has a frame of its own: only a header, one card and a footer can be.")
        )
    told = [*_read(card["before"]), *_read(card["inside"]), *_read(card["after"])]
    if not told or told[-1]["kind"] != "footer":
        told.append({"kind": "footer", "why": ""})
    return list(_named(told))


def _named(blocks: Sequence[Json]) -> Iterator[Json]:
    """Give each an id of its own."""
    seen: Counter[str] = Counter()
    for block in blocks:
        seen[block["kind"]] += 1
        number = seen[block["kind"]]
        block_id = block["kind"] if number == 1 else f"{block['kind']}-{number}"
        yield {"kind": block.pop("kind"), "id": block_id, **block}


def _read(source: str) -> Iterator[Json]:
    forks: list[_Fork] = []
    position = 0
    while position < len(source):
        piece = _PIECE.match(source, position)
        if piece is None:
            raise NotBlocks(
                say(
                    "“{markup}” is none of our elements.",
                    markup=source[position : position + 40].strip(),
                )
            )
        if piece["name"]:
            yield from _split(_block(piece), forks)
        elif piece["tag"]:
            _turn(forks, piece["tag"], piece["told"])
        position = piece.end()
    if forks:
        raise NotBlocks(say("A condition begins and does not end in the same place."))


def _turn(forks: list[_Fork], tag: str, told: str) -> None:
    if tag in ("if", "unless"):
        forks.append(_Fork([], told if tag == "if" else _not(told)))
    elif tag in ("elsif", "else") and forks:
        here = forks[-1]
        here.before.append(_not(here.here))
        here.here = told
    elif tag in ("endif", "endunless") and forks:
        forks.pop()
    else:
        raise NotBlocks(say("Between blocks only conditions can stand, no {tag}.", tag=tag))


def _not(condition: str) -> str:
    if condition in _NEGATED:
        return _NEGATED[condition]
    if condition.startswith("not ") and " " not in condition[4:]:
        return condition[4:]
    return f"not ({condition})" if " " in condition else f"not {condition}"


def _split(block: Json, forks: Sequence[_Fork]) -> Iterator[Json]:
    """Give a block under its conditions; one that says this or that becomes two."""
    field = "label" if block["kind"] == "button" else "html"
    either = _EITHER.fullmatch(block.get(field, ""))
    if either is None:
        yield _under(block, [_holds(fork) for fork in forks])
        return
    for condition, words in ((either["when"], "yes"), (_not(either["when"]), "no")):
        told = [*(_holds(fork) for fork in forks), condition]
        yield _under({**block, field: either[words]}, told)


def _holds(fork: _Fork) -> str:
    return _all([*fork.before, *([fork.here] if fork.here else [])])


def _all(conditions: Sequence[str]) -> str:
    told = list(dict.fromkeys(conditions))
    if len(told) == 1:
        return told[0]
    # `not` takes all that follows it, `or` less than `and`: each stands by itself.
    return " and ".join(f"({one})" if _LOOSE.search(one) else one for one in told)


def _under(block: Json, conditions: Sequence[str]) -> Json:
    finished = _paragraphs(block)
    if not conditions:
        return finished
    when = _all(conditions)
    if len(when) > MAX_WHEN:
        raise NotBlocks(say("A condition is too long."))
    return {**finished, "when": _NAMES.get(when, when)}


def _paragraphs(block: Json) -> Json:
    if block["kind"] != "text":
        return block
    html = block["html"]
    return {**block, "html": html if html.startswith("<p>") else f"<p>{html}</p>"}


def _block(piece: re.Match[str]) -> Json:
    name, inner = piece["name"], (piece["inner"] or "").strip()
    told = dict(re.findall(r'([\w-]+)="([^"]*)"', piece["attributes"]))
    if name not in _KINDS or "<block-" in inner:
        raise NotBlocks(say("There is no block for {name}.", name=name))
    return {"kind": _KINDS[name], **_fields(name, inner, told)}


def _fields(name: str, inner: str, told: Mapping[str, str]) -> Json:
    words = unescape(inner)
    if name in ("heading", "button", "social", "footer", "reviews", "product-grid") and (
        re.search(r"<[a-z]", inner)
    ):
        raise NotBlocks(say("The {name} has markup inside.", name=name))
    return {
        "heading": {"text": words},
        "text": {"html": inner},
        "quiet": {"html": inner, "tone": "quiet"},
        "button": {"label": words, "href": told.get("href", "")},
        "cart-items": {"of": "cart"},
        "order-items": {"of": "order"},
        "product-grid": _grid(words, told),
        "reviews": {"title": words} if words else {},
        "image": dict(told),
        "spacer": {"height": int(told.get("height", 24))},
        "social": {"lead": words} if words else {},
        "footer": {"why": words},
    }.get(name, {})


def _grid(title: str, told: Mapping[str, str]) -> Json:
    of = told.get("of", "recommended")
    keys = [one.strip() for one in told.get("products", "").split(",") if one.strip()]
    return {
        "of": of,
        **({"title": title} if title else {}),
        **({"products": keys} if of == "picked" else {}),
    }
