"""Spelling, by Hunspell: English everywhere, other languages where the machine has a dictionary."""

import threading
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from hunspell import Hunspell

from jobs.runtime import Runtime
from marketing import wording_checks
from marketing.checking import Issue
from marketing.flow import Template
from storage import catalogue
from storage.stores import Store

FOLDERS = (Path("/usr/share/hunspell"), Path("/usr/share/myspell/dicts"))
"""Where systems keep the dictionaries of their packages, such as Debian's hunspell-de-de."""
BUNDLED = "en_US"
COUNTRIES = {"de": "de_DE", "fr": "fr_FR", "es": "es_ES", "it": "it_IT", "nl": "nl_NL"}
MOST_SUGGESTED = 3
LONGEST_GUESSED = 16
"""Guessing what a longer word was meant to be takes seconds."""
NAMES_OF = 200
"""Products whose titles are taken for names."""
_one_at_a_time = threading.Lock()


def check(runtime: Runtime, store: Store, template: Template) -> list[Issue]:
    """Give the words that no dictionary has, by the store's language; names are left alone.

    A text that is plainly in another language is looked up in English; nothing is said of one
    that is in neither, or where there is no dictionary.
    """
    with runtime.database.reading() as connection:
        named = catalogue.titles(connection, store.id, limit=NAMES_OF)
    written = wording_checks.words_of(template, [store.name, store.address or "", *named])
    for dictionary in _dictionaries(store.locale):
        known = [one for one in written if _is_known(dictionary, one.word)]
        if len(known) * 2 > len(written):
            guesses = iter(range(MOST_SUGGESTED))
            return wording_checks.issues_of(
                written,
                lambda word, d=dictionary: _is_known(d, word),  # type: ignore[misc]  # a default is not inferred
                lambda word, d=dictionary, g=guesses: _guess(d, word, g),  # type: ignore[misc]  # a default is not inferred
            )
    return []


def _dictionaries(locale: str) -> Iterator[str]:
    language = locale.replace("_", "-").partition("-")[0].lower()
    named = COUNTRIES.get(language)
    if named and _folder_of(named):
        yield named
    yield BUNDLED


def _folder_of(name: str) -> Path | None:
    return next((one for one in FOLDERS if (one / f"{name}.dic").is_file()), None)


@lru_cache(maxsize=8)
def _opened(name: str, folder: Path | None) -> Hunspell:
    return Hunspell(name, hunspell_data_dir=str(folder)) if folder else Hunspell(name)


def _is_known(name: str, word: str) -> bool:
    if name == BUNDLED and wording_checks.is_name(word):
        return True
    return _looked_up(name, _folder_of(name) if name != BUNDLED else None, word)


@lru_cache(maxsize=20_000)
def _looked_up(name: str, folder: Path | None, word: str) -> bool:
    try:
        with _one_at_a_time:
            return bool(_opened(name, folder).spell(word))
    except UnicodeEncodeError:  # letters that the language does not have: no word of it
        return True


def _guess(name: str, word: str, guesses: Iterator[int]) -> list[str]:
    if len(word) > LONGEST_GUESSED or next(guesses, None) is None:
        return []
    return list(_guessed(name, _folder_of(name) if name != BUNDLED else None, word))


@lru_cache(maxsize=2_000)
def _guessed(name: str, folder: Path | None, word: str) -> tuple[str, ...]:
    with _one_at_a_time:
        return tuple(_opened(name, folder).suggest(word)[:3])
