"""What is good once: nonces of installations and ids of launches, on both databases."""

from datetime import UTC, datetime, timedelta

from storage import one_time
from storage.database import Database
from storage.schema import new_id
from tests.seeding import a_store

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_a_nonce_is_claimed_once_and_opens_once(database: Database) -> None:
    with database.writing() as connection:
        store = a_store(connection, "shop.example")
        one_time.begin(connection, "n", "shop.example", NOW)
        assert one_time.claim(connection, "other", NOW) is None
        assert one_time.claim(connection, "n", NOW) == "shop.example"
        assert one_time.claim(connection, "n", NOW) is None
        assert one_time.prove(connection, "n", "", NOW) == (None, 0)
        one_time.granted(connection, "n", store, "abc1234", NOW)
        assert one_time.prove(connection, "n", "abc1234", NOW) == (None, 0)
        assert one_time.come_back(connection, "n", NOW) == store
        assert one_time.come_back(connection, "n", NOW) is None
        assert one_time.domain_of(connection, "n", NOW) == "shop.example"
        assert one_time.prove(connection, "n", "abc1235", NOW) == (None, 4)
        assert one_time.prove(connection, "n", "abc1234", NOW) == (store, 0)
        assert one_time.prove(connection, "n", "abc1234", NOW) == (None, 0)


def test_after_five_wrong_tries_the_right_word_opens_nothing(database: Database) -> None:
    with database.writing() as connection:
        store = a_store(connection, "shop.example")
        one_time.begin(connection, "n", "shop.example", NOW)
        one_time.claim(connection, "n", NOW)
        one_time.granted(connection, "n", store, "abc1234", NOW)
        one_time.come_back(connection, "n", NOW)
        left = [one_time.prove(connection, "n", "wrong", NOW)[1] for _ in range(5)]
        assert left == [4, 3, 2, 1, 0]
        assert one_time.prove(connection, "n", "abc1234", NOW) == (None, 0)


def test_a_nonce_that_was_opened_too_early_is_void(database: Database) -> None:
    with database.writing() as connection:
        one_time.begin(connection, "n", "shop.example", NOW)
        assert one_time.come_back(connection, "n", NOW) is None
        assert one_time.claim(connection, "n", NOW) is None


def test_a_nonce_ends_by_itself_and_is_forgotten(database: Database) -> None:
    late = NOW + one_time.INSTALL_LIFE
    with database.writing() as connection:
        one_time.begin(connection, "n", "shop.example", NOW)
        assert one_time.claim(connection, "n", late) is None
        assert one_time.domain_of(connection, "n", late) is None
        one_time.begin(connection, "m", "shop.example", late + timedelta(seconds=1))
        assert one_time.domain_of(connection, "n", NOW) is None


def test_the_id_of_a_launch_burns_once_for_each_store(database: Database) -> None:
    mine, theirs, ends = new_id(), new_id(), NOW + timedelta(minutes=1)
    with database.writing() as connection:
        assert one_time.burn_launch(connection, mine, "jti", ends, NOW)
        assert not one_time.burn_launch(connection, mine, "jti", ends, NOW)
        assert one_time.burn_launch(connection, theirs, "jti", ends, NOW)
