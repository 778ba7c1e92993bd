"""Signed links: what they say, and that nobody else can say it."""

import itertools
import uuid
from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing import links
from marketing.links import Link, LinkKeys, MessageLinks, UnsafeDestination, safe_destination
from marketing.model import BadSignature

STORE = "8a96a212-6c50-4cc5-9693-62f9e31636ba"
STRANGER = "f2f0a9a2-0f0d-4b52-8c5e-3f1f0f6a7b11"
MESSAGE = "774df2fa-faeb-4286-b8b4-1b5ff14967ac"
KEYS = LinkKeys.from_app_keys(["the new one", "the old one"])
READERS = {
    "open": links.read_open,
    "click": links.read_click,
    "unsubscribe": links.read_unsubscribe,
    "cart": links.read_cart,
}
TOKENS = {
    "open": links.open_token(KEYS, STORE, MESSAGE),
    "click": links.click_token(KEYS, STORE, MESSAGE, 3, "https://store.example/p?a=1&b=2"),
    "unsubscribe": links.unsubscribe_token(KEYS, STORE, MESSAGE),
    "cart": links.cart_token(KEYS, STORE, MESSAGE),
}


def test_a_click_says_whose_it_is_and_where_it_leads() -> None:
    assert links.read_click(KEYS, TOKENS["click"]) == Link(
        STORE, MESSAGE, 3, "https://store.example/p?a=1&b=2"
    )


@pytest.mark.parametrize("made_for", TOKENS)
@pytest.mark.parametrize("used_for", TOKENS)
def test_a_token_serves_its_own_purpose_only(made_for: str, used_for: str) -> None:
    if made_for == used_for:
        assert READERS[used_for](KEYS, TOKENS[made_for]).message_id == MESSAGE
    else:
        with pytest.raises(BadSignature):
            READERS[used_for](KEYS, TOKENS[made_for])


def test_changing_any_single_bit_breaks_the_token() -> None:
    raw = bytearray(urlsafe_b64decode(TOKENS["click"] + "=="))
    for position, bit in itertools.product(range(len(raw)), range(8)):
        raw[position] ^= 1 << bit
        forged = urlsafe_b64encode(raw).rstrip(b"=").decode()
        with pytest.raises(BadSignature):
            links.read_click(KEYS, forged)
        raw[position] ^= 1 << bit


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda b: urlsafe_b64encode(b).decode()))
def test_nonsense_is_no_token(token: str) -> None:
    for read in READERS.values():
        with pytest.raises(BadSignature):
            read(KEYS, token)


@pytest.mark.parametrize("ending", ["=", "==", "A", ".", "\n", " "])
def test_a_token_is_written_in_one_way_only(ending: str) -> None:
    with pytest.raises(BadSignature):
        links.read_open(KEYS, TOKENS["open"] + ending)


def test_a_token_outlives_a_change_of_keys_until_its_key_is_dropped() -> None:
    before = LinkKeys.from_app_keys(["the old one"])
    token = links.open_token(before, STORE, MESSAGE)
    assert links.read_open(KEYS, token).store_id == STORE
    with pytest.raises(BadSignature):
        links.read_open(LinkKeys.from_app_keys(["the new one"]), token)
    with pytest.raises(BadSignature):
        links.read_open(before, TOKENS["open"])


def test_keys_do_not_show() -> None:
    assert "new one" not in repr(KEYS)
    assert not any(key.hex() in repr(KEYS) for _, key in KEYS.signing.values())
    with pytest.raises(ValueError, match="app key"):
        LinkKeys.from_app_keys([])


@given(
    st.uuids().map(str) | st.text("abc123-_é", min_size=1, max_size=40),
    st.uuids().map(str) | st.integers(min_value=1).map(str),
    st.integers(min_value=0, max_value=65_535),
)
def test_any_ids_come_back_as_they_were(store_id: str, message_id: str, index: int) -> None:
    token = links.cart_token(KEYS, store_id, message_id, index)
    assert links.read_cart(KEYS, token) == Link(store_id, message_id, index)


def test_a_uuid_in_another_spelling_comes_back_in_that_spelling() -> None:
    loud = MESSAGE.upper()
    assert links.read_open(KEYS, links.open_token(KEYS, STORE, loud)).message_id == loud


def test_tokens_are_short() -> None:
    assert len(TOKENS["open"]) < 80


@pytest.mark.parametrize(
    "address",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,hi",
        "vbscript:x",
        "ftp://store.example/",
        "https:evil.example",
        "https:///evil.example",
        "https://",
        "https://store.example@evil.example/",
        "https://user:password@store.example/",
        "https://store.example\\@evil.example/",
        "https://store.example/\r\nLocation: x",
        "https://store.example/\t",
        "https://store.example/a b",
        "https://store.example/\x00",
        "https://store.example:0/",
        "https://store.example:port/",
        "https://[::1/",
        "https://store.example/\u202e",
        "\x01https://store.example",
        "https://" + "a" * 5_000,
        "mailto:ada@example.com",
        "www.store.example",
    ],
)
def test_no_link_leads_to_an_unsafe_address(address: str) -> None:
    with pytest.raises(UnsafeDestination):
        safe_destination(address)
    with pytest.raises(UnsafeDestination):
        links.click_token(KEYS, STORE, MESSAGE, 1, address)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://store.example/p?q=a&b=c#d", "https://store.example/p?q=a&b=c#d"),
        ("http://127.0.0.1:8001/cart?x=%20y", "http://127.0.0.1:8001/cart?x=%20y"),
        ("HTTPS://Store.Example/", "HTTPS://Store.Example/"),
        ("https://müller.example:8443/äß", "https://xn--mller-kva.example:8443/%C3%A4%C3%9F"),
        ("https://store.example/checkouts/cn/Z2NwLWV1?key=abc&locale=de-DE",) * 2,
    ],
)
def test_a_safe_address_stays_what_it_is(address: str, written: str) -> None:
    assert safe_destination(address) == written
    assert links.read_click(KEYS, links.click_token(KEYS, STORE, MESSAGE, 1, address)) == Link(
        STORE, MESSAGE, 1, written
    )


def test_a_destination_signed_before_the_rules_tightened_is_checked_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(links, "safe_destination", str)
    token = links.click_token(KEYS, STORE, MESSAGE, 1, "javascript:alert(1)")
    monkeypatch.undo()
    with pytest.raises(BadSignature):
        links.read_click(KEYS, token)


def test_a_messages_links_stand_at_the_apps_address() -> None:
    made = MessageLinks("https://app.example", KEYS, STORE, MESSAGE)
    opened = made.open_url().removeprefix("https://app.example/o/").removesuffix(".gif")
    assert links.read_open(KEYS, opened) == Link(STORE, MESSAGE)
    clicked = made.click_url(2, "https://x.example").removeprefix("https://app.example/c/")
    assert links.read_click(KEYS, clicked) == Link(STORE, MESSAGE, 2, "https://x.example")
    left = made.unsubscribe_url().removeprefix("https://app.example/u/")
    assert links.read_unsubscribe(KEYS, left) == Link(STORE, MESSAGE)
    back = made.cart_url().removeprefix("https://app.example/cart/")
    assert links.read_cart(KEYS, back) == Link(STORE, MESSAGE)
    assert made.owns(made.cart_url())
    assert made.owns(made.unsubscribe_url())
    assert not made.owns("https://app.example.evil.example/cart/")


def test_one_click_unsubscribing_has_its_two_headers() -> None:
    assert links.unsubscribe_headers("https://app.example/u/t") == {
        "List-Unsubscribe": "<https://app.example/u/t>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_two_stores_tokens_differ() -> None:
    mine, theirs = (links.unsubscribe_token(KEYS, store, MESSAGE) for store in (STORE, STRANGER))
    assert mine != theirs
    assert links.read_unsubscribe(KEYS, theirs).store_id == STRANGER
    assert uuid.UUID(links.read_unsubscribe(KEYS, mine).store_id)
