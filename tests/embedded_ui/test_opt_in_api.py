"""A flow's links in the panel: with QR codes, what they lack in words, and nobody else's."""

from typing import Any

from jobs.runtime import Runtime
from marketing.model import ChannelName
from marketing.opt_in import ref_of
from storage import channel_accounts
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_versions_api import new_flow
from tests.seeding import SmallStore, at

HELLO = {
    "kind": "message", "id": "hello", "channel": "messenger",
    "channels": ["messenger", "instagram", "whatsapp", "sms"],
    "template": {"chat": {"text": "Hello!"}},
}  # fmt: skip
WRITTEN: dict[str, Any] = {
    "name": "Sale", "trigger": {"event": "message.received", "keywords": ["sale"]},
    "steps": [HELLO],
}  # fmt: skip


def connect(database: Database, runtime: Runtime, store: SmallStore) -> None:
    accounts = {
        ChannelName.MESSENGER: {"account_id": "42", "app_id": "7"},
        ChannelName.SMS: {"sender": "MG" + "0" * 32},
    }
    with database.writing() as connection:
        for channel, public in accounts.items():
            told = ("meta", public, {"app_secret": "s", "access_token": "t"})
            moment = at("2026-11-20 12:00")
            channel_accounts.connect(connection, runtime.secrets, store.id, channel, told, moment)


def test_a_flow_by_message_has_a_link_and_a_code_on_each_connected_channel(
    ask: Ask, database: Database, runtime: Runtime, maple: SmallStore
) -> None:
    flow_id = new_flow(ask, WRITTEN)
    assert ask(f"/flows/{flow_id}/links").json == {"links": [], "is_live": False}
    connect(database, runtime, maple)
    told = ask(f"/flows/{flow_id}/links").json
    assert told
    messenger, sms = told["links"]
    assert messenger["url"] == f"https://m.me/42?ref={ref_of(flow_id)}"
    assert messenger["svg"].startswith("data:image/svg+xml")
    assert messenger["png"].startswith("data:image/png;base64,")
    assert (sms["url"], sms["svg"], sms["png"]) == (None, None, None)
    assert sms["missing"] == "Give the number that is written to in the settings."
    assert (sms["at_account"], messenger["at_account"]) == (True, False)
    assert "secret" not in str(told)


def test_a_channel_that_the_flow_does_not_write_by_has_no_link_and_is_told_why(
    ask: Ask, database: Database, runtime: Runtime, maple: SmallStore
) -> None:
    alone = {key: value for key, value in HELLO.items() if key != "channels"}
    flow_id = new_flow(ask, {**WRITTEN, "steps": [alone]})
    connect(database, runtime, maple)
    messenger, sms = (ask(f"/flows/{flow_id}/links").json or {})["links"]
    assert messenger["url"]
    assert (sms["url"], sms["at_account"]) == (None, False)
    assert "has no message for this channel" in sms["missing"]


def test_a_flow_that_writes_by_no_chat_keeps_its_links(
    ask: Ask, database: Database, runtime: Runtime, maple: SmallStore
) -> None:
    human = {"kind": "hand_over", "id": "human", "subject": "Somebody asks", "text": "-"}
    flow_id = new_flow(ask, {**WRITTEN, "steps": [human]})
    connect(database, runtime, maple)
    messenger = (ask(f"/flows/{flow_id}/links").json or {})["links"][0]
    assert messenger["url"]


def test_a_flow_that_no_message_begins_has_none_and_another_stores_is_not_there(
    ask: Ask, database: Database, runtime: Runtime, maple: SmallStore
) -> None:
    connect(database, runtime, maple)
    told = ask(f"/flows/{maple.flow[0]}/links").json
    assert told == {"links": [], "is_live": True}
    assert ask(f"/flows/{maple.flow[0]}/links", domain=NEIGHBOUR).status_code == 404
