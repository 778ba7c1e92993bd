"""The word by which customers agree, in the panel: set, linked, refused in words, let go."""

from typing import Any

import pytest

from jobs.runtime import Runtime
from marketing import keyword_opt_in
from marketing.model import ChannelName
from storage import channel_accounts, opt_ins, schema, stores
from storage.database import Database
from storage.opt_ins import OptIn
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.seeding import SmallStore, at

PATH = "/channels/sms/keyword"
JOIN = {"keyword": " JOIN ", "wording": "News by text: JOIN."}


def connect(database: Database, runtime: Runtime, store: SmallStore) -> None:
    public, secret = {"sender": "+15550006666"}, {"auth_token": "secret"}
    with database.writing() as connection:
        told = ("twilio", public, secret)
        channel_accounts.connect(
            connection, runtime.secrets, store.id, ChannelName.SMS, told, at("2026-11-20 12:00")
        )


def kept(database: Database, store: SmallStore) -> Any:
    with database.reading() as connection:
        found = stores.by_id(connection, store.id)
    assert found
    return keyword_opt_in.of_channel(found.settings, ChannelName.SMS)


def test_a_word_is_set_with_the_link_that_writes_it_and_let_go(
    ask: Ask, database: Database, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    assert ask(PATH).json == {
        "keyword": None, "wording": None, "link": None,
        "answer": ask(PATH).json["answer"],  # type: ignore[index]
    }  # fmt: skip
    told = ask(PATH, "PUT", json=JOIN).json
    assert told
    assert (told["keyword"], told["wording"], told["link"]) == ("JOIN", JOIN["wording"], None)
    assert "Reply STOP" in told["answer"]
    connect(database, runtime, maple)
    told = ask(PATH).json
    assert told
    assert told["link"]["url"] == "sms:+15550006666?body=JOIN"
    assert told["link"]["svg"].startswith("data:image/svg+xml")
    assert kept(database, neighbour) is None
    theirs = ask(PATH, domain=NEIGHBOUR).json
    assert theirs
    assert theirs["keyword"] is None
    assert ask(PATH, "DELETE", domain=NEIGHBOUR).status_code == 204
    assert kept(database, maple).keyword == "JOIN"
    assert ask(PATH, "DELETE").status_code == 204
    assert kept(database, maple) is None


def test_other_settings_keep_the_word(ask: Ask, database: Database, maple: SmallStore) -> None:
    ask(PATH, "PUT", json=JOIN)
    settings = ask("/settings").json
    assert ask("/settings", "PUT", json=settings).status_code == 200
    assert kept(database, maple).keyword == "JOIN"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"keyword": "STOP"}, "keyword"),
        ({"keyword": "agent"}, "keyword"),
        ({"keyword": "  "}, "keyword"),
        ({"wording": " "}, "wording"),
        ({"wording": "x" * 1001}, "wording"),
        ({"wording": "a\0b"}, "wording"),
    ],
)
def test_what_can_not_be_asked_for_is_refused_at_its_field(
    ask: Ask, database: Database, maple: SmallStore, changed: dict[str, str], field: str
) -> None:
    answer = ask(PATH, "PUT", json={**JOIN, **changed})
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["field"] == field
    assert kept(database, maple) is None


@pytest.mark.parametrize("channel", ["email", "messenger", "instagram", "webchat", "letters"])
def test_only_numbers_agree_by_a_word(ask: Ask, maple: SmallStore, channel: str) -> None:
    for method in ("GET", "DELETE"):
        assert ask(f"/channels/{channel}/keyword", method).status_code == 404
    assert ask(f"/channels/{channel}/keyword", "PUT", json=JOIN).status_code == 404


def test_a_customer_is_told_with_the_word_and_its_wording(
    ask: Ask, database: Database, maple: SmallStore
) -> None:
    said_at = at("2026-11-20 12:00")
    agreed = {"sms_consent": "subscribed", "sms_consent_at": said_at}
    with database.writing() as connection:
        mine = schema.customers.c.id == maple.ada
        told = schema.customers.update().where(mine)
        connection.execute(told.values(**agreed, sms_consent_source="keyword"))
        opt_ins.keep(connection, maple.id, OptIn(maple.ada, "sms", "JOIN", "News.", "SM1", said_at))
    ada = ask(f"/customers/{maple.ada}").json
    assert ada
    email, sms, _ = ada["consents"]
    assert (sms["source"], sms["keyword"], sms["wording"]) == ("keyword", "JOIN", "News.")
    assert (email["keyword"], email["wording"]) == (None, None)
    with database.writing() as connection:
        told = schema.customers.update().where(mine)
        connection.execute(told.values(sms_consent_source="checkout"))
    ada = ask(f"/customers/{maple.ada}").json
    assert ada
    assert ada["consents"][1]["wording"] is None
