"""/panel/api/setup: what is at stake, and the domain that a store's e-mail is from."""

from email.utils import parseaddr
from typing import Any

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, plain_text, refuse, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from jobs import sending_domain, shared_sender, stake
from jobs.sending_domain import State
from jobs.stake import Stake
from marketing.said import say
from marketing.sending_domain import RecordState

blueprint = api_blueprint("setup")


class PartSchema(Schema):
    """Some carts, and what they are worth in the store's currency."""

    reason = fields.String(required=True)
    carts = fields.Integer(required=True)
    value = fields.Integer(required=True)


class StakeSchema(Schema):
    """The carts that were left in the last days; those still `warm`, and who may be written to.

    `flow_id` is the live cart flow that may rescue them.
    """

    carts = fields.Integer(required=True)
    value = fields.Integer(required=True)
    days = fields.Integer(required=True)
    warm_days = fields.Integer(required=True)
    warm = fields.Nested(PartSchema, required=True)
    reachable = fields.Nested(PartSchema, required=True)
    not_reachable = fields.List(fields.Nested(PartSchema), required=True)
    flow_id = fields.String(required=True, allow_none=True)


class DnsRecordSchema(Schema):
    """A record to be put into DNS, and what stood there when it was looked up last."""

    key = fields.String(required=True)
    kind = fields.String(required=True)
    name = fields.String(required=True)
    value = fields.String(required=True)
    is_needed = fields.Boolean(required=True)
    state = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([each.value for each in RecordState]),
    )
    found = fields.String(required=True, allow_none=True)


class DomainStateSchema(Schema):
    """A store's own domain; until `verified_at` the shared sender sends."""

    domain = fields.String(required=True)
    records = fields.List(fields.Nested(DnsRecordSchema), required=True)
    checked_at = fields.AwareDateTime(required=True, allow_none=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)


class SendingSchema(Schema):
    """Who a store's e-mail is from now. `limit`: of the shared sender, a day; None: no limit."""

    address = fields.String(required=True)
    is_own = fields.Boolean(required=True)
    limit = fields.Integer(required=True, allow_none=True)
    left = fields.Integer(required=True, allow_none=True)
    until = fields.AwareDateTime(required=True)
    domain = fields.Nested(DomainStateSchema, required=True, allow_none=True)


class DomainSchema(Schema):
    """The domain, or an address within it."""

    class Meta:
        unknown = RAISE

    domain = fields.String(required=True, validate=[validate.Length(1, 320), plain_text])


@blueprint.route("/setup/stake")
class StakeView(MethodView):
    @blueprint.response(200, StakeSchema)
    def get(self) -> dict[str, Any]:
        """Count the carts left lately, and whom of their customers a message may reach."""
        told: Stake = stake.at_stake(the_runtime(), the_store())
        names = ("carts", "value", "days", "warm", "reachable", "not_reachable", "flow_id")
        return {name: getattr(told, name) for name in names} | {"warm_days": stake.WARM.days}


@blueprint.route("/setup/sending")
class SendingView(MethodView):
    @blueprint.response(200, SendingSchema)
    def get(self) -> dict[str, Any]:
        """Say who the store's e-mail is from, and how far its own domain is."""
        return _sending()

    @blueprint.arguments(DomainSchema)
    @blueprint.response(200, SendingSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def put(self, told: dict[str, str]) -> dict[str, Any]:
        """Name the store's own domain, and get the records that it needs."""
        try:
            sending_domain.choose(the_runtime(), the_store().id, told["domain"])
        except sending_domain.NoDomain:
            refuse(422, say("Give a domain of your own, such as mail.yourstore.com."), "domain")
        return _sending()

    @blueprint.response(200, SendingSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def delete(self) -> dict[str, Any]:
        """Go back to the shared sender."""
        answered(lambda: sending_domain.forget(the_runtime(), the_store().id))
        return _sending()


@blueprint.route("/setup/sending/check")
class CheckSendingView(MethodView):
    @blueprint.response(200, SendingSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self) -> dict[str, Any]:
        """Look the domain's records up in DNS, now."""
        answered(lambda: sending_domain.check(the_runtime(), the_store().id))
        return _sending()


def _sending() -> dict[str, Any]:
    runtime, store = the_runtime(), the_store()
    domain: State | None = sending_domain.state(runtime, store.id)
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        shared = shared_sender.of(runtime, connection, store, now)
        is_own = shared_sender.signing_of(runtime, connection, store) is not None
    own = store.settings.get("sender_address")
    return {
        "address": own if is_own else parseaddr(runtime.settings.mail_from)[1],
        "is_own": is_own,
        "limit": shared.limit,
        "left": shared.left,
        "until": shared.until,
        "domain": domain,
    }
