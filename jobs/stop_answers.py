"""A stop by text in the customer's own words: confirmed once, where the provider says nothing."""

from jobs import fixed_answers
from jobs.heard import Heard
from marketing import stop_answers
from marketing.model import ChannelName

KEY = "stop:"


def tell(heard: Heard) -> None:
    """Confirm; whoever stops has to be new to that, or it would be one more text after a stop."""
    is_ours = heard.channel is ChannelName.SMS and not heard.message.is_answered
    if not is_ours or not heard.store.is_installed:
        return
    is_late = heard.kept.received_at - heard.said_at > stop_answers.WITHIN
    if is_late or stop_answers.is_caught(heard.kept.text):
        return
    store, locale = heard.store, fixed_answers.locale_of(heard)
    fixed_answers.tell(heard, KEY, stop_answers.answer(locale, store.name or store.domain))
