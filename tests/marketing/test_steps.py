"""Waits, switches and acts: each edge of the steps besides messages, delays and conditions."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketing import flow_schema
from marketing.engine import advance
from marketing.enrollment import Do, Ended, Enrollment, EnrollmentState, Facts, Happened, Send
from marketing.flow import Delay, Flow
from marketing.flow_schema import BadFlow
from marketing.waiting import end_of_delay

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""A Monday."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WORDS = {"subject": "Hello", "mjml": "<mjml><mj-body></mj-body></mjml>", "text": "Hello"}
MAIL = {"kind": "message", "id": "mail", "channel": "email", "template": WORDS}
OTHER = {**MAIL, "id": "other"}


def a_flow(*steps: dict[str, Any], **more: Any) -> Flow:
    trigger = {"event": "order.placed"}
    return flow_schema.load({"name": "Steps", "trigger": trigger, "steps": [*steps, MAIL], **more})


def entered(flow: Flow) -> Enrollment:
    return Enrollment("e", "f", "v", "c", "order:1", AT, AT, step_id=flow.first_step_id, due_at=AT)


def sent(effects: Any) -> list[tuple[str, datetime]]:
    return [(one.step_id, one.due_at) for one in effects if isinstance(one, Send)]


WAIT = {"kind": "wait_for_event", "id": "wait", "event": "message.opened", "timeout": "P3D",
        "yes": [OTHER]}  # fmt: skip


def test_a_wait_goes_on_with_what_happens_and_at_its_own_moment() -> None:
    flow = a_flow(WAIT)
    waiting, effects = advance(flow, entered(flow), Facts(), AT)
    assert (waiting.step_id, waiting.due_at, effects) == ("wait", AT + 3 * DAY, ())
    opened = Happened("message.opened", AT + 5 * HOUR, {})
    after, effects = advance(flow, waiting, Facts(events=[opened]), AT + 6 * HOUR)
    assert sent(effects) == [("other", AT + 5 * HOUR), ("mail", AT + 5 * HOUR)]
    assert (after.state, after.choices) == (EnrollmentState.ENDED, {"wait": "yes"})


def test_a_wait_ends_with_its_time_and_what_comes_later_is_too_late() -> None:
    flow = a_flow(WAIT)
    waiting, _ = advance(flow, entered(flow), Facts(), AT)
    late = Happened("message.opened", AT + 4 * DAY, {})
    after, effects = advance(flow, waiting, Facts(events=[late]), AT + 5 * DAY)
    assert sent(effects) == [("mail", AT + 3 * DAY)]
    assert after.choices == {"wait": "no"}


def test_what_happened_before_the_step_was_reached_does_not_count() -> None:
    flow = a_flow({"kind": "delay", "id": "first", "duration": "PT2H"}, WAIT)
    early = Happened("message.opened", AT + HOUR, {})
    waiting, _ = advance(flow, entered(flow), Facts(events=[early]), AT + 2 * HOUR)
    assert waiting.step_id == "wait"


def test_a_wait_asks_the_awaited_event_itself() -> None:
    wanted = {"op": "eq", "field": "event.product_id", "value": "7"}
    flow = a_flow({**WAIT, "event": "product.viewed", "filter": wanted})
    events = [Happened("product.viewed", AT + n * HOUR, {"product_id": str(n)}) for n in (1, 7)]
    waiting, _ = advance(flow, entered(flow), Facts(events=events[:1]), AT + HOUR)
    assert waiting.step_id == "wait"
    _, effects = advance(flow, waiting, Facts(events=events), AT + 8 * HOUR)
    assert sent(effects)[0] == ("other", AT + 7 * HOUR)


SWITCH = {"kind": "switch", "id": "way", "field": "customer.country", "otherwise": [OTHER],
          "cases": [{"key": "home", "values": ["DE", "AT"], "steps": []}]}  # fmt: skip


@pytest.mark.parametrize(
    ("country", "way"), [("AT", "home"), ("FR", "otherwise"), (None, "otherwise")]
)
def test_a_switch_takes_the_way_of_the_value(country: str | None, way: str) -> None:
    flow = a_flow(SWITCH)
    facts = Facts(values={"customer": {"country": country}})
    after, effects = advance(flow, entered(flow), facts, AT)
    assert after.choices == {"way": way}
    assert len(sent(effects)) == (1 if way == "home" else 2)


def test_what_a_step_changes_the_next_condition_knows() -> None:
    update = {"kind": "update_customer", "id": "tag", "add_tags": ["vip"],
              "properties": {"tier": "gold", "old": None}}  # fmt: skip
    asks = {"op": "all", "of": [
        {"op": "contains", "field": "customer.tags", "value": "vip"},
        {"op": "eq", "field": "customer.properties.tier", "value": "gold"},
    ]}  # fmt: skip
    flow = a_flow(update, {"kind": "condition", "id": "is", "condition": asks, "yes": [OTHER]})
    facts = Facts(values={"customer": {"tags": ["new"], "properties": {"old": 1}}})
    after, effects = advance(flow, entered(flow), facts, AT)
    assert effects[0] == Do("tag", AT)
    assert after.choices == {"is": "yes"}
    assert effects[-1] == Ended(after.end_reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "zone", "base", "ends"),
    [
        # Until ten o'clock: today if it is still to come, else tomorrow.
        ({"until": "17:00"}, "UTC", AT, AT + 2 * HOUR),
        ({"until": "10:00"}, "UTC", AT, AT + 19 * HOUR),
        # A day by the calendar, then the next ten o'clock.
        ({"duration": DAY, "until": "10:00"}, "UTC", AT, AT + DAY + 19 * HOUR),
        # Thursday at nine in New York.
        ({"until": "09:00", "weekdays": (3,)}, "America/New_York", AT,
         datetime(2026, 3, 5, 14, tzinfo=UTC)),
        # Over the night that lacks an hour: still ten o'clock by the clock.
        ({"duration": DAY, "until": "10:00"}, "Europe/Berlin",
         datetime(2026, 3, 28, 8, 30, tzinfo=UTC), datetime(2026, 3, 29, 8, tzinfo=UTC)),
        # An hour that does not exist moves on by the gap; one that exists twice counts once.
        ({"until": "02:30"}, "Europe/Berlin", datetime(2026, 3, 29, 0, tzinfo=UTC),
         datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ({"until": "02:30"}, "Europe/Berlin", datetime(2026, 10, 24, 23, tzinfo=UTC),
         datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        # Half an hour of daylight saving on Lord Howe Island.
        ({"duration": DAY, "until": "12:00"}, "Australia/Lord_Howe",
         datetime(2026, 4, 4, 0, tzinfo=UTC), datetime(2026, 4, 5, 1, 30, tzinfo=UTC)),
        # From the end of a month, and over Feb 28 of a common year.
        ({"duration": DAY, "until": "00:00"}, "UTC", datetime(2026, 2, 27, 12, tzinfo=UTC),
         datetime(2026, 3, 1, tzinfo=UTC)),
        ({"weekdays": (5,)}, "UTC", AT, datetime(2026, 3, 7, tzinfo=UTC)),
        ({"weekdays": (0,)}, "UTC", AT, AT),
    ],
)  # fmt: skip
def test_a_delay_by_the_clock_ends_at_the_local_hour(
    step: dict[str, Any], zone: str, base: datetime, ends: datetime
) -> None:
    assert end_of_delay(Delay("d", **step), base, {}, zone) == ends


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])
def test_no_local_hour_of_a_whole_year_is_early_or_skips_a_day(zone: str) -> None:
    step = Delay("d", until="02:15")
    at = datetime(2027, 12, 31, tzinfo=UTC)
    for _ in range(366):
        after = end_of_delay(step, at, {}, zone)
        assert timedelta() <= after - at <= DAY + 2 * HOUR
        at = after + timedelta(seconds=1)
    assert at.year == 2028 or (at.month, at.day) <= (1, 2)


def test_a_delay_until_a_date_of_the_data_adds_its_duration() -> None:
    step = Delay("d", DAY, until_field="order.placed_at")
    values = {"order": {"placed_at": AT}}
    assert end_of_delay(step, AT + HOUR, values, "UTC") == AT + DAY
    assert end_of_delay(step, AT, {"order": {"placed_at": "2026-03-09"}}, "UTC") == (
        datetime(2026, 3, 10, tzinfo=UTC)
    )
    assert end_of_delay(step, AT, {}, "UTC") == AT
    assert end_of_delay(step, AT, {"order": {"placed_at": "soon"}}, "UTC") == AT


BAD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "delay", "id": "x"}, "duration"),
    ({"kind": "delay", "id": "x", "until": "25:00"}, "until"),
    ({"kind": "delay", "id": "x", "weekdays": [7]}, "weekdays"),
    ({"kind": "delay", "id": "x", "until_field": "Order!"}, "until_field"),
    ({**WAIT, "id": "x", "timeout": "PT1S"}, "timeout"),
    ({**WAIT, "id": "x", "event": "nothing"}, "event"),
    ({**SWITCH, "id": "x", "cases": []}, "cases"),
    ({**SWITCH, "id": "x", "field": ""}, "field"),
    ({**SWITCH, "id": "x", "cases": [{"key": "otherwise", "values": [1]}]}, "key"),
    ({**SWITCH, "id": "x", "cases": [{"key": "a", "values": []}]}, "values"),
    ({"kind": "update_customer", "id": "x"}, "add_tags"),
    ({"kind": "update_customer", "id": "x", "unsubscribe": ["instagram"]}, "unsubscribe"),
    ({"kind": "update_customer", "id": "x", "properties": {"Bad name": 1}}, "properties"),
    ({"kind": "notify_staff", "id": "x", "subject": " ", "text": "Look"}, "subject"),
    ({"kind": "call_webhook", "id": "x", "url": "javascript:alert(1)"}, "url"),
    ({"kind": "call_webhook", "id": "x", "url": "http://hooks.example/1"}, "url"),
    ({"kind": "start_flow", "id": "x", "flow": ""}, "flow"),
    ({**MAIL, "id": "x", "channel": None}, "channel"),
    ({"kind": "reward", "id": "x", "amount": 0}, "amount"),
    ({"kind": "reward", "id": "x", "amount": 5, "expires_after": "PT1H"}, "expires_after"),
    ({"kind": "reward", "id": "x", "amount": 5, "every": 0}, "every"),
    ({"kind": "reward", "id": "x", "amount": 5, "every": 2, "orders": 2}, "orders"),
    ({**MAIL, "id": "x", "reward": "nothing"}, "reward"),
]


@pytest.mark.parametrize(("step", "field"), BAD)
def test_a_step_that_can_not_work_is_named_with_its_field(step: dict[str, Any], field: str) -> None:
    given = {key: value for key, value in step.items() if key != "channel" or value}
    with pytest.raises(BadFlow) as refused:
        a_flow(given)
    told = [(one.step, one.field.partition(".")[0]) for one in refused.value.problems]
    assert ("x", field) in told
    assert all(one.message and one.remedy for one in refused.value.problems)


def test_every_kind_of_step_is_written_as_it_was_read() -> None:
    steps = [
        {"kind": "delay", "id": "d", "duration": "P1D", "since": "previous", "until": "10:00",
         "weekdays": [0, 2]},
        {**WAIT, "no": [], "filter": None}, {**SWITCH, "id": "s", "otherwise": []},
        {"kind": "update_customer", "id": "u", "add_tags": ["vip"], "remove_tags": [],
         "properties": {"tier": "gold"}},
        {"kind": "notify_staff", "id": "n", "subject": "Look", "text": "Here"},
        {"kind": "call_webhook", "id": "c", "url": "https://hooks.example/1"},
        {"kind": "start_flow", "id": "a", "flow": "f1"},
        {"kind": "stop_flow", "id": "b", "flow": "f1"},
        {"kind": "reward", "id": "r", "amount": 500, "expires_after": "P90D", "every": 5,
         "or_code": True, "prefix": "THANKS"},
        {"kind": "reward", "id": "q", "amount": 500, "orders": 3, "or_code": False,
         "prefix": "GIFT"},
    ]  # fmt: skip
    flow = a_flow(*steps)
    assert flow_schema.load(flow_schema.dump(flow)) == flow
    written = {one["id"]: one for one in flow_schema.dump(flow)["steps"]}
    for step in steps:
        if step["kind"] != "wait_for_event":
            assert written[step["id"]] == step


# --- edges --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "way"), [(-1, "no"), (0, "yes"), (71, "yes"), (72, "yes"), (73, "no")]
)
def test_a_wait_counts_what_happens_from_its_beginning_to_its_very_end(
    hours: int, way: str
) -> None:
    flow = a_flow({"kind": "delay", "id": "first", "duration": "PT2H"}, WAIT)
    reached = AT + 2 * HOUR
    waiting, _ = advance(flow, entered(flow), Facts(), reached)
    event = Happened("message.opened", reached + hours * HOUR, {})
    after, _ = advance(flow, waiting, Facts(events=[event]), reached + 80 * HOUR)
    assert after.choices == {"wait": way}


def test_of_several_events_the_first_counts_and_a_second_one_changes_nothing() -> None:
    flow = a_flow(WAIT, {**WAIT, "id": "again", "yes": []})
    waiting, _ = advance(flow, entered(flow), Facts(), AT)
    events = [Happened("message.opened", AT + n * HOUR, {}) for n in (3, 5)]
    after, effects = advance(flow, waiting, Facts(events=events), AT + 6 * HOUR)
    # The second wait begins with the event that ended the first: it counts there as well.
    assert after.choices == {"wait": "yes", "again": "yes"}
    assert sent(effects)[0] == ("other", AT + 3 * HOUR)


def test_an_event_by_a_clock_ahead_of_ours_makes_nothing_late() -> None:
    flow = a_flow(WAIT)
    waiting, _ = advance(flow, entered(flow), Facts(), AT)
    ahead = Happened("message.opened", AT + 9 * HOUR, {})
    _, effects = advance(flow, waiting, Facts(events=[ahead]), AT + 2 * HOUR)
    assert sent(effects)[0] == ("other", AT + 2 * HOUR)


@pytest.mark.parametrize("how", [[], [0, 0], [{"values": []}], [{"key": "A way"}]])
def test_what_is_wrong_with_ways_is_said_of_ways_and_their_names(how: list[Any]) -> None:
    [way] = SWITCH["cases"]
    cases = [{**way, **(one or {})} for one in how]
    with pytest.raises(BadFlow) as refused:
        a_flow({**SWITCH, "cases": cases})
    for one in refused.value.problems:
        assert not re.search(r"\b(case|key)s?\b", f"{one.message} {one.remedy}")


@pytest.mark.parametrize("event", ["message.sent", "flow.ended", "cart.abandoned", "manual"])
def test_what_nobody_does_can_not_be_waited_for(event: str) -> None:
    with pytest.raises(BadFlow, match=r"wait\.event can't be waited for"):
        a_flow({**WAIT, "event": event})


WAYS = {"kind": "switch", "id": "way", "field": "customer.fact", "cases": [
    {"key": "one", "values": [1, "x"], "steps": []},
    {"key": "true", "values": [True], "steps": []},
    {"key": "both", "values": ["x", "y"], "steps": []},
]}  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "way"),
    [
        (1, "one"), (1.0, "one"), (True, "true"), (False, "otherwise"), ("1", "otherwise"),
        # Several would do: the first.
        ("x", "one"), ("y", "both"), (["z", "y"], "both"), ([], "otherwise"),
        (None, "otherwise"), ({"x": 1}, "otherwise"),
    ],
)  # fmt: skip
def test_a_switch_compares_as_conditions_do_and_takes_the_first_way(fact: Any, way: str) -> None:
    flow = a_flow(WAYS)
    after, _ = advance(flow, entered(flow), Facts({"customer": {"fact": fact}}), AT)
    assert after.choices == {"way": way}


def test_branches_in_branches_re_join_and_what_follows_is_for_everyone() -> None:
    rich = {"op": "gt", "field": "customer.spent", "value": 5}
    inner = {"kind": "condition", "id": "inner", "condition": rich, "yes": [OTHER], "no": []}
    switch = {**SWITCH, "otherwise": [{"kind": "exit", "id": "out"}]}
    switch["cases"] = [{"key": "home", "values": ["DE"], "steps": [inner, {**MAIL, "id": "third"}]}]
    flow = a_flow(switch)
    for country, spent, steps in (
        ("DE", 9, ["other", "third", "mail"]), ("DE", 1, ["third", "mail"]), ("FR", 9, []),
    ):  # fmt: skip
        facts = Facts({"customer": {"country": country, "spent": spent}})
        after, effects = advance(flow, entered(flow), facts, AT)
        assert [step for step, _ in sent(effects)] == steps
        assert after.state is EnrollmentState.ENDED


def test_whoever_a_step_unsubscribes_is_so_to_the_next_condition() -> None:
    update = {"kind": "update_customer", "id": "leave", "unsubscribe": ["email"]}
    asks = {"op": "eq", "field": "customer.email_consent", "value": "unsubscribed"}
    flow = a_flow(update, {"kind": "condition", "id": "is", "condition": asks, "yes": [OTHER]})
    facts = Facts({"customer": {"email_consent": "subscribed"}})
    after, _ = advance(flow, entered(flow), facts, AT)
    assert after.choices == {"is": "yes"}


def test_an_update_of_nothing_known_and_a_removal_are_known_to_the_next_step() -> None:
    update = {"kind": "update_customer", "id": "tag", "add_tags": ["a", "a"], "remove_tags": ["b"],
              "properties": {"old": None}}  # fmt: skip
    asks = {"op": "exists", "field": "customer.properties.old", "value": False}
    flow = a_flow(update, {"kind": "condition", "id": "is", "condition": asks, "yes": [OTHER]})
    for customer in (None, {}, {"tags": ["b"], "properties": {"old": 1}}):
        after, _ = advance(flow, entered(flow), Facts({"customer": customer}), AT)
        assert after.choices == {"is": "yes"}
