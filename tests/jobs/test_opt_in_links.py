"""Links that begin a flow: that one alone, once, for the store whose link it is."""

from typing import Any

import pytest

from marketing.chat import InboundKind
from marketing.flow import Flow, Trigger
from marketing.flow_schema import load
from marketing.model import ChannelName
from marketing.opt_in import flow_of, links_of, ref_of
from storage import schema
from tests.jobs.chatting import Chats, connected, wrote
from tests.jobs.stage import Stage
from tests.jobs.test_answers import said
from tests.jobs.test_steps import a_flow

TRIGGER = {"event": "message.received", "channel": "instagram"}


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def texts(chats: Chats) -> list[str]:
    return [one.text for one in chats.taken]


def theirs_of(step: dict[str, Any]) -> Flow:
    return load({"name": "Theirs", "trigger": TRIGGER, "steps": [step]})


def arrived(stage: Stage, ref: str, mid: str = "arrival") -> None:
    wrote(stage, "", mid=mid, kind=InboundKind.REFERRAL, referral=ref)


def test_a_link_begins_its_own_flow_and_no_other_and_told_twice_once(
    stage: Stage, chats: Chats
) -> None:
    wanted = a_flow(stage, said("wanted"), trigger={**TRIGGER, "keywords": ["sale"]})
    a_flow(stage, said("any"), trigger=TRIGGER)
    for _ in range(2):
        arrived(stage, ref_of(wanted))
    assert texts(chats) == ["It is wanted."]
    wrote(stage, "Start", mid="postback", kind=InboundKind.BUTTON, referral=ref_of(wanted))
    assert texts(chats) == ["It is wanted."]


@pytest.mark.parametrize("ref", ["flow-" + "0" * 32, "flow-nonsense", ""])
def test_a_link_that_names_no_flow_of_the_store_is_none(
    stage: Stage, chats: Chats, ref: str
) -> None:
    a_flow(stage, said("sale"), trigger={**TRIGGER, "keywords": ["sale"]})
    arrived(stage, ref)
    assert texts(chats) == []


def test_another_stores_link_begins_nothing(stage: Stage, chats: Chats) -> None:
    theirs = stage.put_flow(theirs_of(said("theirs")), store_id=stage.stranger_id)
    arrived(stage, ref_of(theirs))
    assert texts(chats) == []
    assert not stage.rows(schema.enrollments)


def test_a_flow_of_another_channel_is_not_begun(stage: Stage, chats: Chats) -> None:
    flow = a_flow(stage, said("sale"), trigger={**TRIGGER, "channel": "messenger"})
    arrived(stage, ref_of(flow))
    assert texts(chats) == []


def test_links_are_those_of_the_channels_that_the_store_has() -> None:
    flow = "019ac000-0000-7000-8000-000000000001"
    trigger = Trigger(event="message.received", keywords=("spring sale",))
    accounts = {
        ChannelName.MESSENGER: {"account_id": "42"},
        ChannelName.INSTAGRAM: {"account_id": "43", "username": "maple.moss"},
        ChannelName.WHATSAPP: {"number": "+15550783881"},
        ChannelName.SMS: {"sender": "+15550100"},
    }
    assert flow_of(ref_of(flow)) == flow
    assert [one.url for one in links_of(trigger, flow, accounts)] == [
        f"https://m.me/42?ref={ref_of(flow)}",
        f"https://ig.me/m/maple.moss?ref={ref_of(flow)}",
        "https://wa.me/15550783881?text=spring%20sale",
        "sms:+15550100?body=spring%20sale",
    ]
    assert links_of(Trigger(event="order.placed"), flow, accounts) == ()


def test_what_a_link_lacks_is_said() -> None:
    accounts = {
        ChannelName.INSTAGRAM: {"account_id": "43"},
        ChannelName.WHATSAPP: {"phone_number_id": "1"},
        ChannelName.SMS: {"sender": "MG0"},
    }
    flow = "019ac000-0000-7000-8000-000000000001"
    for words in ((), ("sale",)):
        trigger = Trigger(event="message.received", keywords=words)
        found = links_of(trigger, flow, accounts)
        assert all(one.missing and not one.url for one in found)
        assert len(found) == 3
