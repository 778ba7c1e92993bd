"""A number typed beside somebody's address: whoever writes from it is heard, and is not them."""

from typing import Any

import pytest

from channels.base import InboundMessage
from jobs import conversing, reply
from marketing.keyword_opt_in import KEY
from marketing.model import ChannelName, CustomerKey
from sandbox.twilio import Twilio
from storage import people, schema
from storage.channel_accounts import ChannelAccount
from tests.jobs.stage import Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_receive import ADA, TEXT, account, api_url, twilio, wrote
from tests.jobs.test_steps import a_flow
from tests.storage.mirroring import a_customer, an_order, tell

__all__ = ["account", "api_url", "twilio"]
EMAIL = "ada@example.com"
CONSENT = {"sms_consent": "subscribed", "whatsapp_consent": "subscribed"}


@pytest.fixture
def ada(stage: Stage) -> str:
    """A guest who gave an address, and beside it a number that nobody has shown to be theirs."""
    known = stage.customer(email=EMAIL, email_key=EMAIL, phone=None, external_id=None, **CONSENT)
    tell(stage.database, stage.store, an_order("o1", CustomerKey(email=EMAIL, phone=ADA)))
    [row] = stage.rows(schema.customers, id=known)
    assert (row.phone, row.phone_is_typed) == (ADA, True)
    return known


def the(stage: Stage, customer_id: str) -> Any:
    [row] = stage.rows(schema.customers, id=customer_id)
    return row


def sender_of(stage: Stage, sid: str) -> str:
    [row] = stage.rows(schema.inbound_messages, provider_id=sid)
    return str(row.customer_id)


def test_who_texts_from_a_typed_number_is_somebody_else_and_stays_that(
    stage: Stage, account: ChannelAccount, ada: str
) -> None:
    theirs = stage.customer(store_id=stage.stranger_id, phone=ADA)
    wrote(stage, account, "What did I order?", "SM1")
    wrote(stage, account, "Hello?", "SM2")
    sender = sender_of(stage, "SM1")
    assert sender not in {ada, theirs}
    assert sender_of(stage, "SM2") == sender
    row = the(stage, sender)
    assert (row.phone, row.phone_is_typed, row.email) == (ADA, False, None)
    assert the(stage, ada).phone_is_typed


def test_who_joins_by_a_typed_number_agrees_for_nobody_else(
    stage: Stage, account: ChannelAccount, ada: str
) -> None:
    words = {"sms": {"keyword": "JOIN", "wording": "Text JOIN for our news."}}
    stage.change(schema.stores, stage.store_id, settings={**stage.store.settings, KEY: words})
    stage.change(schema.customers, ada, sms_consent=None)
    wrote(stage, account, "JOIN")
    [proof] = stage.rows(schema.opt_ins)
    assert proof.customer_id != ada
    assert the(stage, ada).sms_consent is None
    assert the(stage, proof.customer_id).sms_consent == "subscribed"


def test_a_stop_by_a_typed_number_holds_for_everybody_of_whom_it_is_known(
    stage: Stage, account: ChannelAccount, twilio: Twilio, ada: str
) -> None:
    a_flow(stage, TEXT)
    stranger = stage.customer(store_id=stage.stranger_id, phone=ADA, **CONSENT)
    wrote(stage, account, "stop")
    row = the(stage, ada)
    assert (row.sms_consent, row.sms_consent_source) == ("unsubscribed", "reply")
    assert row.whatsapp_consent == "subscribed"
    assert the(stage, stranger).sms_consent == "subscribed"
    left = stage.events("customer.unsubscribed")
    assert {one.customer_id for one in left} == {ada, sender_of(stage, "SM1")}
    ordered(stage, ada)
    stage.work()
    [message] = stage.messages()
    assert (message.state, message.reason) == ("skipped", "suppressed")
    assert [one for one in twilio.texts(ADA) if not one["is_inbound"]] == []


def test_what_waits_for_them_goes_no_more_after_a_stop(
    stage: Stage, account: ChannelAccount, ada: str
) -> None:
    hour = stage.now.hour
    night = {"start": f"{hour:02}:00", "end": f"{(hour + 2) % 24:02}:00"}
    settings = {**stage.store.settings, "quiet_hours": {"sms": night}}
    stage.change(schema.stores, stage.store_id, settings=settings, timezone="UTC")
    a_flow(stage, TEXT)
    ordered(stage, ada)
    stage.work()
    assert list(stage.states()) == ["due"]
    wrote(stage, account, "Please stop texting me")
    [message] = stage.messages()
    assert (message.state, message.reason) == ("skipped", "unsubscribed")


def test_a_start_by_a_typed_number_brings_back_only_who_wrote_it(
    stage: Stage, account: ChannelAccount, ada: str
) -> None:
    wrote(stage, account, "stop", "SM1")
    wrote(stage, account, "start", "SM2")
    assert the(stage, sender_of(stage, "SM2")).sms_consent == "subscribed"
    assert the(stage, ada).sms_consent == "unsubscribed"


def test_a_stop_on_whatsapp_holds_for_them_too_and_for_whatsapp_alone(
    stage: Stage, ada: str
) -> None:
    told = [InboundMessage("wamid.1", ADA, "stop")]
    channel = ChannelName.WHATSAPP
    stage.database.write(lambda c: conversing.hear(stage.runtime, c, stage.store, channel, told))
    assert the(stage, ada).whatsapp_consent == "unsubscribed"
    assert the(stage, ada).sms_consent == "subscribed"


def test_a_guest_of_whom_only_the_number_is_known_is_who_texts_from_it(
    stage: Stage, account: ChannelAccount
) -> None:
    tell(stage.database, stage.store, an_order("o1", CustomerKey(phone=ADA)))
    [guest] = stage.rows(schema.customers, store_id=stage.store_id)
    wrote(stage, account, "Where is it?")
    assert sender_of(stage, "SM1") == guest.id
    assert not the(stage, guest.id).phone_is_typed
    tell(stage.database, stage.store, an_order("o2", CustomerKey(email=EMAIL, phone=ADA)))
    assert the(stage, guest.id).email is None


def test_a_number_in_the_platforms_record_is_whose_texts_come_from_it(
    stage: Stage, account: ChannelAccount
) -> None:
    tell(stage.database, stage.store, a_customer(CustomerKey("7", EMAIL, ADA)))
    [row] = stage.rows(schema.customers, store_id=stage.store_id)
    wrote(stage, account, "Hi")
    assert sender_of(stage, "SM1") == row.id


def test_a_checkout_by_the_number_alone_is_of_who_has_shown_to_have_it(
    stage: Stage, account: ChannelAccount, ada: str
) -> None:
    wrote(stage, account, "Hi")
    hashed = stage.runtime.secrets.address_hash
    named = [(CustomerKey(phone=ADA), stage.now)]
    [met] = stage.database.write(lambda c: people.meet(c, stage.store_id, named, hashed))
    assert met == sender_of(stage, "SM1")


def test_who_is_answered_is_who_wrote(
    stage: Stage, account: ChannelAccount, twilio: Twilio, ada: str
) -> None:
    wrote(stage, account, "agent")
    while reply.drain(stage.runtime, [stage.store_id]):
        pass
    assert {row.customer_id for row in stage.rows(schema.replies)} == {sender_of(stage, "SM1")}
    [held] = stage.rows(schema.conversations)
    assert held.customer_id == sender_of(stage, "SM1")
