"""Ingest: what was kept is mirrored, told and entered once, whatever comes beside it."""

from datetime import timedelta

import pytest

from jobs import faults, ingest
from storage import inbox, schema
from storage.stores import Store
from tests.jobs.inbound import STRANGER, Inbound, iso
from tests.jobs.stage import HOUR, Stage


@pytest.fixture
def inbound(stage: Stage) -> Inbound:
    return Inbound(stage)


def test_a_checkout_is_mirrored_with_its_person_and_waits_to_be_looked_at(inbound: Inbound) -> None:
    inbound.checkout()
    inbound.ingest()
    (cart,) = inbound.stage.rows(schema.carts)
    (ada,) = inbound.stage.rows(schema.customers)
    assert (cart.customer_id, cart.store_id) == (ada.id, inbound.stage.store_id)
    assert (ada.email, ada.email_consent) == ("ada@example.com", "subscribed")
    assert cart.idle_at == cart.updated_at + HOUR
    told = {row.name for row in inbound.stage.rows(schema.events)}
    assert told == {"cart.created", "customer.subscribed"}
    assert inbound.states() == {"done": 1}


def test_an_abandoned_checkout_is_followed_up_and_an_order_ends_it(inbound: Inbound) -> None:
    stage = inbound.stage
    inbound.checkout()
    inbound.ingest()
    stage.live(HOUR + timedelta(minutes=1), timedelta(minutes=30))
    assert stage.sink.counts() == {"ada@example.com": 1}
    inbound.order(1001)
    inbound.ingest()
    stage.live(30 * HOUR, HOUR)
    assert stage.sink.counts() == {"ada@example.com": 1}
    (enrollment,) = stage.rows(schema.enrollments)
    assert (enrollment.state, enrollment.end_reason) == ("ended", "order_placed")
    assert stage.rows(schema.carts)[0].recovered_at is not None


def test_twenty_copies_and_disorder_leave_one_of_each(inbound: Inbound) -> None:
    before = inbound.stage.now
    inbound.order(1001)
    for minutes in (2, 0, 1):
        inbound.checkout(updated_at=iso(before + timedelta(minutes=minutes)))
    for row in inbound.stage.rows(schema.inbox) * 20:
        inbound.hear_body(row.topic, row.body)
    inbound.ingest()
    assert [inbound.count(t) for t in (schema.carts, schema.customers, schema.orders)] == [1, 1, 1]
    (ada,) = inbound.stage.rows(schema.customers)
    assert ada.orders_count == 1
    assert len(inbound.stage.events("order.placed")) == 1
    assert inbound.states() == {"done": 84}


def test_another_stores_webhook_stays_with_that_store(inbound: Inbound) -> None:
    inbound.checkout(domain=STRANGER)
    inbound.ingest()
    assert {row.store_id for row in inbound.stage.rows(schema.carts)} == {inbound.stage.stranger_id}


def test_unknown_topics_and_stores_have_no_effect_and_leave_no_body(inbound: Inbound) -> None:
    inbound.hear_body("parcels/lost", b'{"email": "ada@example.com"}')
    inbound.checkout(domain="nobody.myshopify.com")
    inbound.ingest()
    assert inbound.states() == {"ignored": 2}
    assert [row.body for row in inbound.stage.rows(schema.inbox)] == [None, None]
    assert inbound.count(schema.customers) == 0


@pytest.mark.parametrize(
    "body",
    [b"[]", b"7", b'{"id": null}', b"{}", b"[" * 1000 + b"]" * 1000, b"\xff\xfe", b""],
)
def test_an_unreadable_webhook_is_dead_with_words_and_hurts_no_neighbour(
    inbound: Inbound, body: bytes
) -> None:
    inbound.checkout("t1")
    inbound.hear_body("orders/create", body)
    inbound.checkout("t2")
    inbound.ingest()
    assert inbound.states() == {"done": 2, "dead": 1}
    (dead,) = inbound.stage.rows(schema.inbox, state="dead")
    assert dead.error.startswith("unreadable: ")


def test_nul_in_a_text_is_replaced(inbound: Inbound) -> None:
    inbound.hear("customers/create", id=7, email="ada@example.com", first_name="A\0da\\u0000")
    inbound.ingest()
    (ada,) = inbound.stage.rows(schema.customers)
    assert ada.first_name == "A\ufffdda\\u0000"
    assert inbound.states() == {"done": 1}


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "soon"])
def test_no_odd_moment_breaks_a_batch(inbound: Inbound, moment: str) -> None:
    inbound.checkout("odd", created_at=moment, updated_at=moment)
    inbound.checkout("t2")
    inbound.ingest()
    assert inbound.states() == {"done": 2}


def test_what_breaks_a_batch_is_worked_on_alone_and_dead_at_the_third_time(
    inbound: Inbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_in = ingest.mirror.absorb

    def absorb(connection, told, *rest, **more):  # type: ignore[no-untyped-def]
        if any(one.change.record.external_id == "poison" for one in told):
            raise ZeroDivisionError("a fault of ours")
        return take_in(connection, told, *rest, **more)

    monkeypatch.setattr(ingest.mirror, "absorb", absorb)
    for token in ("t1", "poison", "t2"):
        inbound.checkout(token)
    with pytest.raises(ZeroDivisionError):
        inbound.ingest()
    assert inbound.states() == {"done": 2, "dead": 1}
    (dead,) = inbound.stage.rows(schema.inbox, state="dead")
    assert (dead.deaths, dead.error) == (3, "ZeroDivisionError: a fault of ours")
    assert inbound.count(schema.carts) == 2


def test_rows_of_a_worker_that_died_are_worked_on_once_its_lease_is_over(inbound: Inbound) -> None:
    database = inbound.runtime.database
    inbound.checkout("t1")
    inbound.checkout("t2")
    with database.writing() as connection:
        past = database.real_now(connection) - HOUR
        assert inbox.claim(connection, owner="the dead", real_now=past, seconds=90)
    inbound.ingest()
    assert inbound.states() == {"done": 2}
    assert {row.alone for row in inbound.stage.rows(schema.inbox)} == {True}


def test_a_store_without_the_app_hears_nothing(inbound: Inbound) -> None:
    inbound.hear("app/uninstalled")
    inbound.ingest()
    inbound.checkout()
    inbound.ingest()
    assert inbound.states() == {"done": 1, "ignored": 1}
    assert inbound.count(schema.carts) == 0


def the_store(stage: Stage) -> Store:
    return stage.store


def test_uninstalling_stops_what_is_under_way_and_keeps_the_mirror(inbound: Inbound) -> None:
    stage = inbound.stage
    inbound.checkout("t1")
    inbound.checkout("t2", email="ben@example.com")
    inbound.ingest()
    stage.pass_time(HOUR)
    stage.work()
    inbound.checkout("t3", email="cy@example.com")
    inbound.ingest()
    sent = stage.sink.counts()
    inbound.hear("app/uninstalled")
    inbound.ingest()
    stage.live(48 * HOUR, 6 * HOUR)
    assert stage.sink.counts() == sent
    assert {row.end_reason for row in stage.rows(schema.enrollments)} == {"store_uninstalled"}
    assert the_store(stage).status == "uninstalled"
    assert [row.store_id for row in stage.rows(schema.credentials)] == [stage.stranger_id]
    assert inbound.count(schema.carts) == 3


def test_an_uninstall_older_than_the_last_install_is_stale(inbound: Inbound) -> None:
    stage = inbound.stage
    inbound.hear("app/uninstalled")
    stage.change(schema.stores, stage.store_id, installed_at=stage.now + HOUR)
    inbound.ingest()
    assert the_store(stage).status == "installed"
    assert len(stage.rows(schema.credentials)) == 2


def test_the_store_and_its_scopes_are_kept_up(inbound: Inbound) -> None:
    inbound.hear("shop/update", name="Maple & Moss Ltd", currency="EUR", iana_timezone="UTC")
    inbound.hear("app/scopes_update", current=["read_orders"])
    inbound.ingest()
    store = the_store(inbound.stage)
    assert (store.name, store.currency) == ("Maple & Moss Ltd", "EUR")
    assert store.scopes == ("read_orders",)


def test_a_batch_of_more_than_fits_is_done_in_several(
    inbound: Inbound, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest, "BATCH", 3)
    for number in range(8):
        inbound.checkout(f"t{number}", email=f"p{number}@example.com")
    inbound.ingest()
    assert inbound.states() == {"done": 8}
    assert not faults._left


def test_a_body_is_emptied_a_week_after_its_work_and_its_key_stays(inbound: Inbound) -> None:
    inbound.checkout()
    inbound.ingest()
    (row,) = inbound.stage.rows(schema.inbox)
    assert row.body
    inbound.stage.pass_time(timedelta(days=7, hours=1))
    inbound.ingest()
    (row,) = inbound.stage.rows(schema.inbox)
    assert (row.body, row.state, row.webhook_id is not None) == (None, "done", True)
