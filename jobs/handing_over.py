"""Whether a person should take over after what a customer wrote: the rules asked, and obeyed."""

from dataclasses import replace
from datetime import timedelta

from jobs import conversations as hands
from jobs.heard import Heard
from marketing import hand_over_rules as rules
from marketing.conversation_settings import ConversationSettings, settings_of
from marketing.frustration import TURNS, WITHIN, Turn
from marketing.hand_over_rules import Found, Standing, Then
from storage import conversations, inbound


def of_message(heard: Heard) -> bool:
    """Ask what this message and those just before it come to; True: a person takes over."""
    own = _settings(heard).own_words
    found = rules.of_message(heard.kept.text, heard.kept.payload, own)
    if found is None:
        found = rules.of_turns(_turns(heard))
    return found is not None and _settle(heard, found)


def of_silence(heard: Heard) -> bool:
    """Ask whether two in a row were left without an answer; True: a person takes over."""
    found = rules.of_silence(_turns(heard))
    return found is not None and _settle(heard, found)


def of_echo(heard: Heard) -> None:
    """Somebody of the store's wrote on the platform itself: flows have nothing to say any more."""
    _take_over(heard, Found(rules.ECHO), hands.PLATFORM)


def _settings(heard: Heard) -> ConversationSettings:
    return settings_of(heard.store.settings)


def _turns(heard: Heard) -> list[Turn]:
    since = heard.kept.received_at - WITHIN
    return inbound.turns(heard.connection, heard.store.id, heard.customer_id, since, TURNS)


def _settle(heard: Heard, found: Found) -> bool:
    """Do what a rule comes to as things stand."""
    then = rules.settled(found, _standing(heard, found), heard.kept.received_at)
    if then is Then.HAND_OVER:
        return _take_over(heard, found, hands.RULE)
    return False


def _standing(heard: Heard, found: Found) -> Standing:
    if found.rule not in rules.GUESSED:
        return Standing()
    whose = (heard.connection, heard.store.id)
    before = conversations.of(*whose, heard.customer_id)
    hour_ago = heard.kept.received_at - timedelta(hours=1)
    known = Standing(
        is_automatic=_settings(heard).is_automatic,
        not_needed_at=before.not_needed_at,
        offered_at=before.offered_at,
    )
    return replace(known, within_hour=conversations.guessed_since(*whose, hour_ago))


def _take_over(heard: Heard, found: Found, by: str) -> bool:
    return hands.take_over(
        heard.connection,
        heard.runtime,
        heard.store,
        heard.customer_id,
        at=heard.kept.received_at,
        by=by,
        found=found,
    )
