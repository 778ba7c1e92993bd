"""Flows that write to the same people for the same reason: a warning, for both may be meant.

Two flows are siblings when their triggers fire for the same news and they write within a day of
each other on the same channel. Their filters are not compared: who passes both hears from both.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from marketing import recipes
from marketing.events import EventName
from marketing.flow import (
    Delay,
    Flow,
    SendMessage,
    Since,
    Step,
    Trigger,
    WaitForEvent,
    branches_of,
    ways_of,
)
from marketing.keyword_match import folded, is_met
from marketing.model import ChannelName
from marketing.questions import SILENT, Question
from marketing.said import say
from marketing.templates import Problem

CLOSE = timedelta(days=1)
NARROWING = ("channel", "tag", "segment", "property", "name", "orders", "spent", "days")
Writing = tuple[timedelta, frozenset[ChannelName]]
"""How long after the trigger something is written, at the earliest, and on which channels."""


def warnings(flow: Flow, live: Iterable[Flow]) -> tuple[Problem, ...]:
    """Give a sentence for each other live flow that would write to the same people."""
    found = [one for one in live if _is_meant_instead(flow, one) or are_siblings(flow, one)]
    return tuple(_warning(flow, one) for one in found)


def about_others(flow: Flow, live: Iterable[Flow]) -> tuple[Problem, ...]:
    """Give a sentence for each other live flow that doubles this one, else for its namesakes."""
    found: list[Problem] = []
    for one in live:
        is_alike = one.trigger.event == flow.trigger.event
        found += (warnings(flow, [one]) if is_alike else ()) or namesakes(flow, [one])
    return tuple(dict.fromkeys(found))


def namesakes(flow: Flow, live: Iterable[Flow]) -> tuple[Problem, ...]:
    """Give a sentence if another live flow has the same name: lists can't tell them apart then.

    What begins by hand may be a campaign's, which stands in another list.
    """
    own = flow.name.strip().casefold()
    named = (one.name.strip().casefold() for one in live if one.trigger.event != EventName.MANUAL)
    if own not in named:
        return ()
    message = say("Another live flow is called “{name}” too", name=flow.name)
    remedy = say("Lists and reports name both alike. Give one of them another name.")
    return (Problem("", "name", message, remedy, code="same_name"),)


def are_siblings(one: Flow, other: Flow) -> bool:
    """Say whether two flows begin alike and write soon after each other."""
    if not _begin_alike(one.trigger, other.trigger):
        return False
    mine, theirs = list(_writings(one.steps)), list(_writings(other.steps))
    return any(
        abs(at - their_at) < CLOSE and channels & their_channels
        for at, channels in mine
        for their_at, their_channels in theirs
    )


def _warning(flow: Flow, other: Flow) -> Problem:
    if _is_meant_instead(flow, other):
        message = say("“{name}” is live, and this recipe is meant instead of it", name=other.name)
    else:
        message = say("Another live flow starts from the same trigger: “{name}”", name=other.name)
    remedy = say("Whoever enters both hears from both. Pause one of them, or narrow their filters.")
    return Problem("trigger", "", message, remedy)


def _is_meant_instead(flow: Flow, other: Flow) -> bool:
    pairs = ((flow.recipe, other.recipe), (other.recipe, flow.recipe))
    return any(
        one in recipes.names() and recipes.about(one).instead_of == of
        for one, of in pairs
        if one and of
    )


def _begin_alike(one: Trigger, other: Trigger) -> bool:
    if one.event != other.event or one.event == EventName.MANUAL:
        return False
    if one.keywords and other.keywords and not _may_be_said_at_once(one, other):
        return False
    both = [(getattr(one, name), getattr(other, name)) for name in NARROWING]
    return all(mine == theirs or None in (mine, theirs) for mine, theirs in both)


def _may_be_said_at_once(one: Trigger, other: Trigger) -> bool:
    """Say whether one message meets both: the whole of it one's word, and the other's in it."""
    told = ((one, other), (other, one))
    return any(
        is_met(wide.keywords, wide.keyword_match, folded(word))
        for wide, narrow in told
        for word in narrow.keywords
        if is_met(narrow.keywords, narrow.keyword_match, folded(word))
    )


def _writings(steps: tuple[Step, ...], at: timedelta = timedelta()) -> Iterator[Writing]:
    for step in steps:
        if isinstance(step, SendMessage):
            yield at, frozenset(step.channels or (step.channel,))
        if isinstance(step, WaitForEvent):
            yield from _writings(step.yes, at)
            yield from _writings(step.no, at + step.timeout)
        elif isinstance(step, Question):
            for way, inside in ways_of(step).items():
                yield from _writings(inside, at + step.timeout if way == SILENT else at)
        else:
            for branch in branches_of(step):
                yield from _writings(branch, at)
        if isinstance(step, Delay):
            at = max(at, step.duration) if step.since is Since.TRIGGER else at + step.duration
