"""A stop in own words by text is confirmed once; a button's words are the merchant's."""

from typing import Any

import pytest

from marketing.answering import ANSWER
from marketing.model import ChannelName
from sandbox.twilio import Twilio
from storage import schema, stores
from storage.channel_accounts import ChannelAccount
from tests.jobs.chatting import connected
from tests.jobs.chatting import wrote as wrote_in_chat
from tests.jobs.stage import Stage
from tests.jobs.test_answers import a_question, asking, payload, ways
from tests.jobs.test_help_answers import told
from tests.jobs.test_receive import account, api_url, twilio, wrote

__all__ = ["account", "api_url", "twilio"]


def test_a_stop_in_own_words_is_confirmed_with_the_way_back_and_never_again(
    stage: Stage, account: ChannelAccount, twilio: Twilio
) -> None:
    wrote(stage, account, "bitte keine SMS mehr", "SM1")
    [answer] = told(stage, twilio)
    assert stage.store.name in answer
    assert "START" in answer
    wrote(stage, account, "please stop texting me", "SM2")
    wrote(stage, account, "bitte keine SMS mehr", "SM1")
    assert len(told(stage, twilio)) == 1
    [kept] = stage.rows(schema.replies)
    assert (kept.author, kept.state) == ("bot", "sent")
    [row] = stage.rows(schema.conversations, store_id=stage.store_id)
    assert row.waiting_since is None


@pytest.mark.parametrize("text", ["STOP", "Stop ", "unsubscribe", "END"])
def test_what_the_provider_answers_itself_is_not_confirmed_twice(
    stage: Stage, account: ChannelAccount, twilio: Twilio, text: str
) -> None:
    wrote(stage, account, text)
    assert told(stage, twilio) == []


def test_whoever_came_back_and_stops_anew_is_told_anew(
    stage: Stage, account: ChannelAccount, twilio: Twilio
) -> None:
    for number, text in enumerate(("No more texts please", "START", "No more texts please")):
        wrote(stage, account, text, f"SM{number}")
    assert len(told(stage, twilio)) == 2


def test_a_store_that_removed_us_confirms_nothing(
    stage: Stage, account: ChannelAccount, twilio: Twilio
) -> None:
    now = stage.now
    stage.database.write(lambda c: stores.uninstall(c, stage.store_id, now, now))
    wrote(stage, account, "bitte keine SMS mehr")
    assert stage.rows(schema.suppressions)
    assert stage.rows(schema.replies) == []


def test_a_stop_in_a_chat_is_answered_by_no_text(stage: Stage) -> None:
    chats = connected(stage)
    wrote_in_chat(stage, "please stop messaging me")
    assert stage.rows(schema.suppressions)
    assert chats.taken == []
    assert stage.rows(schema.replies) == []


# --- buttons --------------------------------------------------------------------------------------


def an_answer(label: str) -> dict[str, Any]:
    return {"key": "that", "label": label, "keywords": [], "steps": []}


@pytest.mark.parametrize("label", ["Enough", "No more messages", "Yes", "Unsubscribe me pls"])
def test_the_button_of_a_question_is_its_answer_and_no_wish(stage: Stage, label: str) -> None:
    chats = connected(stage)
    a_question(stage, asking(answers=[an_answer(label), an_answer("Other") | {"key": "other"}]))
    wrote_in_chat(stage, "hello")
    wrote_in_chat(stage, label, payload=payload(chats, label))
    assert ways(stage) == ["that"]
    assert stage.rows(schema.suppressions) == []


def test_a_button_that_says_stop_and_nothing_else_stops(stage: Stage) -> None:
    connected(stage)
    wrote_in_chat(stage, "Stop", payload=f"{ANSWER}:size:0:gone")
    assert stage.rows(schema.suppressions)


@pytest.mark.parametrize(("label", "stops"), [("Stop promotions", True), ("Enough", False)])
def test_another_button_stops_by_what_it_says_but_is_never_fed_up(
    stage: Stage, label: str, *, stops: bool
) -> None:
    connected(stage)
    wrote_in_chat(stage, label, payload=label)
    assert bool(stage.rows(schema.suppressions)) is stops


def test_what_nobody_sees_is_a_message_without_words(stage: Stage) -> None:
    connected(stage)
    wrote_in_chat(stage, "\u200b\u200d\ufeff")
    [kept] = stage.rows(schema.inbound_messages)
    assert (kept.text, kept.channel) == ("", ChannelName.INSTAGRAM.value)
