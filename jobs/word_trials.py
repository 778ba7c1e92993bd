"""A flow's word in a test conversation: what the flow says, up to where it waits, counted nowhere.

No enrollment comes of it and no message: its words go out as the bot's one-off answers. A button of
its question says of which version it is, and what follows that answer is said in turn.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from jobs import previews, reply
from jobs.heard import Heard
from marketing.answering import buttons_of, is_answer, tapped
from marketing.chat import ChatContent
from marketing.events import EventName
from marketing.flow import Branch, Delay, Exit, Split, Step, Switch, WaitForEvent
from marketing.keyword_match import folded
from marketing.keywords import keyword_of
from marketing.message_step import SendMessage
from marketing.questions import Ask, Question
from marketing.rendering import RenderingFailed
from marketing.triggers import matches
from storage import flows
from storage.flows import Version

Found = tuple[Version, Sequence[Step]]
WAITS = (Delay, WaitForEvent, Branch, Switch, Split, Exit)
"""Where a trial ends: it knows nobody, and no time passes in it."""


def answer(heard: Heard) -> bool:
    """Say what live flows say to this word, or to a tapped answer; False: none of them does."""
    live = flows.live(heard.connection, [heard.store.id], EventName.MESSAGE_RECEIVED)
    is_tap = is_answer(heard.kept.payload)
    found = list(_tapped(heard, live) if is_tap else _begun(heard, live))
    said = [content for version, steps in found for content in _said(heard, version, steps)]
    for place, content in enumerate(said):
        key = f"trial:{heard.channel}:{heard.kept.provider_id}:{place}"
        whose = (heard.connection, heard.runtime, heard.store, heard.customer_id, heard.channel)
        reply.queue(*whose, content, address=heard.kept.sender, key=key)
    return bool(found)


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


def _said(heard: Heard, version: Version, steps: Sequence[Step]) -> Iterator[ChatContent]:
    """Yield the messages up to the first wait; a question is one, too."""
    for step in steps:
        if isinstance(step, SendMessage) and (content := _words(heard, version, step)):
            yield content
        if isinstance(step, (*WAITS, Question)):
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
