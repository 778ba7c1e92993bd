"""Short links: what they stand for, that they say the same twice, and what they cost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.links import LinkKeys, MessageLinks
from marketing.short_links import (
    CART,
    CLICK,
    LENGTH,
    UNSUBSCRIBE,
    as_sent,
    hash_of,
    in_short,
    length_at,
    shorten,
)
from marketing.sms import Alphabet, segments

APP, BASE = "https://app.example.com", "https://m.example"
STORE, MESSAGE = "0192f2c4-0000-7000-8000-000000000001", "0192f2c4-0000-7000-8000-000000000002"
KEYS = LinkKeys.from_app_keys(["one", "two"])


def links_of(message_id: str = MESSAGE, store_id: str = STORE) -> MessageLinks:
    return MessageLinks(APP, KEYS, store_id, message_id)


def test_every_address_of_a_text_becomes_short_and_keeps_what_it_was() -> None:
    links = links_of()
    text = (
        f"Back: {links.cart_url()}, new: https://maple.example/a?b=c. No: {links.unsubscribe_url()}"
    )
    short, found = shorten(text, links, BASE)
    assert [(one.purpose, one.destination) for one in found] == [
        (CART, None),
        (CLICK, "https://maple.example/a?b=c"),
        (UNSUBSCRIBE, None),
    ]
    codes = [f"{BASE}/s/{one.code}" for one in found]
    assert short == f"Back: {codes[0]}, new: {codes[1]}. No: {codes[2]}"
    assert {len(one) for one in codes} == {length_at(BASE)} == {len(BASE) + 3 + LENGTH}
    assert segments(short).alphabet is Alphabet.GSM7
    assert segments(short).units == len(short)


def test_the_same_message_shows_the_same_codes_and_no_other_does() -> None:
    text = "https://maple.example/a https://maple.example/b https://maple.example/a"
    short, found = shorten(text, links_of(), BASE)
    assert shorten(text, links_of(), BASE) == (short, found)
    assert len(found) == 2
    assert short.split()[0] == short.split()[2]
    others = (links_of(STORE), links_of(store_id=MESSAGE))
    codes = {one.code for links in others for one in shorten(text, links, BASE)[1]}
    assert len(codes) == 4
    assert not codes & {one.code for one in found}
    other_key = MessageLinks(APP, LinkKeys.from_app_keys(["two"]), STORE, MESSAGE)
    assert {one.code for one in shorten(text, other_key, BASE)[1]} != {one.code for one in found}


@pytest.mark.parametrize(
    "odd",
    ["https://user@evil.example/", "http:///nowhere", "https://a\\b.example", "ftp://a.example"],
)
def test_what_no_link_leads_to_stays_as_it_is(odd: str) -> None:
    assert shorten(f"See {odd} now", links_of(), BASE) == (f"See {odd} now", ())


def test_another_messages_way_back_is_an_address_like_any() -> None:
    theirs = links_of(STORE).cart_url()
    [found] = shorten(theirs, links_of(), BASE)[1]
    assert (found.purpose, found.destination) == (CLICK, theirs)


@pytest.mark.parametrize(
    ("source", "counted"),
    [
        ("Hi {{ cart.url }}!", "Hi xxx!"),
        ("{{order.status_url | escape}} {{- picked[0].url -}}", "xxx xxx"),
        ("{{ links.unsubscribe }} {{ customer.first_name }}", "xxx {{ customer.first_name }}"),
        ("(https://a.example/b_(c)), https://a.example.", "(xxx), xxx."),
        ("maple.example is no link", "maple.example is no link"),
    ],
)
def test_a_source_is_counted_with_its_addresses_short(source: str, counted: str) -> None:
    assert in_short(source, 3) == counted


@given(st.text(max_size=30), st.sampled_from(["", ".", ")", "!?", "\u201d", " more"]))
def test_what_is_counted_is_what_is_sent(before: str, after: str) -> None:
    text = f"{before} https://maple.example/\u00fc?x=1{after}"
    short, _ = shorten(text, links_of(), BASE)
    assert len(short) == len(in_short(text, length_at(BASE)))


@pytest.mark.parametrize(
    "odd", ["", "short", "a" * 12, "a" * 10 + "-", "\u00e9" * 11, "a" * 10_000]
)
def test_what_no_code_looks_like_is_not_even_looked_up(odd: str) -> None:
    assert hash_of(odd) is None


@given(st.text(alphabet="ab:/.?@() \u00fc", max_size=30), st.text(max_size=10))
def test_a_text_counts_for_as_much_as_it_is_when_it_is_sent(address: str, words: str) -> None:
    for text in (f"{words} https://{address}", f"(https://maple.example/{address}){words}"):
        sent, _ = shorten(text, links_of(), BASE)
        assert len(as_sent(text, length_at(BASE))) == len(sent)
