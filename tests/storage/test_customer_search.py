"""Finding customers: by beginnings, segment, consent and reach, in one store only, quickly."""

import itertools
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text, update

from marketing.consent import Audience, ConsentPolicy
from marketing.model import ChannelName
from storage import customer_search, reach, schema
from storage.beginnings import key_of
from storage.customer_search import Wanted, customer_page
from storage.database import Database
from tests.seeding import NOW, SmallStore, at


@pytest.fixture
def connection(database: Database) -> Iterator[Connection]:
    with database.writing() as opened:
        yield opened


@pytest.fixture
def store(connection: Connection) -> SmallStore:
    SmallStore(connection, "neighbour.myshopify.com")
    return SmallStore(connection)


def names(connection: Connection, store: SmallStore, search: str, **more: Any) -> list[str]:
    page = customer_page(connection, store.id, Wanted(search, **more))
    assert page.total == len(page.customers)
    return sorted(row.first_name for row in page.customers)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ada", ["Ada"]),
        ("ADA rey", ["Ada"]),
        ("ben.", ["Ben"]),
        ("reyes fa", ["Fay"]),
        ("%", []),
        ("_", []),
        ("nobody", []),
    ],
)
@pytest.mark.parametrize("counted_to", [10_000, 0], ids=["from the few", "along the list"])
def test_a_customer_is_found_by_the_beginning_of_a_name_or_address(
    monkeypatch: pytest.MonkeyPatch,
    connection: Connection,
    store: SmallStore,
    search: str,
    found: list[str],
    counted_to: int,
) -> None:
    if counted_to == 0 and len(found) > 1:
        pytest.skip("the total stops at one")
    monkeypatch.setattr(customer_search, "COUNTED_TO", counted_to)
    assert names(connection, store, search) == found


def test_accents_and_capitals_make_no_difference(connection: Connection, store: SmallStore) -> None:
    store.rows.customer("Zoë", last_name="Ångström")
    for search in ("zoe", "ZOË", "angs", "Ångström zoë"):
        assert names(connection, store, search) == ["Zoë"]
    assert key_of("  Straße ") == "strasse"
    assert key_of(" \u0301 ") is None


def test_a_number_is_found_by_its_first_digits(connection: Connection, store: SmallStore) -> None:
    store.rows.customer("Tel", phone="+15551234567")
    assert names(connection, store, "+1555123") == ["Tel"]
    assert names(connection, store, "+15") == []


@pytest.mark.parametrize(
    ("search", "country", "is_found"),
    [
        ("0151 12345678", "DE", True),
        ("0151/1234", "DE", True),
        ("0151", "DE", True),
        ("(0151) 123 456 78", "DE", True),
        ("0151 12345678", "GB", False),
        ("0151 12345678", None, False),
        ("0049 151 1234", "GB", True),
        ("+49 151 1234", "GB", True),
        ("0152 12345678", "DE", False),
    ],
)
def test_a_number_is_found_as_it_is_dialled_where_the_store_is(
    connection: Connection, store: SmallStore, search: str, country: str | None, *, is_found: bool
) -> None:
    store.rows.customer("Tel", phone="+4915112345678")
    assert names(connection, store, search, country=country) == (["Tel"] if is_found else [])


def test_the_list_is_narrowed_by_what_customers_said(
    connection: Connection, store: SmallStore
) -> None:
    store.rows.customer("Uma", email_consent="unsubscribed", sms_consent="subscribed")
    assert names(connection, store, "", consent="unsubscribed") == ["Uma"]
    assert names(connection, store, "", consent="subscribed", channel="sms") == ["Uma"]
    assert "Ada" in names(connection, store, "", consent="subscribed")
    assert "Uma" not in names(connection, store, "", consent="unknown")
    assert names(connection, store, "ada", consent="unsubscribed") == []


def test_the_list_is_narrowed_by_a_segment_of_the_store(
    connection: Connection, store: SmallStore
) -> None:
    stranger = SmallStore(connection, "stranger.myshopify.com")
    segment_id = schema.new_id()
    when = at("2026-11-01 00:00")
    for one in (store, stranger):
        row = {"id": segment_id, "name": "Some", "condition": {}, "state": "ready"}
        moments = {"created_at": when, "updated_at": when}
        connection.execute(insert(schema.segments).values(store_id=one.id, **row, **moments))
        member = {"segment_id": segment_id, "customer_id": one.ada, "entered_at": when}
        connection.execute(insert(schema.segment_members).values(store_id=one.id, **member))
    assert names(connection, store, "", segment_id=segment_id) == ["Ada"]
    assert names(connection, store, "ben", segment_id=segment_id) == []


def test_the_list_counts_its_own_store_only(connection: Connection, store: SmallStore) -> None:
    page = customer_page(connection, store.id, Wanted())
    assert page.total == len(page.customers) == 8


def test_those_whom_a_channel_reaches_are_found_and_told_with_it(
    connection: Connection, store: SmallStore
) -> None:
    c = schema.customers.c
    agreed = {"phone": "+4790000000", "whatsapp_consent": "subscribed", "sms_consent": None}
    connection.execute(update(schema.customers).where(c.id == store.ada).values(**agreed))
    for channel in ("whatsapp", "messenger"):
        made = {"provider": "meta", "public": {}, "revision": 1, "secret": "sealed"}
        own = {"channel": channel, "callback_key": channel, "connected_at": NOW}
        store.rows.put(schema.channel_accounts, **made, **own)
    wrote = {"channel": "messenger", "customer_id": store.ben}
    met = {"address": "m-1", "kind": "psid", "first_seen": NOW, "last_seen": NOW}
    store.rows.put(schema.identities, **wrote, **met)
    told = {"provider_id": "1", "sender": "m-1", "text": "Hello", "received_at": NOW}
    store.rows.put(schema.inbound_messages, id=schema.new_id(), **wrote, **told)
    policy = ConsentPolicy(Audience.SUBSCRIBERS)
    for now, chats in ((NOW, ["Ben"]), (NOW + timedelta(days=2), [])):
        open_to = reach.reachable(connection, store.id, policy, now)
        assert found_by(connection, store, open_to["whatsapp"]) == ["Ada"]
        assert found_by(connection, store, open_to["messenger"]) == chats
        told_of = reach.reached_now(connection, store.id, [store.ada, store.ben], policy, now)
        assert "whatsapp" in told_of[store.ada]
        assert ("messenger" in told_of[store.ben]) is bool(chats)
        assert list(reach.reached_now(connection, store.id, [store.ada], policy, now)) == [
            store.ada
        ]


@pytest.mark.parametrize("many", [10_000, 3])
def test_whoever_is_found_by_what_they_wrote_or_agreed_to_is_whom_the_channel_reaches(
    connection: Connection, store: SmallStore, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    monkeypatch.setattr(reach, "MANY", many)
    chats = (ChannelName.WHATSAPP, ChannelName.MESSENGER, ChannelName.WEBCHAT)
    for channel in chats:
        made = {"provider": "meta", "public": {}, "revision": 1, "secret": "sealed"}
        own = {"channel": channel, "callback_key": channel, "connected_at": NOW}
        store.rows.put(schema.channel_accounts, **made, **own)
    people = itertools.product(SAID, WROTE, (True, False), (True, False))
    for number, (said, wrote, has_phone, is_known) in enumerate(people):
        chatter(store, chats, number, said, wrote, has_phone=has_phone, is_known=is_known)
    policies = [
        ConsentPolicy(audience, by_country)
        for audience in Audience
        for by_country in ({}, {"US": Audience.EVERYONE, "DE": Audience.SUBSCRIBERS})
    ]
    for policy, channel in itertools.product(policies, ChannelName):
        words = reach.reached_by(connection, store.id, channel, policy, NOW)
        ways = reach.reachable(connection, store.id, policy, NOW).get(channel)
        if ways is None:
            assert words is None
            continue
        found, each = ids_of(connection, store, words), ids_of(connection, store, ways.reached)
        assert found == each
        assert 0 < len(found) < ids_of_all(connection, store)


SAID = (None, "subscribed", "unsubscribed", "invalid", "not_subscribed")
WROTE = (
    None,
    ("text", timedelta(hours=1)),
    ("text", timedelta(hours=25)),
    ("comment", timedelta(hours=1)),
)


def chatter(
    store: SmallStore,
    chats: tuple[ChannelName, ...],
    number: int,
    said: str | None,
    wrote: tuple[str, timedelta] | None,
    *,
    has_phone: bool,
    is_known: bool,
) -> None:
    """Put in somebody of whom each channel knows, has heard and may tell the same."""
    phone = f"+4791{number:06}" if has_phone else None
    consents = {f"{channel}_consent": said for channel in ("email", "sms", "whatsapp")}
    customer_id = store.rows.customer(f"c{number}", phone=phone, **consents)
    for channel in chats:
        address = {"channel": channel, "customer_id": customer_id}
        if is_known:
            met = {"address": str(number), "kind": "psid", "first_seen": NOW, "last_seen": NOW}
            store.rows.put(schema.identities, consent=said, **address, **met)
        if wrote:
            kind, ago = wrote
            told = {"provider_id": str(number), "kind": kind, "received_at": NOW - ago}
            store.rows.put(schema.inbound_messages, id=schema.new_id(), **address, **told)


def ids_of(connection: Connection, store: SmallStore, words: Any) -> list[str]:
    wanted, found = Wanted(reached=words), []
    for page in itertools.count(1):
        rows = customer_page(connection, store.id, wanted, page=page).customers
        found += [row.id for row in rows]
        if not rows:
            return found
    raise AssertionError("pages end")


def ids_of_all(connection: Connection, store: SmallStore) -> int:
    return customer_page(connection, store.id, Wanted()).total


def found_by(connection: Connection, store: SmallStore, ways: reach.Ways) -> list[str]:
    return names(connection, store, "", reached=ways.reached)


def test_those_who_never_said_anything_of_mail_are_found_without_looking_at_all(
    connection: Connection, store: SmallStore
) -> None:
    c = schema.customers.c
    connection.execute(update(schema.customers).values(email_consent="subscribed"))
    for number in range(400):
        store.rows.customer(f"Some{number}", email_consent="subscribed")
    connection.execute(update(schema.customers).where(c.id == store.ada).values(email_consent=None))
    asked = Wanted(consent="unknown")
    page = customer_page(connection, store.id, asked)
    assert [row.id for row in page.customers] == [store.ada]
    if connection.dialect.name == "sqlite":  # which plans without having counted its tables
        plan = connection.execute(text(NEVER_ASKED)).all()
        assert "ix_customers_email_consent" in str(plan)


NEVER_ASKED = """
EXPLAIN QUERY PLAN SELECT id FROM customers WHERE store_id = 'x' AND email_consent IS NULL
"""
