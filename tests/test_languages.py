"""Every sentence that the server says to people is said in every language, whole and alike."""

import ast
import copy
import pickle
import re
import string
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from marshmallow import Schema, fields

from marketing import form_words, recipes
from marketing.said import LANGUAGES, SOURCE, Said, in_language, say
from setup import languages

ROOT = Path(__file__).parents[1]
OTHERS = [language for language in LANGUAGES if language != SOURCE]
NOUNS = {"abandoned checkout emails", "order confirmations", "shipping emails"}
"""They stand within other sentences, and German writes nouns large."""
RULES = {"ValidationError", "Length", "OneOf", "Regexp", "Range", "ContainsNoneOf"}
UNSHOWN = {"jobs/pixel_payload.py"}
"""It reads what browsers send: no person is told."""


def places(pattern: str) -> set[str]:
    """Give the names of what is filled in; a pattern with other brackets has nothing to fill."""
    try:
        names = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
    except ValueError:
        return set()
    return names if all(name.isidentifier() for name in names) else set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_said_in_every_language(language: str) -> None:
    lacking = languages.lacking(language)
    assert not lacking, f"run python -m setup.languages, and fill in {language}.po: {lacking}"
    gone = languages.written(language).keys() - languages.sentences().keys()
    assert not gone, f"run python -m setup.languages, which takes out {gone}"


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_has_the_same_places_lines_and_ends_in_every_language(language: str) -> None:
    told = languages.sentences()
    for pattern, said in languages.written(language).items():
        if told[pattern].endswith(".json"):  # recipes, which are rendered by tests of their own
            continue
        assert places(said) == places(pattern), said
        assert said.count("\n") == pattern.count("\n"), said
        assert said.endswith(".") == pattern.endswith("."), said
        if pattern[0].isalpha() and pattern not in NOUNS:  # what begins small follows a field
            assert said[:1].isupper() == pattern[:1].isupper(), said


def test_german_is_polite() -> None:
    for said in languages.written("de").values():
        assert not re.search(r"\b([Dd]u|[Dd]ein\w*|[Dd]ich|[Dd]ir|[Ee]uch)\b", said), said


def test_a_sentence_is_english_until_it_is_said_in_another_language() -> None:
    told = say("Use {least} to {most} people.", least=100, most=1_000_000)
    assert told == "Use 100 to 1,000,000 people."
    assert in_language(told, "de") == "Möglich sind 100 bis 1.000.000 Personen."
    assert in_language(told, "tlh") == told


def test_days_durations_lists_and_sentences_inside_are_written_in_the_language() -> None:
    inner = say("is missing")
    told = Said(
        "{day}; {wait}; {names}; {inner}",
        {"day": date(2026, 10, 1), "wait": timedelta(days=1), "names": ["a", "b"], "inner": inner},
    )
    assert told == "October 1, 2026; 1 day; a, b; is missing"
    assert in_language(told, "de") == "1. Oktober 2026; 1 Tag; a, b; fehlt"


def test_what_a_merchant_wrote_is_never_translated() -> None:
    told = say("“{name}” is live, and this recipe is meant instead of it", name="is missing")
    assert in_language(told, "de").startswith("„is missing“")


def test_a_sentence_of_two_lines_is_a_message_and_a_remedy() -> None:
    told = say("is too long\nKeep it to {length} characters at the most.", length=400)
    message, remedy = told.lines()
    assert (message, remedy) == ("is too long", "Keep it to 400 characters at the most.")
    assert in_language(message, "de") == "ist zu lang"
    assert in_language(remedy, "de") == "Erlaubt sind höchstens 400 Zeichen."


def test_a_copy_of_a_sentence_can_be_said_as_well() -> None:
    told = say("has {count} steps", count=3)
    pickled = pickle.loads(pickle.dumps(told))  # noqa: S301  our own
    for twin in (copy.deepcopy(told), pickled):
        assert in_language(twin, "de") == "hat 3 Schritte"


def test_the_libraries_still_say_what_is_replaced() -> None:
    kinds = [kind for kind in vars(fields).values() if isinstance(kind, type)]
    forms = [kind for kind in kinds if issubclass(kind, fields.Field)]
    told = {str(words) for kind in forms for words in kind.default_error_messages.values()}
    told |= {str(words) for words in Schema().error_messages.values()}
    told |= {"Not a valid datetime.", "Not a valid aware datetime.", "Invalid JSON body."}
    ours = {str(one) for one in form_words.THEIRS if not one.endswith((" limit.", " URL."))}
    assert ours <= told | {"Not a valid URL."}


def unsaid(path: Path) -> Iterator[str]:
    """Give where a rule of input is given words that are no `say(...)`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in RULES:
            given = [each.value for each in node.keywords if each.arg == "error"]
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in RULES:
            given = node.args[:1]
        else:
            continue
        for words in given:
            parts = list(ast.walk(words))
            is_english = any(
                isinstance(one, ast.JoinedStr)
                or (isinstance(one, ast.Constant) and " " in str(one.value))
                for one in parts
            )
            if is_english and not any(isinstance(one, ast.Call) for one in parts):
                yield f"{path.relative_to(ROOT)}:{words.lineno}"


def test_no_rule_of_input_refuses_in_english_alone() -> None:
    files = [one for folder in languages.SPOKEN for one in (ROOT / folder).rglob("*.py")]
    shown = [one for one in files if one.relative_to(ROOT).as_posix() not in UNSHOWN]
    assert not [place for path in shown for place in unsaid(path)]


ENGLISH = re.compile(
    r"\b(the|and|your|you|we|is|it|of|for|not|this|with|code for)\b", re.IGNORECASE
)


@pytest.mark.parametrize("name", recipes.names())
def test_a_german_recipe_has_no_english_left_in_it(name: str) -> None:
    told = list(_words(recipes.document(name, "de")))
    assert len(told) >= 8
    for words in told:
        plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|<[^>]*>", " ", words)
        assert not ENGLISH.search(plain), plain


def _words(part: Any) -> Iterator[str]:
    for one in part.values() if isinstance(part, dict) else part:
        if isinstance(one, dict | list):
            yield from _words(one)
    if isinstance(part, dict):
        yield from (part[key] for key in recipes.WORDS & part.keys() if isinstance(part[key], str))


def test_a_recipe_has_the_same_steps_and_blocks_in_every_language() -> None:
    for name in recipes.names():
        english, german = recipes.document(name), recipes.document(name, "de")
        assert _bare(english) == _bare(german)
        assert german != english


def _bare(part: Any) -> Any:
    if isinstance(part, list):
        return [_bare(one) for one in part]
    if not isinstance(part, dict):
        return part
    return {key: _bare(one) for key, one in part.items() if key not in recipes.WORDS}
