"""A report of one text that says more: of the store's whole account, of who left over there."""

import pytest

from jobs import channel_accounts
from marketing.model import ChannelName
from storage import channel_accounts as accounts
from storage import pauses, schema
from storage.channel_accounts import ChannelAccount
from tests.jobs.stage import Stage
from tests.jobs.test_channel_lists import PHONE
from tests.jobs.test_enroll import ordered
from tests.jobs.test_receive import (
    ADA,
    a_text,
    account,
    api_url,
    come_in,
    receive_all,
    reported,
    the_message,
    twilio,
)

__all__ = ["account", "api_url", "twilio"]


@pytest.mark.parametrize(
    ("code", "is_paused"), [("30034", True), ("30002", True), ("30007", False), ("30008", False)]
)
def test_what_no_text_gets_past_makes_the_others_wait(
    stage: Stage, account: ChannelAccount, code: str, is_paused: bool
) -> None:
    message = a_text(stage)
    reported(stage, account, message, "undelivered", code)
    ordered(stage, message.customer_id)
    stage.work()
    second = max(stage.messages(), key=lambda row: row.created_at)
    assert (second.state, second.reason) == (
        ("held", "channel_paused") if is_paused else ("sent", None)
    )
    with stage.database.reading() as connection:
        assert ("sms" in pauses.of_store(connection, stage.store_id)) is is_paused
        assert pauses.of_store(connection, stage.stranger_id) == {}
    public = {"account_sid": account.public["account_sid"], "sender": account.public["sender"]}
    told = ("twilio", public, account.secret(stage.runtime.secrets))
    channel_accounts.connect(stage.runtime, stage.store, ChannelName.SMS, told)
    stage.work()
    assert [row.state for row in stage.messages(id=second.id)] == ["sent"]


@pytest.mark.parametrize(
    ("code", "is_of_account"), [("30007", True), ("30034", True), ("30008", False)]
)
def test_a_report_that_tells_of_the_whole_account_is_told_on_the_channels_card(
    stage: Stage, account: ChannelAccount, code: str, is_of_account: bool
) -> None:
    reported(stage, account, a_text(stage), "undelivered", code)
    assert the_message(stage).state == "failed"
    with stage.database.reading() as connection:
        told = accounts.get(connection, stage.store_id, ChannelName.SMS)
        others = accounts.get(connection, stage.stranger_id, ChannelName.SMS)
    assert told
    assert (code in (told.trouble or "")) is is_of_account
    assert others is None
    assert stage.rows(schema.suppressions) == []


def test_who_left_at_the_provider_itself_has_left_here_too(
    stage: Stage, account: ChannelAccount
) -> None:
    message = a_text(stage)
    theirs = stage.customer(store_id=stage.stranger_id, **PHONE)
    come_in(
        stage, account, f"?m={message.id}",
        MessageSid=message.provider_id, MessageStatus="failed", ErrorCode="21610", To=ADA,
    )  # fmt: skip
    receive_all(stage)
    [row] = stage.rows(schema.customers, id=message.customer_id)
    assert row.sms_consent == "unsubscribed"
    [other] = stage.rows(schema.customers, id=theirs)
    assert other.sms_consent == "subscribed"
    [kept] = stage.rows(schema.suppressions)
    assert (kept.store_id, kept.channel, kept.scope) == (stage.store_id, "sms", "marketing")
