"""The templates of a store's WhatsApp account: asked about daily, and when one has changed."""

from datetime import timedelta
from typing import cast

from channels.base import SendFailed, TemplateNews
from channels.whatsapp import WhatsAppChannel
from jobs import channel_accounts
from jobs.channel_accounts import NotConnected
from jobs.runtime import Runtime
from marketing import whatsapp_checks
from marketing.chat import AGENT, ChatContent
from marketing.flow import Flow
from marketing.model import ChannelName
from marketing.problems import Problem
from marketing.whatsapp_templates import blanks_of, call_of, quick_replies_of
from storage import Connection, outbox, stores, whatsapp_templates
from storage import channel_accounts as accounts
from storage.channel_accounts import ChannelAccount
from storage.outbox import Call
from storage.stores import Store
from storage.whatsapp_templates import Key, Registry

KIND = channel_accounts.SYNC_TEMPLATES
KEY = ChannelName.WHATSAPP.value
DAILY = timedelta(days=1)
AFTER_TROUBLE = timedelta(hours=1)


class NoSuchTemplate(Exception):
    """The account has no template of this name and language."""


def ask_soon(runtime: Runtime, connection: Connection, store_id: str) -> None:
    """Have all templates asked about anew, as soon as somebody comes to it."""
    outbox.add(connection, store_id, KIND, KEY, {}, runtime.database.real_now(connection))


def sync(runtime: Runtime, call: Call) -> bool:
    """Keep what Meta says of every template, and ask again tomorrow; nothing without an account.

    What goes wrong is told in the settings, and tried again within the hour. For a store that
    left nothing is asked; it may come back.
    """
    if not runtime.database.write(lambda c: _is_here(runtime, c, call.store_id)):
        return False
    try:
        sync_now(runtime, call.store_id)
    except NotConnected:
        return False
    except SendFailed as failure:
        words = failure.reason
        runtime.database.write(lambda c: _failed(runtime, c, call.store_id, words))
    return False


def sync_now(runtime: Runtime, store_id: str) -> None:
    """Ask Meta about all templates; raises `NotConnected`, and `SendFailed` in its words."""
    with runtime.database.reading() as connection:
        account = _account(connection, store_id)
    found = _opened(runtime, account).templates()

    def keep(connection: Connection) -> None:
        real_now = runtime.database.real_now(connection)
        whatsapp_templates.replace(connection, store_id, found, real_now)
        outbox.add(connection, store_id, KIND, KEY, {}, real_now + DAILY)

    runtime.database.write(keep)


def _is_here(runtime: Runtime, connection: Connection, store_id: str) -> bool:
    """Say whether a store is installed; look again tomorrow if it is not."""
    store = stores.by_id(connection, store_id)
    if store is None or store.is_installed:
        return store is not None
    real_now = runtime.database.real_now(connection)
    outbox.add(connection, store_id, KIND, KEY, {}, real_now + DAILY)
    return False


def _failed(runtime: Runtime, connection: Connection, store_id: str, words: str) -> None:
    real_now = runtime.database.real_now(connection)
    accounts.troubled(connection, store_id, ChannelName.WHATSAPP, words, real_now)
    outbox.add(connection, store_id, KIND, KEY, {}, real_now + AFTER_TROUBLE)


def hear(runtime: Runtime, connection: Connection, store_id: str, news: TemplateNews) -> None:
    """Take in that Meta changed a template: what it may do holds at once, the rest is asked."""
    if news.status:
        key = (news.name, news.language)
        whatsapp_templates.note(connection, store_id, key, status=news.status, reason=news.reason)
    ask_soon(runtime, connection, store_id)


def known(runtime: Runtime, store_id: str) -> tuple[Registry, bool]:
    """Give what is known of a store's templates, and whether WhatsApp is connected at all."""
    with runtime.database.reading() as connection:
        account = accounts.get(connection, store_id, ChannelName.WHATSAPP)
        return whatsapp_templates.of_store(connection, store_id), account is not None


def problems(connection: Connection, store_id: str, flow: Flow) -> tuple[Problem, ...]:
    """Give what is wrong with the templates that a flow names; nothing without an account."""
    if accounts.get(connection, store_id, ChannelName.WHATSAPP) is None:
        return ()
    registry = whatsapp_templates.of_store(connection, store_id)
    return tuple(whatsapp_checks.problems(flow.steps_by_id.values(), registry.templates))


def try_out(runtime: Runtime, store: Store, key: Key, to: str) -> tuple[bool, str]:
    """Send a template with its own examples; give whether it went, and the answer.

    Raises `NotConnected`, `NoSuchTemplate`, `TooManyTries`, and `BadParameter` for an example.
    """
    with runtime.database.reading() as connection:
        template = whatsapp_templates.of_store(connection, store.id).templates.get(key)
    if template is None:
        raise NoSuchTemplate
    examples = {one.place: one.example for one in blanks_of(template)}
    call = call_of(template, examples, {index: AGENT for index, _ in quick_replies_of(template)})
    return channel_accounts.try_out(
        runtime, store, ChannelName.WHATSAPP, to, ChatContent("", template=call)
    )


def _account(connection: Connection, store_id: str) -> ChannelAccount:
    account = accounts.get(connection, store_id, ChannelName.WHATSAPP)
    if account is None:
        raise NotConnected
    return account


def _opened(runtime: Runtime, account: ChannelAccount) -> WhatsAppChannel:
    return cast("WhatsAppChannel", channel_accounts.opened(runtime, account))
