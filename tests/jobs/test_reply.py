"""Replies: handed over once, in order, by window and by whose hands; twice, late, erased."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels import base
from jobs import channel_accounts, conversations, reap, reply
from jobs.runtime import Periods
from marketing.chat import Author, Button, Card, ChatContent
from marketing.model import ChannelName, CustomerKey, RenderedMessage
from sandbox.faults import Fault
from sandbox.twilio import NO_NUMBER, NUMBER, Twilio
from storage import channel_accounts as accounts
from storage import privacy, replies, schema
from storage.channel_accounts import ChannelAccount
from tests.channels.test_twilio import api_url, twilio
from tests.jobs.stage import Stage
from tests.jobs.test_channel_lists import PHONE
from tests.jobs.test_receive import account, come_in, receive_all, wrote

__all__ = ["account", "api_url", "twilio"]
ADA = PHONE["phone"]
SMS = ChannelName.SMS


def say_to(stage: Stage, customer_id: str, text: str = "Hello Ada", **more: Any) -> str | None:
    given = {"author": Author.PERSON, "author_name": "Mara", **more}
    return stage.database.write(
        lambda c: reply.queue(c, stage.runtime, stage.store, customer_id, SMS, text, **given)
    )


def work(stage: Stage) -> None:
    while reply.drain(stage.runtime, [stage.store_id, stage.stranger_id]):
        pass


def the_reply(stage: Stage) -> Any:
    [row] = stage.rows(schema.replies)
    return row


def come_due(stage: Stage) -> None:
    """Let the time of another try come, without waiting for it."""
    with stage.database.writing() as connection:
        real_now = stage.database.real_now(connection)
    for row in stage.rows(schema.replies, state="queued"):
        stage.change(schema.replies, row.id, due_at=real_now)


def reported(stage: Stage, account: ChannelAccount, status: str, **more: str) -> None:
    row = the_reply(stage)
    form = {"MessageSid": row.provider_id or "SM9", "MessageStatus": status, **more}
    come_in(stage, account, f"?m={row.id}", **form)
    receive_all(stage)


def test_a_reply_goes_out_once_and_is_told_delivered_and_read(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    say_to(stage, stage.customer(**PHONE))
    work(stage)
    work(stage)
    [text] = twilio.texts(ADA)
    row = the_reply(stage)
    assert (text["body"], row.state, row.provider_id) == ("Hello Ada", "sent", text["sid"])
    for status, state in (("delivered", "delivered"), ("sent", "delivered"), ("read", "read")):
        reported(stage, account, status)
        assert the_reply(stage).state == state
    row = the_reply(stage)
    assert row.sent_at
    assert row.delivered_at
    assert row.read_at


def test_a_report_by_the_providers_own_id_is_enough(stage: Stage, account: ChannelAccount) -> None:
    say_to(stage, stage.customer(**PHONE))
    work(stage)
    come_in(stage, account, MessageSid=the_reply(stage).provider_id, MessageStatus="delivered")
    receive_all(stage)
    assert the_reply(stage).state == "delivered"


def test_two_of_one_customer_go_out_in_the_order_they_were_written(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    ada = stage.customer(**PHONE)
    for text in ("one", "two", "three"):
        say_to(stage, ada, text)
    twilio.faults.order(Fault("texts", "reply", code=429))
    work(stage)
    assert twilio.texts(ADA) == []
    come_due(stage)
    work(stage)
    assert [text["body"] for text in twilio.texts(ADA)] == ["one", "two", "three"]


def test_the_same_key_is_written_once(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    ada = stage.customer(**PHONE)
    assert say_to(stage, ada, key="a") is not None
    assert say_to(stage, ada, key="a") is None
    work(stage)
    assert len(twilio.texts(ADA)) == 1


def test_whoever_has_no_address_there_gets_no_reply(stage: Stage, account: ChannelAccount) -> None:
    assert say_to(stage, stage.customer()) is None
    assert stage.rows(schema.replies) == []


# --- faults -----------------------------------------------------------------------------------


def test_an_answer_that_is_lost_leaves_it_unknown_until_a_report_comes(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    """F33, F34: the provider took it; nobody heard so."""
    say_to(stage, stage.customer(**PHONE))
    twilio.faults.order(Fault("texts", "hang_up"))
    work(stage)
    assert the_reply(stage).state == "unknown"
    assert not stage.database.write(
        lambda c: replies.again(c, stage.store_id, the_reply(stage).id, stage.database.real_now(c))
    )
    work(stage)
    assert len(twilio.texts(ADA)) == 1
    reported(stage, account, "delivered")
    row = the_reply(stage)
    assert (row.state, row.provider_id) == ("delivered", "SM9")


def test_a_dead_workers_reply_is_unknown_and_never_sent_again(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    stage.runtime = replace_periods(stage, lease=0.0)
    say_to(stage, stage.customer(**PHONE))
    _, handed = stage.database.write(lambda c: reply._begin(stage.runtime, c, stage.store_id))
    assert handed
    reap.sweep(stage.runtime)
    assert the_reply(stage).state == "unknown"
    work(stage)
    assert twilio.texts(ADA) == []
    moments = stage.database.write(stage.database.moments)
    stage.database.write(lambda c: reply._settle(stage.runtime, c, handed, moments))
    assert the_reply(stage).state == "unknown"


def replace_periods(stage: Stage, **periods: float) -> Any:
    settings = replace(stage.runtime.settings, periods=Periods(**periods))  # type: ignore[arg-type]
    return replace(stage.runtime, settings=settings)


def test_a_busy_provider_is_asked_again_and_a_refused_number_never(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    ada = stage.customer(**PHONE)
    say_to(stage, ada)
    twilio.faults.order(Fault("texts", "reply", code=429))
    work(stage)
    row = the_reply(stage)
    assert (row.state, row.attempts) == ("queued", 1)
    come_due(stage)
    stage.change(schema.replies, row.id, address=NO_NUMBER)
    work(stage)
    assert the_reply(stage).state == "failed"
    [suppressed] = stage.rows(schema.suppressions)
    assert (suppressed.channel, suppressed.scope) == ("sms", "all")
    come_due(stage)
    stage.database.write(
        lambda c: replies.again(c, stage.store_id, row.id, stage.database.real_now(c))
    )
    work(stage)
    assert (the_reply(stage).state, the_reply(stage).reason) == ("failed", "suppressed")


def test_refused_credentials_hold_replies_until_the_channel_is_connected_anew(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    """F36."""
    good, twilio.auth_token = twilio.auth_token, "another"
    ada = stage.customer(**PHONE)
    say_to(stage, ada)
    say_to(stage, ada, "again")
    work(stage)
    assert {row.state for row in stage.rows(schema.replies)} == {"queued"}
    come_due(stage)
    twilio.auth_token = good
    work(stage)
    assert twilio.texts(ADA) == []
    public = {"account_sid": twilio.account_sid, "sender": NUMBER}
    channel_accounts.connect(
        stage.runtime, stage.store, SMS, ("twilio", public, {"auth_token": good})
    )
    come_due(stage)
    work(stage)
    assert [text["body"] for text in twilio.texts(ADA)] == ["Hello Ada", "again"]


def test_without_its_channel_a_reply_fails_with_its_reason(
    stage: Stage, account: ChannelAccount
) -> None:
    say_to(stage, stage.customer(**PHONE))
    with stage.database.writing() as connection:
        assert accounts.disconnect(connection, stage.store_id, SMS)
    work(stage)
    assert (the_reply(stage).state, the_reply(stage).reason) == ("failed", "channel_missing")


# --- whose hands ------------------------------------------------------------------------------


def test_what_a_machine_was_about_to_say_is_dropped_when_a_person_takes_over(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    """F46: before its hand-over, and written after it; that a person will answer goes out."""
    ada = stage.customer(**PHONE)
    say_to(stage, ada, "automatic", author=Author.BOT)
    conversations.hand_over(stage.runtime, stage.store, ada, "merchant")
    say_to(stage, ada, "late", author=Author.BOT)
    say_to(stage, ada, "Somebody will write", author=Author.BOT, in_human_hands=True)
    say_to(stage, ada, "I am Mara")
    work(stage)
    assert [text["body"] for text in twilio.texts(ADA)] == ["Somebody will write", "I am Mara"]
    states = {row.text: (row.state, row.reason) for row in stage.rows(schema.replies)}
    dropped = ("dropped", "in_human_hands")
    assert (states["automatic"], states["late"]) == (dropped, dropped)


# --- windows ----------------------------------------------------------------------------------


class Recorder:
    """A Messenger that takes everything, and says what it was given."""

    name, provider = ChannelName.MESSENGER, "recorder"

    def __init__(self) -> None:
        self.sent: list[RenderedMessage] = []

    def send_many(self, messages: Any) -> Any:
        for message in messages:
            self.sent.append(message)
            yield message.message_id, base.Receipt(f"m_{len(self.sent)}", "taken")


@pytest.fixture
def messenger(stage: Stage) -> Recorder:
    recorder = Recorder()
    channels = {**stage.runtime.channels, ChannelName.MESSENGER: recorder}
    stage.runtime = replace(stage.runtime, channels=channels)  # type: ignore[arg-type]
    return recorder


Chat = Callable[..., str | None]


@pytest.fixture
def chat(stage: Stage, messenger: Recorder) -> Chat:
    ada = stage.customer()
    row = {
        "store_id": stage.store_id, "id": schema.new_id(), "channel": "messenger",
        "provider_id": "m1", "customer_id": ada, "sender": "psid", "text": "Hi",
        "received_at": stage.now,
    }  # fmt: skip
    with stage.database.writing() as connection:
        connection.execute(schema.inbound_messages.insert(), row)

    def answer(words: str | ChatContent, author: Author, **more: Any) -> str | None:
        channel = ChannelName.MESSENGER
        return stage.database.write(
            lambda c: reply.queue(
                c, stage.runtime, stage.store, ada, channel, words, author=author, **more
            )
        )

    return answer


@pytest.mark.parametrize(
    ("hours", "bot", "person"),
    [(1, "sent", "sent"), (25, "failed", "sent"), (7 * 24 + 1, "failed", "failed")],
)
def test_machines_have_a_day_to_answer_and_people_a_week(
    stage: Stage, messenger: Recorder, chat: Chat, hours: int, bot: str, person: str
) -> None:
    """F47."""
    stage.pass_time(timedelta(hours=hours))
    chat("automatic", Author.BOT)
    chat("by hand", Author.PERSON)
    work(stage)
    rows = {row.text: row for row in stage.rows(schema.replies)}
    assert (rows["automatic"].state, rows["by hand"].state) == (bot, person)
    assert {row.reason for row in rows.values() if row.state == "failed"} <= {"channel_window"}
    for message in messenger.sent:
        assert message.chat
        assert message.window_age is not None
        assert message.window_age >= timedelta(hours=hours)


def test_cards_and_buttons_arrive_as_they_were_written(
    messenger: Recorder, chat: Chat, stage: Stage
) -> None:
    card = Card("Mug", "$12.00", "https://x.example/a.png", "https://x.example", (Button("Buy"),))
    told = ChatContent("Look", (Button("Agent", "AGENT"),), (card,), author=Author.PERSON)
    chat(told, Author.PERSON)
    work(stage)
    [message] = messenger.sent
    assert (message.chat, message.to) == (told, "psid")


# --- privacy ----------------------------------------------------------------------------------


@pytest.mark.parametrize("moment", ["queued", "handing_over", "sent", "unknown"])
def test_an_erased_customer_is_written_to_no_more_and_leaves_no_words(
    stage: Stage, twilio: Twilio, account: ChannelAccount, moment: str
) -> None:
    """F48."""
    ada = stage.customer(**PHONE, external_id="7001")
    wrote(stage, account, "My name is Ada")
    reply_id = say_to(stage, ada, "Dear Ada")
    handed = None
    if moment == "handing_over":
        _, handed = stage.database.write(lambda c: reply._begin(stage.runtime, c, stage.store_id))
    elif moment != "queued":
        work(stage)
        stage.change(schema.replies, str(reply_id), state=moment)
    erase(stage)
    if handed:
        moments = stage.database.write(stage.database.moments)
        stage.database.write(lambda c: reply._settle(stage.runtime, c, handed, moments))
    work(stage)
    come_in(stage, account, f"?m={reply_id}", MessageSid="SM1", MessageStatus="delivered")
    receive_all(stage)
    assert stage.rows(schema.replies) == []
    assert len(twilio.texts(ADA)) == (0 if moment in {"queued", "handing_over"} else 1)


def erase(stage: Stage) -> None:
    with stage.database.writing() as connection:
        hashed = stage.runtime.secrets.address_hash
        privacy.erase(connection, stage.store, CustomerKey("7001"), hashed, stage.now)


def test_a_stop_is_no_reason_not_to_answer_by_hand(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    ada = stage.customer(**PHONE)
    wrote(stage, account, "STOP")
    say_to(stage, ada, "You get no more of them.")
    work(stage)
    assert the_reply(stage).state == "sent"


def test_another_stores_report_and_another_stores_customer_move_nothing(
    stage: Stage, account: ChannelAccount
) -> None:
    eve = stage.customer("Eve", store_id=stage.stranger_id, **PHONE)
    assert say_to(stage, eve) is None
    say_to(stage, stage.customer(**PHONE))
    work(stage)
    row = the_reply(stage)
    with stage.database.writing() as connection:
        ids = connection, stage.stranger_id, "sms", [row.id], [row.provider_id]
        assert replies.reported_on(*ids) == []


def test_a_failure_told_again_is_of_the_try_that_failed_and_not_of_the_next(
    stage: Stage, twilio: Twilio, account: ChannelAccount
) -> None:
    def fails(sid: str) -> str:
        come_in(stage, account, f"?m={row.id}", MessageSid=sid, MessageStatus="failed", Again=tag)
        receive_all(stage)
        return str(the_reply(stage).state)

    say_to(stage, stage.customer(**PHONE))
    work(stage)
    row, tag = the_reply(stage), "1"
    assert fails(row.provider_id) == "failed"
    again = stage.database.write(
        lambda c: replies.again(c, stage.store_id, row.id, stage.database.real_now(c))
    )
    assert again
    tag = "2"
    assert fails(row.provider_id) == "queued"
    _, handed = stage.database.write(lambda c: reply._begin(stage.runtime, c, stage.store_id))
    tag = "3"
    assert fails(row.provider_id) == "handing_over"
    reply._send(stage.runtime, handed)
    moments = stage.database.write(stage.database.moments)
    stage.database.write(lambda c: reply._settle(stage.runtime, c, handed, moments))
    second, tag = the_reply(stage).provider_id, "4"
    assert second != row.provider_id
    assert fails(row.provider_id) == "sent"
    assert fails(second) == "failed"
