"""The chat on the store's own pages: how it looks, what it says itself, where it may be shown."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from marketing.brand import COLOR, contrast
from marketing.chat import AGENT
from marketing.marks import pages_of
from marketing.model import JsonObject

MOST_LETTERS = 2000
"""Of what a visitor writes at once."""
LIGHT, DARK = "#ffffff", "#1b1a18"
WORDS: Mapping[str, Mapping[str, str]] = json.loads(
    (files("marketing") / "webchat_words.json").read_text("utf-8")
)
"""What the chat says itself, and what its door says where it refuses: by language, by name."""
DRAWN = (
    "title", "greeting", "open", "close", "write", "send", "agent", "bot", "person", "you", "log",
    "sending", "unsent", "failed", "again", "fresh", "offline",
)  # fmt: skip
"""Those of them that the script needs from the beginning."""


def language_of(*locales: str | None) -> str:
    """Give the language of the first locale, such as `de-AT` or `de_DE`, that we speak; English."""
    spoken = ((one or "").replace("_", "-").partition("-")[0].lower() for one in locales)
    return next((one for one in spoken if one in WORDS), "en")


def refusal(name: str, locale: str | None) -> str:
    """Give the sentence by which the door refuses, in the visitor's language."""
    return WORDS[language_of(locale)][name].format(most=MOST_LETTERS)


def shown(store: str, public: Mapping[str, str], brand_color: str, language: str) -> JsonObject:
    """Give what the script draws, ready for JSON; `public` is the channel's account."""
    chosen = public.get("color", "")
    color = chosen if COLOR.fullmatch(chosen) else brand_color
    said = WORDS[language]
    words = {name: said[name].format(store=store) for name in DRAWN}
    if public.get("greeting"):
        words["greeting"] = public["greeting"]
    return {
        "language": language, "color": color, "ink": ink_on(color), "words": words,
        "agent": AGENT, "most": MOST_LETTERS,
    }  # fmt: skip


def ink_on(color: str) -> str:
    """Give the letters' colour that reads best on a ground: nearly black or white."""
    return max((LIGHT, DARK), key=lambda ink: contrast(ink, color))


def origins_of(storefront_url: str | None, domain: str, more: str) -> frozenset[str]:
    """Give the pages' origins that are the store's: its domains, with and without `www.`.

    `more` are further addresses that the merchant wrote down, apart by blanks; one without TLS
    counts only as it was written.
    """
    named = [host for one in more.split() if (host := _host(one))]
    both = pages_of(storefront_url, domain).union(*(pages_of(None, host) for host in named))
    front = urlsplit(storefront_url or "")
    own = {f"{front.scheme}://{front.netloc.lower()}"} if front.netloc else set()
    own |= {one.lower().rstrip("/") for one in more.split() if one.lower().startswith("http://")}
    return frozenset({f"https://{host}" for host in both} | own)


def _host(address: str) -> str:
    return urlsplit(address if "//" in address else f"//{address}").netloc.lower()


def offered(said: Mapping[str, Any]) -> dict[str, str]:
    """Give the answers that a message holds: payload -> label."""
    buttons = [*said.get("buttons", ())]
    for card in said.get("cards", ()):
        buttons += card.get("buttons", ())
    return {one["payload"]: one["label"] for one in buttons if one.get("payload")}
