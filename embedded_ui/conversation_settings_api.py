"""/panel/api/settings/conversations: who takes over from the bot, when, and who is told of it."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from flask.views import MethodView
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from doors.json_api import ErrorSchema, plain_text, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import may, the_store
from embedded_ui.settings_api import CLOCK
from marketing.agent_wish import LONGEST_OWN_WORD, MOST_OWN_WORDS
from marketing.conversation_settings import KEY, settings_of
from marketing.hand_over_rules import TRIABLE
from marketing.said import say
from marketing.team import Right
from storage import Connection, alert_addresses, conversation_turns, endpoints, stores

SLACK = "hooks.slack.com"
MOST_MAILS = 10
LONGEST_ADDRESS = 2000
LENGTH = validate.Length(
    1, LONGEST_ADDRESS, error=say("Use up to {most} characters.", most=LONGEST_ADDRESS)
)
HIDDEN = {"slack_url": None, "webhook_url": None}

blueprint = api_blueprint("conversation-settings")


class OpenDaySchema(Schema):
    """When somebody answers on one weekday, by the store's clock; 1 is Monday."""

    class Meta:
        unknown = RAISE

    day = fields.Integer(strict=True, required=True, validate=validate.Range(1, 7))
    start = fields.String(required=True, validate=CLOCK)
    end = fields.String(required=True, validate=CLOCK)

    @validates_schema
    def ends_later(self, data: Mapping[str, str], **_: Any) -> None:
        if data["start"] >= data["end"]:
            raise ValidationError(say("The end has to be later than the beginning."), "end")


def _parts(value: str) -> SplitResult:
    """Take an address apart; what is none has no parts."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts


def _is_slack(value: str) -> None:
    parts = _parts(value)
    if parts.scheme != "https" or parts.netloc != SLACK or not parts.path[1:]:
        raise ValidationError(say("Paste the address that begins with https://hooks.slack.com/."))


def _is_web(value: str) -> None:
    parts = _parts(value)
    is_whole = parts.hostname and not parts.username and not any(map(str.isspace, value))
    if parts.scheme != "https" or not is_whole:
        raise ValidationError(say("Give a whole address that begins with https://."))
    if _is_inside(str(parts.hostname)):
        raise ValidationError(say("Nobody outside your network can call this address."))


def _is_inside(host: str) -> bool:
    """Say whether an address shows that it leads inside; a name is looked up when it is called."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost"


class ConversationSettingsSchema(Schema):
    """What holds for the store's conversations; a PUT tells all of it. No `hours`: always."""

    class Meta:
        unknown = RAISE

    is_automatic = fields.Boolean(required=True, truthy={True}, falsy={False})
    most_an_hour = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, 1000, error=say("Use 1 to 1,000 conversations.")),
    )
    on_trial = fields.List(
        fields.String(
            validate=validate.OneOf(
                TRIABLE, error=say("This rule brings a person in any case, or there is none such.")
            )
        ),
        required=True,
    )
    own_words = fields.List(
        fields.String(
            validate=[
                validate.Length(
                    1,
                    LONGEST_OWN_WORD,
                    error=say("Use up to {most} characters.", most=LONGEST_OWN_WORD),
                ),
                plain_text,
            ]
        ),
        required=True,
        validate=validate.Length(
            0, MOST_OWN_WORDS, error=say("Use up to {most} words.", most=MOST_OWN_WORDS)
        ),
    )
    hours = fields.List(fields.Nested(OpenDaySchema), required=True)
    answer_minutes = fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(1, 10_000, error=say("Use 1 to 10,000 minutes.")),
    )
    back_hours = fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(1, 720, error=say("Use 1 to 720 hours.")),
    )
    emails = fields.List(
        fields.Email(
            error_messages={"invalid": say("This is no email address.")}, validate=plain_text
        ),
        required=True,
        validate=validate.Length(
            0, MOST_MAILS, error=say("Use up to {most} addresses.", most=MOST_MAILS)
        ),
    )
    slack_url = fields.String(
        required=True, allow_none=True, validate=[LENGTH, plain_text, _is_slack]
    )
    webhook_url = fields.String(
        required=True, allow_none=True, validate=[LENGTH, plain_text, _is_web]
    )

    @validates_schema
    def each_day_once(self, data: Mapping[str, Any], **_: Any) -> None:
        days = [one["day"] for one in data.get("hours", [])]
        if len(days) != len(set(days)):
            raise ValidationError(say("Each day is told once."), "hours")


@blueprint.route("/settings/conversations")
class ConversationSettingsView(MethodView):
    @blueprint.response(200, ConversationSettingsSchema)
    def get(self) -> dict[str, Any]:
        """Give what holds for the store's conversations; what was never set has its default.

        Whoever may not change it does not see where else it is told: to have Slack's address is
        to write there, and a program's may carry a key as well.
        """
        form = form_of(_opened(the_store().settings))
        return form if may(Right.PUBLISH) else {**form, **HIDDEN}

    @blueprint.arguments(ConversationSettingsSchema)
    @blueprint.response(200, ConversationSettingsSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, Any]) -> dict[str, Any]:
        """Keep it; it holds for the conversations that there are as well."""
        store, database = the_store(), the_runtime().database

        def keep(connection: Connection) -> dict[str, Any]:
            known = stores.by_domain(connection, store.platform, store.domain, lock=True)
            told = alert_addresses.sealed(the_runtime().secrets, store.id, document_of(form))
            settings = {**(known.settings if known else {}), KEY: told}
            stores.set_settings(connection, store.id, settings)
            # Saved again, an address that failed again and again is called again.
            endpoints.switch_on(connection, store.id, filter(None, map(form.get, HIDDEN)))
            conversation_turns.look_at_all(connection, store.id, database.now(connection))
            return settings

        kept = form_of(_opened(database.write(keep)))
        the_runtime().queues.wake_clock()
        return kept


def _opened(settings: Mapping[str, Any]) -> dict[str, Any]:
    return alert_addresses.opened(the_runtime().secrets, the_store().id, settings)


def form_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give a store's settings document as the form shows it."""
    told = settings_of(settings)
    return {
        "is_automatic": told.is_automatic,
        "most_an_hour": told.most_an_hour,
        "on_trial": [rule for rule in TRIABLE if rule in told.on_trial],
        "own_words": list(told.own_words),
        "hours": [
            {"day": day, "start": opens.strftime("%H:%M"), "end": closes.strftime("%H:%M")}
            for day, (opens, closes) in sorted(told.hours.items())
        ],
        "answer_minutes": round(told.answer_within.total_seconds() / 60)
        if told.answer_within
        else None,
        "back_hours": round(told.back_after.total_seconds() / 3600) if told.back_after else None,
        "emails": list(told.emails),
        "slack_url": told.slack_url or None,
        "webhook_url": told.webhook_url or None,
    }


def document_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is kept of the form."""
    hours = {str(one["day"]): {"start": one["start"], "end": one["end"]} for one in form["hours"]}
    return {**form, "hours": hours}
