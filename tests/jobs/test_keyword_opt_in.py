"""A word that agrees: by the real door, with its wording, once, late, after STOP, by night."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from jobs import conversations, outbox, reply
from marketing.chat import Author
from marketing.consent import SuppressionScope
from marketing.keyword_opt_in import KEY
from marketing.model import ChannelName, CustomerKey
from sandbox.twilio import Twilio
from sandbox.whatsapp import WhatsApp
from storage import opt_ins, privacy, schema, stores, suppressions
from storage.channel_accounts import ChannelAccount
from tests.channels.test_whatsapp import graph_url, whatsapp
from tests.jobs import test_whatsapp as by_whatsapp
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_channel_lists import PHONE
from tests.jobs.test_receive import ADA, account, api_url, twilio, wrote
from tests.jobs.test_steps import MAIL, a_flow

__all__ = ["account", "api_url", "graph_url", "twilio", "whatsapp"]
WORDING = "Text JOIN to +1 500 555 0006 for our news and offers. Reply STOP to end them."
SMS, WHATSAPP = {"keyword": "JOIN", "wording": WORDING}, {"keyword": "Join us", "wording": WORDING}
chats_account = by_whatsapp.account
"""The fixture of the other channel's account."""


@pytest.fixture
def asks(stage: Stage, account: ChannelAccount) -> ChannelAccount:
    """The store asks for JOIN by text, and nothing else may go by text at this hour."""
    waits_for(stage, sms=SMS)
    return account


def waits_for(stage: Stage, **words: dict[str, str]) -> None:
    hour = stage.now.hour
    night = {"start": f"{hour:02}:00", "end": f"{(hour + 2) % 24:02}:00"}
    settings = {"quiet_hours": {"sms": night, "whatsapp": night, "email": None}, KEY: words}
    stage.change(schema.stores, stage.store_id, settings=settings, timezone="UTC")


def joined(stage: Stage, account: ChannelAccount, sid: str = "SM1", text: str = "JOIN") -> None:
    wrote(stage, account, text, sid)


def answers(stage: Stage, twilio: Twilio) -> list[str]:
    while reply.drain(stage.runtime, [stage.store_id, stage.stranger_id]):
        pass
    return [one["body"] for one in twilio.texts(ADA) if not one["is_inbound"]]


def of_store(stage: Stage) -> Any:
    [row] = stage.rows(schema.customers, store_id=stage.store_id)
    return row


def test_a_stranger_who_writes_the_word_becomes_a_customer_who_agreed(
    stage: Stage, asks: ChannelAccount, twilio: Twilio
) -> None:
    theirs = stage.customer(store_id=stage.stranger_id, **{**PHONE, "sms_consent": None})
    joined(stage, asks, text=" Join! ")
    ada = of_store(stage)
    assert (ada.phone, ada.sms_consent, ada.sms_consent_source) == (ADA, "subscribed", "keyword")
    [proof] = stage.rows(schema.opt_ins)
    assert (proof.store_id, proof.customer_id, proof.channel) == (stage.store_id, ada.id, "sms")
    assert (proof.keyword, proof.wording, proof.provider_id) == ("JOIN", WORDING, "SM1")
    assert proof.said_at == ada.sms_consent_at
    [other] = stage.rows(schema.customers, id=theirs)
    assert other.sms_consent is None
    [answer] = answers(stage, twilio)
    assert stage.store.name in answer
    assert "STOP" in answer


def test_it_is_answered_by_night_which_puts_a_flows_own_text_off(
    stage: Stage, asks: ChannelAccount, twilio: Twilio
) -> None:
    stage.customer(**{**PHONE, "sms_consent": None}, timezone="UTC")
    text = {**MAIL, "channel": "sms"}
    a_flow(stage, text, trigger={"event": "customer.subscribed", "channel": "sms"})
    joined(stage, asks)
    [message] = stage.messages()
    assert (message.state, message.reason) == ("due", "quiet_hours")
    assert len(answers(stage, twilio)) == 1


def test_flows_and_the_timeline_hear_of_it_and_nobody_is_called(
    stage: Stage, asks: ChannelAccount
) -> None:
    a_flow(stage, MAIL, trigger={"event": "customer.subscribed", "channel": "sms"})
    joined(stage, asks)
    [told] = stage.events("customer.subscribed")
    assert told.data == {"channel": "sms", "source": "keyword", "keyword": "JOIN"}
    assert len(stage.rows(schema.enrollments, store_id=stage.store_id)) == 1
    [kept] = stage.rows(schema.inbound_messages, store_id=stage.store_id)
    assert kept.is_answered


def test_the_platform_is_told_of_it(stage: Stage, asks: ChannelAccount) -> None:
    told: list[Any] = []
    stage.shop.write_consent = lambda *given: told.append(given)  # type: ignore[attr-defined]
    joined(stage, asks)
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    [(_, key, channel, state, _)] = told
    assert (key.phone, channel, state.value) == (ADA, ChannelName.SMS, "subscribed")


def test_twice_is_once(stage: Stage, asks: ChannelAccount, twilio: Twilio) -> None:
    joined(stage, asks, "SM1")
    joined(stage, asks, "SM1")
    joined(stage, asks, "SM2")
    assert len(stage.rows(schema.opt_ins)) == 1
    assert len(stage.events("customer.subscribed")) == 1
    assert len(answers(stage, twilio)) == 1
    stage.live(5 * HOUR)
    joined(stage, asks, "SM3")
    assert len(answers(stage, twilio)) == 2
    assert len(stage.rows(schema.opt_ins)) == 1


def test_after_a_stop_it_is_a_new_yes_by_the_wording_of_now(
    stage: Stage, asks: ChannelAccount, twilio: Twilio
) -> None:
    joined(stage, asks, "SM1")
    stage.pass_time(MINUTE)
    wrote(stage, asks, "STOP", "SM2")
    assert of_store(stage).sms_consent == "unsubscribed"
    assert len(stage.rows(schema.suppressions, store_id=stage.store_id)) == 1
    waits_for(stage, sms={**SMS, "wording": "News by text: JOIN."})
    stage.pass_time(MINUTE)
    joined(stage, asks, "SM3")
    ada = of_store(stage)
    assert (ada.sms_consent, ada.sms_consent_source) == ("subscribed", "keyword")
    assert stage.rows(schema.suppressions, store_id=stage.store_id) == []
    proofs = {one.provider_id: one.wording for one in stage.rows(schema.opt_ins)}
    assert proofs == {"SM1": WORDING, "SM3": "News by text: JOIN."}
    assert len(answers(stage, twilio)) == 2
    assert len(stage.events("customer.subscribed")) == 2


def test_who_agreed_elsewhere_has_a_better_proof_and_no_second_entry(
    stage: Stage, asks: ChannelAccount, twilio: Twilio
) -> None:
    ada = stage.customer(**PHONE, sms_consent_source="checkout")
    joined(stage, asks)
    row = of_store(stage)
    assert (row.id, row.sms_consent_source) == (ada, "keyword")
    assert len(stage.rows(schema.opt_ins)) == 1
    assert stage.events("customer.subscribed") == []
    assert len(answers(stage, twilio)) == 1


def test_a_number_on_a_list_of_blocked_ones_comes_back_by_the_word(
    stage: Stage, asks: ChannelAccount
) -> None:
    stage.customer(**PHONE)
    hashed = stage.runtime.secrets.address_hash("sms", ADA)
    told: dict[str, Any] = {"reason": "complained", "source": "complaint"}
    with stage.database.writing() as connection:
        scope = SuppressionScope.MARKETING
        suppressions.add(
            connection, stage.store_id, "sms", [hashed], scope=scope, now=stage.now, **told
        )
    joined(stage, asks)
    assert stage.rows(schema.suppressions, store_id=stage.store_id) == []
    assert len(stage.events("customer.subscribed")) == 1


@pytest.mark.parametrize("text", ["join us", "How do I join?", "JOINT", "", "yes"])
def test_other_words_agree_to_nothing(
    stage: Stage, asks: ChannelAccount, twilio: Twilio, text: str
) -> None:
    joined(stage, asks, text=text)
    assert of_store(stage).sms_consent is None
    assert stage.rows(schema.opt_ins) == []
    assert answers(stage, twilio) == []


def test_no_word_is_waited_for_where_the_store_set_none(
    stage: Stage, account: ChannelAccount, twilio: Twilio
) -> None:
    waits_for(stage, whatsapp=SMS)
    joined(stage, account)
    assert of_store(stage).sms_consent is None
    assert answers(stage, twilio) == []


def test_a_person_who_talks_with_them_keeps_nobody_from_agreeing(
    stage: Stage, asks: ChannelAccount, twilio: Twilio
) -> None:
    ada = stage.customer(**{**PHONE, "sms_consent": None})
    conversations.hand_over(stage.runtime, stage.store, ada, "merchant")
    joined(stage, asks)
    assert of_store(stage).sms_consent == "subscribed"
    assert len(answers(stage, twilio)) == 1


def test_what_is_kept_goes_along_with_a_merge_is_given_out_and_erased(
    stage: Stage, asks: ChannelAccount
) -> None:
    joined(stage, asks)
    ada = of_store(stage).id
    with stage.database.reading() as connection:
        assert opt_ins.latest(connection, stage.stranger_id, ada) == {}
        [given] = privacy.export(connection, stage.store_id, ada)["opt_ins"]
    assert given["wording"] == WORDING
    with stage.database.writing() as connection:
        store = stores.by_id(connection, stage.store_id)
        assert store
        key, hashed = CustomerKey(phone=ADA), stage.runtime.secrets.address_hash
        erased = privacy.erase(connection, store, key, hashed, stage.now)
    assert erased.counts["opt_ins"] == 1
    assert stage.rows(schema.opt_ins) == []


# --- WhatsApp -----------------------------------------------------------------------------------


def whatsapp_wrote(
    stage: Stage, account: ChannelAccount, text: str, at: datetime, name: str
) -> None:
    [one] = orjson.loads(orjson.dumps(by_whatsapp.RECORDED["text"]["value"]["messages"]))
    said = {**one, "id": name, "timestamp": str(int(at.timestamp())), "text": {"body": text}}
    by_whatsapp.come_in(stage, account, "text", messages=[said])


def test_by_whatsapp_the_number_agrees_to_whatsapp_alone(
    stage: Stage, chats_account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    waits_for(stage, whatsapp=WHATSAPP)
    whatsapp_wrote(stage, chats_account, "join us 🎉", datetime.now(UTC), "wamid.1")
    row = by_whatsapp.customer(stage)
    assert (row.whatsapp_consent, row.whatsapp_consent_source) == ("subscribed", "keyword")
    assert row.sms_consent is None
    [proof] = stage.rows(schema.opt_ins)
    assert (proof.channel, proof.provider_id, proof.wording) == ("whatsapp", "wamid.1", WORDING)
    while reply.drain(stage.runtime, [stage.store_id]):
        pass
    [sent] = stage.rows(schema.replies)
    assert (sent.author, sent.state) == (Author.BOT, "sent")
    assert sent.text.endswith("Reply STOP to end them.")
    assert sent.text in [one["text"] for one in whatsapp.messages(by_whatsapp.ADA)]


def test_told_late_it_brings_nobody_back_who_left_meanwhile(
    stage: Stage, chats_account: ChannelAccount
) -> None:
    waits_for(stage, whatsapp=WHATSAPP)
    at = datetime.now(UTC)
    whatsapp_wrote(stage, chats_account, "stop", at - 5 * MINUTE, "wamid.2")
    whatsapp_wrote(stage, chats_account, "join us", at - 9 * MINUTE, "wamid.1")
    assert by_whatsapp.customer(stage).whatsapp_consent == "unsubscribed"
    assert stage.rows(schema.opt_ins) == []
    assert stage.rows(schema.replies) == []
    whatsapp_wrote(stage, chats_account, "join us", at - 3 * MINUTE, "wamid.3")
    row = by_whatsapp.customer(stage)
    assert (row.whatsapp_consent, len(stage.rows(schema.opt_ins))) == ("subscribed", 1)
    assert row.whatsapp_consent_at < stage.now - 2 * MINUTE
