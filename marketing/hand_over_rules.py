"""Whether a message puts its conversation into human hands, by which rule, and what then holds.

Asked in this order: the button "Talk to an agent", words that ask for a person, what no machine
may answer, money back in anger, and how frustrated the customer is. Two messages in a row that
nothing answered come last, once flows had their turn. Whoever asks for a person gets one; the
rules that only guess keep still for a day after a person found that nobody was needed, and offer
a person instead of bringing one where a store wants it so. So they do where its hour is full; who
comes then is kept, for the team to be told of all of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from marketing import frustration
from marketing.agent_wish import agent_wish
from marketing.chat import AGENT
from marketing.frustration import Because, Turn, is_left_alone, wants_refund_angrily
from marketing.risk_intents import Risk, risk_of

BUTTON, REFUND, FRUSTRATION = "agent_button", "refund_angry", "frustration"
UNANSWERED, ECHO, MOVED = "unanswered_twice", "echo", "moved"
WORD, PHRASE, OWN_WORD = "agent_word", "agent_phrase", "agent_word:own"
GUESSED = frozenset({FRUSTRATION, UNANSWERED})
ALWAYS = (BUTTON, WORD, PHRASE, f"risk:{Risk.SELF_HARM}")
"""Rules that bring a person in any case: asked for in plain words, or somebody is in danger."""
TRIABLE = (OWN_WORD, *(f"risk:{one}" for one in Risk if one is not Risk.SELF_HARM), REFUND,
           FRUSTRATION, UNANSWERED)  # fmt: skip
"""Rules that may be on trial: what they would have done is counted, and not done."""
COOLDOWN = timedelta(hours=24)
MOST_AN_HOUR = 30
"""Hand-overs in an hour by rules that guess, unless the store says another number."""
HOUR = OFFER_EVERY = timedelta(hours=1)


class Then(StrEnum):
    """What a rule comes to."""

    HAND_OVER = "hand_over"
    OFFER = "offer"
    OVER_LIMIT = "over_limit"
    """A person would take over, but the store's hour is full."""


@dataclass(frozen=True, slots=True)
class Found:
    """The rule that a message meets, and what gave the points."""

    rule: str
    then: Then = Then.HAND_OVER
    because: tuple[Because, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known when a rule that guesses is met."""

    is_automatic: bool = True
    """The store wants such rules to bring a person; else they offer one."""
    not_needed_at: datetime | None = None
    offered_at: datetime | None = None
    over_limit_at: datetime | None = None
    """When their hand-over last came to nothing, for the hour was full."""
    within_hour: int = 0
    """How many conversations such rules handed over in the last hour."""
    most_an_hour: int = MOST_AN_HOUR


class Verdict(StrEnum):
    """What somebody of the team found of a rule that called them, or offered to."""

    RIGHT = "right"
    NOT_NEEDED = "not_needed"


def kind_of(rule: str) -> str:
    """Give the rule without the language that it was met in: one of `ALWAYS` or `TRIABLE`."""
    return rule if rule == OWN_WORD or rule.startswith("risk:") else rule.partition(":")[0]


def of_message(text: str, payload: str, own: Iterable[str] = ()) -> Iterator[Found]:
    """Yield the rules that one message meets by itself, the one that counts first.

    `own` are the store's words for a person.
    """
    if payload == AGENT:
        yield Found(BUTTON)
    asked = [agent_wish(text, own), agent_wish(text)]
    yield from (Found(rule) for rule in dict.fromkeys(asked) if rule)
    if risk := risk_of(text):
        yield Found(f"risk:{risk}")
    if wants_refund_angrily(text):
        yield Found(REFUND)


def of_turns(turns: Sequence[Turn]) -> Found | None:
    """Give what the last messages together come to; the last has not been answered yet."""
    if not turns:
        return None
    before = [*turns[:-1], replace(turns[-1], is_answered=True)]
    found = frustration.score(before)
    if found.points >= frustration.HAND_OVER:
        return Found(FRUSTRATION, because=found.because)
    if found.points >= frustration.OFFER:
        return Found(FRUSTRATION, Then.OFFER, found.because)
    return None


def of_silence(turns: Sequence[Turn]) -> Found | None:
    """Say whether nothing answered the last two of these messages, which want an answer."""
    silent = [is_left_alone(one) for one in turns[-2:]]
    return Found(UNANSWERED) if len(silent) == 2 and all(silent) else None


def settled(found: Found, standing: Standing, now: datetime) -> Then | None:
    """Give what is done about a rule as things stand; None: nothing."""
    if found.rule not in GUESSED:
        return Then.HAND_OVER
    if _is_within(standing.not_needed_at, COOLDOWN, now):
        return None
    if found.then is Then.OFFER or not standing.is_automatic:
        return Then.OFFER if may_offer(standing, now) else None
    if standing.within_hour < standing.most_an_hour:
        return Then.HAND_OVER
    return None if _is_within(standing.over_limit_at, HOUR, now) else Then.OVER_LIMIT


def may_offer(standing: Standing, now: datetime) -> bool:
    """Say whether a customer is offered a person now: they are not asked again and again."""
    return not _is_within(standing.offered_at, OFFER_EVERY, now)


def _is_within(moment: datetime | None, span: timedelta, now: datetime) -> bool:
    return moment is not None and now - moment < span
