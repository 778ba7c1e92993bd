"""The website chat's door: visitors of the store's own pages write, and fetch what is answered.

Nobody there is trusted: a page must be the store's, a conversation is its token's alone, a button
must have been offered in it. What is said is kept as a provider's callback is, durable when the
browser hears that it was taken, and read by `jobs.receive` like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from jobs.runtime import Runtime
from jobs.webchat_limits import ChatLimits, Hurried
from marketing.answering import email_in
from marketing.brand import brand_of
from marketing.chat import AGENT
from marketing.links import read_visitor, visitor_token
from marketing.model import BadSignature, ChannelName, JsonObject
from marketing.visible import says_something
from marketing.webchat import MOST_LETTERS, WORDS, language_of, offered, origins_of, shown
from storage import Connection, callbacks, channel_accounts, stores, webchat
from storage.channel_accounts import ChannelAccount
from storage.stores import Store
from storage.text import clean
from storage.webchat import VISITOR, Line

__all__ = [
    "MOST_BYTES", "BadWords", "Hurried", "NoChat", "NotAVisitor", "NotOurPage", "WebchatDoor",
]  # fmt: skip
MOST_BYTES: Final = 16 * 1024
MOST_NUMBER: Final = 2_000_000_000
SAID: Final = "said:"
KEY: Final = validate.Regexp(r"[A-Za-z0-9_-]{8,64}\Z")


class NoChat(Exception):
    """No store has this key, or it shows no chat."""


class NotOurPage(Exception):
    """The page that asks is none of the store's."""


class NotAVisitor(Exception):
    """The token is not ours, of another store, or its conversation is not here any more."""


class BadWords(Exception):
    """What was sent can't be taken: `name` is of the sentence that says why, `field` says where."""

    def __init__(self, name: str, field: str | None = None) -> None:
        super().__init__(WORDS["en"][name])
        self.name, self.field = name, field


class SaidSchema(Schema):
    """One thing that a visitor says: words, or a button that was offered to them."""

    class Meta:
        unknown = EXCLUDE

    token = fields.String(required=True, validate=validate.Length(max=500))
    id = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9-]{8,40}\Z"))
    """The browser's own name of it: said twice it is heard once."""
    text = fields.String(load_default="", validate=validate.Length(max=MOST_LETTERS))
    payload = fields.String(load_default="", validate=validate.Length(max=1000))


class FetchSchema(Schema):
    """Whose lines are asked for, behind which number, and how far they were looked at."""

    class Meta:
        unknown = EXCLUDE

    token = fields.String(required=True, validate=validate.Length(max=500))
    after = fields.Integer(load_default=0, validate=validate.Range(0, MOST_NUMBER))
    seen = fields.Integer(load_default=0, validate=validate.Range(0, MOST_NUMBER))


@dataclass(frozen=True, slots=True)
class Knock:
    """Who asks: for which store, from which address of the network, from which page."""

    key: str
    address: str
    origin: str
    locale: str | None = None
    """Of the page."""


class WebchatDoor:
    """The door of one web process, with how fast it may be knocked at."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._limits = ChatLimits()

    def show(self, key: str, address: str, locale: str | None) -> JsonObject:
        """Give what the chat's script draws; raises `Hurried` and `NoChat`."""
        self._limits.knock(address)
        store, account = self._behind(key)
        language = language_of(locale, store.locale)
        color = brand_of(store.settings).button
        return shown(store.name, account.public, color, language)

    def origins(self, key: str) -> frozenset[str]:
        """Give the origins of the store's own pages; none where no chat is shown."""
        try:
            store, account = self._behind(key)
        except NoChat:
            return frozenset()
        return origins_of(store.storefront_url, store.domain, account.public.get("origins", ""))

    def begin(self, knock: Knock) -> str:
        """Give a new visitor's token. Raises `Hurried`, `NoChat` and `NotOurPage`."""
        self._limits.begin(knock.address)
        store, _ = self._ours(knock)
        self._limits.begin_at(store.id, knock.address)
        database = self._runtime.database
        visitor = database.write(lambda c: webchat.begin(c, store.id, database.now(c)))
        return visitor_token(self._runtime.link_keys, store.id, visitor)

    def say(self, knock: Knock, body: bytes) -> int:
        """Take what a visitor says; give its number in their conversation.

        Raises `Hurried`, `NoChat`, `NotOurPage`, `BadWords` and `NotAVisitor`.
        """
        store, account = self._ours(knock)
        told = _read(SaidSchema(), body)
        visitor = self._visitor(store, told["token"])
        self._limits.say(knock.address, visitor)
        if email_in(told["text"]):
            self._limits.give_address(knock.address)
        language = language_of(knock.locale, store.locale)
        number = self._runtime.database.write(
            lambda c: _keep(self._runtime, c, account, visitor, {**told, "language": language})
        )
        self._runtime.queues.wake("receive", [store.id])
        return number

    def fetch(self, knock: Knock, body: bytes) -> JsonObject:
        """Give the lines behind a number: what was fetched before is delivered, and perhaps read.

        Raises as `say` does.
        """
        store, account = self._ours(knock)
        told = _read(FetchSchema(), body)
        visitor = self._visitor(store, told["token"])
        self._limits.fetch(visitor)
        with self._runtime.database.reading() as connection:
            known = webchat.marks(connection, store.id, visitor)
            rows = webchat.since(connection, store.id, visitor, told["after"])
        if known is None:
            raise NotAVisitor
        if told["after"] > known[0] or told["seen"] > known[1]:
            self._note(account, visitor, told)
        return {"lines": [line_shape(row._asdict()) for row in rows]}

    def _note(self, account: ChannelAccount, visitor: str, told: Mapping[str, Any]) -> None:
        """Report what arrived, and what was looked at."""
        is_news = self._runtime.database.write(
            lambda c: _mark(self._runtime, c, account, visitor, told)
        )
        if is_news:
            self._runtime.queues.wake("receive", [account.store_id])

    def _behind(self, key: str) -> tuple[Store, ChannelAccount]:
        try:
            KEY(key)
        except ValidationError:
            raise NoChat(key) from None
        with self._runtime.database.reading() as connection:
            store = stores.by_public_key(connection, key)
            if store is None or not store.is_installed:
                raise NoChat(key)
            account = channel_accounts.get(connection, store.id, ChannelName.WEBCHAT)
        if account is None:
            raise NoChat(key)
        return store, account

    def _ours(self, knock: Knock) -> tuple[Store, ChannelAccount]:
        self._limits.knock(knock.address)
        store, account = self._behind(knock.key)
        more = account.public.get("origins", "")
        if knock.origin not in origins_of(store.storefront_url, store.domain, more):
            raise NotOurPage
        return store, account

    def _visitor(self, store: Store, token: str) -> str:
        try:
            link = read_visitor(self._runtime.link_keys, token)
        except BadSignature:
            raise NotAVisitor from None
        if link.store_id != store.id:
            raise NotAVisitor
        return link.message_id


def _read(schema: Schema, body: bytes) -> Mapping[str, Any]:
    try:
        told: Mapping[str, Any] = schema.load(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise BadWords("odd") from None
    except ValidationError as wrong:
        names = list(wrong.messages_dict) if isinstance(wrong.messages, dict) else []
        field = next(iter(names), None)
        raise BadWords("too_long" if field == "text" else "odd", field) from None
    return told


def _keep(
    runtime: Runtime,
    connection: Connection,
    account: ChannelAccount,
    visitor: str,
    told: Mapping[str, Any],
) -> int:
    """Keep what was said in the conversation, and for whoever reads it; said twice it is one."""
    real_now = runtime.database.real_now(connection)
    number, said = write_line(runtime, connection, account.store_id, visitor, told)
    _tell(connection, account, said, real_now)
    channel_accounts.heard(connection, account.store_id, account.channel, real_now)
    return number


def write_line(
    runtime: Runtime,
    connection: Connection,
    store_id: str,
    visitor: str,
    told: Mapping[str, Any],
) -> tuple[int, Mapping[str, str]]:
    """Write what a visitor says into their conversation; give its number, and what is heard.

    Raises `BadWords` and `NotAVisitor`.
    """
    payload, text = told["payload"], clean(told["text"]).strip()
    if payload:
        text = _label(connection, store_id, visitor, told)
    if not says_something(text):
        raise BadWords("empty", "text")
    now, line = runtime.database.now(connection), Line(SAID + told["id"], VISITOR, {"text": text})
    number = webchat.put(connection, store_id, visitor, line, now)
    if number is None:
        raise NotAVisitor
    return number, {"visitor": visitor, "id": told["id"], "text": text, "payload": payload}


def _label(connection: Connection, store_id: str, visitor: str, told: Mapping[str, Any]) -> str:
    """Give the words of the button they tapped; one that was not offered to them is none."""
    payload = told["payload"]
    if payload == AGENT:
        return clean(told["text"]).strip() or WORDS[told["language"]]["agent"]
    for said in webchat.latest_said(connection, store_id, visitor):
        if payload in (found := offered(said)):
            return found[payload]
    raise BadWords("stale", "payload")


def _mark(
    runtime: Runtime,
    connection: Connection,
    account: ChannelAccount,
    visitor: str,
    told: Mapping[str, Any],
) -> bool:
    """Note how far they are; True when that is news of a message of ours."""
    delivered, read = webchat.mark(
        connection, account.store_id, visitor, told["after"], told["seen"]
    )
    if delivered or read:
        said = {"visitor": visitor, "delivered": delivered, "read": read}
        _tell(connection, account, said, runtime.database.real_now(connection))
    return bool(delivered or read)


def _tell(
    connection: Connection, account: ChannelAccount, said: Mapping[str, Any], real_now: datetime
) -> None:
    body = orjson.dumps({**said, "at": real_now.isoformat()})
    callbacks.keep(connection, account.store_id, account.channel, ("", body), real_now)


def line_shape(row: Mapping[str, Any]) -> JsonObject:
    """Give a line as the visitor's page draws it, ready for JSON."""
    said = row["said"]
    return {
        "number": row["number"], "author": row["author"], "at": row["at"].isoformat(),
        "text": said.get("text", ""), "buttons": said.get("buttons", []),
        "cards": said.get("cards", []), "id": _own_name(row),
    }  # fmt: skip


def _own_name(row: Mapping[str, Any]) -> str:
    """Give the browser's own name of what it said, by which it knows it again."""
    return row["key"].removeprefix(SAID) if row["author"] == VISITOR else ""
