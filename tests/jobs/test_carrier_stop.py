"""A STOP that Twilio keeps by itself: said as such, passed over, and lifted by START alone."""

from typing import Any

import pytest

from jobs import answering, channel_accounts
from marketing.keyword_opt_in import KEY
from marketing.model import ChannelName, Reason
from sandbox.twilio import Twilio
from storage import schema, suppressions
from storage.channel_accounts import ChannelAccount
from tests.jobs.stage import Stage
from tests.jobs.test_channel_lists import EITHER, PHONE
from tests.jobs.test_enroll import ordered
from tests.jobs.test_receive import ADA, TEXT, account, api_url, twilio, wrote
from tests.jobs.test_steps import a_flow

__all__ = ["account", "api_url", "twilio"]
JOIN = {"sms": {"keyword": "JOIN", "wording": "Text JOIN for our news."}}


@pytest.fixture
def ada(stage: Stage, twilio: Twilio, account: ChannelAccount) -> str:
    """Somebody who stopped at Twilio, agreed anew by our word, and whose text was refused."""
    settings = {**stage.store.settings, KEY: JOIN}
    stage.change(schema.stores, stage.store_id, settings=settings)
    ada = stage.customer(**PHONE)
    twilio.answer(ADA, "STOP")
    wrote(stage, account, "STOP")
    wrote(stage, account, "JOIN", sid="SM2")
    a_flow(stage, TEXT)
    send(stage, ada)
    return ada


def send(stage: Stage, ada: str) -> Any:
    """Let them order; give the text that comes of it."""
    ordered(stage, ada)
    stage.work()
    return max(stage.messages(), key=lambda row: row.created_at)


def test_the_refusal_is_kept_as_the_providers_and_not_as_a_word_of_the_customers(
    stage: Stage, ada: str
) -> None:
    [refused] = stage.messages()
    assert (refused.state, "21610" in refused.reason) == ("failed", True)
    [kept] = stage.rows(schema.suppressions)
    assert (kept.store_id, kept.channel) == (stage.store_id, "sms")
    assert (kept.scope, kept.reason, kept.source) == ("carrier", "carrier_stop", "twilio")
    [row] = stage.rows(schema.customers, id=ada)
    assert (row.sms_consent, row.sms_consent_source) == ("subscribed", "keyword")


def test_what_would_be_refused_is_not_tried_and_says_why(
    stage: Stage, twilio: Twilio, ada: str
) -> None:
    second = send(stage, ada)
    assert (second.state, second.reason) == ("skipped", "carrier_stop")
    assert second.attempts == 0


@pytest.mark.parametrize("kind", ["marketing", "transactional"])
def test_another_channel_takes_its_place(stage: Stage, ada: str, kind: str) -> None:
    a_flow(stage, {**EITHER, "message_kind": kind})
    ordered(stage, ada)
    stage.work()
    [row] = stage.messages(state="sent")
    assert (row.channel, row.passed_over) == (
        "email",
        [{"channel": "sms", "reason": "carrier_stop"}],
    )


def test_the_team_is_told_before_it_writes(stage: Stage, ada: str) -> None:
    with stage.database.reading() as connection:
        ways = answering.ways(stage.runtime, connection, stage.store, ada, stage.now)
    assert [(one.channel, one.refusal) for one in ways] == [(ChannelName.SMS, Reason.CARRIER_STOP)]


def test_another_word_of_ours_lifts_nothing_and_start_does(
    stage: Stage, twilio: Twilio, account: ChannelAccount, ada: str
) -> None:
    wrote(stage, account, "JOIN", sid="SM3")
    assert send(stage, ada).reason == "carrier_stop"
    twilio.answer(ADA, "START")
    wrote(stage, account, "START", sid="SM4")
    assert stage.rows(schema.suppressions) == []
    assert send(stage, ada).state == "sent"


def test_a_start_lets_texts_through_without_being_a_consent(
    stage: Stage, twilio: Twilio, account: ChannelAccount, ada: str
) -> None:
    stage.change(schema.customers, ada, sms_consent=None, sms_consent_source=None)
    twilio.answer(ADA, "START")
    wrote(stage, account, "START", sid="SM4")
    assert stage.rows(schema.suppressions) == []
    assert send(stage, ada).reason == "no_consent"


def test_a_start_to_another_store_lets_nothing_of_ours_through(
    stage: Stage, account: ChannelAccount, ada: str
) -> None:
    hashed = stage.runtime.secrets.address_hash("sms", ADA)
    with stage.database.writing() as connection:
        suppressions.let_through(connection, stage.stranger_id, "sms", [hashed])
        suppressions.let_through(connection, stage.store_id, "whatsapp", [hashed])
    assert len(stage.rows(schema.suppressions)) == 1


def test_a_new_sender_has_been_stopped_by_nobody(
    stage: Stage, twilio: Twilio, account: ChannelAccount, ada: str
) -> None:
    def connected(sender: str) -> int:
        public = {"account_sid": twilio.account_sid, "sender": sender}
        told = ("twilio", public, {"auth_token": twilio.auth_token})
        channel_accounts.connect(stage.runtime, stage.store, ChannelName.SMS, told)
        return len(stage.rows(schema.suppressions))

    assert connected(account.public["sender"]) == 1
    assert connected("+15005550007") == 0


def test_who_stops_at_the_store_itself_is_not_turned_into_the_providers_case(
    stage: Stage, account: ChannelAccount, ada: str
) -> None:
    wrote(stage, account, "STOP", sid="SM3")
    [kept] = stage.rows(schema.suppressions)
    assert (kept.scope, kept.reason) == ("marketing", "unsubscribed")
