"""An answer that did not go out answers nobody: whoever it was for waits, until it is retried."""

from typing import Any

import pytest

from channels.base import Outcome, SendFailed
from jobs import answering, reply
from jobs.answering import Answer
from marketing.model import ChannelName
from storage import failed_answers, schema, threads
from storage.team import Member
from tests.jobs.chatting import Chats, connected, wrote
from tests.jobs.stage import Stage
from tests.jobs.test_answering import member

REFUSED = SendFailed("no such person", outcome=Outcome.REJECTED)


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


@pytest.fixture
def mara(stage: Stage) -> Member:
    return member(stage, "mara")


def answer(stage: Stage, whose: str, who: Member, key: str = "a") -> str:
    told = Answer(ChannelName.INSTAGRAM, "Yes, it is.", key)
    own = answering.answer(stage.runtime, stage.store, whose, who, told)
    go_out(stage)
    return own


def go_out(stage: Stage) -> None:
    while reply.drain(stage.runtime, [stage.store_id]):
        pass


def conversation(stage: Stage) -> Any:
    [row] = stage.rows(schema.conversations, store_id=stage.store_id)
    return row


def test_whoever_was_answered_in_vain_waits_since_they_wrote_until_it_is_tried_again(
    stage: Stage, chats: Chats, mara: Member
) -> None:
    ada = wrote(stage, "Is it in stock?")
    before = conversation(stage)
    chats.refuses = REFUSED
    own = answer(stage, ada, mara)
    assert conversation(stage).waiting_since == before.waiting_since
    chats.refuses = None
    answering.again(stage.runtime, stage.store, ada, own)
    assert conversation(stage).waiting_since is None
    go_out(stage)
    assert conversation(stage).waiting_since is None
    assert len(chats.taken) == 1


def test_whoever_had_another_answer_or_was_put_away_does_not_wait(
    stage: Stage, chats: Chats, mara: Member
) -> None:
    ada = wrote(stage, "Is it in stock?")
    answer(stage, ada, mara)
    chats.refuses = REFUSED
    own = answer(stage, ada, mara, "b")
    assert conversation(stage).waiting_since is None
    [first] = [row for row in stage.rows(schema.replies) if row.id != own]
    stage.change(schema.replies, first.id, state="failed")
    stage.database.write(lambda c: threads.close(c, stage.store_id, ada, stage.now))
    stage.database.write(lambda c: failed_answers.waits_again(c, stage.store_id, [own]))
    assert conversation(stage).waiting_since is None


def test_what_came_after_an_answer_still_waits_when_that_is_tried_again(
    stage: Stage, chats: Chats, mara: Member
) -> None:
    ada = wrote(stage, "Is it in stock?")
    answer(stage, ada, mara)
    [own] = [row.id for row in stage.rows(schema.replies)]
    wrote(stage, "And in blue?")
    later = conversation(stage).waiting_since
    stage.database.write(lambda c: failed_answers.tried_again(c, stage.store_id, own))
    assert conversation(stage).waiting_since == later


def test_another_stores_answer_changes_nothing(stage: Stage, chats: Chats, mara: Member) -> None:
    ada = wrote(stage, "Is it in stock?")
    own = answer(stage, ada, mara)
    before = conversation(stage)
    stage.database.write(lambda c: failed_answers.waits_again(c, stage.stranger_id, [own]))
    assert conversation(stage) == before
