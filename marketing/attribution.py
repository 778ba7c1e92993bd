"""Which message earned an order: one stated rule, one message per order.

The last human click within the click window before the order; without one, the message whose
link the order's own visit began with, as the platform tells it; without that, the last human
open within the open window. Machines' opens and clicks never count, nor do orders that the
visible rules leave out (staff, test, POS, draft, B2B).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from marketing.policy import Windows

A_SECOND, TICK = timedelta(seconds=1), timedelta(microseconds=1)


class TouchKind(StrEnum):
    OPEN = "open"
    CLICK = "click"
    LANDED = "landed"
    """A click that nobody counted: the order's visit began with the message's link."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One open or click of the customer who ordered."""

    message_id: str
    kind: TouchKind
    occurred_at: datetime
    is_machine: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """The message an order is credited to, and by what."""

    message_id: str
    kind: TouchKind
    touched_at: datetime


def credit(
    placed_at: datetime,
    touches: Iterable[Touch],
    windows: Windows | None = None,
    *,
    counts: bool = True,
) -> Attribution | None:
    """Credit an order to a message of its customer; None: no message earned it.

    `counts` is the order's own (`Order.counts`). A touch at the order's very moment precedes
    it; at a tie the greater message id wins, so that the answer never depends on an order.
    """
    if not counts:
        return None
    windows, until = windows or Windows(), _end_of(placed_at)
    human = [t for t in touches if not t.is_machine and t.occurred_at <= until]
    return (
        _last(human, TouchKind.CLICK, placed_at - windows.click)
        or _last(human, TouchKind.LANDED, placed_at - windows.click)
        or _last(human, TouchKind.OPEN, placed_at - windows.open)
    )


def landing(
    message_id: str, sent_at: datetime, told_at: datetime | None, placed_at: datetime
) -> Touch | None:
    """Give the touch that an order's landing proves; None for a message sent after the order.

    Nobody lands by a message before it is sent, nor for an order after it: a platform's clock is
    believed in between, and the order's own moment where it tells none.
    """
    if sent_at > _end_of(placed_at):
        return None
    at = min(max(told_at or placed_at, sent_at), _end_of(placed_at))
    return Touch(message_id, TouchKind.LANDED, at)


def _end_of(placed_at: datetime) -> datetime:
    """Give the end of an order's moment: platforms tell it in whole seconds, and cut off the rest.

    Of a click in that second nobody can say that it came after the order; people click first.
    """
    return placed_at if placed_at.microsecond else placed_at + A_SECOND - TICK


def _last(touches: list[Touch], kind: TouchKind, since: datetime) -> Attribution | None:
    fit = [t for t in touches if t.kind is kind and t.occurred_at >= since]
    if not fit:
        return None
    last = max(fit, key=lambda t: (t.occurred_at, t.message_id))
    return Attribution(last.message_id, kind, last.occurred_at)
