"""Flow documents at a door: how one comes in, and what its author is told that is wrong with it."""

from collections.abc import Sequence
from typing import Any, NoReturn

from flask import request
from marshmallow import Schema, fields

from doors.json_api import refuse
from doors.spoken import Sentence
from marketing.flow_schema import Problem
from marketing.said import say

A_FLOW = {
    "requestBody": {
        "required": True,
        "description": "A flow document, as /api/v1/schemas/flow.json says.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
"""What the OpenAPI document says of a request whose body is a flow."""


class DocumentProblemSchema(Schema):
    """What is wrong with a flow: at which step, in which field, and what to do about it."""

    step = fields.String(required=True)
    field = fields.String(required=True)
    message = Sentence(required=True)
    remedy = Sentence(required=True)


class RefusedFlowSchema(Schema):
    """Why a flow was refused; `message` and `field` are the first problem's."""

    message = fields.String(required=True)
    field = fields.String(required=True)
    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)


class CheckedDocumentSchema(Schema):
    """Everything that keeps a document from being used; empty: nothing does."""

    problems = fields.List(fields.Nested(DocumentProblemSchema), required=True)


def document() -> dict[str, Any]:
    """Give the flow document of the request; `marketing.flow_schema` says if it is a good one."""
    told = request.get_json(silent=True)
    if not isinstance(told, dict):
        refuse(400, say("Send a flow document: a JSON object, as /api/v1/schemas/flow.json says."))
    return told


def refuse_flow(code: int, problems: Sequence[Problem]) -> NoReturn:
    """End the request with everything that is wrong with a flow."""
    first, told = problems[0], CheckedDocumentSchema().dump({"problems": problems})
    refuse(code, first.sentence, first.field, **told)
