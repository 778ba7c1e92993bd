"""/api/v1/segments: made, checked, counted before they are kept, changed, and who is in them."""

from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE

from doors import segments
from doors.json_api import ErrorSchema
from doors.segments import (
    A_SEGMENT,
    CheckedSegmentSchema,
    MembersQuery,
    MembersSchema,
    ReadySegmentListSchema,
    RefusedSegmentSchema,
    RemovedSchema,
    SegmentCountSchema,
    SegmentListSchema,
    SegmentSchema,
    WantedSegmentSchema,
)
from jobs.api_keys import Scope
from public_api.door import needs, public_blueprint, the_store
from storage.segment_counts import Count

Json = dict[str, Any]
blueprint = public_blueprint("segments")
A_DOCUMENT = blueprint.doc(**A_SEGMENT)
READ, WRITE = (needs(blueprint, one) for one in (Scope.SEGMENTS_READ, Scope.SEGMENTS_WRITE))


@blueprint.route("/segments")
class SegmentsView(MethodView):
    @READ
    @blueprint.response(200, SegmentListSchema)
    def get(self) -> Json:
        """Give all segments of the store, the oldest first."""
        return segments.every(the_store().id)

    @WRITE
    @A_DOCUMENT
    @blueprint.response(201, SegmentSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def post(self) -> Json:
        """Keep a new segment; its members are found within moments."""
        return segments.create(the_store().id)


@blueprint.route("/segments/check")
class CheckView(MethodView):
    @READ
    @A_DOCUMENT
    @blueprint.response(200, CheckedSegmentSchema)
    def post(self) -> Json:
        """Say everything that is wrong with a document; nothing is kept."""
        return segments.check(the_store().id)


@blueprint.route("/segments/ready-made")
class ReadyMadeView(MethodView):
    @READ
    @blueprint.response(200, ReadySegmentListSchema)
    def get(self) -> Json:
        """Give the segments that are ready to be had."""
        return segments.ready_made()

    @WRITE
    @blueprint.arguments(WantedSegmentSchema)
    @blueprint.response(201, SegmentSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def post(self, wanted: Json) -> Json:
        """Keep one of them; it is the store's own from then on."""
        return segments.create_ready_made(the_store().id, wanted)


@blueprint.route("/segments/count")
class CountView(MethodView):
    @READ
    @A_DOCUMENT
    @blueprint.response(200, SegmentCountSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def post(self) -> Count:
        """Count whom a document would have, and whom each channel reaches; nothing is kept."""
        return segments.count(the_store().id)


@blueprint.route("/segments/<uuid:segment_id>")
class SegmentView(MethodView):
    @READ
    @blueprint.response(200, SegmentSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, segment_id: UUID) -> Json:
        """Give one segment."""
        return segments.one(the_store().id, str(segment_id))

    @WRITE
    @A_DOCUMENT
    @blueprint.response(200, SegmentSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedSegmentSchema)
    def put(self, segment_id: UUID) -> Json:
        """Give a segment another name or condition."""
        return segments.change(the_store().id, str(segment_id))

    @WRITE
    @blueprint.response(200, RemovedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def delete(self, segment_id: UUID) -> Json:
        """Forget a segment that no other segment and no live flow asks about."""
        return segments.remove(the_store().id, str(segment_id))


@blueprint.route("/segments/<uuid:segment_id>/members")
class MembersView(MethodView):
    @READ
    @blueprint.arguments(MembersQuery, location="query", unknown=RAISE)
    @blueprint.response(200, MembersSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: Json, segment_id: UUID) -> Json:
        """Give who is in a segment, part by part."""
        return segments.members(the_store().id, str(segment_id), query)
