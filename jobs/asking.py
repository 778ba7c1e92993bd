"""Questions and chats as they go out: buttons, answers, what an address agrees to, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from marketing.answering import buttons_of
from marketing.blocks.words import words_of
from marketing.chat import ChatContent
from marketing.chat_limits import LIMITS
from marketing.chat_rendering import fitted
from marketing.enrollment import Enrollment
from marketing.flow import SendMessage, Step
from marketing.model import ChannelName
from marketing.questions import Ask, Collect
from marketing.rendering import Rendered
from marketing.templates import sms_of
from storage import Connection, Row, questions
from storage.flows import Version


def text_of(words: Rendered, step: Step, row: Row[Any], context: Mapping[str, Any]) -> str:
    """Give the plain words where there are no others: of a text message, else of the mail.

    A text message numbers the answers of a question, for it has no buttons.
    """
    if row.channel != ChannelName.SMS:
        return words.text
    text = words.sms or words.text
    told = [text, *_numbered(step), agreement(step, context)]
    return "\n".join(filter(None, told)) if len(told) > 2 or told[-1] else text


def source_of(step: SendMessage, locale: str) -> str:
    """Give what a step says as a text message before anything is filled in, for counting."""
    told = [sms_of(step.template), *_numbered(step), agreement(step, {"locale": locale})]
    return "\n".join(filter(None, told))


def _numbered(step: Step) -> list[str]:
    answers = step.answers if isinstance(step, Ask) else ()
    return [f"{number}: {one.label}" for number, one in enumerate(answers, 1)]


def chat_of(
    words: Rendered, step: Step, row: Row[Any], context: Mapping[str, Any]
) -> ChatContent | None:
    """Give what a chat shows, with the way to a person; None for what is no chat."""
    channel = ChannelName(row.channel)
    if words.chat is None or channel not in LIMITS:
        return None
    agreed = "\n\n".join(filter(None, (words.chat.text, agreement(step, context))))
    answers = buttons_of(step, row.id) if isinstance(step, Ask) else ()
    named = words_of(context.get("locale"))
    said = replace(words.chat, text=agreed)
    return fitted(said, channel, named["agent"], answers, named["choose"])


def agreement(step: Step, context: Mapping[str, Any]) -> str:
    """Give what whoever gives an address agrees to; "" where nothing comes of it."""
    if not (isinstance(step, Collect) and step.subscribes):
        return ""
    return words_of(context.get("locale"))[f"agree_{step.contact}"]


def went_out(
    connection: Connection,
    store_id: str,
    whose: Iterable[Enrollment],
    versions: Mapping[tuple[str, str], Version],
) -> dict[str, dict[str, datetime | None]]:
    """Give when the questions went out that these enrollments wait on, by enrollment and step.

    None: it is put off so far; one that will never go out is not in it.
    """
    standing = [
        (one.id, one.step_id)
        for one in whose
        if one.step_id and isinstance(_step_of(one, store_id, versions), Ask | Collect)
    ]
    found = questions.sent_at(connection, store_id, standing)
    return {enrollment_id: {step_id: at} for (enrollment_id, step_id), at in found.items()}


def _step_of(
    one: Enrollment, store_id: str, versions: Mapping[tuple[str, str], Version]
) -> Step | None:
    return versions[store_id, one.version_id].flow.steps_by_id.get(one.step_id or "")
