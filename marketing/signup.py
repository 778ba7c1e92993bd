"""The sign-up form on a store's pages: what it asks, and its words, in the store's languages."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

LONGEST = 500
"""Characters of one of the merchant's own texts."""
EDITED = ("title", "text", "consent", "button", "thanks")
ASKS_FIRST = frozenset(
    {
        *("AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR"),
        *("HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO"),
        *("SE", "SI", "SK"),
    }
)
"""Where an address is only written to once its owner has said yes by mail: the EU and like it."""


@dataclass(frozen=True, slots=True)
class Words:
    """What the form says; `consent` stands beside the box and is kept as it was shown."""

    title: str
    text: str
    consent: str
    button: str
    thanks: str


@dataclass(frozen=True, slots=True)
class SignupForm:
    """A store's form. Without `confirms` whoever fills it in is subscribed at once."""

    is_on: bool
    confirms: bool
    """Double opt-in: a mail asks the owner of the address first."""
    asks_name: bool
    asks_birthday: bool
    words: Mapping[str, Words]

    def in_language(self, language: str) -> Words:
        """Give the words in a language that it has, else in English."""
        return self.words.get(language, self.words["en"])


USUAL: Mapping[str, Words] = {
    "en": Words(
        title="News from us, now and then",
        text="New things, and what is worth knowing about them.",
        consent="Yes, send me news and offers by email. I can unsubscribe at any time.",
        button="Sign up",
        thanks="Thank you. Please look into your inbox: one click there completes it.",
    ),
    "de": Words(
        title="Hin und wieder Neues von uns",
        text="Neuheiten und was man darüber wissen sollte.",
        consent="Ja, ich möchte Neuigkeiten und Angebote per E-Mail erhalten. "
        "Ich kann mich jederzeit abmelden.",
        button="Anmelden",
        thanks="Vielen Dank. Bitte sehen Sie in Ihr Postfach: Ein Klick dort schließt die "
        "Anmeldung ab.",
    ),
}
LABELS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "email": "Email address",
        "name": "First name (optional)",
        "birthday": "Birthday (optional)",
        "close": "Close",
        "failed": "That did not work. Please try again in a moment.",
        "wrong_email": "Please enter an email address.",
        "no_consent": "Please tick the box if you want to hear from us.",
    },
    "de": {
        "email": "E-Mail-Adresse",
        "name": "Vorname (freiwillig)",
        "birthday": "Geburtstag (freiwillig)",
        "close": "Schließen",
        "failed": "Das hat nicht geklappt. Bitte versuchen Sie es gleich noch einmal.",
        "wrong_email": "Bitte geben Sie eine E-Mail-Adresse ein.",
        "no_consent": "Bitte kreuzen Sie das Kästchen an, wenn Sie von uns hören möchten.",
    },
}
"""What the form says that no merchant needs to change."""


def form_of(settings: Mapping[str, Any], country: str | None) -> SignupForm:
    """Read a store's settings document: `signup_form`, of which anything may be missing."""
    told = settings.get("signup_form")
    told = told if isinstance(told, Mapping) else {}
    confirms = told.get("confirms")
    return SignupForm(
        is_on=told.get("is_on") is True,
        confirms=confirms if isinstance(confirms, bool) else asks_first(country),
        asks_name=told.get("asks_name") is True,
        asks_birthday=told.get("asks_birthday") is True,
        words={language: _words(told, language) for language in USUAL},
    )


def asks_first(country: str | None) -> bool:
    """Say if double opt-in is usual there; where we don't know, it is."""
    return country is None or country.upper() in ASKS_FIRST


def _words(told: Mapping[str, Any], language: str) -> Words:
    own = told.get("words")
    own = own.get(language) if isinstance(own, Mapping) else None
    own = own if isinstance(own, Mapping) else {}
    kept = {name: own[name] for name in EDITED if isinstance(own.get(name), str) and own[name]}
    return Words(**{**asdict(USUAL[language]), **kept})


def language_of(locale: str | None) -> str:
    """Give the form's language for a locale such as `de-AT` or `de_DE`; English for others."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in USUAL else "en"


def text_id(words: Words) -> str:
    """Name the words beside the box: a form that was loaded before they changed is told apart."""
    return hashlib.sha256(words.consent.encode()).hexdigest()[:16]


def shown(form: SignupForm, locale: str | None) -> dict[str, Any]:
    """Give what the form's script draws, ready for JSON."""
    language = language_of(locale)
    words = form.in_language(language)
    return {
        "language": language,
        "words": {**asdict(words), **LABELS[language]},
        "asks_name": form.asks_name,
        "asks_birthday": form.asks_birthday,
        "text_id": text_id(words),
    }
