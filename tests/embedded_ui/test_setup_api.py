"""Set-up: what is at stake, and a sending domain that a real DNS server here tells of."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from jobs import intake
from jobs.runtime import Runtime
from storage import schema
from storage.database import Database
from tests import local_dns
from tests.embedded_ui.conftest import NEIGHBOUR, Ask, runtime_of, settings_of
from tests.local_dns import LocalDns
from tests.seeding import NOW, SmallStore


@pytest.fixture
def dns_server() -> Iterator[LocalDns]:
    with local_dns.running() as served:
        yield served


@pytest.fixture
def runtime(
    database_url: str, database: Database, valkey_url: str, tmp_path: Path, dns_server: LocalDns
) -> Runtime:
    """One that looks domains up here, and whose shared sender takes five e-mails a day."""
    changes = {"dns_servers": dns_server.server, "shared_sender_daily": 5}
    return runtime_of(settings_of(database_url, tmp_path, **changes), database, valkey_url)


def told(ask: Ask, path: str, status: int = 200, **options: Any) -> Any:
    answer = ask(path, **options)
    assert answer.status_code == status, answer.text
    return answer.json


def leave(store: SmallStore, name: str, hours: int, total: int, **columns: Any) -> tuple[str, str]:
    who = store.rows.customer(name, **{"email_consent": "subscribed", **columns})
    return who, store.rows.cart(who, NOW - timedelta(hours=hours), total)


def test_what_is_at_stake_is_told_with_who_can_be_written_to_and_why_not(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    before = told(ask, "/setup/stake")
    with database.writing() as connection:
        maple.rows.connection = connection
        leave(maple, "Warm", 5, 1000)
        leave(maple, "Cold", 24 * 10, 2000)
        leave(maple, "Old", 24 * 40, 4000)
        leave(maple, "Mute", 5, 8000, email_consent="not_subscribed")
        leave(maple, "Nameless", 5, 16000, email=None, email_key=None)
        who, _ = leave(maple, "Buyer", 5, 32000)
        maple.rows.order(who, NOW - timedelta(hours=1), 32000)
        leave(maple, "Colleague", 5, 64000, is_staff=True)
        who, cart = leave(maple, "Followed", 5, 128000)
        maple.rows.enrollment(maple.flow, who, NOW - timedelta(hours=4), cart_id=cart)
    after = told(ask, "/setup/stake")
    assert after["carts"] - before["carts"] == 5
    assert after["value"] - before["value"] == 1000 + 2000 + 8000 + 16000 + 128000
    assert after["reachable"]["carts"] - before["reachable"]["carts"] == 1
    assert after["reachable"]["value"] - before["reachable"]["value"] == 1000
    why = {one["reason"]: one["value"] for one in after["not_reachable"]}
    had = {one["reason"]: one["value"] for one in before["not_reachable"]}
    assert {reason: value - had.get(reason, 0) for reason, value in why.items()} == {
        **dict.fromkeys(had, 0), "no_consent": 8000, "no_address": 16000, "followed": 128000,
    }  # fmt: skip
    assert after["flow_id"] == maple.flow[0]
    assert told(ask, "/setup/stake", domain=NEIGHBOUR)["value"] == before["value"]


def test_a_cart_still_being_filled_and_an_older_one_of_the_same_person_promise_no_message(
    ask: Ask, maple: SmallStore, runtime: Runtime, database: Database
) -> None:
    """What the card says can be written to is whom the rescue lets in."""
    before = told(ask, "/setup/stake")
    with database.writing() as connection:
        maple.rows.connection = connection
        who, _ = leave(maple, "Twice", 9, 1000)
        maple.rows.cart(who, NOW - timedelta(hours=5), 2000)
        shopping, _ = leave(maple, "Shopping", 9, 4000)
        maple.rows.cart(shopping, NOW - timedelta(minutes=5), 8000)
    after = told(ask, "/setup/stake")
    assert after["carts"] - before["carts"] == 3
    assert after["reachable"]["carts"] - before["reachable"]["carts"] == 2
    assert after["reachable"]["value"] - before["reachable"]["value"] == 2000 + 4000
    older = {one["reason"]: one["value"] for one in after["not_reachable"]}
    assert older["newer_cart"] == 1000
    assert rescued(ask, runtime, maple) == after["reachable"]["carts"]


def rescued(ask: Ask, runtime: Runtime, store: SmallStore) -> int:
    """Give how many the rescue of warm carts would let in."""
    stake = told(ask, "/setup/stake")
    rescue = {"days": stake["warm_days"], "dry_run": True}
    path = f"/flows/{stake['flow_id']}/backfill"
    wanted = told(ask, path, 202, method="POST", json=rescue)
    while intake.take_batch(runtime, store.id):
        pass
    return int(told(ask, f"/intakes/{wanted['id']}")["entered"])


@pytest.mark.parametrize(("hours", "why"), [(23, None), (24, "over"), (48, "over")])
def test_a_warm_cart_that_the_flow_has_nothing_more_to_say_to_is_not_offered_to_be_rescued(
    ask: Ask, maple: SmallStore, runtime: Runtime, database: Database, hours: int, why: str | None
) -> None:
    """The recipe's code is made 23 hours and 45 minutes after the cart was left."""
    before, had = told(ask, "/setup/stake"), rescued(ask, runtime, maple)
    with database.writing() as connection:
        maple.rows.connection = connection
        leave(maple, "Late", hours, 1000)
        leave(maple, "Mute", 48, 2000, email_consent="not_subscribed")
    after = told(ask, "/setup/stake")
    assert after["warm"]["carts"] - before["warm"]["carts"] == 2
    news = 0 if why else 1
    assert after["reachable"]["carts"] - before["reachable"]["carts"] == news
    assert rescued(ask, runtime, maple) - had == news
    reasons = {one["reason"]: one["value"] for one in after["not_reachable"]}
    assert reasons.get("over") == (1000 if why else None)


def test_whom_a_flow_wrote_nothing_for_want_of_consent_did_not_agree_here_as_on_the_dashboard(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    before = told(ask, "/setup/stake"), told(ask, "/dashboard?days=7")["not_written"]
    with database.writing() as connection:
        maple.rows.connection = connection
        when, rows = NOW - timedelta(hours=4), maple.rows
        for name, total, reason in (("Ida", 1000, "no_consent"), ("Jon", 2000, "unsubscribed")):
            who, cart = leave(maple, name, 5, total)
            carts = schema.carts.c.id == cart
            connection.execute(update(schema.carts).where(carts).values(abandoned_at=when))
            way = rows.enrollment(maple.flow, who, when, cart_id=cart)
            skipped = {"state": "skipped", "reason": reason, "cart_id": cart}
            rows.message(maple.flow, way, "reminder", who, when, **skipped)
    after = told(ask, "/setup/stake"), told(ask, "/dashboard?days=7")["not_written"]
    for reason, value in (("no_consent", 1000), ("unsubscribed", 2000), ("followed", 0)):
        here, there = (
            [{one["reason"]: one["value"] for one in side}.get(reason, 0) for side in sides]
            for sides in (
                [stake["not_reachable"] for stake, _ in (before, after)],
                [dashboard["reasons"] for _, dashboard in (before, after)],
            )
        )
        assert here[1] - here[0] == there[1] - there[0] == value


def the_records(sending: dict[str, Any]) -> dict[str, list[str]]:
    return {one["name"]: [one["value"]] for one in sending["domain"]["records"]}


def named(database: Database, store: SmallStore, address: str) -> None:
    with database.writing() as connection:
        mine = schema.stores.c.id == store.id
        settings = {"sender_address": address}
        connection.execute(update(schema.stores).where(mine).values(settings=settings))


def test_a_domain_passes_once_dns_tells_its_records_and_not_before(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database, dns_server: LocalDns
) -> None:
    named(database, maple, "hello@maple.example")
    shared = told(ask, "/setup/sending")
    assert (shared["is_own"], shared["address"]) == (False, "hello@example.com")
    assert shared["limit"] == 5
    told(ask, "/setup/sending/check", 404, method="POST")
    named_it = told(ask, "/setup/sending", method="PUT", json={"domain": "hi@Maple.example"})
    assert named_it["domain"]["domain"] == "maple.example"
    nothing = told(ask, "/setup/sending/check", method="POST")
    assert [one["state"] for one in nothing["domain"]["records"]] == ["missing", "missing"]
    dns_server.texts = the_records(named_it)
    key = next(name for name in dns_server.texts if "_domainkey" in name)
    right, dns_server.texts[key] = dns_server.texts[key], ["v=DKIM1; k=rsa; p=OTHER"]
    wrong = told(ask, "/setup/sending/check", method="POST")["domain"]
    assert (wrong["records"][0]["state"], wrong["verified_at"]) == ("wrong", None)
    assert wrong["records"][0]["found"] == "v=DKIM1; k=rsa; p=OTHER"
    dns_server.texts[key] = right
    passed = told(ask, "/setup/sending/check", method="POST")
    assert passed["domain"]["verified_at"]
    assert (passed["is_own"], passed["address"], passed["limit"]) == (
        True, "hello@maple.example", None,
    )  # fmt: skip
    again = told(ask, "/setup/sending", method="PUT", json={"domain": "maple.example"})
    assert the_records(again) == the_records(named_it)
    assert told(ask, "/setup/sending", domain=NEIGHBOUR)["domain"] is None
    with database.reading() as connection:
        kept = connection.execute(select(schema.sending_domains.c.private_key)).scalar_one()
    assert "PRIVATE" not in kept


def test_a_server_that_says_nothing_takes_nothing_away_but_a_missing_record_does(
    ask: Ask, maple: SmallStore, database: Database, dns_server: LocalDns
) -> None:
    named(database, maple, "hello@maple.example")
    dns_server.texts = the_records(
        told(ask, "/setup/sending", method="PUT", json={"domain": "maple.example"})
    )
    assert told(ask, "/setup/sending/check", method="POST")["is_own"]
    dns_server.is_silent = True
    silent = told(ask, "/setup/sending/check", method="POST")
    assert silent["is_own"]
    assert {one["state"] for one in silent["domain"]["records"]} == {"no_answer"}
    dns_server.is_silent, dns_server.texts = False, {}
    assert not told(ask, "/setup/sending/check", method="POST")["is_own"]


def test_another_domain_gets_another_key_and_an_address_elsewhere_stays_shared(
    ask: Ask, maple: SmallStore, database: Database, dns_server: LocalDns
) -> None:
    named(database, maple, "hello@elsewhere.example")
    one = told(ask, "/setup/sending", method="PUT", json={"domain": "maple.example"})
    dns_server.texts = the_records(one)
    passed = told(ask, "/setup/sending/check", method="POST")
    assert passed["domain"]["verified_at"]
    assert not passed["is_own"]
    other = told(ask, "/setup/sending", method="PUT", json={"domain": "moss.example"})
    assert other["domain"]["verified_at"] is None
    assert other["domain"]["records"][0]["value"] != one["domain"]["records"][0]["value"]
    assert told(ask, "/setup/sending", method="DELETE")["domain"] is None
    told(ask, "/setup/sending", 404, method="DELETE")


@pytest.mark.parametrize(
    "domain", ["gmail.com", "me@gmx.de", "nonsense", "a b.example", "127.0.0.1"]
)
def test_what_is_no_domain_of_ones_own_is_refused(ask: Ask, maple: SmallStore, domain: str) -> None:
    refused = told(ask, "/setup/sending", 422, method="PUT", json={"domain": domain})
    assert refused["field"] == "domain"
