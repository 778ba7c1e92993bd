"""The chat on the store's own pages: how it looks, what it says itself, where it may be shown."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marketing.brand import COLOR, contrast
from marketing.chat import AGENT
from marketing.marks import pages_of
from marketing.model import JsonObject

MOST_LETTERS = 2000
"""Of what a visitor writes at once."""
LIGHT, DARK = "#ffffff", "#1b1a18"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Chat with {store}",
        "greeting": "Hello! How can we help?",
        "open": "Open chat",
        "close": "Close chat",
        "write": "Your message",
        "send": "Send",
        "agent": "Talk to a person",
        "bot": "Automatic answer",
        "person": "{store}",
        "you": "You",
        "log": "Conversation",
        "failed": "Not sent. Try again in a moment.",
        "again": "Try again",
        "fresh": "New message",
        "offline": "No connection. Your messages are kept here.",
    },
    "de": {
        "title": "Chat mit {store}",
        "greeting": "Hallo! Wie können wir helfen?",
        "open": "Chat öffnen",
        "close": "Chat schließen",
        "write": "Ihre Nachricht",
        "send": "Senden",
        "agent": "Mit einem Menschen sprechen",
        "bot": "Automatische Antwort",
        "person": "{store}",
        "you": "Sie",
        "log": "Unterhaltung",
        "failed": "Nicht gesendet. Versuchen Sie es gleich noch einmal.",
        "again": "Noch einmal versuchen",
        "fresh": "Neue Nachricht",
        "offline": "Keine Verbindung. Ihre Nachrichten bleiben hier.",
    },
}


def shown(store: str, public: Mapping[str, str], brand_color: str, language: str) -> JsonObject:
    """Give what the script draws, ready for JSON; `public` is the channel's account."""
    chosen = public.get("color", "")
    color = chosen if COLOR.fullmatch(chosen) else brand_color
    words = {key: one.format(store=store) for key, one in WORDS[language].items()}
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
