"""/panel/api/channels/<channel>/keyword: the word by which customers agree, and its wording."""

from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors import audit
from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.opt_in_api import OptInLinkSchema, shown
from marketing import keyword_opt_in
from marketing.conversation_settings import settings_of
from marketing.keyword_opt_in import KeywordOptIn
from marketing.model import ChannelName
from marketing.opt_in import word_link
from marketing.said import say
from storage import Connection, channel_accounts, stores
from storage.stores import Store

blueprint = api_blueprint("keyword")


class KeywordSchema(Schema):
    """The word, and what stands beside it wherever the store asks for it."""

    class Meta:
        unknown = RAISE

    keyword = fields.String(required=True, validate=plain_text)
    wording = fields.String(
        required=True,
        validate=[
            validate.Length(
                max=keyword_opt_in.LONGEST_WORDING,
                error=say("Use up to {most} characters.", most=keyword_opt_in.LONGEST_WORDING),
            ),
            plain_text,
        ],
    )


class KeywordOptInSchema(Schema):
    """What holds on a channel: no word, nobody agrees by one.

    `answer` is what is written back, in the store's language; `link` writes the word.
    """

    keyword = fields.String(required=True, allow_none=True)
    wording = fields.String(required=True, allow_none=True)
    answer = fields.String(required=True)
    link = fields.Nested(OptInLinkSchema, required=True, allow_none=True)


@blueprint.route("/channels/<channel>/keyword")
class KeywordView(MethodView):
    @blueprint.response(200, KeywordOptInSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, channel: str) -> dict[str, Any]:
        """Give the word that is waited for on a channel, and the link that writes it."""
        return _shown(the_store(), _named(channel))

    @blueprint.arguments(KeywordSchema)
    @blueprint.response(200, KeywordOptInSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, told: dict[str, str], channel: str) -> dict[str, Any]:
        """Wait for a word from now on; who agreed before did so by the wording of then."""
        name = _named(channel)
        asked = KeywordOptIn(told["keyword"].strip(), told["wording"].strip())
        own_words = settings_of(the_store().settings).own_words
        if fault := keyword_opt_in.fault_of(asked.keyword, own_words):
            refuse(422, fault, "keyword")
        if not asked.wording:
            refuse(422, say("Write what customers read beside the word."), "wording")
        audit.also(channel=name.value, keyword=asked.keyword)
        return _shown(_keep(name, asked), name)

    @blueprint.response(204)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def delete(self, channel: str) -> None:
        """Wait for no word any more; who agreed by it still gets what they agreed to."""
        _keep(_named(channel), None)


def _named(channel: str) -> ChannelName:
    known = {one.value: one for one in keyword_opt_in.CHANNELS}
    if channel not in known:
        refuse(404, say("There is no such channel."))
    return known[channel]


def _keep(channel: ChannelName, asked: KeywordOptIn | None) -> Store:
    store, database = the_store(), the_runtime().database

    def keep(connection: Connection) -> None:
        known = stores.by_domain(connection, store.platform, store.domain, lock=True)
        before = known.settings if known else {}
        told = keyword_opt_in.with_channel(before, channel, asked)
        stores.set_settings(connection, store.id, told)

    database.write(keep)
    with database.reading() as connection:
        return stores.by_id(connection, store.id) or store


def _shown(store: Store, channel: ChannelName) -> dict[str, Any]:
    asked = keyword_opt_in.of_channel(store.settings, channel)
    with the_runtime().database.reading() as connection:
        account = channel_accounts.get(connection, store.id, channel)
    link = word_link(channel, asked.keyword, account.public) if asked and account else None
    return {
        "keyword": asked.keyword if asked else None,
        "wording": asked.wording if asked else None,
        "answer": keyword_opt_in.answer(channel, store.locale, store.name or store.domain),
        "link": shown(link) if link else None,
    }
