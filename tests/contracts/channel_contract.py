"""The battery that every channel must pass: subclass it, and give it a channel and a provider.

`provider` is a stand-in server that speaks the provider's own protocol. It has
`answers(what)` with one of `ANSWERS`, and `taken()`: how many messages it has accepted.
"""

from collections.abc import Callable
from typing import Any, Literal, Protocol

import pytest

from channels.base import Callback, Channel, Outcome, Receipt, SendFailed
from marketing.model import BadSignature, RenderedMessage

Answer = Literal["accepted", "bad address", "busy", "lost after taking", "bad credentials"]


class Provider(Protocol):
    def answers(self, what: Answer) -> None: ...

    def taken(self) -> int: ...


class EveryChannelContract:
    """What holds for a channel of our own, too, which has no account that could be refused.

    Fixtures to give: `channel`, `provider`, `a_message` (a function of message_id and `to`).
    """

    def test_a_taken_message_has_a_receipt(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("accepted")
        receipt = channel.send(a_message("m1"))
        assert receipt.provider_id
        assert provider.taken() == 1

    def test_a_bad_address_fails_for_good_and_is_suppressed(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("bad address")
        failure = failure_of(channel, a_message("m1"))
        assert failure.outcome is Outcome.REJECTED
        assert failure.suppress

    def test_a_busy_provider_may_be_asked_again_later(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("busy")
        failure = failure_of(channel, a_message("m1"))
        assert failure.outcome is Outcome.RETRY
        assert (failure.retry_after or 0) > 0
        assert not failure.suppress

    def test_what_may_be_tried_again_after_a_lost_answer_is_there_once(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("lost after taking")
        failure = failure_of(channel, a_message("m1"))
        provider.answers("accepted")
        if failure.outcome is Outcome.RETRY:
            channel.send(a_message("m1"))
        else:
            assert failure.outcome is Outcome.UNKNOWN
        assert provider.taken() == 1

    def test_of_many_each_has_exactly_one_outcome(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("accepted")
        messages = [a_message(f"m{number}") for number in range(50)]
        outcomes = list(channel.send_many(messages))
        assert sorted(message_id for message_id, _ in outcomes) == sorted(
            message.message_id for message in messages
        )
        assert all(isinstance(outcome, Receipt) for _, outcome in outcomes)
        assert provider.taken() == 50

    def test_a_line_break_in_a_header_is_refused_and_nothing_is_sent(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("accepted")
        failure = failure_of(channel, a_message("m1", subject="Hi\r\nBcc: all@example.com"))
        assert failure.outcome is Outcome.REJECTED
        assert provider.taken() == 0

    def test_a_forged_callback_is_refused(self, channel: Channel) -> None:
        with pytest.raises(BadSignature):
            channel.verify(Callback("https://app.example/callbacks/x/y", b"{}"))


class ChannelContract(EveryChannelContract):
    """What holds besides where a provider beyond the network knows an account of the store."""

    def test_an_answer_lost_after_the_hand_over_is_unknown_and_nothing_goes_twice(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("lost after taking")
        failure = failure_of(channel, a_message("m1"))
        assert failure.outcome is Outcome.UNKNOWN
        assert provider.taken() == 1

    def test_refused_credentials_pause_the_channel(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("bad credentials")
        assert failure_of(channel, a_message("m1")).outcome is Outcome.PAUSED
        assert provider.taken() == 0

    def test_a_reason_holds_no_secret(
        self, channel: Channel, provider: Provider, a_message: Callable[..., RenderedMessage]
    ) -> None:
        provider.answers("bad credentials")
        assert "hunter2" not in failure_of(channel, a_message("m1")).reason
        assert "hunter2" not in repr(getattr(channel, "settings", ""))


def failure_of(channel: Channel, message: Any) -> SendFailed:
    """Send a message that must fail."""
    with pytest.raises(SendFailed) as caught:
        channel.send(message)
    return caught.value
