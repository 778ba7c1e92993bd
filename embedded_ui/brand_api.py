"""/panel/api/settings/brand: how the store's mails look, chosen or taken from the store."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, ValidationError, fields, validate

from connectors.base import StoreError
from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from doors.spoken import Sentence
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs import looks
from marketing.brand import (
    COLOR,
    COLORS,
    DEFAULT,
    FONTS,
    MAX_RADIUS,
    brand_of,
    brand_of_store,
    faint,
)
from marketing.links import UnsafeDestination, safe_destination
from marketing.said import say
from storage import Connection, stores

LONGEST_URL = 2_000
HERE = "http://127.0.0.1:"
"""Where the demo's pictures are."""

blueprint = api_blueprint("brand")


def _color() -> fields.String:
    rule = validate.Regexp(COLOR.pattern + r"\Z", error=say("Write a color as #22211f."))
    return fields.String(required=True, validate=rule)


def _picture(value: str) -> None:
    begins = ("https://", HERE) if the_runtime().settings.demo else "https://"
    try:
        is_safe = safe_destination(value).startswith(begins) and len(value) <= LONGEST_URL
    except UnsafeDestination:
        is_safe = False
    if not is_safe:
        raise ValidationError(say("Give a whole address that begins with https://."))


class BrandSchema(Schema):
    """What the merchant chose; a PUT tells it all. `radius` is in px, colours are #rrggbb.

    `logo_url` None: the store's name stands in its place. `address` None: the store's own, as
    the platform tells it.
    """

    class Meta:
        unknown = RAISE

    logo_url = fields.String(required=True, allow_none=True, validate=_picture)
    button = _color()
    button_text = _color()
    text = _color()
    background = _color()
    link = _color()
    font = fields.String(
        required=True,
        validate=validate.OneOf(tuple(FONTS), error=say("Choose a font of the list.")),
    )
    radius = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, MAX_RADIUS, error=say("Use 0 to {most}.", most=MAX_RADIUS)),
    )
    address = fields.String(
        required=True,
        allow_none=True,
        validate=[validate.Length(1, 200, error=say("Use up to 200 characters.")), plain_text],
    )


class FaintSchema(Schema):
    """A colour that not everyone can read: how it stands out, and how much it should."""

    field = fields.String(required=True, validate=validate.OneOf(COLORS))
    ratio = fields.Float(required=True)
    least = fields.Float(required=True)
    message = Sentence(required=True)


class FontSchema(Schema):
    """A font that mail programs have; `family` is its CSS."""

    key = fields.String(required=True)
    family = fields.String(required=True)


class BrandAnswerSchema(Schema):
    """The choice, what of it is hard to read, and what there is to choose from."""

    brand = fields.Nested(BrandSchema, required=True)
    default = fields.Nested(BrandSchema, required=True)
    from_store = fields.Nested(BrandSchema, required=True, allow_none=True)
    """What the store's own logo and colours make; None: its platform told none."""
    is_chosen = fields.Boolean(required=True)
    """False: the store's look is followed, or where there is none, the default."""
    warnings = fields.List(fields.Nested(FaintSchema), required=True)
    fonts = fields.List(fields.Nested(FontSchema), required=True)
    store_address = fields.String(required=True, allow_none=True)


@blueprint.route("/settings/brand")
class BrandView(MethodView):
    @blueprint.response(200, BrandAnswerSchema)
    def get(self) -> dict[str, Any]:
        """Give how the store's mails look; what was never chosen has its default."""
        return _answer(the_store().settings)

    @blueprint.arguments(BrandSchema)
    @blueprint.response(200, BrandAnswerSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, form: dict[str, Any]) -> dict[str, Any]:
        """Keep how the store's mails look; it holds for every message sent from now on."""
        store, database = the_store(), the_runtime().database

        def keep(connection: Connection) -> dict[str, Any]:
            known = stores.by_domain(connection, store.platform, store.domain, lock=True)
            # `logo_url` was once by itself; the form tells it from now on.
            rest = {k: v for k, v in (known.settings if known else {}).items() if k != "logo_url"}
            settings = {**rest, "brand": form}
            stores.set_settings(connection, store.id, settings)
            return settings

        return _answer(database.write(keep))


@blueprint.route("/settings/brand/from-store")
class StoreLookView(MethodView):
    @blueprint.response(200, BrandAnswerSchema)
    @blueprint.alt_response(503, schema=ErrorSchema)
    def post(self) -> dict[str, Any]:
        """Read the store's logo and colours from its platform anew.

        What the merchant chose stays; `from_store` tells what there is to choose.
        """
        runtime, store = the_runtime(), the_store()
        try:
            looks.read_again(runtime, store.id)
        except StoreError:
            refuse(503, say("The store did not answer. Try again in a minute."))
        with runtime.database.reading() as connection:
            known = stores.by_id(connection, store.id)
        return _answer((known or store).settings)


def _answer(settings: Mapping[str, Any]) -> dict[str, Any]:
    brand, taken = brand_of(settings), brand_of_store(settings)
    return {
        "brand": asdict(brand),
        "default": asdict(DEFAULT),
        "from_store": asdict(taken) if taken else None,
        "is_chosen": settings.get("brand") is not None,
        "warnings": [asdict(one) for one in faint(brand)],
        "fonts": [{"key": key, "family": family} for key, family in FONTS.items()],
        "store_address": the_store().address,
    }
