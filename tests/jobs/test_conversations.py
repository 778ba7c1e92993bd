"""A conversation in human hands: flows keep quiet until it is handed back; twice, late, crossed."""

from collections import Counter
from typing import Any

import pytest

from jobs import advance, conversations, deliver
from jobs.intake_orders import NotHere
from storage import conversations as kept
from storage import schema
from storage.conversations import AUTOMATED, HUMAN, Conversation
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow, outbox_work

HAND_OVER = {"kind": "hand_over", "id": "person", "subject": "Somebody is cross", "text": "Call."}
PLAIN: dict[str, Any] = {**MAIL, "id": "plain", "message_kind": "transactional"}


def talked_with(stage: Stage, customer_id: str) -> Conversation:
    with stage.database.reading() as connection:
        return kept.of(connection, stage.store_id, customer_id)


def take_over(stage: Stage, customer_id: str) -> None:
    conversations.hand_over(stage.runtime, stage.store, customer_id, "program")


def hand_back(stage: Stage, customer_id: str) -> None:
    conversations.hand_back(stage.runtime, stage.store, customer_id, "merchant")


def fates(stage: Stage) -> dict[str, tuple[str, str | None]]:
    return {row.step_id: (row.state, row.reason) for row in stage.messages()}


def test_a_flow_hands_over_tells_the_team_and_keeps_quiet_until_it_is_handed_back(
    stage: Stage,
) -> None:
    flow_id = a_flow(stage, HAND_OVER, MAIL, PLAIN)
    ada, bo = stage.customer("Ada"), stage.customer("Bo")
    ordered(stage, ada)
    stage.work()
    outbox_work(stage)
    outbox_work(stage)
    assert talked_with(stage, ada).state == HUMAN
    assert talked_with(stage, ada).by == f"flow:{flow_id}"
    assert talked_with(stage, bo) == Conversation(AUTOMATED)
    assert fates(stage) == {"mail": ("held", "in_human_hands"), "plain": ("sent", None)}
    assert Counter(str(mail["Subject"]) for mail in stage.sink.mails)["Somebody is cross"] == 1
    assert [one.customer_id for one in stage.events("conversation.handed_over")] == [ada]
    stage.live(3 * HOUR)
    assert fates(stage)["mail"] == ("held", "in_human_hands")
    hand_back(stage, ada)
    hand_back(stage, ada)
    stage.work()
    assert fates(stage)["mail"] == ("sent", None)
    assert len(stage.events("conversation.handed_back")) == 1
    assert (talked_with(stage, ada).state, talked_with(stage, ada).by) == (AUTOMATED, "merchant")


def test_what_is_pending_is_held_in_the_same_moment_and_asked_about_anew(stage: Stage) -> None:
    a_flow(stage, MAIL, PLAIN)
    ada, bo = stage.customer("Ada"), stage.customer("Bo")
    for who in (ada, bo):
        ordered(stage, who)
    while advance.drain(stage.runtime, [stage.store_id]):
        pass
    take_over(stage, ada)
    theirs = {(row.customer_id, row.step_id): row.state for row in stage.messages()}
    assert theirs == {
        (ada, "mail"): "held",
        (ada, "plain"): "due",
        (bo, "mail"): "due",
        (bo, "plain"): "due",
    }
    stage.work()
    stage.change(schema.customers, ada, email_consent="unsubscribed")
    hand_back(stage, ada)
    stage.work()
    (mine,) = stage.messages(customer_id=ada, step_id="mail")
    assert (mine.state, mine.reason) == ("skipped", "unsubscribed")


def test_a_message_already_claimed_is_held_before_its_hand_over(stage: Stage) -> None:
    """Its words are written, then a person takes over, and only then it would go."""
    a_flow(stage, MAIL)
    people = [stage.customer(f"P{number}") for number in range(12)]
    for who in people:
        ordered(stage, who)
    while advance.drain(stage.runtime, [stage.store_id]):
        pass
    claim = stage.database.write(lambda c: deliver._claim(stage.runtime, c, stage.store_id))
    assert claim
    take_over(stage, people[0])
    deliver._hand_over_all(stage.runtime, claim)
    (mine,) = stage.messages(customer_id=people[0])
    assert (mine.state, mine.reason) == ("held", "in_human_hands")
    assert stage.states() == {"held": 1, "sent": 11}


def test_twice_is_once_and_the_first_hand_stays(stage: Stage) -> None:
    ada = stage.customer()
    take_over(stage, ada)
    first = talked_with(stage, ada)
    stage.pass_time(MINUTE)
    a_flow(stage, HAND_OVER)
    ordered(stage, ada)
    stage.work()
    take_over(stage, ada)
    assert talked_with(stage, ada) == first
    assert len(stage.events("conversation.handed_over")) == 1


def test_a_flow_that_comes_late_does_not_undo_what_was_handed_back_since(stage: Stage) -> None:
    a_flow(stage, HAND_OVER, MAIL)
    ada = stage.customer()
    take_over(stage, ada)
    ordered(stage, ada)
    stage.pass_time(10 * MINUTE)
    hand_back(stage, ada)
    stage.work()
    assert talked_with(stage, ada).state == AUTOMATED
    assert fates(stage) == {"mail": ("sent", None)}
    assert len(stage.rows(schema.outbox, kind="notify_staff")) == 1


def test_a_message_past_its_deadline_by_the_time_it_is_handed_back_expires(stage: Stage) -> None:
    a_flow(stage, {**MAIL, "deadline": "PT1H"})
    ada = stage.customer()
    take_over(stage, ada)
    ordered(stage, ada)
    stage.work()
    stage.pass_time(2 * HOUR)
    hand_back(stage, ada)
    stage.work()
    assert fates(stage) == {"mail": ("expired", "expired")}


def test_one_customer_out_of_two_stays_in_human_hands(stage: Stage) -> None:
    old, new = stage.customer("Ada"), stage.customer("Ada too")
    take_over(stage, old)
    with stage.database.writing() as connection:
        kept.merge(connection, stage.store_id, old, new)
    assert talked_with(stage, old) == Conversation(AUTOMATED)
    assert talked_with(stage, new).state == HUMAN


def test_nobody_elses_customer_is_taken_over_or_handed_back(stage: Stage) -> None:
    theirs = stage.customer("Eve", store_id=stage.stranger_id)
    for act in (take_over, hand_back):
        with pytest.raises(NotHere):
            act(stage, theirs)
    assert stage.rows(schema.conversations) == []
    gone = stage.customer("Gone")
    stage.change(schema.customers, gone, deleted_at=stage.now)
    with stage.database.writing() as connection:
        ask = connection, stage.store_id, gone
        assert not kept.hand_over(*ask, at=stage.now, by="program")
