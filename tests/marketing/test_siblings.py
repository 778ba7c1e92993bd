"""Two live flows for the same purpose: told where they write to the same people within a day."""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import pytest

from marketing import recipes
from marketing.events import EventName
from marketing.flow import Delay, Flow, SendMessage, Since, Template, Trigger, WaitForEvent
from marketing.keyword_match import KeywordMatch
from marketing.model import ChannelName
from marketing.siblings import are_siblings, namesakes, warnings

MAIL = SendMessage("mail", ChannelName.EMAIL, Template("Hi", "", "m", "t"))
TEXT = replace(MAIL, channel=ChannelName.SMS)
PLACED = Trigger(EventName.ORDER_PLACED)
HOUR = timedelta(hours=1)
IN_IT = {"keyword_match": KeywordMatch.CONTAINS}


def late(hours: int, since: Since = Since.PREVIOUS) -> Delay:
    return Delay("wait", hours * HOUR, since)


def a_flow(*steps: object, trigger: Trigger = PLACED, name: str = "Mine") -> Flow:
    return Flow(name, trigger, tuple(steps) or (MAIL,))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("other", "is_one"),
    [
        (a_flow(), True),
        (a_flow(late(23), MAIL), True),
        (a_flow(late(24), MAIL), False),
        (a_flow(late(20), late(23, Since.TRIGGER), MAIL), True),
        (a_flow(WaitForEvent("w", EventName.ORDER_PAID, 90 * HOUR, yes=(MAIL,))), True),
        (a_flow(WaitForEvent("w", EventName.ORDER_PAID, 90 * HOUR, no=(MAIL,))), False),
        (a_flow(TEXT), False),
        (a_flow(replace(MAIL, channels=(ChannelName.SMS, ChannelName.EMAIL))), True),
        (a_flow(late(1)), False),
        (a_flow(trigger=Trigger(EventName.ORDER_PAID)), False),
    ],
)
def test_flows_that_begin_alike_and_write_within_a_day_are_siblings(
    other: Flow, *, is_one: bool
) -> None:
    assert are_siblings(a_flow(), other) is is_one
    assert are_siblings(other, a_flow()) is is_one


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        ({"tag": "vip"}, {"tag": "vip"}, True),
        ({"tag": "vip"}, {}, True),
        ({"tag": "vip"}, {"tag": "new"}, False),
        ({"keywords": ("Yes", "ok")}, {"keywords": ("yes ",)}, True),
        ({"keywords": ("yes",)}, {"keywords": ("no",)}, False),
        ({"keywords": ("size",), **IN_IT}, {"keywords": ("What size?",)}, True),
        ({"keywords": ("size",), **IN_IT}, {"keywords": ("resize",)}, False),
        ({"keywords": ("size",), **IN_IT}, {"keywords": ("what size",), **IN_IT}, True),
        ({"keywords": ("size",)}, {"keywords": ("what size",), **IN_IT}, False),
        ({"days": 90}, {"days": 180}, False),
        ({"idle": HOUR}, {"idle": 2 * HOUR}, True),
    ],
)
def test_what_narrows_a_trigger_is_compared(
    one: dict[str, object], other: dict[str, object], *, is_one: bool
) -> None:
    told = [a_flow(trigger=replace(PLACED, **more)) for more in (one, other)]  # type: ignore[arg-type]
    assert are_siblings(*told) is is_one


def test_nobody_is_enrolled_by_hand_twice_without_knowing() -> None:
    assert not are_siblings(*[a_flow(trigger=Trigger(EventName.MANUAL))] * 2)


def test_the_recipes_that_double_each_other_are_told_and_no_others() -> None:
    told = {
        (one, other)
        for one, other in combinations(recipes.names(), 2)
        if warnings(recipes.load(one), [recipes.load(other)])
    }
    assert told == {
        ("abandoned-cart", "abandoned-cart-proof"),
        ("order-confirmation", "order-thank-you"),
    }


def test_the_warning_names_the_other_flow_and_the_remedy() -> None:
    (told,) = warnings(a_flow(), [a_flow(name="Theirs")])
    assert (told.step, told.field) == ("trigger", "")
    assert told.sentence.startswith(
        "trigger: Another live flow starts from the same trigger: “Theirs”. Whoever enters both"
    )
    mine, theirs = (recipes.load(name) for name in ("order-thank-you", "order-confirmation"))
    for one, other in ((mine, theirs), (theirs, mine)):
        (told,) = warnings(one, [other])
        assert f"“{other.name}” is live, and this recipe is meant instead of it" in told.sentence


def test_two_live_flows_of_one_name_are_told() -> None:
    (told,) = namesakes(a_flow(name="Thanks"), [a_flow(name="Other"), a_flow(name=" thanks ")])
    assert (told.field, told.code, "too" in told.message) == ("name", "same_name", True)
    assert namesakes(a_flow(name="Thanks"), [a_flow(name="Other")]) == ()
