"""How a store's mails look: its logo, colours and font, and what of them can't be read.

Colours are `#rrggbb`. The paper of a message is white, or nearly black where a mail program is
dark; what the merchant chose is bent there as little as reading needs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from marketing.said import Said, say

COLORS = ("button", "button_text", "text", "background", "link")
COLOR = re.compile(r"#[0-9a-fA-F]{6}")
FONTS: Mapping[str, str] = {
    "system": "-apple-system, Segoe UI, Roboto, Helvetica, Arial, sans-serif",
    "arial": "Arial, Helvetica, sans-serif",
    "verdana": "Verdana, Geneva, sans-serif",
    "trebuchet": "Trebuchet MS, Helvetica, sans-serif",
    "georgia": "Georgia, Times, serif",
    "times": "Times New Roman, Times, serif",
    "courier": "Courier New, Courier, monospace",
}
"""Those that mail programs have: others would be fetched, and mostly are not."""
MAX_RADIUS = 24
PAPER, DARK_PAPER = "#ffffff", "#201f1d"
LIGHT, DARK, BLACK = "#f1efea", "#1b1a18", "#000000"
QUIET, QUIET_LIGHT = "#6d6960", "#c9c5bc"
READABLE, SEEN = 4.5, 3.0
"""WCAG 2.2: of words on their ground, and of a shape on its own."""


@dataclass(frozen=True, slots=True)
class Brand:
    """What the merchant chose."""

    logo_url: str | None = None
    button: str = "#22211f"
    button_text: str = "#ffffff"
    text: str = "#22211f"
    background: str = "#f3f2ef"
    link: str = "#22211f"
    font: str = "system"
    """A key of `FONTS`."""
    radius: int = 6
    """Of corners, in px."""
    address: str | None = None
    """For the footer; None: the store's own."""


DEFAULT = Brand()


@dataclass(frozen=True, slots=True)
class Faint:
    """Something that is hard to read: which colour to change, and how it stands."""

    field: str
    ratio: float
    least: float
    message: Said


def brand_of(settings: Mapping[str, Any]) -> Brand:
    """Read `brand` of a store's settings document; what makes no sense there has the default.

    Who never chose one has the look that the store's platform told.
    """
    told = settings.get("brand")
    if told is None and (taken := brand_of_store(settings)):
        return taken
    told = told if isinstance(told, Mapping) else {}
    colors = {name: _color(told.get(name), getattr(DEFAULT, name)) for name in COLORS}
    radius, font = told.get("radius"), told.get("font")
    return Brand(
        **colors,
        logo_url=_text(told.get("logo_url")) or _text(settings.get("logo_url")),
        font=font if isinstance(font, str) and font in FONTS else DEFAULT.font,
        radius=min(max(radius, 0), MAX_RADIUS) if type(radius) is int else DEFAULT.radius,
        address=_text(told.get("address")),
    )


def brand_of_store(settings: Mapping[str, Any]) -> Brand | None:
    """Give the brand that the store's own look makes; None: its platform told none.

    Its colours are taken where they can be read and seen in a mail, and left where not.
    """
    look = settings.get("look")
    if not isinstance(look, Mapping):
        return None
    main, second = _told_color(look, "color"), _told_color(look, "second_color")
    button = _first_seen(main, second) or DEFAULT.button
    label = _told_color(look, "on_color") if button == main else None
    taken = Brand(
        logo_url=_text(look.get("logo_url")),
        button=button,
        button_text=_first_readable(button, *filter(None, (label, PAPER)), DARK, BLACK),
        link=_first_readable(PAPER, *filter(None, (main, second)), DEFAULT.link),
    )
    return None if taken == DEFAULT else taken


def _told_color(look: Mapping[str, Any], name: str) -> str | None:
    value = look.get(name)
    return value.lower() if isinstance(value, str) and COLOR.fullmatch(value) else None


def _first_seen(*colors: str | None) -> str | None:
    return next((one for one in colors if one and contrast(one, PAPER) >= SEEN), None)


@lru_cache(maxsize=4096)
def shown(brand: Brand) -> Mapping[str, Any]:
    """Give what templates know as `store.brand`: the choice, and what follows from it."""
    page, button = brand.background, brand.button
    flips = contrast(button, DARK_PAPER) < SEEN
    return {
        **{name: getattr(brand, name) for name in COLORS},
        "font": FONTS[brand.font],
        "radius": brand.radius,
        "card_radius": brand.radius + 4 if brand.radius else 0,
        "on_page": _first_readable(page, brand.text, DARK, LIGHT),
        "quiet_on_page": _first_readable(page, QUIET, QUIET_LIGHT, DARK, LIGHT),
        "dark_button": LIGHT if flips else button,
        "dark_button_text": DARK if flips else brand.button_text,
        "dark_link": _first_readable(DARK_PAPER, brand.link, LIGHT),
    }


def contrast(one: str, other: str) -> float:
    """Give how two colours stand out from each other: 1 (the same) to 21 (black on white)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def faint(brand: Brand) -> Iterator[Faint]:
    """Give what is too faint to be read by everyone."""
    pairs = (
        (
            "text",
            brand.text,
            PAPER,
            say("The text is too faint on white. Choose a stronger contrast."),
        ),
        (
            "link",
            brand.link,
            PAPER,
            say("Links are too faint on white. Choose a stronger contrast."),
        ),
        (
            "button_text",
            brand.button_text,
            brand.button,
            say("The button's label is too faint on it. Choose a stronger contrast."),
        ),
    )
    for field, front, ground, message in pairs:
        ratio = contrast(front, ground)
        if ratio < READABLE:
            yield Faint(field, round(ratio, 1), READABLE, message)
    ratio = contrast(brand.button, PAPER)
    if ratio < SEEN:
        message = say("The button hardly shows on white. Choose a darker color.")
        yield Faint("button", round(ratio, 1), SEEN, message)


def _first_readable(ground: str, *colors: str) -> str:
    readable = (one for one in colors if contrast(one, ground) >= READABLE)
    return next(readable, None) or max(colors, key=lambda one: contrast(one, ground))


def _luminance(color: str) -> float:
    """WCAG's relative luminance."""
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _color(value: Any, default: str) -> str:
    return value if isinstance(value, str) and COLOR.fullmatch(value) else default


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
