"""Conversations at a door: whose hands a customer's is in."""

from marshmallow import Schema, fields, validate

from storage.conversations import AUTOMATED, HUMAN


class ConversationSchema(Schema):
    """Whose hands it is in, since when, and who put it there; `since` null: it always was.

    `by` is `flow:<id>`, `merchant`, or `program`. While it is in human hands no marketing goes
    to the customer: what is pending is held.
    """

    state = fields.String(required=True, validate=validate.OneOf([AUTOMATED, HUMAN]))
    since = fields.AwareDateTime(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
