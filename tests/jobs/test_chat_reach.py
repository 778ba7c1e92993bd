"""Whom chats and WhatsApp reach: in segments that ask for it, in counts, as time closes windows."""

from typing import Any

import pytest

from jobs import segment_lists, segments
from marketing.chat import InboundKind
from marketing.consent import ConsentPolicy
from marketing.model import ChannelName
from marketing.sources import EVERYONE
from storage import audiences, channel_accounts, schema
from storage.audiences import Reached
from tests.jobs.chatting import connected, wrote
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_segments import make, who_is_in

ALL: dict[str, Any] = {"op": "exists", "field": "customer.id", "value": True}
MESSENGER, INSTAGRAM, WHATSAPP = (
    ChannelName.MESSENGER, ChannelName.INSTAGRAM, ChannelName.WHATSAPP,
)  # fmt: skip
NUMBER = "+4790000000"


def has_account(stage: Stage, *channels: ChannelName) -> None:
    told = ("meta", {"account_id": "42"}, {"access_token": "secret"})
    with stage.database.writing() as connection:
        for channel in channels:
            channel_accounts.connect(
                connection, stage.runtime.secrets, stage.store_id, channel, told, stage.now
            )


def says(channel: ChannelName, state: str) -> dict[str, Any]:
    return {"op": "eq", "field": f"customer.{channel}_consent", "value": state}


def counted(stage: Stage, store_id: str | None = None) -> Any:
    document = {"name": "All", "condition": ALL}
    return segments.count(stage.runtime, store_id or stage.store_id, document).reach


def audience(stage: Stage, channel: ChannelName) -> Reached:
    with stage.database.reading() as connection:
        found = audiences.audience(connection, stage.store_id, EVERYONE, ConsentPolicy(), stage.now)
    return found.channels[channel.value]


def test_a_chat_reaches_whoever_wrote_lately_and_did_not_opt_out(stage: Stage) -> None:
    has_account(stage, MESSENGER)
    connected(stage, MESSENGER)
    stage.customer()
    wrote(stage, "hello", "1", channel=MESSENGER)
    wrote(stage, "hello", "2", channel=MESSENGER)
    wrote(stage, "stop", "2", channel=MESSENGER)
    stage.pass_time(20 * HOUR)
    wrote(stage, "hello", "3", channel=MESSENGER)
    assert counted(stage)["messenger"] == 2
    assert "messenger" not in counted(stage, stage.stranger_id)
    assert audience(stage, MESSENGER) == Reached(2, {"no_address": 1, "unsubscribed": 1})
    stage.pass_time(4 * HOUR + MINUTE)
    assert counted(stage)["messenger"] == 1
    told = {"no_address": 1, "unsubscribed": 1, "channel_window": 1}
    assert audience(stage, MESSENGER) == Reached(1, told)


def test_a_comment_opens_no_window(stage: Stage) -> None:
    has_account(stage, INSTAGRAM)
    connected(stage)
    wrote(stage, "nice", kind=InboundKind.COMMENT)
    assert audience(stage, INSTAGRAM) == Reached(0, {"channel_window": 1})


def test_whatsapp_reaches_who_agreed_and_who_wrote_just_now(stage: Stage) -> None:
    has_account(stage, WHATSAPP)
    connected(stage, WHATSAPP)
    stage.customer("Ada", phone="+4790000001", whatsapp_consent="subscribed")
    stage.customer("Bob", phone="+4790000002", sms_consent="subscribed")
    stage.customer("Cleo", phone="+4790000003", whatsapp_consent="unsubscribed")
    stage.customer("Dan")
    wrote(stage, "hello", NUMBER, channel=WHATSAPP)
    left_out = {"no_address": 1, "unsubscribed": 1, "no_consent": 1}
    assert audience(stage, WHATSAPP) == Reached(2, left_out)
    assert counted(stage)["whatsapp"] == 2
    stage.pass_time(24 * HOUR)
    assert audience(stage, WHATSAPP) == Reached(1, {**left_out, "no_consent": 2})


def test_channels_that_are_not_connected_are_not_told_of(stage: Stage) -> None:
    stage.customer(phone=NUMBER, whatsapp_consent="subscribed")
    assert counted(stage) == {"email": 1, "sms": 0}


def test_a_segments_members_are_counted_by_channel_as_they_stand(stage: Stage) -> None:
    has_account(stage, MESSENGER, WHATSAPP)
    connected(stage, MESSENGER)
    ada = wrote(stage, "hello", "1", channel=MESSENGER)
    stage.change(schema.customers, ada, phone=NUMBER, whatsapp_consent="subscribed")
    kept = make(stage, says(MESSENGER, "subscribed"))
    told = segment_lists.reach(stage.runtime, stage.store_id, [kept])
    assert told == {kept: {"email": 0, "sms": 0, "whatsapp": 1, "messenger": 1}}


@pytest.mark.parametrize("channel", [MESSENGER, INSTAGRAM])
def test_segments_follow_who_writes_on_a_chat_and_who_opts_out(
    stage: Stage, channel: ChannelName
) -> None:
    connected(stage, channel)
    open_to = make(stage, says(channel, "subscribed"), "Open")
    gone = make(stage, says(channel, "unsubscribed"), "Gone")
    unknown = make(
        stage, {"op": "exists", "field": f"customer.{channel}_consent", "value": False}, "Unknown"
    )
    ada = stage.customer()
    eve = wrote(stage, "hello", "1", channel=channel)
    assert who_is_in(stage, open_to) == [eve]
    assert eve not in who_is_in(stage, unknown)
    wrote(stage, "stop", "1", channel=channel)
    assert (who_is_in(stage, open_to), who_is_in(stage, gone)) == ([], [eve])
    assert ada not in who_is_in(stage, gone)


def test_a_segment_follows_who_agrees_to_whatsapp(stage: Stage) -> None:
    connected(stage, WHATSAPP)
    agreed = make(stage, says(WHATSAPP, "subscribed"))
    ada = wrote(stage, "hello", NUMBER, channel=WHATSAPP)
    stage.change(schema.customers, ada, whatsapp_consent="unsubscribed")
    assert who_is_in(stage, agreed) == []
    wrote(stage, "start", NUMBER, channel=WHATSAPP)
    assert who_is_in(stage, agreed) == [ada]
    wrote(stage, "stop", NUMBER, channel=WHATSAPP)
    assert who_is_in(stage, agreed) == []
