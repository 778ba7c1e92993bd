"""Answers to the questions of flows: which question one answers, what is kept of it, who goes on.

At most one question waits for a customer on a channel: the one that went out last. What was
asked before it is over, and takes its way of no answer when its time is up.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from jobs import addresses_given, enroll
from jobs.heard import Heard
from marketing.answering import is_answer, kept, meant, tapped
from marketing.chat import InboundKind
from marketing.events import EventName, News
from marketing.flow import OTHERWISE
from marketing.questions import GIVEN, Answer, Ask, Collect
from storage import conversations, customer_changes, events, flows, questions
from storage.events import Event
from storage.questions import Sent

ANSWERING = frozenset({InboundKind.TEXT, InboundKind.BUTTON, InboundKind.STORY_REPLY})
"""A heart on the question, a picture or a public comment is no answer to it."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """The question that a customer may be answering."""

    sent: Sent
    step: Ask | Collect

    @property
    def key(self) -> str:
        """Give what an answer to it is told by: it has one."""
        return f"{EventName.QUESTION_ANSWERED}:{self.sent.enrollment_id}:{self.step.id}"


def take(heard: Heard) -> bool:
    """Take what a customer wrote as the answer to what they were asked; False: it is none.

    In the transaction that keeps the message. One answer counts: the first within the
    question's time.
    """
    waiting = _waiting(heard) if heard.message.kind in ANSWERING else None
    if waiting is None:
        return False
    way = (
        _way_of_address(heard, waiting.step)
        if isinstance(waiting.step, Collect)
        else (_way_of_answer(heard, waiting.step, waiting.sent))
    )
    if way is not None:
        _tell(heard, waiting, way)
    return way is not None


def _waiting(heard: Heard) -> _Waiting | None:
    """Give the question that went out last, if it still waits: not while a person talks."""
    connection, store_id = heard.connection, heard.store.id
    if conversations.of(connection, store_id, heard.customer_id).state == conversations.HUMAN:
        return None
    sent = questions.lately_sent(connection, store_id, heard.customer_id, heard.channel)
    newest = _newest(heard, sent)
    if newest is None or not newest.sent.is_waited_on:
        return None
    if heard.kept.received_at > newest.sent.sent_at + newest.step.timeout:
        return None
    return None if events.known(connection, store_id, [newest.key]) else newest


def _newest(heard: Heard, sent: Sequence[Sent]) -> _Waiting | None:
    store_id = heard.store.id
    versions = flows.versions(heard.connection, [(store_id, one.version_id) for one in sent])
    for one in sent:
        step = versions[store_id, one.version_id].flow.steps_by_id.get(one.step_id)
        if isinstance(step, Ask | Collect):
            return _Waiting(one, step)
    return None


def _way_of_address(heard: Heard, step: Collect) -> str | None:
    """Give the way of an address or of other words, keeping the address; None for no words."""
    if heard.message.payload or not heard.kept.text.strip():
        return None
    return GIVEN if addresses_given.take(heard, step) else OTHERWISE


def _way_of_answer(heard: Heard, step: Ask, sent: Sent) -> str | None:
    """Give the way of an answer, keeping it where it is to be kept; None: it is none."""
    payload, text = heard.message.payload, heard.kept.text.strip()
    answer: Answer | None
    if is_answer(payload):
        answer = tapped(step, payload, sent.message_id)
        if answer is None:
            return None
    elif payload or not text:
        return None
    else:
        answer = meant(step.answers, text)
    if step.saves:
        told = {step.saves: kept(answer, text)}
        customer_changes.change(
            heard.connection, heard.store.id, heard.customer_id, properties=told
        )
    return answer.key if answer else OTHERWISE


def _tell(heard: Heard, waiting: _Waiting, way: str) -> None:
    """Let the flow go on, and others hear of it."""
    step, sent, at = waiting.step, waiting.sent, heard.kept.received_at
    name, who, store_id = EventName.QUESTION_ANSWERED, heard.customer_id, heard.store.id
    data = {
        "flow_id": sent.flow_id,
        "enrollment_id": sent.enrollment_id,
        "step_id": step.id,
        "channel": heard.channel.value,
        "way": way,
    }
    made = [Event(store_id, name, at, waiting.key, who, data)]
    if isinstance(step, Ask) and step.saves:
        updated = EventName.CUSTOMER_UPDATED
        by = {"properties": [step.saves], "by_flows": [sent.flow_id]}
        made.append(Event(store_id, updated, at, f"{updated}:{waiting.key}", who, by))
    new = events.append_many(heard.connection, made)
    news = [News(one.name, at, who, data=one.data) for one in new]
    enroll.react(heard.connection, heard.runtime, heard.store, news, at)
