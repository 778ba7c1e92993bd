"""/panel/api/channels: the store's own accounts with providers: connected, tried out, let go."""

import re
import secrets
from collections.abc import Mapping
from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, pre_load, validate

from channels.explained import explained
from connectors.shopify.app_load import embed_url
from doors import audit
from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.spoken import Sentence
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.channel_forms import FORMS, AccountForm, number_of
from embedded_ui.shell import PLUGIN_SETTINGS, us
from jobs import channel_accounts, listening
from jobs.channel_accounts import NotConnected, TooManyTries
from marketing.model import ChannelName, Platform
from marketing.said import say
from storage import channel_accounts as accounts
from storage import pauses
from storage.channel_accounts import ChannelAccount
from storage.stores import Store

blueprint = api_blueprint("channels")
E164 = validate.Regexp(r"\+[1-9][0-9]{6,14}\Z", error=say("Write the number as +15550100."))
WORD = "verify_token"
CHAT_EMBED = "chat-embed"
"""The app embed's file in the theme app extension."""
Given = tuple[dict[str, str], dict[str, str]]
"""What may be shown of an account, and what may not."""


class PausedSchema(Schema):
    """Why nothing goes out just now, and since when; `meaning` is what the provider's words say."""

    reason = fields.String(required=True)
    meaning = Sentence(required=True, allow_none=True)
    since = fields.AwareDateTime(required=True)


class ChannelSchema(Schema):
    """One account; its secrets are never told."""

    channel = fields.Enum(ChannelName, by_value=True, required=True)
    provider = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.String(), required=True, data_key="fields"
    )
    """What was given of it, but for the secrets; `verify_token`: what the provider asks for."""
    callback_url = fields.String(required=True)
    switch_url = fields.String(required=True, allow_none=True)
    """Where the merchant shows the chat on their pages, in their platform's own admin."""
    connected_at = fields.AwareDateTime(required=True)
    last_event_at = fields.AwareDateTime(required=True, allow_none=True)
    refused_at = fields.AwareDateTime(required=True, allow_none=True)
    """When a call was last turned away that was not signed with the secret that is kept."""
    trouble = fields.String(required=True, allow_none=True)
    trouble_meaning = Sentence(required=True, allow_none=True)
    """What the provider's words say, and what to do; null: they are nobody's code."""
    trouble_at = fields.AwareDateTime(required=True, allow_none=True)
    token_ends_at = fields.AwareDateTime(required=True, allow_none=True)
    """When its access token ends that is renewed before; null: never, or nobody has told yet."""
    paused = fields.Nested(PausedSchema, required=True, allow_none=True)


class ChannelsSchema(Schema):
    """Every account that the store has connected."""

    channels = fields.List(fields.Nested(ChannelSchema), required=True)


class AccountSchema(Schema):
    """What a provider's console shows, by the names in `embedded_ui.channel_forms`.

    Without a secret the one that is kept stays.
    """

    class Meta:
        unknown = RAISE

    provider = fields.String(required=True)
    fields_ = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)),
        values=fields.String(validate=validate.Length(max=1000)),
        required=True,
        data_key="fields",
    )


class TrySchema(Schema):
    """The number that a test message goes to; without it the provider is asked who we are."""

    class Meta:
        unknown = RAISE

    to = fields.String(validate=E164)

    @pre_load
    def tidy(self, told: Any, **_: Any) -> Any:
        """Take a number as people write it."""
        if isinstance(told, dict) and isinstance(told.get("to"), str):
            return {**told, "to": number_of(told["to"])}
        return told


class TriedSchema(Schema):
    """Whether it worked, and what the provider said: the account's name, where it was asked.

    `meaning` is what a refusal says, and what to do about it.
    """

    is_sent = fields.Boolean(required=True)
    detail = fields.String(required=True)
    meaning = Sentence(required=True, allow_none=True)


@blueprint.route("/channels")
class ChannelsView(MethodView):
    @blueprint.response(200, ChannelsSchema)
    def get(self) -> dict[str, Any]:
        """Give the store's accounts, and how each fares."""
        with the_runtime().database.reading() as connection:
            found = accounts.of_store(connection, the_store().id)
            paused = pauses.of_store(connection, the_store().id)
        return {"channels": [_shown(one, paused.get(one.channel)) for one in found]}


@blueprint.route("/channels/<channel>")
class ChannelView(MethodView):
    @blueprint.arguments(AccountSchema)
    @blueprint.response(200, ChannelSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, told: dict[str, Any], channel: str) -> dict[str, Any]:
        """Connect the store's account with a provider, or change it."""
        name, provider = _named(channel), told["provider"]
        form = FORMS.get((name, provider))
        if form is None:
            refuse(422, say("This provider is not known here."), "provider")
        public, secret = _given(form, told["fields_"], _kept(name, provider))
        account = channel_accounts.connect(
            the_runtime(), the_store(), name, (provider, public, secret)
        )
        audit.also(provider=provider)
        return _shown(account, None)

    @blueprint.response(204)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def delete(self, channel: str) -> None:
        """Let the account go: nothing goes out by it any more, and its secrets are forgotten."""
        name = _named(channel)
        with the_runtime().database.writing() as connection:
            if not accounts.disconnect(connection, the_store().id, name):
                refuse(404, say("This channel is not connected."))


@blueprint.route("/channels/<channel>/test")
class ChannelTestView(MethodView):
    @blueprint.arguments(TrySchema)
    @blueprint.response(200, TriedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    @blueprint.alt_response(429, schema=ErrorSchema)
    def post(self, told: dict[str, Any], channel: str) -> dict[str, Any]:
        """Write to a number of the merchant's own, or ask the provider who we are."""
        name = _named(channel)
        if not any(form.has_provider for key, form in FORMS.items() if key[0] is name):
            refuse(404, say("The website chat is tried out on the store's own pages."))
        by_message = any(form.is_tried_by_message for key, form in FORMS.items() if key[0] is name)
        try:
            if by_message and "to" in told:
                found = channel_accounts.try_out(the_runtime(), the_store(), name, told["to"])
            else:
                found = channel_accounts.introduce(the_runtime(), the_store(), name)
        except NotConnected:
            refuse(404, say("This channel is not connected."))
        except TooManyTries:
            refuse(429, say("That was the twentieth test within an hour. Try again later."))
        return tried_shape(found)


def tried_shape(found: tuple[bool, str]) -> dict[str, Any]:
    """Tell what a trial came to; a refusal with what it means."""
    is_sent, detail = found
    meaning = None if is_sent else explained(detail)
    return {"is_sent": is_sent, "detail": detail, "meaning": meaning}


def _named(channel: str) -> ChannelName:
    known = {one.value: one for one, _ in FORMS}
    if channel not in known:
        refuse(404, say("There is no such channel."))
    return known[channel]


def _kept(channel: ChannelName, provider: str) -> Given:
    """Give what an account of this provider's has already."""
    runtime = the_runtime()
    with runtime.database.reading() as connection:
        account = accounts.get(connection, the_store().id, channel)
    if account is None or account.provider != provider:
        return {}, {}
    return dict(account.public), dict(account.secret(runtime.secrets))


def _given(form: AccountForm, told: Mapping[str, str], kept: Given) -> Given:
    """Sort out what was given; a refusal names the field."""
    unknown = sorted(set(told) - {one.name for one in form.fields})
    if unknown:
        refuse(422, say("There is no such field here."), unknown[0])
    public: dict[str, str] = {}
    secret: dict[str, str] = {}
    for one in form.fields:
        value = one.tidy(told.get(one.name, ""))
        if one.is_secret and not value and (not one.goes_with or one.goes_with in public):
            value = kept[1].get(one.name, "")
        if (value or one.is_needed) and not re.match(one.pattern, value):
            refuse(422, one.wrong, one.name)
        if value:
            (secret if one.is_secret else public)[one.name] = value
    if refusal := form.refusal(public | secret):
        refuse(422, refusal[1], refusal[0])
    if form.has_verify_token:
        public[WORD] = kept[0].get(WORD) or secrets.token_urlsafe(24)
    return public, secret


def _door(account: ChannelAccount) -> str:
    """Give where we are told of what happens: visitors of the store's pages have their own."""
    if account.channel is ChannelName.WEBCHAT:
        return f"{the_runtime().settings.app_url}/webchat/{the_store().public_key}"
    return channel_accounts.callback_url(the_runtime(), account)


def _switch(account: ChannelAccount) -> str | None:
    """Give where the store's own platform has a switch for it; nowhere but for the chat."""
    store = the_store()
    if account.channel is not ChannelName.WEBCHAT:
        return None
    if store.platform is Platform.SHOPIFY:
        return embed_url(us(the_runtime()), store.domain, CHAT_EMBED)
    if store.platform is Platform.WOOCOMMERCE and _may_have_plugin(store):
        home = the_runtime().settings.woocommerce_store_url.format(domain=store.domain)
        return f"{home}{PLUGIN_SETTINGS}"
    return None


def _may_have_plugin(store: Store) -> bool:
    """Say whether our plugin is in a store, as far as anybody looked."""
    with the_runtime().database.reading() as connection:
        found = listening.health(connection, store.id)
    return found is None or found.plugin is not None


def _shown(account: ChannelAccount, paused: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "channel": account.channel,
        "provider": account.provider,
        "fields_": account.public,
        "callback_url": _door(account),
        "switch_url": _switch(account),
        "connected_at": account.connected_at,
        "last_event_at": account.last_event_at,
        "refused_at": account.refused_at,
        "trouble": account.trouble,
        "trouble_meaning": explained(account.trouble),
        "trouble_at": account.trouble_at,
        "token_ends_at": account.token_ends_at,
        "paused": paused and {**paused, "meaning": explained(paused["reason"])},
    }
