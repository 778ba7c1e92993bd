"""The rules before a send, one by one and in their order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketing.consent import Audience, ConsentPolicy, SuppressionScope
from marketing.flow import Condition, FlowStatus
from marketing.gate import (
    LATE,
    CodeState,
    Defer,
    Expire,
    GateFacts,
    Go,
    Hold,
    Outgoing,
    RewardState,
    Skip,
    Verdict,
    decide,
)
from marketing.model import ChannelName, ConsentState, MessageKind, Reason, StoreStatus
from marketing.policy import StorePolicy, policy_of

DUE = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MESSAGE = Outgoing(ChannelName.EMAIL, MessageKind.MARKETING, DUE, DUE + 8 * HOUR)
FINE = GateFacts(
    StorePolicy(), ("Europe/Berlin",), address="ada@example.com", consent=ConsentState.SUBSCRIBED
)
POOR = Condition("lt", field="customer.spent", value=100)


def a_message(**more: object) -> Outgoing:
    return replace(MESSAGE, **more)  # type: ignore[arg-type]


def facts(**more: object) -> GateFacts:
    return replace(FINE, **more)  # type: ignore[arg-type]


def test_a_message_with_nothing_against_it_goes() -> None:
    assert decide(MESSAGE, FINE, DUE) == Go()


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"store_status": StoreStatus.UNINSTALLED}, Skip(Reason.STORE_UNINSTALLED)),
        ({"store_status": StoreStatus.NEEDS_REAUTH}, Go()),
        ({"erased": True}, Skip(Reason.CUSTOMER_ERASED)),
        ({"stopped": Reason.ORDER_PLACED}, Skip(Reason.ORDER_PLACED)),
        ({"stopped": Reason.REPLACED}, Skip(Reason.REPLACED)),
        ({"flow_status": FlowStatus.PAUSED}, Hold(Reason.FLOW_PAUSED)),
        ({"flow_status": FlowStatus.DRAFT}, Hold(Reason.FLOW_PAUSED)),
        ({"filter": POOR, "values": {"customer": {"spent": 500}}}, Skip(Reason.FILTERED)),
        ({"filter": POOR, "values": {"customer": {"spent": 50}}}, Go()),
        ({"address": None}, Skip(Reason.NO_ADDRESS)),
        ({"consent": None}, Skip(Reason.NO_CONSENT)),
        ({"consent": ConsentState.UNSUBSCRIBED}, Skip(Reason.UNSUBSCRIBED)),
        ({"suppression": SuppressionScope.MARKETING}, Skip(Reason.SUPPRESSED)),
        ({"in_human_hands": True}, Hold(Reason.IN_HUMAN_HANDS)),
        ({"channel_paused": True}, Hold(Reason.CHANNEL_PAUSED)),
        (
            {"last_other_flow_at": DUE - 15 * HOUR},
            Defer(DUE + HOUR, Reason.FREQUENCY_CAP),
        ),
        ({"last_other_flow_at": DUE - 16 * HOUR}, Go()),
        ({"last_other_flow_at": DUE - HOUR}, Defer(DUE + 8 * HOUR - LATE, Reason.FREQUENCY_CAP)),
    ],
)
def test_each_rule_by_itself(more: dict[str, object], verdict: Verdict) -> None:
    assert decide(MESSAGE, facts(**more), DUE) == verdict


IN_ORDER: list[tuple[dict[str, object], Verdict]] = [
    ({"store_status": StoreStatus.UNINSTALLED}, Skip(Reason.STORE_UNINSTALLED)),
    ({"stopped": Reason.ORDER_PLACED}, Skip(Reason.ORDER_PLACED)),
    ({"flow_status": FlowStatus.PAUSED}, Hold(Reason.FLOW_PAUSED)),
    ({"filter": POOR}, Skip(Reason.FILTERED)),
    ({"consent": None}, Skip(Reason.NO_CONSENT)),
    ({"in_human_hands": True}, Hold(Reason.IN_HUMAN_HANDS)),
    ({"last_other_flow_at": DUE - 15 * HOUR}, Defer(DUE + HOUR, Reason.FREQUENCY_CAP)),
]


@pytest.mark.parametrize("first", range(len(IN_ORDER)))
def test_the_earlier_rule_decides(first: int) -> None:
    everything = {key: value for more, _ in IN_ORDER[first:] for key, value in more.items()}
    assert decide(MESSAGE, facts(**everything), DUE) == IN_ORDER[first][1]


def test_a_message_goes_up_to_its_deadline_and_then_expires() -> None:
    assert decide(MESSAGE, FINE, MESSAGE.expires_at) == Go()
    late = MESSAGE.expires_at + timedelta(microseconds=1)
    assert decide(MESSAGE, FINE, late) == Expire(Reason.EXPIRED)


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"consent": None}, Go()),
        ({"consent": ConsentState.UNSUBSCRIBED}, Go()),
        ({"last_other_flow_at": DUE - MINUTE}, Go()),
        ({"suppression": SuppressionScope.MARKETING}, Go()),
        ({"suppression": SuppressionScope.ALL}, Skip(Reason.SUPPRESSED)),
    ],
)
def test_transactional_messages_stop_at_a_hard_bounce_only(
    more: dict[str, object], verdict: Verdict
) -> None:
    message = a_message(kind=MessageKind.TRANSACTIONAL)
    assert decide(message, facts(**more), DUE) == verdict


def test_everyone_may_be_written_to_where_the_store_says_so() -> None:
    policy = StorePolicy(consent=ConsentPolicy(by_country={"US": Audience.EVERYONE}))
    assert decide(MESSAGE, facts(policy=policy, consent=None, country="US"), DUE) == Go()
    in_france = facts(policy=policy, consent=None, country="FR")
    assert decide(MESSAGE, in_france, DUE) == Skip(Reason.NO_CONSENT)


def test_an_sms_in_the_night_waits_for_the_customers_morning() -> None:
    message = a_message(channel=ChannelName.SMS, expires_at=DUE + 24 * HOUR)
    night = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    morning = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert decide(message, FINE, night) == Defer(morning, Reason.QUIET_HOURS)
    in_new_york = facts(zones=("America/New_York",))
    assert decide(message, in_new_york, night) == Go()


def test_an_sms_waits_until_it_is_day_wherever_they_may_be() -> None:
    message = a_message(channel=ChannelName.SMS, expires_at=DUE + 48 * HOUR)
    either = facts(zones=("America/Chicago", "America/Los_Angeles"))
    night_in_one = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)  # 21:00 and 19:00
    day_in_both = datetime(2026, 3, 3, 17, 0, tzinfo=UTC)
    waits = Defer(day_in_both, Reason.QUIET_HOURS)
    assert decide(message, either, night_in_one) == waits
    assert decide(message, either, day_in_both - MINUTE) == waits
    assert decide(message, either, day_in_both) == Go()


def test_an_sms_never_goes_where_no_hour_is_day_in_every_place() -> None:
    message = a_message(channel=ChannelName.SMS, expires_at=DUE + 24 * HOUR)
    around_the_world = facts(zones=("Pacific/Honolulu", "Pacific/Guam", "Europe/London"))
    assert decide(message, around_the_world, DUE) == Expire(Reason.QUIET_HOURS)
    told = replace(message, kind=MessageKind.TRANSACTIONAL)
    assert decide(told, around_the_world, DUE) == Go()


def test_a_night_longer_than_the_deadline_expires_the_message() -> None:
    message = a_message(channel=ChannelName.SMS, expires_at=DUE + 12 * HOUR)
    night = datetime(2026, 3, 2, 21, 0, tzinfo=UTC)
    assert decide(message, FINE, night) == Expire(Reason.QUIET_HOURS)


def test_of_two_flows_in_the_same_second_the_other_is_asked_once_more_and_then_expires() -> None:
    """Up to its deadline the first may still turn out not to have gone."""
    rival = facts(last_other_flow_at=DUE)
    last_look = MESSAGE.expires_at - LATE
    assert decide(MESSAGE, rival, DUE) == Defer(last_look, Reason.FREQUENCY_CAP)
    put_off = a_message(put_off=Reason.FREQUENCY_CAP)
    assert decide(put_off, FINE, last_look) == Go()
    assert decide(put_off, rival, last_look) == Defer(MESSAGE.expires_at, Reason.FREQUENCY_CAP)
    for late in (timedelta(), MINUTE):
        verdict = decide(put_off, rival, MESSAGE.expires_at + late)
        assert verdict == Expire(Reason.FREQUENCY_CAP)


PATIENT = replace(MESSAGE, is_patient=True)
ALL_NIGHT = policy_of({"quiet_hours": {"email": {"start": "11:00", "end": "10:00"}}})


@pytest.mark.parametrize(
    ("hours_ago", "after", "verdict"),
    [
        (1, 0, Defer(DUE + 15 * HOUR, Reason.FREQUENCY_CAP)),
        (1, 15, Go()),
        (1, 23, Go()),
        (1, 24, Expire(Reason.FREQUENCY_CAP)),
        (-14, 15, Defer(DUE + 30 * HOUR, Reason.FREQUENCY_CAP)),
        (-14, 38, Go()),
        (-60, 72, Expire(Reason.FREQUENCY_CAP)),
    ],
)
def test_the_time_that_a_cap_takes_does_not_count_for_a_patient_message(
    hours_ago: int, after: int, verdict: Verdict
) -> None:
    put_off = replace(PATIENT, put_off=Reason.FREQUENCY_CAP if after else None)
    other = facts(last_other_flow_at=DUE - hours_ago * HOUR)
    assert decide(put_off, other, DUE + after * HOUR) == verdict


def test_a_patient_message_outwaits_a_cap_of_any_length_and_one_only() -> None:
    policy = policy_of({"caps": {"email": "P30D"}})
    month = 30 * 24 * HOUR
    other = facts(policy=policy, last_other_flow_at=DUE)
    assert decide(PATIENT, other, DUE) == Defer(DUE + month, Reason.FREQUENCY_CAP)
    put_off = replace(PATIENT, put_off=Reason.FREQUENCY_CAP)
    assert decide(put_off, other, DUE + month) == Go()
    again = replace(other, last_other_flow_at=DUE + 20 * 24 * HOUR)
    last_look = DUE + month + 8 * HOUR - LATE
    assert decide(put_off, again, DUE + month) == Defer(last_look, Reason.FREQUENCY_CAP)


def test_a_night_longer_than_its_deadline_puts_a_patient_message_off() -> None:
    quiet = facts(policy=ALL_NIGHT, zones=("UTC",))
    noon = DUE + 2 * HOUR
    message = replace(PATIENT, due_at=noon, expires_at=noon + 8 * HOUR)
    morning = DUE + 24 * HOUR
    assert decide(message, quiet, noon) == Defer(morning, Reason.QUIET_HOURS)
    assert decide(message, quiet, morning + HOUR - MINUTE) == Go()


@pytest.mark.parametrize("kind", MessageKind)
def test_an_outage_counts_for_patient_messages_too(kind: MessageKind) -> None:
    late = DUE + 9 * HOUR
    for other in (None, late, late - 26 * HOUR):
        asked = facts(last_other_flow_at=other)
        assert decide(replace(PATIENT, kind=kind), asked, late) == Expire(Reason.EXPIRED)


def test_email_has_quiet_hours_where_the_merchant_sets_them() -> None:
    policy = policy_of({"quiet_hours": {"email": {"start": "09:00", "end": "12:00"}}})
    noon = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert decide(MESSAGE, facts(policy=policy), DUE) == Defer(noon, Reason.QUIET_HOURS)


@pytest.mark.parametrize(
    ("hours_ago", "verdict"),
    [
        (None, Skip(Reason.CHANNEL_WINDOW)),
        (24, Skip(Reason.CHANNEL_WINDOW)),
        (23, Go()),
    ],
)
def test_messenger_takes_messages_for_a_day_after_the_customer_wrote(
    hours_ago: int | None, verdict: Verdict
) -> None:
    inbound = None if hours_ago is None else DUE - hours_ago * HOUR
    message = a_message(channel=ChannelName.MESSENGER)
    assert decide(message, facts(last_inbound_at=inbound), DUE) == verdict


# The discount code


@pytest.mark.parametrize(
    ("more", "after", "verdict"),
    [
        ({"code": CodeState.READY, "code_ends_at": DUE + 24 * HOUR}, 0, Go(offers_code=True)),
        ({"code": CodeState.READY}, 0, Go(offers_code=True)),
        ({"code": CodeState.WAITING}, 0, Defer(DUE + 8 * HOUR, Reason.AWAITING_CODE)),
        ({"code": CodeState.WAITING}, 8, Go(note=Reason.CODE_UNAVAILABLE)),
        ({"code": CodeState.WAITING}, 9, Go(note=Reason.CODE_UNAVAILABLE)),
        ({"code": CodeState.WAITING}, 10, Expire(Reason.EXPIRED)),
        ({"code": CodeState.READY, "code_ends_at": DUE}, 1, Go(note=Reason.CODE_UNAVAILABLE)),
        ({"code": CodeState.READY, "code_ends_at": DUE + 24 * HOUR}, 9, Expire(Reason.EXPIRED)),
    ],
)
def test_a_message_waits_for_its_code_to_the_deadline_and_goes_without(
    more: dict[str, object], after: int, verdict: Verdict
) -> None:
    assert decide(a_message(**more), FINE, DUE + after * HOUR) == verdict


# The reward


@pytest.mark.parametrize(
    ("more", "after", "verdict"),
    [
        ({"reward": RewardState.GIVEN}, 0, Go()),
        ({"reward": RewardState.NOT_DUE}, 0, Skip(Reason.NO_REWARD)),
        ({"reward": RewardState.FAILED}, 0, Skip(Reason.REWARD_UNAVAILABLE)),
        ({"reward": RewardState.WAITING}, 0, Defer(DUE + 8 * HOUR, Reason.AWAITING_REWARD)),
        ({"reward": RewardState.WAITING}, 8, Skip(Reason.REWARD_UNAVAILABLE)),
        ({"reward": RewardState.WAITING}, 10, Expire(Reason.EXPIRED)),
        ({"reward": RewardState.CODE, "code": CodeState.READY}, 0, Go(offers_code=True)),
        (
            {"reward": RewardState.CODE, "code": CodeState.WAITING},
            0,
            Defer(DUE + 8 * HOUR, Reason.AWAITING_CODE),
        ),
        (
            {"reward": RewardState.CODE, "code": CodeState.WAITING},
            8,
            Skip(Reason.REWARD_UNAVAILABLE),
        ),
        (
            {"reward": RewardState.CODE, "code_refusal": Reason.CODE_BUDGET},
            0,
            Skip(Reason.CODE_BUDGET),
        ),
        (
            {"reward": RewardState.CODE, "code": CodeState.READY, "code_ends_at": DUE},
            0,
            Skip(Reason.REWARD_UNAVAILABLE),
        ),
    ],
)
def test_a_message_that_tells_of_a_reward_goes_with_it_or_not_at_all(
    more: dict[str, object], after: int, verdict: Verdict
) -> None:
    assert decide(a_message(**more), FINE, DUE + after * HOUR) == verdict


# After an outage


def test_of_two_waiting_messages_the_later_one_goes() -> None:
    now = DUE + 3 * HOUR
    first = facts(next_due_at=DUE + 2 * HOUR)
    assert decide(MESSAGE, first, now) == Expire(Reason.OVERTAKEN)
    assert decide(a_message(due_at=DUE + 2 * HOUR), facts(next_due_at=DUE), now) == Go()


def test_messages_planned_for_the_same_moment_do_not_overtake_each_other() -> None:
    assert decide(MESSAGE, facts(next_due_at=DUE), DUE + 3 * HOUR) == Go()


def test_a_little_late_is_no_outage() -> None:
    quick = facts(next_due_at=DUE + MINUTE)
    assert decide(MESSAGE, quick, DUE + 5 * MINUTE) == Go()


@pytest.mark.parametrize(
    ("gap", "sent_late_by", "wait"),
    [(60, 50, 60), (180, 50, 60), (30, 50, 30), (0, 50, 0), (60, 5, 0)],
)
def test_the_successor_of_a_late_message_keeps_the_planned_gap_up_to_an_hour(
    gap: int, sent_late_by: int, wait: int
) -> None:
    sent = DUE + sent_late_by * MINUTE
    message = a_message(due_at=DUE + gap * MINUTE, expires_at=DUE + 24 * HOUR)
    neighbours = facts(previous_due_at=DUE, previous_sent_at=sent)
    verdict = decide(message, neighbours, sent + timedelta(seconds=1))
    if wait:
        assert verdict == Defer(sent + wait * MINUTE, Reason.FREQUENCY_CAP)
    else:
        assert verdict == Go()


def test_an_outage_over_a_whole_sequence_lets_one_message_go() -> None:
    """Three messages 1, 12 and 24 hours after the cart; everything was down until hour 26."""
    now = DUE + 25 * HOUR
    dues = [DUE, DUE + 11 * HOUR, DUE + 23 * HOUR]
    verdicts = [
        decide(
            a_message(due_at=due, expires_at=due + 8 * HOUR),
            facts(next_due_at=max((d for d in dues if d != due and d <= now), default=None)),
            now,
        )
        for due in dues
    ]
    assert verdicts == [Expire(Reason.EXPIRED), Expire(Reason.EXPIRED), Go()]


TEXT = replace(MESSAGE, channel=ChannelName.SMS)
NEW_YORK, NUMBER = "America/New_York", "+12125550100"


@pytest.mark.parametrize(
    ("number", "zone", "hour", "goes_at"),
    [
        (NUMBER, NEW_YORK, 12, 13),  # 7 there
        (NUMBER, NEW_YORK, 14, 14),
        (NUMBER, "America/Los_Angeles", 14, 16),
        ("+4915112345678", "Europe/Berlin", 3, 3),
    ],
)
def test_a_store_without_quiet_hours_texts_an_american_number_by_day_all_the_same(
    number: str, zone: str, hour: int, goes_at: int
) -> None:
    none = policy_of({"quiet_hours": {"sms": None}})
    now = DUE.replace(hour=hour)
    message = replace(TEXT, due_at=now, expires_at=now + 24 * HOUR)
    told = facts(policy=none, zones=(zone,), address=number)
    at = DUE.replace(hour=goes_at)
    verdict = Go() if at == now else Defer(at, Reason.QUIET_HOURS)
    assert decide(message, told, now) == verdict
    service = replace(message, kind=MessageKind.TRANSACTIONAL)
    assert decide(service, told, now) == Go()


def test_hours_that_the_law_does_not_leave_open_let_nothing_go() -> None:
    by_night = policy_of({"quiet_hours": {"sms": {"start": "07:00", "end": "22:00"}}})
    told = facts(policy=by_night, zones=(NEW_YORK,), address=NUMBER)
    assert decide(TEXT, told, DUE) == Expire(Reason.QUIET_HOURS)


def test_texts_go_from_nine_to_eight_unless_the_store_says_otherwise() -> None:
    evening = DUE.replace(hour=19, minute=30)  # 20:30 in Berlin
    told = facts(address="+4915112345678")
    text = replace(TEXT, due_at=evening, expires_at=evening + 24 * HOUR)
    morning = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
    assert decide(text, told, evening) == Defer(morning, Reason.QUIET_HOURS)
    chat = replace(text, channel=ChannelName.WHATSAPP)
    assert decide(chat, told, evening) == Go()
