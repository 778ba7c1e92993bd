"""The one decision, told as tables and as random lives."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketing import recipes
from marketing.engine import advance, end, stop_of, variant_of
from marketing.enrollment import (
    Effect,
    Ended,
    Enrollment,
    EnrollmentState,
    Enter,
    ExtendCode,
    Facts,
    MakeCode,
    Send,
    Stop,
)
from marketing.entry import begin
from marketing.flow import (
    Branch,
    Condition,
    Coupon,
    Delay,
    Exit,
    Flow,
    SendMessage,
    Since,
    Split,
    Step,
    Template,
    Trigger,
    Variant,
)
from marketing.model import ChannelName, Reason

ACTIVITY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
ENTRY = ACTIVITY + HOUR
CART = recipes.load("abandoned-cart")
WORDS = Template("s", "p", "m", "t")


def a_message(step_id: str, **more: object) -> SendMessage:
    return SendMessage(step_id, ChannelName.EMAIL, WORDS, **more)  # type: ignore[arg-type]


def a_flow(*steps: Step, event: str = "cart.abandoned", exits: tuple[str, ...] = ()) -> Flow:
    return Flow("A flow", Trigger(event, HOUR), steps, exits)


def entered(flow: Flow, enrollment_id: str = "e1") -> Enrollment:
    enter = Enter("cart:c1", ACTIVITY, ENTRY, replaces=True)
    return begin(
        enter,
        enrollment_id=enrollment_id,
        flow_id="f",
        version_id="v",
        customer_id="c",
        flow=flow,
    )


def lived(
    flow: Flow, enrollment: Enrollment, moments: list[datetime], facts: Facts | None = None
) -> tuple[Enrollment, list[Effect]]:
    """Advance at each of the moments, and keep what came of it."""
    effects: list[Effect] = []
    for moment in moments:
        enrollment, new = advance(flow, enrollment, facts or Facts(), moment)
        effects += new
    return enrollment, effects


def sends(effects: list[Effect]) -> list[tuple[str, datetime]]:
    return [(e.step_id, e.due_at) for e in effects if isinstance(e, Send)]


def test_the_abandoned_cart_writes_at_1_12_and_24_hours_after_the_last_activity() -> None:
    every_minute = [ACTIVITY + n * MINUTE for n in range(60 * 26)]
    enrollment, effects = lived(CART, entered(CART), every_minute)
    assert sends(effects) == [
        ("reminder", ACTIVITY + HOUR),
        ("objection", ACTIVITY + 12 * HOUR),
        ("offer", ACTIVITY + 24 * HOUR),
    ]
    assert enrollment.end_reason is Reason.COMPLETED
    assert enrollment.due_at is None


def test_the_code_is_asked_for_ahead_and_lasts_a_day_from_its_message() -> None:
    moment = ACTIVITY + timedelta(hours=23, minutes=45)
    _, effects = lived(CART, entered(CART), [ENTRY, ACTIVITY + 12 * HOUR, moment])
    offer = ACTIVITY + 24 * HOUR
    made = [effect for effect in effects if isinstance(effect, MakeCode)]
    assert made == [MakeCode("code", 10, "BACK", moment, offer + 24 * HOUR, offer)]


def test_a_code_asked_for_late_still_lasts_its_time() -> None:
    late = ACTIVITY + 30 * HOUR
    _, effects = lived(CART, entered(CART), [late])
    assert next(e for e in effects if isinstance(e, MakeCode)).ends_at == late + 24 * HOUR


def test_only_a_message_behind_its_coupon_step_offers_the_code() -> None:
    flow = a_flow(
        Branch(
            "big",
            Condition("gt", field="cart.store_total", value=5000),
            yes=(Coupon("code", 10, 24 * HOUR),),
        ),
        a_message("offer", coupon="code"),
    )
    _, big = advance(flow, entered(flow), Facts({"cart": {"store_total": 9000}}), ENTRY)
    _, small = advance(flow, entered(flow), Facts({"cart": {"store_total": 100}}), ENTRY)
    assert [e.coupon_step_id for e in (*big, *small) if isinstance(e, Send)] == ["code", None]


def test_nothing_is_early_by_a_microsecond() -> None:
    flow = a_flow(Delay("d", HOUR), a_message("m"))
    until = ENTRY + HOUR
    enrollment, effects = lived(flow, entered(flow), [ENTRY, until - timedelta(microseconds=1)])
    assert effects == []
    assert enrollment.due_at == until
    _, effects = lived(flow, enrollment, [until])
    assert sends(effects) == [("m", until)]


def test_an_entry_in_the_future_waits_for_it() -> None:
    flow = a_flow(a_message("m"))
    assert advance(flow, entered(flow), Facts(), ACTIVITY) == (entered(flow), ())


def test_activity_moves_the_wait_and_sends_no_passed_message_again() -> None:
    enrollment, first = lived(CART, entered(CART), [ENTRY, ACTIVITY + 11 * HOUR])
    assert sends(first) == [("reminder", ENTRY)]
    moved = Facts(activity_at=ACTIVITY + 11 * HOUR)
    enrollment, quiet = lived(CART, enrollment, [ACTIVITY + 12 * HOUR], moved)
    assert quiet == []
    assert enrollment.due_at == ACTIVITY + 23 * HOUR
    assert enrollment.anchor_at == ACTIVITY + 11 * HOUR
    _, then = lived(CART, enrollment, [ACTIVITY + 23 * HOUR], moved)
    assert sends(then) == [("objection", ACTIVITY + 23 * HOUR)]


def test_older_activity_told_late_moves_nothing_back() -> None:
    old = Facts(activity_at=ACTIVITY - 5 * HOUR)
    enrollment, _ = lived(CART, entered(CART), [ENTRY], old)
    assert enrollment.due_at == ACTIVITY + 12 * HOUR


def test_activity_after_the_code_was_asked_for_makes_the_code_last_longer() -> None:
    asked = ACTIVITY + timedelta(hours=23, minutes=45)
    enrollment, _ = lived(CART, entered(CART), [ENTRY, ACTIVITY + 12 * HOUR, asked])
    touched = asked + 5 * MINUTE
    enrollment, effects = lived(
        CART, enrollment, [ACTIVITY + 24 * HOUR], Facts(activity_at=touched)
    )
    offer = touched + 24 * HOUR
    assert effects == [ExtendCode("code", offer + 24 * HOUR, offer)]
    _, again = lived(CART, enrollment, [ACTIVITY + 25 * HOUR], Facts(activity_at=touched))
    assert again == []


def test_a_delay_since_the_previous_step_is_fixed_once_reached() -> None:
    flow = a_flow(Delay("d", 2 * HOUR), a_message("m"))
    enrollment, _ = lived(flow, entered(flow), [ENTRY])
    _, effects = lived(flow, enrollment, [ENTRY + 2 * HOUR], Facts(activity_at=ENTRY + HOUR))
    assert sends(effects) == [("m", ENTRY + 2 * HOUR)]


def test_a_moment_that_has_passed_already_is_no_wait() -> None:
    flow = a_flow(Delay("d", 30 * MINUTE, Since.TRIGGER), a_message("m"))
    _, effects = lived(flow, entered(flow), [ENTRY])
    assert sends(effects) == [("m", ENTRY)]


@pytest.mark.parametrize(
    ("total", "steps", "choice"),
    [(9000, ["big", "all"], "yes"), (100, ["small", "all"], "no")],
)
def test_a_condition_parts_the_ways_and_they_rejoin(
    total: int, steps: list[str], choice: str
) -> None:
    rich = Condition("gte", field="cart.store_total", value=5000)
    flow = a_flow(
        Branch("rich", rich, (a_message("big"),), (a_message("small"),)), a_message("all")
    )
    facts = Facts({"cart": {"store_total": total}})
    enrollment, effects = advance(flow, entered(flow), facts, ENTRY)
    assert [step for step, _ in sends(list(effects))] == steps
    assert enrollment.choices == {"rich": choice}


def test_an_empty_arm_goes_on_after_the_branching_step() -> None:
    flow = a_flow(Branch("b", Condition("exists", field="x"), yes=(Exit("x"),)), a_message("m"))
    _, effects = lived(flow, entered(flow), [ENTRY])
    assert sends(effects) == [("m", ENTRY)]


def test_an_exit_step_ends_it() -> None:
    flow = a_flow(a_message("m"), Branch("b", Condition("none"), (Exit("out"),)), a_message("n"))
    enrollment, effects = advance(flow, entered(flow), Facts(), ENTRY)
    assert sends(list(effects)) == [("m", ENTRY)]
    assert effects[-1] == Ended(Reason.EXIT_STEP)
    assert (enrollment.state, enrollment.step_id) == (EnrollmentState.ENDED, "out")


AB = Split("ab", (Variant("a", 3, (a_message("ma"),)), Variant("b", 1, (a_message("mb"),))))


def test_a_split_records_its_choice_and_obeys_one_recorded() -> None:
    flow = a_flow(AB, a_message("m"))
    enrollment, _ = advance(flow, entered(flow), Facts(), ENTRY)
    assert enrollment.choices == {"ab": variant_of(AB, enrollment.flow_id, enrollment.customer_id)}
    for arm in "ab":
        _, effects = advance(flow, replace(entered(flow), choices={"ab": arm}), Facts(), ENTRY)
        assert sends(list(effects))[0][0] == f"m{arm}"


def test_a_split_without_weight_is_a_programming_error() -> None:
    with pytest.raises(ValueError, match="no weight"):
        variant_of(Split("s", (Variant("a", 0),)), "f", "c")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("order.placed", Reason.ORDER_PLACED),
        ("cart.completed", Reason.ORDER_PLACED),
        ("customer.unsubscribed", Reason.UNSUBSCRIBED),
        ("customer.tagged", Reason.EXIT_EVENT),
    ],
)
def test_an_exit_ends_it_wherever_it_waits(event: str, reason: Reason) -> None:
    flow = a_flow(a_message("m"), Delay("d", HOUR), a_message("n"), exits=(event,))
    enrollment, _ = advance(flow, entered(flow), Facts(), ENTRY)
    at = ENTRY + 5 * MINUTE
    ended, effects = advance(flow, enrollment, Facts(happened={event: at}), ENTRY + 9 * HOUR)
    assert effects == (Ended(reason),)
    assert (ended.step_id, ended.ended_at, ended.end_reason) == ("d", at, reason)
    assert ended.due_at is None


def test_an_event_that_is_no_exit_of_the_flow_ends_nothing() -> None:
    assert stop_of(CART, Facts(happened={"customer.tagged": ENTRY})) is None


def test_the_earliest_exit_gives_the_reason() -> None:
    flow = a_flow(a_message("m"), exits=("order.placed", "customer.unsubscribed"))
    happened = {"order.placed": ENTRY + HOUR, "customer.unsubscribed": ENTRY}
    assert stop_of(flow, Facts(happened=happened)) == Stop(Reason.UNSUBSCRIBED, ENTRY)


@pytest.mark.parametrize("reason", [Reason.REPLACED, Reason.CART_EMPTIED, Reason.CUSTOMER_ERASED])
def test_a_stop_comes_before_everything(reason: Reason) -> None:
    facts = Facts(stop=Stop(reason, ENTRY))
    _, effects = advance(CART, entered(CART), facts, ACTIVITY + 99 * HOUR)
    assert effects == (Ended(reason),)


def test_what_has_ended_stays_as_it_is() -> None:
    ended = end(entered(CART), Stop(Reason.ORDER_PLACED, ENTRY))
    assert advance(CART, ended, Facts(), ENTRY + 99 * HOUR) == (ended, ())


def test_a_late_call_gives_every_message_its_own_due_time_and_deadline() -> None:
    _, effects = lived(CART, entered(CART), [ACTIVITY + 40 * HOUR])
    messages = [effect for effect in effects if isinstance(effect, Send)]
    assert [m.due_at - ACTIVITY for m in messages] == [HOUR, 12 * HOUR, 24 * HOUR]
    assert [m.expires_at - m.due_at for m in messages] == [24 * HOUR] * 3


def test_advancing_twice_with_the_same_input_gives_the_same() -> None:
    once = advance(CART, entered(CART), Facts(), ACTIVITY + 20 * HOUR)
    assert once == advance(CART, entered(CART), Facts(), ACTIVITY + 20 * HOUR)
    assert advance(CART, once[0], Facts(), ACTIVITY + 20 * HOUR) == (once[0], ())


# Random lives

DURATIONS = st.sampled_from([1, 5, 45, 60, 61, 720, 1440]).map(lambda n: n * MINUTE)
RICH = Condition("gt", field="cart.store_total", value=5000)


def _renamed(steps: list[Step], prefix: str) -> tuple[Step, ...]:
    """Give every step an id of its own, by its place."""
    named: list[Step] = []
    for position, step in enumerate(steps):
        step_id = f"{prefix}{position}"
        match step:
            case Branch():
                step = replace(  # noqa: PLW2901
                    step,
                    yes=_renamed(list(step.yes), f"{step_id}y"),
                    no=_renamed(list(step.no), f"{step_id}n"),
                )
            case Split():
                arms = tuple(
                    replace(arm, steps=_renamed(list(arm.steps), f"{step_id}{arm.key}"))
                    for arm in step.variants
                )
                step = replace(step, variants=arms)  # noqa: PLW2901
            case _:
                pass
        named.append(replace(step, id=step_id))
    return tuple(named)


LEAVES: st.SearchStrategy[Step] = st.one_of(
    st.builds(Delay, st.just("x"), DURATIONS, st.sampled_from(Since)),
    st.just(a_message("x")),
    st.just(Coupon("x", 10, 24 * HOUR)),
    st.just(Exit("x")),
)
STEPS: st.SearchStrategy[Step] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda yes, no: Branch("x", RICH, tuple(yes), tuple(no)),
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3),
        ),
        st.builds(
            lambda a, b: Split("x", (Variant("a", 1, tuple(a)), Variant("b", 2, tuple(b)))),
            st.lists(inner, max_size=3),
            st.lists(inner, max_size=3),
        ),
    ),
    max_leaves=8,
)
FLOWS = st.lists(STEPS, min_size=1, max_size=8).map(lambda steps: a_flow(*_renamed(steps, "s")))
LIVES = st.lists(st.integers(0, 4000), min_size=1, max_size=40).map(
    lambda minutes: [ENTRY + n * MINUTE for n in sorted(minutes)]
)
WALLETS = st.sampled_from([0, 9000]).map(lambda n: Facts({"cart": {"store_total": n}}))


@given(FLOWS, LIVES, WALLETS, st.uuids().map(str))
def test_one_late_call_gives_what_many_punctual_ones_gave(
    flow: Flow, moments: list[datetime], facts: Facts, enrollment_id: str
) -> None:
    start = entered(flow, enrollment_id)
    slow, many = lived(flow, start, moments, facts)
    fast, one = lived(flow, start, moments[-1:], facts)
    assert sends(many) == sends(one)
    assert [e for e in many if isinstance(e, Ended)] == [e for e in one if isinstance(e, Ended)]
    assert (slow.step_id, slow.due_at, slow.end_reason) == (
        fast.step_id,
        fast.due_at,
        fast.end_reason,
    )


@given(FLOWS, LIVES, WALLETS)
def test_nothing_is_early_and_no_step_is_sent_twice(
    flow: Flow, moments: list[datetime], facts: Facts
) -> None:
    enrollment = entered(flow)
    seen: list[str] = []
    for moment in moments:
        enrollment, effects = advance(flow, enrollment, facts, moment)
        assert all(e.due_at <= moment for e in effects if isinstance(e, Send))
        assert enrollment.due_at is None or enrollment.due_at > moment
        seen += [step for step, _ in sends(list(effects))]
    assert len(seen) == len(set(seen))


@given(FLOWS, st.lists(st.integers(0, 3000), max_size=5), LIVES, st.randoms(use_true_random=False))
def test_with_moving_carts_a_call_at_each_activity_is_enough(
    flow: Flow, touched: list[int], extra: list[datetime], dice: random.Random
) -> None:
    """A call when the cart moves and one at each due time lose nothing against more calls."""
    activities = sorted(ENTRY + n * MINUTE for n in touched)

    def live(moments: list[datetime]) -> list[tuple[str, datetime]]:
        enrollment, found = entered(flow), list[Effect]()
        moments = [*moments]
        while moments:
            now = moments.pop(0)
            latest = max((a for a in activities if a <= now), default=None)
            facts = Facts(activity_at=latest)
            enrollment, new = advance(flow, enrollment, facts, now)
            found += new
            if enrollment.due_at and enrollment.due_at <= end_at:
                moments = sorted({*moments, enrollment.due_at})
        return sends(found)

    end_at = max([*activities, *extra])
    few = sorted({ENTRY, *activities, end_at})
    many = sorted({*few, *dice.sample(extra, k=len(extra) // 2 + 1)})
    assert live(few) == live(many)


@settings(max_examples=20)
@given(st.integers(0, 2**32))
def test_advancing_one_is_quick_whatever_the_hour(seed: int) -> None:
    """No loop in a flow's steps: a walk takes at most one turn a step, even years later."""
    moment = ENTRY + timedelta(minutes=seed % 10_000_000)
    enrollment, effects = advance(CART, entered(CART), Facts(), moment)
    assert len(effects) <= len(CART.steps_by_id) + 1
    assert enrollment.step_id is None or enrollment.step_id in CART.steps_by_id
