"""The shared sender is limited at the send; a domain that passed signs, and is not limited."""

from dataclasses import replace

import dkim as oracle
from sqlalchemy import insert

from channels.email import dkim
from jobs import outbox, signups, trials
from jobs.previews import About
from marketing.block_schema import read
from storage import schema
from storage.sending_domains import KEY
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_blocks import TEMPLATE
from tests.jobs.test_deliver import due_messages, hand_over


def a_domain(stage: Stage, domain: str) -> str:
    """Let a domain of the store have passed; give its public key."""
    pem, public = dkim.new_key()
    kept = stage.runtime.secrets.encrypt(stage.store_id, KEY, pem)
    with stage.runtime.database.writing() as connection:
        now = stage.runtime.database.now(connection)
        row = {"domain": domain, "private_key": kept, "public_key": public, "verified_at": now}
        values = {"store_id": stage.store_id, "records": {}, **row}
        connection.execute(insert(schema.sending_domains).values(**values))
    return public


def limit(stage: Stage, daily: int | None) -> None:
    changed = replace(stage.runtime.settings, shared_sender_daily=daily)
    stage.runtime = replace(stage.runtime, settings=changed)


def test_the_shared_sender_takes_so_many_a_day_and_the_rest_wait_for_the_next(
    stage: Stage,
) -> None:
    limit(stage, 12)
    due_messages(stage, 20)
    hand_over(stage)
    assert len(stage.sink.mails) == 12
    waiting = [row for row in stage.messages() if row.state in {"due", "expired"}]
    assert {row.reason for row in waiting} == {"shared_sender"}
    assert len(waiting) == 8
    midnight = {row.not_before for row in waiting if row.state == "due"}
    assert all(at > stage.now for at in midnight)
    tonight = min(midnight, default=stage.now)
    while stage.now + HOUR < tonight:
        stage.pass_time(HOUR)
        hand_over(stage)
    assert len(stage.sink.mails) == 12


def test_a_stores_own_domain_signs_and_is_not_limited(stage: Stage) -> None:
    limit(stage, 3)
    settings = {**stage.store.settings, "sender_address": "hello@maple.example"}
    stage.change(schema.stores, stage.store_id, settings=settings)
    public = a_domain(stage, "maple.example")
    due_messages(stage, 5)
    hand_over(stage)
    assert len(stage.sink.mails) == 5
    assert {mail["From"].addresses[0].addr_spec for mail in stage.sink.mails} == {
        "hello@maple.example"
    }

    def dns(name: bytes, timeout: int = 5) -> bytes:
        del timeout
        assert name == b"reprise._domainkey.maple.example."
        return f"v=DKIM1; k=rsa; p={public}".encode()

    assert all(oracle.verify(raw, dnsfunc=dns) for _, raw in stage.sink.taken)


def test_the_mail_that_asks_for_a_yes_comes_from_the_stores_own_domain_once_it_has_passed(
    stage: Stage,
) -> None:
    settings = {**stage.store.settings, "sender_address": "hello@maple.example"}
    stage.change(schema.stores, stage.store_id, settings=settings)
    told = {"text": "Yes, write to me."}
    signups.ask(stage.runtime, stage.store, signups.Asked("first@example.com", told))
    outbox.make_batch(stage.runtime, stage.store_id)
    a_domain(stage, "maple.example")
    signups.ask(stage.runtime, stage.store, signups.Asked("second@example.com", told))
    outbox.make_batch(stage.runtime, stage.store_id)
    shared, own = stage.sink.mails
    assert shared["From"].addresses[0].addr_spec != "hello@maple.example"
    assert (shared["Reply-To"], shared["DKIM-Signature"]) == ("hello@maple.example", None)
    assert own["From"].addresses[0].addr_spec == "hello@maple.example"
    assert own["Reply-To"] is None
    assert "d=maple.example" in own["DKIM-Signature"]


def test_a_test_to_oneself_comes_from_the_stores_own_domain_as_messages_do(stage: Stage) -> None:
    settings = {**stage.store.settings, "sender_address": "hello@maple.example"}
    stage.change(schema.stores, stage.store_id, settings=settings)
    for is_own in (False, True):
        if is_own:
            a_domain(stage, "maple.example")
        trials.order(stage.runtime, stage.store, read(TEMPLATE), About(), "mara@maple.example")
        outbox.make_batch(stage.runtime, stage.store_id)
    shared, own = stage.sink.mails
    assert shared["From"].addresses[0].addr_spec != "hello@maple.example"
    assert (shared["Reply-To"], shared["DKIM-Signature"]) == ("hello@maple.example", None)
    assert own["From"].addresses[0].addr_spec == "hello@maple.example"
    assert own["Reply-To"] is None
    assert "d=maple.example" in own["DKIM-Signature"]


def test_a_domain_without_an_address_in_it_is_not_spoken_for(stage: Stage) -> None:
    settings = {**stage.store.settings, "sender_address": "hello@elsewhere.example"}
    stage.change(schema.stores, stage.store_id, settings=settings)
    a_domain(stage, "maple.example")
    due_messages(stage, 1)
    hand_over(stage)
    (mail,) = stage.sink.mails
    assert mail["DKIM-Signature"] is None
    assert mail["Reply-To"] == "hello@elsewhere.example"
