"""Test mails: a message as one customer would get it, to the merchant's own address.

They go through the same channel as all others, but are no part of the ledger: nothing in them
is tracked, and nothing is earned by them.
"""

from datetime import timedelta
from email.utils import format_datetime, make_msgid, parseaddr

from channels.base import Outcome, SendFailed
from connectors.base import StoreUnavailable
from jobs import shared_sender
from jobs.previews import About, preview
from jobs.runtime import Runtime
from marketing.flow import Template
from marketing.model import ChannelName, RenderedMessage, Signing
from storage import Connection, outbox, stores, trials
from storage.outbox import Call
from storage.stores import Store
from storage.trials import Trial

KIND = "test_mail"
AN_HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20
MOST_TRIES = 3
MARK = "[Test] "


class TooManyTests(Exception):
    """The store has sent as many test mails in the last hour as it may."""


class SenderUsedUp(Exception):
    """The shared sender takes no more of the store today."""


def order(runtime: Runtime, store: Store, template: Template, about: About, to: str) -> Trial:
    """Have a message sent to an address, marked as a test.

    Raises `TooManyTests`, `SenderUsedUp`, and what `jobs.previews.preview` raises.
    """
    words = preview(runtime, store, template, about).words
    told = {"subject": f"{MARK}{words.subject}", "html": words.html, "text": words.text}

    def keep(connection: Connection) -> Trial:
        real_now = runtime.database.real_now(connection)
        if trials.count_since(connection, store.id, real_now - AN_HOUR) >= MOST_AN_HOUR:
            raise TooManyTests
        if shared_sender.of(runtime, connection, store, runtime.database.now(connection)).left == 0:
            raise SenderUsedUp
        trial_id = trials.put(connection, store.id, to, told, real_now)
        outbox.add(connection, store.id, KIND, trial_id, {"trial_id": trial_id}, real_now)
        return _found(connection, store.id, trial_id)

    trial = runtime.database.write(keep)
    runtime.queues.wake("outbox", [store.id])
    return trial


def send(runtime: Runtime, call: Call) -> bool:
    """Hand a test mail over; a crash on the way may do so twice, never not at all."""
    store_id, trial_id = call.store_id, call.payload["trial_id"]
    with runtime.database.reading() as connection:
        trial = trials.get(connection, store_id, trial_id)
        store = stores.by_id(connection, store_id)
        signing = shared_sender.signing_of(runtime, connection, store) if store else None
    if store is None or trial is None or trial.words is None:
        return False
    message = _message(runtime, store, trial, signing)
    for _, outcome in runtime.channels[ChannelName.EMAIL].send_many([message]):
        if isinstance(outcome, SendFailed):
            _failed(runtime, call, trial_id, outcome)
        else:
            _settle(runtime, store_id, trial_id, trials.SENT, outcome.response)
    return False


def _failed(runtime: Runtime, call: Call, trial_id: str, failure: SendFailed) -> None:
    """Try once more where that may help; else say what the provider said."""
    if failure.outcome is Outcome.RETRY and call.attempts < MOST_TRIES:
        raise StoreUnavailable(f"the test mail did not go: {failure.reason}")
    _settle(runtime, call.store_id, trial_id, trials.FAILED, failure.reason)


def _settle(runtime: Runtime, store_id: str, trial_id: str, state: str, detail: str) -> None:
    runtime.database.write(
        lambda c: trials.settle(c, store_id, trial_id, state, detail, runtime.database.real_now(c))
    )


def _message(
    runtime: Runtime, store: Store, trial: Trial, signing: Signing | None
) -> RenderedMessage:
    """Give the mail, by the store's own address where its domain has passed, as messages are."""
    own = store.settings.get("sender_address")
    sender = str(own) if signing else parseaddr(runtime.settings.mail_from)[1]
    words = trial.words or {}
    replies_to = None if signing else own or store.email
    return RenderedMessage(
        message_id=trial.id,
        channel=ChannelName.EMAIL,
        to=trial.recipient,
        to_name=None,
        sender=sender,
        signing=signing,
        sender_name=store.settings.get("sender_name") or store.name,
        subject=words["subject"],
        html=words["html"],
        text=words["text"],
        headers={
            "Message-ID": make_msgid(trial.id, sender.rpartition("@")[2] or "localhost"),
            "Date": format_datetime(trial.created_at),
            "X-Reprise-Test": trial.id,
            **({"Reply-To": replies_to} if replies_to else {}),
        },
    )


def _found(connection: Connection, store_id: str, trial_id: str) -> Trial:
    trial = trials.get(connection, store_id, trial_id)
    if trial is None:
        raise AssertionError("what was just kept is there")
    return trial
