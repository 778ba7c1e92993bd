"""The page of the panel at which WordPress' own admin opens it, where another store led there."""

import re
import uuid
from html import unescape
from urllib.parse import quote

import httpx

from tests.embedded_ui.test_woocommerce_doors import Town, database_url, town

__all__ = ["database_url", "town"]


def place_in(page: httpx.Response) -> str:
    (place,) = re.findall(r'id="session">\{[^<]*"place":\s*"([^"]*)"', page.text)
    return str(place)


def test_the_panel_opens_at_the_page_that_the_plugins_page_names_and_at_no_other_address(
    town: Town,
) -> None:
    town.approve()
    store, flow = town.store(), f"/flows/{uuid.uuid4()}"
    admin = town.get(f"{town.shop.url}/wp-admin/admin.php?page=reprise&place={quote(flow)}")
    (source,) = re.findall(r'src="([^"]+/woocommerce/launch[^"]+)"', admin.text)
    assert place_in(town.get(unescape(source))) == flow
    for number, odd in enumerate(("/nowhere", "//evil.example/x", "/flows/../../x", "/flows?a=b")):
        token = town.token(store, jti=f"odd-{number}")
        assert (
            place_in(town.get(f"/woocommerce/launch?token={token}&place={quote(odd, safe='')}"))
            == ""
        )
