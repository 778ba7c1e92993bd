"""Who floods a store's sign-up form waits, or has mails wait; no visitor is kept out by that."""

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from app import create_app
from jobs import form_door, signups
from jobs.form_limits import FormLimits
from jobs.pixel_limits import Buckets, TooFast
from storage import schema, stores
from tests.jobs.inbound import Inbound
from tests.jobs.stage import HOUR, Stage
from tests.test_form_door import ON, client, filled, link_in, mails, post, sink, stage

__all__ = ["client", "sink", "stage"]


def test_whoever_is_over_the_hours_mails_waits_their_turn(
    client: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signups, "BY_FORMS_AN_HOUR", 2)
    for number in range(5):
        post(client, stage.store_id, filled(email=f"a{number}@example.com"))
    assert len(mails(stage)) == 2
    first, second, *waiting = sorted(stage.rows(schema.signups), key=lambda one: one.mailed_at)
    turns = [first.mailed_at + HOUR, second.mailed_at + HOUR, first.mailed_at + 2 * HOUR]
    assert [one.mailed_at for one in waiting] == turns
    [call, *_] = [one for one in stage.rows(schema.outbox) if one.key == waiting[0].id]
    assert call.due_at == turns[0]
    stage.change(schema.outbox, call.id, due_at=first.mailed_at)
    mail = mails(stage)[2]
    assert mail["To"] == waiting[0].email
    assert client.post(link_in(mail)).status_code == 200
    assert [one.email for one in stage.rows(schema.customers)] == [waiting[0].email]


def test_a_turn_that_would_come_too_late_is_none(
    client: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signups, "BY_FORMS_AN_HOUR", 1)
    monkeypatch.setattr(signups, "LONGEST_WAIT", HOUR)
    stage.database.write(lambda c: stores.set_settings(c, stage.stranger_id, ON))
    answers = [
        post(client, stage.store_id, filled(email=f"a{number}@example.com")) for number in range(3)
    ]
    assert len({(one.status_code, one.get_data()) for one in answers}) == 1
    assert len(stage.rows(schema.signups)) == 2
    post(client, stage.stranger_id, filled())
    [own] = stage.rows(schema.signups, store_id=stage.stranger_id)
    assert own.mailed_at <= max(one.mailed_at for one in stage.rows(schema.signups)) - HOUR / 2


def test_nobodys_box_is_filled_under_ever_new_names(client: FlaskClient, stage: Stage) -> None:
    boxes = [f"a.da+{number}@example.com" for number in range(4)] + ["ada@example.com"]
    others = ["ad@example.com", "ada1@example.com", "a_da+5@example.com", "ada+5@example.org"]
    for email in (*boxes, "Ada+9@example.com", *others):
        assert post(client, stage.store_id, filled(email=email)).status_code == 202
    assert {one["To"] for one in mails(stage)} == {*boxes, *others}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_stranger_with_whole_networks_keeps_no_visitor_out(stage: Stage) -> None:
    runtime = Inbound(stage).runtime
    settings = replace(runtime.settings, proxies=1)
    client = create_app(replace(runtime, settings=settings)).test_client()

    def knock(address: str, number: int) -> int:
        told = {"X-Forwarded-For": address}
        answer = post(client, stage.store_id, filled(email=f"a{number}@example.com"), **told)
        return int(answer.status_code)

    hosts = [f"203.0.{network}.{host}" for network in range(4) for host in range(1, 61)]
    refused = [knock(address, number) for number, address in enumerate(hosts)]
    assert refused.count(429) > 0, "the store's own bound is used up"
    assert [knock(f"192.0.2.{n}", 1_000 + n) for n in range(3)] == [202, 202, 202]
    assert knock("2001:db8::1", 2_000) == 202


def test_an_address_and_its_network_use_up_nothing_but_their_own() -> None:
    limits = FormLimits()
    for bucket in (limits.address, limits.network, limits.first_of_network, limits.rest_of_store):
        bucket.clock = lambda: 0.0
    assert often(lambda: limits.knock("2001:db8:1:2::9")) == 12
    with pytest.raises(TooFast):
        limits.knock("2001:db8:1:2:ffff::1")  # of the same line
    assert sum(often(lambda n=n: limits.knock(f"203.0.113.{n}")) for n in range(9)) == 60  # type: ignore[misc]
    limits.knock("198.51.100.1")
    assert often(lambda: limits.sign_up("store", "203.0.113.9")) == 3 + 120
    limits.sign_up("store", "198.51.100.1")
    limits.sign_up("another store", "203.0.113.9")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nonsense_and_machines_use_up_nothing_of_the_stores(stage: Stage) -> None:
    none, one = Buckets(rate=0.001, burst=0), Buckets(rate=0.001, burst=1)
    limits = FormLimits(first_of_network=none, rest_of_store=one)
    door = form_door.FormDoor(Inbound(stage).runtime, limits)
    for told in (filled(email="ada"), filled(text_id="other"), filled(consent=False)):
        with pytest.raises(form_door.BadForm):
            door.take(stage.store_id, "203.0.113.9", json.dumps(told).encode())
    spam = filled(website="https://spam.example")
    door.take(stage.store_id, "203.0.113.9", json.dumps(spam).encode())
    door.take(stage.store_id, "192.0.2.1", json.dumps(filled()).encode())
    with pytest.raises(TooFast):
        door.take(stage.store_id, "192.0.2.2", json.dumps(filled()).encode())


def often(knock: Callable[[], None]) -> int:
    """Knock until it is too fast; give how often that was."""
    for times in range(1_000):
        try:
            knock()
        except TooFast:
            return times
    raise AssertionError("there is no bound")
