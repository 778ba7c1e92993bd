"""One row a person, whatever names they go by and in whatever order we hear of them."""

import itertools
from typing import Any

import pytest

from marketing.events import EventName
from marketing.model import ConsentState, Gone, TagsChanged
from storage.address_hashes import hashes_of
from storage.database import Database
from storage.schema import carts, customers, enrollments, orders
from storage.stores import Store
from tests.storage.mirroring import (
    ADA,
    a_cart,
    a_customer,
    a_store,
    a_word,
    an_order,
    at,
    change,
    hash_of,
    key,
    names,
    people,
    rows,
    tell,
)

SAID_YES, SAID_NO = ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED


@pytest.fixture
def store(database: Database) -> Store:
    return a_store(database)


@pytest.fixture
def stranger(database: Database) -> Store:
    return a_store(database, "stranger.myshopify.com")


def test_the_same_address_in_two_stores_is_two_people(
    database: Database, store: Store, stranger: Store
) -> None:
    tell(database, store, a_customer(key("1"), first_name="Ada"))
    tell(database, stranger, a_customer(key("1"), first_name="Eve"))
    found = {row["store_id"]: row["first_name"] for row in rows(database, customers)}
    assert found == {store.id: "Ada", stranger.id: "Eve"}


def test_a_guest_gets_their_id_when_the_platform_tells_it(database: Database, store: Store) -> None:
    tell(database, store, a_cart())
    tell(database, store, a_customer(key("1"), first_name="Ada"))
    (ada,) = rows(database, customers)
    assert (ada["external_id"], ada["first_name"], ada["email"]) == ("1", "Ada", ADA)
    assert rows(database, carts)[0]["customer_id"] == ada["id"]


def test_a_number_is_the_same_however_it_was_typed(database: Database, store: Store) -> None:
    ada = key(email=None, phone="0151 123 456 78")
    tell(database, store, an_order("o1", ada, country="DE"))
    tell(database, store, a_cart("t1", key(email=None, phone="+4915112345678")))
    assert [row["phone"] for row in rows(database, customers)] == ["+4915112345678"]


def test_what_is_no_number_is_kept_as_it_was_told(database: Database, store: Store) -> None:
    tell(database, store, an_order("o1", key(phone="ask for Ada"), country="DE"))
    assert [row["phone"] for row in rows(database, customers)] == ["ask for Ada"]


def test_an_address_is_the_same_in_any_case(database: Database, store: Store) -> None:
    tell(database, store, a_cart("t1", key(email="Ada@Example.com")), a_cart("t2", key()))
    assert len(rows(database, customers)) == 1


def test_a_person_is_found_by_phone_where_no_address_speaks_against_it(
    database: Database, store: Store
) -> None:
    phone = "+4912345"
    tell(database, store, a_customer(key("1", ADA, phone)))
    tell(database, store, a_cart("t1", key(None, None, phone)))
    tell(database, store, a_cart("t2", key(None, "ben@example.com", phone)))
    assert sorted(people(database)) == [ADA, "ben@example.com"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_record_wins_in_any_order(
    database: Database, store: Store, order: tuple[int, ...]
) -> None:
    told = [a_customer(key("1"), hours, first_name=f"Ada {hours}") for hours in (0, 1, 2)]
    for place in order:
        tell(database, store, told[place], hours=3)
    (ada,) = rows(database, customers)
    assert (ada["first_name"], ada["updated_at"]) == ("Ada 2", at(2))


def test_what_was_not_told_stays(database: Database, store: Store) -> None:
    tell(database, store, a_customer(key("1"), 0, first_name="Ada", tags=("vip",)))
    tell(database, store, a_customer(key("1", None), 1, last_name="Lovelace"))
    (ada,) = rows(database, customers)
    told = ada["first_name"], ada["last_name"], ada["tags"], ada["email"]
    assert told == ("Ada", "Lovelace", ["vip"], ADA)


def test_a_record_of_sums_does_not_outdate_one_of_names(database: Database, store: Store) -> None:
    tell(database, store, a_customer(key("1", None), 2, orders_count=3, spent=900), hours=3)
    tell(database, store, a_customer(key("1"), 1, first_name="Ada"), hours=3)
    (ada,) = rows(database, customers)
    assert (ada["first_name"], ada["platform_orders_count"]) == ("Ada", 3)


def test_each_address_has_its_hashes_beside_it_wherever_it_moves(
    database: Database, store: Store
) -> None:
    tell(database, store, a_cart("t1", key(phone="+4790000001")))
    tell(database, store, a_customer(key("1", "old@example.com")))
    tell(database, store, a_customer(key("1"), hours=1), a_customer(key("2"), hours=2))
    found = {row["external_id"]: row for row in rows(database, customers)}
    assert found["2"]["email_hash"] == hash_of("email", ADA)
    assert found["1"]["email_key"] is None
    for row in rows(database, customers):
        columns = ("email_hash", "sms_hash", "whatsapp_hash")
        assert {name: row[name] for name in columns} == hashes_of(row, hash_of)


def test_an_address_moves_to_whom_it_was_told_of_last(database: Database, store: Store) -> None:
    tell(database, store, a_customer(key("1"), 0, consents=(a_word(SAID_NO, 0),)))
    tell(database, store, a_customer(key("2", "new@example.com"), 0))
    tell(database, store, a_customer(key("2", ADA), 1))
    by_id = {row["external_id"]: row for row in rows(database, customers)}
    assert (by_id["1"]["email_key"], by_id["2"]["email_key"]) == (None, ADA)
    assert by_id["2"]["email_consent"] == SAID_NO, "the word given for an address goes with it"


def test_two_swap_their_addresses_in_one_batch(database: Database, store: Store) -> None:
    one, two = "one@example.com", "two@example.com"
    tell(database, store, a_customer(key("1", one)), a_customer(key("2", two)))
    tell(database, store, a_customer(key("1", two), 1), a_customer(key("2", one), 1))
    by_id = {row["external_id"]: row["email"] for row in rows(database, customers)}
    # Between the two records nobody had the first address: the second takes it.
    assert by_id == {"1": two, "2": one}


def test_an_old_record_takes_no_address_away(database: Database, store: Store) -> None:
    tell(database, store, a_customer(key("1"), 2), hours=3)
    tell(database, store, a_customer(key("2", ADA), 1), hours=3)
    by_id = {row["external_id"]: row["email"] for row in rows(database, customers)}
    assert by_id == {"1": ADA, "2": None}


def test_a_guest_whose_address_an_account_takes_is_that_account(
    database: Database, store: Store
) -> None:
    tell(database, store, a_customer(key("1", "old@example.com"), 0))
    tell(database, store, a_cart("t1", key(), accepts_marketing=True), an_order("o1", key()))
    tell(database, store, a_customer(key("1", ADA), 1))
    found = people(database)
    assert list(found) == [ADA]
    assert (found[ADA]["orders_count"], found[ADA]["email_consent"]) == (1, SAID_YES)
    assert {row["customer_id"] for row in rows(database, carts)} == {found[ADA]["id"]}
    assert {row["customer_id"] for row in rows(database, orders)} == {found[ADA]["id"]}
    assert not rows(database, enrollments)


def test_a_customer_merged_away_leaves_all_to_the_one_who_stays(
    database: Database, store: Store
) -> None:
    tell(database, store, a_customer(key("1", "old@example.com")), a_customer(key("2")))
    tell(database, store, an_order("o1", key("1", "old@example.com")))
    gone = Gone("customer", "1", into="2")
    tell(database, store, change(gone, EventName.CUSTOMER_DELETED, 1))
    found = people(database)
    assert list(found) == [ADA]
    assert found[ADA]["orders_count"] == 1


def test_a_deleted_customer_is_marked(database: Database, store: Store) -> None:
    tell(database, store, a_customer(key("1")))
    told = tell(database, store, change(Gone("customer", "1"), EventName.CUSTOMER_DELETED, 1))
    assert names(told.news[store.id]) == ["customer.deleted"]
    assert rows(database, customers)[0]["deleted_at"] == at(1)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_newest_word_on_consent_holds_in_any_order(
    database: Database, store: Store, order: tuple[int, ...]
) -> None:
    said = [
        a_word(SAID_YES, 0, key("1")),
        a_word(SAID_NO, 1, key("1")),
        a_word(SAID_YES, 2, key("1")),
    ]
    for place in order:
        tell(database, store, said[place], hours=3)
    (ada,) = rows(database, customers)
    assert (ada["email_consent"], ada["email_consent_at"]) == (SAID_YES, at(2))


@pytest.mark.parametrize(
    ("ticked", "refused_at", "holds"),
    [
        (True, None, SAID_YES),
        (False, None, None),
        (True, -1, SAID_YES),
        (True, 1, SAID_NO),
        (False, -1, SAID_NO),
    ],
)
def test_a_ticked_box_holds_unless_refused_after_the_checkout_began(
    database: Database, store: Store, ticked: bool, refused_at: float | None, holds: Any
) -> None:
    if refused_at is not None:
        tell(database, store, a_word(SAID_NO, refused_at, key()))
    tell(database, store, a_cart(hours=2, created_at=at(0), accepts_marketing=ticked), hours=3)
    assert rows(database, customers)[0]["email_consent"] == holds


def test_an_orders_box_was_ticked_when_its_checkout_began(database: Database, store: Store) -> None:
    tell(database, store, a_cart("t1", hours=0, accepts_marketing=True))
    tell(database, store, a_word(SAID_NO, 1, key()), hours=2)
    tell(database, store, an_order(hours=2, checkout_token="t1", accepts_marketing=True), hours=2)
    assert rows(database, customers)[0]["email_consent"] == SAID_NO


def test_a_changed_answer_is_news_once(database: Database, store: Store) -> None:
    said = a_word(SAID_NO, 0, key("1"))
    first = tell(database, store, said, said)
    again = tell(database, store, said)
    assert names(first.news[store.id]) == ["customer.unsubscribed"]
    assert not again.news


def test_tags_come_and_go(database: Database, store: Store) -> None:
    tell(database, store, a_customer(key("1"), tags=("vip", "eu")))
    told = TagsChanged(key("1", None), added=("wholesale",), removed=("vip",))
    heard = tell(database, store, change(told, EventName.CUSTOMER_TAGGED, 1))
    assert names(heard.news[store.id]) == ["customer.tagged"]
    assert rows(database, customers)[0]["tags"] == ["eu", "wholesale"]


def test_five_hundred_people_in_one_batch(database: Database, store: Store) -> None:
    told = [a_customer(key(str(n), f"p{n}@example.com"), first_name=f"P{n}") for n in range(500)]
    tell(database, store, *told)
    tell(database, store, *told)
    assert len(rows(database, customers)) == 500


def test_where_somebody_lives_is_one_place_and_no_mixture_of_two(
    database: Database, store: Store
) -> None:
    tell(database, store, a_customer(key("1"), country="US"))
    tell(database, store, an_order("o1", key("1"), country="DE", region="BE", city="Berlin"))
    assert _place(database) == ("US", None, None)
    tell(database, store, an_order("o2", key("1"), country="US", region="CA", city="Ojai"))
    assert _place(database) == ("US", "CA", "Ojai")


def test_whoever_moves_abroad_leaves_town_and_region(database: Database, store: Store) -> None:
    tell(database, store, a_customer(key("1"), country="US", region="CA", city="Ojai"))
    tell(database, store, a_customer(key("1"), 5))
    assert _place(database) == ("US", "CA", "Ojai")
    tell(database, store, a_customer(key("1"), 6, country="DE"))
    assert _place(database) == ("DE", None, None)


def _place(database: Database) -> tuple[str | None, ...]:
    (one,) = rows(database, customers)
    return one["country"], one["region"], one["city"]
