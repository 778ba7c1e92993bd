"""The states of a message and which may follow which; the storage moves rows by these rules.

    due -> claimed -> handing_over -> accepted -> sent -> delivered -> read
    claimed -> skipped | expired | held | due (put off, or the lease ran out)
    handing_over -> retry_wait -> due;  handing_over -> unknown -> accepted | failed | abandoned

What a provider tells never lowers a message, but a bounce may come after a delivery and a
delivery after a failure. Every report is kept as an event, also one that moves nothing.
"""

from collections.abc import Mapping

from marketing.model import MessageState as State
from marketing.model import MessageStatus as Status

RANK: Mapping[State, int] = {
    State.DUE: 1,
    State.RETRY_WAIT: 1,
    State.HELD: 1,
    State.CLAIMED: 2,
    State.HANDING_OVER: 3,
    State.UNKNOWN: 3,
    State.ABANDONED: 3,
    State.ACCEPTED: 4,
    State.SENT: 5,
    State.DELIVERED: 6,
    State.READ: 7,
}
"""How far a message got; states that are not here are ends without a rank."""

WAITING = frozenset({State.DUE, State.RETRY_WAIT, State.HELD})
"""Not in anybody's hands: an exit, an unsubscribe or an erasure skips these at once."""
IN_FLIGHT = frozenset({State.CLAIMED, State.HANDING_OVER})
"""Under a lease."""
NEVER_SENT = frozenset({State.SKIPPED, State.EXPIRED, State.FAILED, State.DEAD})
HANDED_OVER = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED, State.READ, State.BOUNCED})
"""What counts as sent in reports."""
UNSURE = frozenset({State.UNKNOWN, State.ABANDONED})
"""Possibly sent: shown as such, never sent again."""
TERMINAL = frozenset(
    {
        State.SKIPPED,
        State.EXPIRED,
        State.DEAD,
        State.FAILED,
        State.BOUNCED,
        State.ABANDONED,
        State.READ,
    }
)
"""The app itself moves these no more; a provider's correction still may."""

_REPORTED = frozenset({State.SENT, State.DELIVERED, State.READ, State.BOUNCED, State.FAILED})
FOLLOWERS: Mapping[State, frozenset[State]] = {
    State.DUE: frozenset({State.CLAIMED, State.HELD, State.SKIPPED, State.EXPIRED, State.DEAD}),
    State.HELD: frozenset({State.DUE, State.SKIPPED, State.EXPIRED}),
    State.RETRY_WAIT: frozenset({State.DUE, State.CLAIMED, State.SKIPPED, State.EXPIRED}),
    State.CLAIMED: frozenset(
        {
            State.HANDING_OVER,
            State.DUE,
            State.HELD,
            State.SKIPPED,
            State.EXPIRED,
            State.FAILED,
            State.DEAD,
        }
    ),
    State.HANDING_OVER: _REPORTED
    | {State.ACCEPTED, State.RETRY_WAIT, State.UNKNOWN, State.HELD, State.DUE},
    State.UNKNOWN: _REPORTED | {State.ACCEPTED, State.ABANDONED},
    State.ABANDONED: _REPORTED | {State.ACCEPTED},
    State.ACCEPTED: _REPORTED,
    State.SENT: _REPORTED - {State.SENT},
    State.DELIVERED: frozenset({State.READ, State.BOUNCED}),
    State.READ: frozenset({State.BOUNCED}),
    State.FAILED: frozenset({State.DELIVERED, State.READ}),
    State.BOUNCED: frozenset({State.READ}),
    State.SKIPPED: frozenset(),
    State.EXPIRED: frozenset(),
    State.DEAD: frozenset({State.DUE}),
}

_REACHES: Mapping[Status, State | None] = {
    Status.QUEUED: State.ACCEPTED,
    Status.SENT: State.SENT,
    Status.DELIVERED: State.DELIVERED,
    Status.OPENED: State.READ,
    Status.CLICKED: State.READ,
    Status.DEFERRED: None,
    Status.BOUNCED: State.BOUNCED,
    Status.REJECTED: State.FAILED,
    Status.FAILED: State.FAILED,
    Status.COMPLAINED: State.DELIVERED,
    Status.UNSUBSCRIBED: State.DELIVERED,
}


def may_follow(current: State, following: State) -> bool:
    """Say whether a message may move from one state to the other."""
    return following in FOLLOWERS[current]


def rank(state: State) -> int:
    """Give how far a message got, 0 for an end without a hand-over."""
    return RANK.get(state, 0)


def on_status(state: State, status: Status) -> State | None:
    """Give the state that a provider's report moves a message to; None: it stays.

    Opens and clicks imply delivery and count as read; a complaint or an unsubscribe implies
    delivery too. A machine's open is no `opened`: the caller leaves it out.
    """
    reached = _REACHES[status]
    if reached is None or not may_follow(state, reached):
        return None
    return reached
