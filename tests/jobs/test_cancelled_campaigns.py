"""Campaigns that end midway: called off, cancelled, or because their store left."""

from collections import Counter

import pytest

from jobs import (
    advance,
    campaigns,
    deliver,
    intake,
    intake_orders,
    launch,
    privacy,
)
from jobs.intake_orders import NotNow
from marketing.said import recalled
from storage import schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_campaigns import (
    DAY,
    flow_of,
    in_store,
    live,
    made,
    report,
    send,
    state,
    work,
)


def test_calling_its_intake_off_midway_calls_the_rest_of_it_off(stage: Stage) -> None:
    stage.seed_cart_people(intake.BATCH + 10)
    campaign_id = made(stage)
    send(stage, campaign_id)
    launch.drain(stage.runtime, [stage.store_id])
    intake.take_batch(stage.runtime, stage.store_id)
    (order,) = stage.rows(schema.intakes)
    intake_orders.cancel(stage.runtime, stage.store_id, order.id)
    live(stage, 2 * MINUTE, MINUTE)
    assert (state(stage, campaign_id), len(stage.sink.mails)) == ("cancelled", intake.BATCH)


@pytest.mark.parametrize("is_paused", [False, True])
def test_cancelling_it_midway_sends_it_to_nobody_else_and_its_figures_say_so(
    stage: Stage, is_paused: bool
) -> None:
    stage.seed_cart_people(intake.BATCH + 10)
    campaign_id = made(stage)
    send(stage, campaign_id)
    launch.drain(stage.runtime, [stage.store_id])
    intake.take_batch(stage.runtime, stage.store_id)
    advance.drain(stage.runtime, [stage.store_id])
    deliver.deliver_batch(stage.runtime, stage.store_id)
    gone = len(stage.sink.mails)
    assert 0 < gone < intake.BATCH
    if is_paused:
        campaigns.pause(stage.runtime, stage.store_id, campaign_id)
    told = campaigns.cancel(stage.runtime, stage.store_id, campaign_id)
    assert told.campaign.state == "cancelled"
    live(stage, 3 * MINUTE, MINUTE)
    assert (state(stage, campaign_id), len(stage.sink.mails)) == ("cancelled", gone)
    live(stage, 9 * HOUR)
    found = report(stage, campaign_id)
    assert (found.sent, found.recipients) == (gone, intake.BATCH)
    assert (dict(found.waiting), dict(found.skipped)) == ({}, {"stopped": intake.BATCH - gone})
    mine = {"flow_id": flow_of(stage, campaign_id)}
    states = Counter(row.state for row in stage.rows(schema.messages, **mine))
    assert states == {"sent": gone, "skipped": intake.BATCH - gone}
    assert "active" not in {row.state for row in stage.rows(schema.enrollments, **mine)}
    (kept,) = stage.rows(schema.campaigns)
    assert kept.due_at is None
    with pytest.raises(NotNow, match="is over"):
        campaigns.cancel(stage.runtime, stage.store_id, campaign_id)


def test_a_store_that_leaves_midway_and_comes_back_sends_none_of_what_was_left(
    stage: Stage,
) -> None:
    stage.seed_cart_people(intake.BATCH + 10)
    going, planned = made(stage), made(stage)
    send(stage, planned, in_store(stage, 2 * HOUR))
    send(stage, going)
    launch.drain(stage.runtime, [stage.store_id])
    intake.take_batch(stage.runtime, stage.store_id)
    advance.drain(stage.runtime, [stage.store_id])
    deliver.deliver_batch(stage.runtime, stage.store_id)
    gone = len(stage.sink.mails)
    with stage.database.writing() as connection:
        assert privacy.uninstalled(connection, stage.store, stage.now, stage.now)
    live(stage, DAY, 4 * HOUR)
    assert len(stage.sink.mails) == gone
    status = {"status": "installed", "uninstalled_at": None}
    stage.change(schema.stores, stage.store_id, **status)
    live(stage, DAY, 4 * HOUR)
    mine = {"flow_id": flow_of(stage, going)}
    states = Counter(row.state for row in stage.rows(schema.messages, **mine))
    assert states["sent"] == gone, states
    assert not stage.rows(schema.messages, flow_id=flow_of(stage, planned))
    assert [recalled(row.reason) for row in stage.rows(schema.campaigns, id=planned)] == [
        privacy.LEFT
    ]
    assert state(stage, planned) == "held"
    assert state(stage, going) in {"sent", "cancelled", "held"}, states
    assert (dict(report(stage, going).waiting), report(stage, going).sent) == ({}, gone)


def test_a_planned_one_waits_for_a_person_when_the_store_is_back_before_its_time(
    stage: Stage,
) -> None:
    stage.customer()
    planned, draft = made(stage), made(stage)
    send(stage, planned, in_store(stage, 5 * HOUR))
    with stage.database.writing() as connection:
        assert privacy.uninstalled(connection, stage.store, stage.now, stage.now)
    stage.change(schema.stores, stage.store_id, status="installed", uninstalled_at=None)
    live(stage, 10 * HOUR)
    assert (state(stage, planned), state(stage, draft)) == ("held", "draft")
    assert stage.sink.mails == []
    send(stage, planned)
    work(stage)
    assert len(stage.sink.mails) == 1


def test_one_that_everybody_has_had_is_sent_though_it_is_cancelled_then(stage: Stage) -> None:
    stage.seed_cart_people(3)
    campaign_id = made(stage)
    send(stage, campaign_id)
    work(stage)
    assert (state(stage, campaign_id), len(stage.sink.mails)) == ("sending", 3)
    told = campaigns.cancel(stage.runtime, stage.store_id, campaign_id)
    assert told.campaign.state.value == "sent"
    assert told.campaign.finished_at is not None
    with pytest.raises(NotNow, match="is over"):
        campaigns.cancel(stage.runtime, stage.store_id, campaign_id)
