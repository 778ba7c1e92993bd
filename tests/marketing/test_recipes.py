"""The flows to begin with: complete, publishable, and at the promised times."""

from datetime import timedelta

import pytest

from marketing import recipes
from marketing.flow import Coupon, Delay, SendMessage, Since, walk
from marketing.flow_schema import problems
from marketing.model import ChannelName, MessageKind
from marketing.said import LANGUAGES
from marketing.templates import check_template


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_could_go_live_as_it_is(name: str, language: str) -> None:
    flow = recipes.load(name, language)
    assert flow.recipe == name
    assert problems(flow) == ()
    for step in walk(flow.steps):
        if isinstance(step, SendMessage):
            assert check_template(step.template, step=step.id, kind=step.kind) == ()


def test_a_recipe_that_is_none_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        recipes.load("../abandoned-cart")


def test_the_abandoned_cart_is_what_the_store_was_promised() -> None:
    flow = recipes.load("abandoned-cart")
    assert (flow.trigger.event, flow.trigger.idle) == ("cart.abandoned", timedelta(hours=1))
    assert flow.exits == ("order.placed",)
    messages = [step for step in flow.steps if isinstance(step, SendMessage)]
    assert [message.id for message in messages] == ["reminder", "objection", "offer"]
    assert {m.channel for m in messages} == {ChannelName.EMAIL}
    assert {m.kind for m in messages} == {MessageKind.MARKETING}
    assert [message.coupon for message in messages] == [None, None, "code"]
    delays = [step for step in flow.steps if isinstance(step, Delay)]
    assert [delay.duration.total_seconds() / 3600 for delay in delays] == [12, 23.75, 24]
    assert {delay.since for delay in delays} == {Since.TRIGGER}
    code = flow.steps_by_id["code"]
    assert isinstance(code, Coupon)
    assert (code.percent, code.valid_for) == (10, timedelta(hours=24))


def test_the_first_subject_is_the_one_of_the_story() -> None:
    reminder = recipes.load("abandoned-cart").steps_by_id["reminder"]
    assert isinstance(reminder, SendMessage)
    assert "still thinking it over" in reminder.template.subject.lower()
