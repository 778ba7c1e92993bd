"""The store's own news."""

import pytest

from connectors.base import UnreadableWebhook
from marketing.model import ScopesChanged, StoreProfile
from tests.connectors.shopify.mapping.reading import only, parse
from tests.payloads.shopify import STORE, STRANGER, sample


def test_a_profile_is_read() -> None:
    payload = sample("shop/update", iana_timezone="America/New_York", domain="super.example")
    record = only("shop/update", payload).record
    assert record == StoreProfile(
        domain=STORE,
        external_id="548380009",
        name="Super Toys",
        email="super@supertoys.com",
        currency="USD",
        timezone="America/New_York",
        country="US",
        locale="en",
        storefront_url="https://super.example",
        money_format="${{amount}}",
        address="190 MacLaren Street, 37178, Houston, Tennessee, United States",
    )


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", "../../etc/passwd", "\x00", 5])
def test_without_a_zone_the_profile_we_have_stays(zone: object) -> None:
    assert parse("shop/update", sample("shop/update", iana_timezone=zone)) == []


def test_another_stores_profile_is_refused() -> None:
    payload = sample("shop/update", myshopify_domain=STRANGER, iana_timezone="UTC")
    with pytest.raises(UnreadableWebhook):
        parse("shop/update", payload)


def test_scopes_are_told() -> None:
    record = only("app/scopes_update", sample("app/scopes_update")).record
    assert record == ScopesChanged(("read_products", "write_products"))
