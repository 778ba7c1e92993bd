"""Why a person talks with a customer, in words: the rule, and what gave its points."""

from collections.abc import Iterable, Mapping
from typing import Final

from marketing.frustration import Because
from marketing.said import Said, say

RULES: Final[Mapping[str, Said]] = {
    "agent_button": say("They tapped the button for a person."),
    "agent_word": say("They asked for a person."),
    "agent_phrase": say("They asked for a person."),
    "refund_angry": say("They want their money back and are upset."),
    "frustration": say("They seem frustrated."),
    "unanswered_twice": say("Two of their messages in a row got no answer."),
    "echo": say("Somebody of your team wrote to them on the platform itself."),
    "quiet": say("Nobody had written for a while."),
    "not_needed": say("Nobody was needed."),
    "moved": say("The conversation was moved to Meta's own inbox."),
    "risk:self_harm": say("They may be in danger. Answer at once."),
    "risk:injury": say("They tell of an injury or an allergy."),
    "risk:fraud": say("They tell of fraud."),
    "risk:chargeback": say("They want their payment taken back."),
    "risk:legal": say("They tell of lawyers or a court."),
    "risk:discrimination": say("They feel discriminated against."),
    "risk:privacy": say("They ask about their data."),
}
POINTS: Final[Mapping[str, Said]] = {
    "said_again": say("said the same again"),
    "unanswered_twice": say("got no answer twice"),
    "negative": say("complains"),
    "very_negative": say("complains strongly"),
    "profanity": say("swears"),
    "exclaims": say("many exclamation or question marks"),
    "shouts": say("writes in capitals"),
    "asked_before": say("has asked before"),
    "rapid": say("writes in quick succession"),
    "thumbs_down": say("a bad rating"),
    "closing": say("thanks"),
}


NAMES: Final[Mapping[str, Said]] = {
    "agent_button": say("The button “Talk to an agent”"),
    "agent_word": say("A word for a person"),
    "agent_phrase": say("A sentence that asks for a person"),
    "agent_word:own": say("Your own words for a person"),
    "refund_angry": say("Money back, and upset"),
    "frustration": say("Frustration that adds up"),
    "unanswered_twice": say("Two messages without an answer"),
    "risk:self_harm": say("Somebody may be in danger"),
    "risk:injury": say("An injury or an allergy"),
    "risk:fraud": say("Fraud"),
    "risk:chargeback": say("A payment taken back"),
    "risk:legal": say("Lawyers or a court"),
    "risk:discrimination": say("Discrimination"),
    "risk:privacy": say("Their data"),
}
"""What the settings call a rule (`hand_over_rules.kind_of`)."""


def words_of_rule(rule: str | None) -> Said | None:
    """Give the sentence of a rule (`agent_word:de`); None for one that nobody knows."""
    if rule is None:
        return None
    return RULES.get(rule) or RULES.get(rule.partition(":")[0])


def words_of_points(because: Iterable[Because]) -> list[Said]:
    """Give a line for each thing that gave points, or took some."""
    return [
        say("{points} points: {what}", points=one.points, what=POINTS[one.rule])
        for one in because
        if one.rule in POINTS
    ]
