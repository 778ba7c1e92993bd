"""Numbers written one way, the countries whose they are, and the zones they may be in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.model import ChannelName, Consent, ConsentSource, ConsentState, Customer, CustomerKey
from marketing.phone_numbers import (
    begun_at,
    country_of,
    dialled,
    e164,
    is_e164,
    number_in,
    zones_of,
)
from marketing.timing import is_zone

NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "regions", "number"),
    [
        ("+15550100", ("US",), "+15550100"),
        ("0151 123 456 78", ("DE",), "+4915112345678"),
        ("+49 (0)151 12345678", ("US",), "+4915112345678"),
        ("(212) 555-0100", ("US",), "+12125550100"),
        ("06 12 34 56 78", ("FR", "DE"), "+33612345678"),
        ("0151 123 456 78", ("US", "DE"), "+4915112345678"),
        ("0151 123 456 78", (), None),
        ("call me", ("DE",), None),
        ("12", ("DE",), None),
        ("+" + "1" * 50, ("US",), None),
        ("", ("US",), None),
    ],
)
def test_a_number_is_written_as_the_whole_world_dials_it(
    text: str, regions: tuple[str, ...], number: str | None
) -> None:
    assert e164(text, *regions) == number


@given(st.text(max_size=60), st.sampled_from(["US", "DE", "JP", "ZZ", None]))
def test_whatever_is_read_as_a_number_can_be_dialled(text: str, region: str | None) -> None:
    found = e164(text, region)
    assert found is None or (is_e164(found) and e164(found) == found)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+12125550100", "US"),
        ("+14165550100", "CA"),
        ("+18765550100", "JM"),
        ("+77012345678", "KZ"),
        ("+79161234567", "RU"),
        ("+883510001234567", None),
        ("+15550100", None),
        ("call me", None),
    ],
)
def test_a_shared_code_is_told_apart_by_the_digits_after_it(
    number: str, country: str | None
) -> None:
    assert country_of(number) == country


def test_a_number_may_be_in_each_zone_of_its_place() -> None:
    assert zones_of("+12125550100") == ("America/New_York",)
    assert {"Australia/Perth", "Australia/Sydney"} <= set(zones_of("+61412345678"))
    assert zones_of("+15550100") == ()
    assert all(is_zone(one) for one in zones_of("+18005551212"))


def test_a_sentence_that_names_one_number_tells_it() -> None:
    assert number_in("mine is 0151 12345678 thanks", "DE") == "+4915112345678"
    assert number_in("0151 12345678 or 0171 1234567", "DE") is None
    assert number_in("0151 12345678", None) is None


def test_what_a_platform_told_is_written_one_way_by_their_country_else_the_stores() -> None:
    told = Customer(CustomerKey("1", phone="0612345678"), NOW, country="FR")
    assert dialled(told, "DE").key.phone == "+33612345678"
    german = Customer(CustomerKey("1", phone="015112345678"), NOW)
    assert dialled(german, "DE").key.phone == "+4915112345678"
    said = Consent(ChannelName.SMS, ConsentState.SUBSCRIBED, ConsentSource.PLATFORM, NOW,
                   CustomerKey(phone="015112345678"))  # fmt: skip
    assert dialled(said, "DE").customer == CustomerKey(phone="+4915112345678")


def test_what_is_no_number_is_left_as_it_was_told() -> None:
    told = Customer(CustomerKey("1", phone="ask for Ada"), NOW)
    assert dialled(told, "DE") is told
    plain = replace(told, key=CustomerKey("1"))
    assert dialled(plain, "DE") is plain


@pytest.mark.parametrize(
    ("digits", "region", "number"),
    [
        ("0151", "DE", "+49151"),
        ("07700", "GB", "+447700"),
        ("2125", "US", "+12125"),
        ("12125", "US", "+12125"),
        ("06123", "IT", "+3906123"),
        ("0", "DE", None),
        ("0151", None, None),
        ("0151", "??", None),
    ],
)
def test_a_number_begins_as_it_is_dialled_in_its_region(
    digits: str, region: str | None, number: str | None
) -> None:
    assert begun_at(digits, region) == number
