"""The list of conversations: who is in it, by what, and page by page."""

from sqlalchemy import update

from jobs.runtime import Runtime
from marketing.attachments import Attachment, AttachmentKind
from storage import (
    Connection,
    inbound,
    schema,
)
from storage.database import Database
from storage.inbound import Inbound
from tests.embedded_ui.conftest import Ask
from tests.embedded_ui.test_api import told
from tests.embedded_ui.test_inbox_api import (  # noqa: F401  a fixture
    NUMBER,
    Write,
    lines,
    reply_with,
    write,
)
from tests.seeding import Rows, SmallStore


def test_whoever_writes_is_listed_unread_and_waits_until_somebody_answers(
    ask: Ask, maple: SmallStore, write: Write
) -> None:
    assert lines(ask) == []
    write("Is it in stock?")
    write("Hello?")
    [line] = lines(ask)
    assert (line["customer_id"], line["unread"], line["said"]) == (maple.ada, 2, "Hello?")
    assert line["waiting_since"]
    assert told(ask, "/conversations/unread") == {"unread": 1, "more": False}
    door = f"/conversations/{maple.ada}"
    assert told(ask, f"{door}/read", method="POST")["conversation"]["unread"] == 0
    assert lines(ask)[0]["waiting_since"]
    assert ask(f"{door}/replies", "POST", json=reply_with()).status_code == 201
    [line] = lines(ask)
    assert (line["waiting_since"], line["said"], line["state"]) == (None, "Hello Ada", "human")
    assert line["assigned_to"] == told(ask, "/team")["you"]


def test_a_message_without_words_is_listed_by_what_came_with_it_until_it_is_deleted(
    ask: Ask, maple: SmallStore, write: Write, runtime: Runtime
) -> None:
    write("Look at this")
    came = (Attachment(AttachmentKind.PICTURE, media_id="m1"), Attachment(AttachmentKind.VOICE))

    def keep(connection: Connection) -> None:
        now = runtime.database.now(connection)
        told = Inbound("pictures", maple.ada, NUMBER, "", now, attachments=came)
        inbound.keep(connection, maple.id, "sms", [told])

    runtime.database.write(keep)
    [line] = lines(ask)
    assert (line["said"], [one["kind"] for one in line["attachments"]]) == (
        "",
        ["picture", "voice"],
    )
    runtime.database.write(lambda c: inbound.empty(c, maple.id, "sms", "pictures"))
    [line] = lines(ask)
    assert (line["said"], line["attachments"]) == (None, [])
    ask(f"/conversations/{maple.ada}/replies", "POST", json=reply_with("Thank you"))
    [line] = lines(ask)
    assert (line["said"], line["attachments"]) == ("Thank you", [])


def test_a_number_is_found_as_it_is_dialled_where_the_store_is(
    ask: Ask, maple: SmallStore, write: Write, database: Database
) -> None:
    write("hello")
    with database.writing() as connection:
        own, ada = schema.stores.c.id == maple.id, schema.customers.c.id == maple.ada
        connection.execute(update(schema.stores).where(own).values(country="DE"))
        connection.execute(update(schema.customers).where(ada).values(phone="+4915112345678"))
    assert len(lines(ask, search="0151 12345678")) == 1
    assert lines(ask, search="0152 12345678") == []
    found = told(ask, "/customers", query_string={"search": "0151 12345678"})["customers"]
    assert [one["id"] for one in found] == [maple.ada]


def test_the_list_is_narrowed_by_who_it_is_for_and_by_name_and_channel(
    ask: Ask, maple: SmallStore, write: Write
) -> None:
    write("hello")
    you, door = told(ask, "/team")["you"], f"/conversations/{maple.ada}"
    assert [len(lines(ask, show=show)) for show in ("unassigned", "mine", "all", "closed")] == [
        1, 0, 1, 0,
    ]  # fmt: skip
    told(ask, f"{door}/assign", method="POST", json={"member_id": you})
    assert [len(lines(ask, show=show)) for show in ("unassigned", "mine")] == [0, 1]
    assert ask(f"{door}/assign", "POST", json={"member_id": maple.ada}).status_code == 404
    assert len(lines(ask, search="Ad")) == 1
    assert lines(ask, search="Zoe") == []
    assert len(lines(ask, channel="sms")) == 1
    assert lines(ask, channel="messenger") == []
    assert len(lines(ask, show="unanswered")) == 1
    assert ask(f"{door}/replies", "POST", json=reply_with()).status_code == 201
    assert lines(ask, show="unanswered") == []
    told(ask, f"{door}/close", method="POST")
    assert [len(lines(ask, show=show)) for show in ("all", "closed")] == [0, 1]
    told(ask, f"{door}/reopen", method="POST")
    told(ask, f"{door}/close", method="POST")
    write("one more thing")
    assert [line["unread"] for line in lines(ask)] == [1]


def test_pages_of_the_list_join_without_a_gap(
    ask: Ask, maple: SmallStore, write: Write, database: Database
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        people = [rows.customer(f"Person{number}") for number in range(70)]
    for number, one in enumerate(people):
        write(f"text {number}", whose=one)
    found, before = [], ""
    for _ in range(3):
        page = told(ask, "/conversations", query_string={"before": before})
        found += [line["customer_id"] for line in page["conversations"]]
        before = page["before"]
    assert before is None
    assert len(found) == len(set(found)) == 70
    assert set(found) == set(people)
