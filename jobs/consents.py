"""Telling the platform what a customer said to us, so that it knows of an unsubscribe, too."""

from datetime import datetime

from jobs import access
from jobs.runtime import Runtime
from marketing.model import ChannelName, ConsentState
from storage import mirror_customers
from storage.outbox import Call


def write(runtime: Runtime, call: Call) -> bool:
    """Write one answer back; nothing if it was changed since, or the customer is gone.

    The payload: `{"customer_id", "channel", "state", "changed_at"}`.
    """
    channel = ChannelName(call.payload["channel"])
    state = ConsentState(call.payload["state"])
    with runtime.database.reading() as connection:
        whose = mirror_customers.answer(
            connection, call.store_id, call.payload["customer_id"], channel
        )
    if whose is not None and whose.state is state:
        changed_at = datetime.fromisoformat(call.payload["changed_at"])
        access.calling(
            runtime,
            call.store_id,
            lambda store, token: store.write_consent(token, whose.key, channel, state, changed_at),
        )
    return False
