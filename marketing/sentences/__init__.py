"""A flow as a plain sentence, and a plain sentence as a flow: one small grammar, read both ways.

"If a customer leaves a cart for 1 hour, send an email, wait 23 hours, send an email with a 10%
code that is valid for 2 days. Stop when an order is placed."

`forms.json` says what documents there are, `en.txt` and `de.txt` how each reads. What a sentence
does not say: names and the words of messages, ids, and the keys of ways.
"""

from marketing.sentences.reading import NotUnderstood, explained, read
from marketing.sentences.redrawing import redrawn
from marketing.sentences.spoken import LANGUAGES, Spoken, language_of
from marketing.sentences.telling import Untold, write

__all__ = [
    "LANGUAGES",
    "NotUnderstood",
    "Spoken",
    "Untold",
    "explained",
    "language_of",
    "read",
    "redrawn",
    "write",
]
