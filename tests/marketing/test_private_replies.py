"""Whether a comment may still be answered privately, and what of a message does that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketing.chat import Button, Card, ChatContent
from marketing.chat_limits import LIMITS, PRIVATE_REPLIES
from marketing.model import ChannelName, Reason, RenderedMessage
from marketing.private_replies import Comment, answering, begun_by, refusal

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
A_SECOND = timedelta(seconds=1)
INSTAGRAM, MESSENGER = ChannelName.INSTAGRAM, ChannelName.MESSENGER
EVENT = {
    "channel": "instagram", "kind": "comment", "comment": "178", "commented_at": NOW.isoformat(),
}  # fmt: skip


def test_a_flow_begun_by_a_comment_answers_it_on_its_own_channel() -> None:
    assert begun_by(EVENT, INSTAGRAM) == Comment("178", NOW)
    assert begun_by(EVENT, MESSENGER) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "text"}, {"comment": None}, {"comment": 178}, {"comment": ""},
        {"commented_at": "yesterday"}, {"commented_at": None},
        {"commented_at": "2026-11-27T12:00:00"}, {"channel": "sms"},
    ],
)  # fmt: skip
def test_what_is_no_comment_of_ours_is_answered_as_anything_else(changed: dict[str, Any]) -> None:
    told = {**EVENT, **changed}
    assert begun_by(told, INSTAGRAM) is None
    assert begun_by(told, ChannelName.SMS) is None
    assert begun_by(None, INSTAGRAM) is None


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        (Comment("c", NOW - WEEK + A_SECOND), None),
        (Comment("c", NOW - WEEK), Reason.COMMENT_TOO_OLD),
        (Comment("c", NOW, is_deleted=True), Reason.COMMENT_DELETED),
        (Comment("c", NOW - WEEK, is_answered=True), Reason.COMMENT_ANSWERED),
    ],
)
def test_once_for_a_week_and_while_it_stands(comment: Comment, reason: Reason | None) -> None:
    for channel in PRIVATE_REPLIES:
        assert refusal(comment, channel, NOW) == reason


def message(channel: ChannelName, chat: ChatContent | None) -> RenderedMessage:
    return RenderedMessage("m", channel, "1", "Ada", "", "Store", "", "", "Words", chat=chat)


def test_plain_words_answer_as_they_are() -> None:
    told = answering(message(MESSENGER, None), "c")
    assert told.chat == ChatContent("Words", comment="c")


def test_words_and_cards_are_one_call_with_the_cards_as_lines() -> None:
    cards = (
        Card("Moss", url="https://shop.example/moss"),
        Card("Fern", buttons=(Button("See", url="https://shop.example/fern"),)),
        Card("Stone"),
    )
    told = answering(message(MESSENGER, ChatContent("Look:", cards=cards)), "c").chat
    assert told
    assert (told.cards, told.comment) == ((), "c")
    assert told.text == (
        "Look:\nMoss: https://shop.example/moss\nFern: https://shop.example/fern\nStone"
    )


def test_cards_alone_stay_cards() -> None:
    cards = (Card("Moss"),)
    told = answering(message(INSTAGRAM, ChatContent("", cards=cards)), "c").chat
    assert told
    assert told.cards == cards


def test_lines_that_have_no_room_are_left_out() -> None:
    limits = LIMITS[INSTAGRAM]
    text = "ü" * (limits.text // 2 - 4)
    cards = (Card("Moss"), Card("Fern"))
    told = answering(message(INSTAGRAM, ChatContent(text, cards=cards)), "c").chat
    assert told
    assert told.text == f"{text}\nMoss"
    assert limits.size(told.text) <= limits.text
