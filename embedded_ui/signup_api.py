"""GET and PUT /panel/api/settings/signup-form: what the store's sign-up form asks and says."""

from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, plain_text, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from marketing.said import say
from marketing.signup import LONGEST, asks_first, form_of
from storage import Connection, stores
from storage.stores import Store

blueprint = api_blueprint("signup")


def _text(most: int) -> fields.String:
    few = validate.Length(
        1, most, error=say("Write something, {most} characters at the most.", most=most)
    )
    return fields.String(required=True, validate=[few, plain_text])


class SignupWordsSchema(Schema):
    """What the form says in one language; `consent` stands beside the box."""

    class Meta:
        unknown = RAISE

    title = _text(120)
    text = _text(LONGEST)
    consent = _text(LONGEST)
    button = _text(60)
    thanks = _text(LONGEST)


class SignupLanguagesSchema(Schema):
    """The words in each language that shoppers may have; English for all others."""

    class Meta:
        unknown = RAISE

    en = fields.Nested(SignupWordsSchema, required=True)
    de = fields.Nested(SignupWordsSchema, required=True)


class SignupFormSchema(Schema):
    """The form; `confirms`: a mail asks the owner of the address first (double opt-in)."""

    class Meta:
        unknown = RAISE

    is_on = fields.Boolean(required=True, truthy={True}, falsy={False})
    confirms = fields.Boolean(required=True, truthy={True}, falsy={False})
    asks_name = fields.Boolean(required=True, truthy={True}, falsy={False})
    asks_birthday = fields.Boolean(required=True, truthy={True}, falsy={False})
    words = fields.Nested(SignupLanguagesSchema, required=True)


class SignupAnswerSchema(Schema):
    """The form, and what puts it onto the store's pages."""

    form = fields.Nested(SignupFormSchema, required=True)
    should_confirm = fields.Boolean(required=True)
    """Double opt-in is usual in the store's country, or we don't know where it is."""
    app_url = fields.String(required=True)
    store_key = fields.String(required=True)
    platform = fields.String(required=True)


@blueprint.route("/settings/signup-form")
class SignupFormView(MethodView):
    @blueprint.response(200, SignupAnswerSchema)
    def get(self) -> dict[str, Any]:
        """Give the store's form; what was never set has its default."""
        return _answer(the_store(), the_store().settings)

    @blueprint.arguments(SignupFormSchema)
    @blueprint.response(200, SignupAnswerSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, Any]) -> dict[str, Any]:
        """Keep the store's form; pages that are open already send the words they showed."""
        store, database = the_store(), the_runtime().database

        def keep(connection: Connection) -> dict[str, Any]:
            known = stores.by_domain(connection, store.platform, store.domain, lock=True)
            settings = {**(known.settings if known else {}), "signup_form": form}
            stores.set_settings(connection, store.id, settings)
            return settings

        return _answer(store, database.write(keep))


def _answer(store: Store, settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "form": asdict(form_of(settings, store.country)),
        "should_confirm": asks_first(store.country),
        "app_url": the_runtime().settings.app_url,
        "store_key": store.public_key,
        "platform": store.platform.value,
    }
