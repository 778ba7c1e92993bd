"""The one decision: what happens next to one customer in one flow.

`advance` is pure: (flow version, enrollment, facts, now) -> (enrollment, effects). The live
app, the panel's preview and the backtest all call it.

Time inside a walk is logical: a step is reached when the one before it was through, however
late the call. One late call therefore gives the very messages, with the very due times, that
many punctual ones would have given. What is too late by then is the gate's to say
(`marketing.gate`), and only two things differ on purpose: an exit that happened meanwhile is
obeyed first, and conditions see the facts of the moment of the call.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, assert_never

from marketing.conditions import fact, holds, is_one_of
from marketing.enrollment import (
    Do,
    Effect,
    Ended,
    Enrollment,
    EnrollmentState,
    ExtendCode,
    Facts,
    MakeCode,
    Send,
    Stop,
)
from marketing.events import EventName
from marketing.experiments import moment_key
from marketing.flow import (
    DEADLINE,
    OTHERWISE,
    Branch,
    CallWebhook,
    Coupon,
    Delay,
    Exit,
    ExitOn,
    Flow,
    NotifyStaff,
    SendMessage,
    Since,
    Split,
    StartFlow,
    Step,
    StopFlow,
    Switch,
    UpdateCustomer,
    WaitForEvent,
    event_of,
    ways_of,
)
from marketing.hand_over import HandOver
from marketing.model import ConsentState, Reason
from marketing.questions import SILENT, Ask, Collect, Question, asked_key
from marketing.reward import Reward
from marketing.waiting import answer_to, awaited, end_of_delay, end_of_question

REASON_OF_EVENT: Mapping[str, Reason] = {
    EventName.ORDER_PLACED: Reason.ORDER_PLACED,
    EventName.ORDER_PAID: Reason.ORDER_PLACED,
    EventName.CART_COMPLETED: Reason.ORDER_PLACED,
    EventName.CART_DELETED: Reason.CART_EMPTIED,
    EventName.CUSTOMER_UNSUBSCRIBED: Reason.UNSUBSCRIBED,
    EventName.CUSTOMER_DELETED: Reason.CUSTOMER_ERASED,
    EventName.STORE_UNINSTALLED: Reason.STORE_UNINSTALLED,
}


def stop_of(flow: Flow, facts: Facts) -> Stop | None:
    """Give what ends the enrollment now, the earliest exit first; None: it may go on."""
    if facts.stop:
        return facts.stop
    if not (facts.happened or facts.events):
        return None
    exits = [(at, event_of(one)) for one in flow.exits if (at := _exit_at(one, facts))]
    if not exits:
        return None
    at, name = min(exits)
    return Stop(REASON_OF_EVENT.get(name, Reason.EXIT_EVENT), at)


def _exit_at(one: str | ExitOn, facts: Facts) -> datetime | None:
    """Give when an exit's event happened first, of those that its filter lets through."""
    if isinstance(one, str):
        return facts.happened.get(one)
    told = (each for each in facts.events if each.name == one.event)
    let = (
        each.occurred_at for each in told if holds(one.filter, {**facts.values, "event": each.data})
    )
    return min(let, default=None)


def end(enrollment: Enrollment, stop: Stop) -> Enrollment:
    """Give the enrollment ended where it stands; also what an order does to it at once."""
    return Enrollment(
        id=enrollment.id,
        flow_id=enrollment.flow_id,
        version_id=enrollment.version_id,
        customer_id=enrollment.customer_id,
        trigger_key=enrollment.trigger_key,
        anchor_at=enrollment.anchor_at,
        entered_at=enrollment.entered_at,
        state=EnrollmentState.ENDED,
        step_id=enrollment.step_id,
        ended_at=max(stop.at, enrollment.entered_at),
        end_reason=stop.reason,
        choices=enrollment.choices,
    )


def advance(
    flow: Flow, enrollment: Enrollment, facts: Facts, now: datetime
) -> tuple[Enrollment, tuple[Effect, ...]]:
    """Walk the flow until it has to wait or ends; nothing is ever early.

    A step id that the flow does not have is a programming error (KeyError).
    """
    if enrollment.state is not EnrollmentState.ACTIVE:
        return enrollment, ()
    stop = stop_of(flow, facts)
    if stop:
        return end(enrollment, stop), (Ended(stop.reason),)
    if enrollment.entered_at > now:  # The clock was put back: look again when it is time.
        return replace(enrollment, due_at=enrollment.entered_at), ()
    walk = _Walk(flow, enrollment, facts, now)
    walk.run()
    return walk.outcome(), tuple(walk.effects)


class _Walk:
    """One call of `advance` under way; `at` is the logical moment at which a step is reached."""

    __slots__ = (
        "anchor",
        "at",
        "choices",
        "effects",
        "ended",
        "enrollment",
        "facts",
        "flow",
        "now",
        "step_id",
        "until",
        "values",
    )

    def __init__(self, flow: Flow, enrollment: Enrollment, facts: Facts, now: datetime) -> None:
        self.flow, self.enrollment, self.facts, self.now = flow, enrollment, facts, now
        self.values = facts.values
        self.anchor = enrollment.anchor_at
        if facts.activity_at and facts.activity_at > self.anchor:
            self.anchor = facts.activity_at
        self.at = enrollment.waiting_until or enrollment.entered_at
        self.until = enrollment.waiting_until
        self.step_id = enrollment.step_id
        self.choices = enrollment.choices
        self.effects: list[Effect] = []
        self.ended: Reason | None = None

    def run(self) -> None:
        """Take steps until one makes us wait; a step list has no loops, so this ends."""
        while self.step_id is not None and self.ended is None:
            if not self._take(self.flow.steps_by_id[self.step_id]):
                return
        self.ended = self.ended or Reason.COMPLETED
        self.effects.append(Ended(self.ended))

    def outcome(self) -> Enrollment:
        """Give the enrollment as the walk left it."""
        before, ended = self.enrollment, self.ended
        return Enrollment(
            before.id,
            before.flow_id,
            before.version_id,
            before.customer_id,
            before.trigger_key,
            self.anchor,
            before.entered_at,
            EnrollmentState.ENDED if ended else EnrollmentState.ACTIVE,
            self.step_id,
            None if ended else self.until,
            None if ended else self.until,
            self.at if ended else None,
            ended,
            self.choices,
        )

    def _take(self, step: Step) -> bool:  # noqa: C901  one case a kind
        """Take one step; False: wait here."""
        match step:
            case Delay():
                if not self._delay(step):
                    return False
            case Ask() | Collect():
                return self._ask(step)
            case SendMessage():
                self._send(step)
            case Coupon():
                self._coupon(step)
            case Branch() | Switch() | Split():
                self._enter(step)
                return True
            case WaitForEvent():
                return self._await(step)
            case UpdateCustomer():
                self.effects.append(Do(step.id, self.at))
                self.values = with_update(self.values, step)
            case NotifyStaff() | HandOver() | CallWebhook() | StartFlow() | StopFlow() | Reward():
                self.effects.append(Do(step.id, self.at))
            case Exit():
                self.ended = Reason.EXIT_STEP
                return True
            case _:
                assert_never(step)
        self.step_id = self.flow.next_of[step.id]
        return True

    def _delay(self, step: Delay) -> bool:
        until = self._end_of(step, self.at, self.until)
        if until > self.now:
            if self.until and until > self.until:
                self._extend_code(until)
            if step.by_clock and step.since is Since.PREVIOUS and self.until is None:
                self._settle(step.id, self.at.isoformat())
            self.until = until
            return False
        self.at, self.until = until, None
        if step.id in self.choices:
            self.choices = {name: kept for name, kept in self.choices.items() if name != step.id}
        return True

    def _end_of(self, step: Delay, reached: datetime, until: datetime | None) -> datetime:
        """Give when a delay ends.

        Once it was reached only cart activity, the customer's clock and a date in the data move
        it, and only on.
        """
        if step.since is Since.TRIGGER:
            base = self.anchor
        elif until is None:
            base = reached
        elif step.id in self.choices:
            base = datetime.fromisoformat(self.choices[step.id])
        else:
            return until
        return max(reached, end_of_delay(step, base, self.values, self.facts.zone))

    def _await(self, step: WaitForEvent) -> bool:
        """Go on with what was waited for or after the time-out; False: it is still to come."""
        over = self.until or self.at + step.timeout
        found = awaited(step, self.facts.events, over - step.timeout, self.values)
        if found is None and over > self.now:
            self.until = over
            return False
        # A clock of the platform's that is ahead of ours makes nothing late.
        self.at, self.until = (min(found.occurred_at, self.now) if found else over), None
        self._go("yes" if found else "no", step.id, step.yes if found else step.no)
        return True

    def _ask(self, step: Ask | Collect) -> bool:
        """Ask once, and go on with the answer or after the time-out; False: wait for either."""
        key = asked_key(step.id)
        if key not in self.choices:
            self._send(step)
            self._settle(key, self.at.isoformat())
        reached = datetime.fromisoformat(self.choices[key])
        found = answer_to(step.id, self.enrollment.id, self.facts.events)
        over = end_of_question(step, reached, self.facts.asked, self.now)
        if found is None and over > self.now:
            self.until = over
            return False
        self.at, self.until = (min(found.occurred_at, self.now) if found else over), None
        self.choices = {name: kept for name, kept in self.choices.items() if name != key}
        way = str(found.data.get("way")) if found else SILENT
        ways = ways_of(step)
        way = way if way in ways else OTHERWISE
        self._go(way, step.id, ways[way])
        return True

    def _send(self, step: SendMessage) -> None:
        coupon = step.coupon if step.coupon in self.choices else None
        expires_at = self.at + (step.deadline or DEADLINE)
        self.effects.append(Send(step.id, self.at, expires_at, coupon))

    def _coupon(self, step: Coupon) -> None:
        offer = self._offer_after(step, self.flow.next_of[step.id], self.at)
        needed_by = offer or self.at
        # Late by our own fault, the code still lasts its time from the moment it can go out.
        ends_at = max(needed_by, self.now) + step.valid_for
        self._settle(step.id, ends_at.isoformat())
        self.effects.append(
            MakeCode(step.id, step.percent, step.prefix, self.at, ends_at, needed_by)
        )

    def _enter(self, step: Branch | Switch | Split) -> None:
        key = self._way(step)
        self._go(key, step.id, ways_of(step)[key])

    def _way(self, step: Branch | Switch | Split) -> str:
        """Give the key of the way that is taken at a branching step."""
        if isinstance(step, Branch):
            return "yes" if holds(step.condition, self.values) else "no"
        if isinstance(step, Switch):
            found = fact(self.values, step.field)
            cases = (case.key for case in step.cases if is_one_of(found, case.values))
            return next(cases, OTHERWISE)
        return self._variant(step)

    def _variant(self, split: Split) -> str:
        """Give what was taken before, else the winner, else what chance says, kept with when."""
        won = self.facts.winners.get(split.id)
        taken = self.choices.get(split.id) or (won if won in ways_of(split) else None)
        if taken:
            return taken
        if split.winner is not None:
            self._settle(moment_key(split), str(int(self.now.timestamp())))
        whose = self.enrollment
        return variant_of(split, whose.flow_id, whose.customer_id)

    def _go(self, key: str, step_id: str, inside: tuple[Step, ...]) -> None:
        """Take one way of a branching step, and keep which."""
        self._settle(step_id, key)
        self.step_id = inside[0].id if inside else self.flow.next_of[step_id]

    def _settle(self, step_id: str, choice: str) -> None:
        self.choices = {**self.choices, step_id: choice}

    def _offer_after(  # noqa: C901  one case a kind
        self, coupon: Coupon, step_id: str | None, at: datetime
    ) -> datetime | None:
        """Look ahead for when the message that offers the code is due, else the next message."""
        first: datetime | None = None
        while step_id is not None:
            step = self.flow.steps_by_id[step_id]
            step_id = self.flow.next_of[step.id]
            match step:
                case Delay():
                    at = self._end_of(step, at, None)
                case SendMessage():
                    first = first or at
                    if step.coupon == coupon.id:
                        return at
                    if isinstance(step, Question):  # nobody knows: as if there were no answer
                        at += step.timeout
                        step_id = step.silent[0].id if step.silent else step_id
                case Branch() | Switch() | Split():
                    inside = ways_of(step)[self._way(step)]
                    step_id = inside[0].id if inside else step_id
                case WaitForEvent():  # nobody knows: as if it did not come
                    at += step.timeout
                    step_id = step.no[0].id if step.no else step_id
                case Exit():
                    return first
                case _:
                    pass
        return first

    def _extend_code(self, until: datetime) -> None:
        """Keep a code's promise: its time counts from the message, and the message moved on."""
        for step_id, ends in self.choices.items():
            coupon = self.flow.steps_by_id.get(step_id)
            if not isinstance(coupon, Coupon) or self.step_id is None:
                continue
            offer = self._offer_after(coupon, self.flow.next_of[self.step_id], until)
            if offer and offer + coupon.valid_for > datetime.fromisoformat(ends):
                ends_at = offer + coupon.valid_for
                self._settle(step_id, ends_at.isoformat())
                self.effects.append(ExtendCode(step_id, ends_at, offer))


def with_update(values: Mapping[str, Any], step: UpdateCustomer) -> Mapping[str, Any]:
    """Give the facts as they are once the customer was changed, for the steps that follow."""
    before = values.get("customer") or {}
    tags = [tag for tag in before.get("tags") or () if tag not in step.remove_tags]
    tags += [tag for tag in step.add_tags if tag not in tags]
    properties = {**(before.get("properties") or {}), **step.properties}
    kept = {name: value for name, value in properties.items() if value is not None}
    no = ConsentState.UNSUBSCRIBED.value
    said = {f"{channel}_consent": no for channel in step.unsubscribe}
    return {**values, "customer": {**before, **said, "tags": tags, "properties": kept}}


def variant_of(split: Split, flow_id: str, customer_id: str) -> str:
    """Give the variant that chance, sticky by hash, gives a customer in a flow."""
    digest = sha256(f"{flow_id}:{split.id}:{customer_id}".encode()).digest()
    total = sum(variant.weight for variant in split.variants)
    point = int.from_bytes(digest[:8], "big") * total >> 64
    for variant in split.variants:
        point -= variant.weight
        if point < 0:
            return variant.key
    raise ValueError(f"split {split.id!r} has no weight")
