"""What is told of a campaign's figures."""

from marshmallow import Schema, fields

from embedded_ui.schemas import CountSchema, FiguresSchema


class MessageFiguresSchema(Schema):
    """One message of the campaign: a variant has one of its own."""

    step = fields.String(required=True)
    figures = fields.Nested(FiguresSchema, required=True)


class ReportSchema(Schema):
    """What came of a campaign; `revenue` is attributed, net, in the store's currency."""

    recipients = fields.Integer(required=True)
    sent = fields.Integer(required=True)
    opened = fields.Integer(required=True)
    clicked = fields.Integer(required=True)
    unsubscribed = fields.Integer(required=True)
    ordered = fields.Integer(required=True)
    revenue = fields.Integer(required=True)
    unsure = fields.Integer(required=True)
    waiting = fields.List(fields.Nested(CountSchema), required=True)
    skipped = fields.List(fields.Nested(CountSchema), required=True)
    messages = fields.List(fields.Nested(MessageFiguresSchema), required=True)
