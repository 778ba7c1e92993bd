"""The word that a store asks for: whoever writes it agrees to marketing on that channel."""

from jobs import fixed_answers, wishes
from jobs.heard import Heard
from marketing import keyword_opt_in
from marketing.chat import InboundKind
from marketing.keyword_opt_in import KeywordOptIn
from marketing.model import ConsentSource
from storage import opt_ins
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
    return fixed_answers.was_told(heard, ANSWERED, keyword_opt_in.PAUSE)


def _confirm(heard: Heard) -> None:
    """Tell what they get now and how it ends."""
    if not heard.message.is_answered:
        store, locale = heard.store, fixed_answers.locale_of(heard)
        words = keyword_opt_in.answer(heard.channel, locale, store.name or store.domain)
        fixed_answers.tell(heard, ANSWERED, words)
