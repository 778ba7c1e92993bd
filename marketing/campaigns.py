"""A campaign: one message, or a few, for many at once; as a document, and as the flow it is.

    {"name": "Autumn sale", "source": {"segment": "<id>"}, "filter": null, "deadline": "PT8H",
     "steps": [{"kind": "message", "id": "mail", "channel": "email", "template": {...}}]}

The steps are a flow's: a split makes variants of the message. The campaign's deadline is how late
its beginning may be: past it, it waits for a person. How late a message may be its step says.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load

from marketing import flow_schema
from marketing.documents import sentences_of
from marketing.events import EventName
from marketing.flow import Flow, SendMessage
from marketing.flow_schema import BadFlow, Problem
from marketing.said import say
from marketing.sources import Source, SourceSchema
from marketing.timing import at_local, duration_of, iso_duration, zone_of

DEADLINE = timedelta(hours=8)
SHORTEST_DEADLINE, LONGEST_DEADLINE = timedelta(minutes=5), timedelta(days=7)
FIRST_ZONE = "Pacific/Kiritimati"
"""Where a day begins: no customer's clock is ahead of it."""
LOCAL_TIME = "local-time"
"""The step that waits for each customer's own hour."""
SEND_AT = "send_at"


class Clock(StrEnum):
    """By whose clock a campaign's hour is meant."""

    STORE = "store"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Campaign:
    """What is said to whom; when is said by its schedule."""

    name: str
    source: Source
    steps: Sequence[Any]
    """As a flow's document has them."""
    filter: Mapping[str, Any] | None = None
    deadline: timedelta = DEADLINE


@dataclass(frozen=True, slots=True)
class Schedule:
    """A local date and time, and by whose clock."""

    at: datetime
    """Without a zone."""
    clock: Clock

    def begins_at(self, zone: str) -> datetime:
        """Give when to begin: by the customers' clocks as soon as the first has that hour."""
        first = zone if self.clock is Clock.STORE else FIRST_ZONE
        return at_local(self.at.date(), self.at.time(), zone_of(first))

    def in_store(self, zone: str) -> datetime:
        """Give the moment at which the store's clock shows it."""
        return at_local(self.at.date(), self.at.time(), zone_of(zone))


class _Deadline(fields.Field[timedelta]):
    def _deserialize(self, value: Any, *_: Any, **_more: Any) -> timedelta:
        try:
            found = duration_of(value)
        except (ValueError, TypeError):
            raise ValidationError(
                say(
                    "is no duration\n"
                    "Write PT8H for eight hours, PT30M for 30 minutes, P1D for a day."
                )
            ) from None
        if not SHORTEST_DEADLINE <= found <= LONGEST_DEADLINE:
            raise ValidationError(say("is out of bounds\nUse between five minutes and a week."))
        return found


class CampaignSchema(Schema):
    """The form of the document, but for its steps: those are a flow's."""

    class Meta:
        unknown = RAISE

    name = fields.String(required=True)
    source = fields.Nested(SourceSchema, required=True)
    steps = fields.List(fields.Raw(), required=True)
    filter = fields.Dict(allow_none=True, load_default=None)
    deadline = _Deadline(load_default=DEADLINE)

    @post_load
    def make(self, data: Mapping[str, Any], **_: Any) -> Campaign:
        return Campaign(**data)


def load(document: Any) -> Campaign:
    """Read a campaign's document; raises `BadFlow` with every problem found."""
    try:
        campaign: Campaign = CampaignSchema().load(document)
    except ValidationError as refused:
        raise BadFlow((*_told(refused.messages), *_of_steps(document))) from None
    flow_of(campaign, Clock.STORE)
    return campaign


def _of_steps(document: Any) -> tuple[Problem, ...]:
    """Give what is wrong with the steps of a document that is no campaign for other reasons."""
    steps = document.get("steps") if isinstance(document, Mapping) else None
    if not isinstance(steps, list):
        return ()
    trigger = {"event": EventName.MANUAL.value}
    try:
        flow_schema.load({"name": "Its steps", "trigger": trigger, "steps": steps})
    except BadFlow as bad:
        return bad.problems
    return ()


def dump(campaign: Campaign) -> dict[str, Any]:
    """Give the document of a campaign, as `load` reads it."""
    return {
        "name": campaign.name,
        "source": campaign.source.to_document(),
        "filter": campaign.filter,
        "steps": list(campaign.steps),
        "deadline": iso_duration(campaign.deadline),
    }


def flow_of(campaign: Campaign, clock: Clock) -> Flow:
    """Give the flow that a campaign is; nobody goes through it twice. Raises `BadFlow`."""
    steps = list(campaign.steps)
    if clock is Clock.CUSTOMER:
        wait = {"kind": "delay", "id": LOCAL_TIME, "until_field": f"event.{SEND_AT}"}
        steps.insert(0, wait)
    flow = flow_schema.load(
        {
            "name": campaign.name,
            "trigger": {"event": EventName.MANUAL.value, "reentry": "once"},
            "filter": campaign.filter,
            "steps": steps,
        }
    )
    if not any(isinstance(step, SendMessage) for step in flow.steps_by_id.values()):
        raise BadFlow((Problem("", "steps", say("writes to nobody"), say("Add a message step.")),))
    return flow


def _told(messages: Any, field: str = "") -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            name = field if key == "_schema" else f"{field}.{key}" if field else str(key)
            yield from _told(inner, name)
        return
    for message in [messages] if isinstance(messages, str) else messages:
        yield Problem("", field, *sentences_of(message))
