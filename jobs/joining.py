"""Chat ids that prove to be a customer's: joined, taken apart again, told on the timeline."""

from jobs.intake_orders import NotHere
from jobs.runtime import Runtime
from marketing.events import EventName
from marketing.said import say
from storage import Connection, conversations, customers, flow_events, identities
from storage.flow_events import Told
from storage.stores import Store

BY_MAIL, MERCHANT = "confirmed_email", "merchant"


def join_by_email(runtime: Runtime, store: Store, channel: str, address: str, email: str) -> None:
    """Let a chat be the customer's who proved that the address typed in it is theirs."""

    def write(connection: Connection) -> None:
        owner = customers.find(connection, store.id, "email", email)
        if owner is None:  # erased meanwhile
            return
        now, whose = runtime.database.now(connection), str(owner["id"])
        where = (connection, store.id, channel, address)
        before = identities.join(*where, whose, by=BY_MAIL, at=now)
        if before is None:
            return
        conversations.merge(connection, store.id, before, whose)
        data = {"channel": channel, "by": BY_MAIL}
        _tell(runtime, connection, store, EventName.IDENTITY_JOINED, whose, data)

    runtime.database.write(write)


def split(runtime: Runtime, store: Store, customer_id: str, channel: str, address: str) -> None:
    """Give a joined chat back to whose it was before; raises `NotHere`."""

    def write(connection: Connection) -> None:
        mine = identities.of_customer(connection, store.id, customer_id)
        is_theirs = (channel, address) in {(one.channel, one.address) for one in mine}
        if not is_theirs or identities.split(connection, store.id, channel, address) is None:
            raise NotHere(say("This chat is not joined to the customer."))
        data = {"channel": channel, "by": MERCHANT}
        _tell(runtime, connection, store, EventName.IDENTITY_SPLIT, customer_id, data)

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
