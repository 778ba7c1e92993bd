"""Finding out what became of messages that may have gone out: looked for, and never sent again."""

from datetime import datetime, timedelta

from jobs.runtime import Runtime
from marketing.model import MessageState
from storage import Connection, upkeep
from storage.upkeep import Unsure


def sweep(runtime: Runtime) -> int:
    """Settle the unknown messages whose time to be looked at has come; give how many."""
    return runtime.database.write(lambda c: _sweep(runtime, c))


def _sweep(runtime: Runtime, connection: Connection) -> int:
    real_now = runtime.database.real_now(connection)
    steps = runtime.settings.periods.reconcile
    unsure = upkeep.unsure(connection, real_now)
    found = [(one, *fate(one, steps, real_now)) for one in unsure]
    return upkeep.settle_unknown(connection, found)


def fate(
    one: Unsure, steps: tuple[float, ...], real_now: datetime
) -> tuple[MessageState, datetime | None]:
    """Give a message's next state, and when to look again; `steps` count from the hand-over.

    An open or a click, a machine's too, proves that it arrived. Plain SMTP has nobody to ask,
    so without one it is given up after the last step: shown as possibly sent.
    """
    if one.seen_at is not None:
        return MessageState.ACCEPTED, None
    later = [
        at for step in steps if (at := one.handed_over_at + timedelta(seconds=step)) > real_now
    ]
    if not later:
        return MessageState.ABANDONED, None
    return MessageState.UNKNOWN, min(later)
