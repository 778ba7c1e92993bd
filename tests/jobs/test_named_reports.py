"""Reports of Messenger and Instagram: by their own ids, by watermarks, in any order."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from channels.base import InboundMessage, SendFailed, StatusUpdate, Told, Watermark
from channels.http import Answer
from channels.meta_errors import MESSAGING, read, refusal
from jobs import reap, reply, reports_of_providers
from jobs.named_reports import TooEarly, named, with_own_echoes
from marketing.model import ChannelName, MessageStatus
from storage import schema
from storage.channel_accounts import ChannelAccount
from tests.jobs.chatting import ADA, INSTAGRAM, Chats, connected, wrote
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_chat_senders import CHAT, FIRST, joined
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import a_flow

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def sent(stage: Stage, chats: Chats) -> Any:
    """Give the message that a flow has sent to Ada's chat."""
    a_flow(stage, CHAT)
    ordered(stage, wrote(stage, "Hi"))
    stage.work()
    [row] = stage.rows(schema.messages, store_id=stage.store_id)
    assert (row.state, len(chats.taken)) == ("sent", 1)
    return row


def report(stage: Stage, told: Sequence[Told], channel: ChannelName = INSTAGRAM) -> Any:
    account = ChannelAccount(
        stage.store_id, channel, "meta", "key", {}, 1, stage.now, *[None] * 7, ""
    )

    def take(connection: Any) -> None:
        updates = named(connection, stage.store, channel, told)
        reports_of_providers.take(stage.runtime, connection, stage.store, account, updates)

    stage.database.write(take)
    [row] = stage.rows(schema.messages, store_id=stage.store_id)
    return row


def test_a_report_finds_its_message_by_the_providers_id_and_whose_it_is(
    stage: Stage, chats: Chats
) -> None:
    row = sent(stage, chats)
    delivered = StatusUpdate(row.provider_id, MessageStatus.DELIVERED, recipient=ADA)
    assert report(stage, [StatusUpdate("other", MessageStatus.OPENED, recipient=ADA)]).state == (
        "sent"
    )
    for _ in range(2):
        assert report(stage, [delivered]).state == "delivered"


def test_who_read_until_a_moment_has_read_what_went_out_by_then(stage: Stage, chats: Chats) -> None:
    row = sent(stage, chats)
    opened = MessageStatus.OPENED
    assert report(stage, [Watermark(ADA, opened, row.sent_at - A_MINUTE)]).state == "sent"
    assert report(stage, [Watermark("igsid-bob", opened, row.sent_at + HOUR)]).state == "sent"
    read_by_then = report(stage, [Watermark(ADA, opened, row.sent_at + A_MINUTE)])
    assert (read_by_then.state, read_by_then.opened_at) == ("read", row.sent_at + A_MINUTE)
    late = report(stage, [Watermark(ADA, MessageStatus.DELIVERED, row.sent_at + HOUR)])
    assert (late.state, late.opened_at) == ("read", row.sent_at + A_MINUTE)


class Closed(Chats):
    """Instagram, counting the window otherwise than we do."""

    def send_many(self, messages: Any) -> Any:
        body = b'{"error":{"code":10,"error_subcode":2534022,"message":"outside"}}'
        answer = Answer(400, body)
        for message in messages:
            self.taken.append(message)
            yield message.message_id, refusal(answer, read(answer), MESSAGING)


def test_a_window_that_meta_calls_closed_lets_the_next_channel_take_over(
    stage: Stage, chats: Chats
) -> None:
    stage.runtime.channels[INSTAGRAM] = closed = Closed()  # type: ignore[index,assignment]
    a_flow(stage, FIRST)
    known = stage.customer()
    wrote(stage, "Hi")
    joined(stage, ADA, known)
    ordered(stage, known)
    stage.work()
    [waiting] = stage.messages()
    assert waiting.state == "retry_wait"
    stage.change(schema.messages, waiting.id, retry_at=waiting.retry_at - 6 * HOUR)
    reap.sweep(stage.runtime)
    stage.work()
    [row] = stage.messages()
    assert len(closed.taken) == 1
    assert (row.channel, row.state) == ("email", "sent")
    assert row.passed_over == [{"channel": "instagram", "reason": "channel_window"}]


def echo(mid: str, to: str = ADA) -> InboundMessage:
    return InboundMessage(mid, "shop", "Still there", is_echo=True, recipient=to)


def read_echo(
    stage: Stage,
    one: InboundMessage,
    channel: ChannelName = INSTAGRAM,
    real_now: datetime | None = None,
) -> Told:
    def read(connection: Any) -> list[Told]:
        at = real_now or stage.database.real_now(connection)
        return with_own_echoes(connection, stage.store, channel, [one], at)

    [told] = stage.database.write(read)
    return told


def test_the_echo_of_our_own_message_is_a_report_of_it_and_nobodys_word(
    stage: Stage, chats: Chats
) -> None:
    row = sent(stage, chats)
    ours, theirs = read_echo(stage, echo(row.provider_id)), read_echo(stage, echo("another"))
    assert isinstance(ours, StatusUpdate)
    assert ours.provider_id == row.provider_id
    assert theirs == echo("another")
    to_another = echo(row.provider_id, "igsid-bob")
    assert read_echo(stage, to_another) == to_another


def test_an_echo_during_a_hand_over_waits_until_it_is_settled(stage: Stage, chats: Chats) -> None:
    row = sent(stage, chats)
    stage.change(schema.messages, row.id, state="handing_over", provider_id=None, sent_at=None)
    with pytest.raises(TooEarly):
        read_echo(stage, echo("mid-9"))
    assert read_echo(stage, echo("mid-9", "igsid-bob")) == echo("mid-9", "igsid-bob")
    stage.change(schema.messages, row.id, state="unknown")
    found = read_echo(stage, echo("mid-9"))
    assert isinstance(found, StatusUpdate)
    assert found.message_id == row.id
    assert report(stage, [found]).state == "sent"


def test_the_refusal_of_a_closed_window_is_told_apart() -> None:
    answer = Answer(400, b'{"error":{"code":10,"error_subcode":2534022,"message":"outside"}}')
    failure = refusal(answer, read(answer), MESSAGING)
    assert isinstance(failure, SendFailed)
    assert failure.window_closed


def test_what_somebody_writes_over_there_is_not_taken_for_a_message_that_is_lost(
    stage: Stage, chats: Chats
) -> None:
    row = sent(stage, chats)
    [began] = [one.started_at for one in stage.rows(schema.attempts)]
    stage.change(schema.messages, row.id, state="unknown", provider_id=None, sent_at=None)
    late = replace(echo("mid-9"), received_at=began + timedelta(minutes=11))
    assert read_echo(stage, late, real_now=late.received_at) == late
    soon = replace(late, received_at=began + A_MINUTE)
    assert read_echo(stage, soon, ChannelName.MESSENGER, soon.received_at) == soon
    assert isinstance(read_echo(stage, soon, real_now=soon.received_at), StatusUpdate)


@pytest.mark.parametrize(("text", "is_ours"), [("Still there", True), ("In a minute!", False)])
def test_a_lost_reply_is_known_by_what_it_says(
    stage: Stage, chats: Chats, text: str, *, is_ours: bool
) -> None:
    ada = wrote(stage, "Hi")
    stage.database.write(lambda c: reply.queue(c, stage.runtime, stage.store, ada, INSTAGRAM, text))
    stage.database.write(lambda c: reply._begin(stage.runtime, c, stage.store_id))
    [row] = stage.rows(schema.replies)
    stage.change(schema.replies, row.id, state="unknown", lease_until=None)
    assert isinstance(read_echo(stage, echo("mid-9")), StatusUpdate) is is_ours
