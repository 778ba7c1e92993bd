"""Which way of a question a customer's answer takes: by its button, its number or its words."""

import re
import unicodedata
from collections.abc import Sequence

from marketing.chat import Button
from marketing.phone_numbers import e164, number_in
from marketing.questions import Answer, Ask

ANSWER = "a"
LONGEST = 80
"""Letters: in a longer message a word means nothing by itself."""
MOST_KEPT = 500
"""Letters of an answer that a property keeps."""
_EMAIL = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){0,5}\.[a-z]{2,63}",
    re.IGNORECASE | re.ASCII,
)


def buttons_of(step: Ask, message_id: str) -> tuple[Button, ...]:
    """Give a question's answers as buttons; each says of which message of which step it is."""
    return tuple(
        Button(one.label, payload=f"{ANSWER}:{step.id}:{index}:{message_id}")
        for index, one in enumerate(step.answers)
    )


def is_answer(payload: str) -> bool:
    """Say whether a button belongs to a question."""
    return payload.startswith(f"{ANSWER}:")


def tapped(step: Ask, payload: str, message_id: str) -> Answer | None:
    """Give the answer whose button was tapped; None for one of another message."""
    parts = payload.split(":")
    if len(parts) != 4 or parts[1] != step.id or parts[3] != message_id:
        return None
    number = int(parts[2]) if parts[2].isdecimal() else len(step.answers)
    return step.answers[number] if number < len(step.answers) else None


def meant(answers: Sequence[Answer], text: str) -> Answer | None:
    """Give the one answer that a text means; None where it means none, or several."""
    said = folded(text)
    if said.isdecimal() and len(said) < 3:
        number = int(said) - 1
        return answers[number] if 0 <= number < len(answers) else None
    for one in answers:
        if said in map(folded, (one.label, *one.keywords)):
            return one
    if len(said) > LONGEST:
        return None
    found = [one for one in answers if _is_named(one, said)]
    return found[0] if len(found) == 1 else None


def _is_named(answer: Answer, said: str) -> bool:
    words = filter(None, map(folded, (answer.label, *answer.keywords)))
    return any(f" {word} " in f" {said} " for word in words)


def folded(text: str) -> str:
    """Give the words in small letters, without accents and punctuation."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    letters = (one for one in bare if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in letters).split())


def kept(answer: Answer | None, text: str) -> str:
    """Give what a property keeps of an answer: the known one by its label."""
    return answer.label if answer else " ".join(text.split())[:MOST_KEPT]


def email_in(text: str) -> str | None:
    """Give the one e-mail address in a text, in small letters."""
    found = {one.lower().rstrip(".") for one in _EMAIL.findall(text)}
    return found.pop() if len(found) == 1 else None


def phone_in(text: str, country: str | None) -> str | None:
    """Give the one number in a text as E.164: with + or 00, else as one dials in the country."""
    found = re.findall(r"(?:\+|\b00)\d(?:[\s()./-]*\d){6,13}\b", text, re.ASCII)
    numbers = {re.sub(r"^00", "", re.sub(r"\D", "", one)) for one in found}
    if not numbers:
        return number_in(text, country)
    return e164(f"+{numbers.pop()}") if len(numbers) == 1 else None
