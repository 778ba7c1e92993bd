"""The chat on the store's own pages: our own script there, no provider in between.

"Sending" is laying a message out where the visitor's browser comes to fetch it. A message is laid
out once under its own id, so trying again is safe; what the browser tells of it comes through our
own door (`jobs.webchat`), which keeps it as a provider's callback is kept.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

import orjson

from channels.base import (
    Callback,
    InboundKind,
    InboundMessage,
    Outcome,
    Receipt,
    SendFailed,
    StatusUpdate,
    Told,
    one_by_one,
)
from marketing.chat import ChatContent
from marketing.model import BadSignature, ChannelName, MessageStatus, RenderedMessage

Put = Callable[[str, RenderedMessage], int | None]
"""Lays a message of a store out; gives its number in the visitor's conversation, None: they are
not known any more."""
GONE = "this visitor's conversation is not here any more"


class WebchatChannel:
    """A `channels.base.Channel`; safe to share between threads."""

    name = ChannelName.WEBCHAT
    provider = "reprise"

    def __init__(self, store_id: str, put: Put) -> None:
        self._store_id = store_id
        self._put = put

    def send(self, message: RenderedMessage) -> Receipt:
        """Lay one message out, or raise `SendFailed`."""
        if wrong := _wrong_with(message):
            raise SendFailed(wrong, outcome=Outcome.REJECTED)
        number = self._put(self._store_id, message)
        if number is None:
            raise SendFailed(GONE, outcome=Outcome.REJECTED, suppress=True)
        return Receipt(message.message_id, f"laid out as number {number}")

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        """Lay several out one after the other; yields (message_id, outcome) as each is known."""
        return one_by_one(self.send, messages)

    def verify(self, callback: Callback) -> None:
        """Raise `BadSignature`: visitors have a door of their own, nobody else tells anything."""
        raise BadSignature(f"the website's chat has no provider, and none at {callback.url}")

    def parse(self, callback: Callback) -> list[Told]:
        """Read what our own door kept; `ValueError` for anything else."""
        told = orjson.loads(callback.body)
        if not isinstance(told, dict) or "visitor" not in told or "at" not in told:
            raise ValueError("this is nothing that our door keeps")
        if "id" in told:
            return [_message(told)]
        return [*reports(told)]

    def close(self) -> None:
        """Nothing is kept open."""


STATUS = {"delivered": MessageStatus.DELIVERED, "read": MessageStatus.OPENED}


def _wrong_with(message: RenderedMessage) -> str:
    """Say why a message can't be laid out; "" where it can."""
    if any(letter in message.subject + message.to for letter in "\r\n"):
        return "an address has a line break"
    content = message.chat or ChatContent(message.text)
    is_empty = not (content.text.strip() or content.cards)
    return "the message is empty" if is_empty else ""


def _message(told: dict[str, Any]) -> InboundMessage:
    payload = str(told.get("payload") or "")
    return InboundMessage(
        f"{told['visitor']}:{told['id']}",
        told["visitor"],
        str(told.get("text") or ""),
        datetime.fromisoformat(told["at"]),
        kind=InboundKind.BUTTON if payload else InboundKind.TEXT,
        payload=payload,
    )


def reports(told: dict[str, Any]) -> list[StatusUpdate]:
    """Give what our own door told of messages that were fetched, or looked at."""
    return [*_reports(told, "delivered"), *_reports(told, "read")]


def _reports(told: dict[str, Any], how: str) -> list[StatusUpdate]:
    at = datetime.fromisoformat(told["at"])
    return [
        StatusUpdate(one, STATUS[how], at, message_id=one, recipient=told["visitor"])
        for one in told.get(how, ())
    ]
