"""HELP, asked by text message: answered by ourselves, once, unless the provider did already."""

from jobs import fixed_answers
from jobs.heard import Heard
from marketing import help_answers

KEY = "help:"


def tell(heard: Heard) -> None:
    """Answer, though a person talks with them and though they stopped: a carrier asks for it."""
    if heard.message.is_answered or fixed_answers.was_told(heard, KEY, help_answers.PAUSE):
        return
    fixed_answers.tell(heard, KEY, _words(heard))


def _words(heard: Heard) -> str:
    store, locale = heard.store, fixed_answers.locale_of(heard)
    contact = store.email or store.storefront_url or store.domain
    return help_answers.answer(heard.kept.text, locale, store.name or store.domain, contact)
