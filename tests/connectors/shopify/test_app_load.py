"""What happens when Shopify's admin opens the app, and what no address can talk us into."""

import base64
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from connectors.shopify import app_load, signatures
from connectors.shopify.app_load import (
    Authenticated,
    Bots410,
    Bounce,
    RedirectToAdmin,
    RedirectToBounce,
    Refused,
)
from connectors.shopify.oauth import App
from tests.connectors.shopify.conftest import (
    CLIENT_ID,
    FOREIGN_SECRET,
    SECRET,
    claims,
    token,
)
from tests.oracles.library import ShopifysLibrary
from tests.payloads.shopify import STORE, STRANGER

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PLACE = "admin.shopify.com/store/maple-and-moss"
STAND_IN = "http://127.0.0.1:8002/shops/{shop}"


def host(place: str = PLACE) -> str:
    return base64.b64encode(place.encode()).decode().rstrip("=")


def a_load(**changes: str | None) -> list[tuple[str, str]]:
    told: dict[str, str | None] = {
        "embedded": "1",
        "host": host(),
        "locale": "de",
        "shop": STORE,
        "timestamp": str(int(time.time())),
    }
    return [(key, value) for key, value in (told | changes).items() if value is not None]


def signed(query: list[tuple[str, str]], secret: str = SECRET) -> list[tuple[str, str]]:
    return [*query, ("hmac", signatures.query_signature(secret, query).decode())]


def load(
    app: App,
    query: list[tuple[str, str]],
    authorization: str | None = None,
    user_agent: str | None = BROWSER,
) -> app_load.Outcome:
    return app_load.app_load(app, query, authorization, user_agent, datetime.now(UTC))


def test_a_load_with_a_token_is_authenticated(app: App) -> None:
    told = token(claims())
    outcome = load(app, signed(a_load(id_token=told)))
    assert isinstance(outcome, Authenticated)
    assert (outcome.shop, outcome.id_token) == (STORE, told)
    assert outcome.query["locale"] == "de"
    assert not {"hmac", "id_token", "timestamp"} & set(outcome.query)


def test_the_token_decides_whose_store_it_is(app: App) -> None:
    outcome = load(app, a_load(shop=STRANGER, id_token=token(claims())))
    assert isinstance(outcome, Refused)
    assert outcome.status == 401


def test_without_a_token_the_bounce_page_fetches_one(app: App) -> None:
    outcome = load(app, signed(a_load()))
    assert isinstance(outcome, RedirectToBounce)
    assert outcome.url.startswith("https://app.example.com/shopify?")
    told = dict(parse_qsl(urlsplit(outcome.url).query))
    page = load(app, list(told.items()))
    assert isinstance(page, Bounce)
    assert f'data-api-key="{CLIENT_ID}"' in page.html
    assert "https://cdn.shopify.com/shopifycloud/app-bridge.js" in page.html
    again = urlsplit(told["shopify-reload"])
    assert again.geturl().startswith("https://app.example.com/shopify?")
    assert not {"id_token", "hmac"} & set(parse_qs(again.query))
    fresh = [*parse_qsl(again.query), ("id_token", token(claims()))]
    assert isinstance(load(app, fresh), Authenticated)


def test_a_stale_token_bounces_once(app: App) -> None:
    stale = token(claims(exp=int(time.time()) - 60))
    outcome = load(app, signed(a_load(id_token=stale)))
    assert isinstance(outcome, RedirectToBounce)
    again = parse_qs(urlsplit(outcome.url).query)["shopify-reload"][0]
    second = load(app, [*parse_qsl(urlsplit(again).query), ("id_token", stale)])
    assert isinstance(second, Refused)
    assert second.status == 401


@pytest.mark.parametrize(
    "reload",
    [
        "https://evil.com/shopify?x=1",
        "https://app.example.com.evil.com/shopify?",
        "https://app.example.com@evil.com/shopify?",
        "//evil.com",
        "javascript:alert(1)",
        "",
    ],
)
def test_the_bounce_page_leads_nowhere_else(app: App, reload: str) -> None:
    outcome = load(app, [*a_load(), ("shopify-reload", reload)])
    assert isinstance(outcome, Refused)
    assert outcome.status == 400


def test_outside_the_frame_the_admin_is_the_place(app: App, library: ShopifysLibrary) -> None:
    outcome = load(app, signed(a_load(embedded=None)))
    assert outcome == RedirectToAdmin(f"https://{PLACE}/apps/{CLIENT_ID}")
    padded = base64.b64encode(PLACE.encode()).decode()
    assert library.ask("embedded", host=padded) == outcome.url


def test_without_a_host_the_shop_is_enough(app: App) -> None:
    outcome = load(app, a_load(embedded=None, host=None))
    assert outcome == RedirectToAdmin(f"https://{STORE}/admin/apps/{CLIENT_ID}")


@pytest.mark.parametrize(
    "place",
    [
        "evil.com",
        "evil.com/.myshopify.com",
        f"{STORE}.evil.com/admin",
        f"{STORE}@evil.com/admin",
        f"evil.com\\@{STORE}/admin",
        f"{STORE}\\.evil.com",
        f"{STORE}:443/admin",
        f"{STORE}/admin?x=//evil.com",
        f"{STORE}/admin#x",
        f"{STORE}//evil.com",
        f"/{STORE}/admin",
        f" {STORE}/admin",
        f"{STORE}/admin\n",
        f"{STORE}\t/admin",
        "\x00admin.shopify.com",
        "shopify.com",
        "evilshopify.com/store/x",
        "partners.shopify.com/x",
        "ünï.myshopify.com",
        "",
    ],
)
def test_a_host_is_a_place_in_shopifys_admin_or_nothing(app: App, place: str) -> None:
    assert app_load.decode_host(host(place)) is None
    if place:
        outcome = load(app, a_load(embedded=None, host=host(place)))
        assert isinstance(outcome, Refused)


@pytest.mark.parametrize("odd", ["%%%", "ünï", "A", "\udcff", "a b", "====", "A" * 7 + "!"])
def test_an_odd_host_is_no_place(odd: str) -> None:
    assert app_load.decode_host(odd) is None


@pytest.mark.parametrize("place", [PLACE, f"{STORE}/admin", f"{PLACE}/"])
def test_real_places_are_known(place: str) -> None:
    assert app_load.decode_host(host(place)) == place


def test_a_load_that_shopify_did_not_sign_is_refused(app: App) -> None:
    for query in (
        signed(a_load(), FOREIGN_SECRET),
        [*signed(a_load()), ("more", "1")],
        [*a_load(), ("hmac", "ünï")],
    ):
        outcome = load(app, query)
        assert isinstance(outcome, Refused)
        assert outcome.status == 401


@pytest.mark.parametrize("shop", [None, "", "evil.com", f"{STORE}/", f"x@{STORE}"])
def test_a_load_that_names_no_store_is_refused_in_words(app: App, shop: str | None) -> None:
    outcome = load(app, a_load(shop=shop))
    assert isinstance(outcome, Refused)
    assert outcome.status == 400
    assert "admin" in outcome.message


@pytest.mark.parametrize("again", [("shop", STRANGER), ("host", host()), ("id_token", "x")])
def test_a_parameter_told_twice_is_refused(app: App, again: tuple[str, str]) -> None:
    outcome = load(app, [*a_load(id_token=token(claims())), again])
    assert isinstance(outcome, Refused)
    assert outcome.status == 400


def test_a_fetch_brings_its_token_in_a_header(app: App) -> None:
    told = token(claims())
    assert isinstance(load(app, [], f"Bearer {told}"), Authenticated)
    assert isinstance(load(app, a_load(), f"bearer {told}"), Authenticated)


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic eDp5", "ünï"])
def test_a_fetch_with_a_bad_token_is_told_to_try_again(app: App, authorization: str) -> None:
    outcome = load(app, a_load(), authorization)
    assert isinstance(outcome, Refused)
    assert outcome.status == 401
    assert outcome.headers == {"X-Shopify-Retry-Invalid-Session-Request": "1"}


@pytest.mark.parametrize(
    ("user_agent", "is_bot"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", True),
        ("Mozilla/5.0 (compatible; bingbot/2.0)", True),
        ("Baiduspider+(+http://www.baidu.com/search/spider.htm)", True),
        ("Shopify POS/9.1 (compatible; Googlebot/2.1)", False),
        ("Shopify Mobile/iOS/9.1 bot", False),
        ("Mozilla/5.0 (Linux; Android 9; CUBOT X19)", False),
        (BROWSER, False),
        ("curl/8.0", False),
        (None, False),
    ],
)
def test_bots_are_sent_away_but_shopifys_apps_are_none(
    app: App, user_agent: str | None, is_bot: bool
) -> None:
    outcome = load(app, signed(a_load(id_token=token(claims()))), user_agent=user_agent)
    assert isinstance(outcome, Bots410) is is_bot


def test_only_the_stores_admin_may_frame_a_page(app: App) -> None:
    assert app_load.page_headers(app, STORE)["Content-Security-Policy"] == (
        f"frame-ancestors https://{STORE} https://admin.shopify.com;"
    )
    assert "'none'" in app_load.page_headers(app, None)["Content-Security-Policy"]


def in_the_demo() -> dict[str, Any]:
    return {"client_id": CLIENT_ID, "secrets": (SECRET,), "app_url": "http://127.0.0.1:8000"}


def test_a_stand_in_for_the_admin_is_framed_and_reached_where_it_is() -> None:
    app = App(**in_the_demo(), admin_url=STAND_IN, app_bridge_url="http://127.0.0.1:8002/bridge.js")
    assert app_load.frame_ancestors(app, STORE) == "http://127.0.0.1:8002"
    outcome = load(app, a_load(embedded=None))
    assert outcome == RedirectToAdmin(f"http://127.0.0.1:8002/shops/{STORE}/apps/{CLIENT_ID}")
