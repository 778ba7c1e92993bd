"""The steps that ask a customer something in a chat and go on by what they answer."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from marketing.message_step import SendMessage

Steps = tuple[Any, ...]
"""Of `marketing.flow.Step`, which is made of these and is not known here."""

GIVEN, SILENT = "given", "silent"
"""The ways of an address that was given, and of no answer in time."""
LOOK_AGAIN = timedelta(minutes=15)
"""How often it is asked anew whether a question went out that was put off."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer that is known: by its button, its number, its label or one of its words."""

    key: str
    label: str
    """What its button says."""
    keywords: tuple[str, ...] = ()
    steps: Steps = ()


@dataclass(frozen=True, slots=True)
class Question(SendMessage):
    """A message whose answer is waited for.

    The time-out counts from when the question went out; one that never did has it from when it
    was to go. An answer in the very last moment counts; what comes later changes nothing.
    """

    timeout: timedelta = timedelta(days=1)
    otherwise: Steps = ()
    """Whoever answers something else."""
    silent: Steps = ()
    """Whoever does not answer in time."""


@dataclass(frozen=True, slots=True)
class Ask(Question):
    """Ask, and take the way of the answer."""

    answers: tuple[Answer, ...] = ()
    """None: any answer takes `otherwise`."""
    saves: str | None = None
    """The customer's property that keeps the answer."""


class Contact(StrEnum):
    """What a customer can be asked for."""

    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Collect(Question):
    """Ask for an e-mail address or a phone number."""

    contact: Contact = Contact.EMAIL
    subscribes: bool = True
    """Giving it is consent to marketing there: the question then has to say so."""
    given: Steps = ()


def asked_key(step_id: str) -> str:
    """Give the name under which `Enrollment.choices` keeps when a question was reached."""
    return f"{step_id}:asked"
