"""/panel/api/customers: finding one, who they are to the store, and all that happened to them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Response
from flask.views import MethodView

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.customer_schemas import (
    CustomerDataSchema,
    CustomerListSchema,
    CustomerSchema,
    CustomersQuery,
    EraseSchema,
    ReceiptSchema,
    RemovedFromFlowSchema,
    TimelineQuery,
    TimelineSchema,
)
from embedded_ui.thread_shapes import hands_shape, inbound_shape, reason_shape, reply_shape
from jobs import customer_care
from jobs.customer_care import Receipt
from marketing import metrics
from marketing.consent import KEPT_CHANNELS, ConsentPolicy, SuppressionScope
from marketing.flow import Flow, SendMessage
from marketing.model import ChannelName, ConsentSource
from marketing.policy import policy_of
from marketing.said import say
from storage import (
    Connection,
    codes,
    flows,
    identities,
    opt_ins,
    reach,
    reports_customers,
    segments,
    suppressions,
)
from storage.customer_search import COUNTED_TO, FURTHEST_PAGE, PAGE, Wanted, customer_page
from storage.opt_ins import OptIn
from storage.reach import Words
from storage.reports_customers import Entry
from storage.text import dumps
from storage.threads import HANDED

ENTRIES = 30
ITEM_FIELDS = ("title", "variant_title", "quantity", "image_url")

blueprint = api_blueprint("customers")


@blueprint.route("/customers")
class CustomersView(MethodView):
    @blueprint.arguments(CustomersQuery, location="query")
    @blueprint.response(200, CustomerListSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give a page of customers, the newest first."""
        segment_id = str(query["segment"]) if query["segment"] else None
        wanted = Wanted(query["search"], segment_id, query["channel"], query["consent"])
        with the_runtime().database.reading() as connection:
            if segment_id and segments.get(connection, the_store().id, segment_id) is None:
                refuse(404, say("There is no such segment in this store."), "segment")
            country = the_store().country
            wanted = replace(wanted, country=country, reached=_reached(connection, query["reach"]))
            found = customer_page(connection, the_store().id, wanted, page=query["page"])
            ids = [row.id for row in found.customers]
            by = reach.reached_now(connection, the_store().id, ids, *_rules(connection))
            channels = list(reach.reachable(connection, the_store().id, *_rules(connection)))
            chats = identities.names_of(connection, the_store().id, ids)
        return {
            "customers": [
                {**_listed(row._asdict(), chats.get(row.id)), "reached_by": by[row.id]}
                for row in found.customers
            ],
            "channels": channels,
            "page": query["page"],
            "pages": max(1, min(FURTHEST_PAGE, -(-found.total // PAGE))),
            "total": min(found.total, COUNTED_TO),
            "more": found.total > COUNTED_TO,
        }


@blueprint.route("/customers/<uuid:customer_id>")
class CustomerView(MethodView):
    @blueprint.response(200, CustomerSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> dict[str, Any]:
        """Give one customer: consent, orders, lifetime value so far, the flows they are in."""
        with the_runtime().database.reading() as connection:
            row = _found(connection, customer_id)
            by_word = opt_ins.latest(connection, the_store().id, row["id"])
            return {
                **row,
                **_line(row),
                "consents": [
                    _consent(row, channel.value, by_word) | _suppressed(connection, row, channel)
                    for channel in KEPT_CHANNELS
                ],
                "average": metrics.customer_lifetime_value(row["spent"], 0, row["orders_count"]),
                "flows": list(_flows_now_in(connection, row["id"])),
                "segments": reports_customers.segments_of(connection, the_store().id, row["id"]),
                "last_seen_at": reports_customers.last_seen(connection, the_store().id, row["id"]),
                "confirm": row["email"]
                or row["phone"]
                or row["external_id"]
                or customer_care.NAMELESS,
            }


@blueprint.route("/customers/<uuid:customer_id>/flows/<uuid:flow_id>/remove")
class RemoveFromFlowView(MethodView):
    @blueprint.response(200, RemovedFromFlowSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, customer_id: UUID, flow_id: UUID) -> dict[str, int]:
        """Take a customer out of a flow: it says no more to them."""
        runtime, store_id = the_runtime(), the_store().id
        named = (str(customer_id), str(flow_id))
        return {
            "ended": answered(lambda: customer_care.remove_from_flow(runtime, store_id, *named))
        }


@blueprint.route("/customers/<uuid:customer_id>/export")
class ExportView(MethodView):
    @blueprint.response(200, CustomerDataSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> Response:
        """Give everything that is kept about a customer, for a request of theirs."""
        runtime, store_id = the_runtime(), the_store().id
        kept = answered(lambda: customer_care.export(runtime, store_id, str(customer_id)))
        return Response(dumps(kept), mimetype="application/json")


@blueprint.route("/customers/<uuid:customer_id>/erase")
class EraseView(MethodView):
    @blueprint.arguments(EraseSchema)
    @blueprint.response(200, ReceiptSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, str], customer_id: UUID) -> Receipt:
        """Erase a customer for good and give the receipt; the store's own copy is the store's."""
        runtime, store = the_runtime(), the_store()
        try:
            return answered(
                lambda: customer_care.erase(runtime, store, str(customer_id), told["confirm"])
            )
        except customer_care.WrongName as wrong:
            refuse(422, wrong.said, "confirm")


@blueprint.route("/customers/<uuid:customer_id>/receipt")
class ReceiptView(MethodView):
    @blueprint.response(200, ReceiptSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, customer_id: UUID) -> Receipt:
        """Give the receipt of a customer who was erased here."""
        runtime, store_id = the_runtime(), the_store().id
        return answered(lambda: customer_care.receipt(runtime, store_id, str(customer_id)))


@blueprint.route("/customers/<uuid:customer_id>/timeline")
class TimelineView(MethodView):
    @blueprint.arguments(TimelineQuery, location="query")
    @blueprint.response(200, TimelineSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: dict[str, str], customer_id: UUID) -> dict[str, Any]:
        """Give what happened to a customer, the latest first, thirty at a time."""
        before = _position(query["before"])
        with the_runtime().database.reading() as connection:
            _found(connection, customer_id)
            entries = reports_customers.timeline(
                connection, the_store().id, str(customer_id), before=before, limit=ENTRIES + 1
            )
        shown = entries[:ENTRIES]
        more = len(entries) > ENTRIES
        return {
            "entries": [_entry(entry) for entry in shown],
            "before": _name_of(shown[-1]) if more else None,
        }


def _rules(connection: Connection) -> tuple[ConsentPolicy, datetime]:
    return policy_of(the_store().settings).consent, the_runtime().database.now(connection)


def _reached(connection: Connection, channel: ChannelName | None) -> Words | None:
    if channel is None:
        return None
    reached = reach.reached_by(connection, the_store().id, channel, *_rules(connection))
    if reached is None:
        refuse(422, say("This channel is not connected. Connect it in the settings."), "reach")
    return reached


def _found(connection: Connection, customer_id: UUID) -> dict[str, Any]:
    row = reports_customers.customer(connection, the_store().id, str(customer_id))
    if row is None:
        refuse(404, say("There is no such customer in this store."))
    return row._asdict()


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    names = (row["first_name"], row["last_name"])
    return {
        **row,
        "name": " ".join(part for part in names if part),
        "orders": row["orders_count"],
    }


def _listed(row: Mapping[str, Any], chat: tuple[str, str | None] | None) -> dict[str, Any]:
    """Give a line of the list; whoever has no name by the store goes by the chat's."""
    line, (channel, called) = _line(row), chat or (None, None)
    return {**line, "name": line["name"] or called or "", "chat": channel}


def _consent(row: Mapping[str, Any], channel: str, by_word: Mapping[str, OptIn]) -> dict[str, Any]:
    source = row[f"{channel}_consent_source"]
    proof = by_word.get(channel) if source == ConsentSource.KEYWORD else None
    return {
        "channel": channel,
        "state": row[f"{channel}_consent"],
        "source": source,
        "changed_at": row[f"{channel}_consent_at"],
        "keyword": proof.keyword if proof else None,
        "wording": proof.wording if proof else None,
    }


def _suppressed(
    connection: Connection, row: Mapping[str, Any], channel: ChannelName
) -> dict[str, bool]:
    """Say whether a customer's address on a channel is suppressed, and by whom."""
    address = row["email" if channel is ChannelName.EMAIL else "phone"]
    hashed = the_runtime().secrets.address_hash(channel, address or "")
    held = suppressions.of(connection, the_store().id, channel, [hashed] if address else [])
    by_carrier = held.get(hashed) is SuppressionScope.CARRIER
    return {
        "is_suppressed": bool(held) and not by_carrier,
        "is_stopped_by_carrier": by_carrier,
    }


def _flows_now_in(connection: Connection, customer_id: str) -> Iterable[dict[str, Any]]:
    store_id = the_store().id
    entered = reports_customers.flows_now_in(connection, store_id, customer_id)
    keys = sorted({(store_id, one.version_id) for one in entered})
    used = flows.versions(connection, keys)
    for one in entered:
        flow = used[store_id, one.version_id].flow
        yield {
            "flow_id": one.flow_id,
            "flow_name": one.flow_name,
            "next": _next_message(flow, one.step_id),
            "waiting_until": one.waiting_until,
            "entered_at": one.entered_at,
        }


def _next_message(flow: Flow, step_id: str | None) -> str | None:
    """Name the next message on the straight way on; past a branching step nothing is sure."""
    while step_id is not None:
        step = flow.steps_by_id[step_id]
        if isinstance(step, SendMessage):
            return step.name or step.template.subject
        step_id = flow.next_of[step_id]
    return None


def _position(before: str) -> tuple[datetime, str] | None:
    if not before:
        return None
    moment, _, entry_id = before.partition("~")
    try:
        at, key = datetime.fromisoformat(moment), str(UUID(entry_id))
    except ValueError:
        refuse(422, say("This place in the timeline does not exist. Start from its top."))
    return (at if at.tzinfo else at.replace(tzinfo=UTC)), key


def _name_of(entry: Entry) -> str:
    return f"{entry.at.isoformat().replace('+00:00', 'Z')}~{entry.id}"


def _entry(entry: Entry) -> dict[str, Any]:
    own = SHAPES[entry.kind](entry.data)
    return {"kind": entry.kind, "id": entry.id, "at": entry.at, entry.kind: own}


def _event(data: Mapping[str, Any]) -> dict[str, Any]:
    names = ("name", "reason", "flow_id", "flow_name", "channel", "source", "keyword")
    hands = hands_shape(data["name"], data) if data["name"] in HANDED else {}
    nobody = {"by": None, "who": None, "why": None}
    tags = [*data.get("added", ()), *data.get("removed", ())]
    return {**{name: data.get(name) for name in names}, "tags": tags, **nobody, **hands}


def _cart(data: Mapping[str, Any]) -> dict[str, Any]:
    return {**data, "items": _items(data)}


def _order(data: Mapping[str, Any]) -> dict[str, Any]:
    message = data["message_subject"] or data.get("step_name") or data["flow_name"]
    return {**data, "items": _items(data), "message": message}


def _items(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{name: item.get(name) for name in ITEM_FIELDS} for item in data["items"]]


def _message(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell our own reasons, which the panel has words for, from a provider's words."""
    own = reason_shape(data["reason"])
    return {**data, **own, "passed_over": data["passed_over"] or []}


def _reward(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the code only once the store has it."""
    code = data["code"] if data["code_state"] == codes.CREATED else None
    return {**data, "code": code, "reason": data["code_reason"]}


SHAPES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "event": _event,
    "cart": _cart,
    "order": _order,
    "message": _message,
    "reward": _reward,
    "inbound": inbound_shape,
    "reply": reply_shape,
}
