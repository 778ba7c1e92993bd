"""A person's first words by text: only to whoever agreed, or wrote; elsewhere a window decides."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from marketing.chat import Author
from marketing.consent import SuppressionScope
from marketing.model import ChannelName, ConsentState, Reason
from marketing.replying import ReplyFacts, refusal

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
FIRST = ReplyFacts(ChannelName.SMS, Author.PERSON, "+15550100", is_set_up=True)
AGREED = replace(FIRST, consent=ConsentState.SUBSCRIBED)


def test_who_never_wrote_and_never_agreed_gets_no_text() -> None:
    assert refusal(FIRST, NOW) is Reason.NO_CONSENT
    assert refusal(AGREED, NOW) is None
    unsure = replace(FIRST, consent=ConsentState.PENDING)
    assert refusal(unsure, NOW) is Reason.NO_CONSENT


def test_who_stopped_is_told_apart_from_who_never_agreed() -> None:
    assert refusal(replace(FIRST, consent=ConsentState.UNSUBSCRIBED), NOW) is Reason.UNSUBSCRIBED
    stopped = replace(AGREED, suppression=SuppressionScope.MARKETING)
    assert refusal(stopped, NOW) is Reason.UNSUBSCRIBED


def test_what_they_wrote_may_be_answered_after_a_stop_for_a_week_alone() -> None:
    stopped = replace(FIRST, suppression=SuppressionScope.MARKETING)
    day, month = NOW - timedelta(days=1), NOW - timedelta(days=30)
    assert refusal(replace(stopped, last_inbound_at=day), NOW) is None
    assert refusal(replace(stopped, last_inbound_at=month), NOW) is Reason.UNSUBSCRIBED
    assert refusal(replace(FIRST, last_inbound_at=month), NOW) is None, "nobody stopped anything"


def test_machines_and_channels_with_windows_go_by_their_own_rules() -> None:
    assert refusal(replace(FIRST, author=Author.BOT), NOW) is None
    chat = replace(FIRST, channel=ChannelName.WHATSAPP)
    assert refusal(chat, NOW) is Reason.CHANNEL_WINDOW
