"""/api/v1/events and /reviews: what happens in a store's other programs; flows react to it."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from flask.views import MethodView
from marshmallow import Schema, ValidationError, fields, validate

from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from jobs import listen
from jobs.api_keys import Scope
from jobs.happened import Happening
from jobs.listen import Fate
from marketing.model import CustomerKey
from marketing.reviews import Review
from marketing.said import say
from public_api.door import made_id, needs, public_blueprint, the_store
from public_api.named import SHORT, NamesSchema, Rules, keys_of
from public_api.schemas import Strict
from storage.schema import new_id

MOST_AT_ONCE = 1000
LARGEST = 8 * 1024
DEEPEST = 6
NAME: Rules = [validate.Length(1, 120, error=say("Use 1 to 120 characters.")), plain_text]
AT_ONCE = validate.Length(
    1, MOST_AT_ONCE, error=say("Send 1 to {most} at once.", most=MOST_AT_ONCE)
)

blueprint = public_blueprint("events")


def _is_small(value: Mapping[str, Any]) -> None:
    if len(json.dumps(value)) > LARGEST:
        raise ValidationError(say("Keep the properties to {most} bytes.", most=LARGEST))
    if _levels(value) > DEEPEST:
        raise ValidationError(say("Use up to {most} levels of lists and objects.", most=DEEPEST))


def _levels(value: Any) -> int:
    level, here = 0, [value]
    while here and level <= DEEPEST:
        level += 1
        parts = [one.values() if isinstance(one, dict) else one for one in here]
        here = [part for one in parts for part in one if isinstance(part, (dict, list))]
    return level


def _is_of_our_time(moment: datetime) -> None:
    if not 2000 <= moment.year <= 2100:
        raise ValidationError(say("Give the moment when it happened."))


class EventSchema(Strict):
    """Something that happened to a customer; `name` is what a flow's trigger waits for."""

    name = fields.String(
        required=True,
        validate=NAME,
    )
    customer = fields.Nested(NamesSchema, required=True)
    properties = fields.Dict(load_default=dict, validate=_is_small)
    occurred_at = fields.AwareDateTime(
        validate=_is_of_our_time, metadata={"description": "now, where it is left out"}
    )
    id = fields.String(
        validate=SHORT,
        metadata={"description": "your id of it: told again, it is the same event"},
    )


class EventsSchema(Strict):
    events = fields.List(fields.Nested(EventSchema), required=True, validate=AT_ONCE)


class FateSchema(Schema):
    """`kept`, `known` (told before), or `nobody` (no such customer; nothing is kept)."""

    id = fields.String(required=True)
    state = fields.String(required=True)


class FatesSchema(Schema):
    events = fields.List(fields.Nested(FateSchema), required=True)
    kept = fields.Integer(required=True)


class ReviewSchema(Strict):
    """What somebody said about a product; a review told again is rewritten."""

    id = fields.String(required=True, validate=SHORT)
    product_id = fields.String(
        required=True, validate=SHORT, metadata={"description": "the platform's id"}
    )
    rating = fields.Integer(
        required=True, strict=True, validate=validate.Range(1, 5, error=say("Use 1 to 5."))
    )
    posted_at = fields.AwareDateTime(required=True, validate=_is_of_our_time)
    customer = fields.Nested(NamesSchema)
    title = fields.String(validate=validate.Length(max=200, error=say("Use up to 200 characters.")))
    text = fields.String(
        validate=validate.Length(max=5000, error=say("Use up to 5,000 characters."))
    )
    author = fields.String(validate=SHORT)
    is_verified = fields.Boolean(truthy={True}, falsy={False}, load_default=False)


class ReviewsSchema(Strict):
    reviews = fields.List(fields.Nested(ReviewSchema), required=True, validate=AT_ONCE)


class KeptSchema(Schema):
    kept = fields.Integer(required=True)


@blueprint.route("/events")
class EventsView(MethodView):
    @needs(blueprint, Scope.EVENTS_WRITE)
    @blueprint.arguments(EventSchema)
    @blueprint.response(200, FateSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, Any]) -> dict[str, str]:
        """Tell one event; it is kept before you hear of it, and flows react."""
        fate = _tell([told])[0]
        if fate["state"] == Fate.NOBODY:
            refuse(
                422, say("The store has no such customer, or was told to forget them."), "customer"
            )
        return fate


@blueprint.route("/events/batch")
class EventsBatchView(MethodView):
    @needs(blueprint, Scope.EVENTS_WRITE)
    @blueprint.arguments(EventsSchema)
    @blueprint.response(200, FatesSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, Any]) -> dict[str, Any]:
        """Tell up to a thousand events; one of nobody does not keep the others from it."""
        fates = _tell(told["events"])
        return {"events": fates, "kept": sum(one["state"] == Fate.KEPT for one in fates)}


@blueprint.route("/reviews")
class ReviewsView(MethodView):
    @needs(blueprint, Scope.EVENTS_WRITE)
    @blueprint.arguments(ReviewsSchema)
    @blueprint.response(200, KeptSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, Any]) -> dict[str, int]:
        """Tell up to a thousand reviews; flows react to those of known customers."""
        reviews = _reviews(told["reviews"])
        listen.to_reviews(the_runtime(), the_store(), reviews)
        return {"kept": len(reviews)}


def _tell(told: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    runtime, store = the_runtime(), the_store()
    with runtime.database.reading() as connection:
        keys = keys_of(connection, store.id, [one["customer"] for one in told])
        now = runtime.database.now(connection)
    first = made_id() or new_id()
    ids = [one.get("id") or f"{first}:{number}" for number, one in enumerate(told)]
    known = [
        Happening(
            one["name"], key, one.get("occurred_at", now).astimezone(UTC), key_id, one["properties"]
        )
        for one, key, key_id in zip(told, keys, ids, strict=True)
        if key is not None
    ]
    fates = iter(listen.to_events(runtime, store, known) if known else [])
    return [
        {"id": key_id, "state": Fate.NOBODY if key is None else next(fates)}
        for key, key_id in zip(keys, ids, strict=True)
    ]


def _reviews(told: Sequence[Mapping[str, Any]]) -> list[Review]:
    whose = [one["customer"] for one in told if "customer" in one]
    with the_runtime().database.reading() as connection:
        keys = iter(keys_of(connection, the_store().id, whose))
    return [
        Review(
            external_id=one["id"],
            product_id=one["product_id"],
            rating=one["rating"],
            posted_at=one["posted_at"].astimezone(UTC),
            # An id that is nobody's may have been an erased person's: it is still a name.
            customer=(next(keys) or CustomerKey()) if "customer" in one else None,
            title=one.get("title"),
            text=one.get("text"),
            author=one.get("author"),
            is_verified=one["is_verified"],
        )
        for one in told
    ]
