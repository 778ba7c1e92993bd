"""A public comment in the inbox's API: answered privately, once, by its own store alone."""

import uuid
from datetime import timedelta
from typing import Any

from channels.base import InboundMessage
from jobs import conversing
from jobs.runtime import Runtime
from marketing.chat import InboundKind
from marketing.model import ChannelName
from sandbox.meta import APP_ID, PLATFORMS, Meta
from storage import Connection, channel_accounts, stores
from tests.channels.meta_stand import meta
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.seeding import SmallStore

__all__ = ["meta"]
MESSENGER = ChannelName.MESSENGER


def comment(runtime: Runtime, maple: SmallStore, meta: Meta, age: timedelta) -> str:
    """Let Ada comment a post of the store's page, that long ago; give the comment's id."""
    mid: str = meta.note("messenger", "Ada", "comment", "Does it come in blue?", is_inbound=True)
    public = {
        "account_id": PLATFORMS["messenger"].account_id,
        "verify_token": "w",
        "app_id": APP_ID,
    }
    secret = {"app_secret": meta.app_secret, "access_token": meta.tokens["messenger"]}

    def happen(connection: Connection) -> None:
        store, real_now = stores.by_id(connection, maple.id), runtime.database.real_now(connection)
        assert store
        if channel_accounts.get(connection, maple.id, MESSENGER) is None:
            given = (MESSENGER, ("meta", public, secret), real_now)
            channel_accounts.connect(connection, runtime.secrets, maple.id, *given)
        who = meta.person_id("messenger", "Ada")
        at, kind = real_now - age, InboundKind.COMMENT
        wrote = InboundMessage(mid, who, "Does it come in blue?", at, kind, sender_name="Ada Lind")
        conversing.hear(runtime, connection, store, MESSENGER, [wrote])

    runtime.database.write(happen)
    return mid


def answer_to(entry: dict[str, Any], **more: Any) -> dict[str, Any]:
    said = {"channel": "messenger", "text": "It does.", "key": str(uuid.uuid4()), "seen": 99}
    return {**said, "comment_id": entry["id"], **more}


def test_a_thread_says_of_a_comment_until_when_and_takes_one_answer(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, runtime: Runtime, meta: Meta
) -> None:
    comment(runtime, maple, meta, timedelta(hours=1))
    [line] = told(ask, "/conversations")["conversations"]
    door = f"/conversations/{line['customer_id']}"
    [entry] = [one for one in told(ask, door)["entries"] if one["kind"] == "inbound"]
    assert entry["private_answer"]["refusal"] is None
    assert entry["private_answer"]["ends_at"] > told(ask, door)["now"]
    told_of = answer_to(entry)
    stranger = ask(f"{door}/replies", "POST", json=told_of, domain=NEIGHBOUR)
    assert stranger.status_code == 404
    nobody = ask(f"{door}/replies", "POST", json=answer_to(entry, comment_id=str(uuid.uuid4())))
    assert (nobody.status_code, "no such comment" in nobody.text) == (404, True)
    by_text = ask(f"{door}/replies", "POST", json=answer_to(entry, channel="sms"))
    assert by_text.status_code == 404
    plain = ask(f"{door}/replies", "POST", json=answer_to(entry, comment_id=None))
    assert (plain.status_code, plain.json["field"]) == (409, "channel")  # type: ignore[index]
    assert ask(f"{door}/replies", "POST", json=told_of).status_code == 201
    [reply_of] = [one for one in told(ask, door)["entries"] if one["kind"] == "reply"]
    assert (reply_of["how"], reply_of["text"]) == ("private_reply", "It does.")


def test_a_comment_of_last_week_says_that_it_is_too_old(
    ask: Ask, maple: SmallStore, runtime: Runtime, meta: Meta
) -> None:
    comment(runtime, maple, meta, timedelta(days=8))
    [line] = told(ask, "/conversations")["conversations"]
    door = f"/conversations/{line['customer_id']}"
    [entry] = [one for one in told(ask, door)["entries"] if one["kind"] == "inbound"]
    assert entry["private_answer"]["refusal"] == "comment_too_old"
    refused = ask(f"{door}/replies", "POST", json=answer_to(entry))
    assert (refused.status_code, "7 days only" in refused.text) == (409, True)
