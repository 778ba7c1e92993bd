"""How a split's own pick of its winner is told, to the panel and to other programs alike."""

from marshmallow import Schema, fields, validate

from marketing.experiments import Why
from marketing.picking import By


class ArmSchema(Schema):
    """One variant at the last look: each person once, with the time that the test gives them.

    `mean` is what one person brings: the share who clicked or ordered, or minor units of money.
    """

    key = fields.String(required=True)
    people = fields.Integer(required=True)
    converted = fields.Integer(required=True)
    mean = fields.Float(required=True)


class SplitTestSchema(Schema):
    """How far a split's own pick has come.

    `state` is `draft` until the split is live, `running`, `picked`, `alike` (no difference that
    would matter) or `stopped` by a person. `why` there is no winner yet: `early` (nobody has had
    their time), `few` (people), `uneven` (shares that don't fit the weights: something is
    wrong), `open` (it could be chance). `difference` is the leader's to the closest other
    variant, surely between `low` and `high` at all looks together, in nineteen tests of twenty.
    """

    by = fields.String(required=True, validate=validate.OneOf([one.value for one in By]))
    after_seconds = fields.Integer(required=True)
    least = fields.Integer(required=True)
    state = fields.String(
        required=True,
        validate=validate.OneOf(["draft", "running", "picked", "alike", "stopped"]),
    )
    begun_at = fields.AwareDateTime(required=True, allow_none=True)
    looked_at = fields.AwareDateTime(required=True, allow_none=True)
    next_at = fields.AwareDateTime(required=True, allow_none=True)
    why = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([one.value for one in Why])
    )
    leader = fields.String(required=True, allow_none=True)
    difference = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    variants = fields.List(fields.Nested(ArmSchema), required=True)
