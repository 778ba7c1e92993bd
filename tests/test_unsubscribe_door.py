"""Leaving by the link in a message: the channel that it came by and no other, in one's language."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from channels.base import InboundMessage
from jobs import conversing
from jobs.track import leaving
from marketing import links
from marketing.events import EventName, News
from marketing.links import Link
from marketing.model import BadSignature, ChannelName
from sandbox.twilio import Twilio
from storage import schema
from storage.schema import new_id
from tests.channels.test_plivo import plivo, plivo_url
from tests.channels.test_twilio import api_url, twilio
from tests.jobs.chatting import connected, wrote
from tests.jobs.conftest import sink, stage
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_channel_lists import PHONE
from tests.jobs.test_enroll import ordered, tell
from tests.jobs.test_steps import MAIL, a_flow
from tests.test_short_door import TEXT, client, codes_in, faulty, follow, provider, texts

__all__ = [
    "api_url", "client", "faulty", "plivo", "plivo_url", "provider", "sink", "stage", "texts",
    "twilio",
]  # fmt: skip
MARIA = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}
NUMBER = PHONE["phone"]


@pytest.fixture
def customer_id(stage: Stage) -> str:
    """Somebody who gets a text at once, and in an hour another one and a mail."""
    later = [{**TEXT, "id": "again"}, {**MAIL, "id": "mail"}]
    a_flow(
        stage, {**TEXT, "id": "first"}, {"kind": "delay", "id": "rest", "duration": "PT1H"}, *later
    )
    who = stage.customer(**PHONE)
    stage.cart(who, recovery_url="https://maple.example/recover/1")
    return who


def the_page(stage: Stage, texts: Twilio, client: FlaskClient, customer_id: str) -> str:
    """Let them get their text; give where its last link leads."""
    ordered(stage, customer_id)
    stage.work()
    [text] = texts.texts(NUMBER)
    return urlsplit(follow(client, codes_in(text)[-1]).headers["Location"]).path


def the_customer(stage: Stage, customer_id: str) -> Any:
    [row] = stage.rows(schema.customers, id=customer_id)
    return row


def test_a_texts_link_ends_texts_and_leaves_mail_alone(
    stage: Stage, texts: Twilio, client: FlaskClient, customer_id: str
) -> None:
    stranger = stage.customer("Bob", store_id=stage.stranger_id, **PHONE)
    page = the_page(stage, texts, client, customer_id)
    asked = client.get(page)
    assert "You will get no more marketing text messages." in asked.text
    assert "email" not in asked.text
    assert the_customer(stage, customer_id).sms_consent == "subscribed", "who looks leaves nothing"
    for _ in range(2):
        assert "You are unsubscribed from Maple &amp; Moss" in client.post(page).text
    left = the_customer(stage, customer_id)
    assert (left.sms_consent, left.sms_consent_source) == ("unsubscribed", "unsubscribe_link")
    assert (left.email_consent, left.email_consent_source) == ("subscribed", "checkout")
    assert the_customer(stage, stranger).sms_consent == "subscribed"
    [suppressed] = stage.rows(schema.suppressions)
    hashed = stage.runtime.secrets.address_hash("sms", NUMBER)
    assert (suppressed.channel, suppressed.address_hash) == ("sms", hashed)
    assert (suppressed.scope, suppressed.store_id) == ("marketing", stage.store_id)
    [call] = stage.rows(schema.outbox, kind="write_consent")
    assert (call.payload["channel"], call.payload["state"]) == ("sms", "unsubscribed")
    [event] = stage.events("customer.unsubscribed")
    assert event.data["channel"] == "sms"


def test_what_was_to_follow_by_text_stays_and_the_mail_goes(
    stage: Stage, texts: Twilio, client: FlaskClient, customer_id: str
) -> None:
    client.post(the_page(stage, texts, client, customer_id))
    stage.live(2 * HOUR)
    states = {row.step_id: (row.state, row.reason) for row in stage.messages()}
    assert states["again"][0] == "skipped"
    assert states["mail"] == ("sent", None)
    assert len(texts.texts(NUMBER)) == 1
    assert len(stage.sink.mails) == 1


def test_the_pages_speak_the_language_that_is_asked_for(
    stage: Stage, texts: Twilio, client: FlaskClient, customer_id: str
) -> None:
    page = the_page(stage, texts, client, customer_id)
    asked = client.get(page, headers=MARIA).text
    assert '<html lang="de">' in asked
    assert "Von Maple &amp; Moss abmelden?" in asked
    assert "Sie erhalten keine Werbung per SMS mehr." in asked
    assert "abgemeldet" in client.post(page, headers=MARIA).text
    nobodys = [client.get("/s/aaaaaaaaaaa", headers=MARIA) for _ in range(60)]
    assert "Dieser Link funktioniert nicht mehr" in nobodys[0].text
    assert "Versuchen Sie den Link gleich noch einmal" in nobodys[-1].text
    assert (nobodys[0].status_code, nobodys[-1].status_code) == (404, 429)
    others = client.get("/u/x", headers={"Accept-Language": "fr"}).text
    assert "This link does not work any more" in others
    assert '<html lang="en">' in others


def test_who_left_by_the_link_and_agrees_anew_is_texted_again(
    stage: Stage, texts: Twilio, client: FlaskClient, customer_id: str
) -> None:
    client.post(the_page(stage, texts, client, customer_id))
    agrees_anew(stage, customer_id, "email")
    assert len(stage.rows(schema.suppressions)) == 1, "a yes to mail is none to texts"
    agrees_anew(stage, customer_id, "sms")
    assert stage.rows(schema.suppressions) == []


def test_who_stopped_by_a_word_comes_back_by_a_word_alone(
    stage: Stage, texts: Twilio, customer_id: str
) -> None:
    says(stage, "STOP", 1)
    agrees_anew(stage, customer_id, "sms")
    assert [row.source for row in stage.rows(schema.suppressions)] == ["reply"]
    stage.change(schema.customers, customer_id, sms_consent="unsubscribed")
    stage.pass_time(HOUR)
    says(stage, "START", 2)
    assert stage.rows(schema.suppressions) == []


def test_who_left_by_the_link_and_then_by_a_word_comes_back_by_a_word_alone(
    stage: Stage, texts: Twilio, client: FlaskClient, customer_id: str
) -> None:
    client.post(the_page(stage, texts, client, customer_id))
    says(stage, "STOP", 1)
    agrees_anew(stage, customer_id, "sms")
    assert [row.source for row in stage.rows(schema.suppressions)] == ["reply"]


def test_start_by_text_brings_nobody_back_who_left_by_mail(
    stage: Stage, texts: Twilio, client: FlaskClient
) -> None:
    a_flow(stage, MAIL)
    who = stage.customer(**PHONE)
    ordered(stage, who)
    stage.work()
    [message] = stage.messages()
    client.post(f"/u/{token_of(stage, message.id)}")
    says(stage, "STOP", 1)
    stage.pass_time(HOUR)
    says(stage, "START", 2)
    assert [row.channel for row in stage.rows(schema.suppressions)] == ["email"]


@pytest.mark.parametrize("provider", ["twilio"])
@pytest.mark.parametrize("channel", [ChannelName.WHATSAPP, ChannelName.INSTAGRAM])
def test_a_chats_link_ends_that_chat(
    stage: Stage, texts: Twilio, client: FlaskClient, channel: ChannelName
) -> None:
    connected(stage, channel)
    sender = NUMBER if channel is ChannelName.WHATSAPP else "igsid-ada"
    a_flow(stage, MAIL)
    who = wrote(stage, "Hi", sender, channel=channel)
    stage.change(schema.customers, who, email="ada@example.com", email_consent="subscribed")
    ordered(stage, who)
    stage.work()
    [message] = stage.messages()
    stage.change(schema.messages, message.id, channel=channel.value)
    name = "WhatsApp" if channel is ChannelName.WHATSAPP else "Instagram"
    page = f"/u/{token_of(stage, message.id)}"
    assert f"no more marketing messages on {name}." in client.get(page).text
    assert client.post(page).status_code == 200
    assert the_customer(stage, who).email_consent == "subscribed"
    hashed = stage.runtime.secrets.address_hash(channel, sender)
    [suppressed] = stage.rows(schema.suppressions)
    assert (suppressed.channel, suppressed.address_hash) == (channel, hashed)
    assert stage.rows(schema.outbox, kind="write_consent") == [], "no platform keeps this one"
    assert [one.data["channel"] for one in stage.events("customer.unsubscribed")] == [channel]


def test_the_link_of_a_test_shows_its_page_and_ends_nothing(
    stage: Stage, client: FlaskClient
) -> None:
    page = f"/u/{token_of(stage, new_id())}"
    assert "You will get no more marketing emails." in client.get(page).text
    assert client.post(page).status_code == 404
    with pytest.raises(BadSignature):
        leaving(stage.runtime, Link(new_id(), new_id()))


def token_of(stage: Stage, message_id: str) -> str:
    return links.unsubscribe_token(stage.runtime.link_keys, stage.store_id, message_id)


def agrees_anew(stage: Stage, customer_id: str, channel: str) -> None:
    data = {"channel": channel, "source": "checkout"}
    tell(stage, News(EventName.CUSTOMER_SUBSCRIBED, stage.now, customer_id, data=data))


def says(stage: Stage, words: str, number: int) -> None:
    told = [InboundMessage(f"sms-{number}", NUMBER, words)]
    stage.database.write(
        lambda c: conversing.hear(stage.runtime, c, stage.store, ChannelName.SMS, told)
    )
