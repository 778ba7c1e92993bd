"""Replies, and who changed hands and why, told on the customer's timeline and in the thread."""

from typing import Any

from sqlalchemy import update

from channels.told_by_sms import UNTOLD
from jobs import conversations as hands
from jobs.runtime import Runtime
from marketing.chat import Author
from marketing.hand_over_rules import Found
from marketing.model import Reason
from storage import Connection, inbound, replies, schema, stores
from storage.database import Database
from storage.inbound import Inbound
from storage.replies import NewReply
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.embedded_ui.test_inbox_api import Write, reply_with, write
from tests.seeding import NOW, SmallStore

__all__ = ["write"]


def timeline(ask: Ask, whose: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = told(ask, f"/customers/{whose}/timeline")["entries"]
    return entries


def of_kind(ask: Ask, whose: str, kind: str) -> list[dict[str, Any]]:
    return [one[kind] for one in timeline(ask, whose) if one["kind"] == kind]


def named(database: Database, store: SmallStore, name: str) -> None:
    """Give whoever asks a name."""
    with database.writing() as connection:
        mine = schema.team.c.store_id == store.id
        connection.execute(update(schema.team).where(mine).values(name=name))


def test_who_took_over_and_gave_back_stands_on_the_timeline_and_in_the_thread(
    ask: Ask, maple: SmallStore, write: Write, database: Database
) -> None:
    write("hello")
    told(ask, "/conversations")
    named(database, maple, "Mara")
    door = f"/conversations/{maple.ada}"
    told(ask, f"{door}/take-over", method="POST")
    told(ask, f"/customers/{maple.ada}/not-needed", method="POST")
    by_name = {one["name"]: one for one in of_kind(ask, maple.ada, "event")}
    over, back = (by_name[f"conversation.handed_{end}"] for end in ("over", "back"))
    assert (over["by"], over["who"], over["why"]) == ("merchant", "Mara", None)
    assert (back["by"], back["who"], back["why"]) == ("merchant", "Mara", "Nobody was needed.")
    thread = [one for one in told(ask, door)["entries"] if one["kind"] == "hands"]
    assert {(one["state"], one["who"]) for one in thread} == {
        ("human", "Mara"),
        ("automated", "Mara"),
    }


def test_a_reply_tells_who_wrote_it_and_takes_the_conversation_over_in_their_name(
    ask: Ask, maple: SmallStore, write: Write, database: Database
) -> None:
    write("hello")
    told(ask, "/conversations")
    named(database, maple, "Mara")
    assert ask(f"/conversations/{maple.ada}/replies", "POST", json=reply_with()).status_code == 201
    [reply] = of_kind(ask, maple.ada, "reply")
    assert (reply["author"], reply["author_name"], reply["text"]) == ("person", "Mara", "Hello Ada")
    assert (reply["channel"], reply["state"], reply["by"]) == ("sms", "queued", None)
    assert [one["text"] for one in of_kind(ask, maple.ada, "inbound")] == ["hello"]
    [over] = of_kind(ask, maple.ada, "event")
    assert over["who"] == "Mara"


def test_why_a_rule_a_flow_or_the_clock_changed_hands_is_said_in_words(
    ask: Ask, maple: SmallStore, runtime: Runtime
) -> None:
    def happen(connection: Connection) -> None:
        store = stores.by_id(connection, maple.id)
        assert store
        whose = (connection, runtime, store)
        rule = {"by": hands.RULE, "found": Found("agent_word:en")}
        hands.take_over(*whose, maple.ada, at=NOW, **rule)
        hands.give_back(*whose, maple.ada, at=NOW, by=hands.CLOCK)
        hands.take_over(*whose, maple.ben, at=NOW, by=f"flow:{maple.flow[0]}")

    runtime.database.write(happen)
    by_name = {one["name"]: one for one in of_kind(ask, maple.ada, "event")}
    over, back = (by_name[f"conversation.handed_{end}"] for end in ("over", "back"))
    assert (over["by"], over["why"]) == ("rule", "They asked for a person.")
    assert (back["by"], back["why"]) == ("clock", "Nobody had written for a while.")
    [by_flow] = [one for one in of_kind(ask, maple.ben, "event") if one["by"]]
    assert (by_flow["by"], by_flow["flow_id"]) == ("flow", maple.flow[0])
    assert by_flow["flow_name"]


def test_why_a_reply_did_not_go_out_is_told_in_our_words_or_the_providers(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    for reason in (Reason.NO_ADDRESS.value, "Twilio 30008"):
        with database.writing() as connection:
            new = NewReply(maple.ada, "sms", "+1", Author.BOT, reason)
            reply_id = replies.queue(connection, maple.id, new, NOW, NOW)
            mine = schema.replies.c.id == reply_id
            failed = {"state": "failed", "reason": reason}
            connection.execute(update(schema.replies).where(mine).values(**failed))
    found = {
        one["text"]: (one["reason"], one["detail"], one["meaning"])
        for one in of_kind(ask, maple.ada, "reply")
    }
    assert found == {
        "no_address": ("no_address", None, None),
        "Twilio 30008": (None, "Twilio 30008", str(UNTOLD)),
    }


def test_what_a_customer_deleted_is_told_without_its_words(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        one = Inbound("in1", maple.ada, "igsid", "My secret", NOW)
        inbound.keep(connection, maple.id, "instagram", [one])
        inbound.empty(connection, maple.id, "instagram", "in1")
    assert [one["text"] for one in of_kind(ask, maple.ada, "inbound")] == [None]


def test_another_store_sees_none_of_it(ask: Ask, maple: SmallStore, write: Write) -> None:
    write("hello")
    assert ask(f"/customers/{maple.ada}/timeline", domain=NEIGHBOUR).status_code == 404
