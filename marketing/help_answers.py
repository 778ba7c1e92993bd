"""What HELP is answered in a text message: whose texts they are, how they end, who helps.

The rules of the carriers ask for it: the CTIA's Messaging Principles and Best Practices, 5.1.3
(2023-05), and https://www.twilio.com/docs/messaging/guides/best-practices, read 2026-11-22. In
`help_answers.json` each language has its words for help and its answer.
"""

import json
from datetime import timedelta
from pathlib import Path

from marketing.keywords import plain_of

PAUSE = timedelta(hours=4)
"""Whoever asks again within this was answered: a machine at the other end asks for ever."""
FALLBACK = "en"
LONGEST_NAME = 40
_TOLD = json.loads(Path(__file__).with_name("help_answers.json").read_text("utf-8"))
_LANGUAGE_OF = {
    plain_of(word): language for language, told in _TOLD.items() for word in told["words"]
}
_SHARED = frozenset(map(plain_of, _TOLD[FALLBACK]["words"]))
"""Said in every language: the customer's own decides."""
LANGUAGES = frozenset(_TOLD)


def answer(asked: str, locale: str, store: str, contact: str) -> str:
    """Give the answer to a HELP, in the language of its word, else in that of the locale.

    `contact` is where help is had besides: an address of mail or of a page.
    """
    text: str = _TOLD[language_of(asked, locale)]["text"]
    name = " ".join(store.split())[:LONGEST_NAME]
    return text.replace("{contact}", contact).replace("{store}", name)


def language_of(asked: str, locale: str) -> str:
    """Give the language to answer in: `language_of("Hilfe bitte", "en-US")` is German."""
    said = [word for word in plain_of(asked).split() if word not in _SHARED]
    named = [_LANGUAGE_OF[word] for word in said if word in _LANGUAGE_OF]
    own = locale.replace("_", "-").partition("-")[0].lower()
    own = "nb" if own == "no" else own
    return named[0] if named else own if own in LANGUAGES else FALLBACK
