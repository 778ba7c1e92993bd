"""Who may write to a chat, how long after the customer did, and what the channels take."""

from datetime import timedelta

import pytest

from marketing.chat import (
    HUMAN_AGENT,
    OPENS_WINDOW,
    Author,
    InboundKind,
    WindowClosed,
    tag_of,
)
from marketing.chat_limits import LIMITS
from marketing.model import ChannelName
from marketing.policy import SERVICE_WINDOWS

DAY, A_MOMENT = timedelta(days=1), timedelta(microseconds=1)


@pytest.mark.parametrize("author", list(Author))
@pytest.mark.parametrize("age", [None, timedelta(0), DAY - A_MOMENT])
def test_inside_the_window_nobodys_message_is_tagged(author: Author, age: timedelta | None) -> None:
    assert tag_of(author, age) is None


@pytest.mark.parametrize("age", [DAY, 3 * DAY, 7 * DAY])
def test_a_person_may_still_answer_for_a_week_and_says_so(age: timedelta) -> None:
    assert tag_of(Author.PERSON, age) == HUMAN_AGENT


@pytest.mark.parametrize("age", [DAY, 3 * DAY, 7 * DAY, 30 * DAY])
def test_an_automated_message_is_never_tagged(age: timedelta) -> None:
    with pytest.raises(WindowClosed):
        tag_of(Author.BOT, age)


def test_after_a_week_nobody_writes() -> None:
    with pytest.raises(WindowClosed):
        tag_of(Author.PERSON, 7 * DAY + A_MOMENT)


def test_what_a_channel_takes_says_where_that_is_written_and_when() -> None:
    assert set(LIMITS) >= set(SERVICE_WINDOWS)
    for channel, limits in LIMITS.items():
        whose = (
            "our own" if channel is ChannelName.WEBCHAT else "https://developers.facebook.com/docs/"
        )
        assert limits.source.startswith(whose)
        assert limits.as_of.year == 2026


def test_a_public_comment_opens_no_conversation() -> None:
    assert set(InboundKind) - OPENS_WINDOW == {InboundKind.COMMENT}
