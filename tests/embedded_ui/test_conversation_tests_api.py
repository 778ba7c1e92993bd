"""Test conversations by the API: written in as a visitor, answered as a customer's."""

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select, update

from jobs import publish, reply
from jobs.runtime import Runtime
from marketing.chat import AGENT
from marketing.flow_schema import dump, load
from marketing.team import Role
from storage import Connection, alarms, customers, flows, schema
from storage.customer_search import Wanted, customer_page
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.seeding import SmallStore

Line = dict[str, Any]


def start(ask: Ask) -> str:
    found: str = told(ask, "/conversations/test", method="POST")["customer_id"]
    return found


def say(ask: Ask, text: str = "", **more: str) -> int:
    said = {"id": str(uuid.uuid4()), "text": text, **more}
    answer = ask("/conversations/test/said", "POST", json=said)
    assert answer.status_code == 201, answer.json
    number: int = (answer.json or {})["number"]
    return number


def seen_by_visitor(ask: Ask, after: int = 0, seen: int = 0) -> list[Line]:
    found: list[Line] = told(
        ask, "/conversations/test/lines", method="POST", json={"after": after, "seen": seen}
    )["lines"]
    return found


def listed(ask: Ask, **query: str) -> list[Line]:
    found: list[Line] = told(ask, "/conversations", query_string=query)["conversations"]
    return found


def answer(ask: Ask, who: str, text: str) -> int:
    body = {"channel": "webchat", "text": text, "key": str(uuid.uuid4())}
    return ask(f"/conversations/{who}/replies", "POST", json=body).status_code


def work(runtime: Runtime, store: SmallStore) -> None:
    while reply.drain(runtime, [store.id]):
        pass


def test_what_a_member_says_as_a_visitor_is_a_conversation_marked_as_a_test(
    ask: Ask, maple: SmallStore
) -> None:
    who = start(ask)
    say(ask, "Is the mug in stock?")
    [line] = listed(ask)
    assert line["customer_id"] == who
    assert (line["is_test"], line["is_own_test"], line["channel"]) == (True, True, "webchat")
    assert (line["said"], line["unread"]) == ("Is the mug in stock?", 1)
    assert line["waiting_since"] is not None


def test_it_is_answered_from_the_inbox_without_a_website_chat_and_told_as_read(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    who = start(ask)
    say(ask, "Is the mug in stock?")
    thread = told(ask, f"/conversations/{who}")
    assert [(way["channel"], way["refusal"]) for way in thread["ways"]] == [("webchat", None)]
    assert answer(ask, who, "Three of them") == 201
    work(runtime, maple)
    asked, answered = seen_by_visitor(ask)
    assert (asked["author"], answered["author"]) == ("visitor", "person")
    assert answered["text"] == "Three of them"
    newest = told(ask, f"/conversations/{who}")["entries"][0]
    assert newest["state"] == "sent"
    seen_by_visitor(ask, after=2, seen=2)
    entries = told(ask, f"/conversations/{who}")["entries"]
    assert "read" in [entry["state"] for entry in entries]


def test_asking_for_a_person_hands_it_over_and_it_is_handed_back(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    who = start(ask)
    say(ask, payload=AGENT)
    [line] = listed(ask)
    assert line["state"] == "human"
    work(runtime, maple)
    assert [one["author"] for one in seen_by_visitor(ask)] == ["visitor", "bot"]
    told(ask, f"/conversations/{who}/hand-back", method="POST")
    assert listed(ask)[0]["state"] == "automated"
    told(ask, f"/conversations/{who}/close", method="POST")
    assert listed(ask) == []


def test_each_member_has_one_and_gets_it_back_open(ask: Ask, maple: SmallStore) -> None:
    who = start(ask)
    say(ask, "Hello")
    told(ask, f"/conversations/{who}/close", method="POST")
    assert start(ask) == who
    assert [line["customer_id"] for line in listed(ask)] == [who]


def test_it_counts_nowhere_and_rings_nobody(
    ask: Ask, maple: SmallStore, database: Database, runtime: Runtime
) -> None:
    alert = {"conversations": {"emails": ["team@maple.example"]}}
    with database.writing() as connection:
        before = customer_page(connection, maple.id, Wanted()).total
        whose = schema.stores.c.id == maple.id
        connection.execute(update(schema.stores).where(whose).values(settings=alert))
    who = start(ask)
    say(ask, "I want to talk to a human")
    say(ask, "STOP")
    assert told(ask, "/conversations/unread")["unread"] == 0
    with database.reading() as connection:
        assert customer_page(connection, maple.id, Wanted()).total == before
        assert customers.find(connection, maple.id, "id", who) is None
        assert alarms.waiting(connection, maple.id, 10) == (0, [])
        now = database.now(connection)
        assert alarms.handed_over_since(connection, maple.id, now.replace(year=2000), ()) == 0
        for table in (schema.outbox, schema.suppressions, schema.rule_calls):
            theirs = table.c.store_id == maple.id
            assert connection.execute(select(func.count()).where(theirs)).scalar_one() == 0, table
        entered = select(func.count()).where(schema.enrollments.c.customer_id == who)
        assert connection.execute(entered).scalar_one() == 0


def test_it_is_deleted_whole_and_nothing_else_is(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    who = start(ask)
    say(ask, "I want to talk to a human")
    assert ask(f"/conversations/{who}/test", "DELETE").status_code == 204
    assert listed(ask) == []
    assert ask("/conversations/test/lines", "POST", json={}).status_code == 404
    with database.reading() as connection:
        for table in schema.metadata.sorted_tables:
            if "customer_id" in table.c:
                rows = select(func.count()).where(table.c.customer_id == who)
                assert connection.execute(rows).scalar_one() == 0, table
        assert customers.find(connection, maple.id, "id", maple.ada) is not None
    assert start(ask) != who


def test_a_customers_conversation_is_no_test_to_delete(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    told_by_program = ask(f"/conversations/{maple.ada}/test", "DELETE")
    assert told_by_program.status_code == 404, "Ada has no conversation"
    with database.writing() as connection:
        now = database.now(connection)
        row = {"store_id": maple.id, "customer_id": maple.ada, "state": "automated"}
        connection.execute(schema.conversations.insert().values(**row, last_at=now))
    assert ask(f"/conversations/{maple.ada}/test", "DELETE").status_code == 409
    assert len(listed(ask)) == 1


def test_another_store_neither_sees_nor_ends_it(
    ask: Ask, maple: SmallStore, neighbour: SmallStore
) -> None:
    who = start(ask)
    say(ask, "Hello")
    theirs = ask("/conversations", domain=NEIGHBOUR).json or {}
    assert theirs["conversations"] == []
    lines = ask("/conversations/test/lines", "POST", domain=NEIGHBOUR, json={})
    assert lines.status_code == 404, "a test is its member's alone"
    for path, method in (("", "GET"), ("/test", "DELETE"), ("/close", "POST")):
        found = ask(f"/conversations/{who}{path}", method, domain=NEIGHBOUR)
        assert found.status_code == 404, path
    other = ask("/conversations/test", "POST", domain=NEIGHBOUR).json or {}
    assert other["customer_id"] != who
    assert [line["customer_id"] for line in listed(ask)] == [who]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.VIEWER, 403), (Role.EDITOR, 200), (Role.INBOX, 200)]
)
def test_whoever_may_answer_may_test(
    ask: Ask, maple: SmallStore, database: Database, role: Role, status: int
) -> None:
    ask("/store")
    with database.writing() as connection:
        theirs = schema.team.c.store_id == maple.id
        connection.execute(update(schema.team).where(theirs).values(role=role.value))
    assert ask("/conversations/test", "POST").status_code == status


@pytest.mark.parametrize("said", [{"text": "  "}, {"payload": "never-offered"}])
def test_nothing_to_say_and_a_button_that_was_not_offered_are_refused(
    ask: Ask, maple: SmallStore, said: dict[str, str]
) -> None:
    start(ask)
    body = {"id": str(uuid.uuid4()), **said}
    assert ask("/conversations/test/said", "POST", json=body).status_code == 422
    assert seen_by_visitor(ask) == []


def test_said_twice_it_is_heard_once(ask: Ask, maple: SmallStore) -> None:
    start(ask)
    body = {"id": str(uuid.uuid4()), "text": "Hello"}
    for _ in range(2):
        assert ask("/conversations/test/said", "POST", json=body).status_code == 201
    assert len(seen_by_visitor(ask)) == 1
    assert listed(ask)[0]["unread"] == 1


# --- flows' words ---------------------------------------------------------------------------------

ON = {"channel": "instagram", "message_kind": "transactional"}
WORD = {"event": "message.received", "channel": "instagram", "keywords": ["size"]}


def words(step_id: str, text: str) -> dict[str, Any]:
    return {**ON, "kind": "message", "id": step_id, "template": {"chat": {"text": text}}}


QUESTION = {
    **ON, "kind": "ask", "id": "which", "timeout": "PT2H",
    "template": {"chat": {"text": "For whom?"}},
    "answers": [
        {"key": "me", "label": "Me", "keywords": [], "steps": [words("mine", "Take M.")]},
        {"key": "gift", "label": "A gift", "keywords": [], "steps": [words("theirs", "Take L.")]},
    ],
}  # fmt: skip


def a_flow(
    runtime: Runtime, store: SmallStore, *steps: dict[str, Any], is_live: bool = True
) -> None:
    flow = load({"name": "Sizes", "trigger": WORD, "steps": list(steps)})

    def create(connection: Connection) -> str | None:
        now = runtime.database.now(connection)
        return flows.create(connection, store.id, flow, dump(flow), now)

    flow_id = runtime.database.write(create)
    assert flow_id
    if is_live:
        publish.publish(runtime, store.id, flow_id)


def test_a_live_flow_says_to_its_word_what_it_would_and_goes_on_after_a_tap(
    ask: Ask, maple: SmallStore, runtime: Runtime, database: Database
) -> None:
    a_flow(runtime, maple, words("hello", "Our sizes:"), QUESTION)
    who = start(ask)
    say(ask, "SIZE?")
    work(runtime, maple)
    _, hello, question = seen_by_visitor(ask)
    assert (hello["text"], question["text"]) == ("Our sizes:", "For whom?")
    [line] = listed(ask)
    assert (line["unread"], line["waiting_since"]) == (0, None)
    [gift] = [one for one in question["buttons"] if one["label"] == "A gift"]
    say(ask, "A gift", payload=gift["payload"])
    work(runtime, maple)
    assert seen_by_visitor(ask)[-1]["text"] == "Take L."
    with database.reading() as connection:
        for table in (schema.enrollments, schema.messages, schema.events):
            theirs = select(func.count()).where(table.c.customer_id == who)
            assert connection.execute(theirs).scalar_one() == 0


ADDRESS = {
    **ON, "kind": "collect", "id": "where", "timeout": "PT2H", "contact": "email",
    "template": {"chat": {"text": "Where to?"}},
    "given": [words("thanks", "On its way.")], "otherwise": [words("no", "That is none.")],
}  # fmt: skip


def said_last(ask: Ask, runtime: Runtime, store: SmallStore, text: str) -> str:
    """Say something as the visitor; give what is said to it, else the words themselves."""
    say(ask, text)
    work(runtime, store)
    return str(seen_by_visitor(ask)[-1]["text"])


@pytest.mark.parametrize(("typed", "said"), [("a gift!", "Take L."), ("1", "Take M.")])
def test_a_typed_answer_goes_on_as_a_tapped_one_does_and_only_the_first_counts(
    ask: Ask, maple: SmallStore, runtime: Runtime, typed: str, said: str
) -> None:
    a_flow(runtime, maple, QUESTION)
    start(ask)
    assert said_last(ask, runtime, maple, "size") == "For whom?"
    assert said_last(ask, runtime, maple, typed) == said
    [line] = listed(ask)
    assert (line["unread"], line["waiting_since"]) == (0, None)
    assert said_last(ask, runtime, maple, typed) == typed


def test_a_typed_answer_that_the_question_does_not_understand_takes_its_way_and_waits(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    a_flow(runtime, maple, {**QUESTION, "otherwise": [words("else", "Tell us more.")]})
    start(ask)
    assert said_last(ask, runtime, maple, "size") == "For whom?"
    assert said_last(ask, runtime, maple, "My old aunt") == "Tell us more."
    assert listed(ask)[0]["waiting_since"] is not None


def test_a_question_without_a_way_for_other_words_is_answered_once(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    a_flow(runtime, maple, QUESTION)
    start(ask)
    said_last(ask, runtime, maple, "size")
    for typed in ("My old aunt", "A gift"):  # what was not understood has answered it, too
        assert said_last(ask, runtime, maple, typed) == typed


@pytest.mark.parametrize(
    ("typed", "said"), [("ada@example.com", "On its way."), ("nowhere", "That is none.")]
)
def test_an_address_that_is_asked_for_is_typed_and_kept_nowhere(
    ask: Ask, maple: SmallStore, runtime: Runtime, database: Database, typed: str, said: str
) -> None:
    a_flow(runtime, maple, ADDRESS)
    who = start(ask)
    assert said_last(ask, runtime, maple, "size") == "Where to?"
    assert said_last(ask, runtime, maple, typed) == said
    with database.reading() as connection:
        c = schema.customers.c
        [row] = connection.execute(select(c.email, c.properties).where(c.id == who)).all()
    assert (row.email, row.properties) == (None, {})


def test_after_a_persons_words_nothing_typed_answers_the_question(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    a_flow(runtime, maple, QUESTION)
    who = start(ask)
    said_last(ask, runtime, maple, "size")
    assert answer(ask, who, "Whom is it for?") == 201
    work(runtime, maple)
    told(ask, f"/conversations/{who}/hand-back", method="POST")
    assert said_last(ask, runtime, maple, "A gift") == "A gift"


def test_no_draft_no_neighbour_and_no_other_word_is_answered(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, runtime: Runtime
) -> None:
    a_flow(runtime, maple, words("draft", "Of a draft."), is_live=False)
    a_flow(runtime, neighbour, words("theirs", "Of another."))
    start(ask)
    say(ask, "size")
    work(runtime, maple)
    assert len(seen_by_visitor(ask)) == 1
    a_flow(runtime, maple, words("hello", "Our sizes:"))
    say(ask, "Is it in stock?")
    work(runtime, maple)
    assert "Our sizes:" not in [one["text"] for one in seen_by_visitor(ask)]
