"""Whom an intake takes in: a segment, customers named one by one, or everyone.

    {"segment": "<id>"} | {"customers": ["<id>", ...]} | {"everyone": true}

All who match a condition are everyone of whom the flow's own filter lets the rest be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from marshmallow import (
    RAISE,
    Schema,
    ValidationError,
    fields,
    post_load,
    validate,
    validates_schema,
)

from marketing.said import say

MOST_NAMED = 5000
"""Customers named one by one; more of them are a segment."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the people of an intake come from: exactly one of the three is set."""

    segment: str | None = None
    customers: tuple[str, ...] = ()
    everyone: bool = False

    def to_document(self) -> dict[str, Any]:
        """Give the document that `SourceSchema` reads."""
        if self.segment is not None:
            return {"segment": self.segment}
        return {"customers": list(self.customers)} if self.customers else {"everyone": True}


EVERYONE = Source(everyone=True)


def _is_said(value: bool) -> None:  # noqa: FBT001  marshmallow calls it
    if not value:
        raise ValidationError(say("Say true, or leave it out."))


class SourceSchema(Schema):
    """Whom to take in."""

    class Meta:
        unknown = RAISE

    segment = fields.UUID(metadata={"description": "everyone who is in this segment by then"})
    customers = fields.List(
        fields.UUID(),
        validate=validate.Length(
            1,
            MOST_NAMED,
            error=say("Name 1 to {most} customers, or use a segment.", most=MOST_NAMED),
        ),
    )
    everyone = fields.Boolean(truthy={True}, falsy={False}, validate=_is_said)

    @validates_schema
    def is_one(self, data: Mapping[str, Any], **_: Any) -> None:
        if len(data) != 1:
            raise ValidationError(say("Give one of segment, customers and everyone."), "segment")

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Source:
        segment = data.get("segment")
        named = dict.fromkeys(str(one) for one in data.get("customers", ()))
        return Source(str(segment) if segment else None, tuple(named), bool(data.get("everyone")))


def load(document: Mapping[str, Any]) -> Source:
    """Read a stored source."""
    return cast("Source", SourceSchema().load(document))
