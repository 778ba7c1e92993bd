"""/api/v1/customers: found, listed, made and changed by a store's other programs."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, ValidationError
from werkzeug.exceptions import HTTPException

from doors.json_api import ErrorSchema, first_wrong, refuse, the_runtime, words_of
from jobs import introduce
from jobs.api_keys import Scope
from marketing.calendar import NO_DATE, is_date
from marketing.consent import KEPT_CHANNELS
from marketing.model import ChannelName, Consent, ConsentSource, ConsentState
from marketing.said import say
from public_api.customer_schemas import (
    CustomerListSchema,
    CustomersBatchSchema,
    CustomerSchema,
    CustomersQuery,
    CustomerWordSchema,
    TakenCustomersSchema,
)
from public_api.door import about, needs, public_blueprint, the_store
from public_api.named import keys_of
from storage import customers, flows
from storage.introductions import Introduction, Unsubscribed

FIELDS = ("first_name", "last_name", "locale", "country", "region", "city", "timezone")
CHANNELS = KEPT_CHANNELS

blueprint = public_blueprint("customers")


@blueprint.route("/customers")
class CustomersView(MethodView):
    @needs(blueprint, Scope.CUSTOMERS_READ)
    @blueprint.arguments(CustomersQuery, location="query", unknown=RAISE)
    @blueprint.response(200, CustomerListSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give a part of the customers; by `email` or `external_id` the one, or none."""
        name = next((name for name in ("email", "external_id") if name in query), None)
        after, limit = query["after"] and str(query["after"]), query["limit"]
        store_id = the_store().id
        with the_runtime().database.reading() as connection:
            if name:
                one = customers.find(connection, store_id, name, query[name])
                return {"customers": [_shown(one)] if one else [], "next": None}
            found = customers.page(connection, store_id, after=after, limit=limit + 1)
        more = found[limit - 1]["id"] if len(found) > limit else None
        return {"customers": [_shown(one) for one in found[:limit]], "next": more}

    @needs(blueprint, Scope.CUSTOMERS_WRITE)
    @blueprint.arguments(CustomerWordSchema)
    @blueprint.response(200, CustomerSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, word: dict[str, Any]) -> dict[str, Any]:
        """Change a customer, or make one; an address that was known stays as it was."""
        customer_id = _take(word)
        about(customer_id)
        return _one(customer_id)


@blueprint.route("/customers/batch")
class CustomersBatchView(MethodView):
    @needs(blueprint, Scope.CUSTOMERS_WRITE)
    @blueprint.arguments(CustomersBatchSchema)
    @blueprint.response(200, TakenCustomersSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, Any]) -> dict[str, Any]:
        """Change or make many; one that is wrong keeps no other out, and twice is once."""
        taken = [_take_row(row) for row in told["customers"]]
        return {"customers": taken, "kept": sum(one["state"] == "kept" for one in taken)}


@blueprint.route("/customers/<uuid:customer_id>")
class CustomerView(MethodView):
    @needs(blueprint, Scope.CUSTOMERS_READ)
    @blueprint.response(200, CustomerSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> dict[str, Any]:
        """Give one customer."""
        return _one(str(customer_id))


def _take_row(row: Mapping[str, Any]) -> dict[str, Any]:
    try:
        customer_id = _take(CustomerWordSchema().load(row))
    except ValidationError as wrong:
        field, message = first_wrong({"json": wrong.messages})
    except HTTPException as no:
        field, message = words_of(no).get("field", ""), words_of(no)["message"]
    else:
        return {"id": customer_id, "state": "kept", "field": None, "message": None}
    return {"id": None, "state": "refused", "field": field or None, "message": message}


def _take(word: Mapping[str, Any]) -> str:
    """Keep what is told of one customer and give their id, or refuse."""
    try:
        taken = introduce.introduce(the_runtime(), the_store(), _introduction(word))
    except Unsubscribed as error:
        _refuse_resubscribing(error.said)
    if taken is None:
        refuse(409, say("This customer had their data erased. Nothing is kept of them."), "email")
    return taken.customer_id


def _one(customer_id: str) -> dict[str, Any]:
    with the_runtime().database.reading() as connection:
        found = customers.find(connection, the_store().id, "id", customer_id)
    if found is None:
        refuse(404, say("There is no such customer in this store."))
    return _shown(found)


def _introduction(word: Mapping[str, Any]) -> Introduction:
    database = the_runtime().database
    with database.reading() as connection:
        key = keys_of(connection, the_store().id, [word])[0]
        now = database.now(connection)
    if key is None:
        refuse(404, say("There is no such customer in this store."), "id")
    _refuse_bad_dates(word.get("properties", {}))
    said = word.get("consent", {})
    return Introduction(
        key=key,
        fields={name: word[name] for name in FIELDS if name in word},
        tags=word.get("tags"),
        add_tags=word.get("add_tags", ()),
        remove_tags=word.get("remove_tags", ()),
        properties=word.get("properties", {}),
        consents=[_consent(one, said[one], now) for one in CHANNELS if one in said],
        anew=any(one["anew"] for one in said.values()),
    )


def _refuse_bad_dates(told: Mapping[str, Any]) -> None:
    """A property that is a date here has to be written as one: else nothing is ever due on it."""
    with the_runtime().database.reading() as connection:
        names = flows.date_properties(connection, the_store().id)
    for name in names & told.keys():
        if told[name] is not None and not is_date(told[name]):
            message, remedy = NO_DATE
            refuse(
                422,
                say("{name} {message}. {remedy}", name=name, message=message, remedy=remedy),
                f"properties.{name}",
            )


def _consent(channel: ChannelName, said: Mapping[str, Any], now: datetime) -> Consent:
    if said["at"] > now:
        refuse(422, say("Nobody has said anything yet that lies ahead."), f"consent.{channel}.at")
    state, source = ConsentState(said["state"]), ConsentSource(said["source"])
    return Consent(channel, state, source, said["at"])


def _refuse_resubscribing(said: Consent) -> NoReturn:
    refuse(
        409,
        say(
            "They unsubscribed on {day}, and nothing was changed. If they have agreed anew since "
            "then, say so with anew: true.",
            day=said.changed_at.date(),
        ),
        f"consent.{said.channel}",
    )


def _shown(row: Mapping[str, Any]) -> dict[str, Any]:
    consent = {
        channel: {
            "state": row[f"{channel}_consent"],
            "source": row[f"{channel}_consent_source"],
            "at": row[f"{channel}_consent_at"],
        }
        for channel in CHANNELS
    }
    return {**row, "consent": consent}
