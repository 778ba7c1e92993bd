"""WhatsApp's windows, whom it may be written to first, and how long an address rests."""

from datetime import UTC, datetime, timedelta

import pytest

from marketing.consent import Audience, ConsentPolicy, may_write, policy_on
from marketing.model import ChannelName, ConsentState, MessageKind, Reason
from marketing.rests import RestKind, lasts
from marketing.whatsapp import is_window_open

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "is_open"), [(None, False), (0, True), (23, True), (23.9, False), (24, False)]
)
def test_the_window_is_a_day_less_what_sending_takes(hours: float | None, is_open: bool) -> None:
    last = None if hours is None else NOW - timedelta(hours=hours)
    assert is_window_open(last, None, NOW) is is_open


def test_meta_knows_better_when_a_window_closed_until_they_write_again() -> None:
    wrote, closed = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    assert not is_window_open(wrote, closed, NOW)
    assert is_window_open(NOW, closed, NOW)


def test_who_never_agreed_is_only_answered() -> None:
    everyone = ConsentPolicy(Audience.EVERYONE)

    def reason(consent: ConsentState | None, *, is_open: bool) -> Reason | None:
        policy = policy_on(ChannelName.WHATSAPP, everyone, is_window_open=is_open)
        return may_write(MessageKind.MARKETING, consent, None, policy)

    assert reason(None, is_open=False) is Reason.NO_CONSENT
    assert reason(None, is_open=True) is None
    assert reason(ConsentState.SUBSCRIBED, is_open=False) is None
    assert reason(ConsentState.UNSUBSCRIBED, is_open=True) is Reason.UNSUBSCRIBED
    assert policy_on(ChannelName.SMS, everyone, is_window_open=False) is everyone


def test_marketing_rests_longer_each_time_and_a_dead_number_from_the_third() -> None:
    days = [lasts(RestKind.MARKETING, times).days for times in range(1, 8)]
    assert days == [1, 2, 4, 8, 16, 30, 30]
    gone = [lasts(RestKind.UNREACHABLE, times).days for times in range(1, 5)]
    assert gone == [0, 0, 30, 30]
