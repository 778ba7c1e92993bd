"""Agreeing to marketing by a word: which one a store waits for, and what stands beside it.

Whoever writes the word writes from the very number that is then written to, which proves that it
is theirs: nothing more is asked (contracts/channels.md, 2.2), they are told what they agreed to
and how it ends. Meta's other chats take no marketing beyond their window, so there is nothing to
agree to there. In `keyword_opt_in_answers.json` each language has what is answered.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from marketing.agent_wish import agent_wish
from marketing.help_answers import FALLBACK, LONGEST_NAME
from marketing.keyword_match import KeywordMatch, folded, is_met
from marketing.keywords import LONGEST_KEYWORD, wish_of
from marketing.model import ChannelName
from marketing.said import Said, say

KEY = "keyword_opt_ins"
"""In the store's settings: by channel its word and the wording."""
CHANNELS = (ChannelName.SMS, ChannelName.WHATSAPP)
LONGEST_WORDING = 1000
PAUSE = timedelta(hours=4)
"""Whoever has agreed, and writes the word again within this, was answered."""
_ANSWERS: Mapping[str, Mapping[str, str]] = json.loads(
    Path(__file__).with_name("keyword_opt_in_answers.json").read_text("utf-8")
)
LANGUAGES = frozenset(_ANSWERS)


@dataclass(frozen=True, slots=True)
class KeywordOptIn:
    """What a store asks for on one channel; `wording` is what stands beside the word."""

    keyword: str
    wording: str

    def is_said_by(self, text: str) -> bool:
        """Say whether a message is this word and nothing else, however it is written."""
        return is_met((self.keyword,), KeywordMatch.IS, folded(text))


def of_channel(document: Mapping[str, Any], channel: ChannelName) -> KeywordOptIn | None:
    """Read what a store's settings ask for on a channel; None: no word agrees to anything."""
    told = document.get(KEY)
    one = told.get(channel.value) if isinstance(told, Mapping) else None
    if channel not in CHANNELS or not isinstance(one, Mapping):
        return None
    return KeywordOptIn(str(one["keyword"]), str(one["wording"]))


def with_channel(
    document: Mapping[str, Any], channel: ChannelName, asked: KeywordOptIn | None
) -> dict[str, Any]:
    """Give a store's settings with what it asks for on a channel from now on; None: nothing."""
    told = {name: one for name, one in document.get(KEY, {}).items() if name != channel.value}
    if asked is not None:
        told[channel.value] = {"keyword": asked.keyword, "wording": asked.wording}
    return {**document, KEY: told}


def fault_of(keyword: str, own_words: Iterable[str]) -> Said | None:
    """Say why a word can't be agreed by; `own_words` are those by which the store's people come."""
    if not folded(keyword):
        return say("Give a word of letters or digits, such as JOIN.")
    if len(keyword) > LONGEST_KEYWORD:
        return say("Use up to {most} characters.", most=LONGEST_KEYWORD)
    if wish_of(keyword) is not None:
        return say("This word has a meaning of its own, such as STOP or START: take another.")
    if agent_wish(keyword, own_words) is not None:
        return say("By this word customers ask for a person: take another.")
    return None


def answer(channel: ChannelName, locale: str, store: str) -> str:
    """Give what is answered to whoever agreed: whose messages they get now, and how they end."""
    own = locale.replace("_", "-").partition("-")[0].lower()
    own = "nb" if own == "no" else own
    told = _ANSWERS.get(own) or _ANSWERS[FALLBACK]
    return told[channel.value].replace("{store}", " ".join(store.split())[:LONGEST_NAME])
