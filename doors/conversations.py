"""Conversations at a door: whose hands a customer's is in."""

from marshmallow import Schema, fields, validate

from doors.spoken import Sentence
from storage.conversations import AUTOMATED, HUMAN


class ConversationSchema(Schema):
    """Whose hands it is in, since when, and who put it there; `since` null: it always was.

    `by` is `flow:<id>`, `merchant`, `program`, `platform` (somebody of the store's wrote there),
    `rule` or `clock`; of a rule `why` says it in words, and `reasons` what gave its points. While
    it is in human hands no marketing goes to the customer: what is pending is held.
    """

    state = fields.String(required=True, validate=validate.OneOf([AUTOMATED, HUMAN]))
    since = fields.AwareDateTime(required=True, allow_none=True)
    by = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True, allow_none=True)
    why = Sentence(required=True, allow_none=True)
    reasons = fields.List(Sentence(required=True), required=True)
