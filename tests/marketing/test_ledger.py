"""Which state of a message may follow which, whatever the order of reports."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing import ledger
from marketing.ledger import may_follow, on_status, rank
from marketing.model import MessageState as State
from marketing.model import MessageStatus as Status

ENDS = (State.SKIPPED, State.EXPIRED, State.DEAD)


@pytest.mark.parametrize(
    ("state", "status", "reached"),
    [
        (State.ACCEPTED, Status.SENT, State.SENT),
        (State.ACCEPTED, Status.DELIVERED, State.DELIVERED),
        (State.SENT, Status.QUEUED, None),
        (State.DELIVERED, Status.SENT, None),
        (State.DELIVERED, Status.OPENED, State.READ),
        (State.READ, Status.DELIVERED, None),
        (State.DELIVERED, Status.BOUNCED, State.BOUNCED),
        (State.READ, Status.BOUNCED, State.BOUNCED),
        (State.DELIVERED, Status.FAILED, None),
        (State.FAILED, Status.DELIVERED, State.DELIVERED),
        (State.FAILED, Status.SENT, None),
        (State.BOUNCED, Status.DELIVERED, None),
        (State.ACCEPTED, Status.DEFERRED, None),
        (State.ACCEPTED, Status.REJECTED, State.FAILED),
        (State.ACCEPTED, Status.COMPLAINED, State.DELIVERED),
        (State.HANDING_OVER, Status.QUEUED, State.ACCEPTED),
        (State.HANDING_OVER, Status.CLICKED, State.READ),
        (State.UNKNOWN, Status.QUEUED, State.ACCEPTED),
        (State.UNKNOWN, Status.FAILED, State.FAILED),
        (State.ABANDONED, Status.DELIVERED, State.DELIVERED),
        (State.DUE, Status.DELIVERED, None),
        (State.SKIPPED, Status.DELIVERED, None),
    ],
)
def test_reports_move_a_message_forward_only(
    state: State, status: Status, reached: State | None
) -> None:
    assert on_status(state, status) is reached


@given(st.lists(st.sampled_from(Status), max_size=8))
def test_no_series_of_reports_lowers_a_message(series: list[Status]) -> None:
    state = State.ACCEPTED
    for status in series:
        reached = on_status(state, status) or state
        assert rank(reached) >= rank(state) or reached in (State.BOUNCED, State.FAILED)
        assert reached not in ledger.WAITING | ledger.IN_FLIGHT
        state = reached


def test_reports_in_any_order_end_alike() -> None:
    for order in permutations([Status.SENT, Status.DELIVERED, Status.OPENED]):
        state = State.ACCEPTED
        for status in order:
            state = on_status(state, status) or state
        assert state is State.READ


def test_what_may_have_been_sent_is_never_due_again() -> None:
    """`handing_over` alone may be due again: where the provider knows our key, or never got it."""
    for state in ledger.UNSURE | ledger.HANDED_OVER | {State.FAILED}:
        reached, fresh = {state}, {state}
        while fresh:
            fresh = {f for s in fresh for f in ledger.FOLLOWERS[s]} - reached
            reached |= fresh
        assert not reached & (ledger.WAITING | ledger.IN_FLIGHT)


@pytest.mark.parametrize("end", [State.SKIPPED, State.EXPIRED])
def test_what_was_given_up_stays_so(end: State) -> None:
    assert not any(may_follow(end, following) for following in State)


def test_every_state_has_its_place() -> None:
    sets = (ledger.WAITING, ledger.IN_FLIGHT, ledger.NEVER_SENT, ledger.HANDED_OVER, ledger.UNSURE)
    assert set(State) == set().union(*sets)
    assert sum(map(len, sets)) == len(State)
    assert set(ledger.FOLLOWERS) == set(State)
    assert [rank(end) for end in ENDS] == [0, 0, 0]


def test_every_way_out_of_a_state_leads_to_an_end() -> None:
    for state in State:
        if state not in ledger.TERMINAL | {State.ACCEPTED, State.SENT, State.DELIVERED}:
            assert ledger.FOLLOWERS[state]
