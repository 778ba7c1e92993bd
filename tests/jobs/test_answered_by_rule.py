"""Who waits in the inbox: whoever wants an answer, not whoever had theirs from a rule at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from channels.base import InboundMessage, Outcome, SendFailed
from jobs import answering, conversing
from jobs.answering import Answer
from marketing.keyword_opt_in import KEY
from marketing.model import ChannelName
from storage import flow_answers, schema, threads
from tests.jobs.chatting import connected, wrote
from tests.jobs.stage import Stage
from tests.jobs.test_answering import member
from tests.jobs.test_answers import a_question, said
from tests.jobs.test_backfill import delay
from tests.jobs.test_steps import MAIL, a_flow

SMS = ChannelName.SMS
NUMBER = "+4915112345678"
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


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


@pytest.mark.parametrize("words", ["STOP", "Stop texting me please", "HELP", "JOIN"])
def test_what_a_rule_answered_does_not_bring_back_what_was_put_away(
    joinable: Stage, words: str
) -> None:
    before = text(joinable, "Thanks, it arrived!")
    joinable.database.write(lambda c: threads.close(c, joinable.store_id, before.customer_id, NOON))
    row = text(joinable, words)
    assert (row.closed_at, row.unread, row.waiting_since) == (NOON, 0, None)
    assert len(joinable.rows(schema.inbound_messages)) == 2
    assert text(joinable, "Where is my order?").closed_at is None


# --- flows ----------------------------------------------------------------------------------------


WORD: dict[str, Any] = {"event": "message.received", "channel": "instagram", "keywords": ["sale"]}


def conversation(stage: Stage) -> Any:
    [row] = stage.rows(schema.conversations, store_id=stage.store_id)
    return row


def test_what_a_flow_answered_by_its_word_waits_for_nobody(stage: Stage) -> None:
    chats = connected(stage)
    a_flow(stage, said("sale"), trigger=WORD)
    wrote(stage, "sale")
    row = conversation(stage)
    assert len(chats.taken) == 1
    assert (row.unread, row.waiting_since) == (0, None)


@pytest.mark.parametrize("has_address", [True, False])
def test_a_flows_word_that_it_answers_by_email_waits_only_where_no_email_goes(
    stage: Stage, *, has_address: bool
) -> None:
    chats = connected(stage)
    ada = wrote(stage, "Where is my order?")
    stage.database.write(lambda c: threads.close(c, stage.store_id, ada, NOON))
    if has_address:
        mail = {"email": "ada@example.com", "email_key": "ada@example.com"}
        stage.change(schema.customers, ada, **mail, email_consent="subscribed")
    a_flow(stage, MAIL, trigger=WORD)
    stage.pass_time(timedelta(minutes=1))
    wrote(stage, "sale")
    assert not chats.taken
    assert len(stage.messages(state="sent", channel="email")) == has_address
    row = conversation(stage)
    assert (row.unread, row.waiting_since is None) == ((0, True) if has_address else (1, False))
    [message] = stage.messages(channel="email")
    stage.database.write(lambda c: flow_answers.failed(c, stage.store_id, [message.id]))
    assert conversation(stage).waiting_since is not None


def test_what_a_flow_says_to_whatever_is_written_leaves_it_waiting(stage: Stage) -> None:
    chats = connected(stage)
    a_flow(stage, said("away"), trigger={**WORD, "keywords": []})
    wrote(stage, "Where is my order?")
    row = conversation(stage)
    assert len(chats.taken) == 1
    assert row.unread == 1
    assert row.waiting_since is not None


def test_a_question_beside_the_word_of_a_flow_waits(stage: Stage) -> None:
    connected(stage)
    a_flow(stage, said("sale"), trigger=WORD)
    wrote(stage, "Where is my order?")
    before = conversation(stage)
    wrote(stage, "sale")
    assert conversation(stage).waiting_since == before.waiting_since


def test_what_a_flow_could_not_answer_waits(stage: Stage) -> None:
    chats = connected(stage)
    chats.refuses = SendFailed("no such person", outcome=Outcome.REJECTED)
    a_flow(stage, said("sale"), trigger=WORD)
    wrote(stage, "sale")
    row = conversation(stage)
    assert row.unread == 1
    assert row.waiting_since is not None


def test_an_answer_that_never_arrived_waits_again_unless_a_person_answered(stage: Stage) -> None:
    connected(stage)
    a_flow(stage, said("sale"), trigger=WORD)
    ada = wrote(stage, "sale")
    [message] = stage.messages()
    told = (stage.store_id, [message.id])
    stage.database.write(lambda c: flow_answers.failed(c, *told))
    assert conversation(stage).waiting_since is not None
    answer = Answer(ChannelName.INSTAGRAM, "Here it is.", "a")
    answering.answer(stage.runtime, stage.store, ada, member(stage, "mara"), answer)
    stage.database.write(lambda c: flow_answers.failed(c, *told))
    assert conversation(stage).waiting_since is None


@pytest.mark.parametrize("lost_first", [True, False])
def test_of_two_words_the_one_whose_answer_was_lost_waits_though_the_other_had_its_own(
    stage: Stage, *, lost_first: bool
) -> None:
    connected(stage)
    a_flow(stage, said("sale"), trigger=WORD)
    a_flow(stage, said("hours"), trigger={**WORD, "keywords": ["hours"]})
    wrote(stage, "sale")
    [lost] = stage.messages()
    first = conversation(stage).last_inbound_at
    stage.pass_time(timedelta(minutes=1))
    wrote(stage, "hours")
    [given] = [one for one in stage.messages() if one.id != lost.id]
    assert conversation(stage).waiting_since is None
    stage.change(schema.messages, lost.id, state="failed")

    def tell(how: Any, message: Any) -> None:
        stage.database.write(lambda c: how(c, stage.store_id, [message.id]))

    tell(flow_answers.failed, lost)
    if lost_first:
        tell(flow_answers.given, given)
    assert conversation(stage).waiting_since == first
    tell(flow_answers.given, lost)
    assert conversation(stage).waiting_since is None


def test_what_a_flow_says_days_later_in_vain_makes_nobody_wait_who_had_its_answer(
    stage: Stage,
) -> None:
    connected(stage)
    a_flow(stage, said("sale"), said("again"), trigger=WORD)
    a_flow(stage, said("hours"), trigger={**WORD, "keywords": ["hours"]})
    wrote(stage, "sale")
    stage.pass_time(timedelta(minutes=1))
    wrote(stage, "hours")
    [late] = stage.messages(step_id="again")
    stage.change(schema.messages, late.id, state="failed")
    stage.database.write(lambda c: flow_answers.failed(c, stage.store_id, [late.id]))
    assert conversation(stage).waiting_since is None


def test_an_answer_to_a_flows_question_waits_only_where_it_was_not_understood(stage: Stage) -> None:
    connected(stage)
    a_question(stage)
    wrote(stage, "hello")
    wrote(stage, "What do you have?")
    assert conversation(stage).waiting_since is not None
    wrote(stage, "hello", "igsid-ben")
    wrote(stage, "small", "igsid-ben")
    ben = max(
        stage.rows(schema.conversations, store_id=stage.store_id), key=lambda one: one.last_at
    )
    assert ben.waiting_since is None


def test_whom_a_flow_gives_to_a_person_waits_for_that_person(stage: Stage) -> None:
    connected(stage)
    hand_over = {"kind": "hand_over", "id": "person", "subject": "A sale", "text": "Call."}
    a_flow(stage, said("sale"), delay("wait", 1), hand_over, trigger=WORD)
    wrote(stage, "sale")
    assert conversation(stage).waiting_since is None
    stage.live(timedelta(days=1, minutes=1), step=timedelta(hours=12))
    row = conversation(stage)
    assert row.state == "human"
    assert row.waiting_since == row.since


def test_another_stores_message_ends_no_waiting(stage: Stage) -> None:
    connected(stage)
    a_flow(stage, said("sale"), trigger=WORD)
    wrote(stage, "sale")
    [message] = stage.messages()
    stage.database.write(lambda c: flow_answers.failed(c, stage.store_id, [message.id]))
    before = conversation(stage)
    assert before.waiting_since is not None
    stage.database.write(lambda c: flow_answers.given(c, stage.stranger_id, [message.id]))
    assert conversation(stage) == before
