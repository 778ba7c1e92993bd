"""Test conversations: who answers customers writes as one of them, by the website chat's engine.

What they write is kept and read as a visitor's is, and answered from the inbox, and live flows say
to their words what they would (`jobs.word_trials`); but no enrollment, no wish and no alarm comes
of it, and no figure has it (`storage.conversation_tests`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels.base import InboundMessage
from channels.webchat import WebchatChannel, reports
from jobs import conversing, reports_on_replies
from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from jobs.webchat import line_shape, write_line
from marketing.chat import InboundKind
from marketing.model import ChannelName, JsonObject
from marketing.said import say
from marketing.webchat import language_of
from storage import Connection, conversation_tests, threads, webchat
from storage.conversation_tests import CHANNEL
from storage.stores import Store
from storage.team import Member

NO_TEST = say("You have no test conversation. Start one first.")
NO_CONVERSATION = say("There is no such conversation in this store.")
NOT_A_TEST = say("Only a test conversation can be deleted.")


@dataclass(frozen=True, slots=True)
class _Ours:
    """Who tells that a line was fetched or seen: our own page."""

    channel: ChannelName = CHANNEL
    provider: str = WebchatChannel.provider


def open_one(runtime: Runtime, store: Store, person: Member) -> str:
    """Begin a member's test, or open the one they have; give the customer behind it."""

    def write(connection: Connection) -> str:
        whose = (connection, store.id)
        known = conversation_tests.of_member(*whose, person.id)
        if known is not None and not _is_kept(*whose, known):
            conversation_tests.forget(*whose, known)
        now = runtime.database.now(connection)
        member = (person.id, person.name)
        opened = conversation_tests.begin(*whose, member, store.locale, now)
        threads.reopen(*whose, opened)
        return opened

    return runtime.database.write(write)


def _is_kept(connection: Connection, store_id: str, customer_id: str) -> bool:
    """Say whether the visitor's side is still there: it is cleared away after a while."""
    address = conversation_tests.visitor(connection, store_id, customer_id)
    return address is not None and webchat.marks(connection, store_id, address) is not None


def say_there(runtime: Runtime, store: Store, person: Member, told: Mapping[str, Any]) -> int:
    """Take what a member says as a visitor; give its number. Raises as the chat's own door does."""

    def write(connection: Connection) -> int:
        visitor = _visitor(connection, store, person)
        written = {**told, "language": language_of(store.locale)}
        number, said = write_line(runtime, connection, store.id, visitor, written)
        message = _message(said, runtime, connection)
        for failure in conversing.hear(
            runtime, connection, store, CHANNEL, [message], is_test=True
        ):
            raise failure
        return number

    number = runtime.database.write(write)
    runtime.queues.wake("reply", [store.id])
    return number


def _message(said: Mapping[str, str], runtime: Runtime, connection: Connection) -> InboundMessage:
    return InboundMessage(
        f"{said['visitor']}:{said['id']}",
        said["visitor"],
        said["text"],
        runtime.database.real_now(connection),
        kind=InboundKind.BUTTON if said["payload"] else InboundKind.TEXT,
        payload=said["payload"],
    )


def fetch(
    runtime: Runtime, store: Store, person: Member, after: int, seen: int
) -> list[JsonObject]:
    """Give the lines behind a number; what was fetched before is delivered, and perhaps read."""
    with runtime.database.reading() as connection:
        visitor = _visitor(connection, store, person)
        known = webchat.marks(connection, store.id, visitor) or (0, 0)
        rows = webchat.since(connection, store.id, visitor, after)
    if after > known[0] or seen > known[1]:
        runtime.database.write(lambda c: _mark(runtime, c, store, visitor, (after, seen)))
    return [line_shape(row._asdict()) for row in rows]


def _mark(
    runtime: Runtime, connection: Connection, store: Store, visitor: str, how_far: tuple[int, int]
) -> None:
    delivered, read = webchat.mark(connection, store.id, visitor, *how_far)
    at = runtime.database.now(connection).isoformat()
    told = {"visitor": visitor, "delivered": delivered, "read": read, "at": at}
    reports_on_replies.take(runtime, connection, store, _Ours(), reports(told))


def _visitor(connection: Connection, store: Store, person: Member) -> str:
    customer_id = conversation_tests.of_member(connection, store.id, person.id)
    found = customer_id and conversation_tests.visitor(connection, store.id, customer_id)
    if not found:
        raise NotHere(NO_TEST)
    return found


def forget(runtime: Runtime, store: Store, customer_id: str) -> None:
    """Delete a test and all that was said in it. Raises `NotHere`, and `NotNow` for a real one."""

    def write(connection: Connection) -> None:
        if threads.one(connection, store.id, customer_id) is None:
            raise NotHere(NO_CONVERSATION)
        if not conversation_tests.forget(connection, store.id, customer_id):
            raise NotNow(NOT_A_TEST)

    runtime.database.write(write)
