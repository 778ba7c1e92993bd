"""Handing over: every refusal and failure ends where the ledger's protocol says."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from channels.email.smtp import SmtpChannel
from jobs import abandon, advance, codes, deliver, reap, reconcile
from marketing.flow import DEADLINE
from marketing.model import ChannelName
from marketing.timing import duration_of
from sandbox.faults import Fault
from storage import messages, pauses, schema, upkeep
from tests.faults.harness import wait_until
from tests.jobs.stage import HOUR, MINUTE, Stage


def due_messages(stage: Stage, count: int = 1) -> list[str]:
    """Put messages in the ledger that are due now; gives the addresses."""
    people = stage.seed_cart_people(count)
    stage.pass_time(HOUR)
    while abandon.drain(stage.runtime, [stage.store_id]):
        pass
    while advance.drain(stage.runtime, [stage.store_id]):
        pass
    return people


def hand_over(stage: Stage) -> None:
    while deliver.drain(stage.runtime, [stage.store_id]):
        pass


def hurry(stage: Stage, **periods: float | tuple[float, ...]) -> None:
    """Shorten periods of this stage's runtime."""
    given = stage.runtime.settings
    changed = replace(given, periods=replace(given.periods, **periods))
    stage.runtime = replace(stage.runtime, settings=changed)


def test_each_hand_over_has_its_attempt_and_its_event(stage: Stage) -> None:
    people = due_messages(stage, 40)
    hand_over(stage)
    assert stage.sink.counts() == dict.fromkeys(people, 1)
    attempts = stage.rows(schema.attempts)
    assert {row.outcome for row in attempts} == {"sent"}
    assert all(row.finished_at and row.number == 1 for row in attempts)
    assert len(attempts) == len(stage.events("message.sent")) == 40
    assert {row.provider_id for row in stage.messages()} == {
        mail["Message-ID"] for mail in stage.sink.mails
    }


def test_the_mail_carries_one_click_unsubscribing_and_the_store_name(stage: Stage) -> None:
    due_messages(stage)
    hand_over(stage)
    (mail,) = stage.sink.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/u/")
    assert mail["Reply-To"] == "hi@maple.example"
    assert "Maple & Moss" in mail["From"]


def test_the_ledger_keeps_the_subject_that_each_mail_had(stage: Stage) -> None:
    due_messages(stage, 2)
    hand_over(stage)
    kept = sorted(row.subject for row in stage.messages())
    assert kept == sorted(mail["Subject"] for mail in stage.sink.mails)


def test_a_mailbox_that_is_busy_is_tried_again_in_real_time(stage: Stage) -> None:
    stage.sink.faults.order(Fault("rcpt", "reply", code=450))
    due_messages(stage)
    hand_over(stage)
    (waiting,) = stage.messages()
    assert waiting.state == "retry_wait"
    stage.change(schema.messages, waiting.id, retry_at=waiting.retry_at - 6 * HOUR)
    reap.sweep(stage.runtime)
    hand_over(stage)
    assert stage.states() == {"sent": 1}
    assert sorted(row.number for row in stage.rows(schema.attempts)) == [1, 2]


def test_an_address_that_does_not_exist_is_never_written_to_again(stage: Stage) -> None:
    stage.sink.faults.order(Fault("rcpt", "reply", code=550, text="5.1.1 No such user"))
    due_messages(stage)
    hand_over(stage)
    assert stage.states() == {"bounced": 1}
    (suppression,) = stage.rows(schema.suppressions)
    assert (suppression.scope, suppression.reason) == ("all", "hard_bounce")
    assert len(stage.events("message.bounced")) == 1
    stage.live(12 * HOUR)
    assert [row.reason for row in stage.messages(step_id="objection")] == ["suppressed"]


def test_a_connection_lost_after_the_final_dot_is_unknown_and_never_repeated(
    stage: Stage,
) -> None:
    stage.sink.faults.order(Fault("dot", "disconnect", recorded=True))
    due_messages(stage)
    hand_over(stage)
    assert stage.states() == {"unknown": 1}
    for _ in range(3):
        reap.sweep(stage.runtime)
        hand_over(stage)
    assert sum(stage.sink.counts().values()) == 1


def test_an_unknown_message_that_was_opened_had_arrived(stage: Stage) -> None:
    stage.sink.faults.order(Fault("dot", "disconnect"))
    due_messages(stage)
    hand_over(stage)
    (unsure,) = stage.messages()
    with stage.database.writing() as connection:
        row = {"message_id": unsure.id, "kind": "open", "occurred_at": stage.now, "user_agent": ""}
        connection.execute(schema.hits.insert().values(store_id=stage.store_id, **row))
    stage.change(schema.messages, unsure.id, reconcile_at=unsure.reconcile_at - 2 * MINUTE)
    reconcile.sweep(stage.runtime)
    (settled,) = stage.messages()
    assert settled.state == "accepted"
    assert settled.sent_at is not None


def test_an_unknown_message_is_looked_for_later_and_later_then_given_up(stage: Stage) -> None:
    hurry(stage, reconcile=(60, 600))
    stage.sink.faults.order(Fault("dot", "disconnect"))
    due_messages(stage)
    hand_over(stage)
    looked_for_after(stage, 90)
    assert stage.states() == {"unknown": 1}
    looked_for_after(stage, 610)
    assert stage.states() == {"abandoned": 1}


def looked_for_after(stage: Stage, seconds: float) -> None:
    """Look for what is unknown as if it had been handed over so many seconds ago."""
    with stage.database.writing() as connection:
        real_now = stage.database.real_now(connection)
        ago = real_now - timedelta(seconds=seconds)
        connection.execute(update(schema.attempts).values(started_at=ago))
        connection.execute(update(schema.messages).values(reconcile_at=real_now))
    reconcile.sweep(stage.runtime)


def test_refused_credentials_pause_the_channel_and_keep_what_is_due(stage: Stage) -> None:
    without_tls = stage.sink.url.replace("smtp://", "smtp://user:password@")
    channel = SmtpChannel.from_url(without_tls)
    stage.runtime = replace(stage.runtime, channels={ChannelName.EMAIL: channel})
    due_messages(stage, 3)
    hand_over(stage)
    assert stage.states() == {"held": 3}
    assert {row.reason for row in stage.messages()} == {"channel_paused"}
    assert (
        "TLS" in stage.rows(schema.stores, id=stage.store_id)[0].paused_channels["email"]["reason"]
    )
    assert stage.sink.mails == []


def test_a_paused_channel_holds_and_lets_go(stage: Stage) -> None:
    with stage.database.writing() as connection:
        real_now = stage.database.real_now(connection)
        pauses.pause(
            connection,
            stage.store_id,
            "email",
            reason="535 bad password",
            since=real_now,
            until=real_now,
        )
    due_messages(stage, 3)
    hand_over(stage)
    assert stage.states() == {"held": 3}
    reap.sweep(stage.runtime)
    hand_over(stage)
    assert stage.states() == {"sent": 3}


def test_a_worker_that_comes_back_after_its_lease_writes_nothing(stage: Stage) -> None:
    stage.sink.faults.order(Fault("dot", "delay", seconds=4))
    due_messages(stage)
    late = threading.Thread(target=hand_over, args=[stage])
    late.start()
    wait_until(lambda: stage.states() == {"handing_over": 1})
    [taken] = stage.messages()
    stage.change(schema.messages, taken.id, lease_until=taken.lease_until - HOUR)
    reap.sweep(stage.runtime)
    assert stage.states() == {"unknown": 1}
    late.join()
    assert stage.states() == {"unknown": 1}
    assert sum(stage.sink.counts().values()) == 1


def test_a_claim_that_ran_out_is_due_again_and_the_late_claimer_begins_nothing(
    stage: Stage,
) -> None:
    due_messages(stage, 5)
    with stage.database.writing() as connection:
        now, real_now = stage.database.now(connection), stage.database.real_now(connection)
        taken = messages.claim(
            connection,
            stage.store_id,
            now=now,
            owner="somebody",
            lease_until=real_now - timedelta(seconds=1),
            limit=10,
        )
    assert len(taken) == 5
    reap.sweep(stage.runtime)
    assert stage.states() == {"due": 5}
    with stage.database.writing() as connection:
        assert messages.claimed(connection, stage.store_id, taken, "somebody", hold=True) == []
    hand_over(stage)
    assert stage.states() == {"sent": 5}


def test_a_message_that_breaks_us_is_dead_in_the_end_and_its_neighbours_go_out(
    stage: Stage,
) -> None:
    due_messages(stage, 3)
    poison = stage.messages()[0]
    stage.change(schema.carts, poison.cart_id, items=[17])
    for _ in range(4):
        hand_over(stage)
    assert stage.states() == {"sent": 2, "dead": 1}
    (dead,) = stage.messages(state="dead")
    assert (dead.id, dead.deaths) == (poison.id, 3)
    stage.change(schema.carts, poison.cart_id, items=[])
    with stage.database.writing() as connection:
        now = stage.database.now(connection)
        assert not upkeep.redrive(connection, stage.stranger_id, poison.id, now)
        assert upkeep.redrive(connection, stage.store_id, poison.id, now)
    hand_over(stage)
    assert stage.states() == {"sent": 3}


def test_suspects_of_a_death_are_taken_singly_and_only_deaths_while_alone_count(
    stage: Stage,
) -> None:
    due_messages(stage, 3)
    taken = die_over_a_claim(stage)
    assert len(taken) == 3
    assert all(row.alone and row.deaths == 0 for row in stage.messages())
    for _ in range(3):
        (suspect,) = die_over_a_claim(stage)
        stage.change(schema.messages, suspect, not_before=stage.now - HOUR)
    assert sum(row.deaths for row in stage.messages()) == 3
    hand_over(stage)
    assert set(stage.states()) <= {"sent", "dead"}


def die_over_a_claim(stage: Stage) -> list[str]:
    """Claim as a worker does, then be dead until the reaper comes."""
    with stage.database.writing() as connection:
        now, real_now = stage.database.now(connection), stage.database.real_now(connection)
        taken = messages.claim(
            connection,
            stage.store_id,
            now=now,
            owner=schema.new_id(),
            lease_until=real_now - timedelta(seconds=1),
            limit=10,
        )
    reap.sweep(stage.runtime)
    return taken


def test_messages_of_another_flow_wait_for_the_frequency_cap(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(2 * HOUR)
    (sent,) = stage.messages()
    stage.change(schema.messages, sent.id, flow_id=schema.new_id())
    stage.live(10 * HOUR)
    (later,) = stage.messages(step_id="objection")
    assert (later.state, later.reason) == ("due", "frequency_cap")
    assert later.not_before == sent.sent_at + 16 * HOUR


@pytest.mark.parametrize("cap", ["PT16H", "P2D"])
def test_a_message_that_sets_no_deadline_outwaits_the_stores_cap(stage: Stage, cap: str) -> None:
    (store,) = stage.rows(schema.stores, id=stage.store_id)
    stage.change(schema.stores, stage.store_id, settings={**store.settings, "caps": {"email": cap}})
    ada = stage.customer()
    stage.cart(ada)
    stage.live(2 * HOUR)
    (sent,) = stage.messages()
    stage.change(schema.messages, sent.id, flow_id=schema.new_id())
    stage.live(70 * HOUR)
    last = stage.messages(state="sent")[-1]
    assert last.id != sent.id
    assert last.sent_at >= sent.sent_at + duration_of(cap)
    assert {row.reason for row in stage.messages(state="expired")} <= {"overtaken"}


def test_without_a_code_the_offer_waits_to_its_deadline_and_goes_without(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(23 * HOUR)
    with stage.database.writing() as connection:
        schema_codes = schema.codes
        connection.execute(schema_codes.delete())
    stage.pass_time(HOUR)
    advance.drain(stage.runtime, [stage.store_id])
    with stage.database.writing() as connection:
        connection.execute(schema.codes.update().values(state="failed"))
    hand_over(stage)
    (waiting,) = stage.messages(step_id="offer")
    assert (waiting.state, waiting.reason) == ("due", "awaiting_code")
    stage.pass_time(DEADLINE)
    hand_over(stage)
    (sent,) = stage.messages(step_id="offer")
    assert (sent.state, sent.reason, sent.offers_code) == ("sent", "code_unavailable", False)


def test_a_code_that_comes_wakes_its_message(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(23 * HOUR)
    stage.pass_time(HOUR)
    advance.drain(stage.runtime, [stage.store_id])
    hand_over(stage)
    (waiting,) = stage.messages(step_id="offer")
    assert waiting.reason == "awaiting_code"
    codes.drain(stage.runtime, [stage.store_id])
    hand_over(stage)
    (sent,) = stage.messages(step_id="offer")
    assert (sent.state, sent.offers_code) == ("sent", True)


def test_whoever_did_not_agree_is_not_written_to(stage: Stage) -> None:
    stage.cart(stage.customer(email_consent=None))
    stage.live(25 * HOUR)
    assert {row.reason for row in stage.messages()} == {"no_consent"}
    assert stage.sink.mails == []


def test_a_carts_line_shows_the_catalogues_picture(stage: Stage) -> None:
    picture = "https://maple.example/cdn/throw-red.png"
    variant = {"external_id": "11", "title": "Red", "price": 4200, "image_url": picture}
    with stage.database.writing() as connection:
        connection.execute(
            schema.products.insert().values(
                store_id=stage.store_id,
                external_id="1",
                title="Linen throw",
                handle="throw",
                status="active",
                variants=[variant],
                updated_at=stage.database.now(connection),
            )
        )
    stage.cart(stage.customer())
    stage.live(HOUR + MINUTE)
    (mail,) = stage.sink.mails
    html = mail.get_body(("html",))
    assert html is not None
    assert picture in html.get_content()
    assert mail["X-Msg-Id"]
    assert abs(mail["Date"].datetime - stage.now) < HOUR
