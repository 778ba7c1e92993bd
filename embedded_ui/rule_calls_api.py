"""/panel/api: how often rules that call a person were right, and somebody's word on one call."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from doors.json_api import ErrorSchema, the_runtime
from doors.orders import answered
from doors.spoken import Sentence
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from jobs import conversations
from marketing.hand_over_rules import ALWAYS, TRIABLE, Verdict, kind_of
from marketing.hand_over_words import NAMES
from marketing.outlook import share_of
from storage import rule_calls
from storage.rule_calls import Sum

DAYS = 90
"""How far back calls are counted."""

blueprint = api_blueprint("rule_calls")


class CountsSchema(Schema):
    """What a rule came to, and of the `judged` which `share` was right: 0 to 1, null without any.

    From `low` to `high`: where the share lies with 95 % confidence.
    """

    handed_over = fields.Integer(required=True)
    offered = fields.Integer(required=True)
    over_limit = fields.Integer(required=True)
    judged = fields.Integer(required=True)
    share = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)


class HandOverRuleSchema(Schema):
    """A rule: what it did, and what it would have done on trial. `may_try`: it may be on trial."""

    rule = fields.String(required=True)
    name = Sentence(required=True)
    may_try = fields.Boolean(required=True)
    did = fields.Nested(CountsSchema, required=True)
    tried = fields.Nested(CountsSchema, required=True)


class HandOverRulesSchema(Schema):
    """All rules, in the order in which they are asked, counted over the last `days`."""

    days = fields.Integer(required=True)
    rules = fields.List(fields.Nested(HandOverRuleSchema), required=True)


class VerdictSchema(Schema):
    """Whether a person was needed."""

    class Meta:
        unknown = RAISE

    verdict = fields.Enum(Verdict, by_value=True, required=True)


class JudgedSchema(Schema):
    verdict = fields.String(required=True, validate=validate.OneOf(list(Verdict)))


@blueprint.route("/settings/conversations/rules")
class HandOverRulesView(MethodView):
    @blueprint.response(200, HandOverRulesSchema)
    def get(self) -> dict[str, Any]:
        """Give how often each rule called a person, or would have, and how often it was right."""
        database = the_runtime().database
        with database.reading() as connection:
            since = database.now(connection) - timedelta(days=DAYS)
            found = rule_calls.sums(connection, the_store().id, since)
        return {"days": DAYS, "rules": [_rule(one, found) for one in (*ALWAYS, *TRIABLE)]}


@blueprint.route("/conversations/<uuid:customer_id>/calls/<uuid:call_id>/judge")
class JudgeView(MethodView):
    @blueprint.arguments(VerdictSchema)
    @blueprint.response(200, JudgedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, told: dict[str, Verdict], customer_id: UUID, call_id: UUID) -> dict[str, str]:
        """Say whether a rule was right to call a person; not needed hands it back, too."""
        runtime, store, verdict = the_runtime(), the_store(), told["verdict"]
        which, name = (str(customer_id), str(call_id)), the_person().name or None
        answered(lambda: conversations.judge(runtime, store, *which, verdict, who=name))
        return {"verdict": verdict.value}


def _rule(kind: str, found: list[Sum]) -> dict[str, Any]:
    mine = [one for one in found if kind_of(one.rule) == kind]
    return {
        "rule": kind,
        "name": NAMES[kind],
        "may_try": kind in TRIABLE,
        "did": _counts([one for one in mine if not one.is_trial]),
        "tried": _counts([one for one in mine if one.is_trial]),
    }


def _counts(sums: list[Sum]) -> dict[str, Any]:
    """Add up what one rule came to in several languages."""
    names = ("handed_over", "offered", "over_limit", "right", "not_needed")
    told = {name: sum(getattr(one, name) for one in sums) for name in names}
    right, not_needed = told.pop("right"), told.pop("not_needed")
    judged = right + not_needed
    low, high = share_of(right, judged) if judged else (None, None)
    share = right / judged if judged else None
    return {**told, "judged": judged, "share": share, "low": low, "high": high}
