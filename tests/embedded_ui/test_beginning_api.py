"""A conversation begun by the team: by the channels that may be used, and only by who may."""

import uuid
from typing import Any

import pytest
from sqlalchemy import update

from jobs.runtime import Runtime
from marketing.model import ChannelName
from marketing.team import Role
from storage import Connection, channel_accounts, schema
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.embedded_ui.test_inbox_api import be, lines
from tests.seeding import SmallStore

NUMBER = "+15550100"


@pytest.fixture
def texts(runtime: Runtime, maple: SmallStore) -> None:
    """The store has text messages."""
    account = ("twilio", {"account_sid": "AC1", "sender": "+15005550006"}, {"auth_token": "t"})

    def connect(connection: Connection) -> None:
        real_now = runtime.database.real_now(connection)
        args = (connection, runtime.secrets, maple.id, ChannelName.SMS, account, real_now)
        channel_accounts.connect(*args)

    runtime.database.write(connect)


def ada_has(database: Database, store: SmallStore, **columns: Any) -> None:
    c = schema.customers.c
    with database.writing() as connection:
        mine = (c.store_id == store.id, c.id == store.ada)
        connection.execute(update(schema.customers).where(*mine).values(**columns))


def by_text(ask: Ask, store: SmallStore) -> str | None:
    (way,) = [
        one for one in told(ask, f"/customers/{store.ada}/ways")["ways"] if one["channel"] == "sms"
    ]
    refusal: str | None = way["refusal"]
    return refusal


def first(text: str = "Your mug is back.") -> dict[str, Any]:
    return {"channel": "sms", "text": text, "key": str(uuid.uuid4())}


@pytest.mark.usefixtures("texts")
def test_a_customers_ways_say_why_not_until_they_have_a_number_and_agreed(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    ada_has(database, maple, phone=None)
    assert by_text(ask, maple) == "no_address"
    ada_has(database, maple, phone=NUMBER)
    assert by_text(ask, maple) == "no_consent"
    ada_has(database, maple, sms_consent="unsubscribed")
    assert by_text(ask, maple) == "unsubscribed"
    ada_has(database, maple, sms_consent="subscribed")
    assert by_text(ask, maple) is None


@pytest.mark.usefixtures("texts")
def test_the_first_message_begins_the_conversation_and_looking_does_not(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    ada_has(database, maple, phone=NUMBER, sms_consent="subscribed")
    door = f"/conversations/{maple.ada}"
    fresh = told(ask, door)["conversation"]
    assert (fresh["is_begun"], fresh["state"], fresh["unread"]) == (False, "automated", 0)
    assert lines(ask) == []
    assert ask(f"{door}/replies", "POST", json=first()).status_code == 201
    begun = told(ask, door)
    assert (begun["conversation"]["is_begun"], begun["conversation"]["state"]) == (True, "human")
    assert [one["text"] for one in begun["entries"] if one["kind"] == "reply"] == [
        "Your mug is back."
    ]
    assert [one["customer_id"] for one in lines(ask)] == [maple.ada]


@pytest.mark.usefixtures("texts")
def test_without_consent_nothing_is_begun_and_it_says_so(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    ada_has(database, maple, phone=NUMBER)
    refused = ask(f"/conversations/{maple.ada}/replies", "POST", json=first())
    assert refused.status_code == 409
    assert "did not agree" in (refused.json or {})["message"]
    assert lines(ask) == []


@pytest.mark.usefixtures("texts")
def test_a_viewer_and_a_stranger_begin_nothing(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    ada_has(database, maple, phone=NUMBER, sms_consent="subscribed")
    for path, method in (("customers/{}/ways", "GET"), ("conversations/{}", "GET"),
                         ("conversations/{}/replies", "POST")):  # fmt: skip
        door = f"/{path.format(maple.ada)}"
        body = first() if method == "POST" else None
        assert ask(door, method, domain=NEIGHBOUR, json=body).status_code == 404
    told(ask, "/store")  # whoever asks is of the team from then on
    be(database, maple, Role.VIEWER)
    assert ask(f"/conversations/{maple.ada}/replies", "POST", json=first()).status_code == 403
    assert lines(ask) == []


def test_an_erased_customer_is_begun_with_by_nobody(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        gone = database.now(connection)
    ada_has(database, maple, erased_at=gone, deleted_at=gone)
    assert ask(f"/conversations/{maple.ada}").status_code == 404
    assert ask(f"/customers/{maple.ada}/ways").status_code == 404
