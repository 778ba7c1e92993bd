"""A person answers a public comment privately out of the inbox: once, for a week, else words why.

What people do is the sandbox's, told to the real door; Meta refuses there what it refuses.
"""

import uuid
from typing import Any

import pytest

from jobs import answering, reply
from jobs.answering import Answer, NotByThis
from jobs.intake_orders import NotHere
from marketing.chat import InboundKind
from marketing.model import ChannelName
from marketing.team import Role
from sandbox import meta_people
from sandbox.faults import Fault
from storage import Connection, Row, schema, team
from storage.stores import Store
from tests.channels.meta_stand import graph_url, meta
from tests.jobs.stage import HOUR
from tests.jobs.test_comments_that_begin import DAY, PAUSE, Town, town

__all__ = ["graph_url", "meta", "town"]
ASKED = "Does it come in blue?"


class Desk:
    """Somebody of the team at the inbox of a town."""

    def __init__(self, town: Town) -> None:
        self.town, self.runtime = town, town.stage.runtime
        self.store: Store = town.stage.store
        told = (self.store.id, "mara", Role.INBOX, town.stage.now)
        self.mara = self.runtime.database.write(lambda c: team.welcome(c, *told))

    def answer(self, comment: str, text: str = "It does.", **more: Any) -> str:
        """Answer a comment (by the platform's id) privately; give the reply's id."""
        row = self.comment(comment)
        told = {"channel": ChannelName(self.town.platform), "comment_id": row.id, "seen": 99}
        answer = Answer(text=text, key=str(uuid.uuid4()), **{**told, **more})
        return answering.answer(self.runtime, self.store, row.customer_id, self.mara, answer)

    def comment(self, provider_id: str) -> Row[Any]:
        kept = self.town.stage.rows(schema.inbound_messages)
        [row] = [one for one in kept if one.provider_id == provider_id]
        return row

    def work(self) -> None:
        """Hand over what is due, though a try before has put it off."""
        self.runtime.database.write(self._be_due)
        while reply.drain(self.runtime, [self.store.id]):
            pass

    def _be_due(self, connection: Connection) -> None:
        waiting = schema.replies.update().where(schema.replies.c.state == "queued")
        real_now = self.runtime.database.real_now(connection)
        connection.execute(waiting.values(due_at=real_now))

    def fates(self) -> list[tuple[str, str | None]]:
        rows = sorted(self.town.stage.rows(schema.replies), key=lambda row: row.number)
        return [(row.state, row.reason) for row in rows if row.author == "person"]


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)


def test_a_persons_answer_goes_to_the_comment_and_nothing_else_does(town: Town, desk: Desk) -> None:
    comment = town.comment(ASKED)
    reply_id = desk.answer(comment)
    desk.work()
    assert town.heard() == [("It does.", comment)]
    assert desk.fates() == [("sent", None)]
    assert desk.comment(comment).private_reply_id == reply_id
    with pytest.raises(NotByThis, match="wrote too long ago"):
        desk.answer(comment, "And in green.", comment_id=None)


def test_a_second_answer_waits_for_the_customers_own(town: Town, desk: Desk) -> None:
    comment = town.comment(ASKED)
    desk.answer(comment)
    desk.work()
    with pytest.raises(NotByThis, match="had its one private answer"):
        desk.answer(comment, "And in green.")
    meta_people.write(town.meta, town.platform, "Ada", "Thanks")
    town.take_in()
    desk.answer(comment, "And in green.", comment_id=None)
    desk.work()
    assert town.heard() == [("It does.", comment), ("And in green.", "")]


def test_of_two_answers_at_once_one_goes_and_the_other_says_why(town: Town, desk: Desk) -> None:
    comment = town.comment(ASKED)
    desk.answer(comment)
    desk.answer(comment, "In navy.")
    desk.work()
    desk.work()
    assert town.heard() == [("It does.", comment)]
    assert desk.fates() == [("sent", None), ("failed", "comment_answered")]


def test_a_flow_that_comes_later_finds_the_comment_answered(town: Town, desk: Desk) -> None:
    town.flow(PAUSE, town.said("size"))
    comment = town.comment()
    desk.answer(comment)
    desk.work()
    assert town.heard() == [("It does.", comment)]
    whose = town.stage.rows(schema.conversations)
    assert [row.state for row in whose] == ["human"]
    town.stage.live(2 * HOUR)
    assert town.heard() == [("It does.", comment)]


@pytest.mark.parametrize(("days", "is_late"), [(6, False), (7, True)])
def test_there_is_a_week_for_it(town: Town, desk: Desk, days: int, is_late: bool) -> None:
    now = town.meta.milliseconds()
    age = days * 86_400_000 + 60_000
    town.meta.milliseconds = lambda: now - age  # type: ignore[method-assign]
    comment = town.comment(ASKED)
    kept = desk.comment(comment)
    assert kept.kind == InboundKind.COMMENT
    assert days * DAY < kept.received_at - kept.commented_at < (days + 1) * DAY
    if is_late:
        with pytest.raises(NotByThis, match="for 7 days only"):
            desk.answer(comment)
    else:
        desk.answer(comment)
        desk.work()
        assert desk.fates() == [("sent", None)]


def test_what_was_deleted_is_not_answered(town: Town, desk: Desk) -> None:
    """Instagram tells nobody: there Meta refuses, and what it says is shown."""
    comment = town.comment(ASKED)
    desk.answer(comment)
    meta_people.take_back(town.meta, town.platform, "Ada", comment)
    town.take_in()
    desk.work()
    assert town.heard() == []
    [(state, reason)] = desk.fates()
    assert state == "failed"
    if town.platform == "messenger":
        assert reason == "comment_deleted"
        with pytest.raises(NotByThis, match="deleted this comment"):
            desk.answer(comment)


def test_what_surely_did_not_go_out_leaves_the_comment_to_be_answered(
    town: Town, desk: Desk
) -> None:
    comment = town.comment(ASKED)
    desk.answer(comment, "blue " * 500)
    desk.work()
    [(state, reason)] = desk.fates()
    assert state == "failed"
    assert reason is not None
    assert "the text has 2500" in reason
    desk.answer(comment)
    desk.work()
    assert town.heard() == [("It does.", comment)]


def test_one_of_which_nobody_knows_is_the_answer(town: Town, desk: Desk) -> None:
    comment = town.comment(ASKED)
    town.meta.faults.order(Fault("messages", "hang_up"))
    desk.answer(comment)
    desk.work()
    assert [state for state, _ in desk.fates()] == ["unknown"]
    with pytest.raises(NotByThis, match="had its one private answer"):
        desk.answer(comment)


def test_what_somebody_answered_on_the_platform_is_told_as_such(town: Town, desk: Desk) -> None:
    comment = town.comment(ASKED)
    by_hand = {"text": "Yes", "comment_id": comment}
    town.meta.note(town.platform, "Ada", "inbox", "Yes", is_inbound=False, content=by_hand)
    desk.answer(comment)
    desk.work()
    desk.work()
    assert town.heard() == [("Yes", comment)]
    assert desk.fates() == [("failed", "comment_answered")]


def test_what_is_no_comment_of_this_customer_there_is_none(town: Town, desk: Desk) -> None:
    comment = town.comment(ASKED)
    theirs = town.comment(ASKED, "Ben")
    meta_people.write(town.meta, town.platform, "Ada", "Hello")
    town.take_in()
    kept = town.stage.rows(schema.inbound_messages)
    [hello] = [row.id for row in kept if row.kind == InboundKind.TEXT]
    for other in (hello, desk.comment(theirs).id, str(uuid.uuid4())):
        with pytest.raises(NotHere, match="no such comment"):
            desk.answer(comment, comment_id=other)
    assert desk.fates() == []
