"""What a person must answer whatever the mood: a lawyer, an injury, a wish to be forgotten.

Found are fixed phrases of English, German, Spanish and French, and the best known of others.
Erring on this side costs an agent a minute; erring on the other may cost somebody a lot.
"""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from marketing.agent_wish import contains, words_of


class Risk(StrEnum):
    """The kinds of messages that no machine answers, the gravest first."""

    SELF_HARM = "self_harm"
    INJURY = "injury"
    FRAUD = "fraud"
    CHARGEBACK = "chargeback"
    LEGAL = "legal"
    DISCRIMINATION = "discrimination"
    PRIVACY = "privacy"


Phrases = list[tuple[str, ...]]
_TOLD = json.loads(Path(__file__).with_name("risk_intents.json").read_text("utf-8"))


def _read(risk: Risk, part: str) -> Phrases:
    return [words_of(one) for one in _TOLD[risk.value][part]]


_PHRASES = {risk: _read(risk, "phrases") for risk in Risk}
_EXCEPT = {risk: _read(risk, "except") for risk in Risk}


def risk_of(text: str) -> Risk | None:
    """Give the gravest risk that a message tells of; None: it tells of none."""
    words = words_of(text)
    return next((risk for risk in Risk if _tells(words, risk)), None)


def _tells(words: Sequence[str], risk: Risk) -> bool:
    left = _without(words, _EXCEPT[risk])
    return any(contains(left, one) for one in _PHRASES[risk])


def _without(words: Sequence[str], phrases: Phrases) -> Sequence[str]:
    """Take out what only looks like it: the name of a film is no cry for help."""
    left = list(words)
    for phrase in phrases:
        size = len(phrase)
        at = 0
        while at + size <= len(left):
            if tuple(left[at : at + size]) == phrase:
                left[at : at + size] = ["|"]
            at += 1
    return left
