"""What is asked about letting people into a flow now; the rest is `doors.intakes`'."""

from marshmallow import Schema, fields

from marketing.sources import SourceSchema


class EnrolSchema(Schema):
    """Whom to let into a flow."""

    source = fields.Nested(SourceSchema, required=True)
