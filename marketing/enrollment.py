"""The nouns of a customer's way through a flow: enrollment, the facts asked for, the effects.

`marketing.engine` decides with these; the jobs fill `Facts` and `EntryFacts` from the mirror
and carry out the effects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from marketing.model import Reason


class EnrollmentState(StrEnum):
    """`dead` is the jobs' word for one that crashed them; the engine leaves it alone."""

    ACTIVE = "active"
    ENDED = "ended"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One customer's way through one flow version."""

    id: str
    flow_id: str
    version_id: str
    customer_id: str
    trigger_key: str
    anchor_at: datetime
    """The trigger's moment; in a cart flow the last cart activity that was seen."""
    entered_at: datetime
    """When the trigger fired, by its own time: activity plus idle time in a cart flow."""
    state: EnrollmentState = EnrollmentState.ACTIVE
    step_id: str | None = None
    """Where it stands; kept when an exit ends it there, None after the last step."""
    waiting_until: datetime | None = None
    due_at: datetime | None = None
    """When `advance` should look next; None once ended."""
    ended_at: datetime | None = None
    end_reason: Reason | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    """What was settled, by step id: a split's variant key, a condition's `yes` or `no`, a
    coupon's end as ISO 8601; while it is waited for, the moment from which a delay by the clock
    counts. Kept as JSON."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Something that ends an enrollment wherever it stands."""

    reason: Reason
    at: datetime


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of a customer."""

    name: str
    occurred_at: datetime
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine is told about one enrollment's customer at the moment of a call."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """Nested facts for conditions: `customer`, `cart`, `order`; only needed if a flow asks."""
    activity_at: datetime | None = None
    """The cart's last activity, in a cart flow."""
    happened: Mapping[str, datetime] = field(default_factory=dict)
    """Events of this customer since entry, name -> earliest time; plain exits look here.
    For `order.placed` count orders placed since the last cart activity before entry."""
    events: Sequence[Happened] = ()
    """What happened to the customer since entry, the earliest first; only needed by waits and
    by exits with a filter."""
    zone: str = "UTC"
    """The customer's time zone, else the store's."""
    winners: Mapping[str, str] = field(default_factory=dict)
    """Split -> the variant that was picked for everyone who has not taken one."""
    asked: Mapping[str, datetime | None] = field(default_factory=dict)
    """Of the question that is waited on, by its step: when it went out; None: put off."""
    stop: Stop | None = None
    """Replaced by a newer cart, cart emptied, customer erased, store gone."""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What is known when a trigger fires for one customer."""

    occurred_at: datetime
    """The trigger's own moment; `cart.abandoned`: last activity plus the flow's idle time."""
    values: Mapping[str, Any] = field(default_factory=dict)
    cart_id: str | None = None
    """The platform's id of the cart, for the trigger key."""
    order_id: str | None = None
    activity_at: datetime | None = None
    arrived_at: datetime | None = None
    """When the news reached us."""
    ordered_at: datetime | None = None
    """The person's latest order."""
    counts: bool = True
    emptied: bool = False
    last_entered_at: datetime | None = None
    """The latest entry of this customer into this flow, any version."""
    live_activity_at: datetime | None = None
    """The last cart activity behind a cart sequence that this person is in now."""
    zone: str = "UTC"
    """The store's, for keys that are a day."""
    subject: str | None = None
    """What else makes the trigger one of its kind, as its key says: `product:123`, `line:9`."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Let the customer in; `replaces`: end the person's other cart sequence as replaced."""

    trigger_key: str
    anchor_at: datetime
    entered_at: datetime
    replaces: bool


@dataclass(frozen=True, slots=True)
class Refuse:
    """Keep the customer out, and say why."""

    trigger_key: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Send:
    """Put a message in the ledger, once per enrollment and step."""

    step_id: str
    due_at: datetime
    expires_at: datetime
    coupon_step_id: str | None = None
    """The coupon step whose code it offers; None also where that step was not passed."""


@dataclass(frozen=True, slots=True)
class MakeCode:
    """Have one code made, once per enrollment and step."""

    step_id: str
    percent: int | None
    prefix: str
    starts_at: datetime
    ends_at: datetime
    needed_by: datetime
    """When the message that offers it is due."""


@dataclass(frozen=True, slots=True)
class ExtendCode:
    """The wait moved on after the code was asked for: the same code has to end later."""

    step_id: str
    ends_at: datetime
    needed_by: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """The enrollment is over."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Do:
    """Carry out an act of the flow, once per enrollment and step."""

    step_id: str
    at: datetime


Effect = Send | MakeCode | ExtendCode | Do | Ended
