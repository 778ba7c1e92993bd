"""A file that a customer sent, or the team on the platform itself, fetched from where it lies.

It is kept nowhere.
"""

from dataclasses import dataclass

from channels.base import Filed, Place, SendFailed
from connectors import files
from connectors.base import StoreRefused, StoreUnavailable
from jobs import channel_accounts
from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from marketing.attachments import Attachment
from marketing.model import ChannelName
from marketing.said import say
from storage import inbound, replies
from storage.stores import Store

MOST_BYTES = 16 * 1024 * 1024
ANYTHING = "application/octet-stream"
SHOWN = frozenset(
    {
        "image/jpeg", "image/png", "image/gif", "image/webp", "video/mp4", "video/3gpp",
        "audio/mpeg", "audio/mp4", "audio/ogg", "audio/aac", "audio/amr", "application/pdf",
    }
)  # fmt: skip
"""What is handed on as what it says it is; a page or a script is only bytes."""
NO_FILE = say("There is no such file in this conversation.")
NOT_TO_HAVE = say("The platform does not give this file any more. Ask the customer for it.")
NOT_NOW = say("The platform did not give the file just now. Try again in a minute.")
TOO_LARGE = say("This file is larger than {most} MB. Look at it where it was sent.", most=16)


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file's bytes, what they are, and what it is called."""

    body: bytes
    content_type: str
    name: str


def opened(
    runtime: Runtime, store: Store, customer_id: str, entry_id: str, number: int
) -> OpenedFile:
    """Fetch what came with a message of a conversation; `number` counts from 1.

    Raises `NotHere` for what is not of this store's customer, and `NotNow`.
    """
    with runtime.database.reading() as connection:
        whose = (connection, store.id, customer_id, entry_id)
        channel, attached = inbound.attached(*whose)
        if not attached:
            channel, attached = replies.attached(*whose)
        there = channel_accounts.channels_of(runtime, connection, store.id)
    if not 1 <= number <= len(attached):
        raise NotHere(NO_FILE)
    arm: object = there.get(ChannelName(channel))
    if not isinstance(arm, Filed):
        raise NotNow(NOT_TO_HAVE)
    one = attached[number - 1]
    return _fetched(runtime, _place(arm, one), one)


def _place(arm: Filed, attachment: Attachment) -> Place:
    try:
        place = arm.place_of(attachment)
    except SendFailed as failure:
        raise NotNow(NOT_TO_HAVE) from failure
    if place is None:
        raise NotNow(NOT_TO_HAVE)
    return place


def _fetched(runtime: Runtime, place: Place, attachment: Attachment) -> OpenedFile:
    is_demo = runtime.settings.demo
    try:
        found = files.fetch(place.url, place.headers, most=MOST_BYTES, may_be_local=is_demo)
    except files.TooLarge as failure:
        raise NotNow(TOO_LARGE) from failure
    except StoreUnavailable as failure:
        raise NotNow(NOT_NOW) from failure
    except StoreRefused as failure:
        raise NotNow(NOT_TO_HAVE) from failure
    told = found.content_type.partition(";")[0].strip().casefold()
    return OpenedFile(found.body, told if told in SHOWN else ANYTHING, attachment.name)
