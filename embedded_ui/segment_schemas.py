"""What the panel asks and is told of segments, beyond what every door says of them."""

from marshmallow import RAISE, Schema, fields, validate
from webargs.fields import DelimitedList

from doors.segments import ReadySegmentSchema, SegmentSchema, WantedSegmentSchema
from storage.segment_lists import PAGE


class SegmentsQuery(Schema):
    """Which page of the list, of those whose names hold `search`."""

    class Meta:
        unknown = RAISE

    search = fields.String(load_default="", validate=validate.Length(max=100))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 1000))


class SegmentUseSchema(Schema):
    """What asks about a segment: a `segment`, a `campaign` or a `flow`."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True)


class SegmentLineSchema(Schema):
    """One segment of the list; `customers` are in it now, and grow while it is `building`."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    ready_made = fields.String(required=True, allow_none=True)
    state = fields.String(required=True)
    customers = fields.Integer(required=True)
    updated_at = fields.AwareDateTime(required=True)
    used_by = fields.List(fields.Nested(SegmentUseSchema), required=True)


class SegmentPageSchema(Schema):
    """A page of segments, the last changed first; `everyone` are all customers of the store."""

    segments = fields.List(fields.Nested(SegmentLineSchema), required=True)
    page = fields.Integer(required=True)
    pages = fields.Integer(required=True)
    total = fields.Integer(required=True)
    everyone = fields.Integer(required=True)


class OneSegmentSchema(SegmentSchema):
    """A segment, and what asks about it.

    `held_by` are the live flows and scheduled campaigns for whose sake whoever asks may not
    change it; who may publish may in any case.
    """

    used_by = fields.List(fields.Nested(SegmentUseSchema), required=True)
    held_by = fields.List(fields.Nested(SegmentUseSchema), required=True)


class ReachQuery(Schema):
    """The segments of a page; ids with commas between them."""

    class Meta:
        unknown = RAISE

    ids = DelimitedList(fields.UUID(), required=True, validate=validate.Length(1, PAGE))


class ReachSchema(Schema):
    """By segment and channel, how many of its members are reached."""

    reach = fields.Dict(
        fields.String(), fields.Dict(fields.String(), fields.Integer()), required=True
    )


class OfferedSegmentSchema(ReadySegmentSchema):
    """A segment to begin with. `condition` is null where a `parameter` has to be named first."""

    condition = fields.Dict(required=True, allow_none=True)


class OfferedSegmentsSchema(Schema):
    ready = fields.List(fields.Nested(OfferedSegmentSchema), required=True)


class SegmentNameSchema(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)


class SegmentNamesSchema(Schema):
    """All segments by name, for choosing one."""

    segments = fields.List(fields.Nested(SegmentNameSchema), required=True)


class AddedSegmentSchema(WantedSegmentSchema):
    """Which one to add, what it asks for, and how the merchant calls it."""

    name = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 120))


class SampleSchema(Schema):
    """A customer who belongs; `name` may be empty, `chat` is the channel that they wrote by."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    chat = fields.String(required=True, allow_none=True)


class CountedSegmentSchema(Schema):
    """Whom a definition would have, of `everyone`; how many each channel reaches; the newest."""

    customers = fields.Integer(required=True)
    everyone = fields.Integer(required=True)
    reach = fields.Dict(fields.String(), fields.Integer(), required=True)
    samples = fields.List(fields.Nested(SampleSchema), required=True)


class EstimateSchema(Schema):
    """About how many a definition would have, of `everyone`."""

    customers = fields.Integer(required=True)
    everyone = fields.Integer(required=True)


class RfmCellSchema(Schema):
    """How many buyers have these scores, 1 to 5 each, and the group that they make."""

    recency = fields.Integer(required=True)
    frequency = fields.Integer(required=True)
    group = fields.String(required=True)
    customers = fields.Integer(required=True)


class RfmGridSchema(Schema):
    """The buyers by their scores; no cells: nobody asked for scores yet."""

    cells = fields.List(fields.Nested(RfmCellSchema), required=True)
