"""The inbox's API: listed, read, answered by who may, by a channel that may; nobody else's."""

import itertools
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from channels.base import InboundMessage, ThreadMoved
from jobs import conversations as hands
from jobs import conversing, leading
from jobs.runtime import Runtime
from marketing.attachments import Attachment, AttachmentKind
from marketing.hand_over_rules import Found
from marketing.leading import Leader
from marketing.model import ChannelName
from marketing.team import Role
from storage import (
    Connection,
    channel_accounts,
    conversations,
    demo_clock,
    inbound,
    schema,
    stores,
    team,
    threads,
)
from storage.database import Database
from storage.inbound import Inbound
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.seeding import Rows, SmallStore

NUMBER = "+15550100"
Write = Callable[..., None]


@pytest.fixture
def write(runtime: Runtime, maple: SmallStore) -> Write:
    """Let a customer write, by text unless it is said otherwise."""
    account = ("twilio", {"account_sid": "AC1", "sender": "+15005550006"}, {"auth_token": "t"})

    def connect(connection: Connection) -> None:
        real_now = runtime.database.real_now(connection)
        args = (connection, runtime.secrets, maple.id, ChannelName.SMS, account, real_now)
        channel_accounts.connect(*args)

    runtime.database.write(connect)
    numbers = itertools.count()

    def wrote(text: str, channel: str = "sms", whose: str = maple.ada, **at: datetime) -> None:
        def keep(connection: Connection) -> None:
            number = next(numbers)
            apart = timedelta(
                seconds=-1, milliseconds=number
            )  # two may come in one tick of a clock
            now = at.get("at") or runtime.database.now(connection) + apart
            told = Inbound(f"in{number}", whose, NUMBER, text, now)
            inbound.keep(connection, maple.id, channel, [told])

        runtime.database.write(keep)

    return wrote


def reply_with(text: str = "Hello Ada", **more: Any) -> dict[str, Any]:
    return {"channel": "sms", "text": text, "key": str(uuid.uuid4()), **more}


def lines(ask: Ask, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(ask, "/conversations", query_string=query)["conversations"]
    return found


def be(database: Database, store: SmallStore, role: Role) -> None:
    """Give whoever asks this role."""
    with database.writing() as connection:
        connection.execute(
            update(schema.team).where(schema.team.c.store_id == store.id).values(role=role.value)
        )


def test_a_thread_tells_why_a_person_took_over_what_they_wrote_elsewhere_and_what_was_deleted(
    ask: Ask, maple: SmallStore, write: Write, runtime: Runtime
) -> None:
    write("My secret")
    kept = rows_of_inbound(runtime)

    def happen(connection: Connection) -> None:
        store, now = stores.by_id(connection, maple.id), runtime.database.now(connection)
        assert store
        inbound.empty(connection, maple.id, "sms", kept[0])
        echo = InboundMessage("e1", "page", "We are on it", is_echo=True, recipient="igsid")
        conversing.hear(runtime, connection, store, ChannelName.INSTAGRAM, [echo])
        found = Found("frustration")
        told = {"at": now, "by": "rule", "found": found}
        hands.take_over(connection, runtime, store, maple.ada, **told)

    runtime.database.write(happen)
    thread = told(ask, f"/conversations/{maple.ada}")["entries"]
    by_kind = {one["kind"]: one for one in thread}
    assert by_kind["inbound"]["text"] is None
    assert by_kind["hands"]["why"] == "They seem frustrated."
    [other] = [one["customer_id"] for one in lines(ask) if one["customer_id"] != maple.ada]
    elsewhere = {one["kind"]: one for one in told(ask, f"/conversations/{other}")["entries"]}
    assert (elsewhere["reply"]["text"], elsewhere["reply"]["by"]) == ("We are on it", "platform")
    assert elsewhere["hands"]["why"].startswith("Somebody of your team wrote")


def test_what_was_sent_on_the_platform_itself_stands_in_the_thread_with_its_picture(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, runtime: Runtime
) -> None:
    picture = Attachment(AttachmentKind.PICTURE, url="https://cdn.example/mug.jpg", name="mug")
    echo = InboundMessage(
        "e1", "page", "", is_echo=True, recipient="igsid-echo", attachments=(picture,)
    )

    def happen(connection: Connection) -> None:
        store = stores.by_id(connection, maple.id)
        assert store
        conversing.hear(runtime, connection, store, ChannelName.INSTAGRAM, [echo])

    runtime.database.write(happen)
    [line] = lines(ask)
    shown = [{"kind": "picture", "name": "mug", "has_file": True}]
    assert line["attachments"] == shown
    who = line["customer_id"]
    [sent] = [
        one for one in told(ask, f"/conversations/{who}")["entries"] if one["kind"] == "reply"
    ]
    assert (sent["by"], sent["attachments"]) == ("platform", shown)
    door = f"/conversations/{who}/attachments/{sent['id']}"
    assert ask(f"{door}/2").status_code == 404, "there is one alone"
    assert ask(f"{door}/1").status_code == 409, "its channel is not connected here"
    assert ask(f"{door}/1", domain=NEIGHBOUR).status_code == 404
    timeline = told(ask, f"/customers/{who}/timeline")["entries"]
    [answer] = [one["reply"] for one in timeline if one["kind"] == "reply"]
    assert answer["attachments"] == shown


def test_a_thread_says_who_else_of_the_team_is_writing_for_a_while(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, write: Write, runtime: Runtime
) -> None:
    write("Is it in stock?")
    door = f"/conversations/{maple.ada}"
    assert ask(f"{door}/writing", "POST").status_code == 200
    assert told(ask, door)["writing"] is None, "nobody is told of themselves"

    def another(seconds: int) -> None:
        def note(connection: Connection) -> None:
            real_now = runtime.database.real_now(connection)
            other = team.welcome(connection, maple.id, "77", Role.INBOX, real_now)
            team.introduce(connection, maple.id, other.id, "Mara")
            at = real_now - timedelta(seconds=seconds)
            threads.writes(connection, maple.id, maple.ada, other.id, at)

        runtime.database.write(note)

    another(3)
    assert told(ask, door)["writing"] == {"name": "Mara"}
    assert ask(f"{door}/writing", "POST", domain=NEIGHBOUR).status_code == 404
    another(60)
    assert told(ask, door)["writing"] is None
    another(0)
    assert ask(f"{door}/replies", "POST", json=reply_with()).status_code == 201
    assert told(ask, door)["writing"] is None


def test_a_thread_says_who_has_it_on_the_platform_and_takes_no_answer_meanwhile(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    led(runtime, maple, "igsid-cleo", Leader.INBOX)
    [line] = lines(ask)
    where = f"/conversations/{line['customer_id']}"
    thread = told(ask, where)
    [way] = thread["ways"]
    assert (way["channel"], way["refusal"]) == ("messenger", "led_by_inbox")
    states = [(one["state"], one["reason"]) for one in thread["entries"] if one["kind"] == "hands"]
    assert sorted(states, key=str) == [("elsewhere", "led_by_inbox"), ("human", None)]
    refused = ask(f"{where}/replies", "POST", json=reply_with(channel="messenger"))
    assert refused.status_code == 409
    assert "Meta's own inbox" in refused.text
    led(runtime, maple, "igsid-cleo", Leader.US)
    assert told(ask, where)["ways"][0]["refusal"] is None
    timeline = told(ask, f"/customers/{line['customer_id']}/timeline")["entries"]
    names = [one["event"]["name"] for one in timeline if one["kind"] == "event"]
    assert {"conversation.left", "conversation.returned"} <= set(names)


def led(runtime: Runtime, maple: SmallStore, address: str, leader: Leader) -> None:
    """Let somebody write on Messenger, and then who leads be told."""
    public = {"account_id": "1", "verify_token": "word", "app_id": "2"}
    secret = {"app_secret": "a" * 32, "access_token": "t" * 20}

    def happen(connection: Connection) -> None:
        store, real_now = stores.by_id(connection, maple.id), runtime.database.real_now(connection)
        assert store
        given = (ChannelName.MESSENGER, ("meta", public, secret), real_now)
        mine = (connection, runtime.secrets, maple.id)
        account = channel_accounts.get(connection, maple.id, ChannelName.MESSENGER)
        account = account or channel_accounts.connect(*mine, *given)
        wrote = InboundMessage("m1", address, "Hello", real_now - timedelta(minutes=1))
        conversing.hear(runtime, connection, store, ChannelName.MESSENGER, [wrote])
        moved = ThreadMoved(address, leader, real_now)
        leading.hear(runtime, connection, store, account, [moved])

    runtime.database.write(happen)


def rows_of_inbound(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as connection:
        return list(connection.execute(select(schema.inbound_messages.c.provider_id)).scalars())


def test_a_thread_tells_all_that_was_said_newest_first_page_by_page(
    ask: Ask, maple: SmallStore, write: Write, runtime: Runtime
) -> None:
    with runtime.database.reading() as connection:
        begun = runtime.database.now(connection)
    for number in range(45):
        write(f"line {number}", at=begun - timedelta(milliseconds=45 - number))
    ask(f"/conversations/{maple.ada}/replies", "POST", json=reply_with())
    thread = told(ask, f"/conversations/{maple.ada}")
    said = [one["text"] for one in thread["entries"] if one["kind"] == "inbound"]
    assert "line 44" in said[0]
    reply = next(one for one in thread["entries"] if one["kind"] == "reply")
    assert (reply["state"], reply["author"]) == ("queued", "person")
    assert any(one["kind"] == "hands" for one in thread["entries"])
    older = told(ask, f"/conversations/{maple.ada}", query_string={"before": thread["before"]})
    said += [one["text"] for one in older["entries"] if one["kind"] == "inbound"]
    assert sorted(set(said)) == sorted(f"line {number}" for number in range(45))
    assert len(said) == 45


@pytest.mark.parametrize("text", ["", "  ", "\u200b\u200d\ufeff", "\u3164"])
def test_what_nobody_would_see_is_not_sent(
    ask: Ask, maple: SmallStore, write: Write, text: str
) -> None:
    write("hello")
    refused = ask(f"/conversations/{maple.ada}/replies", "POST", json=reply_with(text))
    assert refused.status_code == 422
    assert "Write something first." in refused.get_data(as_text=True)


def test_what_is_sent_twice_is_written_once(ask: Ask, maple: SmallStore, write: Write) -> None:
    write("hello")
    body = reply_with()
    first, second = (
        ask(f"/conversations/{maple.ada}/replies", "POST", json=body).json for _ in range(2)
    )
    assert first == second
    thread = told(ask, f"/conversations/{maple.ada}")
    assert len([one for one in thread["entries"] if one["kind"] == "reply"]) == 1


def test_the_second_of_two_who_answer_is_told_and_may_still_send(
    ask: Ask, maple: SmallStore, write: Write, database: Database
) -> None:
    write("hello")
    door = f"/conversations/{maple.ada}/replies"
    assert ask(door, "POST", json=reply_with()).status_code == 201
    with database.writing() as connection:
        someone = schema.new_id()
        connection.execute(update(schema.replies).values(author_id=someone, author_name="Mara"))
    answer = ask(door, "POST", json=reply_with("Me too"))
    assert answer.status_code == 409
    assert answer.json
    assert answer.json["field"] == "seen"
    assert "Mara" in answer.json["message"]
    assert ask(door, "POST", json=reply_with("Me too", anyway=True)).status_code == 201
    assert ask(door, "POST", json=reply_with("And", seen=2)).status_code == 201


def test_a_channel_that_is_closed_says_so_and_names_those_that_are_not(
    ask: Ask, maple: SmallStore, write: Write, runtime: Runtime, database: Database
) -> None:
    write("by text")
    write("by chat", channel="messenger")
    demo_clock.advance(database, timedelta(days=8))
    answer = ask(
        f"/conversations/{maple.ada}/replies", "POST", json=reply_with(channel="messenger")
    )
    assert answer.status_code == 409
    assert answer.json
    assert (answer.json["field"], answer.json["allowed"]) == ("channel", ["sms"])


def test_an_empty_reply_is_none(ask: Ask, maple: SmallStore, write: Write) -> None:
    write("hello")
    answer = ask(f"/conversations/{maple.ada}/replies", "POST", json=reply_with(" "))
    assert (answer.status_code, (answer.json or {})["field"]) == (422, "text")


def test_it_is_taken_over_and_handed_back(ask: Ask, maple: SmallStore, write: Write) -> None:
    write("hello")
    door = f"/conversations/{maple.ada}"
    assert told(ask, f"{door}/take-over", method="POST")["conversation"]["state"] == "human"
    assert told(ask, f"{door}/hand-back", method="POST")["conversation"]["state"] == "automated"


def test_whoever_answers_customers_may_do_all_that_and_nothing_else(
    ask: Ask, maple: SmallStore, write: Write, database: Database
) -> None:
    write("hello")
    lines(ask)
    be(database, maple, Role.INBOX)
    door = f"/conversations/{maple.ada}"
    assert ask(f"{door}/replies", "POST", json=reply_with()).status_code == 201
    for deed in ("read", "close", "reopen", "take-over", "hand-back"):
        assert ask(f"{door}/{deed}", "POST").status_code == 200
    saved = {"name": "Sizes", "text": "They run small, {first_name}."}
    made = ask("/saved-replies", "POST", json=saved).json
    assert made
    own = f"/saved-replies/{made['saved'][0]['id']}"
    assert ask("/saved-replies", "POST", json=saved).status_code == 422
    assert ask(own, "PUT", json={**saved, "text": "Large."}).status_code == 200
    assert ask(own, "DELETE").json == {"saved": []}
    assert ask("/settings", "PUT", json={}).status_code == 403
    assert ask("/flows", "POST", json={}).status_code == 403
    be(database, maple, Role.VIEWER)
    assert len(lines(ask)) == 1
    assert ask(f"{door}/replies", "POST", json=reply_with()).status_code == 403
    assert ask(f"{door}/read", "POST").status_code == 403


def test_another_stores_conversations_are_not_there(
    ask: Ask, maple: SmallStore, write: Write
) -> None:
    write("hello")
    theirs = ask("/conversations", domain=NEIGHBOUR).json or {}
    assert (theirs["conversations"], theirs["before"]) == ([], None)
    door = f"/conversations/{maple.ada}"
    for path, method, body in (
        (door, "GET", None),
        (f"{door}/replies", "POST", reply_with()),
        (f"{door}/close", "POST", None),
        (f"{door}/take-over", "POST", None),
    ):
        assert ask(path, method, domain=NEIGHBOUR, json=body).status_code == 404
    assert lines(ask)[0]["is_open"]


def test_two_customers_who_are_one_have_one_conversation(
    runtime: Runtime, maple: SmallStore, write: Write, database: Database
) -> None:
    with database.writing() as connection:
        other = Rows(connection, maple.id).customer("Ada too")
    write("from one")
    write("from the other", whose=other)
    with database.writing() as connection:
        conversations.merge(connection, maple.id, other, maple.ada)
    with database.reading() as connection:
        row = threads.one(connection, maple.id, maple.ada)
        assert threads.one(connection, maple.id, other) is None
    assert row
    assert row.unread == 2
