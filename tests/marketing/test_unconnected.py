"""Messages that the store has no channel for: told for each, where none of its is there."""

from dataclasses import replace

from marketing.flow import SendMessage, Template
from marketing.model import ChannelName
from marketing.unconnected import unconnected

MAIL = SendMessage("mail", ChannelName.EMAIL, Template("Hi", "", "m", "t"))
TEXT = replace(MAIL, id="text", channel=ChannelName.SMS)
EITHER = replace(TEXT, id="either", channels=(ChannelName.SMS, ChannelName.EMAIL))


def test_a_message_whose_every_channel_is_missing_reaches_nobody() -> None:
    found = unconnected((MAIL, TEXT, EITHER), {ChannelName.EMAIL})
    assert [(one.step, one.field, one.code) for one in found] == [
        ("text", "channels", "not_connected")
    ]
    assert str(found[0].remedy).startswith("Connect one in the settings")


def test_a_connected_channel_is_enough() -> None:
    assert unconnected((MAIL, TEXT, EITHER), {ChannelName.EMAIL, ChannelName.SMS}) == ()
