"""Messages that nobody gets: the store has none of their channels yet."""

from collections.abc import Collection, Iterable

from marketing.flow import SendMessage, Step
from marketing.model import ChannelName
from marketing.said import say
from marketing.templates import Problem

NOBODY = say("Nobody gets this: none of its channels is connected yet.")
CONNECT = say("Connect one in the settings under Channels, or choose email.")


def unconnected(steps: Iterable[Step], connected: Collection[ChannelName]) -> tuple[Problem, ...]:
    """Give a sentence for each message that has none of the store's connected channels."""
    return tuple(
        Problem(step.id, "channels", NOBODY, CONNECT, code="not_connected")
        for step in steps
        if isinstance(step, SendMessage)
        and not set(step.channels or (step.channel,)) & set(connected)
    )
