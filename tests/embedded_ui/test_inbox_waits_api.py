"""How long somebody waits in the inbox: sorted by it, and due by the store's own hours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from marketing.chat import Author
from storage import conversations, inbound, replies, schema, stores, threads
from storage.conversation_turns import ECHO
from storage.database import Database
from storage.inbound import Inbound
from storage.replies import NewReply
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.embedded_ui.test_inbox_api import lines
from tests.seeding import NOW, Rows, SmallStore, at

WORKDAYS = {str(day): {"start": "09:00", "end": "17:00"} for day in range(1, 6)}
Wait = Callable[..., None]


@pytest.fixture
def wait(database: Database, maple: SmallStore) -> Wait:
    """Let a customer have written some time ago; `is_human`: into human hands."""

    def waited(
        whose: str, minutes: int = 0, *, is_human: bool = False, rule: str | None = None
    ) -> None:
        wrote_at = NOW - timedelta(minutes=minutes)
        told = Inbound(f"in:{whose}:{minutes}", whose, "+15550100", "Hello?", wrote_at)
        hands: dict[str, Any] = {"at": wrote_at, "by": "merchant", "rule": rule}
        with database.writing() as connection:
            inbound.keep(connection, maple.id, "sms", [told])
            if is_human:
                assert conversations.hand_over(connection, maple.id, whose, **hands)

    return waited


def promise(database: Database, store: SmallStore, minutes: int | None, hours: Any = None) -> None:
    """Let the store promise a first answer within so many minutes of its hours."""
    with database.writing() as connection:
        told = {"answer_minutes": minutes, "hours": hours or {}}
        stores.set_settings(connection, store.id, {"conversations": told})


def due(ask: Ask) -> datetime | None:
    [line] = lines(ask)
    return datetime.fromisoformat(line["answer_by"]) if line["answer_by"] else None


def test_who_waits_longest_comes_first_and_after_them_who_nobody_owes_an_answer(
    ask: Ask, maple: SmallStore, wait: Wait, database: Database
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        waiting, lately, before = (rows.customer(name) for name in ("Wei", "Lara", "Bo"))
    for whose, minutes in ((before, 50), (lately, 40), (maple.ada, 10), (waiting, 30)):
        wait(whose, minutes)
    with database.writing() as connection:
        for whose in (before, lately):
            threads.answered(connection, maple.id, whose, NOW - timedelta(minutes=5))
    order = [line["customer_id"] for line in lines(ask, sort="waiting")]
    assert order[:2] == [waiting, maple.ada]
    assert set(order[2:]) == {before, lately}
    assert [line["customer_id"] for line in lines(ask, sort="waiting", channel="messenger")] == []
    assert ask("/conversations", query_string={"sort": "loudest"}).status_code == 422


def test_its_pages_join_without_a_gap_from_who_waits_to_who_does_not(
    ask: Ask, maple: SmallStore, wait: Wait, database: Database
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        people = [rows.customer(f"Person{number}") for number in range(75)]
    for number, one in enumerate(people):
        wait(one, 1 + number // 2)
    with database.writing() as connection:
        for number, one in enumerate(people[:40]):
            threads.answered(connection, maple.id, one, NOW - timedelta(seconds=number // 2))
    found, asked = pages_of(ask)
    assert asked == 3
    assert [line["customer_id"] for line in found] == in_order(found)
    assert sorted(line["customer_id"] for line in found) == sorted(people)
    assert {line["customer_id"] for line in found[:35]} == set(people[40:])


def pages_of(ask: Ask) -> tuple[list[dict[str, Any]], int]:
    found: list[dict[str, Any]] = []
    before: str | None = ""
    for asked in range(1, 10):
        query = {"sort": "waiting", "before": before}
        page = told(ask, "/conversations", query_string=query)
        found, before = found + page["conversations"], page["before"]
        if before is None:
            return found, asked
    raise AssertionError("it has no end")


def in_order(found: list[dict[str, Any]]) -> list[str]:
    waiting = [line for line in found if line["waiting_since"]]
    others = [line for line in found if not line["waiting_since"]]
    waiting.sort(key=lambda line: (line["waiting_since"], line["customer_id"]))
    others.sort(key=lambda line: (line["last_at"], line["customer_id"]), reverse=True)
    return [line["customer_id"] for line in waiting + others]


def test_an_answer_is_due_by_the_hours_of_the_store(
    ask: Ask, maple: SmallStore, wait: Wait, database: Database
) -> None:
    wait(maple.ada, is_human=True)
    assert due(ask) is None
    promise(database, maple, 60)
    assert due(ask) == NOW + timedelta(hours=1)
    # It is Friday, one in the afternoon in New York: four hours until the weekend.
    promise(database, maple, 300, WORKDAYS)
    assert due(ask) == at("2026-11-23 15:00")
    thread = told(ask, f"/conversations/{maple.ada}")
    assert thread["conversation"]["answer_by"] == lines(ask)[0]["answer_by"]
    assert datetime.fromisoformat(thread["now"]) == NOW


def test_an_answer_that_is_late_stays_due_when_it_was(
    ask: Ask, maple: SmallStore, wait: Wait, database: Database
) -> None:
    promise(database, maple, 30)
    wait(maple.ada, 90, is_human=True)
    assert due(ask) == NOW - timedelta(minutes=60)


def test_nothing_is_due_to_whom_automation_answers_or_a_person_did(
    ask: Ask, maple: SmallStore, wait: Wait, database: Database
) -> None:
    promise(database, maple, 30)
    wait(maple.ada, 20)
    assert due(ask) is None
    with database.writing() as connection:
        told = {"at": NOW - timedelta(minutes=20), "by": "merchant"}
        conversations.hand_over(connection, maple.id, maple.ada, **told)
    assert due(ask) is not None
    answer(database, maple, Author.BOT)
    assert due(ask) is not None, "a machine's words are no answer of a person"
    answer(database, maple, Author.PERSON)
    assert due(ask) is None
    wait(maple.ada, 1)
    assert due(ask) is None, "the first answer is what is promised"


def answer(database: Database, store: SmallStore, author: Author) -> None:
    with database.writing() as connection:
        new = NewReply(store.ada, "sms", "+15550100", author, "Here I am")
        replies.queue(connection, store.id, new, NOW, NOW)


def test_nothing_is_due_where_somebody_answered_on_the_platform_itself(
    ask: Ask, maple: SmallStore, wait: Wait, database: Database
) -> None:
    promise(database, maple, 30)
    wait(maple.ada, 20, is_human=True, rule=ECHO)
    assert due(ask) is None


def test_what_is_closed_or_waits_for_nobody_is_not_due(
    ask: Ask, maple: SmallStore, wait: Wait, database: Database
) -> None:
    promise(database, maple, 30)
    wait(maple.ada, 20, is_human=True)
    told(ask, f"/conversations/{maple.ada}/close", method="POST")
    [line] = lines(ask, show="closed", sort="waiting")
    assert (line["answer_by"], line["waiting_since"]) == (None, None)


def test_another_store_neither_sees_who_waits_nor_promises_for_them(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, wait: Wait, database: Database
) -> None:
    wait(maple.ada, 20, is_human=True)
    promise(database, neighbour, 5)
    assert due(ask) is None
    theirs = ask("/conversations", domain=NEIGHBOUR, query_string={"sort": "waiting"}).json or {}
    assert theirs["conversations"] == []
    with database.writing() as connection:
        r = schema.conversations
        same = (r.c.store_id == maple.id, r.c.customer_id == maple.ada)
        connection.execute(update(r).where(*same).values(unread=0))
        new = NewReply(maple.ada, "sms", "+15550100", Author.PERSON, "Not yours")
        replies.queue(connection, neighbour.id, new, NOW, NOW)
    promise(database, maple, 30)
    assert due(ask) is not None, "another store's reply answers nobody here"
