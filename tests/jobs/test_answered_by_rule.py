"""Who waits in the inbox: whoever wants an answer, not whoever had theirs from a rule at once."""

from typing import Any

import pytest

from channels.base import InboundMessage
from jobs import conversing
from marketing.keyword_opt_in import KEY
from marketing.model import ChannelName
from storage import schema, threads
from tests.jobs.chatting import connected
from tests.jobs.stage import Stage

SMS = ChannelName.SMS
NUMBER = "+4915112345678"


@pytest.fixture
def joinable(stage: Stage) -> Stage:
    """A store whose customers agree to texts by a word."""
    connected(stage, SMS)
    [row] = stage.rows(schema.stores, id=stage.store_id)
    asked = {"sms": {"keyword": "JOIN", "wording": "Text JOIN to get our news."}}
    stage.change(schema.stores, stage.store_id, settings={**row.settings, KEY: asked})
    return stage


def text(stage: Stage, words: str) -> Any:
    message = InboundMessage(f"SM{len(stage.rows(schema.inbound_messages))}", NUMBER, words)
    stage.database.write(lambda c: conversing.hear(stage.runtime, c, stage.store, SMS, [message]))
    stage.work()
    [row] = stage.rows(schema.conversations, store_id=stage.store_id)
    return row


@pytest.mark.parametrize("words", ["STOP", "HELP", "JOIN", "Stop texting me please"])
def test_what_a_rule_answered_waits_for_nobody(joinable: Stage, words: str) -> None:
    row = text(joinable, words)
    assert (row.unread, row.waiting_since) == (0, None)


def test_whoever_came_back_by_a_word_waits_for_nobody(joinable: Stage) -> None:
    text(joinable, "STOP")
    row = text(joinable, "START")
    assert (row.unread, row.waiting_since) == (0, None)


@pytest.mark.parametrize("words", ["Yes please", "Where is my order?", "HELPING hands mug?"])
def test_what_may_be_an_answer_or_a_question_waits(joinable: Stage, words: str) -> None:
    row = text(joinable, words)
    assert row.unread == 1
    assert row.waiting_since is not None


def test_a_stop_after_a_question_leaves_the_question_waiting(joinable: Stage) -> None:
    before = text(joinable, "Where is my order?")
    row = text(joinable, "STOP")
    assert (row.unread, row.waiting_since) == (1, before.waiting_since)


def test_a_stop_after_a_question_that_was_read_leaves_it_waiting(joinable: Stage) -> None:
    before = text(joinable, "Where is my order?")
    joinable.database.write(lambda c: threads.read(c, joinable.store_id, before.customer_id))
    row = text(joinable, "STOP")
    assert (row.unread, row.waiting_since) == (0, before.waiting_since)
