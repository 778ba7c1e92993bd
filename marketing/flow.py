"""A flow: its trigger, its exits and its steps, as nested lists that are always well-formed.

A branch's steps run, then the step after the branching one runs for everyone: branches
re-join by construction, and no edge can dangle or loop.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from marketing.chat import InboundKind
from marketing.hand_over import HandOver
from marketing.keyword_match import KeywordMatch
from marketing.message_step import DEADLINE as DEADLINE  # noqa: PLC0414  a part of flows
from marketing.message_step import SendMessage as SendMessage  # noqa: PLC0414
from marketing.message_step import Template as Template  # noqa: PLC0414
from marketing.model import ChannelName
from marketing.picking import Picking
from marketing.questions import GIVEN, SILENT, Ask, Collect
from marketing.reward import Reward

OTHERWISE = "otherwise"
"""The way of a switch that no case is for."""


class FlowStatus(StrEnum):
    """Draft flows enroll nobody; paused ones keep their people waiting."""

    DRAFT = "draft"
    LIVE = "live"
    PAUSED = "paused"


class Since(StrEnum):
    """What a delay counts from."""

    PREVIOUS = "previous"
    """The moment this step was reached."""
    TRIGGER = "trigger"
    """The trigger's own moment; in a cart flow the last cart activity, which may move."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted or summed up of a customer's events or orders, for a condition to compare."""

    source: str
    """`events` or `orders`."""
    take: str
    """The event's name; of orders `count`, `spent`, `average`, `first` or `last`."""
    within: timedelta | None = None
    """Only those so long ago or less; None: ever."""
    where: tuple[tuple[str, str | float], ...] = ()
    """Only those with these values in the event's data; of orders `product_id`, `category` (the
    product's type) and `code`. `spent` is then the sum of those lines, before refunds."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A predicate over facts, any nesting.

    `op` is `all`, `any`, `none` (over `of`), or a comparison of the fact at `field` (dotted path
    such as `cart.store_total`) or of a `measure` with `value`: `within` and `before` a duration
    ago, else with the value itself. `in_segment` names a segment as `value`; `percent` draws so
    many of a hundred customers, the same ones for the same `salt`.
    """

    op: str
    of: tuple["Condition", ...] = ()
    field: str | None = None
    value: Any = None
    measure: Measure | None = None
    salt: str | None = None


@dataclass(frozen=True, slots=True)
class ExitOn:
    """An event that ends an enrollment only where the filter holds; `event` are its own data."""

    event: str
    filter: Condition


@dataclass(frozen=True, slots=True)
class Trigger:
    """The event that lets a customer in, what narrows it, and the filter checked once, at entry.

    Which of the narrowing fields an event takes is `marketing.triggers`' to say.
    """

    event: str
    idle: timedelta | None = None
    """`cart.abandoned`, `product.browsed`, `category.browsed`: how long it has been quiet."""
    filter: Condition | None = None
    reentry: str = "always"
    """`always`, `once`, or an ISO 8601 duration such as `P30D`."""
    channel: ChannelName | None = None
    """`customer.subscribed`, `customer.unsubscribed`, `message.received`: on this one only."""
    tag: str | None = None
    """`customer.tagged`, `customer.untagged`: this tag only."""
    segment: str | None = None
    """`segment.entered`, `segment.left`: the segment's id."""
    property: str | None = None
    """`date.reached`: the customer's date property, such as `birthday`."""
    days: int = 0
    """`date.reached`: days after the date, negative before. `customer.lapsed`: days without an
    order. `order.delivered`: nothing."""
    at: str | None = None
    """`date.reached`, `customer.lapsed`: the local time of day, `10:00` by default."""
    yearly: bool = True
    """`date.reached`: every year, or on that one date."""
    orders: int | None = None
    """`customer.reached`: this number of orders ..."""
    spent: int | None = None
    """... or this sum, in minor units of the store's currency."""
    keywords: tuple[str, ...] = ()
    """`message.received`: one of these words; none: any message."""
    keyword_match: KeywordMatch = KeywordMatch.IS
    """`message.received`: whether the word is all they write, or stands anywhere in it."""
    kind: InboundKind | None = None
    """`message.received`: only what came about this way, such as `story_reply`."""
    referral: str | None = None
    """`message.received`: only by the link that carries this."""
    name: str | None = None
    """`custom`: the event's name, such as `quiz_finished`."""
    per_line: bool = False
    """`order.*`: once per order line, with the line's product as `event.product_id`."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Wait for a duration, until a local time of day or weekday, or until a date in the data.

    With `until` the days of the duration are calendar days: `P1D` until `10:00` is the first
    ten o'clock after the same hour of the next day, by the customer's clock. That clock, and a
    date in the data, are asked again when the wait is over: if they changed meanwhile and the
    hour is still to come, it is waited for; an end that was planned is never moved forward.
    """

    id: str
    duration: timedelta = timedelta()
    since: Since = Since.PREVIOUS
    until: str | None = None
    """A local time of day such as `10:00`."""
    weekdays: tuple[int, ...] = ()
    """Only on these days, Monday 0; none: any."""
    until_field: str | None = None
    """The dotted path of a date or moment, such as `order.placed_at`; the duration is added."""

    @property
    def by_clock(self) -> bool:
        """Say whether its end hangs on the customer's clock or on a date: both may change."""
        return bool(self.until or self.weekdays or self.until_field)


@dataclass(frozen=True, slots=True)
class WaitForEvent:
    """Wait until something happens to the customer; `yes` once it did, `no` after the time-out.

    What happened since the step was reached counts at once, by its own time: the way goes on
    from that moment, however late its news. At the very end of the time-out it still counts;
    news that comes in when the other way has been taken changes nothing any more. Of several
    the first counts, in whatever order they came in.
    """

    id: str
    event: str
    timeout: timedelta
    filter: "Condition | None" = None
    """Over the facts, with the awaited event's own data as `event`."""
    yes: tuple["Step", ...] = ()
    no: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One way of a switch: taken when the fact is one of its values."""

    key: str
    values: tuple[Any, ...]
    steps: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """A way for each value of one fact; the first case that has it, else `otherwise`.

    Values are compared as conditions compare them. Of a list, such as the tags, one entry is
    enough. A fact that is missing takes `otherwise`.
    """

    id: str
    field: str
    cases: tuple[Case, ...]
    otherwise: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateCustomer:
    """Change what we know of the customer: tags, properties of our own, and consent."""

    id: str
    add_tags: tuple[str, ...] = ()
    remove_tags: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    """Name -> text, number, true or false; None removes it."""
    unsubscribe: tuple[ChannelName, ...] = ()
    """Write no more marketing there, as by the merchant's word. A flow takes consent back and
    never gives it: a yes is the customer's own, by a form, a checkout or a question (`Collect`)."""


@dataclass(frozen=True, slots=True)
class NotifyStaff:
    """Write an e-mail to the store's own people."""

    id: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """Tell another program, by a signed POST of JSON."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class StartFlow:
    """Let the customer into another flow of the store."""

    id: str
    flow: str
    """The other flow's id."""


@dataclass(frozen=True, slots=True)
class StopFlow:
    """End the customer's way through another flow."""

    id: str
    flow: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A yes/no step; `yes` and `no` re-join after it."""

    id: str
    condition: Condition
    yes: tuple["Step", ...] = ()
    no: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """One arm of a split."""

    key: str
    weight: int
    steps: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """By chance, sticky by hash of the flow, the step and the customer.

    So the same customer takes the same variant at every entry and in every version that keeps
    the step's id, its variants' order and their weights; what is taken once is kept besides.
    Other flows and other splits draw by themselves. Once a winner is picked, whoever comes to
    the split takes it (`jobs.winners`).
    """

    id: str
    variants: tuple[Variant, ...]
    winner: Picking | None = None
    """None: only a person picks one."""


class Off(StrEnum):
    """What a discount code takes off an order."""

    PERCENT = "percent"
    AMOUNT = "amount"
    FREE_SHIPPING = "free_shipping"


@dataclass(frozen=True, slots=True)
class Coupon:
    """Have one discount code made for this recipient, ahead of the next message.

    `valid_for` counts from the due time of the next message after this step. Amounts are minor
    units of the store's currency. `marketing.coupons` has the guards: who gets no code, and why.
    """

    id: str
    percent: int | None
    valid_for: timedelta
    prefix: str = "BACK"
    off: Off = Off.PERCENT
    amount: int | None = None
    minimum: int | None = None
    """What an order must come to; nobody whose cart is below gets a code."""
    once_per: timedelta | None = timedelta(days=30)
    """One code per person in this time, across flows; None: as many as it happens."""
    skip_if_cart_has_code: bool = True
    exclude_sale_items: bool = False
    """No code for a cart with reduced items: a platform's code can't tell them apart."""
    combinable: bool = False
    for_customer: bool = True
    """Only for this customer, where the platform knows them; a pool's codes are for whoever
    has them."""
    pool: bool = False
    """Take it from codes made ahead, one parent discount per day of expiry."""


@dataclass(frozen=True, slots=True)
class Exit:
    """End here."""

    id: str


Act = UpdateCustomer | NotifyStaff | HandOver | CallWebhook | StartFlow | StopFlow | Reward
"""What is done besides writing to the customer; `jobs.actions` does it."""
Step = (
    Delay
    | WaitForEvent
    | Branch
    | Switch
    | Split
    | SendMessage
    | Ask
    | Collect
    | Coupon
    | Act
    | Exit
)
"""A question is a message as well: it comes before one wherever kinds are told apart."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A whole flow document; `next_of` gives the step after each step, None at the end."""

    name: str
    trigger: Trigger
    steps: tuple[Step, ...]
    exits: tuple[str | ExitOn, ...] = ()
    """The events that end an enrollment wherever it stands: by name, or narrowed by a filter."""
    recipe: str | None = None
    filter: Condition | None = None
    """Who may be written to: asked at entry, and again before every message."""
    notes: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What the team wrote beside steps, by the step's id; it does nothing."""
    steps_by_id: Mapping[str, Step] = field(init=False, repr=False, compare=False)
    next_of: Mapping[str, str | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id, following = _index(self.steps)
        object.__setattr__(self, "steps_by_id", MappingProxyType(by_id))
        object.__setattr__(self, "next_of", MappingProxyType(following))

    @property
    def first_step_id(self) -> str | None:
        return self.steps[0].id if self.steps else None


def event_of(one: str | ExitOn) -> str:
    """Give the name of the event that an exit is about."""
    return one if isinstance(one, str) else one.event


def ways_of(step: Step) -> Mapping[str, tuple[Step, ...]]:
    """Give the ways out of a branching step by their key, as `Enrollment.choices` has them."""
    match step:
        case Branch() | WaitForEvent():
            return {"yes": step.yes, "no": step.no}
        case Switch():
            return {**{case.key: case.steps for case in step.cases}, OTHERWISE: step.otherwise}
        case Split():
            return {variant.key: variant.steps for variant in step.variants}
        case Ask():
            ways = {answer.key: answer.steps for answer in step.answers}
            return {**ways, OTHERWISE: step.otherwise, SILENT: step.silent}
        case Collect():
            return {GIVEN: step.given, OTHERWISE: step.otherwise, SILENT: step.silent}
        case _:
            return {}


def forks_of(flow: Flow) -> list[str]:
    """Give the ids of a flow's branching steps."""
    return [step.id for step in walk(flow.steps) if ways_of(step)]


def still_won(winners: Mapping[str, str], flow: Flow) -> dict[str, str]:
    """Give those winners (split -> variant) that a flow still has the variant of."""
    splits = {one.id: one for one in flow.steps_by_id.values() if isinstance(one, Split)}
    return {
        split_id: key
        for split_id, key in winners.items()
        if split_id in splits and key in ways_of(splits[split_id])
    }


def branches_of(step: Step) -> tuple[tuple[Step, ...], ...]:
    """Give the step lists inside a branching step, in drawing order."""
    match step:
        case Branch() | WaitForEvent():
            return (step.yes, step.no)
        case Switch() | Split() | Ask() | Collect():
            return tuple(ways_of(step).values())
        case _:
            return ()


def walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    """Yield every step, a branching one before what is inside it."""
    for step in steps:
        yield step
        for branch in branches_of(step):
            yield from walk(branch)


def _index(steps: tuple[Step, ...]) -> tuple[dict[str, Step], dict[str, str | None]]:
    by_id: dict[str, Step] = {}
    following: dict[str, str | None] = {}
    _index_list(steps, None, by_id, following)
    return by_id, following


def _index_list(
    steps: tuple[Step, ...],
    after: str | None,
    by_id: dict[str, Step],
    following: dict[str, str | None],
) -> None:
    for position, step in enumerate(steps):
        is_last = position + 1 == len(steps)
        following[step.id] = after if is_last else steps[position + 1].id
        by_id[step.id] = step
        for branch in branches_of(step):
            _index_list(branch, following[step.id], by_id, following)
