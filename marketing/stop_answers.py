"""What a stop in a customer's own words is answered in a text message: once, and nothing else.

47 CFR 64.1200(a)(12) allows one text that confirms, within five minutes and without marketing. Who
writes a word that the provider knows has the provider's own. In `stop_answers.json` by language.

It speaks of marketing alone: texts about an order may go on (`ConsentPolicy.stop_ends_all_texts`).
"""

import json
from datetime import timedelta
from pathlib import Path

from marketing.keywords import plain_of

WITHIN = timedelta(minutes=5)
"""A confirmation that would come later is none that was asked for."""
CAUGHT = frozenset(
    {
        *("stop", "stop all", "stopall", "unsubscribe", "unsub", "cancel", "end", "quit"),
        *("revoke", "optout"),
    }
)
"""What Twilio or Plivo act upon themselves, and answer where the law wants an answer:
https://help.twilio.com/articles/223134027 and
https://docs.plivo.com/docs/messaging/concepts/dnd-service, 2026-11-27."""
FALLBACK = "en"
LONGEST_NAME = 40
_TOLD = json.loads(Path(__file__).with_name("stop_answers.json").read_text("utf-8"))
LANGUAGES = frozenset(_TOLD)


def is_caught(asked: str) -> bool:
    """Say whether a provider knows these words by itself."""
    return plain_of(asked) in CAUGHT


def answer(locale: str, store: str) -> str:
    """Give the confirmation in the language of a locale, else in English."""
    own = locale.replace("_", "-").partition("-")[0].lower()
    own = "nb" if own == "no" else own
    text: str = _TOLD[own if own in LANGUAGES else FALLBACK]
    return text.replace("{store}", " ".join(store.split())[:LONGEST_NAME])
