"""Works off the outbox: what has to be told to a store's platform, or read from it.

Each call is leased, made outside any transaction, and its end written under its fence.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Final

from connectors.base import StoreError, StoreThrottled, TokenRefused
from jobs import (
    activation,
    alerts,
    categories,
    chat_names,
    codes,
    consents,
    listening,
    notices,
    parting,
    privacy,
    rewards,
    signups,
    store_reviews,
    sync,
    thread_control,
    thread_wishes,
    trials,
    whatsapp_templates,
)
from jobs.rounds import rounds
from jobs.runtime import Runtime
from storage import Connection, outbox
from storage.outbox import Call
from storage.schema import new_id

log = logging.getLogger(__name__)

BATCH: Final = 8
WITHOUT_TOKEN: Final = timedelta(minutes=15)
"""How long to wait for a merchant who has to open the app before we are let in again."""
MAKE: Final[Mapping[str, Callable[[Runtime, Call], bool]]] = {
    "write_consent": consents.write,
    "import": sync.read_page,
    categories.WHOLE: categories.read_whole,
    categories.OF_PRODUCT: categories.read_of_product,
    activation.KIND: activation.activate,
    listening.LISTEN: listening.listen,
    listening.POLL: listening.poll,
    store_reviews.KIND: store_reviews.read,
    "retire_code": codes.take_back,
    "clear_code": codes.clear_away,
    parting.KIND: parting.part,
    "privacy": privacy.erase_if_gone,
    "write_tags": notices.write_tags,
    "notify_staff": notices.notify_staff,
    "call_webhook": notices.call_webhook,
    rewards.KIND: rewards.credit,
    trials.KIND: trials.send,
    whatsapp_templates.KIND: whatsapp_templates.sync,
    signups.KIND: signups.send,
    alerts.KIND: alerts.send,
    thread_wishes.KIND: thread_control.call,
    chat_names.KIND: chat_names.learn,
}
"""Each makes one call and says whether there is more to do under the same row."""


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Work off what is due for these stores; give the stores that have more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: make_batch(runtime, store_id))


def make_batch(runtime: Runtime, store_id: str) -> bool:
    """Make a few of a store's calls; True when there may be more."""
    taken = runtime.database.write(lambda c: _claim(runtime, c, store_id))
    more = [_make(runtime, call) for call in taken]
    return len(taken) == BATCH or any(more)


def _claim(runtime: Runtime, connection: Connection, store_id: str) -> list[Call]:
    return outbox.claim(
        connection,
        owner=new_id(),
        real_now=runtime.database.real_now(connection),
        seconds=runtime.settings.periods.lease,
        store_ids=[store_id],
        limit=BATCH,
    )


def _make(runtime: Runtime, call: Call) -> bool:
    """Make one call and write how it ended; True when it wants to be made again at once."""
    try:
        more = MAKE[call.kind](runtime, call)
    except StoreThrottled as error:
        _put_off(runtime, call, timedelta(seconds=error.retry_after), str(error))
    except TokenRefused as error:
        _put_off(runtime, call, WITHOUT_TOKEN, str(error))
    except StoreError as error:
        _failed(runtime, call, f"{type(error).__name__}: {error}", for_good=not error.retryable)
    except Exception as error:
        _failed(runtime, call, f"{type(error).__name__}: {error}")
        raise
    else:
        _done(runtime, call, more=more)
        return more
    return False


def _done(runtime: Runtime, call: Call, *, more: bool) -> None:
    def write(connection: Connection) -> None:
        if more:
            outbox.again(connection, call, runtime.database.real_now(connection))
        else:
            outbox.done(connection, call)

    runtime.database.write(write)


def _put_off(runtime: Runtime, call: Call, by: timedelta, words: str) -> None:
    def write(connection: Connection) -> None:
        due_at = runtime.database.real_now(connection) + by
        outbox.again(connection, call, due_at, error=words)

    log.info("%s of store %s waits %s: %s", call.kind, call.store_id, by, words)
    runtime.database.write(write)


def _failed(runtime: Runtime, call: Call, words: str, *, for_good: bool = False) -> None:
    def write(connection: Connection) -> None:
        real_now = runtime.database.real_now(connection)
        outbox.failed(connection, call, words[:500], real_now, for_good=for_good)

    log.warning("%s of store %s failed: %s", call.kind, call.store_id, words)
    runtime.database.write(write)
