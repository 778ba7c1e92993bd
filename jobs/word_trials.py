"""A flow's word in a test conversation: what the flow says, up to where it waits, counted nowhere.

No enrollment comes of it and no message: its words go out as the bot's one-off answers. A button of
its question says of which version it is, as the key of the reply that asks does; what follows an
answer, tapped or typed, is said in turn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobs import previews, reply
from jobs.answers_to_asks import ANSWERING
from jobs.heard import Heard
from marketing.answering import buttons_of, email_in, is_answer, meant, phone_in, tapped
from marketing.chat import ChatContent
from marketing.events import EventName
from marketing.flow import Branch, Delay, Exit, Split, Step, Switch, WaitForEvent
from marketing.keyword_match import folded
from marketing.keywords import keyword_of
from marketing.message_step import SendMessage
from marketing.questions import Ask, Collect, Contact, Question
from marketing.rendering import RenderingFailed
from marketing.triggers import matches
from storage import flows, replies
from storage.flows import Version

Found = tuple[Version, Sequence[Step]]
Said = tuple[ChatContent, str]
"""A message, and the step that waits for its answer; "" for none."""
TRIAL = "trial"
"""Begins the key of what is said in one."""
WAITS = (Delay, WaitForEvent, Branch, Switch, Split, Exit)
"""Where a trial ends: it knows nobody, and no time passes in it."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that waits for its answer: the reply that asks it says so by its key."""

    reply_id: str
    key: str
    """What is left of the reply's own once it is answered."""
    version_id: str
    step_id: str
    at: datetime


def answer(heard: Heard) -> bool | None:
    """Say what live flows say to this word, or to an answer; None: none of them does.

    False: a question took what it did not understand, and whoever wrote it waits.
    """
    live = flows.live(heard.connection, [heard.store.id], EventName.MESSAGE_RECEIVED)
    asked = _asked(heard)
    found, is_understood = list[Found](), True
    if is_answer(heard.kept.payload):
        found = list(_tapped(heard, live))
    elif asked and (question := _waiting(heard, live, asked)):
        found, is_understood = _typed(heard, *question)
    else:
        found, asked = list(_begun(heard, live)), None
    if asked and found:
        replies.rename(heard.connection, heard.store.id, asked.reply_id, asked.key)
    said = [(version, one) for version, steps in found for one in _said(heard, version, steps)]
    for place, (version, one) in enumerate(said):
        _say(heard, version, one, place)
    return is_understood if found else None


def _say(heard: Heard, version: Version, said: Said, place: int) -> None:
    content, asks = said
    key = f"{TRIAL}:{heard.channel}:{heard.kept.provider_id}:{place}"
    key += f"|{version.id}|{asks}" if asks else ""
    whose = (heard.connection, heard.runtime, heard.store, heard.customer_id, heard.channel)
    reply.queue(*whose, content, address=heard.kept.sender, key=key)


def _begun(heard: Heard, live: Sequence[Version]) -> Iterator[Found]:
    """Yield the flows that this word begins, by whatever channel they wait for it."""
    data, words = {"keyword": keyword_of(heard.kept.text)}, folded(heard.kept.text)
    for version in live:
        trigger = replace(version.flow.trigger, channel=None, kind=None, referral=None)
        if trigger.keywords and matches(trigger, EventName.MESSAGE_RECEIVED, data, words):
            yield version, version.flow.steps


def _tapped(heard: Heard, live: Sequence[Version]) -> Iterator[Found]:
    payload = heard.kept.payload
    step_id, version_id = payload.split(":")[1], payload.rpartition(":")[2]
    for version in live:
        step = version.flow.steps_by_id.get(step_id) if version.id == version_id else None
        if isinstance(step, Ask) and (given := tapped(step, payload, version.id)):
            yield version, given.steps


def _asked(heard: Heard) -> _Asked | None:
    """Give the question that was said last, and was not answered yet."""
    last = replies.last(heard.connection, heard.store.id, heard.customer_id)
    key, *named = (last.key or "").split("|") if last else ("",)
    if last is None or not key.startswith(f"{TRIAL}:") or len(named) != 2:
        return None
    return _Asked(last.id, key, named[0], named[1], last.created_at)


def _waiting(
    heard: Heard, live: Sequence[Version], asked: _Asked
) -> tuple[Version, Ask | Collect] | None:
    """Give the question that typed words answer, while its time is not over."""
    is_typed = heard.message.kind in ANSWERING and not heard.kept.payload
    steps = [
        (version, step)
        for version in (live if is_typed and heard.kept.text.strip() else ())
        if version.id == asked.version_id
        and isinstance(step := version.flow.steps_by_id.get(asked.step_id), Ask | Collect)
        and heard.kept.received_at <= asked.at + step.timeout
    ]
    return steps[0] if steps else None


def _typed(heard: Heard, version: Version, step: Ask | Collect) -> tuple[list[Found], bool]:
    """Give what follows these words, and whether they were understood; no address is kept."""
    if isinstance(step, Ask):
        given = meant(step.answers, heard.kept.text)
        return [(version, given.steps if given else step.otherwise)], given is not None
    text, is_mail = heard.kept.text, step.contact is Contact.EMAIL
    address = email_in(text) if is_mail else phone_in(text, heard.store.country)
    return [(version, step.given if address else step.otherwise)], address is not None


def _said(heard: Heard, version: Version, steps: Sequence[Step]) -> Iterator[Said]:
    """Yield the messages up to the first wait; a question is one, too."""
    for step in steps:
        is_question = isinstance(step, Question)
        if isinstance(step, SendMessage) and (content := _words(heard, version, step)):
            yield content, step.id if is_question else ""
        if is_question or isinstance(step, WAITS):
            return


def _words(heard: Heard, version: Version, step: SendMessage) -> ChatContent | None:
    """Give a message to somebody of whom nothing is known; None: it says nothing to them."""
    about = previews.About(version.flow.trigger.event, sample="bare")
    whose = (heard.connection, heard.runtime, heard.store)
    try:
        words = previews.words_of(*whose, version.templates[step.id], about)
    except (RenderingFailed, KeyError):
        return None
    content = words.chat or ChatContent(words.sms or words.text)
    answers = buttons_of(step, version.id) if isinstance(step, Ask) else ()
    return replace(content, buttons=(*content.buttons, *answers))
