"""Campaigns through the real jobs: once, at their time, by every rule of messages, and reported."""

from datetime import UTC, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from jobs import (
    campaigns,
    drafts,
    intake,
    launch,
    publish,
    segments,
)
from jobs.intake_orders import NotHere, NotNow
from jobs.segments import SegmentInUse
from marketing.campaigns import Clock, Schedule
from marketing.events import EventName, News
from marketing.flow_schema import BadFlow
from marketing.said import as_kept, recalled
from storage import reports, schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import hit, ordered, tell
from tests.jobs.test_segments import VIP, make
from tests.jobs.test_steps import MAIL

DAY = timedelta(days=1)


def work(stage: Stage) -> None:
    both = [stage.store_id, stage.stranger_id]
    while launch.drain(stage.runtime, both) or intake.drain(stage.runtime, both):
        pass
    stage.work()


def live(stage: Stage, by: timedelta, step: timedelta = HOUR) -> None:
    left = by
    while left > timedelta():
        stage.pass_time(min(step, left))
        left -= step
        work(stage)


def document(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = {"name": "Sale", "source": {"everyone": True}, "steps": list(steps or (MAIL,))}
    return {**told, **more}


def made(stage: Stage, *steps: dict[str, Any], **more: Any) -> str:
    told = campaigns.create(stage.runtime, stage.store_id, document(*steps, **more))
    return told.campaign.id


def send(stage: Stage, campaign_id: str, wanted: Schedule | None = None) -> None:
    campaigns.schedule(stage.runtime, stage.store_id, campaign_id, wanted)


def state(stage: Stage, campaign_id: str) -> str:
    return campaigns.find(stage.runtime, stage.store_id, campaign_id).campaign.state.value


def report(stage: Stage, campaign_id: str) -> campaigns.Report:
    return campaigns.report(stage.runtime, stage.store_id, campaign_id)


def problems(stage: Stage) -> dict[str, int]:
    with stage.database.reading() as connection:
        found = reports.problems(connection, stage.store_id, stage.now - DAY)
        assert not reports.problems(connection, stage.stranger_id, stage.now - DAY)
    return {one.kind: one.count for one in found}


def in_store(stage: Stage, by: timedelta) -> Schedule:
    """A whole minute from now on, as the store's clock shows it."""
    at = (stage.now + by).astimezone(ZoneInfo(stage.store.timezone))
    return Schedule(at.replace(tzinfo=None, second=0, microsecond=0), Clock.STORE)


def test_a_campaign_goes_to_everyone_once_and_is_sent_then(stage: Stage) -> None:
    people = stage.seed_cart_people(20)
    stage.customer("Eve", stage.stranger_id)
    campaign_id = made(stage)
    send(stage, campaign_id)
    work(stage)
    assert stage.sink.counts() == dict.fromkeys(people, 1)
    assert state(stage, campaign_id) == "sending"
    live(stage, 2 * MINUTE, MINUTE)
    assert state(stage, campaign_id) == "sent"
    with pytest.raises(NotNow, match="over: it can't be changed any more"):
        send(stage, campaign_id)


def test_a_campaign_waits_for_its_time_by_the_stores_clock(stage: Stage) -> None:
    stage.change(schema.stores, stage.store_id, timezone="America/New_York")
    stage.customer()
    campaign_id = made(stage)
    send(stage, campaign_id, in_store(stage, 3 * HOUR))
    live(stage, 2 * HOUR + 55 * MINUTE, 5 * MINUTE)
    assert (state(stage, campaign_id), stage.sink.mails) == ("scheduled", [])
    live(stage, 6 * MINUTE, MINUTE)
    assert len(stage.sink.mails) == 1


def test_each_customer_may_have_it_at_their_own_hour(stage: Stage) -> None:
    stage.change(schema.stores, stage.store_id, timezone="Europe/Berlin")
    zones = {"tokyo": "Asia/Tokyo", "home": None, "ny": "America/New_York"}
    who = {stage.customer(name, timezone=zone): name for name, zone in zones.items()}
    day = (stage.now + 2 * DAY).replace(hour=10, minute=0, second=0, microsecond=0)
    wanted = Schedule(day.replace(tzinfo=None), Clock.CUSTOMER)
    campaign_id = made(stage)
    send(stage, campaign_id, wanted)
    live(stage, 4 * DAY, HOUR)
    due = {who[row.customer_id]: row.due_at for row in stage.messages(state="sent")}
    at = wanted.at
    assert due == {
        "tokyo": at.replace(tzinfo=ZoneInfo("Asia/Tokyo")).astimezone(UTC),
        "home": at.replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC),
        "ny": at.replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC),
    }
    assert state(stage, campaign_id) == "sent"


def test_a_planned_one_is_a_draft_again_and_goes_out_to_nobody(stage: Stage) -> None:
    stage.customer()
    planned = made(stage)
    send(stage, planned, in_store(stage, HOUR))
    with pytest.raises(NotHere):
        campaigns.unschedule(stage.runtime, stage.stranger_id, planned)
    campaigns.unschedule(stage.runtime, stage.store_id, planned)
    live(stage, 2 * HOUR)
    assert (state(stage, planned), stage.sink.mails) == ("draft", [])
    send(stage, planned, in_store(stage, HOUR))
    live(stage, 2 * HOUR)
    assert len(stage.sink.mails) == 1
    with pytest.raises(NotNow):
        campaigns.unschedule(stage.runtime, stage.store_id, planned)


def test_it_is_moved_and_called_off_until_it_begins(stage: Stage) -> None:
    stage.customer()
    moved, off = made(stage), made(stage)
    send(stage, moved, in_store(stage, HOUR))
    send(stage, off, in_store(stage, HOUR))
    send(stage, moved, in_store(stage, 4 * HOUR))
    campaigns.cancel(stage.runtime, stage.store_id, off)
    live(stage, 2 * HOUR)
    assert stage.sink.mails == []
    changed = document({**MAIL, "id": "better"})
    campaigns.change(stage.runtime, stage.store_id, moved, changed)
    live(stage, 3 * HOUR)
    assert [row.step_id for row in stage.messages()] == ["better"]
    assert (state(stage, off), stage.rows(schema.campaigns, id=off)[0].due_at) == (
        "cancelled",
        None,
    )
    for act in (campaigns.cancel, lambda *who: campaigns.change(*who, changed)):
        with pytest.raises(NotNow):
            act(stage.runtime, stage.store_id, moved)
    with pytest.raises(NotNow, match="That moment is over"):
        send(stage, made(stage), in_store(stage, -HOUR))


def test_a_time_that_passed_while_all_was_down_waits_for_a_person(stage: Stage) -> None:
    stage.customer()
    late, missed = made(stage), made(stage)
    send(stage, late, in_store(stage, HOUR))
    send(stage, missed, in_store(stage, HOUR))
    stage.change(
        schema.campaigns, late, due_at=stage.now + 20 * HOUR, late_at=stage.now + 30 * HOUR
    )
    stage.pass_time(10 * HOUR)
    work(stage)
    (held,) = stage.rows(schema.campaigns, id=missed)
    assert (held.state, held.due_at, stage.sink.mails) == ("held", None, [])
    assert "Its time passed" in held.reason
    assert problems(stage) == {"held_campaigns": 1}
    send(stage, missed)
    work(stage)
    assert len(stage.sink.mails) == 1
    assert stage.rows(schema.campaigns, id=missed)[0].reason is None


def test_pausing_stops_it_midway_and_resuming_sends_the_rest(stage: Stage) -> None:
    people = stage.seed_cart_people(intake.BATCH + 30)
    campaign_id = made(stage)
    send(stage, campaign_id)
    launch.drain(stage.runtime, [stage.store_id])
    intake.take_batch(stage.runtime, stage.store_id)
    stage.work()
    assert len(stage.sink.taken) == intake.BATCH
    campaigns.pause(stage.runtime, stage.store_id, campaign_id)
    live(stage, 30 * MINUTE, 10 * MINUTE)
    told = campaigns.find(stage.runtime, stage.store_id, campaign_id)
    assert (told.is_paused, told.campaign.state) == (True, "sending")
    assert len(stage.sink.taken) == intake.BATCH
    campaigns.resume(stage.runtime, stage.store_id, campaign_id)
    work(stage)
    assert stage.sink.counts() == dict.fromkeys(people, 1)
    with pytest.raises(NotNow, match="is not being sent"):
        campaigns.pause(stage.runtime, stage.store_id, made(stage))


def test_caps_put_off_consent_and_filters_keep_out_and_the_report_says_so(stage: Stage) -> None:
    only = {"op": "eq", "field": "customer.country", "value": "CA"}
    ada = stage.customer(country="CA")
    stage.customer("Ben", country="CA", email_consent="unsubscribed")
    stage.customer("Eve", country="US")
    stage.cart(ada)
    live(stage, HOUR + MINUTE)
    assert len(stage.sink.mails) == 1
    publish.pause(stage.runtime, stage.store_id, stage.flow_id())
    campaign_id = made(stage, filter=only)
    send(stage, campaign_id)
    work(stage)
    told = report(stage, campaign_id)
    assert (told.recipients, told.sent, told.waiting) == (2, 0, {"frequency_cap": 1})
    assert told.skipped == {"filtered": 1, "unsubscribed": 1}
    live(stage, 17 * HOUR)
    told = report(stage, campaign_id)
    assert (told.sent, told.waiting, state(stage, campaign_id)) == (1, {}, "sent")
    assert stage.messages(flow_id=flow_of(stage, campaign_id), customer_id=ada)[0].state == "sent"


LONG_CAP = {"caps": {"email": "PT48H"}}


@pytest.mark.parametrize(
    ("deadline", "ends", "waiting", "skipped"),
    [
        (None, "sent", {}, {}),
        ("PT24H", "expired", {}, {"frequency_cap": 1}),
        ("PT72H", "sent", {}, {}),
    ],
)
def test_a_cap_longer_than_the_deadline_ends_a_message_with_its_reason_and_a_patient_one_waits(
    stage: Stage,
    deadline: str | None,
    ends: str,
    waiting: dict[str, int],
    skipped: dict[str, int],
) -> None:
    stage.change(schema.stores, stage.store_id, settings=LONG_CAP)
    ada = stage.customer()
    stage.cart(ada)
    live(stage, HOUR + MINUTE)
    assert len(stage.sink.mails) == 1, "a reminder of another flow went just now"
    publish.pause(stage.runtime, stage.store_id, stage.flow_id())
    campaign_id = made(stage, {**MAIL, **({"deadline": deadline} if deadline else {})})
    send(stage, campaign_id)
    work(stage)
    assert report(stage, campaign_id).waiting == {"frequency_cap": 1}
    live(stage, 23 * HOUR)
    assert report(stage, campaign_id).waiting == {"frequency_cap": 1}
    live(stage, 27 * HOUR)
    told = report(stage, campaign_id)
    (message,) = stage.messages(flow_id=flow_of(stage, campaign_id))
    assert message.state == ends
    assert message.reason == next(iter(skipped), None)
    assert (told.waiting, told.skipped) == (waiting, skipped)
    assert told.sent == (1 if ends == "sent" else 0)
    assert state(stage, campaign_id) == "sent"


def test_a_night_longer_than_the_deadline_ends_a_message_at_once_with_its_reason(
    stage: Stage,
) -> None:
    local = stage.now.astimezone(ZoneInfo(stage.store.timezone))
    begin, end = local - HOUR, local + 6 * HOUR
    quiet = {"email": {"start": begin.strftime("%H:%M"), "end": end.strftime("%H:%M")}}
    stage.change(schema.stores, stage.store_id, settings={"quiet_hours": quiet})
    stage.customer()
    campaign_id = made(stage, {**MAIL, "deadline": "PT2H"})
    send(stage, campaign_id)
    work(stage)
    told = report(stage, campaign_id)
    assert (told.sent, told.waiting, told.skipped) == (0, {}, {"quiet_hours": 1})
    live(stage, 8 * HOUR)
    assert stage.sink.mails == []


def flow_of(stage: Stage, campaign_id: str) -> str:
    flow_id: str = stage.rows(schema.campaigns, id=campaign_id)[0].flow_id
    return flow_id


def test_variants_opens_clicks_and_revenue_are_in_the_report(stage: Stage) -> None:
    arms = [{"key": key, "weight": 1, "steps": [{**MAIL, "id": key}]} for key in ("a", "b")]
    stage.seed_cart_people(24)
    campaign_id = made(stage, {"kind": "split", "id": "try", "variants": arms})
    send(stage, campaign_id)
    work(stage)
    sent = stage.messages(state="sent")
    for row, kind in ((sent[0], "click"), (sent[1], "open")):
        hit(stage, row.id, kind, stage.now + MINUTE)
    stage.pass_time(10 * MINUTE)
    work(stage)
    ordered(stage, sent[0].customer_id)
    told = report(stage, campaign_id)
    assert (told.sent, told.clicked, told.opened, told.ordered) == (24, 1, 2, 1)
    assert told.revenue == 8900
    steps = told.figures.steps
    assert {"a", "b"} <= set(steps)
    assert steps["a"].sent + steps["b"].sent == 24
    assert steps["try"].ways == {"a": steps["a"].sent, "b": steps["b"].sent}


def test_quiet_hours_put_it_off(stage: Stage) -> None:
    local = stage.now.astimezone(ZoneInfo(stage.store.timezone))
    begin, end = local - HOUR, local + 3 * HOUR
    quiet = {"email": {"start": begin.strftime("%H:%M"), "end": end.strftime("%H:%M")}}
    stage.change(schema.stores, stage.store_id, settings={"quiet_hours": quiet})
    stage.customer()
    campaign_id = made(stage)
    send(stage, campaign_id)
    work(stage)
    assert report(stage, campaign_id).waiting == {"quiet_hours": 1}
    live(stage, 4 * HOUR)
    assert len(stage.sink.mails) == 1


def test_a_second_sending_after_a_failure_reaches_only_the_rest(stage: Stage) -> None:
    stage.seed_cart_people(intake.BATCH + 10)
    campaign_id = made(stage)
    send(stage, campaign_id)
    launch.drain(stage.runtime, [stage.store_id])
    intake.take_batch(stage.runtime, stage.store_id)
    (order,) = stage.rows(schema.intakes)
    stage.change(
        schema.intakes, order.id, state="failed", due_at=None, error=as_kept(intake.BROKEN)
    )
    live(stage, 2 * MINUTE, MINUTE)
    (held,) = stage.rows(schema.campaigns)
    assert held.state == "held"
    assert recalled(held.reason) == (
        "Not everybody could be let in. Something went wrong on our side, several times in a row. "
        "Sending it again reaches the rest."
    )
    send(stage, campaign_id)
    work(stage)
    assert set(stage.sink.counts().values()) == {1}
    assert len(stage.sink.counts()) == intake.BATCH + 10


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"steps": []}, "writes to nobody"),
        ({"steps": [{"kind": "exit", "id": "x"}]}, "writes to nobody"),
        ({"steps": [{**MAIL, "template": {}}]}, "mail"),
        ({"name": ""}, "is empty"),
        ({"deadline": "P9D"}, "deadline is out of bounds"),
        ({"deadline": "soon"}, "is no duration"),
        ({"source": {}}, "Give one of segment"),
        ({"filter": {"op": "like"}}, "filter"),
        ({"to": 1}, "to is not known here"),
    ],
)
def test_a_document_that_cannot_be_sent_says_where_and_why(
    stage: Stage, wrong: dict[str, Any], words: str
) -> None:
    with pytest.raises(BadFlow, match=words):
        campaigns.create(stage.runtime, stage.store_id, document(**wrong))
    with pytest.raises(BadFlow, match=words):
        campaigns.check(stage.runtime, stage.store_id, document(**wrong))
    assert stage.rows(schema.campaigns) == []


def test_checking_counts_whom_it_is_for(stage: Stage) -> None:
    ada = stage.customer()
    stage.customer("Ben")
    stage.customer("Eve", stage.stranger_id)
    ask = stage.runtime, stage.store_id
    assert campaigns.check(*ask, document()) == 2
    assert campaigns.check(*ask, document(source={"customers": [ada]})) == 1


def test_another_stores_campaigns_and_customers_lead_nowhere(stage: Stage) -> None:
    campaign_id, runtime, stranger = made(stage), stage.runtime, stage.stranger_id
    eve = stage.customer("Eve", stranger)
    for act in (
        campaigns.find,
        campaigns.cancel,
        campaigns.pause,
        campaigns.resume,
        campaigns.report,
    ):
        with pytest.raises(NotHere):
            act(runtime, stranger, campaign_id)
    with pytest.raises(NotHere):
        campaigns.schedule(runtime, stranger, campaign_id, None)
    with pytest.raises(NotHere):
        campaigns.change(runtime, stranger, campaign_id, document())
    with pytest.raises(NotHere, match="no customer"):
        made(stage, source={"customers": [eve]})
    assert campaigns.of_store(runtime, stranger) == []
    assert [one.campaign.id for one in campaigns.of_store(runtime, stage.store_id)] == [campaign_id]


def test_a_flow_cannot_start_a_campaign(stage: Stage) -> None:
    flow_id = flow_of(stage, made(stage))
    start = {"kind": "start_flow", "id": "go", "flow": flow_id}
    told = {"name": "Other", "trigger": {"event": "order.placed"}, "steps": [start]}
    other = drafts.create(stage.runtime, stage.store_id, told)
    with pytest.raises(BadFlow, match="names no flow of this store"):
        publish.publish(stage.runtime, stage.store_id, other)


def test_a_campaign_goes_to_the_segment_as_it_is_by_then(stage: Stage) -> None:
    left, came = stage.customer(tags=["vip"]), stage.customer("Ben")
    segment_id = make(stage, VIP)
    whom = {"source": {"segment": segment_id}}
    campaign_id = made(stage, **whom)
    assert campaigns.check(stage.runtime, stage.store_id, document(**whom)) == 1
    send(stage, campaign_id, in_store(stage, 2 * HOUR))
    with pytest.raises(SegmentInUse) as refused:
        segments.remove(stage.runtime, stage.store_id, segment_id)
    assert refused.value.users == ("Sale",)
    for who, tags in ((left, []), (came, ["vip"])):
        stage.change(schema.customers, who, tags=tags)
        tell(stage, News(EventName.CUSTOMER_UPDATED, stage.now, who))
    live(stage, 3 * HOUR)
    assert [row.customer_id for row in stage.messages(state="sent")] == [came]
    with pytest.raises(NotHere, match="no segment"):
        campaigns.create(stage.runtime, stage.stranger_id, document(**whom))
