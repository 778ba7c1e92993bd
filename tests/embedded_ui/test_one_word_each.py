"""One word for each thing, on every page and in every language that it is said in."""

import json
import re
from pathlib import Path

import embedded_ui
import marketing
from marketing.blocks.words import WORDS
from marketing.hand_over_answers import TALK
from marketing.hand_over_words import NAMES
from marketing.said import catalogue, in_language
from marketing.tags import DESTINATIONS, TAGS
from setup.plugin import LANGUAGES

PANEL = Path(embedded_ui.__path__[0]) / "panel" / "src"
OTHERS = re.compile(r"Kn[oö]pf|zurückgelassen", re.IGNORECASE)
"""In German it is a Schaltfläche, and a cart is verlassen."""
SORTED = re.compile(r"\.localeCompare\((.*?)\)+[;\s]")


def test_german_has_one_word_for_a_button_and_one_for_a_cart_that_was_left() -> None:
    said = {path.name: path.read_text() for path in (PANEL / "words" / "de").glob("*.ts")}
    said["de.po"] = "\n".join(catalogue("de").values())
    said["plugin"] = "\n".join(path.read_text() for path in LANGUAGES.glob("*-de*.po"))
    assert "Schaltfläche" in said["plugin"]
    assert len(said) > 20
    assert {name: found for name, text in said.items() if (found := OTHERS.findall(text))} == {}


def test_the_button_for_a_person_is_called_the_same_wherever_it_stands() -> None:
    chat = json.loads((Path(marketing.__path__[0]) / "webchat_words.json").read_text())
    for language, name in {"en": "Talk to an agent", "de": "Jemanden sprechen"}.items():
        assert in_language(TALK, language) == name
        assert name in in_language(NAMES["agent_button"], language)
        assert chat[language]["agent"] == name
        assert WORDS[language]["agent"] == name
        words = PANEL / "words" / language
        assert f'agent: "{name}"' in (words / "inspector.ts").read_text()
        assert f'person: "{name}"' in (words / "inbox.ts").read_text()


def test_every_detail_and_link_of_a_message_has_a_name_in_the_sentences_that_show_it() -> None:
    """English names them by the last part of their path, where that says it."""
    links = {path for one in DESTINATIONS for path in re.findall(r"[a-z_.]+url", one.href)}
    assert "cart.url" in links
    for language, named in {"en": links, "de": links | {tag.name for tag in TAGS}}.items():
        words = (PANEL / "words" / language / "flow.ts").read_text().partition("  tags: {")[2]
        words = words.partition("\n  }")[0]
        assert {one for one in named if f'    "{one}": ' not in words} == set(), language
        assert "    url: " in words


def test_lists_are_sorted_by_the_language_of_the_panel() -> None:
    """Else the browser's own language decides, which may be another."""
    calls = [
        (path.name, call)
        for path in PANEL.rglob("*.ts*")
        for call in SORTED.findall(path.read_text())
    ]
    assert len(calls) >= 4
    assert [call for call in calls if not call[1].endswith(", language")] == []
