"""People from the past: where somebody would stand now, had the flow been live when it began.

The engine lives through it again, moment by moment, from the trigger to now; what it would have
said and done stays undone. Facts that nobody dates, such as a tag, are those of today.

Whoever would be through by now is not placed, nor is somebody who would have passed a coupon
or reward step: nothing of the past is given, and no message may promise it. Before such a step
they are placed and have it in time. (Klaviyo refuses flows with such steps as a whole.)
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from marketing.engine import advance
from marketing.enrollment import Do, Effect, Enrollment, EnrollmentState, Facts, MakeCode
from marketing.events import EventName
from marketing.flow import Flow
from marketing.model import Reason
from marketing.reward import Reward
from marketing.said import Said, say

_VIEWED = say(
    "Only what each customer viewed last is kept; whoever viewed it within the last day "
    "entered by itself when the flow went live."
)
NO_PAST: Mapping[str, Said] = {
    EventName.PRODUCT_BROWSED: _VIEWED,
    EventName.CATEGORY_BROWSED: _VIEWED,
    EventName.MANUAL: say(
        "Nothing but a person lets people into this flow. Enroll a segment instead."
    ),
    EventName.DATE_REACHED: say(
        "This flow begins on a date. Whoever has it next enters by itself."
    ),
    EventName.CUSTOMER_LAPSED: say(
        "This flow begins on a day without an order. "
        "Enroll a segment of customers who stayed away instead."
    ),
    EventName.CUSTOMER_REACHED: say(
        "Nobody noted which order took a customer over the mark. "
        "Enroll a segment of those who are over it instead."
    ),
    EventName.PRODUCT_PRICE_DROPPED: say("A price that dropped in the past may have risen since."),
    EventName.PRODUCT_RESTOCKED: say("What was back in stock in the past may be sold out again."),
    EventName.PRODUCT_PUBLISHED: say("A product that was new in the past is new no more."),
}
"""Triggers that let nobody in from the past, and why."""


def stand(flow: Flow, begun: Enrollment, facts: Facts, now: datetime) -> Enrollment | Reason:
    """Give the enrollment as it would stand now, with what is next in the future, or why not.

    `begun` is as `marketing.entry.begin` gives it; `facts` hold all that happened since.
    """
    enrollment, moment = begun, begun.entered_at
    while moment <= now:
        enrollment, effects = advance(flow, enrollment, known_by(facts, moment), moment)
        if any(_gives(flow, effect) for effect in effects):
            return Reason.CODE_UNAVAILABLE
        if enrollment.state is not EnrollmentState.ACTIVE:
            return enrollment.end_reason or Reason.COMPLETED
        moment = next_moment(enrollment, facts, moment)
    return enrollment


def known_by(facts: Facts, moment: datetime) -> Facts:
    """Give what was known at a moment of all that has happened since."""
    happened = {name: at for name, at in facts.happened.items() if at <= moment}
    events = [one for one in facts.events if one.occurred_at <= moment]
    return replace(facts, happened=happened, events=events)


def next_moment(enrollment: Enrollment, facts: Facts, moment: datetime) -> datetime:
    """Give when to look next: when it is due, or something happened that may matter."""
    if enrollment.due_at is None:
        raise AssertionError("who is under way waits for a time")
    news = [*facts.happened.values(), *(one.occurred_at for one in facts.events)]
    return min([enrollment.due_at, *(at for at in news if at > moment)])


def _gives(flow: Flow, effect: Effect) -> bool:
    """Say if a customer would have been given a code or store credit."""
    if isinstance(effect, MakeCode):
        return True
    return isinstance(effect, Do) and isinstance(flow.steps_by_id[effect.step_id], Reward)
