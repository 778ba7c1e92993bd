"""The inbox keeps each webhook once, and no row stays in dead hands."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Webhook
from marketing.model import Platform
from storage import demo_clock, inbox
from storage.database import Database
from storage.inbox import Outcome

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LATER = NOW + timedelta(seconds=91)


def a_webhook(number: int = 1, domain: str = "maple.myshopify.com") -> Webhook:
    return Webhook(
        id=f"w{number}", topic="carts/update", store_domain=domain, body=b'{"n": "\\u00e9"}'
    )


def keep(database: Database, *numbers: int) -> None:
    for number in numbers:
        database.gather(inbox.keep_all, (Platform.SHOPIFY, a_webhook(number)))


def claim(database: Database, now: datetime = NOW, limit: int = 500) -> inbox.Claim | None:
    with database.writing() as connection:
        return inbox.claim(connection, owner="me", real_now=now, seconds=90, limit=limit)


def reap(database: Database) -> int:
    with database.writing() as connection:
        return inbox.reap(connection, LATER)


def state_of(database: Database) -> list[tuple[str, int, bool]]:
    with database.reading() as connection:
        query = inbox.select(inbox.inbox.c.state, inbox.inbox.c.deaths, inbox.inbox.c.alone)
        return [tuple(row) for row in connection.execute(query.order_by(inbox.inbox.c.id))]


def test_a_second_copy_of_a_webhook_is_not_kept(database: Database) -> None:
    with database.writing() as connection:
        assert inbox.keep(connection, Platform.SHOPIFY, a_webhook())
        assert not inbox.keep(connection, Platform.SHOPIFY, a_webhook())
        assert inbox.keep(connection, Platform.SHOPIFY, a_webhook(domain="other.myshopify.com"))


def test_a_webhook_is_received_in_the_time_of_the_business(database: Database) -> None:
    for moved in (timedelta(), timedelta(hours=3)):
        if moved:
            demo_clock.start(database)
            demo_clock.advance(database, moved)
        keep(database, int(moved.total_seconds()))
        found = claim(database)
        assert found is not None
        late = datetime.now(UTC) + moved - found.rows[-1].received_at
        assert abs(late) < timedelta(minutes=1)


def test_twenty_copies_at_once_are_kept_once(database: Database) -> None:
    new: list[bool] = []

    def door() -> None:
        new.append(database.gather(inbox.keep_all, (Platform.SHOPIFY, a_webhook())))

    threads = [threading.Thread(target=door) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(new) == [False] * 19 + [True]


def test_rows_come_in_order_with_their_bytes_and_are_claimed_once(database: Database) -> None:
    keep(database, 1, 2, 3)
    first = claim(database, limit=2)
    assert first
    assert [row.webhook_id for row in first.rows] == ["w1", "w2"]
    assert first.rows[0].body == a_webhook().body
    second = claim(database)
    assert second
    assert [row.webhook_id for row in second.rows] == ["w3"]
    assert claim(database) is None


def test_finished_rows_are_not_claimed_again(database: Database) -> None:
    keep(database, 1, 2)
    taken = claim(database)
    assert taken
    with database.writing() as connection:
        assert inbox.begin(connection, taken)
        outcomes = [
            Outcome(taken.rows[0].id, "done"),
            Outcome(taken.rows[1].id, "ignored", forget=True),
        ]
        inbox.finish(connection, outcomes, NOW)
    assert claim(database) is None
    assert [state for state, *_ in state_of(database)] == ["done", "ignored"]


def test_the_rows_of_a_dead_worker_run_alone_and_the_third_death_alone_is_the_last(
    database: Database,
) -> None:
    keep(database, 1, 2)
    taken = claim(database)
    assert reap(database) == 2
    assert taken
    with database.writing() as connection:
        assert not inbox.begin(connection, taken), "its rows are somebody else's now"
    assert state_of(database) == [("pending", 0, True), ("pending", 0, True)]
    for deaths in (1, 2):
        alone = claim(database)
        assert alone
        assert alone.alone
        reap(database)
        assert state_of(database)[0] == ("pending", deaths, True)
    claim(database)
    reap(database)
    assert state_of(database)[0] == ("dead", 3, True)
    neighbour = claim(database)
    assert neighbour
    assert neighbour.rows[0].webhook_id == "w2"


def test_a_living_lease_is_not_reaped(database: Database) -> None:
    keep(database, 1)
    claim(database)
    with database.writing() as connection:
        assert inbox.reap(connection, NOW) == 0


def test_a_dead_row_gets_another_chance(database: Database) -> None:
    keep(database, 1)
    for _ in range(4):
        claim(database)
        reap(database)
    with database.writing() as connection:
        dead = [row.id for row in connection.execute(inbox.select(inbox.inbox.c.id))]
        assert inbox.redrive(connection, dead) == 1
        assert inbox.count_pending(connection) == 1


@pytest.mark.parametrize("words", [["\u00e9"], ["nobody"]])
def test_unread_bodies_with_a_persons_words_are_emptied(
    database: Database, words: list[str]
) -> None:
    keep(database, 1)
    taken = claim(database)
    assert taken
    with database.writing() as connection:
        inbox.finish(connection, [Outcome(taken.rows[0].id, "dead", error="unreadable")], NOW)
        forgotten = inbox.forget(connection, "maple.myshopify.com", None, ['"n"', *words])
    assert forgotten == 1
