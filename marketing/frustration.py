"""How frustrated somebody is with the bot, 0 to 100, and which rule gave how many points.

Of each message the rules below are asked; what it gives fades by the next one to three fifths.
Only the last few messages of the last half hour count. Thanks take away. Nothing here guesses at
feelings: every point has the id of its rule, and the words are in `frustration_words.json`.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from marketing.agent_wish import contains, words_of

HAND_OVER, OFFER = 60, 40
"""From these scores on a person takes over, or the customer is offered one."""
TURNS, WITHIN = 5, timedelta(minutes=30)
FADES = 0.6
ALIKE = 0.8
"""The share of words that two messages have in common and say the same."""
RAPID, RAPID_TURNS = timedelta(seconds=20), 3
CAPS_LETTERS, CAPS_SHARE = 8, 0.7
POINTS = {
    "said_again": 25, "unanswered_twice": 35, "negative": 15, "very_negative": 25,
    "profanity": 25, "exclaims": 10, "shouts": 10, "asked_before": 25, "rapid": 10,
    "thumbs_down": 40, "closing": -30,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the customer's; `is_answered`: a flow or a step took it."""

    text: str
    at: datetime
    is_answered: bool = False
    is_in_passing: bool = False
    """It asks for no answer, however often it comes: a heart, a word under a post."""


@dataclass(frozen=True, slots=True)
class Because:
    """A rule and the points that it still gives."""

    rule: str
    points: int


@dataclass(frozen=True, slots=True)
class Score:
    """A score, and why: the rules that gave the most first."""

    points: int
    because: tuple[Because, ...] = ()


_TOLD = json.loads(Path(__file__).with_name("frustration_words.json").read_text("utf-8"))
_PHRASES = {part: [words_of(one) for one in told] for part, told in _TOLD.items()}
_SIGNS = {part: [one for one in told if not words_of(one)] for part, told in _TOLD.items()}
_EXCLAIMS = re.compile("(?:[!?\uff01\uff1f][^!?\uff01\uff1f]*){3}")


def score(turns: Sequence[Turn]) -> Score:
    """Give the score after the last of these messages, which come in their order."""
    recent = [one for one in turns if turns[-1].at - one.at <= WITHIN][-TURNS:] if turns else []
    total, given = 0.0, dict[str, float]()
    for at in range(len(recent)):
        found = _points(recent[: at + 1])
        given = {rule: points * FADES for rule, points in given.items()}
        for rule, points in found.items():
            given[rule] = given.get(rule, 0.0) + points
        total = min(max(total * FADES + sum(found.values()), 0.0), 100.0)
    because = [Because(rule, round(points)) for rule, points in given.items() if round(points)]
    return Score(round(total), tuple(sorted(because, key=lambda one: (-one.points, one.rule))))


def is_closing(text: str) -> bool:
    """Say whether a message only thanks or ends the talk: nobody has to answer it."""
    words = words_of(text)
    if not words:
        return _has_sign(text, "closing") and not _has_sign(text, "thumbs_down")
    return len(words) <= 4 and _says(text, "closing") and not _is_negative(text)


def wants_refund_angrily(text: str) -> bool:
    """Say whether a message asks for its money back, and is cross about it."""
    return _says(text, "refund") and (_is_negative(text) or _says(text, "profanity"))


def _points(turns: Sequence[Turn]) -> dict[str, int]:
    """Give what the last of these messages gives, by rule."""
    last, text = turns[-1], turns[-1].text
    said = {
        "said_again": _times_said(turns),
        "unanswered_twice": _is_twice_unanswered(turns),
        "very_negative": _says(text, "strong"),
        "negative": _says(text, "mild") and not _says(text, "strong"),
        "profanity": _says(text, "profanity"),
        "exclaims": bool(_EXCLAIMS.search(text)),
        "shouts": _shouts(text) and not (len(turns) > 1 and _shouts(turns[-2].text)),
        "asked_before": _says(text, "repeated"),
        "rapid": _is_rapid(turns),
        "thumbs_down": _says(text, "thumbs_down"),
        "closing": is_closing(last.text),
    }
    return {rule: POINTS[rule] * int(times) for rule, times in said.items() if times}


def _times_said(turns: Sequence[Turn]) -> int:
    """Say how often the last message was said before, in nearly the same words."""
    last = set(words_of(turns[-1].text))
    if not last or turns[-1].is_in_passing or is_closing(turns[-1].text):
        return 0
    before = [one for one in turns[:-1] if not one.is_in_passing]
    return sum(_alike(last, set(words_of(one.text))) for one in before)


def _alike(one: set[str], other: set[str]) -> bool:
    return bool(other) and len(one & other) / len(one | other) >= ALIKE


def _is_twice_unanswered(turns: Sequence[Turn]) -> bool:
    """Two in a row that want an answer had none."""
    last_two = turns[-2:]
    return len(last_two) == 2 and all(is_left_alone(one) for one in last_two)


def is_left_alone(turn: Turn) -> bool:
    """Say whether a message wants an answer and had none; thanks want none."""
    return not (turn.is_answered or turn.is_in_passing or is_closing(turn.text))


def _is_rapid(turns: Sequence[Turn]) -> bool:
    few = [one for one in turns if not one.is_in_passing][-RAPID_TURNS:]
    is_now = not turns[-1].is_in_passing and len(few) == RAPID_TURNS
    return is_now and few[-1].at - few[0].at <= RAPID


def _shouts(text: str) -> bool:
    letters = [one for one in text if one.isalpha() and one.lower() != one.upper()]
    capitals = sum(one.isupper() for one in letters)
    return len(letters) >= CAPS_LETTERS and capitals / len(letters) >= CAPS_SHARE


def _is_negative(text: str) -> bool:
    return _says(text, "mild") or _says(text, "strong")


def _says(text: str, part: str) -> bool:
    words = words_of(text)
    return any(contains(words, one) for one in _PHRASES[part] if one) or _has_sign(text, part)


def _has_sign(text: str, part: str) -> bool:
    return any(one in text for one in _SIGNS[part])
