"""What the bot tells a customer about a person: that one will write, when, or that one could."""

from datetime import datetime
from zoneinfo import ZoneInfo

from marketing.business_hours import is_open, next_opening
from marketing.chat import AGENT, Button, ChatContent
from marketing.conversation_settings import Hours
from marketing.localize import day
from marketing.model import ChannelName
from marketing.said import Said, in_language, say

WITHOUT_BUTTONS = frozenset({ChannelName.SMS, ChannelName.EMAIL})
SOON = say("Somebody of our team will write to you here.")
IN_DANGER = say(
    "You are not alone. If you are in danger, please call your local emergency number now, 112 in"
    " Europe or 911 in the USA. Somebody of our team will write to you here."
)
SORRY = say("We are sorry that you have to wait. We have not forgotten you and will write soon.")
OFFER = say("I am not sure that I can help with this. Would you like to talk to an agent?")
OFFER_IN_WORDS = say(
    "I am not sure that I can help with this. Write “agent”, and a person takes over."
)
TALK = say("Talk to an agent")


def coming(rule: str, hours: Hours, zone: str, now: datetime, locale: str) -> str:
    """Give the words that somebody will write, and when, if that is not now."""
    language = locale[:2]
    if rule == "risk:self_harm":
        return in_language(IN_DANGER, language)
    if is_open(hours, zone, now):
        return in_language(SOON, language)
    return in_language(_later(next_opening(hours, zone, now), zone, locale), language)


def _later(opens: datetime, zone: str, locale: str) -> Said:
    there = opens.astimezone(ZoneInfo(zone))
    return say(
        "Nobody of our team is here right now. We will write to you here from {day}, {time}.",
        day=day(opens.isoformat(), "long", locale, zone),
        time=there.strftime("%H:%M"),
    )


def offer(channel: ChannelName, locale: str) -> ChatContent:
    """Give the offer of a person: with a button, where the channel has them."""
    language = locale[:2]
    if channel in WITHOUT_BUTTONS:
        return ChatContent(in_language(OFFER_IN_WORDS, language))
    button = Button(in_language(TALK, language), payload=AGENT)
    return ChatContent(in_language(OFFER, language), buttons=(button,))


def sorry(locale: str) -> str:
    """Give the words for whoever waited longer than was promised."""
    return in_language(SORRY, locale[:2])
