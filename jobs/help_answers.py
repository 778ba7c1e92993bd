"""HELP, asked by text message: answered by ourselves, once, unless the provider did already."""

from jobs import reply
from jobs.heard import Heard
from marketing import help_answers
from storage import customers, replies

KEY = "help:"


def tell(heard: Heard) -> None:
    """Answer, though a person talks with them and though they stopped: a carrier asks for it."""
    if heard.message.is_answered or _was_told(heard):
        return
    reply.queue(
        heard.connection,
        heard.runtime,
        heard.store,
        heard.customer_id,
        heard.channel,
        _words(heard),
        address=heard.kept.sender,
        in_human_hands=True,
        key=f"{KEY}{heard.channel}:{heard.kept.provider_id}",
    )


def _was_told(heard: Heard) -> bool:
    since = heard.kept.received_at - help_answers.PAUSE
    whose = (heard.connection, heard.store.id, heard.customer_id)
    return replies.was_told(*whose, f"{KEY}{heard.channel}:", since)


def _words(heard: Heard) -> str:
    store = heard.store
    who = customers.find(heard.connection, store.id, "id", heard.customer_id) or {}
    locale = str(who.get("locale") or store.locale)
    contact = store.email or store.storefront_url or store.domain
    return help_answers.answer(heard.kept.text, locale, store.name or store.domain, contact)
