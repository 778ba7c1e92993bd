"""HELP by text: answered once by ourselves, and not at all where the provider did."""

import pytest

from jobs import reply
from sandbox.twilio import Twilio
from storage import schema
from storage.channel_accounts import ChannelAccount
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_receive import ADA, account, api_url, twilio, wrote

__all__ = ["account", "api_url", "twilio"]


def told(stage: Stage, twilio: Twilio) -> list[str]:
    while reply.drain(stage.runtime, [stage.store_id]):
        pass
    return [one["body"] for one in twilio.texts(ADA) if not one["is_inbound"]]


def test_help_is_answered_with_the_stores_name_and_the_way_out(
    stage: Stage, account: ChannelAccount, twilio: Twilio
) -> None:
    wrote(stage, account, "Hilfe!")
    [answer] = told(stage, twilio)
    assert stage.store.name in answer
    assert "STOP" in answer
    [kept] = stage.rows(schema.replies)
    assert (kept.author, kept.state) == ("bot", "sent")


def test_whoever_asks_again_at_once_was_answered_and_later_is_anew(
    stage: Stage, account: ChannelAccount, twilio: Twilio
) -> None:
    wrote(stage, account, "Hilfe", "SM1")
    wrote(stage, account, "Hilfe", "SM2")
    wrote(stage, account, "Hilfe", "SM1")
    assert len(told(stage, twilio)) == 1
    stage.live(5 * HOUR)
    wrote(stage, account, "Hilfe", "SM3")
    assert len(told(stage, twilio)) == 2


@pytest.mark.parametrize("text", ["HELP", "info"])
def test_what_twilio_answers_by_itself_is_not_answered_twice(
    stage: Stage, account: ChannelAccount, twilio: Twilio, text: str
) -> None:
    wrote(stage, account, text)
    assert stage.rows(schema.replies) == []


def test_whoever_stopped_is_still_told_how_to_come_back(
    stage: Stage, account: ChannelAccount, twilio: Twilio
) -> None:
    wrote(stage, account, "bitte keine SMS mehr", "SM1")
    wrote(stage, account, "Hilfe", "SM2")
    stopped, helped = told(stage, twilio)
    assert "no more marketing texts" in stopped
    assert "START" in helped
