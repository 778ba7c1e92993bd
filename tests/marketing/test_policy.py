"""A store's settings document, and what holds where it is silent or makes no sense."""

from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.consent import Audience, ConsentPolicy
from marketing.model import ChannelName
from marketing.policy import StorePolicy, Windows, policy_of
from marketing.timing import Window


def test_an_empty_document_gives_the_defaults() -> None:
    assert policy_of({}) == StorePolicy()
    assert StorePolicy().caps[ChannelName.EMAIL] == timedelta(hours=16)
    assert ChannelName.EMAIL not in StorePolicy().open_hours
    assert StorePolicy().windows == Windows(timedelta(days=5), timedelta(days=5))


def test_what_the_merchant_set_holds() -> None:
    policy = policy_of(
        {
            "audience": "everyone",
            "audience_by_country": {"de": "subscribers", "US": "nobody"},
            "caps": {"email": "PT4H", "sms": None, "pigeon": "PT1H"},
            "quiet_hours": {"email": {"start": "22:00", "end": "07:30"}, "sms": None},
            "click_window": "P7D",
            "open_window": "P1D",
        }
    )
    assert policy.consent == ConsentPolicy(Audience.EVERYONE, {"DE": Audience.SUBSCRIBERS})
    assert policy.caps == {ChannelName.EMAIL: timedelta(hours=4)}
    assert policy.open_hours[ChannelName.EMAIL] == Window(time(7, 30), time(22))
    assert ChannelName.SMS not in policy.open_hours
    assert policy.windows == Windows(timedelta(days=7), timedelta(days=1))


@pytest.mark.parametrize(
    "settings",
    [
        {"audience": "nobody"},
        {"audience": ["everyone"]},
        {"caps": "PT1H"},
        {"caps": {"email": 16}},
        {"quiet_hours": {"email": {"start": "late"}}},
        {"quiet_hours": {"email": "22-8"}},
        {"click_window": 5},
    ],
)
def test_what_makes_no_sense_has_the_default(settings: dict[str, Any]) -> None:
    assert policy_of(settings) == StorePolicy()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
KEYS = st.sampled_from(
    ["audience", "audience_by_country", "caps", "quiet_hours", "click_window", "open_window"]
)


@given(st.dictionaries(KEYS, JSON))
def test_no_document_stops_a_store(settings: dict[str, Any]) -> None:
    assert isinstance(policy_of(settings), StorePolicy)
