"""Chat ids that prove to be a customer's: joined, taken apart again, told on the timeline."""

from jobs.endings import Ended, end
from jobs.intake_orders import NotHere
from jobs.runtime import Runtime
from marketing.events import EventName
from marketing.model import Reason
from marketing.said import say
from storage import (
    Connection,
    conversations,
    customers,
    enrollments,
    flow_events,
    identities,
    people,
    signups,
)
from storage.enrollments import Ending
from storage.flow_events import Told
from storage.stores import Store

BY_MAIL, MERCHANT = "confirmed_email", "merchant"


def join_by_email(runtime: Runtime, store: Store, signup_id: str, word: str) -> None:
    """Let a chat be the customer's who proved that the address typed in it is theirs.

    A link proves it once: who was taken off by the merchant is not joined again by it.
    """

    def write(connection: Connection) -> None:
        signup = signups.take_chat(connection, store.id, signup_id, word)
        owner = signup and customers.find(connection, store.id, "email", signup.email)
        if not signup or not owner:  # used before, or erased meanwhile
            return
        now, whose, chat = runtime.database.now(connection), str(owner["id"]), signup.told["chat"]
        where = (connection, store.id, chat["channel"], chat["address"])
        before = identities.join(*where, whose, by=BY_MAIL, at=now)
        if before is None:
            return
        conversations.merge(connection, store.id, before, whose)
        _part(runtime, connection, store, before)
        data = {"channel": chat["channel"], "by": BY_MAIL}
        _tell(runtime, connection, store, EventName.IDENTITY_JOINED, whose, data)
        _tell(runtime, connection, store, EventName.IDENTITY_SPLIT, before, data)

    runtime.database.write(write)


def _part(runtime: Runtime, connection: Connection, store: Store, customer_id: str) -> None:
    """End what is under way of somebody who can't be written to any more: it would go on unheard.

    Who can be by another channel goes on there.
    """
    row = customers.find(connection, store.id, "id", customer_id)
    elsewhere = identities.addresses(connection, store.id, [customer_id])
    if row is None or row["email"] or row["phone"] or elsewhere:
        return
    people.hold(connection, store.id, [customer_id])
    now = runtime.database.now(connection)
    under_way = enrollments.active(connection, store.id, [customer_id])
    ended = [Ending(one.id, Reason.NO_ADDRESS, max(now, one.entered_at)) for one in under_way]
    end(connection, store.id, [Ended(*pair) for pair in zip(under_way, ended, strict=True)])


def split(runtime: Runtime, store: Store, customer_id: str, channel: str, address: str) -> None:
    """Give a joined chat back to whose it was before; raises `NotHere`."""

    def write(connection: Connection) -> None:
        mine = identities.of_customer(connection, store.id, customer_id)
        is_theirs = (channel, address) in {(one.channel, one.address) for one in mine}
        whose = is_theirs and identities.split(connection, store.id, channel, address)
        if not whose:
            raise NotHere(say("This chat is not joined to the customer."))
        data = {"channel": channel, "by": MERCHANT}
        _tell(runtime, connection, store, EventName.IDENTITY_SPLIT, customer_id, data)
        _tell(runtime, connection, store, EventName.IDENTITY_JOINED, whose, data)

    runtime.database.write(write)


def _tell(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    name: EventName,
    customer_id: str,
    data: dict[str, str],
) -> None:
    now = runtime.database.now(connection)
    key = f"{name}:{customer_id}:{now.timestamp():.6f}"
    flow_events.keep(connection, store.id, [Told(name, customer_id, now, key, data)])
