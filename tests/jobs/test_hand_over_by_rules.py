"""A person takes over by a rule: at once, with what is pending held, and explained."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from channels.base import Erased, InboundMessage, OptChange
from jobs import advance, conversations, conversing, deliver
from marketing.chat import AGENT, InboundKind
from storage import conversations as kept
from storage import inbound, schema
from storage.conversations import Conversation
from tests.jobs.chatting import ADA, INSTAGRAM, Chats, connected, wrote
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow

CHAT: dict[str, Any] = {**MAIL, "channel": "instagram"}
SIZES = {"event": "message.received", "channel": "instagram", "keywords": ["sizes"]}
COLOURS = {**SIZES, "keywords": ["colours"]}
OFFERED = "I am not sure that I can help with this. Would you like to talk to an agent?"
WAIT = {"kind": "delay", "id": "wait", "duration": "PT2H"}


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def hands(stage: Stage, customer_id: str) -> Conversation:
    with stage.database.reading() as connection:
        return kept.of(connection, stage.store_id, customer_id)


@pytest.mark.parametrize(
    ("text", "more", "rule"),
    [
        ("Can I talk to a human?", {}, "agent_phrase:en"),
        ("Talk to us", {"payload": AGENT, "kind": InboundKind.BUTTON}, "agent_button"),
        ("My lawyer will write to you", {}, "risk:legal"),
        ("Frechheit! Geld zurück!", {}, "refund_angry"),
    ],
)
def test_who_wants_a_person_has_one_at_once_and_it_says_why(
    stage: Stage, chats: Chats, text: str, more: dict[str, Any], rule: str
) -> None:
    a_flow(stage, MAIL, trigger=SIZES)
    met = wrote(stage, text, **more)
    now = hands(stage, met)
    assert (now.state, now.by, now.rule) == ("human", "rule", rule)
    assert now.why
    [event] = stage.events("conversation.handed_over")
    assert event.data == {"by": "rule", "rule": rule}
    assert stage.events("message.received") == []


def test_help_to_choose_stays_with_the_bot(stage: Stage, chats: Chats) -> None:
    assert hands(stage, wrote(stage, "help me choose a size")).state == "automated"


def test_a_flow_answers_first_and_two_without_an_answer_bring_a_person(
    stage: Stage, chats: Chats
) -> None:
    a_flow(stage, CHAT, trigger=SIZES)
    a_flow(stage, CHAT, trigger=COLOURS)
    met = wrote(stage, "sizes")
    assert len(chats.taken) == 1
    assert [row.is_answered for row in stage.rows(schema.inbound_messages)] == [True]
    wrote(stage, "is the lining wool")
    assert hands(stage, met).state == "automated"
    wrote(stage, "colours")
    wrote(stage, "does it run large")
    assert hands(stage, met).state == "automated"
    wrote(stage, "thanks")
    assert hands(stage, met).state == "automated"
    wrote(stage, "and the lining")
    wrote(stage, "does anybody read this")
    now = hands(stage, met)
    assert (now.state, now.rule) == ("human", "unanswered_twice")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (InboundKind.REACTION, "\U0001f62e"),
        (InboundKind.COMMENT, "so pretty"),
        (InboundKind.REFERRAL, ""),
        (InboundKind.STORY_MENTION, ""),
    ],
)
def test_what_is_done_in_passing_wants_no_answer_and_calls_nobody(
    stage: Stage, chats: Chats, kind: InboundKind, text: str
) -> None:
    met = wrote(stage, "is the lining wool")
    for _ in range(3):
        wrote(stage, text, kind=kind)
    assert hands(stage, met).state == kept.AUTOMATED
    wrote(stage, "\U0001f44e", kind=InboundKind.REACTION)
    assert hands(stage, met).state == kept.AUTOMATED
    wrote(stage, "I will call my lawyer", kind=kind)
    assert hands(stage, met).rule == "risk:legal"


def test_frustration_adds_up_and_says_what_gave_its_points(stage: Stage, chats: Chats) -> None:
    met = wrote(stage, "where is my parcel?? nobody answers!")
    assert hands(stage, met).state == "automated"
    wrote(stage, "WHERE IS MY PARCEL?? NOBODY ANSWERS! This is ridiculous")
    now = hands(stage, met)
    assert (now.state, now.rule) == ("human", "frustration")
    assert {one.rule for one in now.because} >= {"very_negative", "asked_before"}
    assert all(str(line) for line in now.reasons)


def test_who_was_given_back_as_not_needed_is_left_to_the_bot_for_a_day(
    stage: Stage, chats: Chats
) -> None:
    met = wrote(stage, "is the lining wool")
    wrote(stage, "and the sleeves")
    assert hands(stage, met).state == "human"
    conversations.hand_back(stage.runtime, stage.store, met, "merchant", was_needed=False)
    wrote(stage, "what about the hood")
    wrote(stage, "or the zip")
    assert hands(stage, met).state == "automated"
    wrote(stage, "agent")
    assert hands(stage, met).rule == "agent_word:en"
    conversations.hand_back(stage.runtime, stage.store, met, "merchant", was_needed=False)
    stage.pass_time(25 * HOUR)
    wrote(stage, "is it warm")
    wrote(stage, "is it dry")
    assert hands(stage, met).rule == "unanswered_twice"


@pytest.mark.parametrize("asked", ["agent", "This is ridiculous, I want my money back!!"])
def test_what_a_person_had_before_it_was_given_back_brings_nobody_again(
    stage: Stage, chats: Chats, asked: str
) -> None:
    met = wrote(stage, asked)
    assert hands(stage, met).state == "human"
    wrote(stage, "nobody answers, this is ridiculous!!!")
    stage.pass_time(MINUTE)
    conversations.hand_back(stage.runtime, stage.store, met, "merchant")
    wrote(stage, "what about the hood")
    assert hands(stage, met).state == "automated"
    wrote(stage, "or the zip")
    assert hands(stage, met).rule == "unanswered_twice"


def settle(stage: Stage, **told: Any) -> None:
    settings = {**stage.store.settings, "conversations": told}
    stage.change(schema.stores, stage.store_id, settings=settings)


def got_nowhere(stage: Stage, sender: str) -> str:
    for text in ("is the lining wool", "and the sleeves"):
        met = wrote(stage, text, sender)
    return met


def test_a_store_that_does_not_want_it_brings_nobody_unasked(stage: Stage, chats: Chats) -> None:
    settle(stage, is_automatic=False)
    met = got_nowhere(stage, ADA)
    assert hands(stage, met).state == "automated"
    assert [said.text for said in stage.rows(schema.replies)] == [OFFERED]
    assert [row.came_to for row in stage.rows(schema.rule_calls)] == ["offer"]
    assert hands(stage, wrote(stage, "agent")).state == "human"


def test_beyond_the_hours_limit_customers_are_offered_a_person_and_asking_still_brings_one(
    stage: Stage, chats: Chats
) -> None:
    settle(stage, most_an_hour=1)
    first, second = got_nowhere(stage, "igsid-1"), got_nowhere(stage, "igsid-2")
    wrote(stage, "and the hood", "igsid-2")
    assert [hands(stage, one).state for one in (first, second)] == ["human", "automated"]
    assert [(row.customer_id, row.rule, row.came_to) for row in calls(stage)] == [
        (first, "unanswered_twice", "hand_over"),
        (second, "unanswered_twice", "over_limit"),
    ]
    texts = [row.text for row in stage.rows(schema.replies, customer_id=second)]
    assert texts == [OFFERED]
    assert hands(stage, wrote(stage, "agent", "igsid-3")).state == "human"
    assert hands(stage, wrote(stage, "my lawyer will write", "igsid-4")).state == "human"
    stage.pass_time(HOUR)
    wrote(stage, "is it warm", "igsid-2")
    assert hands(stage, wrote(stage, "is it dry", "igsid-2")).rule == "unanswered_twice"
    assert stage.rows(schema.rule_calls, store_id=stage.stranger_id) == []


def test_one_given_back_within_the_hour_still_counts_to_its_limit(
    stage: Stage, chats: Chats
) -> None:
    settle(stage, most_an_hour=1)
    first = got_nowhere(stage, "igsid-1")
    conversations.hand_back(stage.runtime, stage.store, first, "merchant")
    assert hands(stage, got_nowhere(stage, "igsid-2")).state == "automated"


def test_two_who_come_at_once_stay_within_the_limit_together(stage: Stage, chats: Chats) -> None:
    settle(stage, most_an_hour=1)
    for sender in ("igsid-1", "igsid-2"):
        wrote(stage, "is the lining wool", sender)

    def write(sender: str) -> None:
        told = [InboundMessage(f"again-{sender}", sender, "and the sleeves")]
        stage.database.write(
            lambda c: conversing.hear(stage.runtime, c, stage.store, INSTAGRAM, told)
        )

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, ["igsid-1", "igsid-2"]))
    assert sorted(row.came_to for row in calls(stage)) == ["hand_over", "over_limit"]


def calls(stage: Stage) -> list[Any]:
    return sorted(stage.rows(schema.rule_calls), key=lambda row: row.at)


def test_a_rule_on_trial_is_counted_once_a_day_and_does_nothing(stage: Stage, chats: Chats) -> None:
    settle(stage, on_trial=["unanswered_twice"])
    met = got_nowhere(stage, ADA)
    wrote(stage, "and the hood")
    assert hands(stage, met).state == "automated"
    assert stage.rows(schema.replies) == []
    [call] = calls(stage)
    assert (call.rule, call.came_to, call.is_trial) == ("unanswered_twice", "hand_over", True)
    stage.pass_time(25 * HOUR)
    got_nowhere(stage, ADA)
    assert len(calls(stage)) == 2
    assert stage.rows(schema.outbox, kind="alert") == []


def test_the_next_rule_is_obeyed_where_the_first_is_on_trial(stage: Stage, chats: Chats) -> None:
    settle(stage, on_trial=["risk:legal", "agent_word:own"], own_words=["agent", "concierge"])
    assert hands(stage, wrote(stage, "concierge", "igsid-1")).state == "automated"
    assert hands(stage, wrote(stage, "agent", "igsid-2")).rule == "agent_word:en"
    met = wrote(stage, "Ridiculous! Refund now or I call my lawyer", "igsid-3")
    assert hands(stage, met).rule == "refund_angry"
    assert {(row.rule, row.is_trial) for row in calls(stage)} == {
        ("agent_word:own", True),
        ("agent_word:en", False),
        ("risk:legal", True),
        ("refund_angry", False),
    }


def test_what_is_on_trial_takes_no_place_of_the_hour(stage: Stage, chats: Chats) -> None:
    settle(stage, on_trial=["unanswered_twice"], most_an_hour=1)
    got_nowhere(stage, "igsid-1")
    settle(stage, most_an_hour=1)
    assert hands(stage, got_nowhere(stage, "igsid-2")).state == "human"
    settle(stage, on_trial=["unanswered_twice"], most_an_hour=1)
    got_nowhere(stage, "igsid-3")
    assert [row.came_to for row in calls(stage)] == ["hand_over", "hand_over", "over_limit"]
    settle(stage, most_an_hour=1)
    wrote(stage, "is it warm", "igsid-3")
    assert calls(stage)[-1].is_trial is False


@pytest.mark.parametrize("rule", ["agent_button", "agent_word", "risk:self_harm"])
def test_what_always_brings_a_person_is_never_on_trial(
    stage: Stage, chats: Chats, rule: str
) -> None:
    settle(stage, on_trial=[rule])
    texts = {"agent_word": "agent", "risk:self_harm": "I want to die"}
    more: dict[str, Any] = {"payload": AGENT} if rule == "agent_button" else {}
    assert hands(stage, wrote(stage, texts.get(rule, "Talk"), **more)).state == "human"


def test_one_given_back_as_not_needed_is_the_rules_mistake(stage: Stage, chats: Chats) -> None:
    met = got_nowhere(stage, ADA)
    conversations.hand_back(stage.runtime, stage.store, met, "merchant", was_needed=False)
    assert [row.verdict for row in calls(stage)] == ["not_needed"]


def test_a_stores_own_word_brings_a_person(stage: Stage, chats: Chats) -> None:
    told = {**stage.store.settings, "conversations": {"own_words": ["concierge"]}}
    stage.change(schema.stores, stage.store_id, settings=told)
    assert hands(stage, wrote(stage, "Concierge!")).rule == "agent_word:own"


def test_somebody_writing_on_the_platform_itself_stops_the_flows(
    stage: Stage, chats: Chats
) -> None:
    a_flow(stage, CHAT, WAIT, {**CHAT, "id": "again"})
    met = wrote(stage, "Hi")
    ordered(stage, met)
    stage.work()
    echo = InboundMessage("echo", "page", "I am here", is_echo=True, recipient=ADA)
    stage.database.write(
        lambda c: conversing.hear(stage.runtime, c, stage.store, INSTAGRAM, [echo])
    )
    now = hands(stage, met)
    assert (now.state, now.by, now.rule) == ("human", "platform", "echo")
    stage.live(4 * HOUR)
    assert {row.step_id: row.state for row in stage.messages()} == {"mail": "sent", "again": "held"}
    assert len(stage.rows(schema.inbound_messages)) == 1
    again = [echo, InboundMessage("echo", "page", "I am here", is_echo=True, recipient=ADA)]
    stage.database.write(lambda c: conversing.hear(stage.runtime, c, stage.store, INSTAGRAM, again))
    [said] = stage.rows(schema.replies)
    assert (said.text, said.author, said.state) == ("I am here", "person", "sent")
    [talk] = stage.rows(schema.conversations)
    assert (talk.waiting_since, talk.unread) == (None, 0)


def test_while_another_app_leads_a_thread_its_words_are_kept_and_only_a_stop_is_obeyed(
    stage: Stage, chats: Chats
) -> None:
    a_flow(stage, CHAT, trigger=SIZES)
    for text in ("sizes", "agent", "is the lining wool", "and the sleeves"):
        met = wrote(stage, text, is_standby=True)
    assert hands(stage, met).state == "automated"
    assert (stage.events("message.received"), chats.taken) == ([], [])
    assert stage.rows(schema.replies) == []
    kept_texts = [row.text for row in stage.rows(schema.inbound_messages)]
    assert kept_texts == ["sizes", "agent", "is the lining wool", "and the sleeves"]
    wrote(stage, "STOP", is_standby=True)
    assert len(stage.rows(schema.suppressions, store_id=stage.store_id)) == 1
    wrote(stage, "sizes")
    assert len(stage.events("message.received")) == 1


def test_while_a_person_talks_no_flow_hears_and_the_thread_is_kept(
    stage: Stage, chats: Chats
) -> None:
    a_flow(stage, CHAT, trigger=SIZES)
    met = wrote(stage, "agent")
    wrote(stage, "sizes")
    assert stage.events("message.received") == []
    assert chats.taken == []
    assert len(stage.rows(schema.inbound_messages)) == 2
    assert hands(stage, met).rule == "agent_word:en"


def test_a_chat_message_already_claimed_is_held_when_they_ask_for_a_person(
    stage: Stage, chats: Chats
) -> None:
    """Its words are written, then "agent" comes in, and only then it would go."""
    a_flow(stage, CHAT)
    met = wrote(stage, "Hi")
    ordered(stage, met)
    while advance.drain(stage.runtime, [stage.store_id]):
        pass
    claim = stage.database.write(lambda c: deliver._claim(stage.runtime, c, stage.store_id))
    assert claim
    told = [InboundMessage("asks", ADA, "agent")]
    stage.database.write(lambda c: conversing.hear(stage.runtime, c, stage.store, INSTAGRAM, told))
    deliver._hand_over_all(stage.runtime, claim)
    [message] = stage.messages()
    assert (message.state, message.reason) == ("held", "in_human_hands")
    assert chats.taken == []


def test_what_a_customer_deletes_is_forgotten(stage: Stage, chats: Chats) -> None:
    wrote(stage, "My secret", mid="m1")
    assert stage.database.write(lambda c: inbound.empty(c, stage.store_id, INSTAGRAM, "m1"))
    assert not stage.database.write(lambda c: inbound.empty(c, stage.stranger_id, INSTAGRAM, "m1"))
    assert [row.text for row in stage.rows(schema.inbound_messages)] == [None]


def erase(stage: Stage, mid: str) -> None:
    told = [Erased(mid)]
    stage.database.write(
        lambda c: conversing.forget(stage.runtime, c, stage.store, INSTAGRAM, told)
    )


def test_what_was_changed_and_then_deleted_is_forgotten_in_whatever_order_it_is_told(
    stage: Stage, chats: Chats
) -> None:
    wrote(stage, "My secret", mid="m_1")
    wrote(stage, "My secrets", mid="m_1:edit:1")
    wrote(stage, "Theirs", "igsid-bo", mid="m_1:edit")
    wrote(stage, "Not mine", "igsid-bo", mid="mx1:edit:1")
    erase(stage, "m_1")
    wrote(stage, "My secret again", mid="m_1:edit:2")
    texts = [row.text for row in stage.rows(schema.inbound_messages)]
    assert sorted(texts, key=str) == [None, None, "Not mine", "Theirs"]
    erase(stage, "m_2")
    wrote(stage, "Told late", mid="m_2:edit:1")
    assert "Told late" not in [row.text for row in stage.rows(schema.inbound_messages)]


def test_what_is_put_right_is_one_message_and_calls_nobody(stage: Stage, chats: Chats) -> None:
    met = wrote(stage, "is the lining wol", mid="m_1")
    wrote(stage, "is the lining wool", mid="m_1:edit:1")
    wrote(stage, "is the lining wool?", mid="m_1:edit:2")
    assert hands(stage, met).state == kept.AUTOMATED
    wrote(stage, "and the sleeves", mid="m_2")
    assert hands(stage, met).rule == "unanswered_twice"


def test_a_stop_told_to_the_platform_holds_like_a_word(stage: Stage, chats: Chats) -> None:
    met = wrote(stage, "Hi")
    for is_in, consent in ((False, "unsubscribed"), (True, "subscribed")):
        told = [OptChange(ADA, is_in=is_in)]
        stage.database.write(
            lambda c, told=told: conversing.heed(stage.runtime, c, stage.store, INSTAGRAM, told)
        )
        [row] = stage.rows(schema.identities)
        assert (row.customer_id, row.consent) == (met, consent)
        stage.pass_time(MINUTE)


def test_a_comment_opens_no_window(stage: Stage, chats: Chats) -> None:
    a_flow(stage, CHAT)
    met = wrote(stage, "Nice!", kind=InboundKind.COMMENT)
    stage.pass_time(timedelta(minutes=5))
    ordered(stage, met)
    stage.work()
    [message] = stage.messages()
    assert (message.state, message.reason) == ("skipped", "channel_window")
