"""Messages that may go by several channels: the first that reaches, as things are when it goes."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from channels.base import Receipt, SendFailed
from jobs import deliver
from marketing.consent import SuppressionScope
from marketing.model import ChannelName, RenderedMessage
from storage import pauses, schema, suppressions
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow

EITHER = {key: value for key, value in MAIL.items() if key != "channel"} | {
    "channels": ["sms", "email"]
}
PHONE: dict[str, Any] = {"phone": "+15550100", "sms_consent": "subscribed"}
WAKING = {"quiet_hours": {"sms": None, "email": None}}


class Texts:
    """A provider of text messages that takes whatever it is given."""

    name, provider = ChannelName.SMS, "texts"

    def __init__(self) -> None:
        self.taken: list[RenderedMessage] = []

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        for message in messages:
            self.taken.append(message)
            yield message.message_id, Receipt(f"text-{len(self.taken)}", "taken")


@pytest.fixture
def texts(stage: Stage) -> Texts:
    channel = Texts()
    stage.runtime.channels[ChannelName.SMS] = channel  # type: ignore[index,assignment]
    stage.change(schema.stores, stage.store_id, settings=WAKING)
    return channel


def the_message(stage: Stage) -> Any:
    (row,) = stage.messages()
    return row


def test_the_first_channel_that_reaches_is_taken(stage: Stage, texts: Texts) -> None:
    a_flow(stage, EITHER)
    ordered(stage, stage.customer(**PHONE))
    stage.work()
    row = the_message(stage)
    assert (row.state, row.channel, row.passed_over) == ("sent", "sms", None)
    assert [one.to for one in texts.taken] == ["+15550100"]
    assert stage.sink.mails == []


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"phone": None, "sms_consent": "subscribed"}, "no_address"),
        ({**PHONE, "sms_consent": None}, "no_consent"),
        ({**PHONE, "sms_consent": "unsubscribed"}, "unsubscribed"),
    ],
)
def test_a_channel_that_does_not_serve_is_passed_over_with_its_reason(
    stage: Stage, texts: Texts, columns: dict[str, Any], why: str
) -> None:
    a_flow(stage, EITHER)
    ordered(stage, stage.customer(**columns))
    stage.work()
    row = the_message(stage)
    assert (row.state, row.channel) == ("sent", "email")
    assert row.passed_over == [{"channel": "sms", "reason": why}]
    assert (texts.taken, len(stage.sink.mails)) == ([], 1)


def test_a_suppressed_number_and_a_paused_channel_are_passed_over(
    stage: Stage, texts: Texts
) -> None:
    a_flow(stage, EITHER)
    people = [stage.customer(**PHONE), stage.customer("Ben", **{**PHONE, "phone": "+15550101"})]
    with stage.database.writing() as connection:
        hashed = stage.runtime.secrets.address_hash("sms", "+15550100")
        told = {"scope": SuppressionScope.ALL, "reason": "carrier", "source": "texts"}
        suppressions.add(connection, stage.store_id, "sms", [hashed], now=stage.now, **told)
    ordered(stage, people[0])
    stage.work()
    paused(stage, "sms")
    ordered(stage, people[1])
    stage.work()
    found = {row.customer_id: row.passed_over for row in stage.messages(channel="email")}
    assert found[people[0]] == [{"channel": "sms", "reason": "suppressed"}]
    assert found[people[1]] == [{"channel": "sms", "reason": "channel_paused"}]
    assert texts.taken == []


def paused(stage: Stage, channel: str) -> None:
    with stage.database.writing() as connection:
        now = stage.database.real_now(connection)
        pauses.pause(
            connection, stage.store_id, channel, reason="refused", since=now, until=now + HOUR
        )


def test_what_is_true_when_it_is_sent_decides(stage: Stage, texts: Texts) -> None:
    """Between the step and the hand-over the customer says no to texts, and a pause ends."""
    a_flow(stage, EITHER)
    ada = stage.customer(**PHONE, email_consent="unsubscribed")
    ordered(stage, ada)
    paused(stage, "sms")
    stage.work()
    row = the_message(stage)
    assert (row.state, row.reason, row.channel) == ("held", "channel_paused", "sms")
    stage.change(schema.customers, ada, email_consent="subscribed", sms_consent="unsubscribed")
    stage.change(schema.messages, row.id, state="due")
    while deliver.drain(stage.runtime, [stage.store_id]):
        pass
    row = the_message(stage)
    assert (row.state, row.channel) == ("sent", "email")
    assert row.passed_over == [{"channel": "sms", "reason": "unsubscribed"}]


def test_whom_nothing_reaches_is_not_written_to_and_each_channel_says_why(
    stage: Stage, texts: Texts
) -> None:
    a_flow(stage, EITHER)
    ordered(stage, stage.customer(email_consent="unsubscribed"))
    stage.work()
    row = the_message(stage)
    assert (row.state, row.reason, row.channel) == ("skipped", "no_address", "sms")
    assert [one["reason"] for one in row.passed_over] == ["no_address", "unsubscribed"]


def test_a_channel_that_the_store_has_not_is_passed_over_and_alone_is_told(stage: Stage) -> None:
    chat = {**MAIL["template"], "chat": {"text": "Hi"}}
    a_flow(stage, {**EITHER, "channels": ["messenger", "email"], "template": chat},
           {**MAIL, "id": "dm", "channel": "messenger", "template": chat})  # fmt: skip
    ordered(stage, stage.customer())
    stage.work()
    rows = {row.step_id: row for row in stage.messages()}
    assert rows["mail"].passed_over == [{"channel": "messenger", "reason": "channel_missing"}]
    assert (rows["mail"].state, rows["mail"].channel) == ("sent", "email")
    assert (rows["dm"].state, rows["dm"].reason) == ("skipped", "channel_missing")


def test_a_night_puts_a_text_off_and_does_not_make_it_an_email(stage: Stage, texts: Texts) -> None:
    hour = stage.now.hour
    night = {"start": f"{hour:02}:00", "end": f"{(hour + 2) % 24:02}:00"}
    stage.change(
        schema.stores, stage.store_id, settings={"quiet_hours": {"sms": night}}, timezone="UTC"
    )
    a_flow(stage, EITHER)
    ordered(stage, stage.customer(**PHONE, timezone="UTC"))
    stage.work()
    row = the_message(stage)
    assert (row.state, row.reason, row.channel) == ("due", "quiet_hours", "sms")
    stage.live(2 * HOUR)
    assert (the_message(stage).state, len(texts.taken)) == ("sent", 1)


def test_a_night_where_the_number_is_from_puts_a_text_off(stage: Stage, texts: Texts) -> None:
    hour = stage.now.astimezone(ZoneInfo("Asia/Tokyo")).hour
    night = {"start": f"{hour:02}:00", "end": f"{(hour + 2) % 24:02}:00"}
    stage.change(
        schema.stores, stage.store_id, settings={"quiet_hours": {"sms": night}}, timezone="UTC"
    )
    a_flow(stage, EITHER)
    ordered(stage, stage.customer(**{**PHONE, "phone": "+81312345678"}))
    ordered(stage, stage.customer("Ben", **{**PHONE, "phone": "+81312345679"}, timezone="UTC"))
    stage.work()
    assert sorted((row.state, row.reason) for row in stage.messages()) == [
        ("due", "quiet_hours"), ("sent", None),
    ]  # fmt: skip
    stage.live(2 * HOUR)
    assert len(texts.taken) == 2


def test_each_channel_has_its_own_cap(stage: Stage, texts: Texts) -> None:
    a_flow(stage, EITHER)
    a_flow(stage, MAIL)
    ordered(stage, stage.customer(**PHONE))
    stage.work()
    assert {row.channel: row.state for row in stage.messages()} == {"sms": "sent", "email": "sent"}


def test_of_two_flows_due_in_the_same_second_one_wins_and_the_other_expires(stage: Stage) -> None:
    for _ in range(2):
        a_flow(stage, {**MAIL, "deadline": "PT8H"})
    ordered(stage, stage.customer())
    stage.work()
    states = {row.state: row for row in stage.messages()}
    assert set(states) == {"sent", "due"}
    assert states["due"].reason == "frequency_cap"
    assert states["due"].not_before < states["due"].expires_at
    stage.live(9 * HOUR)
    (other,) = stage.messages(id=states["due"].id)
    assert (other.state, other.reason) == ("expired", "frequency_cap")
    assert len(stage.sink.mails) == 1


def test_the_other_flow_has_its_turn_if_the_first_message_never_went(stage: Stage) -> None:
    for _ in range(2):
        a_flow(stage, {**MAIL, "deadline": "PT8H"})
    ordered(stage, stage.customer())
    stage.work()
    (won,) = stage.messages(state="sent")
    stage.change(schema.messages, won.id, state="failed")
    stage.live(8 * HOUR - timedelta(minutes=5))
    assert len(stage.messages(state="sent")) == 1
