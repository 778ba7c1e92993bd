"""Time under every sky: days on which clocks change, leap days, zones with their own laws."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from marketing.engine import advance
from marketing.enrollment import Do, Effect, Enrollment, EnrollmentState, Facts, Happened, Send
from marketing.flow import (
    Branch,
    Case,
    Condition,
    Delay,
    Flow,
    NotifyStaff,
    SendMessage,
    Since,
    Step,
    Switch,
    Template,
    Trigger,
    WaitForEvent,
)
from marketing.gate import Defer, Expire, GateFacts, Go, Outgoing, decide
from marketing.model import ChannelName, ConsentState, MessageKind
from marketing.policy import StorePolicy
from marketing.timing import (
    at_local,
    capped_until,
    next_allowed,
    quiet_hours,
    zone_of,
)
from marketing.waiting import end_of_delay

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ZONES = st.sampled_from(
    [
        *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"),
        # Clocks that change at midnight, over midnight, against the others, or for a fast.
        *("America/Havana", "America/Nuuk", "Europe/Dublin", "Africa/Casablanca", "Asia/Beirut"),
    ]
)
CHANGES = [
    datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC),  # New York
    datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC),  # Berlin, Nuuk
    datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC),  # Lord Howe
    datetime(2028, 2, 28, 23, tzinfo=UTC), datetime(2028, 2, 29, 23, tzinfo=UTC),  # the leap day
    datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC),
]  # fmt: skip
"""Moments around which something is apt to go wrong."""
NEAR = st.builds(
    lambda at, minutes: at + minutes * MINUTE, st.sampled_from(CHANGES), st.integers(-2000, 2000)
)
ANY = st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MOMENTS = st.one_of(NEAR, ANY)
CLOCKS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
WEEKDAYS = st.lists(st.integers(0, 6), unique=True, max_size=3).map(tuple)
LONG = timedelta(days=60)


def is_within(clock: time, start: time, end: time) -> bool:
    """Say whether a wall clock shows quiet hours, which may go over midnight."""
    return start <= clock < end if start <= end else clock >= start or clock < end


def exists(day: date, clock: time, zone: ZoneInfo) -> bool:
    at = datetime.combine(day, clock, zone)
    return at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == at.replace(tzinfo=None)


# --- quiet hours ------------------------------------------------------------------------------


@given(MOMENTS, CLOCKS, CLOCKS, ZONES)
@example(datetime(2026, 11, 1, 6, 15, tzinfo=UTC), time(21), time(1, 30), "America/New_York")
@example(datetime(2026, 3, 29, 1, 10, tzinfo=UTC), time(2, 30), time(8), "Europe/Berlin")
def test_what_is_put_off_never_lands_in_quiet_hours_by_the_wall_clock(
    now: datetime, start: time, end: time, zone: str
) -> None:
    assume(start != end)
    allowed = next_allowed(now, quiet_hours(start, end), zone)
    shown = allowed.astimezone(ZoneInfo(zone)).time()
    assert not is_within(shown, start, end)
    assert now <= allowed <= now + 3 * DAY
    assert next_allowed(allowed, quiet_hours(start, end), zone) == allowed


@given(MOMENTS, st.integers(0, 3000), CLOCKS, CLOCKS, ZONES)
def test_who_asks_later_is_never_let_go_earlier(
    now: datetime, later: int, start: time, end: time, zone: str
) -> None:
    window = quiet_hours(start, end)
    assert next_allowed(now, window, zone) <= next_allowed(now + later * MINUTE, window, zone)


@given(MOMENTS, CLOCKS, CLOCKS, ZONES, st.integers(0, 30), st.integers(1, 48))
def test_the_gate_puts_off_to_a_moment_at_which_it_lets_go(
    now: datetime, start: time, end: time, zone: str, hours_ago: int, cap: int
) -> None:
    """A cap that ends in the night is over in the morning: one putting off, not two."""
    policy = StorePolicy(
        caps={ChannelName.EMAIL: cap * HOUR},
        open_hours={ChannelName.EMAIL: quiet_hours(start, end)},
    )
    message = Outgoing(ChannelName.EMAIL, MessageKind.MARKETING, now, now + LONG)
    facts = GateFacts(policy, (zone,), address="a@b.example", consent=ConsentState.SUBSCRIBED,
                      last_other_flow_at=now - hours_ago * HOUR)  # fmt: skip
    verdict = decide(message, facts, now)
    assert isinstance(verdict, (Go, Defer))
    if isinstance(verdict, Defer):
        assert verdict.until > now
        assert decide(message, facts, verdict.until) == Go()
        short = replace(message, expires_at=verdict.until - MINUTE)
        late = decide(short, facts, now)
        assert isinstance(late, Expire) or (isinstance(late, Defer) and late.until < verdict.until)


@given(MOMENTS, st.integers(0, 72), st.integers(0, 72))
def test_a_cap_is_over_once_and_for_all(last: datetime, cap: int, after: int) -> None:
    until = capped_until(last, cap * HOUR, last + after * HOUR)
    assert (until is None) is (after >= cap)
    assert until is None or capped_until(last, cap * HOUR, until) is None


# --- local hours ------------------------------------------------------------------------------


@given(st.dates(date(2026, 1, 1), date(2029, 1, 1)), CLOCKS, ZONES)
def test_a_missing_hour_moves_on_by_the_gap_and_a_double_one_counts_once(
    day: date, clock: time, zone: str
) -> None:
    local = ZoneInfo(zone)
    found = at_local(day, clock, local)
    shown = found.astimezone(local)
    if exists(day, clock, local):
        assert (shown.date(), shown.time(), shown.fold) == (day, clock, 0)
    else:
        before, after = (found - DAY).astimezone(local), (found + DAY).astimezone(local)
        gap = (after.utcoffset() or DAY) - (before.utcoffset() or DAY)
        assert shown.replace(tzinfo=None) == datetime.combine(day, clock) + gap


@given(MOMENTS, CLOCKS, WEEKDAYS, ZONES, st.integers(0, 100))
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), time(2, 45), (), "Europe/Berlin", 0)
@example(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), time(3), (), "Europe/Berlin", 1)
def test_a_delay_by_the_clock_is_never_early_and_ends_at_its_hour_on_its_day(
    base: datetime, clock: time, weekdays: tuple[int, ...], zone: str, hours: int
) -> None:
    step = Delay("d", hours * HOUR, until=f"{clock:%H:%M}", weekdays=weekdays)
    local = ZoneInfo(zone)
    end = end_of_delay(step, base, {}, zone)
    days, rest = divmod(hours * HOUR, DAY)
    by_calendar = at_local(base.astimezone(local).date() + days * DAY, time(), local)
    assert end >= max(base, by_calendar)
    assert end >= base + rest
    assert end - base <= hours * HOUR + (8 * DAY if weekdays else DAY) + 2 * HOUR
    shown = end.astimezone(local)
    if shown.time() == clock:
        assert not weekdays or shown.weekday() in weekdays
    else:
        assert not exists((end - 2 * HOUR).astimezone(local).date(), clock, local) or not exists(
            shown.date(), clock, local
        )


@given(MOMENTS, CLOCKS, ZONES)
def test_a_day_until_ten_is_the_first_ten_after_the_same_hour_of_the_next_day(
    base: datetime, clock: time, zone: str
) -> None:
    local = ZoneInfo(zone)
    here = base.astimezone(local)
    tomorrow = at_local(here.date() + DAY, here.time(), local)
    end = end_of_delay(Delay("d", DAY, until=f"{clock:%H:%M}"), base, {}, zone)
    days = [tomorrow.astimezone(local).date() + n * DAY for n in range(3)]
    assert end == min(at for day in days if (at := at_local(day, clock, local)) >= tomorrow)


@given(MOMENTS, WEEKDAYS.filter(bool), ZONES)
def test_a_delay_until_a_weekday_ends_at_its_beginning_or_at_once(
    base: datetime, weekdays: tuple[int, ...], zone: str
) -> None:
    end = end_of_delay(Delay("d", weekdays=weekdays), base, {}, zone)
    local = ZoneInfo(zone)
    assert base <= end <= base + 7 * DAY + HOUR
    assert end.astimezone(local).weekday() in weekdays
    if end != base:
        assert (end - MINUTE).astimezone(local).weekday() != end.astimezone(local).weekday()


DATES: st.SearchStrategy[object] = st.one_of(
    st.dates(),
    st.datetimes(),
    st.datetimes(timezones=st.timezones()),
    st.dates().map(date.isoformat),
    st.sampled_from([None, "", "soon", "2028-02-30", 7, True, [], {}, "9999-12-31", "0001-01-01"]),
)


@given(MOMENTS, DATES, ZONES, st.integers(0, 40), WEEKDAYS)
def test_a_delay_until_a_date_of_the_data_never_ends_before_it_began(
    base: datetime, found: object, zone: str, days: int, weekdays: tuple[int, ...]
) -> None:
    step = Delay("d", days * DAY, until_field="customer.born", weekdays=weekdays)
    end = end_of_delay(step, base, {"customer": {"born": found}}, zone)
    assert end >= base
    assert end.tzinfo is not None


# --- zones that are not what they were ----------------------------------------------------------

TEN = Delay("till", until="10:00")
WORDS = Template("Hello", "", "<mjml><mj-body></mj-body></mjml>", "Hello")
MAIL = SendMessage("mail", ChannelName.EMAIL, WORDS)


def a_flow(*steps: Step) -> Flow:
    return Flow("Time", Trigger("order.placed"), steps)


def entered(flow: Flow, at: datetime) -> Enrollment:
    return Enrollment("e", "f", "v", "c", "order:1", at, at, step_id=flow.first_step_id, due_at=at)


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        # Samoa left out a day; Russia and Turkey gave up changing; Volgograd changed its mind.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T20:00"),
        ("Europe/Moscow", "2011-06-01", "2011-06-01T06:00"),
        ("Europe/Moscow", "2014-11-01", "2014-11-01T07:00"),
        ("Europe/Istanbul", "2016-12-01", "2016-12-01T07:00"),
        ("Europe/Volgograd", "2020-06-01", "2020-06-01T06:00"),
        ("Europe/Volgograd", "2021-06-01", "2021-06-01T07:00"),
        ("America/Sao_Paulo", "2018-12-01", "2018-12-01T12:00"),
        ("America/Sao_Paulo", "2019-12-01", "2019-12-01T13:00"),
    ],
)
def test_a_zone_keeps_the_law_of_each_day(zone: str, day: str, ends: str) -> None:
    found = at_local(date.fromisoformat(day), time(10), ZoneInfo(zone))
    assert found == datetime.fromisoformat(ends).replace(tzinfo=UTC)


@given(st.text(max_size=80))
def test_no_name_of_a_zone_is_an_error(name: str) -> None:
    assert isinstance(zone_of(name), ZoneInfo)
    assert zone_of(name, "Europe/Berlin").key in {name, "Europe/Berlin"}


@given(MOMENTS, ZONES, ZONES)
def test_whoever_moves_while_waiting_is_written_to_at_their_own_hour(
    at: datetime, first: str, then: str
) -> None:
    """What was planned by the old clock is asked again by the new one, and only moves on."""
    flow = a_flow(TEN, MAIL)
    waiting, _ = advance(flow, entered(flow, at), Facts(zone=first), at)
    planned = waiting.due_at
    assume(planned is not None)
    assert planned is not None
    after, effects = advance(flow, waiting, Facts(zone=then), planned)
    by_new = end_of_delay(TEN, at, {}, then)
    if by_new > planned:
        assert (after.due_at, effects) == (by_new, ())
        after, effects = advance(flow, after, Facts(zone=then), by_new)
    assert [one.due_at for one in effects if isinstance(one, Send)] == [max(planned, by_new)]
    assert after.choices == {}


def test_a_date_that_is_put_off_while_waiting_is_waited_for() -> None:
    flow = a_flow(Delay("till", until_field="customer.renews"), MAIL)
    at = datetime(2026, 3, 2, 9, tzinfo=UTC)
    told = {"customer": {"renews": "2026-03-10"}}
    waiting, _ = advance(flow, entered(flow, at), Facts(told), at)
    moved = {"customer": {"renews": "2026-03-20"}}
    still, effects = advance(flow, waiting, Facts(moved), datetime(2026, 3, 10, tzinfo=UTC))
    assert (still.due_at, effects) == (datetime(2026, 3, 20, tzinfo=UTC), ())
    gone = {"customer": {"renews": None}}
    _, effects = advance(flow, waiting, Facts(gone), datetime(2026, 3, 10, tzinfo=UTC))
    assert [one.due_at for one in effects if isinstance(one, Send)] == [waiting.due_at]


# --- whole flows ------------------------------------------------------------------------------

RICH = Condition("eq", field="customer.rich", value=True)
DELAYS = st.one_of(
    st.builds(Delay, st.just("x"), st.integers(1, 4000).map(lambda n: n * MINUTE),
              st.sampled_from(Since)),
    st.builds(
        lambda days, clock, on: Delay("x", days * DAY, until=f"{clock:%H:%M}", weekdays=on),
        st.integers(0, 3), CLOCKS, WEEKDAYS,
    ),
    st.just(Delay("x", DAY, until_field="order.placed_at")),
)  # fmt: skip
ACTS = st.sampled_from([MAIL, NotifyStaff("x", "Look", "Here")])


def _waits(yes: list[Step], no: list[Step], hours: int) -> Step:
    return WaitForEvent("x", "product.viewed", hours * HOUR, None, tuple(yes), tuple(no))


def _switch(one: list[Step], two: list[Step]) -> Step:
    return Switch("x", "customer.country", (Case("home", ("DE",), tuple(one)),), tuple(two))


STEPS: st.SearchStrategy[Step] = st.recursive(
    st.one_of(DELAYS, ACTS),
    lambda inner: st.one_of(
        st.builds(lambda yes, no: Branch("x", RICH, tuple(yes), tuple(no)),
                  st.lists(inner, max_size=2), st.lists(inner, max_size=2)),
        st.builds(_waits, st.lists(inner, max_size=2), st.lists(inner, max_size=2),
                  st.integers(1, 90)),
        st.builds(_switch, st.lists(inner, max_size=2), st.lists(inner, max_size=2)),
    ),
    max_leaves=7,
)  # fmt: skip


def _renamed(steps: Sequence[Step], prefix: str) -> tuple[Step, ...]:
    """Give each step an id of its own, from its place."""
    named = []
    for number, step in enumerate(steps):
        own = f"{prefix}{number}"
        match step:
            case Branch() | WaitForEvent():
                inside = {"yes": _renamed(step.yes, own + "y"), "no": _renamed(step.no, own + "n")}
                named.append(replace(step, id=own, **inside))
            case Switch():
                cases = tuple(replace(c, steps=_renamed(c.steps, own + "c")) for c in step.cases)
                rest = _renamed(step.otherwise, own + "o")
                named.append(replace(step, id=own, cases=cases, otherwise=rest))
            case _:
                named.append(replace(step, id=own))
    return tuple(named)


FLOWS = st.lists(STEPS, min_size=1, max_size=6).map(lambda steps: a_flow(*_renamed(steps, "s")))
STARTS = st.one_of(NEAR, ANY)
EVENTS = st.lists(st.integers(0, 20_000), max_size=4).map(sorted)
PEOPLE = st.builds(
    lambda zone, rich, country: (zone, {"customer": {"rich": rich, "country": country}}),
    ZONES, st.booleans(), st.sampled_from(["DE", "FR", None]),
)  # fmt: skip
LOOKS = st.lists(st.integers(0, 30_000), max_size=25).map(sorted)
END = 400 * DAY
"""Later than any flow here can last."""


def lived(
    flow: Flow,
    start: datetime,
    looks: Sequence[timedelta],
    viewed: Sequence[int],
    person: tuple[str, dict[str, object]],
) -> tuple[Enrollment, list[Effect]]:
    """Look at these moments; whatever was seen to happen once stays known."""
    zone, values = person
    values = {**values, "order": {"placed_at": start}}
    enrollment, found, latest = entered(flow, start), list[Effect](), start
    for look in looks:
        now = start + look
        latest = max(latest, now)
        events = [
            Happened("product.viewed", start + n * MINUTE, {})
            for n in viewed
            if start + n * MINUTE <= latest
        ]
        enrollment, new = advance(flow, enrollment, Facts(values, events=events, zone=zone), now)
        assert all(_at(one) <= now for one in new if isinstance(one, (Send, Do)))
        assert enrollment.state is EnrollmentState.ENDED or (enrollment.due_at or now) > now
        found += new
    moments = [_at(one) for one in found if isinstance(one, (Send, Do))]
    assert moments == sorted(moments)
    assert min(moments, default=start) >= start
    return enrollment, found


def _at(one: Send | Do) -> datetime:
    return one.due_at if isinstance(one, Send) else one.at


def steps_of(effects: Sequence[Effect]) -> list[str]:
    return [one.step_id for one in effects if isinstance(one, (Send, Do))]


@settings(max_examples=40)
@given(FLOWS, STARTS, LOOKS, EVENTS, PEOPLE)
def test_advancing_in_small_steps_equals_advancing_at_once(
    flow: Flow,
    start: datetime,
    looks: list[int],
    viewed: list[int],
    person: tuple[str, dict[str, object]],
) -> None:
    small = [*(n * MINUTE for n in looks), END]
    slow, many = lived(flow, start, small, viewed, person)
    fast, one = lived(flow, start, [END], viewed, person)
    assert many == one
    assert (slow, slow.state) == (fast, EnrollmentState.ENDED)


@given(
    FLOWS, STARTS, LOOKS, st.lists(st.integers(-120, 120), min_size=26, max_size=26), EVENTS, PEOPLE
)
def test_a_clock_that_steps_by_two_hours_makes_nothing_early_twice_or_skipped(
    flow: Flow,
    start: datetime,
    looks: list[int],
    steps: list[int],
    viewed: list[int],
    person: tuple[str, dict[str, object]],
) -> None:
    stepping = [(n + off) * MINUTE for n, off in zip(looks, steps, strict=False)]
    after, found = lived(flow, start, [*stepping, END], viewed, person)
    taken = steps_of(found)
    assert len(taken) == len(set(taken))
    assert after.state is EnrollmentState.ENDED
    # Whichever way was taken at a wait, all that lies on it was done.
    _, again = lived(flow, start, [END], viewed, person)
    if not any(isinstance(step, WaitForEvent) for step in flow.steps_by_id.values()):
        assert taken == steps_of(again)


@settings(max_examples=40)
@given(FLOWS, STARTS, st.integers(0, 30_000), st.integers(0, 3000), PEOPLE)
def test_a_later_look_is_never_behind_an_earlier_one(
    flow: Flow, start: datetime, early: int, more: int, person: tuple[str, dict[str, object]]
) -> None:
    _, before = lived(flow, start, [early * MINUTE], [], person)
    _, after = lived(flow, start, [(early + more) * MINUTE], [], person)
    assert steps_of(after)[: len(steps_of(before))] == steps_of(before)
