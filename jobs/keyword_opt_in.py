"""The word that a store asks for: whoever writes it agrees to marketing on that channel."""

from jobs import reply, wishes
from jobs.heard import Heard
from marketing import keyword_opt_in
from marketing.chat import InboundKind
from marketing.keyword_opt_in import KeywordOptIn
from marketing.model import ConsentSource
from storage import customers, opt_ins, replies
from storage.opt_ins import OptIn

ANSWERED = "opt-in:"


def take(heard: Heard) -> bool:
    """Keep the consent that a message gives, and confirm it; False: it is not the word."""
    asked = keyword_opt_in.of_channel(heard.store.settings, heard.channel)
    is_text = heard.kept.kind == InboundKind.TEXT
    if asked is None or not is_text or not asked.is_said_by(heard.kept.text):
        return False
    if not wishes.is_over(heard):
        is_new = wishes.agree(heard, ConsentSource.KEYWORD, {"keyword": asked.keyword})
        is_kept = _keep(heard, asked, is_new=is_new)
        if is_kept or not _was_told(heard):
            _confirm(heard)
    return True


def _keep(heard: Heard, asked: KeywordOptIn, *, is_new: bool) -> bool:
    """Keep the proof; what is proven by the same words already needs no second one."""
    whose = (heard.connection, heard.store.id)
    last = opt_ins.latest(*whose, heard.customer_id).get(heard.channel.value)
    if not is_new and last and (last.keyword, last.wording) == (asked.keyword, asked.wording):
        return False
    said = OptIn(
        heard.customer_id,
        heard.channel.value,
        asked.keyword,
        asked.wording,
        heard.kept.provider_id,
        heard.said_at,
    )
    opt_ins.keep(*whose, said)
    return True


def _was_told(heard: Heard) -> bool:
    since = heard.kept.received_at - keyword_opt_in.PAUSE
    whose = (heard.connection, heard.store.id, heard.customer_id)
    return replies.was_told(*whose, f"{ANSWERED}{heard.channel}:", since)


def _confirm(heard: Heard) -> None:
    """Tell what they get now and how it ends, at any hour: it is the answer they wait for."""
    if heard.message.is_answered:
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
        key=f"{ANSWERED}{heard.channel}:{heard.kept.provider_id}",
    )


def _words(heard: Heard) -> str:
    store = heard.store
    who = customers.find(heard.connection, store.id, "id", heard.customer_id) or {}
    locale = str(who.get("locale") or store.locale)
    return keyword_opt_in.answer(heard.channel, locale, store.name or store.domain)
