"""Tokens and signatures, as Shopify's own library judges them."""

import base64
import time
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from sandbox import oauth
from sandbox.serve import Sandbox
from sandbox.session import load_query
from sandbox.world import SAMPLE_SHOP, STRANGER_SHOP
from tests.oracles.library import ShopifysLibrary
from tests.sandbox.fake_app import CLIENT_ID, EXCHANGE, OLD_SECRET, SECRET, FakeApp


def ask(sandbox: Sandbox, body: dict[str, Any], shop: str = SAMPLE_SHOP) -> httpx.Response:
    address = f"{sandbox.world.admin_url}/shops/{shop}/admin/oauth/access_token"
    who = {"client_id": CLIENT_ID, "client_secret": SECRET}
    return httpx.post(address, json={**who, **body})


def exchange(sandbox: Sandbox, shop: str = SAMPLE_SHOP, **changes: Any) -> httpx.Response:
    token = oauth.session_token(shop, CLIENT_ID, SECRET)
    return ask(sandbox, {**EXCHANGE, "subject_token": token, **changes}, shop)


def refresh(sandbox: Sandbox, token: str) -> httpx.Response:
    return ask(sandbox, {"grant_type": "refresh_token", "refresh_token": token})


def shop_name(sandbox: Sandbox, token: str) -> httpx.Response:
    return httpx.post(
        f"{sandbox.world.admin_url}/shops/{SAMPLE_SHOP}/admin/api/2026-10/graphql.json",
        json={"query": "{ shop { name } }"},
        headers={"X-Shopify-Access-Token": token},
    )


def test_shopifys_library_accepts_the_signature_of_an_app_load(
    sandbox: Sandbox, library: ShopifysLibrary
) -> None:
    query = {k: v[0] for k, v in parse_qs(load_query(sandbox.world, SAMPLE_SHOP)).items()}
    assert library.ask("query", query=query) is True
    assert base64.b64decode(query["host"] + "==") == b"admin.shopify.com/store/maple-and-moss"
    forged = {**query, "shop": STRANGER_SHOP}
    assert library.ask("query", query=forged) is False


def test_shopifys_library_accepts_signatures_over_awkward_characters(
    library: ShopifysLibrary,
) -> None:
    params = {
        "shop": SAMPLE_SHOP,
        "state": "a b+c/d=e&f%g~h'i(j)k*l!é",
        "timestamp": str(int(time.time())),
    }
    signed = {**params, "hmac": oauth.query_hmac(SECRET, params)}
    assert library.ask("query", query=signed) is True


def test_shopifys_library_reads_the_session_token(
    sandbox: Sandbox, library: ShopifysLibrary
) -> None:
    answer = httpx.get(f"{sandbox.world.admin_url}/api/session-token")
    claims = library.ask("decode", token=answer.json()["token"])
    assert claims["dest"] == f"https://{SAMPLE_SHOP}"
    assert claims["iss"] == f"https://{SAMPLE_SHOP}/admin"
    assert claims["aud"] == CLIENT_ID
    assert claims["exp"] - claims["nbf"] == 60


def test_a_session_token_of_another_shop_can_be_asked_for(sandbox: Sandbox) -> None:
    answer = httpx.get(f"{sandbox.world.admin_url}/api/session-token?shop={STRANGER_SHOP}")
    assert oauth.shop_in_token(answer.json()["token"], CLIENT_ID, (SECRET,)) == STRANGER_SHOP


def test_a_token_exchange_gives_an_expiring_pair(installed: Sandbox) -> None:
    told = exchange(installed).json()
    assert told["access_token"].startswith("shpat_")
    assert told["expires_in"] == 3600
    assert told["refresh_token"].startswith("shprt_")
    assert told["refresh_token_expires_in"] == 7_776_000
    assert "read_orders" in told["scope"].split(",")
    assert shop_name(installed, told["access_token"]).json()["data"]["shop"]["name"]


def test_the_old_client_secret_is_good_while_it_is_rotated(installed: Sandbox) -> None:
    assert exchange(installed, client_secret=OLD_SECRET).status_code == 200


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_secret": "shpss_wrong"}, "invalid_client"),
        ({"client_id": "another"}, "invalid_client"),
        ({"subject_token": "not.a.token"}, "invalid_subject_token"),
        ({"subject_token": "Ω.ß.ü"}, "invalid_subject_token"),
        (
            {"subject_token": oauth.session_token(SAMPLE_SHOP, CLIENT_ID, SECRET, life=-60)},
            "invalid_subject_token",
        ),
        (
            {"subject_token": oauth.session_token(SAMPLE_SHOP, CLIENT_ID, "forged")},
            "invalid_subject_token",
        ),
        (
            {"subject_token": oauth.session_token(STRANGER_SHOP, CLIENT_ID, SECRET)},
            "invalid_subject_token",
        ),
        (
            {"subject_token": oauth.session_token(SAMPLE_SHOP, "another app", SECRET)},
            "invalid_subject_token",
        ),
        ({"subject_token_type": "nonsense"}, "invalid_request"),
        ({"requested_token_type": "nonsense"}, "invalid_request"),
        ({"grant_type": "nonsense"}, "unsupported_grant_type"),
    ],
)
def test_a_bad_exchange_is_refused_with_shopifys_word(
    installed: Sandbox, changes: dict[str, str], error: str
) -> None:
    refused = exchange(installed, **changes)
    assert refused.status_code == 400
    assert refused.json()["error"] == error


def test_a_shop_without_the_app_gives_no_token(installed: Sandbox) -> None:
    refused = exchange(installed, STRANGER_SHOP)
    assert (refused.status_code, refused.json()["error"]) == (400, "app_not_installed")


def test_access_tokens_really_expire(installed: Sandbox) -> None:
    installed.world.state.set("access_token_life", 0)
    token = exchange(installed).json()["access_token"]
    assert shop_name(installed, token).status_code == 401


def test_a_refresh_token_can_be_used_again_until_its_successor_is(installed: Sandbox) -> None:
    first = exchange(installed).json()
    lost = refresh(installed, first["refresh_token"]).json()
    again = refresh(installed, first["refresh_token"])
    assert again.status_code == 200
    assert again.json()["refresh_token"] != lost["refresh_token"]
    assert shop_name(installed, again.json()["access_token"]).status_code == 200
    dead = refresh(installed, first["refresh_token"])
    assert (dead.status_code, dead.json()["error"]) == (400, "invalid_grant")
    assert refresh(installed, again.json()["refresh_token"]).status_code == 200


def test_an_unknown_refresh_token_is_an_invalid_grant(installed: Sandbox) -> None:
    refused = refresh(installed, "shprt_never")
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_the_consent_screen_leads_back_with_a_signed_code(
    sandbox: Sandbox, library: ShopifysLibrary, fake_app: FakeApp
) -> None:
    address = f"{sandbox.world.admin_url}/shops/{SAMPLE_SHOP}/admin/oauth/authorize"
    params = {
        "client_id": CLIENT_ID,
        "redirect_uri": f"{fake_app.url}/shopify/auth/callback",
        "state": "5f" * 32,
        "scope": "read_orders,write_customers",
    }
    page = httpx.get(address, params=params)
    assert "View and change" in page.text
    assert "Customers: names" in page.text
    back = urlsplit(httpx.post(address, params=params).headers["Location"])
    told = {k: v[0] for k, v in parse_qs(back.query).items()}
    assert back.path == "/shopify/auth/callback"
    assert told["state"] == params["state"]
    assert library.ask("query", query=told) is True
    pair = ask(sandbox, {"code": told["code"], "expiring": "1"})
    assert pair.json()["refresh_token"]
    assert ask(sandbox, {"code": told["code"]}).json()["error"] == "invalid_request"


def test_the_consent_screen_sends_codes_to_the_app_only(sandbox: Sandbox) -> None:
    address = f"{sandbox.world.admin_url}/shops/{SAMPLE_SHOP}/admin/oauth/authorize"
    foreign = {"client_id": CLIENT_ID, "redirect_uri": "https://evil.example/callback"}
    assert httpx.post(address, params=foreign).status_code == 400
    assert httpx.get(address, params={**foreign, "client_id": "x"}).status_code == 400


def test_uninstalling_ends_every_token_and_tells_the_app(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    token = fake_app.token
    httpx.post(f"{installed.world.admin_url}/shops/{SAMPLE_SHOP}/app/uninstall")
    assert shop_name(installed, token).status_code == 401
    fake_app.wait_for("app/uninstalled")
    assert fake_app.topics() == ["app/uninstalled"]


def test_shop_redact_follows_an_uninstall_by_48_hours_unless_the_app_is_back(
    installed: Sandbox, fake_app: FakeApp
) -> None:
    world = installed.world
    uninstall = f"{world.admin_url}/shops/{SAMPLE_SHOP}/app/uninstall"
    httpx.post(uninstall)
    fake_app.wait_for("app/uninstalled")
    world.install(SAMPLE_SHOP)
    fake_app.offset = timedelta(hours=49)
    world.time_machine.follow()
    world.outbox.deliver_due()
    assert "shop/redact" not in fake_app.topics()
    httpx.post(uninstall)
    fake_app.offset = timedelta(hours=98)
    world.time_machine.follow()
    fake_app.wait_for("shop/redact")
