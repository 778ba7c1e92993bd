"""Questions of flows and what customers answer: late, twice, crossed, to several flows at once."""

import re
from typing import Any

import pytest

from channels.base import InboundMessage
from jobs import advance, conversations, conversing, joining, outbox, signups
from jobs.intake_orders import NotHere
from marketing.chat import InboundKind
from storage import addresses_given, questions, schema
from tests.jobs.chatting import ADA, Chats, connected, wrote
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import a_flow

HELLO = {"event": "message.received", "channel": "instagram"}
ON = {"channel": "instagram", "message_kind": "transactional"}
ASK: dict[str, Any] = {
    **ON, "kind": "ask", "id": "size", "timeout": "PT2H", "saves": "size",
    "template": {"chat": {"text": "Which size?"}},
    "answers": [
        {"key": "small", "label": "Small", "keywords": ["S", "little"], "steps": []},
        {"key": "large", "label": "Large", "keywords": ["L"], "steps": []},
    ],
}  # fmt: skip


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def said(step_id: str) -> dict[str, Any]:
    template = {"chat": {"text": f"It is {step_id}."}}
    return {**ON, "kind": "message", "id": step_id, "template": template}


def asking(**more: Any) -> dict[str, Any]:
    """A question each of whose ways says which it is."""
    answers = [{**one, "steps": [said(one["key"])]} for one in ASK["answers"]]
    told = {**ASK, "answers": answers, "otherwise": [said("other")], "silent": [said("silence")]}
    return {**told, **more}


def a_question(stage: Stage, *steps: dict[str, Any]) -> str:
    trigger = {**HELLO, "keywords": ["hello"]}
    return a_flow(stage, *(steps or (asking(),)), trigger=trigger)


def texts(chats: Chats) -> list[str]:
    return [one.text for one in chats.taken]


def payload(chats: Chats, label: str, place: int = 0) -> str:
    content = chats.taken[place].chat
    assert content is not None
    return next(one.payload for one in content.buttons if one.label == label)


def ways(stage: Stage) -> list[str]:
    return [one.data["way"] for one in stage.events("question.answered")]


def kept(stage: Stage) -> Any:
    [row] = [one for one in stage.rows(schema.customers) if "size" in (one.properties or {})]
    return row.properties["size"]


def test_what_a_flow_says_in_one_go_arrives_in_that_order(stage: Stage, chats: Chats) -> None:
    names = ("one", "two", "three", "four", "five", "six")
    a_question(stage, *(said(name) for name in names))
    wrote(stage, "hello")
    stage.work()
    assert texts(chats) == [f"It is {name}." for name in names]


def test_a_question_shows_its_answers_and_the_way_to_a_person(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    wrote(stage, "hello")
    content = chats.taken[0].chat
    assert content is not None
    assert [one.label for one in content.buttons] == ["Small", "Large", "Talk to an agent"]
    assert content.buttons[-1].payload == "AGENT"
    assert texts(chats) == ["Which size?"]


@pytest.mark.parametrize(
    ("text", "way", "value"),
    [
        ("small", "small", "Small"),
        ("S", "small", "Small"),
        ("2", "large", "Large"),
        ("The large one, please!", "large", "Large"),
        ("small or large?", "other", "small or large?"),
        ("What do you have?", "other", "What do you have?"),
    ],
)
def test_the_words_of_an_answer_say_its_way_and_are_kept(
    stage: Stage, chats: Chats, text: str, way: str, value: str
) -> None:
    a_question(stage)
    wrote(stage, "hello")
    wrote(stage, text)
    assert texts(chats) == ["Which size?", f"It is {way}."]
    assert kept(stage) == value


def test_a_tapped_button_is_its_answer_whatever_it_says(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    wrote(stage, "hello")
    wrote(stage, "", payload=payload(chats, "Large"))
    assert texts(chats)[1:] == ["It is large."]


def test_an_answer_is_no_news_to_the_flow_that_waits_for_its_word(
    stage: Stage, chats: Chats
) -> None:
    a_question(stage)
    a_flow(stage, said("news"), trigger={**HELLO, "keywords": ["small"]})
    wrote(stage, "hello")
    wrote(stage, "small")
    assert texts(chats) == ["Which size?", "It is small."]
    wrote(stage, "small")
    assert texts(chats)[2:] == ["It is news."]


def test_the_first_answer_counts_and_is_heard_once(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    wrote(stage, "hello")
    wrote(stage, "small", mid="one")
    wrote(stage, "small", mid="one")
    wrote(stage, "", payload=payload(chats, "Large"))
    assert texts(chats) == ["Which size?", "It is small."]
    assert ways(stage) == ["small"]


def test_two_answers_before_the_flow_goes_on_are_one(stage: Stage, chats: Chats) -> None:
    """Both are in before any worker looks."""
    a_question(stage)
    wrote(stage, "hello")
    both = [InboundMessage("m-1", ADA, "small"), InboundMessage("m-2", ADA, "large")]
    stage.database.write(lambda c: conversing.hear(stage.runtime, c, stage.store, chats.name, both))
    stage.work()
    assert ways(stage) == ["small"]
    assert texts(chats) == ["Which size?", "It is small."]


def test_silence_goes_on_when_the_time_is_up_and_a_late_answer_changes_nothing(
    stage: Stage, chats: Chats
) -> None:
    a_question(stage)
    wrote(stage, "hello")
    stage.live(2 * HOUR, step=30 * MINUTE)
    assert texts(chats)[1:] == ["It is silence."]
    wrote(stage, "small")
    wrote(stage, "", payload=payload(chats, "Large"))
    assert ways(stage) == []
    assert texts(chats)[1:] == ["It is silence."]


def test_an_answer_after_the_time_counts_not_even_if_no_worker_looked_yet(
    stage: Stage, chats: Chats
) -> None:
    a_question(stage)
    wrote(stage, "hello")
    stage.pass_time(2 * HOUR + MINUTE)
    wrote(stage, "small")
    assert ways(stage) == []
    assert texts(chats)[1:] == ["It is silence."]


def test_an_answer_in_the_last_moment_beats_a_batch_that_saw_nothing_of_it(
    stage: Stage, chats: Chats
) -> None:
    """The batch has read the enrollment; the answer comes; then the batch writes."""
    a_question(stage)
    wrote(stage, "hello")
    [question] = stage.messages()
    stage.change(schema.messages, question.id, sent_at=question.sent_at + HOUR)
    stage.pass_time(2 * HOUR + MINUTE)
    with stage.database.reading() as connection:
        batch = advance._front(stage.runtime, connection, stage.store_id)
    assert batch.rows
    last = [InboundMessage("last", ADA, "large")]
    stage.database.write(lambda c: conversing.hear(stage.runtime, c, stage.store, chats.name, last))
    batch_id = stage.database.write(lambda c: advance._note(stage.runtime, c, batch))
    advance._decide_and_write(stage.runtime, batch, batch_id)
    stage.work()
    assert ways(stage) == ["large"]
    assert texts(chats)[1:] == ["It is large."]


def test_a_word_of_another_flow_is_an_answer_while_a_question_waits(
    stage: Stage, chats: Chats
) -> None:
    a_question(stage)
    wrote(stage, "hello")
    newer = asking(id="colour", saves=None)
    a_flow(stage, newer, trigger={**HELLO, "keywords": ["colour"]})
    stage.pass_time(MINUTE)
    wrote(stage, "colour")  # no answer to the size: its own way
    stage.pass_time(MINUTE)
    assert texts(chats) == ["Which size?", "It is other."]


def test_a_newer_question_takes_the_place_of_one_that_still_waits(
    stage: Stage, chats: Chats
) -> None:
    a_question(stage)
    order = {"event": "order.placed"}
    a_flow(stage, asking(id="again"), trigger=order)
    ada = wrote(stage, "hello")
    stage.pass_time(MINUTE)
    ordered(stage, ada)
    stage.work()
    assert texts(chats) == ["Which size?", "Which size?"]
    wrote(stage, "", payload=payload(chats, "Small", 0))  # of the older one
    assert ways(stage) == []
    wrote(stage, "", payload=payload(chats, "Large", 1))
    wrote(stage, "small")
    assert ways(stage) == ["large"]
    stage.live(3 * HOUR)
    assert sorted(texts(chats)[2:]) == ["It is large.", "It is silence."]


def test_what_somebody_else_writes_is_no_answer(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    wrote(stage, "hello")
    wrote(stage, "small", "igsid-bo")
    wrote(stage, "", "igsid-bo", payload=payload(chats, "Large"))
    assert ways(stage) == []


def test_a_stop_is_no_answer(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    wrote(stage, "hello")
    wrote(stage, "STOP")
    assert ways(stage) == []


def test_while_a_person_talks_nothing_is_an_answer(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    ada = wrote(stage, "hello")
    conversations.hand_over(stage.runtime, stage.store, ada, "merchant")
    wrote(stage, "small")
    assert ways(stage) == []
    conversations.hand_back(stage.runtime, stage.store, ada, "merchant")
    wrote(stage, "large")
    assert ways(stage) == ["large"]


def test_the_time_of_a_question_that_was_put_off_counts_from_when_it_went_out(
    stage: Stage, chats: Chats
) -> None:
    a_question(stage)
    wrote(stage, "hello")
    [question] = stage.messages()
    went_out = question.sent_at + 5 * HOUR
    stage.change(schema.messages, question.id, sent_at=went_out)
    stage.live(3 * HOUR, step=30 * MINUTE)
    assert texts(chats) == ["Which size?"]
    stage.live(4 * HOUR, step=30 * MINUTE)
    assert texts(chats)[1:] == ["It is silence."]


def test_one_that_is_put_off_still_is_looked_after_again(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    wrote(stage, "hello")
    [question] = stage.messages()
    stage.change(schema.messages, question.id, sent_at=None, state="held")
    stage.live(3 * HOUR, step=30 * MINUTE)
    assert texts(chats) == ["Which size?"]
    stage.change(schema.messages, question.id, state="skipped")
    stage.live(HOUR, step=30 * MINUTE)
    assert texts(chats)[1:] == ["It is silence."]


@pytest.mark.parametrize("confirms", [True, False])
def test_a_typed_address_is_nobodys_until_its_owner_says_so_by_mail(
    stage: Stage, chats: Chats, confirms: bool
) -> None:
    collecting(stage, confirms=confirms)
    ada = wrote(stage, "hello")
    assert "you agree" in texts(chats)[0]
    wrote(stage, "Sure: Ada.New@Example.com, thanks", sender_name="Ada\nof Instagram")
    outbox_work(stage)
    [row] = stage.rows(schema.customers, id=ada)
    assert (row.email, row.email_consent) == (None, None)
    assert row.properties["email_given"] == "ada.new@example.com"
    [asked] = stage.sink.mails
    assert asked["To"] == "ada.new@example.com"
    assert "in a chat with us on Instagram (Ada of Instagram)" in text_of(asked)
    assert texts(chats)[1:] == ["It is thanks."]


def test_the_owner_s_click_joins_the_chat_and_the_merchant_can_take_it_off_again(
    stage: Stage, chats: Chats
) -> None:
    collecting(stage, confirms=True)
    ada = wrote(stage, "hello")
    wrote(stage, "ada.new@example.com")
    outbox_work(stage)
    confirm(stage, *link_in(stage.sink.mails[0]))
    [owner] = stage.rows(schema.customers, email_key="ada.new@example.com")
    assert (owner.id != ada, owner.email_consent) == (True, "subscribed")
    assert wrote(stage, "again") == owner.id
    assert {row.customer_id for row in stage.rows(schema.inbound_messages)} == {owner.id}
    with pytest.raises(NotHere):
        joining.split(stage.runtime, stage.store, ada, "instagram", ADA)
    joining.split(stage.runtime, stage.store, owner.id, "instagram", ADA)
    assert wrote(stage, "and again") == ada
    for who in (ada, owner.id):
        told = {one.name for one in stage.rows(schema.events, customer_id=who)}
        assert {"identity.joined", "identity.split"} <= told


def test_a_stranger_who_typed_it_gets_nothing_from_a_click_on_another_mail(
    stage: Stage, chats: Chats
) -> None:
    """The owner clicked the link of a mail that named no chat, or that of somebody's guess."""
    collecting(stage, confirms=True)
    ada = wrote(stage, "hello")
    wrote(stage, "bo@example.com")
    outbox_work(stage)
    token, _ = link_in(stage.sink.mails[0])
    for word in ("", "guessed"):
        confirm(stage, token, word)
    assert wrote(stage, "again") == ada
    stage.customer("Bo2", email="bo2@example.com")
    wrote(stage, "hello")
    assert not stage.rows(schema.identities, customer_id=ada)[0].joined_at


def test_who_becomes_a_customer_by_an_address_typed_before_is_not_who_typed_it(
    stage: Stage, chats: Chats
) -> None:
    collecting(stage, confirms=False)
    stranger = wrote(stage, "hello")
    wrote(stage, "new@example.com")
    owner = stage.customer("New", email="new@example.com")
    assert owner != stranger
    assert wrote(stage, "hello") == stranger


def test_a_proven_address_counts_at_once_and_what_was_agreed_to_is_kept(
    stage: Stage, chats: Chats
) -> None:
    collecting(stage, confirms=False)
    ada = wrote(stage, "hello")
    agreed = texts(chats)[0].removeprefix("Your address?\n\n")
    stage.change(schema.customers, ada, email="ada@example.com", email_key="ada@example.com")
    wrote(stage, "ada@example.com")
    outbox_work(stage)
    [row] = stage.rows(schema.customers, id=ada)
    assert (row.email_consent, stage.sink.mails) == ("subscribed", [])
    [kept] = stage.rows(schema.signups)
    assert (kept.email, kept.told["text"], kept.confirmed_at is None) == (
        "ada@example.com", agreed, False
    )  # fmt: skip


def test_somebody_elses_address_is_not_given_and_its_owner_is_asked(
    stage: Stage, chats: Chats
) -> None:
    collecting(stage, confirms=False)
    owner = stage.customer("Bo", email_consent=None)
    [bo] = stage.rows(schema.customers, id=owner)
    ada = wrote(stage, "hello")
    wrote(stage, str(bo.email))
    outbox_work(stage)
    [row] = stage.rows(schema.customers, id=ada)
    [who] = stage.rows(schema.identities, customer_id=ada)
    assert (row.email, who.claims_id) == (None, owner)
    assert stage.rows(schema.customers, id=owner)[0].email_consent is None
    assert [mail["To"] for mail in stage.sink.mails] == [bo.email]
    assert texts(chats)[1:] == ["It is thanks."]


def test_a_number_counts_only_from_the_phone_itself(stage: Stage, chats: Chats) -> None:
    collecting(stage, confirms=False, contact="phone")
    ada = wrote(stage, "hello")
    wrote(stage, "+1 555 010 0199")
    [row] = stage.rows(schema.customers, id=ada)
    assert (row.phone, row.sms_consent) == (None, None)
    assert row.properties["phone_given"] == "+15550100199"
    assert texts(chats)[1:] == ["It is thanks."]


def test_a_heart_on_the_question_is_no_answer_to_it(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    wrote(stage, "hello")
    wrote(stage, "❤️", kind=InboundKind.REACTION)
    wrote(stage, "small")
    assert texts(chats) == ["Which size?", "It is small."]


def test_what_is_no_address_takes_its_own_way(stage: Stage, chats: Chats) -> None:
    collecting(stage, confirms=True)
    wrote(stage, "hello")
    wrote(stage, "I'd rather not")
    assert texts(chats)[1:] == ["It is other."]


def text_of(mail: Any) -> str:
    return " ".join(mail.get_body(("plain",)).get_content().split())


def link_in(mail: Any) -> tuple[str, str]:
    """Give the token and the word of the link."""
    found = re.search(r"/f/([^?\s]+)\?chat=(\S+)", mail.get_body(("plain",)).get_content())
    assert found
    return found[1], found[2]


def confirm(stage: Stage, token: str, word: str) -> None:
    signups.confirm(stage.runtime, token, word)
    stage.work()


def collecting(stage: Stage, *, confirms: bool, contact: str = "email") -> None:
    [row] = stage.rows(schema.stores, id=stage.store_id)
    told = {**row.settings, "signup_form": {"confirms": confirms}}
    stage.change(schema.stores, stage.store_id, settings=told)
    step = {
        **ON, "kind": "collect", "id": "mail", "contact": contact, "timeout": "PT2H",
        "template": {"chat": {"text": "Your address?"}}, "given": [said("thanks")],
        "otherwise": [said("other")],
    }  # fmt: skip
    a_question(stage, step)


def outbox_work(stage: Stage) -> None:
    outbox.drain(stage.runtime, [stage.store_id])
    stage.work()


def test_another_store_sees_no_question_and_gives_no_address(stage: Stage, chats: Chats) -> None:
    a_question(stage)
    ada = wrote(stage, "hello")
    [row] = stage.messages()
    asked = [(row.enrollment_id, row.step_id)]
    with stage.database.writing() as connection:
        assert questions.lately_sent(connection, stage.stranger_id, ada, "instagram") == []
        assert questions.sent_at(connection, stage.stranger_id, asked) == {}
        told = (stage.stranger_id, ada, "+15550199", stage.runtime.secrets.address_hash)
        assert addresses_given.give_phone(connection, *told) is None
        assert questions.sent_at(connection, stage.store_id, asked) != {}
    assert stage.rows(schema.customers, id=ada)[0].phone is None
