"""A store texts by its own account: sent, reported on, answered; late, twice, or odd."""

from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from channels import Providers
from channels.base import Callback
from connectors.base import Credentials
from jobs import channel_accounts, outbox, receive, redrive
from marketing.model import ChannelName, CustomerKey
from sandbox.twilio import NO_NUMBER, NUMBER, Twilio
from storage import callbacks, privacy, schema, stores
from storage import channel_accounts as accounts
from storage.channel_accounts import ChannelAccount
from tests.channels.test_twilio import api_url, twilio
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_channel_lists import PHONE, WAKING
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow

__all__ = ["api_url", "twilio"]
TEXT = {**MAIL, "channel": "sms"}
ADA = PHONE["phone"]


@pytest.fixture
def account(stage: Stage, twilio: Twilio, api_url: str) -> ChannelAccount:
    """The store's own account; nothing that Twilio tells arrives by itself."""
    stage.runtime = replace(stage.runtime, providers=Providers(api_url, use_proxies=False))
    stage.change(schema.stores, stage.store_id, settings=WAKING)
    twilio.call = lambda *_: 0  # type: ignore[method-assign]
    public = {"account_sid": twilio.account_sid, "sender": NUMBER}
    told = ("twilio", public, {"auth_token": twilio.auth_token})
    return channel_accounts.connect(stage.runtime, stage.store, ChannelName.SMS, told)


def come_in(stage: Stage, account: ChannelAccount, query: str = "", **form: str) -> None:
    url = channel_accounts.callback_url(stage.runtime, account) + query
    receive.kept(stage.runtime, account, Callback(url, urlencode(form).encode()))


def receive_all(stage: Stage) -> None:
    while receive.drain(stage.runtime, [stage.store_id, stage.stranger_id]):
        pass
    stage.work()


def wrote(
    stage: Stage, account: ChannelAccount, text: str, sid: str = "SM1", number: str = ADA
) -> None:
    come_in(stage, account, MessageSid=sid, From=number, To=NUMBER, Body=text)
    receive_all(stage)


def reported(
    stage: Stage, account: ChannelAccount, message: Any, status: str, code: str = ""
) -> None:
    query = f"?m={message.id}"
    form = {"MessageSid": message.provider_id or "SM9", "MessageStatus": status}
    come_in(stage, account, query, **form, **({"ErrorCode": code} if code else {}))
    receive_all(stage)


def a_text(stage: Stage, **columns: Any) -> Any:
    a_flow(stage, TEXT)
    ordered(stage, stage.customer(**{**PHONE, **columns}))
    stage.work()
    [message] = stage.messages()
    return message


def by_day(stage: Stage) -> str:
    """Give a zone in which it is noon: an American number is texted by day alone."""
    return f"Etc/GMT{stage.now.astimezone(UTC).hour - 12:+d}"


def the_message(stage: Stage) -> Any:
    [message] = stage.messages()
    return message


def test_a_text_goes_out_by_the_stores_own_account(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    message = a_text(stage)
    [text] = twilio.texts(ADA)
    assert (message.state, message.provider, message.provider_id) == ("sent", "twilio", text["sid"])
    assert "Hello" in text["body"]


def test_another_store_texts_by_no_account_of_this_one(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    with stage.database.reading() as connection:
        names = set(channel_accounts.channels_of(stage.runtime, connection, stage.stranger_id))
    assert names == {ChannelName.EMAIL}


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent", "queued"], "delivered"),
        (["delivered", "delivered"], "delivered"),
        (["undelivered"], "failed"),
        (["delivered", "read"], "read"),
    ],
)
def test_reports_move_a_message_on_in_whatever_order_they_come(
    stage: Stage, account: ChannelAccount, told: list[str], state: str
) -> None:
    message = a_text(stage)
    for status in told:
        reported(stage, account, message, status)
    assert the_message(stage).state == state


def test_a_number_that_is_gone_is_not_texted_again(stage: Stage, account: ChannelAccount) -> None:
    message = a_text(stage)
    reported(stage, account, message, "failed", "30005")
    assert the_message(stage).state == "bounced"
    assert len(stage.events("message.bounced")) == 1
    [row] = stage.rows(schema.suppressions, store_id=stage.store_id)
    assert (row.channel, row.scope) == ("sms", "all")


def test_a_number_that_twilio_refuses_at_once_is_not_texted_again(
    stage: Stage, account: ChannelAccount
) -> None:
    assert a_text(stage, phone=NO_NUMBER, timezone=by_day(stage)).state == "bounced"


def test_a_report_settles_a_message_whose_hand_over_nobody_saw_end(
    stage: Stage, account: ChannelAccount
) -> None:
    message = a_text(stage)
    stage.change(schema.messages, message.id, state="unknown", provider_id=None, sent_at=None)
    reported(stage, account, replace_id(message), "delivered")
    row = the_message(stage)
    assert (row.state, row.provider_id) == ("delivered", "SM9")
    assert row.sent_at is not None


def replace_id(message: Any) -> Any:
    class Unanswered:
        id, provider_id = message.id, None

    return Unanswered


def test_a_report_on_another_stores_message_moves_nothing(
    stage: Stage, account: ChannelAccount
) -> None:
    message = a_text(stage)
    public = {"account_sid": "AC2", "sender": NUMBER}
    with stage.database.reading() as connection:
        stranger = stores.by_id(connection, stage.stranger_id)
    assert stranger
    told = ("twilio", public, {"auth_token": "theirs"})
    theirs = channel_accounts.connect(stage.runtime, stranger, ChannelName.SMS, told)
    reported(stage, theirs, message, "undelivered")
    assert the_message(stage).state == "sent"


# --- what customers write ---------------------------------------------------------------------


def test_what_a_customer_writes_starts_a_flow_once(stage: Stage, account: ChannelAccount) -> None:
    trigger = {"event": "message.received", "channel": "sms", "keywords": ["Stock"]}
    a_flow(stage, MAIL, trigger=trigger)
    stage.customer(**PHONE)
    for _ in range(2):
        wrote(stage, account, " stock? ")
    assert len(stage.sink.mails) == 1
    assert [row.text for row in stage.rows(schema.inbound_messages)] == [" stock? "]
    wrote(stage, account, "something else", sid="SM2")
    assert len(stage.sink.mails) == 1


def test_a_stranger_who_writes_becomes_a_customer_who_agreed_to_nothing(
    stage: Stage, account: ChannelAccount
) -> None:
    wrote(stage, account, "Do you ship to Norway?", number="+4790000000")
    [row] = stage.rows(schema.customers, store_id=stage.store_id)
    assert (row.phone, row.sms_consent, row.email) == ("+4790000000", None, None)


def test_a_stop_ends_what_was_to_come_and_the_platform_is_told(
    stage: Stage, account: ChannelAccount
) -> None:
    told: list[Any] = []
    stage.shop.write_consent = lambda *given: told.append(given)  # type: ignore[attr-defined]
    wait = {"kind": "delay", "id": "wait", "duration": "PT2H"}
    a_flow(stage, TEXT, wait, {**TEXT, "id": "again"})
    ordered(stage, stage.customer(**PHONE))
    stage.work()
    wrote(stage, account, "please stop texting me")
    stage.live(4 * HOUR)
    by_step = {row.step_id: (row.state, row.reason) for row in stage.messages()}
    assert by_step["mail"][0] == "sent"
    assert by_step["again"] == ("skipped", "suppressed")
    [customer] = stage.rows(schema.customers, store_id=stage.store_id)
    assert (customer.sms_consent, customer.sms_consent_source) == ("unsubscribed", "reply")
    assert customer.email_consent == "subscribed"
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    [(token, key, channel, state, _)] = told
    assert isinstance(token, Credentials)
    assert (key.phone, channel, state.value) == (ADA, ChannelName.SMS, "unsubscribed")
    assert len(stage.events("customer.unsubscribed")) == 1
    assert stage.events("message.received") == []


def test_who_left_by_a_word_comes_back_by_one(stage: Stage, account: ChannelAccount) -> None:
    stage.customer(**PHONE)
    wrote(stage, account, "STOP")
    wrote(stage, account, "START", sid="SM2")
    [customer] = stage.rows(schema.customers, store_id=stage.store_id)
    assert customer.sms_consent == "subscribed"
    assert stage.rows(schema.suppressions, store_id=stage.store_id) == []
    assert a_text_to(stage, customer.id) == "sent"


def a_text_to(stage: Stage, customer_id: str) -> str:
    a_flow(stage, TEXT)
    ordered(stage, customer_id)
    stage.work()
    return str(the_message(stage).state)


def test_a_yes_of_somebody_who_never_left_is_no_consent(
    stage: Stage, account: ChannelAccount
) -> None:
    stage.customer(**{**PHONE, "sms_consent": None})
    wrote(stage, account, "yes")
    [customer] = stage.rows(schema.customers, store_id=stage.store_id)
    assert customer.sms_consent is None


def test_an_erased_customer_leaves_no_words_behind(stage: Stage, account: ChannelAccount) -> None:
    stage.customer(**PHONE, external_id="7001")
    wrote(stage, account, "My name is Ada")
    with stage.database.writing() as connection:
        privacy.erase(
            connection,
            stage.store,
            CustomerKey("7001"),
            stage.runtime.secrets.address_hash,
            stage.now,
        )
    assert stage.rows(schema.inbound_messages) == []
    assert [row.body for row in stage.rows(schema.callbacks)] == [None]


def test_a_callback_that_makes_no_sense_holds_up_none(
    stage: Stage, account: ChannelAccount
) -> None:
    stage.customer(**PHONE)
    come_in(stage, account, Nonsense="1")
    wrote(stage, account, "hello")
    errors = [row.error for row in stage.rows(schema.callbacks)]
    assert sorted(error is None for error in errors) == [False, True]
    assert len(stage.rows(schema.inbound_messages)) == 1


def test_what_we_fail_to_read_is_tried_again_later_and_dead_at_last(
    stage: Stage, account: ChannelAccount
) -> None:
    come_in(stage, account, Nonsense="1")
    for delay in callbacks.DELAYS:
        receive_all(stage)
        [row] = stage.rows(schema.callbacks)
        assert (row.processed_at, row.due_at > row.received_at) == (None, True)
        assert row.due_at - row.received_at >= delay
        tries = row.tries
        receive_all(stage)
        assert stage.rows(schema.callbacks)[0].tries == tries
        stage.change(schema.callbacks, row.id, due_at=row.received_at)
    receive_all(stage)
    [row] = stage.rows(schema.callbacks)
    assert row.processed_at
    assert row.body
    assert dead(stage) == {stage.store_id: 1, stage.stranger_id: 0}


def dead(stage: Stage) -> dict[str, int]:
    with stage.database.reading() as connection:
        ids = (stage.store_id, stage.stranger_id)
        return {one: callbacks.count_dead(connection, one) for one in ids}


def test_a_fault_of_ours_that_is_mended_loses_no_word(
    stage: Stage, account: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.customer(**PHONE)
    with monkeypatch.context() as fault:
        fault.setattr(receive.conversing, "hear", lambda *_: 1 / 0)
        wrote(stage, account, "hello")
    [row] = stage.rows(schema.callbacks)
    assert "ZeroDivisionError" in row.error
    stage.change(schema.callbacks, row.id, processed_at=row.received_at)
    assert redrive.retry(stage.runtime, stage.stranger_id, "dead_callbacks") == 0
    assert redrive.retry(stage.runtime, stage.store_id, "dead_callbacks") == 1
    receive_all(stage)
    [row] = stage.rows(schema.callbacks)
    assert (row.error, row.body) == (None, None)
    assert len(stage.rows(schema.inbound_messages)) == 1


def test_what_could_not_be_read_of_an_erased_customer_is_dropped(
    stage: Stage, account: ChannelAccount
) -> None:
    stage.customer(**PHONE, external_id="7001")
    come_in(stage, account, From=ADA, Nonsense="My name is Ada")
    come_in(stage, account, From="+4915100000000", Nonsense="My name is Ben")
    receive_all(stage)
    who, hashed = CustomerKey("7001"), stage.runtime.secrets.address_hash
    with stage.database.writing() as connection:
        privacy.erase(connection, stage.store, who, hashed, stage.now)
    [row] = stage.rows(schema.callbacks)
    assert b"Ben" in row.body


def test_whoever_still_sends_by_an_account_that_changes_is_not_cut_off(
    stage: Stage, account: ChannelAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    leaving: list[tuple[float, object]] = []
    monkeypatch.setattr(channel_accounts, "_leaving", leaving)
    held = channel_accounts.opened(stage.runtime, account)
    closed: list[object] = []
    close = type(held).close
    monkeypatch.setattr(type(held), "close", lambda one: closed.append(one) or close(one))
    public = {"account_sid": "AC2", "sender": NUMBER}
    told = ("twilio", public, {"auth_token": "another"})

    def changed() -> object:
        other = channel_accounts.connect(stage.runtime, stage.store, ChannelName.SMS, told)
        return channel_accounts.opened(stage.runtime, other)

    assert changed() is not held
    assert held not in closed
    leaving[:] = [(0.0, one) for _, one in leaving]  # the time they had is over
    changed()
    assert held in closed


def test_old_callbacks_are_forgotten(stage: Stage, account: ChannelAccount) -> None:
    wrote(stage, account, "hello")
    [row] = stage.rows(schema.callbacks)
    long_ago = row.processed_at - receive.KEEP - timedelta(days=1)
    stage.change(schema.callbacks, row.id, processed_at=long_ago)
    wrote(stage, account, "hello again", sid="SM2")
    assert row.id not in [one.id for one in stage.rows(schema.callbacks)]


def test_a_disconnected_account_sends_nothing_and_hears_nothing(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    come_in(stage, account, MessageSid="SM1", From=ADA, Body="hello")
    with stage.database.writing() as connection:
        assert accounts.disconnect(connection, stage.store_id, ChannelName.SMS)
    receive_all(stage)
    assert stage.rows(schema.inbound_messages) == []
    assert a_text(stage).reason == "channel_missing"
    assert twilio.texts() == []


def test_a_refused_token_pauses_texts_until_it_is_given_anew(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    good, twilio.auth_token = twilio.auth_token, "another"
    assert a_text(stage).reason == "channel_paused"
    twilio.auth_token = good
    public = {"account_sid": twilio.account_sid, "sender": NUMBER}
    told = ("twilio", public, {"auth_token": good})
    again = channel_accounts.connect(stage.runtime, stage.store, ChannelName.SMS, told)
    assert again.callback_key == account.callback_key
    stage.work()
    assert the_message(stage).state == "sent"


@pytest.mark.parametrize("body", [b"%00hello", b"hello"])
def test_what_no_database_takes_is_heard_without_it(
    stage: Stage, account: ChannelAccount, body: bytes
) -> None:
    stage.customer(**PHONE)
    url = channel_accounts.callback_url(stage.runtime, account)
    form = urlencode({"MessageSid": "SM1", "From": ADA, "To": NUMBER}).encode() + b"&Body=" + body
    receive.kept(stage.runtime, account, Callback(url, form))
    receive_all(stage)
    [row] = stage.rows(schema.inbound_messages)
    assert row.text.removeprefix("\ufffd") == "hello"
    assert [row.error for row in stage.rows(schema.callbacks)] == [None]


def test_a_store_that_left_hears_nothing_more(stage: Stage, account: ChannelAccount) -> None:
    stage.change(schema.stores, stage.store_id, status="uninstalled")
    wrote(stage, account, "hello")
    assert stage.rows(schema.inbound_messages) == []
    assert all(row.processed_at for row in stage.rows(schema.callbacks))


def test_a_stop_while_the_store_is_away_holds_when_it_comes_back(
    stage: Stage, account: ChannelAccount
) -> None:
    ada = stage.customer(**PHONE)
    theirs = stage.customer(store_id=stage.stranger_id, **PHONE)
    stage.change(schema.stores, stage.store_id, status="uninstalled")
    wrote(stage, account, "When will it come?")
    wrote(stage, account, "STOP", "SM2")
    assert stage.rows(schema.inbound_messages) == []
    assert stage.rows(schema.outbox, kind="write_consent") == []
    [row] = stage.rows(schema.customers, id=ada)
    assert row.sms_consent == "unsubscribed"
    [other] = stage.rows(schema.customers, id=theirs)
    assert other.sms_consent != "unsubscribed"
    stage.change(schema.stores, stage.store_id, status="installed")
    a_flow(stage, TEXT)
    ordered(stage, ada)
    stage.work()
    assert the_message(stage).state == "skipped"


def test_who_comes_back_while_the_store_is_away_is_written_to_again(
    stage: Stage, account: ChannelAccount
) -> None:
    ada = stage.customer(**PHONE)
    stage.change(schema.stores, stage.store_id, status="uninstalled")
    wrote(stage, account, "STOP")
    stage.pass_time(HOUR)
    wrote(stage, account, "START", "SM2")
    [row] = stage.rows(schema.customers, id=ada)
    assert row.sms_consent == "subscribed"
    assert stage.rows(schema.suppressions, store_id=stage.store_id) == []
