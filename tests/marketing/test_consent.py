"""Who may be written to, and how a customer's words add up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.consent import (
    Audience,
    ConsentPolicy,
    SuppressionScope,
    consent_of_cart,
    may_write,
    merge_consent,
    policy_on,
)
from marketing.model import (
    Cart,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    CustomerKey,
    MessageKind,
    Reason,
)

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ADA = CustomerKey(email="ada@example.com")
S, U, N, P, INVALID = (
    ConsentState.SUBSCRIBED,
    ConsentState.UNSUBSCRIBED,
    ConsentState.NOT_SUBSCRIBED,
    ConsentState.PENDING,
    ConsentState.INVALID,
)


@pytest.mark.parametrize(
    ("consent", "audience", "reason"),
    [
        (S, Audience.SUBSCRIBERS, None),
        (N, Audience.SUBSCRIBERS, Reason.NO_CONSENT),
        (P, Audience.SUBSCRIBERS, Reason.NO_CONSENT),
        (None, Audience.SUBSCRIBERS, Reason.NO_CONSENT),
        (U, Audience.SUBSCRIBERS, Reason.UNSUBSCRIBED),
        (INVALID, Audience.SUBSCRIBERS, Reason.NO_CONSENT),
        (S, Audience.EVERYONE, None),
        (N, Audience.EVERYONE, None),
        (P, Audience.EVERYONE, None),
        (None, Audience.EVERYONE, None),
        (U, Audience.EVERYONE, Reason.UNSUBSCRIBED),
        (INVALID, Audience.EVERYONE, Reason.NO_CONSENT),
    ],
)
def test_marketing_needs_what_the_store_asks_for(
    consent: ConsentState | None, audience: Audience, reason: Reason | None
) -> None:
    policy = ConsentPolicy(audience)
    assert may_write(MessageKind.MARKETING, consent, None, policy) is reason
    assert may_write(MessageKind.TRANSACTIONAL, consent, None, policy) is None


@pytest.mark.parametrize("kind", MessageKind)
def test_a_hard_bounce_stops_everything(kind: MessageKind) -> None:
    everyone = ConsentPolicy(Audience.EVERYONE)
    assert may_write(kind, S, SuppressionScope.ALL, everyone) is Reason.SUPPRESSED


def test_a_stop_ends_texts_about_orders_too_where_the_store_says_so() -> None:
    left, orders = SuppressionScope.MARKETING, MessageKind.TRANSACTIONAL
    for is_all, refused in ((True, Reason.SUPPRESSED), (False, None)):
        policy = ConsentPolicy(stop_ends_all_texts=is_all)
        texts = policy_on(ChannelName.SMS, policy, is_window_open=False)
        assert may_write(orders, U, left, texts) is refused
        assert may_write(orders, N, None, texts) is None
        for other in set(ChannelName) - {ChannelName.SMS}:
            elsewhere = policy_on(other, policy, is_window_open=True)
            assert may_write(orders, U, left, elsewhere) is None


def test_the_country_chooses_the_audience() -> None:
    policy = ConsentPolicy(Audience.EVERYONE, {"DE": Audience.SUBSCRIBERS})
    asked = {c: may_write(MessageKind.MARKETING, N, None, policy, c) for c in ("DE", "US", None)}
    assert asked == {"DE": Reason.NO_CONSENT, "US": None, None: None}


def said(state: ConsentState, hour: int, source: ConsentSource = ConsentSource.PLATFORM) -> Consent:
    return Consent(ChannelName.EMAIL, state, source, NOON + timedelta(hours=hour), ADA)


TICK, CLICK = ConsentSource.CHECKOUT, ConsentSource.ONE_CLICK


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ([said(S, 0, TICK)], S),
        ([said(U, 1, CLICK), said(S, 0, TICK)], U),
        ([said(U, 0, CLICK), said(S, 1, TICK)], S),
        ([said(U, 0, CLICK), said(S, 0, TICK)], U),
        ([said(N, 5), said(S, 0, TICK)], S),
        ([said(P, 5), said(S, 0, TICK)], S),
        ([said(N, 5), said(U, 0, CLICK)], U),
        ([said(N, 5), said(P, 6)], P),
        ([said(INVALID, 5), said(S, 0)], INVALID),
        ([said(INVALID, 5), said(S, 6)], S),
        ([said(S, 0, TICK), said(U, 1, CLICK), said(S, 0), said(N, 9)], U),
    ],
)
def test_words_add_up_in_whatever_order_they_come(
    words: list[Consent], state: ConsentState
) -> None:
    for order in permutations(words):
        assert reduce(merge_consent, order[1:], merge_consent(None, order[0])).state is state


WORDS = st.builds(
    said, st.sampled_from(ConsentState), st.integers(0, 3), st.sampled_from(ConsentSource)
)


@given(st.lists(WORDS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_merging_knows_no_order_and_no_repeats(words: list[Consent], dice: object) -> None:
    shuffled = words + words[:2]
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert reduce(merge_consent, words) == reduce(merge_consent, shuffled)


def test_one_channel_says_nothing_about_another() -> None:
    with pytest.raises(ValueError, match="says nothing"):
        merge_consent(said(S, 0), replace(said(S, 0), channel=ChannelName.SMS))


def a_cart(*, accepts: bool, customer: CustomerKey | None = ADA) -> Cart:
    return Cart(
        external_id="c1",
        customer=customer,
        currency="EUR",
        store_currency="EUR",
        items=(),
        subtotal=0,
        total=0,
        store_total=0,
        created_at=NOON,
        updated_at=NOON + timedelta(hours=3),
        accepts_marketing=accepts,
    )


def test_only_a_ticked_box_says_something_and_as_of_the_checkouts_beginning() -> None:
    assert consent_of_cart(a_cart(accepts=True)) == said(S, 0, TICK)
    assert consent_of_cart(a_cart(accepts=False)) is None
    assert consent_of_cart(a_cart(accepts=True, customer=None)) is None
