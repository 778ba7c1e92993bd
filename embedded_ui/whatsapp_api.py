"""/panel/api/channels/whatsapp/templates: what Meta approved, asked about anew, and tried out."""

from collections.abc import Mapping
from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from channels.base import SendFailed
from channels.explained import explained
from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from doors.spoken import Sentence
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.channels_api import TriedSchema, tried_shape
from jobs import whatsapp_templates
from jobs.channel_accounts import NotConnected, TooManyTries
from jobs.whatsapp_templates import NoSuchTemplate
from marketing.said import say
from marketing.whatsapp_templates import (
    BadParameter,
    BlankKind,
    MessageTemplate,
    blanks_of,
    quick_replies_of,
    shown_of,
    status_refusal,
)

blueprint = api_blueprint("whatsapp")
E164 = validate.Regexp(r"\+[1-9][0-9]{6,14}\Z", error=say("Write the number as +15550100."))
LONGEST = 512


class BlankSchema(Schema):
    """One place to fill in: `body:1`, `header:image`, `button:0`."""

    place = fields.String(required=True)
    kind = fields.Enum(BlankKind, by_value=True, required=True)
    example = fields.String(required=True)
    before = fields.String(required=True, metadata={"description": "of a button's address"})


class ReplyButtonSchema(Schema):
    index = fields.Integer(required=True)
    label = fields.String(required=True)


class MessageTemplateSchema(Schema):
    """One template; `header`, `body` and `footer` have `{{1}}` where something goes in."""

    name = fields.String(required=True)
    language = fields.String(required=True)
    category = fields.String(required=True)
    status = fields.String(required=True)
    quality = fields.String(required=True, allow_none=True)
    is_sendable = fields.Boolean(required=True)
    trouble = Sentence(required=True, allow_none=True)
    code = fields.String(
        required=True, allow_none=True, metadata={"description": "Meta's, of why it is refused"}
    )
    header = fields.String(required=True)
    media = fields.String(required=True)
    body = fields.String(required=True)
    footer = fields.String(required=True)
    buttons = fields.List(fields.String(), required=True)
    blanks = fields.List(fields.Nested(BlankSchema), required=True)
    replies = fields.List(fields.Nested(ReplyButtonSchema), required=True)


class MessageTemplatesSchema(Schema):
    """Every template of the account, by name and language; `synced_at` null: not asked yet."""

    templates = fields.List(fields.Nested(MessageTemplateSchema), required=True)
    synced_at = fields.AwareDateTime(required=True, allow_none=True)
    is_connected = fields.Boolean(required=True)


class TryTemplateSchema(Schema):
    """The template that a test sends, with its own examples, and where to."""

    class Meta:
        unknown = RAISE

    name = fields.String(required=True, validate=[validate.Length(1, LONGEST), plain_text])
    language = fields.String(required=True, validate=[validate.Length(1, LONGEST), plain_text])
    to = fields.String(required=True, validate=E164)


@blueprint.route("/channels/whatsapp/templates")
class TemplatesView(MethodView):
    @blueprint.response(200, MessageTemplatesSchema)
    def get(self) -> dict[str, Any]:
        """Give the templates of the store's WhatsApp account, as Meta last told of them."""
        return _listed()

    @blueprint.response(200, MessageTemplatesSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(502, schema=ErrorSchema)
    def post(self) -> dict[str, Any]:
        """Ask Meta about all templates now."""
        try:
            whatsapp_templates.sync_now(the_runtime(), the_store().id)
        except NotConnected:
            refuse(404, say("WhatsApp is not connected."))
        except SendFailed as failure:
            reason = explained(failure.reason) or failure.reason
            refuse(502, say("Meta did not tell: {reason}", reason=reason))
        return _listed()


@blueprint.route("/channels/whatsapp/templates/test")
class TemplateTestView(MethodView):
    @blueprint.arguments(TryTemplateSchema)
    @blueprint.response(200, TriedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    @blueprint.alt_response(429, schema=ErrorSchema)
    def post(self, form: dict[str, Any]) -> dict[str, Any]:
        """Send a template, filled with its own examples, to a number of the merchant's."""
        key = (form["name"], form["language"])
        try:
            found = whatsapp_templates.try_out(the_runtime(), the_store(), key, form["to"])
        except NotConnected:
            refuse(404, say("WhatsApp is not connected."))
        except NoSuchTemplate:
            refuse(404, say("The account has no such template."))
        except BadParameter as wrong:
            refuse(422, say("Its example does not fit: {reason}", reason=wrong.said), "name")
        except TooManyTries:
            refuse(429, say("That was the twentieth test within an hour. Try again later."))
        return tried_shape(found)


def _listed() -> dict[str, Any]:
    registry, is_connected = whatsapp_templates.known(the_runtime(), the_store().id)
    shown = [_shown(one) for one in registry.templates.values()]
    return {"templates": shown, "synced_at": registry.synced_at, "is_connected": is_connected}


def _shown(template: MessageTemplate) -> Mapping[str, Any]:
    said, refused = shown_of(template, {}), status_refusal(template)
    trouble = say("{what}. {remedy}", what=refused[0], remedy=refused[1]) if refused else None
    return {
        **{name: getattr(template, name) for name in ("name", "language", "category", "status")},
        **{name: getattr(said, name) for name in ("header", "media", "body", "footer", "buttons")},
        "quality": template.quality,
        "is_sendable": template.is_sendable,
        "trouble": trouble,
        "code": template.reason if refused else None,
        "blanks": blanks_of(template),
        "replies": [
            {"index": index, "label": label} for index, label in quick_replies_of(template)
        ],
    }
