"""Answers to a word that are the same for everybody: at any hour, and not again within a while."""

from datetime import timedelta

from jobs import reply
from jobs.heard import Heard
from storage import customers, replies


def tell(heard: Heard, key: str, words: str) -> None:
    """Answer, though a person talks with them and though they stopped: they wait for it."""
    reply.queue(
        heard.connection,
        heard.runtime,
        heard.store,
        heard.customer_id,
        heard.channel,
        words,
        address=heard.kept.sender,
        in_human_hands=True,
        key=f"{key}{heard.channel}:{heard.kept.provider_id}",
    )


def was_told(heard: Heard, key: str, pause: timedelta) -> bool:
    """Say whether they were answered so on this channel, no longer ago than the pause."""
    whose = (heard.connection, heard.store.id, heard.customer_id)
    return replies.was_told(*whose, f"{key}{heard.channel}:", heard.kept.received_at - pause)


def locale_of(heard: Heard) -> str:
    """Give the locale to answer in: theirs, else the store's."""
    who = customers.find(heard.connection, heard.store.id, "id", heard.customer_id) or {}
    return str(who.get("locale") or heard.store.locale)
