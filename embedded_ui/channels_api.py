"""/panel/api/channels: the store's own accounts with providers: connected, tried out, let go."""

from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors import audit
from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs import channel_accounts
from jobs.channel_accounts import NotConnected, TooManyTries
from marketing.model import ChannelName
from marketing.said import say
from storage import channel_accounts as accounts
from storage import pauses
from storage.channel_accounts import ChannelAccount

blueprint = api_blueprint("channels")
E164 = validate.Regexp(r"\+[1-9][0-9]{6,14}\Z", error=say("Write the number as +15550100."))


class PausedSchema(Schema):
    """Why nothing goes out just now, and since when."""

    reason = fields.String(required=True)
    since = fields.AwareDateTime(required=True)


class ChannelSchema(Schema):
    """One account; its token is never told."""

    channel = fields.Enum(ChannelName, by_value=True, required=True)
    provider = fields.String(required=True)
    account_sid = fields.String(required=True)
    sender = fields.String(required=True)
    callback_url = fields.String(required=True)
    connected_at = fields.AwareDateTime(required=True)
    last_event_at = fields.AwareDateTime(required=True, allow_none=True)
    trouble = fields.String(required=True, allow_none=True)
    trouble_at = fields.AwareDateTime(required=True, allow_none=True)
    paused = fields.Nested(PausedSchema, required=True, allow_none=True)


class ChannelsSchema(Schema):
    """Every account that the store has connected."""

    channels = fields.List(fields.Nested(ChannelSchema), required=True)


class AccountSchema(Schema):
    """What Twilio's console shows; without a token the one that is kept stays."""

    class Meta:
        unknown = RAISE

    account_sid = fields.String(
        required=True,
        validate=validate.Regexp(
            r"AC[0-9a-f]{32}\Z",
            error=say("Copy the Account SID from Twilio's console: AC and 32 signs."),
        ),
    )
    auth_token = fields.String(validate=[validate.Length(min=16, max=100), plain_text])
    sender = fields.String(
        required=True,
        validate=validate.Regexp(
            r"(\+[1-9][0-9]{6,14}|MG[0-9a-f]{32})\Z",
            error=say("Give a number such as +15550100, or the id of a messaging service: MG…."),
        ),
    )


class TrySchema(Schema):
    """The number that a test goes to."""

    class Meta:
        unknown = RAISE

    to = fields.String(required=True, validate=E164)


class TriedSchema(Schema):
    """Whether the provider took it, and what it said."""

    is_sent = fields.Boolean(required=True)
    detail = fields.String(required=True)


@blueprint.route("/channels")
class ChannelsView(MethodView):
    @blueprint.response(200, ChannelsSchema)
    def get(self) -> dict[str, Any]:
        """Give the store's accounts, and how each fares."""
        with the_runtime().database.reading() as connection:
            found = accounts.of_store(connection, the_store().id)
            paused = pauses.of_store(connection, the_store().id)
        return {"channels": [_shown(one, paused.get(one.channel)) for one in found]}


@blueprint.route("/channels/sms")
class SmsView(MethodView):
    @blueprint.arguments(AccountSchema)
    @blueprint.response(200, ChannelSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, Any]) -> dict[str, Any]:
        """Connect the store's account with Twilio, or change it."""
        token = form.get("auth_token") or _kept_token()
        public = {"account_sid": form["account_sid"], "sender": form["sender"]}
        told = ("twilio", public, {"auth_token": token})
        account = channel_accounts.connect(the_runtime(), the_store(), ChannelName.SMS, told)
        audit.also(channel="sms")
        return _shown(account, None)

    @blueprint.response(204)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def delete(self) -> None:
        """Let the account go: no text goes out any more, and its token is forgotten."""
        with the_runtime().database.writing() as connection:
            if not accounts.disconnect(connection, the_store().id, ChannelName.SMS):
                refuse(404, say("Text messages are not connected."))


@blueprint.route("/channels/sms/test")
class SmsTestView(MethodView):
    @blueprint.arguments(TrySchema)
    @blueprint.response(200, TriedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(429, schema=ErrorSchema)
    def post(self, form: dict[str, Any]) -> dict[str, Any]:
        """Text a number of the merchant's own, and say what the provider said."""
        try:
            sent, detail = channel_accounts.try_out(
                the_runtime(), the_store(), ChannelName.SMS, form["to"]
            )
        except NotConnected:
            refuse(404, say("Text messages are not connected."))
        except TooManyTries:
            refuse(429, say("That was the twentieth test within an hour. Try again later."))
        return {"is_sent": sent, "detail": detail}


def _kept_token() -> str:
    runtime = the_runtime()
    with runtime.database.reading() as connection:
        account = accounts.get(connection, the_store().id, ChannelName.SMS)
    if account is None:
        refuse(422, say("Copy the auth token from Twilio's console."), "auth_token")
    return account.secret(runtime.secrets)["auth_token"]


def _shown(account: ChannelAccount, paused: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "channel": account.channel,
        "provider": account.provider,
        "account_sid": account.public["account_sid"],
        "sender": account.public["sender"],
        "callback_url": channel_accounts.callback_url(the_runtime(), account),
        "connected_at": account.connected_at,
        "last_event_at": account.last_event_at,
        "trouble": account.trouble,
        "trouble_at": account.trouble_at,
        "paused": paused,
    }
