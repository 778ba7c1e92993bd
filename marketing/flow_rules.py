"""What makes a flow fit to go live: limits, and every problem with its remedy.

`problems` asks about the flow as a whole; the `*_RULE`s are what single fields of a document
have to keep, for `marketing.flow_schema`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, get_args
from urllib.parse import urlsplit

from marshmallow import ValidationError, validate

from marketing.bounds import OUT_OF_BOUNDS, bounds
from marketing.condition_rules import FIELD, placed_problems
from marketing.events import UNHEARD, EventName
from marketing.flow import (
    Act,
    Branch,
    CallWebhook,
    Condition,
    Coupon,
    Delay,
    Exit,
    ExitOn,
    Flow,
    NotifyStaff,
    SendMessage,
    Split,
    StartFlow,
    Step,
    StopFlow,
    Switch,
    Trigger,
    UpdateCustomer,
    WaitForEvent,
    branches_of,
    walk,
)
from marketing.gift_rules import coupon_problems, reward_problems
from marketing.hand_over import HandOver
from marketing.links import UnsafeDestination, safe_destination
from marketing.model import ChannelName
from marketing.picking import Picking
from marketing.question_rules import NO_PROPERTY, PROPERTY, question_problems
from marketing.questions import Ask, Collect
from marketing.reward import Reward
from marketing.said import Said, in_lines, say
from marketing.templates import Problem
from marketing.timing import duration_of
from marketing.triggers import is_clock, trigger_problems
from marketing.update_rules import update_problems

MAX_STEPS = 100
MAX_DEPTH = 6
"""Levels of branches inside branches."""
MAX_VARIANTS = 10
ACTS = get_args(Act)
SHORTEST_WAIT = timedelta(minutes=1)
SHORTEST_DEADLINE = timedelta(minutes=5)
SHORTEST_TEST, LONGEST_TEST = timedelta(days=2), timedelta(days=60)
FEWEST, MOST_PEOPLE = 100, 1_000_000
HEAVIEST = 1_000_000
"""What a variant's weight may be at the most."""
SHORTEST_IDLE, LONGEST_IDLE = timedelta(minutes=1), timedelta(days=30)


class BadFlow(Exception):
    """The flow can't be used; `problems` says where and what to do about it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.step}.{p.field} {p.message}" for p in problems))
        self.problems = problems


def wrong(message: Said, remedy: Said) -> ValidationError:
    """Give a field's refusal: what is wrong, then in a line of its own what to do."""
    return ValidationError(in_lines(message, remedy))


def _value_rule(value: Any) -> None:
    plain = (str, int, float, bool, type(None))
    parts = value if isinstance(value, list) else [value]
    if len(parts) > 1000 or not all(isinstance(part, plain) for part in parts):
        raise wrong(
            say("is no plain value"),
            say("Give a text, a number, true or false, or a list of them."),
        )


def _reentry_rule(value: str) -> None:
    if value in ("always", "once"):
        return
    try:
        duration_of(value)
    except ValueError:
        raise wrong(
            say("is unknown"), say("Use always, once, or a time such as P30D for 30 days.")
        ) from None


def most(length: int) -> validate.Length:
    return validate.Length(
        max=length,
        error=say("is too long\nKeep it to {length} characters at the most.", length=length),
    )


DURATION_RULE = (
    say("is no duration"),
    say("Write PT12H for twelve hours, PT30M for 30 minutes, P1D for a day."),
)
EVENT_RULE = validate.OneOf(
    list(EventName), error=say("is no event that we know\nUse one such as order.placed.")
)
ID_RULE = validate.Regexp(
    r"[a-z0-9][a-z0-9_-]{0,39}\Z",
    error=say("is no step id\nUse up to 40 small letters, digits, - and _."),
)
KEY_RULE = validate.Regexp(
    r"[a-z0-9][a-z0-9_-]{0,39}\Z",
    error=say("can't be a name\nUse up to 40 small letters, digits, - and _."),
)
PROPERTY_RULE = validate.Regexp(PROPERTY + r"\Z", error=in_lines(*NO_PROPERTY))
VALUE_RULE = _value_rule
REENTRY_RULE = _reentry_rule
NOT_EMPTY = validate.Regexp(r"(?s).*\S", error=say("is empty\nGive it a name."))
MAX_NAME = most(120)
MAX_NOTE = most(500)
MAX_TEXTS: Mapping[str, validate.Length] = {
    "subject": most(400),
    "preview": most(400),
    "mjml": most(200_000),
    "text": most(50_000),
    "sms": most(2_000),
    "chat": most(5_000),
    "label": most(120),
}


def problems(flow: Flow) -> tuple[Problem, ...]:
    """Give everything that keeps the flow from going live, in the order of its steps."""
    steps = list(walk(flow.steps))
    parts = part_problems(flow.trigger, flow.filter, flow.exits, steps)
    whole = (*_gift_problems(flow.steps, set()), *_unreached(flow.steps))
    return (*_size_problems(flow, steps), *parts, *whole)


def part_problems(
    trigger: Trigger | None,
    filtered: Condition | None,
    exits: Sequence[str | ExitOn],
    steps: Sequence[Step],
) -> Iterator[Problem]:
    """Give what is wrong with each part by itself."""
    yield from _trigger_problems(trigger) if trigger else ()
    yield from _filter_problems("", "filter", filtered)
    for position, one in enumerate(exits):
        if isinstance(one, ExitOn):
            yield from _filter_problems("", f"exits.{position}.filter", one.filter)
    for step_id, count in Counter(step.id for step in steps).items():
        if count > 1:
            yield Problem(
                step_id,
                "id",
                say("is the id of {count} steps", count=count),
                say("Give each its own id."),
            )
    for step in steps:
        yield from _step_problems(step)


def _size_problems(flow: Flow, steps: list[Step]) -> Iterator[Problem]:
    if not any(isinstance(step, (SendMessage, *ACTS)) for step in steps):
        yield Problem("", "steps", say("writes to nobody"), say("Add a message step."))
    if len(steps) > MAX_STEPS:
        message = say("has {count} steps", count=len(steps))
        yield Problem(
            "", "steps", message, say("Keep it to {most} steps at the most.", most=MAX_STEPS)
        )
    if _depth(flow.steps) > MAX_DEPTH:
        yield Problem(
            "",
            "steps",
            say("branches too deeply"),
            say("Use {most} levels at the most.", most=MAX_DEPTH),
        )


def _depth(steps: tuple[Step, ...]) -> int:
    return max((1 + _depth(branch) for step in steps for branch in branches_of(step)), default=0)


def _trigger_problems(trigger: Trigger) -> Iterator[Problem]:
    for field, message, remedy in trigger_problems(trigger):
        yield Problem("trigger", field, message, remedy)
    if trigger.idle is not None and not SHORTEST_IDLE <= trigger.idle <= LONGEST_IDLE:
        remedy = say("Use between a minute and 30 days.")
        yield Problem("trigger", "idle", OUT_OF_BOUNDS, remedy)
    yield from _filter_problems("trigger", "filter", trigger.filter)


def _filter_problems(step: str, field: str, condition: Condition | None) -> Iterator[Problem]:
    for place, message, remedy in placed_problems(condition) if condition else ():
        yield Problem(step, f"{field}.{place}".rstrip("."), message, remedy)


def _step_problems(step: Step) -> Iterator[Problem]:  # noqa: C901,PLR0912,PLR0915  one case a kind
    match step:
        case Delay():
            yield from _delay_problems(step)
        case WaitForEvent():
            yield from bounds(step.id, "timeout", step.timeout, SHORTEST_WAIT)
            if step.event in UNHEARD:
                remedy = say("Name what a customer does, such as message.opened.")
                yield Problem(step.id, "event", say("can't be waited for"), remedy)
            yield from _filter_problems(step.id, "filter", step.filter)
        case Branch():
            yield from _filter_problems(step.id, "condition", step.condition)
        case Switch():
            yield from _switch_problems(step)
        case Split():
            yield from _split_problems(step)
        case Ask() | Collect():
            yield from _message_problems(step)
            yield from bounds(step.id, "timeout", step.timeout, SHORTEST_WAIT)
            yield from question_problems(step)
        case SendMessage():
            yield from _message_problems(step)
        case Coupon():
            yield from coupon_problems(step)
        case Reward():
            yield from reward_problems(step)
        case UpdateCustomer():
            yield from update_problems(step)
        case CallWebhook():
            yield from _address_problems(step)
        case NotifyStaff() | HandOver() | StartFlow() | StopFlow():
            yield from _blank_problems(step)
        case Exit():
            pass


def _blank_problems(step: NotifyStaff | HandOver | StartFlow | StopFlow) -> Iterator[Problem]:
    if isinstance(step, NotifyStaff | HandOver):
        if not step.subject.strip():
            yield Problem(step.id, "subject", say("is empty"), say("Say what it is about."))
    elif not step.flow.strip():
        yield Problem(
            step.id, "flow", say("names no flow"), say("Choose another flow of the store.")
        )


def _delay_problems(step: Delay) -> Iterator[Problem]:
    waits_otherwise = step.until or step.weekdays or step.until_field
    if not (step.duration or waits_otherwise):
        yield Problem(step.id, "duration", say("is missing"), say("Say how long, or until when."))
    yield from bounds(step.id, "duration", step.duration, timedelta())
    if step.until is not None and not is_clock(step.until):
        yield Problem(step.id, "until", say("is no time of day"), say("Write it as 10:00."))
    if not set(step.weekdays) <= set(range(7)):
        yield Problem(
            step.id, "weekdays", say("has no such day"), say("Use 0 for Monday to 6 for Sunday.")
        )
    if step.until_field is not None and not FIELD.fullmatch(step.until_field):
        remedy = say("Name a date such as order.placed_at.")
        yield Problem(step.id, "until_field", say("names no fact"), remedy)


def _switch_problems(step: Switch) -> Iterator[Problem]:
    if not FIELD.fullmatch(step.field):
        yield Problem(
            step.id, "field", say("names no fact"), say("Name one such as customer.country.")
        )
    if not 1 <= len(step.cases) <= MAX_VARIANTS:
        remedy = say("Give it 1 to {most} ways.", most=MAX_VARIANTS)
        yield Problem(step.id, "cases", say("has too few or too many ways"), remedy)
    keys = [case.key for case in step.cases]
    if len(set(keys)) < len(keys) or "otherwise" in keys:
        remedy = say("Give each way a name of its own, other than otherwise.")
        yield Problem(step.id, "key", say("is used twice"), remedy)
    if not all(case.values for case in step.cases):
        yield Problem(step.id, "values", say("is empty for a way"), say("Give each way a value."))


def _address_problems(step: CallWebhook) -> Iterator[Problem]:
    try:
        url = safe_destination(step.url)
    except UnsafeDestination as error:
        why = say("can't be called ({error})", error=error.said)
        message = why if step.url.strip() else say("is missing")
        yield Problem(step.id, "url", message, say("Give an https:// address."))
        return
    told = urlsplit(url)
    # Only the demo calls this machine; elsewhere such a call is refused when it is made.
    if told.scheme != "https" and told.hostname not in {"127.0.0.1", "localhost"}:
        message = say("is not encrypted: customers' data would travel in the open")
        yield Problem(step.id, "url", message, say("Give an https:// address."))


def _split_problems(split: Split) -> Iterator[Problem]:
    if not 2 <= len(split.variants) <= MAX_VARIANTS:
        remedy = say("Give it 2 to {most} variants.", most=MAX_VARIANTS)
        yield Problem(split.id, "variants", say("has too few or too many variants"), remedy)
    if any(not 0 <= variant.weight <= HEAVIEST for variant in split.variants):
        yield Problem(split.id, "weight", OUT_OF_BOUNDS, say("Use 0 to {most}.", most=HEAVIEST))
    elif sum(variant.weight for variant in split.variants) == 0:
        yield Problem(
            split.id, "weight", say("is 0 for all"), say("Give one variant a weight above 0.")
        )
    if len({variant.key for variant in split.variants}) < len(split.variants):
        yield Problem(
            split.id, "key", say("is used twice"), say("Give each variant a name of its own.")
        )
    if split.winner is not None:
        yield from _picking_problems(split, split.winner)


def _picking_problems(split: Split, picking: Picking) -> Iterator[Problem]:
    """A winner is picked by itself only on what can show one."""
    if not SHORTEST_TEST <= picking.after <= LONGEST_TEST:
        yield Problem(split.id, "winner.after", OUT_OF_BOUNDS, say("Use 2 to 60 days."))
    if not FEWEST <= picking.least <= MOST_PEOPLE:
        remedy = say("Use {least} to {most} people.", least=FEWEST, most=MOST_PEOPLE)
        yield Problem(split.id, "winner.least", OUT_OF_BOUNDS, remedy)
    if sum(variant.weight > 0 for variant in split.variants) < 2:
        remedy = say("Give two variants a weight above 0.")
        yield Problem(split.id, "winner", say("has nothing to compare"), remedy)


def _message_problems(message: SendMessage) -> Iterator[Problem]:
    written = ("subject",) if message.template.blocks else ("subject", "mjml", "text")
    by_mail = ChannelName.EMAIL in (message.channels or (message.channel,))
    for field in written if by_mail else ():
        if not getattr(message.template, field).strip():
            yield Problem(
                message.id, field, say("is empty"), say("Write it; every message needs one.")
            )
    if message.deadline is not None:
        yield from bounds(message.id, "deadline", message.deadline, SHORTEST_DEADLINE)


def _gift_problems(steps: tuple[Step, ...], passed: set[tuple[type, str]]) -> Iterator[Problem]:
    """Find messages whose coupon or reward can't have been passed; adds what is to `passed`."""
    for step in steps:
        if isinstance(step, SendMessage):
            yield from _offer_problems(step, passed)
        if isinstance(step, Coupon | Reward):
            passed.add((type(step), step.id))
        arms = [(branch, set(passed)) for branch in branches_of(step)]
        for branch, passed_there in arms:
            yield from _gift_problems(branch, passed_there)
        passed.update(*(passed_there for _, passed_there in arms))


def _offer_problems(step: SendMessage, passed: set[tuple[type, str]]) -> Iterator[Problem]:
    if step.coupon and (Coupon, step.coupon) not in passed:
        remedy = say("Put the coupon step before it, or offer no code.")
        yield Problem(step.id, "coupon", say("names no coupon step before it"), remedy)
    if step.reward and (Reward, step.reward) not in passed:
        remedy = say("Put the store credit step before it, or tell of none.")
        yield Problem(step.id, "reward", say("names no store credit step before it"), remedy)
    if step.coupon and step.reward:
        remedy = say("Tell of one of them here, and of the other in a message of its own.")
        yield Problem(step.id, "reward", say("can't be told of beside a code"), remedy)


def _unreached(steps: tuple[Step, ...]) -> Iterator[Problem]:
    for position, step in enumerate(steps):
        if isinstance(step, Exit) and position + 1 < len(steps):
            after = steps[position + 1].id
            yield Problem(
                after, "id", say("comes after an exit"), say("Move it, or remove the exit.")
            )
        for branch in branches_of(step):
            yield from _unreached(branch)
