"""/panel/api/segments: made, checked, counted before they are kept, changed; and who is in them."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE

from doors import audit, segments
from doors.json_api import ErrorSchema, the_runtime
from doors.segments import (
    A_SEGMENT,
    CheckedSegmentSchema,
    MembersQuery,
    MembersSchema,
    RefusedSegmentSchema,
    RemovedSchema,
    SegmentSchema,
)
from embedded_ui.api import api_blueprint
from embedded_ui.auth import may, the_store
from embedded_ui.segment_schemas import (
    AddedSegmentSchema,
    CountedSegmentSchema,
    EstimateSchema,
    OfferedSegmentsSchema,
    OneSegmentSchema,
    ReachQuery,
    ReachSchema,
    RfmGridSchema,
    SegmentNamesSchema,
    SegmentPageSchema,
    SegmentsQuery,
)
from jobs import segment_lists
from jobs.segment_lists import Estimate
from marketing import ready_segments
from marketing.ready_segments import ReadySegment
from marketing.team import Right
from storage import identities, members
from storage import segment_lists as segment_list_rows
from storage.segment_lists import PAGE

Json = dict[str, Any]
blueprint = api_blueprint("segments")
SAMPLES = 5
A_DOCUMENT = blueprint.doc(**A_SEGMENT)


@blueprint.route("/segments")
class SegmentsView(MethodView):
    @blueprint.arguments(SegmentsQuery, location="query", unknown=RAISE)
    @blueprint.response(200, SegmentPageSchema)
    def get(self, query: Json) -> Json:
        """Give a page of the store's segments, the last changed first."""
        store_id, number = the_store().id, query["page"]
        found, uses, everyone = segment_lists.page(the_runtime(), store_id, query["search"], number)
        return {
            "segments": [
                {**asdict(one), "used_by": uses.get(one.id, [])} for one in found.segments
            ],
            "page": number,
            "pages": max(1, -(-found.total // PAGE)),
            "total": found.total,
            "everyone": everyone,
        }

    @A_DOCUMENT
    @blueprint.response(201, SegmentSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def post(self) -> Json:
        """Keep a new segment; its members are found within moments."""
        return _made(segments.create(the_store().id))


@blueprint.route("/segments/names")
class NamesView(MethodView):
    @blueprint.response(200, SegmentNamesSchema)
    def get(self) -> Json:
        """Give all segments by name, for choosing one."""
        with the_runtime().database.reading() as connection:
            return {"segments": segment_list_rows.names(connection, the_store().id)}


@blueprint.route("/segments/reach")
class ReachView(MethodView):
    @blueprint.arguments(ReachQuery, location="query", unknown=RAISE)
    @blueprint.response(200, ReachSchema)
    def get(self, query: dict[str, list[UUID]]) -> Json:
        """Say how many members of these segments each channel reaches."""
        ids = [str(one) for one in query["ids"]]
        return {"reach": segment_lists.reach(the_runtime(), the_store().id, ids)}


@blueprint.route("/segments/ready")
class ReadyView(MethodView):
    @blueprint.response(200, OfferedSegmentsSchema)
    def get(self) -> Json:
        """Give the segments to begin with that the store does not have yet."""
        store, runtime = the_store(), the_runtime()
        with runtime.database.reading() as connection:
            kept = segment_list_rows.ready_made(connection, store.id)
        return {
            "ready": [
                _ready(one, store.currency)
                for one in ready_segments.all_of_them()
                if one.parameter or one.key not in kept
            ]
        }

    @blueprint.arguments(AddedSegmentSchema)
    @blueprint.response(201, SegmentSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def post(self, form: Json) -> Json:
        """Keep one of them."""
        return _made(segments.create_ready_made(the_store().id, form))


def _made(kept: Json) -> Json:
    """Have the log say which segment is new."""
    audit.also(segment_id=kept["id"])
    return kept


def _ready(one: ReadySegment, currency: str) -> Json:
    document = None if one.parameter else ready_segments.document(one.key, currency)
    return {**asdict(one), "condition": document and document["condition"]}


@blueprint.route("/segments/rfm")
class RfmView(MethodView):
    @blueprint.response(200, RfmGridSchema)
    def get(self) -> Json:
        """Give the store's buyers by how lately and how often they bought."""
        with the_runtime().database.reading() as connection:
            return {"cells": segment_list_rows.rfm_grid(connection, the_store().id)}


@blueprint.route("/segments/check")
class CheckView(MethodView):
    @A_DOCUMENT
    @blueprint.response(200, CheckedSegmentSchema)
    def post(self) -> Json:
        """Say everything that is wrong with a document; nothing is kept."""
        return segments.check(the_store().id)


@blueprint.route("/segments/count")
class CountView(MethodView):
    @A_DOCUMENT
    @blueprint.response(200, CountedSegmentSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def post(self) -> Json:
        """Count whom a document would have, and whom each channel reaches; nothing is kept."""
        store_id, counted = the_store().id, segments.count(the_store().id)
        with the_runtime().database.reading() as connection:
            everyone = members.everyone(connection, store_id)
            shown = segment_list_rows.people(connection, store_id, counted.samples[:SAMPLES])
            chats = identities.names_of(connection, store_id, [row.id for row in shown])
        return {
            "customers": counted.customers,
            "everyone": everyone,
            "reach": counted.reach,
            "samples": [_sample(row, chats.get(row.id)) for row in shown],
        }


def _sample(row: Any, chat: tuple[str, str | None] | None) -> Json:
    name = " ".join(part for part in (row.first_name, row.last_name) if part)
    channel, called = chat or (None, None)
    return {
        "id": row.id,
        "name": name or called or "",
        "email": row.email,
        "phone": row.phone,
        "chat": channel,
    }


@blueprint.route("/segments/estimate")
class EstimateView(MethodView):
    @A_DOCUMENT
    @blueprint.response(200, EstimateSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def post(self) -> Estimate:
        """Say about how many a document would have, for when counting takes its time."""
        return segments.estimate(the_store().id)


@blueprint.route("/segments/<uuid:segment_id>")
class SegmentView(MethodView):
    @blueprint.response(200, OneSegmentSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, segment_id: UUID) -> Json:
        """Give one segment, what asks about it, and what keeps whoever asks from changing it."""
        store_id, wanted = the_store().id, str(segment_id)
        found = segments.one(store_id, wanted)
        with the_runtime().database.reading() as connection:
            used = segment_lists.uses_of(connection, store_id).get(wanted, [])
            held = segment_lists.live_uses(connection, store_id, wanted) if used else []
        return {**found, "used_by": used, "held_by": [] if may(Right.PUBLISH) else held}

    @A_DOCUMENT
    @blueprint.response(200, SegmentSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def put(self, segment_id: UUID) -> Json:
        """Give a segment another name or condition.

        It says who is written to where a live flow or a scheduled campaign asks about it: then
        only who may publish changes it.
        """
        idle_only = not may(Right.PUBLISH)
        return segments.change(the_store().id, str(segment_id), idle_only=idle_only)

    @blueprint.response(200, RemovedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def delete(self, segment_id: UUID) -> Json:
        """Forget a segment that no other segment, no campaign to come and no flow asks about."""
        return segments.remove(the_store().id, str(segment_id))


@blueprint.route("/segments/<uuid:segment_id>/members")
class MembersView(MethodView):
    @blueprint.arguments(MembersQuery, location="query", unknown=RAISE)
    @blueprint.response(200, MembersSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: Json, segment_id: UUID) -> Json:
        """Give who is in a segment, part by part."""
        return segments.members(the_store().id, str(segment_id), query)
