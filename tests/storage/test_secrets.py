"""Secrets open only where they were put, and outlive a change of keys."""

import orjson
import pytest
from cryptography.fernet import Fernet

from storage.secrets import BadKeys, BadSecret, Secrets
from storage.text import clean, clean_json, dumps

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_secret_comes_back() -> None:
    secrets = Secrets([OLD])
    stored = secrets.encrypt("s1", "access_token", "shpat_|é")
    assert "shpat" not in stored
    assert secrets.decrypt("s1", "access_token", stored) == "shpat_|é"


@pytest.mark.parametrize(
    ("store", "field"), [("s2", "access_token"), ("s1", "refresh_token"), ("s1|access", "token")]
)
def test_a_secret_put_in_anothers_place_is_refused(store: str, field: str) -> None:
    secrets = Secrets([OLD])
    stored = secrets.encrypt("s1", "access_token", "shpat_1")
    with pytest.raises(BadSecret):
        secrets.decrypt(store, field, stored)


@pytest.mark.parametrize("broken", ["", "v1", "v1:a", "v2:a:b", "plain", "v1:{kid}:x{token}"])
def test_what_is_no_ciphertext_of_ours_is_refused(broken: str) -> None:
    secrets = Secrets([OLD])
    _, kid, token = secrets.encrypt("s1", "f", "x").split(":")
    with pytest.raises(BadSecret):
        secrets.decrypt("s1", "f", broken.format(kid=kid, token=token))


def test_a_new_key_opens_the_old_and_makes_the_new() -> None:
    stored = Secrets([OLD]).encrypt("s1", "f", "x")
    both = Secrets([f"second:{NEW}", OLD])
    rotated = both.rotate("s1", "f", stored)
    assert rotated.startswith("v1:second:")
    assert both.rotate("s1", "f", rotated) == rotated
    assert both.decrypt("s1", "f", rotated) == "x"
    with pytest.raises(BadSecret, match="no key of APP_KEYS"):
        Secrets([f"second:{NEW}"]).decrypt("s1", "f", stored)


@pytest.mark.parametrize("keys", [[], ["nonsense"], [OLD, OLD], [f"a:{OLD}", f"a:{NEW}"]])
def test_keys_that_cannot_be_used_are_refused_without_showing_them(keys: list[str]) -> None:
    with pytest.raises(BadKeys) as refused:
        Secrets(keys)
    assert not any(key.rpartition(":")[2] in str(refused.value) for key in keys)


def test_an_addresss_hash_outlives_a_change_of_keys() -> None:
    hashed = Secrets([OLD]).address_hash("email", "Ada@Example.com ")
    assert hashed == Secrets([NEW, OLD]).address_hash("email", "ada@example.com")
    assert hashed != Secrets([OLD]).address_hash("sms", "ada@example.com")
    assert len(hashed) == 64


def test_nothing_shows_a_key() -> None:
    assert OLD not in repr(Secrets([OLD]))


@pytest.mark.parametrize(
    ("dirty", "cleaned"),
    [("a\0b", "a\ufffdb"), ("a\ud800b", "a\ufffd\ufffd\ufffdb"), ("Zoë", "Zoë"), ("", "")],
)
def test_text_becomes_what_sql_can_hold(dirty: str, cleaned: str) -> None:
    assert clean(dirty) == cleaned
    assert dumps({dirty: [dirty]}).encode()


def test_only_a_real_nul_in_json_is_replaced() -> None:
    assert clean_json(rb'"\u0000 \\u0000 \\\u0000"') == rb'"\ufffd \\u0000 \\\ufffd"'


@pytest.mark.parametrize(
    ("body", "cleaned"),
    [
        (rb'"a\ud83d"', rb'"a\ufffd"'),
        (rb'"\uDC4D\uD83D"', rb'"\ufffd\ufffd"'),
        (rb'"\ud83d\ud83d\udc4d"', rb'"\ufffd\ud83d\udc4d"'),
        (rb'"\ud83d\udc4d \\ud83d"', rb'"\ud83d\udc4d \\ud83d"'),
        (rb'"\\\ud83d\u00e9"', rb'"\\\ufffd\u00e9"'),
    ],
)
def test_half_a_character_in_json_is_replaced_and_a_whole_one_is_not(
    body: bytes, cleaned: bytes
) -> None:
    assert clean_json(body) == cleaned
    assert orjson.loads(clean_json(body))
