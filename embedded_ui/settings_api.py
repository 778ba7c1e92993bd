"""GET and PUT /panel/api/settings: who is written to, how often, when, and by whom.

The store's settings document is `marketing.policy`'s; this is its form for people, with whole
days and hours. What the form does not know of the document stays as it is.
"""

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from babel import Locale
from flask.views import MethodView
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from doors.json_api import ErrorSchema, plain_text, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from marketing.complements import PlatformMail, sends
from marketing.consent import Audience
from marketing.coupons import budget_of
from marketing.links import UnsafeDestination, safe_destination
from marketing.model import ChannelName, Platform
from marketing.policy import marks_links, policy_of
from marketing.prices import MOST, prices_of
from marketing.said import say
from marketing.social import NETWORKS
from marketing.timing import Window, iso_duration
from storage import Connection, stores

AUDIENCES = [audience.value for audience in Audience]
CLOCK = validate.Regexp(r"([01]\d|2[0-3]):[0-5]\d\Z", error=say("Write a time as 21:00."))
CHATS = (ChannelName.WHATSAPP, ChannelName.MESSENGER, ChannelName.INSTAGRAM)
"""They have their quiet hours in common."""
A_DAY, AN_HOUR = timedelta(days=1), timedelta(hours=1)
KEPT_AS_IS = (
    *("sender_name", "sender_address", "free_shipping_threshold", "return_days"),
    *("founder_name", "brand_story", *NETWORKS),
)

NO_COUNTRIES = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})
"""Two letters of Unicode's territories that are a union, a rest, or made up for tests."""
COUNTRIES = sorted(
    {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()}
    - NO_COUNTRIES
)

blueprint = api_blueprint("settings")


class QuietHoursSchema(Schema):
    """When no marketing goes out, by the customer's own clock."""

    class Meta:
        unknown = RAISE

    start = fields.String(required=True, validate=CLOCK)
    end = fields.String(required=True, validate=CLOCK)

    @validates_schema
    def differ(self, data: Mapping[str, str], **_: Any) -> None:
        if data["start"] == data["end"]:
            raise ValidationError(say("Quiet hours need a beginning and another end."), "end")


class CountryAudienceSchema(Schema):
    """Another audience for the customers of one country."""

    class Meta:
        unknown = RAISE

    country = fields.String(
        required=True,
        validate=validate.OneOf(COUNTRIES, error=say("Choose a country from the list.")),
    )
    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))


def _link() -> fields.String:
    """Make a field for the store's address at a network."""
    return fields.String(required=True, allow_none=True, validate=_web_address)


def _web_address(value: str) -> None:
    try:
        is_safe = safe_destination(value).startswith("https://")
    except UnsafeDestination:
        is_safe = False
    if not is_safe:
        raise ValidationError(say("Give a whole address that begins with https://."))


class PlatformMailsSchema(Schema):
    """Which mails the platform sends by itself; a recipe that doubles one can't go live."""

    class Meta:
        unknown = RAISE

    abandoned_checkout = fields.Boolean(required=True, truthy={True}, falsy={False})
    order_confirmation = fields.Boolean(required=True, truthy={True}, falsy={False})
    shipping = fields.Boolean(required=True, truthy={True}, falsy={False})


def _a_price() -> fields.Integer:
    """Make a field for what a thousand messages cost, in minor units."""
    known = validate.Range(0, MOST, error=say("Use an amount, or 0."))
    return fields.Integer(strict=True, required=True, validate=known)


class MessagePricesSchema(Schema):
    """What a thousand messages cost, in minor units of the store's currency; 0: nothing."""

    class Meta:
        unknown = RAISE

    email = _a_price()
    sms = _a_price()
    whatsapp = _a_price()


def _a_cap() -> fields.Integer:
    """Make a field for the least hours between messages of different flows."""
    known = validate.Range(1, 720, error=say("Use 1 to 720 hours."))
    return fields.Integer(strict=True, required=True, allow_none=True, validate=known)


class SettingsSchema(Schema):
    """The store's settings; a PUT tells them all. None: no such rule."""

    class Meta:
        unknown = RAISE

    audience = fields.String(required=True, validate=validate.OneOf(AUDIENCES))
    audience_by_country = fields.List(fields.Nested(CountryAudienceSchema), required=True)
    click_days = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 30, error=say("Use 1 to 30 days."))
    )
    open_days = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 30, error=say("Use 1 to 30 days."))
    )
    utm = fields.Boolean(required=True, truthy={True}, falsy={False})
    email_cap_hours = _a_cap()
    sms_cap_hours = _a_cap()
    email_quiet_hours = fields.Nested(QuietHoursSchema, required=True, allow_none=True)
    sms_quiet_hours = fields.Nested(QuietHoursSchema, required=True, allow_none=True)
    chat_quiet_hours = fields.Nested(QuietHoursSchema, required=True, allow_none=True)
    """Of WhatsApp, Messenger and Instagram."""
    stop_ends_all_texts = fields.Boolean(required=True, truthy={True}, falsy={False})
    sender_name = fields.String(
        required=True,
        allow_none=True,
        validate=[validate.Length(1, 80, error=say("Use up to 80 characters.")), plain_text],
    )
    sender_address = fields.Email(
        required=True,
        allow_none=True,
        error_messages={"invalid": say("This is no email address.")},
        validate=plain_text,
    )
    free_shipping_threshold = fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(1, 10**12, error=say("Use an amount above zero.")),
    )
    return_days = fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(1, 365, error=say("Use 1 to 365 days.")),
    )
    transit_days = fields.Integer(
        strict=True, required=True, validate=validate.Range(1, 60, error=say("Use 1 to 60 days."))
    )
    price_drop_percent = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(1, 90, error=say("Use 1 to 90 percent.")),
    )
    code_budget_count = fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(0, 10**9, error=say("Use a number of codes, or leave it empty.")),
    )
    code_budget_cost = fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(0, 10**12, error=say("Use an amount, or leave it empty.")),
    )
    founder_name = fields.String(
        required=True,
        allow_none=True,
        validate=[validate.Length(1, 80, error=say("Use up to 80 characters.")), plain_text],
    )
    brand_story = fields.String(
        required=True,
        allow_none=True,
        validate=[validate.Length(1, 600, error=say("Use up to 600 characters.")), plain_text],
    )
    instagram_url = _link()
    facebook_url = _link()
    tiktok_url = _link()
    youtube_url = _link()
    pinterest_url = _link()
    platform_mails = fields.Nested(PlatformMailsSchema, required=True)
    message_prices = fields.Nested(MessagePricesSchema, required=True)


@blueprint.route("/settings")
class SettingsView(MethodView):
    @blueprint.response(200, SettingsSchema)
    def get(self) -> dict[str, Any]:
        """Give the store's settings; what was never set has its default."""
        return form_of(the_store().settings, the_store().platform)

    @blueprint.arguments(SettingsSchema)
    @blueprint.response(200, SettingsSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, Any]) -> dict[str, Any]:
        """Keep the store's settings; they hold for every message from now on."""
        store, database = the_store(), the_runtime().database

        def keep(connection: Connection) -> dict[str, Any]:
            known = stores.by_domain(connection, store.platform, store.domain, lock=True)
            settings = document_of(form, known.settings if known else {})
            stores.set_settings(connection, store.id, settings)
            return settings

        return form_of(database.write(keep), store.platform)


class WebhookSecretSchema(Schema):
    """What signs the calls of webhook steps, by the Standard Webhooks specification."""

    secret = fields.String(required=True)


@blueprint.route("/settings/webhook-secret")
class WebhookSecretView(MethodView):
    @blueprint.response(200, WebhookSecretSchema)
    def get(self) -> dict[str, str]:
        """Give the secret that the programs which flows call check signatures with."""
        secret = the_runtime().secrets.webhook_secret(the_store().id)
        return {"secret": "whsec_" + base64.b64encode(secret).decode()}


def form_of(settings: Mapping[str, Any], platform: Platform) -> dict[str, Any]:
    """Give a settings document as the form shows it."""
    policy, budget = policy_of(settings), budget_of(settings)
    by_country = sorted(policy.consent.by_country.items())
    return {
        "audience": policy.consent.audience.value,
        "audience_by_country": [{"country": c, "audience": a.value} for c, a in by_country],
        "click_days": max(1, round(policy.windows.click / A_DAY)),
        "open_days": max(1, round(policy.windows.open / A_DAY)),
        "utm": marks_links(settings),
        "email_cap_hours": _hours(policy.caps.get(ChannelName.EMAIL)),
        "sms_cap_hours": _hours(policy.caps.get(ChannelName.SMS)),
        "email_quiet_hours": _quiet(policy.open_hours.get(ChannelName.EMAIL)),
        "sms_quiet_hours": _quiet(policy.open_hours.get(ChannelName.SMS)),
        "chat_quiet_hours": _quiet(policy.open_hours.get(CHATS[0])),
        "stop_ends_all_texts": policy.consent.stop_ends_all_texts,
        "transit_days": max(1, round(policy.transit / A_DAY)),
        "price_drop_percent": policy.price_drop_percent,
        "code_budget_count": budget.count,
        "code_budget_cost": budget.cost,
        **{key: settings.get(key) for key in KEPT_AS_IS},
        "message_prices": {one.value: price for one, price in prices_of(settings).items()},
        "platform_mails": {mail.value: sends(settings, platform, mail) for mail in PlatformMail},
    }


def _hours(cap: timedelta | None) -> int | None:
    return max(1, round(cap / AN_HOUR)) if cap else None


def _quiet(window: Window | None) -> dict[str, str] | None:
    """Give the quiet hours that a window leaves."""
    if window is None:
        return None
    return {"start": window.closes.strftime("%H:%M"), "end": window.opens.strftime("%H:%M")}


def document_of(form: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give the settings document after the form was saved over it."""
    return {
        **settings,
        "audience": form["audience"],
        "audience_by_country": {
            one["country"]: one["audience"] for one in form["audience_by_country"]
        },
        "click_window": iso_duration(timedelta(days=form["click_days"])),
        "open_window": iso_duration(timedelta(days=form["open_days"])),
        "utm": form["utm"],
        "caps": _with(settings, "caps", _caps_of(form)),
        "quiet_hours": _with(settings, "quiet_hours", _nights_of(form)),
        "stop_ends_all_texts": form["stop_ends_all_texts"],
        "transit_days": form["transit_days"],
        "price_drop_percent": form["price_drop_percent"],
        "code_budget": {"count": form["code_budget_count"], "cost": form["code_budget_cost"]},
        **{key: form[key] for key in KEPT_AS_IS},
        "platform_mails": form["platform_mails"],
        "message_prices": form["message_prices"],
    }


def _caps_of(form: Mapping[str, Any]) -> dict[ChannelName, str | None]:
    hours = {
        ChannelName.EMAIL: form["email_cap_hours"],
        ChannelName.SMS: form["sms_cap_hours"],
    }
    return {one: cap and iso_duration(timedelta(hours=cap)) for one, cap in hours.items()}


def _nights_of(form: Mapping[str, Any]) -> dict[ChannelName, dict[str, str] | None]:
    """Give each channel's quiet hours; None: none, whatever is usual there."""
    chats = dict.fromkeys(CHATS, form["chat_quiet_hours"])
    own = {ChannelName.EMAIL: form["email_quiet_hours"], ChannelName.SMS: form["sms_quiet_hours"]}
    return {**chats, **own}


def _with(
    settings: Mapping[str, Any], key: str, rules: Mapping[ChannelName, Any]
) -> dict[str, Any]:
    """Give the rules of a document by channel, with these instead; others stay."""
    others = settings.get(key)
    told = {channel.value: rule for channel, rule in rules.items()}
    return {**(others if isinstance(others, dict) else {}), **told}
