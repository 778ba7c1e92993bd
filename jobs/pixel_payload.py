"""What a pixel may say: the shape of one request's JSON, and what is kept of it.

There is no field for an e-mail or a customer: who a visitor is, nobody's browser tells us.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from marketing.events import EventName
from storage.visits import Seen

MOST_EVENTS: Final = 25
OLDEST: Final = timedelta(hours=24)
"""What a browser kept longer than this is dated no earlier."""
REMOVED: Final = "product.removed_from_cart"
"""Only the cart hears of it; no event of the customer's."""
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    EventName.PRODUCT_VIEWED: ("product_id",),
    EventName.CATEGORY_VIEWED: ("category",),
    EventName.PRODUCT_ADDED: ("product_id",),
    REMOVED: ("product_id",),
    EventName.PRODUCT_WANTED: ("product_id",),
    EventName.CHECKOUT_STARTED: (),
}
KEPT: Final = ("product_id", "variant_id", "quantity", "category", "category_id", "product_ids")


class BadVisit(Exception):
    """The request says nothing that we understand; the message is for whoever builds a pixel."""


@dataclass(frozen=True, slots=True)
class Told:
    """One request, understood: `has_consent` says if anything of it may be kept."""

    visitor: str
    has_consent: bool
    seen: tuple[Seen, ...]
    tokens: tuple[str, ...]
    link_token: str | None


def _id(*, required: bool = False) -> fields.String:
    one = validate.Regexp(r"[A-Za-z0-9_-]{1,64}\Z", error="Not an id of the platform's.")
    return fields.String(required=required, validate=one)


def _token(most: int) -> fields.String:
    one = validate.Regexp(rf"[A-Za-z0-9_.:~-]{{8,{most}}}\Z", error="Not a token.")
    return fields.String(validate=one)


def _moment() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**53))


class _Shape(Schema):
    class Meta:
        unknown = RAISE


class _Event(_Shape):
    id = fields.String(required=True, validate=validate.Regexp(r"[\x21-\x7e]{1,100}\Z"))
    name = fields.String(required=True, validate=validate.OneOf(list(NEEDS)))
    at = _moment()
    product_id = _id()
    variant_id = _id()
    product_ids = fields.List(_id(), validate=validate.Length(max=10))
    category = fields.String(validate=validate.Regexp(r"[^\x00-\x1f\x7f]{1,100}\Z"))
    category_id = _id()
    quantity = fields.Integer(strict=True, validate=validate.Range(1, 999))
    cart = _token(128)

    @validates_schema
    def complete(self, data: Mapping[str, Any], **_: Any) -> None:
        """Each name needs its own fields."""
        for name in NEEDS.get(data.get("name", ""), ()):
            if name not in data:
                raise ValidationError("Missing data for required field.", name)


class _Consent(_Shape):
    analytics = fields.Boolean(required=True, truthy={True}, falsy={False})
    marketing = fields.Boolean(required=True, truthy={True}, falsy={False})


class _Request(_Shape):
    visitor = fields.String(
        required=True,
        validate=validate.Regexp(r"[A-Za-z0-9_.-]{8,100}\Z", error="Not a client id."),
    )
    consent = fields.Nested(_Consent, required=True)
    sent_at = _moment()
    events = fields.List(
        fields.Nested(_Event), required=True, validate=validate.Length(max=MOST_EVENTS)
    )
    cart = _token(128)
    checkout = _token(128)
    link = _token(512)


_REQUEST = _Request()


def read(body: bytes) -> Told:
    """Understand a request's body, whatever its content type says; raises `BadVisit`."""
    try:
        told: Mapping[str, Any] = _REQUEST.load(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise BadVisit("The body is not JSON.") from error
    except ValidationError as error:
        raise BadVisit(_words(error.messages)) from error
    consent = told["consent"]
    return Told(
        visitor=told["visitor"],
        has_consent=consent["analytics"] and consent["marketing"],
        seen=tuple(_seen(one, told) for one in told["events"]),
        tokens=_tokens(told),
        link_token=told.get("link"),
    )


def _seen(event: Mapping[str, Any], told: Mapping[str, Any]) -> Seen:
    """The age counts, not the moment: a visitor's clock may be wrong, but it is one clock."""
    age = timedelta(milliseconds=max(0, told["sent_at"] - event["at"]))
    data = {name: event[name] for name in KEPT if name in event}
    cart = event.get("cart") or told.get("cart")
    if cart:
        data["cart"] = cart
    return Seen(event["id"], event["name"], min(age, OLDEST), data)


def _tokens(told: Mapping[str, Any]) -> tuple[str, ...]:
    named = [told.get("cart"), told.get("checkout"), *(one.get("cart") for one in told["events"])]
    return tuple(dict.fromkeys(token for token in named if token))


def _words(messages: Any, place: str = "") -> str:
    """Give the first thing that is wrong as a sentence that names the field."""
    if isinstance(messages, Mapping):
        name, inner = next(iter(messages.items()))
        known = name != "_schema"
        return _words(inner, f"{place}.{str(name)[:40]}".strip(".") if known else place)
    first = messages[0] if isinstance(messages, Sequence) and messages else messages
    return f"{place or 'The body'}: {first}"
