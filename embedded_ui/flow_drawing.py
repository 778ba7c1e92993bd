"""A flow as the panel draws it: its steps as nested lists, each with its figures."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, assert_never

from jobs.winners import OwnPicks
from marketing.flow import (
    Branch,
    CallWebhook,
    Condition,
    Coupon,
    Delay,
    Exit,
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
    event_of,
    ways_of,
)
from marketing.hand_over import HandOver
from marketing.questions import Ask, Collect
from marketing.reward import Reward
from marketing.step_schema import KIND_OF
from storage.reports_flows import FlowFigures, StepFigures
from storage.reports_variants import VariantFigures

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """What is drawn besides the flow itself."""

    steps: Mapping[str, StepFigures]
    variants: Mapping[str, Mapping[str, VariantFigures]]
    winners: Mapping[str, str]
    names: Mapping[str, str]
    """Of the store's flows, by id."""
    picks: OwnPicks
    costs: Mapping[str, int]


def drawing_of(
    flow: Flow,
    figures: FlowFigures,
    winners: Mapping[str, str],
    names: Mapping[str, str],
    picks: OwnPicks,
    costs: Mapping[str, int],
) -> Json:
    """Give the trigger, the exits and the steps of a flow, ready for `FlowSchema`.

    `winners`: variants by split; `names`: those of the store's flows, by id; `picks`: as
    `jobs.winners.own_picks` gives them; `costs`: by step.
    """
    known = Known(figures.steps, figures.variants, winners, names, picks, costs)
    return {
        "trigger": _trigger(flow.trigger),
        "exits": [event_of(one) for one in flow.exits],
        "steps": _steps(flow.steps, known),
    }


def counts(reasons: Mapping[str, int]) -> list[Json]:
    """Give reasons and how often each, the most frequent first."""
    ordered = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    return [{"reason": reason, "count": count} for reason, count in ordered]


def _trigger(trigger: Trigger) -> Json:
    return {
        "event": trigger.event,
        "idle_seconds": int(trigger.idle.total_seconds()) if trigger.idle else None,
        "reentry": trigger.reentry,
        "filter": _condition(trigger.filter) if trigger.filter else None,
    }


def _condition(condition: Condition) -> Json:
    return {
        "op": condition.op,
        "field": condition.field,
        "value": condition.value,
        "of": [_condition(part) for part in condition.of],
    }


def _steps(steps: Iterable[Step], known: Known) -> list[Json]:
    return [_step(step, known) for step in steps]


def _step(step: Step, known: Known) -> Json:
    own = known.steps.get(step.id, StepFigures())
    return {
        "id": step.id,
        "figures": figures_of(own, known.costs.get(step.id, 0)),
        **_own_fields(step, own, known),
    }


def figures_of(own: StepFigures, cost: int) -> Json:
    """Give what happened at one step and what it cost, for `FiguresSchema`."""
    return {
        "reached": own.reached,
        "waiting": own.waiting,
        "sent": own.sent,
        "opened": own.opened,
        "clicked": own.clicked,
        "unsubscribed": own.unsubscribed,
        "ordered": own.ordered,
        "revenue": own.revenue,
        "cost": cost,
        "unsure": own.unsure,
        "refused": counts(own.refused),
    }


def _own_fields(  # noqa: C901,PLR0911  one case a kind
    step: Step, own: StepFigures, known: Known
) -> Json:
    match step:
        case Delay():
            return _delay(step)
        case WaitForEvent():
            ways = [("yes", None, step.yes), ("no", None, step.no)]
            return {
                "kind": "wait_for_event",
                "event": step.event,
                "seconds": int(step.timeout.total_seconds()),
                "branches": _branches(ways, own, known),
            }
        case Switch():
            ways = [(case.key, None, case.steps) for case in step.cases]
            ways.append(("otherwise", None, step.otherwise))
            branches = _branches(ways, own, known)
            return {"kind": "switch", "field": step.field, "branches": branches}
        case Branch():
            ways = [("yes", None, step.yes), ("no", None, step.no)]
            branches = _branches(ways, own, known)
            return {
                "kind": "condition",
                "condition": _condition(step.condition),
                "branches": branches,
            }
        case Split():
            total = sum(variant.weight for variant in step.variants)
            arms = [(v.key, v.weight / total if total else 0, v.steps) for v in step.variants]
            branches = _branches(arms, own, known)
            told = [_arm(one, step.id, known) for one in branches]
            return {"kind": "split", "branches": told, **known.picks.get(step.id, {})}
        case Ask() | Collect():
            return _question(step, own, known)
        case SendMessage():
            return _message(step)
        case Coupon():
            return _coupon(step)
        case Reward():
            return _reward(step)
        case Exit():
            return {"kind": "exit"}
        case _:
            left = step.unsubscribe if isinstance(step, UpdateCustomer) else ()
            act = {"kind": KIND_OF[type(step)][0], "detail": _detail(step, known)}
            return {**act, "channels": list(left)} if left else act


def _delay(step: Delay) -> Json:
    return {
        "kind": "delay",
        "seconds": int(step.duration.total_seconds()),
        "since": step.since.value,
        "until": step.until,
        "until_field": step.until_field,
        "weekdays": list(step.weekdays),
    }


def _coupon(step: Coupon) -> Json:
    return {
        "kind": "coupon",
        "off": step.off.value,
        "percent": step.percent,
        "amount": step.amount,
        "minimum": step.minimum,
        "valid_seconds": int(step.valid_for.total_seconds()),
    }


def _reward(step: Reward) -> Json:
    return {
        "kind": "reward",
        "amount": step.amount,
        "valid_seconds": int(step.expires_after.total_seconds()) if step.expires_after else None,
        "every": step.every,
        "orders": step.orders,
        "or_code": step.or_code,
    }


def _detail(
    step: UpdateCustomer | NotifyStaff | HandOver | CallWebhook | StartFlow | StopFlow, known: Known
) -> str:
    """Give what an act is about, in one line."""
    match step:
        case UpdateCustomer():
            tags = [f"+{tag}" for tag in step.add_tags] + [f"-{tag}" for tag in step.remove_tags]
            return ", ".join([*tags, *(f"{k} = {v}" for k, v in step.properties.items())])
        case NotifyStaff() | HandOver():
            return step.subject
        case CallWebhook():
            return step.url
        case StartFlow() | StopFlow():
            return known.names.get(step.flow, step.flow)
        case _:
            assert_never(step)


def _message(step: SendMessage) -> Json:
    return {
        "kind": "message",
        "name": step.name,
        "channel": step.channel.value,
        "channels": [channel.value for channel in step.channels],
        "subject": step.template.subject,
        "offers_code": step.coupon is not None,
    }


def _question(step: Ask | Collect, own: StepFigures, known: Known) -> Json:
    """Give a question as a message with ways out; an answer's way is drawn with its label."""
    ways = [(key, None, steps) for key, steps in ways_of(step).items()]
    said = step.template.chat.text if step.template.chat else step.template.sms
    told = {
        **_message(step),
        "subject": said,
        "seconds": int(step.timeout.total_seconds()),
        "branches": _branches(ways, own, known),
    }
    if isinstance(step, Collect):
        return {**told, "kind": "collect", "detail": step.contact.value}
    labels = {one.key: one.label for one in step.answers}
    named = [{**one, "label": labels.get(one["key"])} for one in told["branches"]]
    return {**told, "kind": "ask", "branches": named}


def _arm(branch: Json, split_id: str, known: Known) -> Json:
    """Add to a variant what came of it, and whether it has won."""
    key = branch["key"]
    came = known.variants.get(split_id, {}).get(key, VariantFigures())
    won = known.winners.get(split_id) == key
    return {**branch, "figures": {**asdict(came), "rate": came.rate}, "won": won}


def _branches(
    ways: Iterable[tuple[str, float | None, tuple[Step, ...]]],
    own: StepFigures,
    known: Known,
) -> list[Json]:
    return [
        {
            "key": key,
            "weight": weight,
            "taken": own.ways.get(key, 0),
            "steps": _steps(steps, known),
        }
        for key, weight, steps in ways
    ]
