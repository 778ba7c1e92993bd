"""A chat joined by a mail's link: once, in its own store, and what it means to who had it."""

import pytest

from jobs import joining, signups
from storage import schema, stores
from tests.jobs.chatting import ADA, Chats, connected, wrote
from tests.jobs.stage import Stage
from tests.jobs.test_answers import collecting, confirm, link_in, outbox_work, said, text_of
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import a_flow

WAIT = {"kind": "delay", "id": "wait", "duration": "P1D"}


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def test_the_link_that_joined_a_chat_does_not_join_it_again(stage: Stage, chats: Chats) -> None:
    collecting(stage, confirms=True)
    ada = wrote(stage, "hello")
    wrote(stage, "ada.new@example.com")
    outbox_work(stage)
    link = link_in(stage.sink.mails[0])
    confirm(stage, *link)
    [owner] = stage.rows(schema.customers, email_key="ada.new@example.com")
    joining.split(stage.runtime, stage.store, owner.id, "instagram", ADA)
    confirm(stage, *link)
    assert wrote(stage, "again") == ada


def test_a_link_of_another_store_joins_nothing(stage: Stage, chats: Chats) -> None:
    collecting(stage, confirms=True)
    ada = wrote(stage, "hello")
    wrote(stage, "ada.new@example.com")
    outbox_work(stage)
    _, word = link_in(stage.sink.mails[0])
    [signup] = stage.rows(schema.signups)
    stage.customer(email="ada.new@example.com", email_key="ada.new@example.com")
    with stage.database.reading() as connection:
        stranger = stores.by_id(connection, stage.stranger_id)
    assert stranger
    joining.join_by_email(stage.runtime, stranger, signup.id, word)
    assert wrote(stage, "again") == ada
    joining.join_by_email(stage.runtime, stage.store, signup.id, word)
    assert wrote(stage, "and again") != ada


@pytest.mark.parametrize("other", [None, "+15550100"], ids=["nowhere else", "by text, too"])
def test_flows_of_whoever_had_the_chat_end_where_nothing_reaches_them_any_more(
    stage: Stage, chats: Chats, other: str | None
) -> None:
    collecting(stage, confirms=True)
    ada = wrote(stage, "hello")
    wrote(stage, "ada.new@example.com")
    outbox_work(stage)
    a_flow(stage, WAIT, said("later"), trigger={"event": "order.placed"})
    ordered(stage, ada)
    stage.work()
    stage.change(schema.customers, ada, phone=other)
    confirm(stage, *link_in(stage.sink.mails[0]))
    [row] = [row for row in stage.rows(schema.enrollments, customer_id=ada) if row.order_id]
    assert (row.state, row.end_reason) == (("active", None) if other else ("ended", "no_address"))


def test_what_a_subscriber_agreed_to_stands_whoever_types_their_address_in_a_chat(
    stage: Stage, chats: Chats
) -> None:
    collecting(stage, confirms=True)
    form = signups.Asked("bo@example.com", {"text": "Yes, mail me", "locale": "en"})
    stage.database.write(lambda c: signups.agreed(stage.runtime, c, stage.store, form))
    owner = stage.customer("Bo", email="bo@example.com", email_key="bo@example.com")
    stage.change(schema.customers, owner, email_consent="subscribed")
    [before] = stage.rows(schema.signups)
    ada = wrote(stage, "hello")
    wrote(stage, "bo@example.com")
    outbox_work(stage)
    [after] = stage.rows(schema.signups)
    assert {**after.told, "chat": None} == {**before.told, "chat": None}
    assert (after.asked_at, after.confirmed_at) == (before.asked_at, before.confirmed_at)
    assert wrote(stage, "again") == ada
    confirm(stage, *link_in(stage.sink.mails[0]))
    assert wrote(stage, "it was me") == owner
    assert stage.rows(schema.signups)[0].told == before.told


def test_a_stranger_advertises_nothing_by_how_they_call_themselves(
    stage: Stage, chats: Chats
) -> None:
    collecting(stage, confirms=True)
    wrote(stage, "hello")
    wrote(stage, "bo@example.com", sender_name="Win at evil.example/prize")
    outbox_work(stage)
    [asked] = stage.sink.mails
    assert "in a chat with us on Instagram. With" in text_of(asked)
    assert "evil" not in asked.as_string()


def test_one_chat_has_so_many_owners_asked_in_a_day_and_another_asks_its_own(
    stage: Stage, chats: Chats
) -> None:
    collecting(stage, confirms=True)
    wrote(stage, "hello")
    wrote(stage, "victim0@example.com")
    chat = {"channel": "instagram", "address": ADA, "name": "", "word": "w"}
    for number in range(1, 8):
        told = signups.Asked(f"victim{number}@example.com", {"source": "chat", "chat": chat})
        stage.database.write(
            lambda c, one=told: signups.ask_later(stage.runtime, c, stage.store, one)  # type: ignore[misc]
        )
    wrote(stage, "hello", "igsid-bo")
    wrote(stage, "bo@example.com", "igsid-bo")
    outbox_work(stage)
    asked = sorted(str(one["To"]) for one in stage.sink.mails)
    victims = [f"victim{number}@example.com" for number in range(signups.BY_CHAT)]
    assert asked == ["bo@example.com", *victims]
