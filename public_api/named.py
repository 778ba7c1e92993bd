"""Naming a customer: by our id, or by what the store's platform and the world know them by."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from doors.json_api import plain_text
from marketing.model import CustomerKey
from marketing.said import say
from public_api.schemas import Strict
from storage import Connection, customers

Rules = list[Callable[[Any], Any]]
SHORT: Rules = [validate.Length(1, 200, error=say("Use 1 to 200 characters.")), plain_text]
PHONE = validate.Regexp(r"\+[1-9]\d{6,14}\Z", error=say("Write a number as +4915112345678."))


def email_field(**options: Any) -> fields.Email:
    """Give a field for an e-mail address."""
    return fields.Email(
        error_messages={"invalid": say("This is no email address.")},
        validate=[validate.Length(max=254, error=say("This address is too long.")), plain_text],
        **options,
    )


class NamesSchema(Strict):
    """Who is meant: at least one of these. `external_id` is the platform's id of them."""

    id = fields.UUID()
    external_id = fields.String(validate=SHORT)
    email = email_field()
    phone = fields.String(validate=PHONE)

    @validates_schema
    def names_somebody(self, data: Mapping[str, Any], **_: Any) -> None:
        if not {"id", "external_id", "email", "phone"} & set(data):
            raise ValidationError(
                say("Name the customer by id, external_id, email or phone."), "id"
            )


def keys_of(
    connection: Connection, store_id: str, named: Iterable[Mapping[str, Any]]
) -> list[CustomerKey | None]:
    """Give by what the mirror finds these customers; None for an id that is not the store's."""
    asked = list(named)
    ids = {str(one["id"]) for one in asked if "id" in one}
    known = customers.keys_of(connection, store_id, ids) if ids else {}
    return [_key(one, known) for one in asked]


def _key(named: Mapping[str, Any], known: Mapping[str, CustomerKey]) -> CustomerKey | None:
    if "id" not in named:
        return CustomerKey(named.get("external_id"), named.get("email"), named.get("phone"))
    found = known.get(str(named["id"]))
    if found is None:
        return None
    return CustomerKey(
        found.external_id or named.get("external_id"),
        found.email or named.get("email"),
        found.phone or named.get("phone"),
    )
