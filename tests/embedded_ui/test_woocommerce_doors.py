"""A WooCommerce store's doors, with the sandbox's store behind them and strangers before them."""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from sqlalchemy import func, select

from app import create_app
from connectors.woocommerce.secrets import store_secret
from jobs.runtime import Runtime
from marketing.model import Platform
from sandbox.oauth import Client
from sandbox.ports import free_port
from sandbox.serve import Sandbox
from sandbox.woo_keys import new_key
from sandbox.woo_shop import WooShop
from sandbox.world import Settings as SandboxSettings
from storage import one_time, stores
from storage.database import Database
from storage.schema import inbox
from storage.stores import Store
from tests.embedded_ui.conftest import CLIENT_ID, KEY, SECRET, runtime_of, settings_of
from tests.served import served

WOO = Platform.WOOCOMMERCE


class Town:
    """The app on a port of its own, and a WooCommerce store that can reach it."""

    def __init__(self, runtime: Runtime, shop: WooShop, url: str) -> None:
        self.runtime, self.shop, self.url = runtime, shop, url
        self.browser = httpx.Client(timeout=30, trust_env=False)

    def get(self, url: str) -> httpx.Response:
        return self.browser.get(url if url.startswith("http") else self.url + url)

    def install(self, store_url: str = "") -> httpx.Response:
        return self.browser.get(
            f"{self.url}/woocommerce/install", params={"store_url": store_url or self.shop.url}
        )

    def nonce(self) -> str:
        return parse_qs(urlsplit(self.install().headers["Location"]).query)["user_id"][0]

    def callback(self, nonce: str, **changed: Any) -> int:
        key = self.key()
        told = {"key_id": 1, "user_id": nonce, "key_permissions": "read_write", **key, **changed}
        answer = httpx.post(f"{self.url}/woocommerce/callback", json=told, timeout=60)
        return answer.status_code

    def key(self) -> dict[str, str]:
        made = new_key(self.shop, "by hand", "read_write")
        return {name: made[name] for name in ("consumer_key", "consumer_secret")}

    def approve(self, word: str = "Approve") -> httpx.Response:
        """Go the whole way as the merchant does, up to the last redirect."""
        told = {"log": "marlene", "pwd": "fern", "redirect_to": "/"}
        self.browser.post(f"{self.shop.url}/wp-login.php", data=told)
        page = self.get(self.install().headers["Location"])
        (link,) = re.findall(rf'href="([^"]+)">{word}<', page.text)
        gone = self.get(self.shop.url + unescape(link)) if word == "Approve" else None
        return self.get(gone.headers["Location"] if gone else unescape(link))

    def store(self) -> Store:
        with self.runtime.database.reading() as connection:
            found = stores.by_domain(connection, WOO, self.shop.domain)
        assert found
        return found

    def token(self, store: Store, **changed: Any) -> str:
        """A launch token as the plugin makes it; what is changed goes into its claims."""
        now = int(time.time())
        secret = changed.pop("secret", store_secret(KEY, store.public_key))
        kid = changed.pop("kid", store.public_key)
        claims = {"iss": self.shop.url, "sub": "1", "name": "Marlene", "iat": now,
                  "exp": now + 60, "jti": "jti-1", **changed}  # fmt: skip
        return jwt.encode(claims, secret, "HS256", {"kid": kid})

    def prove(self, nonce: str, end: str) -> httpx.Response:
        told = {"nonce": nonce, "end": end}
        return httpx.post(f"{self.url}/woocommerce/open", data=told, timeout=60)

    def launch(self, token: str) -> httpx.Response:
        return self.get(f"/woocommerce/launch?token={token}")


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    """Which database it is, is no matter of the doors: `tests/storage` has both."""
    path = tmp_path / "reprise.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def town(database_url: str, database: Database, valkey_url: str, tmp_path: Path) -> Iterator[Town]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    changes = {"app_url": url, "woocommerce_store_url": "http://{domain}", "proxies": 1}
    runtime = runtime_of(settings_of(database_url, tmp_path, **changes), database, valkey_url)
    sandbox = Sandbox(SandboxSettings(tmp_path, url, Client(CLIENT_ID, (SECRET,))))
    sandbox.start()
    with served(create_app(runtime), port):
        opened = Town(runtime, sandbox.world.woo, url)
        yield opened
        opened.browser.close()
    sandbox.stop()


def session_in(page: httpx.Response) -> str:
    (token,) = re.findall(r'id="session">\{[^<]*"token":\s*"([^"]+)"', page.text)
    return str(token)


def asks(town: Town, token: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{town.url}/panel/api/store", headers=headers)


# The whole way.


def test_with_the_plugin_the_merchant_comes_back_to_its_page_and_the_panel_opens_there(
    town: Town,
) -> None:
    back = town.approve()
    assert back.headers["Location"] == f"{town.shop.url}/wp-admin/admin.php?page=reprise"
    assert town.shop.signals.is_on
    admin = town.get(back.headers["Location"])
    (source,) = re.findall(r'src="([^"]+/woocommerce/launch[^"]+)"', admin.text)
    page = town.get(unescape(source))
    assert page.status_code == 200
    assert page.headers["Content-Security-Policy"] == f"frame-ancestors {town.shop.url};"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert not {"X-Frame-Options", "Set-Cookie", "Link"} & set(page.headers)
    assert "app-bridge" not in page.text
    assert asks(town, session_in(page)).json()["domain"] == town.shop.domain
    assert town.get(unescape(source)).status_code == 401


def test_without_the_plugin_the_panel_opens_once_to_whoever_reads_the_key_in_the_store(
    town: Town,
) -> None:
    town.shop.set_site("plugin", False)
    page = town.approve()
    assert page.status_code == 200
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    keys = town.get(f"{town.shop.url}/wp-admin/admin.php?page=wc-settings&tab=advanced")
    (end,) = set(re.findall(r"<code>…(\w{7})</code>", keys.text)[:1])
    nonce = parse_qs(urlsplit(str(page.url)).query)["user_id"][0]
    opened = town.prove(nonce, f" …{end.upper()} ")
    assert opened.headers["Content-Security-Policy"] == "frame-ancestors 'none';"
    assert asks(town, session_in(opened)).status_code == 200
    assert town.prove(nonce, end).status_code == 400
    assert town.get(str(page.url)).status_code == 400


def test_whoever_began_the_installation_of_anothers_store_gets_nothing_of_it(town: Town) -> None:
    """They know the nonce, and their own page may have been where the owner's yes led to."""
    town.shop.set_site("plugin", False)
    nonce, key = town.nonce(), town.key()
    assert town.prove(nonce, key["consumer_key"][-7:]).status_code == 400
    assert town.callback(nonce, **key) == 200
    page = town.get(f"/woocommerce/return?success=1&user_id={nonce}")
    assert "session" not in page.text
    with ThreadPoolExecutor(4) as pool:
        guesses = list(pool.map(lambda n: town.prove(nonce, f"{n:07x}").status_code, range(8)))
    assert sorted(guesses) == [400] * 4 + [422] * 4  # the fifth is the last, and says so
    assert town.prove(nonce, key["consumer_key"][-7:]).status_code == 400


def test_who_knocks_too_often_is_told_to_wait(town: Town) -> None:
    doors = [f"/woocommerce/return?success=1&user_id={n}" for n in range(80)]
    answers = [town.get(door) for door in doors]
    assert {answer.status_code for answer in answers} == {400, 429}
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert "try again" in answers[-1].text


def test_who_names_a_store_too_often_waits_and_keeps_nobody_else_from_connecting_it(
    town: Town,
) -> None:
    def begin(whose: str) -> int:
        return town.browser.get(
            f"{town.url}/woocommerce/install",
            params={"store_url": town.shop.url},
            headers={"X-Forwarded-For": whose},
        ).status_code

    assert {begin("192.0.2.1") for _ in range(40)} == {302, 429}
    assert begin("192.0.2.2") == 302


def test_a_no_is_told_in_plain_words_and_leads_back_to_the_start(town: Town) -> None:
    page = town.approve("Deny")
    assert page.status_code == 403
    assert "nothing was kept" in page.text
    assert "/woocommerce/install?store_url=" in page.text


def test_a_page_that_lost_its_session_is_framed_by_its_store_alone_and_says_where_to_open_it(
    town: Town,
) -> None:
    town.callback(town.nonce())
    key = town.store().public_key
    framed = {"Sec-Fetch-Dest": "iframe"}
    page = town.browser.get(f"{town.url}/panel/flows?store={key}&locale=de", headers=framed)
    assert page.headers["Content-Security-Policy"] == f"frame-ancestors {town.shop.url};"
    assert f"{town.shop.url}/wp-admin/admin.php?page=reprise" in page.text
    assert '"token"' not in page.text
    assert 'lang="de"' in page.text
    stranger = town.browser.get(f"{town.url}/panel/flows?store=nobody", headers=framed)
    assert stranger.headers["Content-Security-Policy"] == "frame-ancestors 'none';"


def test_a_session_is_renewed_while_it_is_good(town: Town) -> None:
    town.callback(town.nonce())
    old = session_in(town.launch(town.token(town.store())))
    door = f"{town.url}/woocommerce/session"
    fresh = httpx.post(door, headers={"Authorization": f"Bearer {old}"}).json()["token"]
    assert asks(town, fresh).status_code == 200
    forged = {"Authorization": f"Bearer {fresh[:-2]}xx"}
    assert httpx.post(door, headers=forged).status_code == 401
    assert httpx.post(door).status_code == 401


# What can't be connected, in words.


@pytest.mark.parametrize(
    ("site", "words"),
    [("permalinks", "Permalinks"), ("woocommerce", "Activate WooCommerce")],
)
def test_a_store_that_is_not_ready_is_told_what_to_change(
    site: str, words: str, town: Town
) -> None:
    town.shop.set_site(site, False)
    page = town.install()
    assert page.status_code == 400
    assert words in page.text


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Name your store"),
        ("ftp://127.0.0.1", "https"),
        ("https://user:pw@127.0.0.1", "no address of a store"),
        ("https://127.0.0.1/a?b", "did not answer"),
        ("http://10.0.0.1", "No public website"),
        ("http://127.0.0.1:9", "did not answer"),
        ("http://127.0.0.1:1:2", "no address of a store"),
    ],
)
def test_an_address_that_is_none_or_not_answering_is_told_so(
    url: str, words: str, town: Town
) -> None:
    page = town.get(f"/woocommerce/install?store_url={url}")
    assert page.status_code == 400
    assert words in page.text


def test_a_site_that_is_no_wordpress_is_told_so(town: Town) -> None:
    page = town.install(town.url)
    assert page.status_code == 400
    assert "No WordPress" in page.text


# Strangers.


def test_a_nonce_takes_one_key_even_when_two_come_at_the_same_time(town: Town) -> None:
    nonce = town.nonce()
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda _: town.callback(nonce), range(4)))
    assert statuses == [200, 403, 403, 403]
    assert town.callback(nonce) == 403


@pytest.mark.parametrize(
    "changed",
    [
        {"user_id": "guessed"},
        {"user_id": 7},
        {"key_permissions": "read"},
        {"consumer_secret": "cs_wrong"},
        {"consumer_key": "ck_wrong"},
        {"consumer_key": "ck:x"},
    ],
)
def test_a_key_that_is_not_of_the_store_it_began_with_is_not_taken(
    changed: dict[str, Any], town: Town
) -> None:
    assert 400 <= town.callback(town.nonce(), **changed) < 500
    with town.runtime.database.reading() as connection:
        assert stores.by_domain(connection, WOO, town.shop.domain) is None


def test_a_nonce_is_good_for_a_quarter_of_an_hour(town: Town) -> None:
    nonce, database = "n" * 43, town.runtime.database

    def long_ago(connection: Any) -> None:
        now = database.real_now(connection) - one_time.INSTALL_LIFE - timedelta(seconds=1)
        one_time.begin(connection, nonce, town.shop.domain, now)

    database.write(long_ago)
    assert town.callback(nonce) == 403
    assert town.get(f"/woocommerce/return?success=1&user_id={nonce}").status_code == 400


def test_who_comes_back_before_the_key_did_spoils_the_nonce(town: Town) -> None:
    """Somebody who began the installation and waits for another's yes gets nothing of it."""
    nonce = town.nonce()
    assert town.get(f"/woocommerce/return?success=1&user_id={nonce}").status_code == 400
    assert town.callback(nonce) == 403


def test_a_launch_is_refused_to_every_stranger(town: Town) -> None:
    town.callback(town.nonce())
    store = town.store()
    neighbour = town.runtime.database.write(
        lambda connection: stores.install(
            connection, WOO, "shop.example", scopes=[], now=town.runtime.database.now(connection)
        )
    )[0]
    theirs = store_secret(KEY, neighbour.public_key)
    now = int(time.time())
    plain = {"iss": town.shop.url, "sub": "1", "iat": now, "exp": now + 60, "jti": "j"}
    none = jwt.encode(plain, "", "none", {"kid": store.public_key})
    tokens = {
        "signed with another secret": town.token(store, secret="x" * 40),
        "signed by the neighbour": town.token(store, secret=theirs),
        "under the neighbour's key": town.token(store, kid=neighbour.public_key),
        "the neighbour's own, of our address": town.token(neighbour),
        "our own, of the neighbour's address": town.token(store, iss="https://shop.example"),
        "without an algorithm": none,
        "too old": town.token(store, iat=now - 200, exp=now - 140),
        "from the future": town.token(store, iat=now + 200, exp=now + 240),
        "too long": town.token(store, exp=now + 3600),
        "of nobody": town.token(store, sub=""),
        "with a number for a person": town.token(store, sub=1),
        "without an id": town.token(store, jti=""),
        "under no key": town.token(store, kid="nobody-has-this"),
        "no token": "x",
        "nothing": "",
    }
    told = {name: town.launch(token).status_code for name, token in tokens.items()}
    assert set(told.values()) == {401}, told
    assert town.launch(town.token(store)).status_code == 200


def test_who_opens_the_panel_is_named_as_wordpress_does_until_the_team_says_otherwise(
    town: Town,
) -> None:
    town.callback(town.nonce())
    store = town.store()

    def named(jti: str, name: object) -> str:
        session = session_in(town.launch(town.token(store, jti=jti, name=name)))
        return str(asks(town, session).json()["you"]["name"])

    assert named("a", None) == ""
    assert named("b", " Marlene\u202e\n\x00Fern ") == "Marlene Fern"
    assert named("c", "Somebody Else") == "Marlene Fern"


def test_of_two_launches_at_once_one_opens(town: Town) -> None:
    town.callback(town.nonce())
    token = town.token(town.store())
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda _: town.launch(token).status_code, range(4)))
    assert statuses == [200, 401, 401, 401]


def test_a_panel_session_opens_no_store_but_its_own(town: Town) -> None:
    town.callback(town.nonce())
    session = session_in(town.launch(town.token(town.store())))
    claims = jwt.decode(session, options={"verify_signature": False})
    for changed in ({"dest": "shop.example"}, {"aud": "shopify"}, {"iss": "other"}):
        assert asks(town, jwt.encode(claims | changed, "x" * 32, "HS256")).status_code == 401


# The door of webhooks.


def post_signal(town: Town, key: str, secret: str, **headers: str) -> int:
    body = b'{"email": "ada@example.com", "request_id": "1", "at": "2026-11-26T10:00:00Z"}'
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    told = {"X-WC-Webhook-Topic": "reprise.privacy.export", "X-WC-Webhook-ID": "reprise",
            "X-WC-Webhook-Delivery-ID": "d-1", "X-WC-Webhook-Source": f"{town.shop.url}/",
            "X-WC-Webhook-Signature": base64.b64encode(digest).decode(),
            "Content-Type": "application/json", **headers}  # fmt: skip
    door = f"{town.url}/webhooks/woocommerce/{key}"
    return httpx.post(door, content=body, headers=told).status_code


def kept(town: Town) -> int:
    with town.runtime.database.reading() as connection:
        return connection.execute(select(func.count()).select_from(inbox)).scalar_one()


def test_a_signal_is_kept_for_the_store_whose_secret_signed(town: Town) -> None:
    town.callback(town.nonce())
    store = town.store()
    secret = store_secret(KEY, store.public_key)
    before = kept(town)
    assert post_signal(town, store.public_key, secret) == 200
    assert post_signal(town, store.public_key, secret) == 200
    assert kept(town) == before + 1
    other = {"X-Reprise-Store-Domain": "shop.example", "X-Reprise-Store-Key": "another-key"}
    assert post_signal(town, store.public_key, secret, **other) == 200
    assert kept(town) == before + 1


def test_a_forged_signal_and_one_for_nobody_are_not_kept(town: Town) -> None:
    town.callback(town.nonce())
    store, before = town.store(), kept(town)
    assert post_signal(town, store.public_key, "x" * 40) == 401
    assert post_signal(town, "nobody-has-this", store_secret(KEY, "nobody-has-this")) == 404
    assert kept(town) == before


def test_the_ping_of_a_new_hook_is_answered_and_not_kept(town: Town) -> None:
    town.callback(town.nonce())
    before, key = kept(town), town.store().public_key
    door = f"{town.url}/webhooks/woocommerce/{key}"
    assert httpx.post(door, data={"webhook_id": "1"}).status_code == 200
    assert kept(town) == before
