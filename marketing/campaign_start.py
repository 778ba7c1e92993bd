"""What a new campaign says before its merchant has written a word: short, and never sent so.

Its second line stands for what the merchant has to say: `marketing.unwritten` knows it again.
"""

from collections.abc import Mapping
from typing import Any

from marketing.sources import Source
from marketing.unwritten import PLACEHOLDERS

MESSAGE = "message"
"""The id of the one step that a new campaign has."""
_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "hello": 'Hello {{ customer.first_name | default: "there" }},',
        "button": "Visit the store",
        "why": "You receive this email because you agreed to news from {{ store.name }}.",
    },
    "de": {
        "hello": 'Hallo {{ customer.first_name | default: "und herzlich willkommen" }},',
        "button": "Zum Shop",
        "why": "Sie erhalten diese E-Mail, weil Sie Neuigkeiten von {{ store.name }} wünschen.",
    },
}


def begun(name: str, source: Source, locale: str) -> dict[str, Any]:
    """Give the document of a new campaign, with a first message in the store's language."""
    step = {
        "kind": "message",
        "id": MESSAGE,
        "channel": "email",
        "template": _template(name, "de" if locale.startswith("de") else "en"),
    }
    return {"name": name, "source": source.to_document(), "steps": [step]}


def _template(name: str, language: str) -> dict[str, Any]:
    words, line = _WORDS[language], PLACEHOLDERS[language]
    # A name is no Liquid: what looks like it is left out of what is sent.
    title = name.replace("{", "").replace("}", "").strip() or "{{ store.name }}"
    return {
        "subject": title,
        "preview": "",
        "blocks": [
            {"id": "header", "kind": "header"},
            {"id": "heading", "kind": "heading", "text": title},
            {
                "id": "text",
                "kind": "text",
                "html": f"<p>{words['hello']}</p><p>{line}</p>",
            },
            {"id": "button", "kind": "button", "label": words["button"], "href": "{{ store.url }}"},
            {"id": "footer", "kind": "footer", "why": words["why"]},
        ],
    }
