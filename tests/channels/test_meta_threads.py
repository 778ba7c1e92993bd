"""Who leads a conversation: what Meta tells of it, and the calls that change it."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from channels.base import (
    AccountTrouble,
    Callback,
    InboundMessage,
    Outcome,
    SendFailed,
    ThreadAsked,
    ThreadMoved,
)
from channels.messenger import MessengerChannel
from channels.meta import MetaApp
from channels.meta_inbox import InboxSettings, MetaInbox
from marketing.leading import INSTAGRAM_INBOX, PAGE_INBOX, Leader
from marketing.model import BadSignature, RenderedMessage
from sandbox import meta_people, meta_threads
from sandbox.meta import APP_ID, Meta
from tests.channels.meta_stand import DOOR, Heard, channel_of, graph_url, meta

__all__ = ["graph_url", "meta"]
PAGE, PSID, APP = "682498302938465", "5254059867943456", "1517776481860111"
AT = datetime(2016, 3, 23, 0, 25, 52, 478000, tzinfo=UTC)


def page(app_id: str = APP) -> MessengerChannel:
    return MessengerChannel(InboxSettings(PAGE, MetaApp("token", "secret", "word", app_id)))


def told(event: dict[str, Any], *, page_id: str = PAGE, app_id: str = APP) -> list[Any]:
    ids = {"sender": {"id": PSID}, "recipient": {"id": PAGE}, "timestamp": 1458692752478}
    entry = {"id": page_id, "time": 1458692752478, "messaging": [ids | event]}
    body = orjson.dumps({"object": "page", "entry": [entry]})
    return list(page(app_id).parse(Callback(DOOR, body)))


@pytest.mark.parametrize(
    ("event", "leader"),
    [
        ({"pass_thread_control": {"new_owner_app_id": APP}}, Leader.US),
        ({"pass_thread_control": {"new_owner_app_id": int(PAGE_INBOX)}}, Leader.INBOX),
        ({"pass_thread_control": {"new_owner_app_id": INSTAGRAM_INBOX}}, Leader.INBOX),
        ({"pass_thread_control": {"new_owner_app_id": "42"}}, Leader.APP),
        ({"pass_thread_control": {"new_owner_app_id": None}}, Leader.US),
        ({"pass_thread_control": {"metadata": "of old"}}, Leader.US),
        ({"take_thread_control": {"previous_owner_app_id": APP}}, Leader.APP),
        (
            {"take_thread_control": {"previous_owner_app_id": APP, "new_owner_app_id": PAGE_INBOX}},
            Leader.INBOX,
        ),
        ({"take_thread_control": {"new_owner_app_id": APP}}, Leader.US),
    ],
)
def test_a_conversation_that_moves_says_who_leads_it(event: dict[str, Any], leader: Leader) -> None:
    assert told(event) == [ThreadMoved(PSID, leader, AT)]


def test_an_account_that_does_not_know_its_apps_id_goes_by_whom_meta_tells() -> None:
    passed = {"pass_thread_control": {"new_owner_app_id": "42"}}
    taken = {"take_thread_control": {"previous_owner_app_id": "42", "new_owner_app_id": "43"}}
    assert told(passed, app_id="") == [ThreadMoved(PSID, Leader.US, AT)]
    assert told(taken, app_id="") == [ThreadMoved(PSID, Leader.APP, AT)]


def test_whoever_asks_is_told_of_and_the_two_ids_may_stand_either_way_round() -> None:
    asked = {"request_thread_control": {"requested_owner_app_id": PAGE_INBOX}}
    turned = {"sender": {"id": PAGE}, "recipient": {"id": PSID}}
    assert told(asked) == told(asked | turned) == [ThreadAsked(PSID, Leader.INBOX, AT)]
    assert told({"request_thread_control": {"requested_owner_app_id": APP}}) == []


def test_a_role_that_hears_only_what_others_leave_is_trouble() -> None:
    second = {APP: ["secondary_receiver"], "42": ["primary_receiver"]}
    assert told({"app_roles": second, "sender": {}})[0] == AccountTrouble(
        "Meta: app_roles secondary_receiver"
    )
    assert told({"app_roles": {APP: ["primary_receiver"]}, "sender": {}}) == []


@pytest.mark.parametrize(
    "event",
    [
        {"pass_thread_control": "what"},
        {"take_thread_control": []},
        {"request_thread_control": {"requested_owner_app_id": []}},
        {"app_roles": {APP: "primary"}},
        {"pass_thread_control": {}, "sender": None, "recipient": None},
    ],
)
def test_what_makes_no_sense_says_nothing(event: dict[str, Any]) -> None:
    assert [one for one in told(event) if not isinstance(one, ThreadAsked)] == []


def test_of_a_strangers_page_it_says_nothing() -> None:
    assert told({"pass_thread_control": {"new_owner_app_id": APP}}, page_id="1") == []


def text_to(channel: MetaInbox, address: str) -> RenderedMessage:
    return RenderedMessage("m-1", channel.name, address, None, "", "Maple", "", "", "Hello")


@pytest.fixture(params=["messenger", "instagram"])
def channel(request: pytest.FixtureRequest, meta: Meta, graph_url: str) -> MetaInbox:
    made = channel_of(meta, graph_url, request.param)
    meta_people.write(meta, made.name, "Ada", "Hello")
    return made


def refused(meta: Meta, do: Any, *given: Any) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        do(*given)
    return caught.value


def test_passed_to_the_inbox_we_only_listen_until_we_take_it_back(
    meta: Meta, channel: MetaInbox
) -> None:
    heard = Heard(meta, channel)
    meta.subscribe(channel.name, channel.fields)
    meta_threads.set_routing(meta, is_on=True)
    ada = meta.person_id(channel.name, "Ada")
    channel.pass_thread(ada)
    meta.reporters.shutdown(wait=True)
    assert meta_threads.leader(meta, channel.name, "Ada") == channel.inbox_app
    [moved] = heard.told
    assert isinstance(moved, ThreadMoved)
    assert (moved.sender, moved.leader) == (ada, Leader.INBOX)
    meta_people.write(meta, channel.name, "Ada", "Anybody?")
    assert isinstance(heard.told[-1], InboundMessage)
    assert heard.told[-1].is_standby
    failure = refused(meta, channel.send, text_to(channel, ada))
    assert (failure.outcome, failure.is_led) == (Outcome.REJECTED, True)
    assert refused(meta, channel.pass_thread, ada).is_led


def test_taking_back_needs_the_page_to_have_this_app_as_its_default(
    meta: Meta, channel: MetaInbox
) -> None:
    ada = meta.person_id(channel.name, "Ada")
    meta_threads.lead(meta, channel.name, "Ada", channel.inbox_app)
    failure = refused(meta, channel.take_thread, ada)
    assert (failure.outcome, failure.code) == (Outcome.REJECTED, 27)
    meta_threads.set_routing(meta, is_on=True)
    channel.take_thread(ada)
    assert meta_threads.leader(meta, channel.name, "Ada") == APP_ID
    channel.send(text_to(channel, ada))
    failure = refused(meta, channel.take_thread, ada)
    assert (failure.outcome, failure.is_led) == (Outcome.REJECTED, False)


def test_nobody_unknown_is_passed_and_a_wrong_token_is_not_heard(
    meta: Meta, channel: MetaInbox
) -> None:
    assert refused(meta, channel.pass_thread, "1").outcome is Outcome.REJECTED
    meta.tokens[channel.name] = "another"
    ada = meta.person_id(channel.name, "Ada")
    assert refused(meta, channel.pass_thread, ada).outcome is Outcome.PAUSED


def test_a_forged_word_of_who_leads_is_refused(meta: Meta, channel: MetaInbox) -> None:
    heard = Heard(meta, channel)
    meta.subscribe(channel.name, channel.fields)
    meta.app_secret, right = "a guess", meta.app_secret
    with pytest.raises(BadSignature):
        meta_threads.lead(meta, channel.name, "Ada", channel.inbox_app, "take")
    meta.app_secret = right
    assert heard.told == []
