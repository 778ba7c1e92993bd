"""Segments at a door: what is taken and told of them, whoever asks."""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn, TypeVar

from flask import request
from marshmallow import RAISE, Schema, fields, validate

from doors.flow_documents import DocumentProblemSchema
from doors.json_api import plain_text, refuse, the_runtime
from doors.spoken import Sentence
from jobs import segment_lists
from jobs import segments as work
from jobs.segment_lists import Estimate
from jobs.segments import NoSuchSegment, SegmentInUse
from marketing import ready_segments, segment_schema
from marketing.said import say
from marketing.segments import BadSegment
from marketing.templates import Problem
from storage import Connection, segments
from storage.segment_counts import Count
from storage.segments import StoredSegment

T = TypeVar("T")
Json = dict[str, Any]
A_SEGMENT = {
    "requestBody": {
        "required": True,
        "description": "A segment: a name and a condition, as conditions of flows are written.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
"""What the OpenAPI document says of a request whose body is a segment."""


class SegmentSchema(Schema):
    """A segment; `customers` is how many are in it now, which grows while it is `building`."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    condition = fields.Dict(required=True)
    ready_made = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    customers = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True)
    updated_at = fields.AwareDateTime(required=True)


class SegmentListSchema(Schema):
    segments = fields.List(fields.Nested(SegmentSchema), required=True)


class RefusedSegmentSchema(Schema):
    """Why a segment was refused; `message` and `field` are the first problem's."""

    message = Sentence(required=True)
    field = fields.String(required=True)
    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)


class CheckedSegmentSchema(Schema):
    """Everything that is wrong with a document; empty: nothing is."""

    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)


class SegmentCountSchema(Schema):
    """Whom a definition would have: how many, how many each channel reaches, and some of them."""

    customers = fields.Integer(required=True)
    reach = fields.Dict(fields.String(), fields.Integer(), required=True)
    samples = fields.List(fields.String(), required=True)


class ReadySegmentSchema(Schema):
    """A segment to begin with; `parameter` is what has to be named for it, null: nothing."""

    key = fields.String(required=True)
    name = fields.String(required=True)
    parameter = fields.String(required=True, allow_none=True)


class ReadySegmentListSchema(Schema):
    ready_made = fields.List(fields.Nested(ReadySegmentSchema), required=True)


class WantedSegmentSchema(Schema):
    """Which ready-made segment to have, and its parameter, such as the category."""

    class Meta:
        unknown = RAISE

    key = fields.String(required=True)
    parameter = fields.String(validate=plain_text, load_default=None, allow_none=True)


class MembersQuery(Schema):
    """Which part of the members; `after` is what the part before gave as `next`."""

    class Meta:
        unknown = RAISE

    limit = fields.Integer(
        load_default=500, validate=validate.Range(1, 1000, error=say("Use 1 to 1000."))
    )
    after = fields.UUID(load_default=None)


class MembersSchema(Schema):
    """A part of the members, in the order of their ids; `next` is null at the end."""

    customer_ids = fields.List(fields.String(), required=True)
    next = fields.String(required=True, allow_none=True)


class RemovedSchema(Schema):
    id = fields.String(required=True)


def every(store_id: str) -> Json:
    """Give the store's segments, the oldest first."""
    with the_runtime().database.reading() as connection:
        found = segments.of_store(connection, store_id)
        return {"segments": _shown(connection, store_id, found)}


def one(store_id: str, segment_id: str) -> Json:
    """Give one segment, or say 404."""
    with the_runtime().database.reading() as connection:
        stored = segments.get(connection, store_id, segment_id)
        if stored is None:
            _refuse_unknown()
        return _shown(connection, store_id, [stored])[0]


def create(store_id: str) -> Json:
    """Keep the segment of the request."""
    made = _heeding(lambda: work.create(the_runtime(), store_id, _document()))
    return one(store_id, made)


def ready_made() -> Json:
    """Give the segments that are ready to be had."""
    return {"ready_made": ready_segments.all_of_them()}


def create_ready_made(store_id: str, wanted: Json) -> Json:
    """Keep one of the ready-made segments."""
    known = [one.key for one in ready_segments.all_of_them()]
    if wanted["key"] not in known:
        refuse(422, say("There is none of this key. Use one of {known}.", known=known), "key")
    made = _heeding(
        lambda: work.create_ready_made(
            the_runtime(),
            store_id,
            wanted["key"],
            wanted["parameter"],
            name=wanted.get("name"),
        )
    )
    return one(store_id, made)


def estimate(store_id: str) -> Estimate:
    """Say about how many the segment of the request would have; nothing is kept."""
    return _heeding(lambda: segment_lists.estimate(the_runtime(), store_id, _document()))


def change(store_id: str, segment_id: str, *, idle_only: bool = False) -> Json:
    """Give a segment the name and condition of the request; `idle_only` as `jobs.segments` says."""
    one(store_id, segment_id)
    document, runtime = _document(), the_runtime()

    def act() -> None:
        try:
            work.change(runtime, store_id, segment_id, document, idle_only=idle_only)
        except SegmentInUse as used:
            words = say(
                "It decides whom {users} writes to: to change it takes the role of a publisher."
                " Ask one of your team.",
                users=", ".join(used.users),
            )
            refuse(409, words)

    _heeding(act)
    return one(store_id, segment_id)


def remove(store_id: str, segment_id: str) -> Json:
    """Forget a segment that nobody asks about."""
    _heeding(lambda: work.remove(the_runtime(), store_id, segment_id))
    return {"id": segment_id}


def count(store_id: str) -> Count:
    """Count whom the segment of the request would have; nothing is kept."""
    return _heeding(lambda: work.count(the_runtime(), store_id, _document()))


def check(store_id: str) -> Json:
    """Say what is wrong with the segment of the request; nothing is kept."""
    return {"problems": work.check(the_runtime(), store_id, _document())}


def members(store_id: str, segment_id: str, query: Json) -> Json:
    """Give a part of a segment's members."""
    after, limit = query["after"] and str(query["after"]), query["limit"]
    with the_runtime().database.reading() as connection:
        if segments.get(connection, store_id, segment_id) is None:
            _refuse_unknown()
        ids = segments.members(connection, store_id, segment_id, after=after, limit=limit + 1)
    return {"customer_ids": ids[:limit], "next": ids[limit - 1] if len(ids) > limit else None}


def _shown(connection: Connection, store_id: str, found: Sequence[StoredSegment]) -> list[Json]:
    sizes = segments.sizes(connection, store_id, [one.id for one in found])
    return [
        {
            "id": one.id,
            "name": one.name,
            "condition": segment_schema.dump_condition(one.condition),
            "ready_made": one.ready_made,
            "state": one.state,
            "customers": sizes.get(one.id, 0),
            "created_at": one.created_at,
            "updated_at": one.updated_at,
        }
        for one in found
    ]


def _document() -> Json:
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        refuse(400, say('Send a segment: a JSON object such as {"name": ..., "condition": {...}}.'))
    return told


def _heeding(act: Callable[[], T]) -> T:
    try:
        return act()
    except NoSuchSegment:
        _refuse_unknown()
    except SegmentInUse as error:
        names = ", ".join(error.users)
        refuse(409, say("It is asked about by {names}. Change those first.", names=names))
    except BadSegment as bad:
        _refuse_segment(bad.problems)


def _refuse_segment(problems: Sequence[Problem]) -> NoReturn:
    first, told = problems[0], CheckedSegmentSchema().dump({"problems": problems})
    refuse(422, first.sentence, first.field, **told)


def _refuse_unknown() -> NoReturn:
    refuse(404, say("There is no such segment in this store."))
