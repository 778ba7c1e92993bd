"""A word within a message begins a flow, once, for its own store; the words stay in the thread."""

import json

import pytest

from marketing.chat import InboundKind
from marketing.entry import WORDS_PAUSE
from marketing.flow_schema import load
from storage import inbound, schema
from tests.jobs.chatting import Chats, connected, wrote
from tests.jobs.stage import Stage
from tests.jobs.test_answers import said
from tests.jobs.test_backfill import delay, look_back
from tests.jobs.test_opt_in_links import texts
from tests.jobs.test_steps import a_flow

TRIGGER = {
    "event": "message.received", "channel": "instagram",
    "keywords": ["Größe"], "keyword_match": "contains",
}  # fmt: skip
LONG = "Hello from Hamburg! I love the green one 😍 but which GROSSE would fit me, at 1,80 m?"


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def test_a_word_within_a_message_begins_its_flow_and_told_twice_once(
    stage: Stage, chats: Chats
) -> None:
    a_flow(stage, said("size"), trigger=TRIGGER)
    for _ in range(2):
        wrote(stage, LONG, mid="m1")
    assert texts(chats) == ["It is size."]


def test_the_word_begins_it_again_after_a_while_and_two_programs_fall_silent(
    stage: Stage, chats: Chats
) -> None:
    a_flow(stage, said("size"), trigger=TRIGGER)
    wrote(stage, LONG, mid="m1")
    wrote(stage, f"We are away. You asked: {LONG}", mid="away")  # it answers whatever it hears
    assert texts(chats) == ["It is size."]
    stage.pass_time(WORDS_PAUSE)
    wrote(stage, LONG, mid="m2")
    assert texts(chats) == ["It is size.", "It is size."]


@pytest.mark.parametrize("text", ["die Größentabelle, bitte", "hello", "😍"])
def test_a_message_without_the_word_begins_nothing(stage: Stage, chats: Chats, text: str) -> None:
    a_flow(stage, said("size"), trigger=TRIGGER)
    wrote(stage, text)
    assert texts(chats) == []


def test_where_the_word_must_be_all_a_longer_message_begins_nothing(
    stage: Stage, chats: Chats
) -> None:
    a_flow(stage, said("size"), trigger={**TRIGGER, "keyword_match": "is"})
    wrote(stage, LONG, mid="m1")
    assert texts(chats) == []
    wrote(stage, "grosse?! 😍", mid="m2")
    assert texts(chats) == ["It is size."]


def test_another_stores_word_begins_nothing(stage: Stage, chats: Chats) -> None:
    theirs = load({"name": "Theirs", "trigger": TRIGGER, "steps": [said("theirs")]})
    stage.put_flow(theirs, store_id=stage.stranger_id)
    wrote(stage, LONG)
    assert texts(chats) == []
    assert not stage.rows(schema.enrollments)


def test_no_event_and_no_entry_keeps_the_words(stage: Stage, chats: Chats) -> None:
    a_flow(stage, said("size"), trigger=TRIGGER)
    wrote(stage, LONG, kind=InboundKind.TEXT)
    assert stage.rows(schema.enrollments)
    kept = [*stage.rows(schema.events), *stage.rows(schema.enrollments)]
    assert "hamburg" not in json.dumps([dict(one._mapping) for one in kept], default=str).lower()


def test_those_who_wrote_the_word_before_are_counted_by_what_the_thread_still_has(
    stage: Stage, chats: Chats
) -> None:
    wrote(stage, LONG, mid="mid:a")
    wrote(stage, LONG, "igsid-ben", mid="mid:b")
    wrote(stage, "The red one fits.", "igsid-cem", mid="mid:c")
    whose = (stage.store_id, "instagram", "mid:b")
    stage.database.write(lambda c: inbound.empty(c, *whose))
    flow_id = a_flow(stage, delay("wait", 1), said("size"), trigger=TRIGGER)
    assert look_back(stage, flow_id, dry=True).standing == {"wait": 1}
    assert texts(chats) == []
