"""A hostile store harms itself at most: what it answers is bounded, and decides nothing else."""

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connectors import addresses
from connectors.addresses import UnsafeAddress
from connectors.base import (
    Credentials,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from connectors.woocommerce import imports
from connectors.woocommerce.client import RestClient
from connectors.woocommerce.connector import WooCommerceConnector
from connectors.woocommerce.http import LARGEST_ANSWER, Http
from tests.connectors.scripted_server import Reply, Request, ScriptedServer
from tests.connectors.woocommerce import standin as standin_keys
from tests.connectors.woocommerce.standin import START, StandIn, an_order, stamp

KEY = "ck_ours:cs_ours"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer().running() as running:
        yield running


@pytest.fixture
def client() -> RestClient:
    return RestClient(Http(may_be_local=True, seconds=1.5), "http://{domain}")


def at(server: ScriptedServer) -> Credentials:
    return Credentials(server.url.removeprefix("http://"), KEY)


def rows(count: int, first: int = 1, **fields: Any) -> list[dict[str, Any]]:
    return [an_order(number, **fields) for number in range(first, first + count)]


def paged(told: Any, **headers: str) -> Reply:
    more = {"Link": '<https://x/?page=2>; rel="next"', "X-WP-Total": "100", **headers}
    return Reply(told, headers=more)


def currency_first(reply: Reply) -> Any:
    def answer(request: Request) -> Reply:
        return Reply({"code": "EUR"}) if "currencies" in request.path else reply

    return answer


# where it sends us


def test_a_redirect_is_not_followed_to_a_private_address(
    server: ScriptedServer, client: RestClient
) -> None:
    server.script = [Reply({}, 302, {"Location": "http://169.254.169.254/latest/meta-data/"})]
    with pytest.raises(StoreRefused):
        client.get(at(server), "orders")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "domain",
    ["127.0.0.1", "10.0.0.7", "169.254.169.254", "192.168.1.1/shop", "[::1]", "localhost:6379"],
)
def test_a_private_address_is_never_called_outside_the_demo(domain: str) -> None:
    with pytest.raises(UnsafeAddress):
        RestClient(Http()).get(Credentials(domain, KEY), "system_status")


def test_a_name_that_leads_inward_is_never_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 443))]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", resolve)
    with pytest.raises(UnsafeAddress):
        RestClient(Http()).get(Credentials("shop.example", KEY), "system_status")


def test_a_store_is_never_called_without_encryption_outside_the_demo() -> None:
    with pytest.raises(UnsafeAddress):
        RestClient(Http(), "http://{domain}").get(Credentials("93.184.216.34", KEY), "orders")


# how much and how long


def test_a_page_of_ten_megabytes_is_asked_for_in_parts_and_then_refused(
    server: ScriptedServer, client: RestClient
) -> None:
    huge = b"[" + b" " * (10 * 1024 * 1024) + b"]"
    assert len(huge) > LARGEST_ANSWER
    server.script = currency_first(Reply(huge))
    with pytest.raises(StoreRefused):
        imports.fetch_page(client, at(server), "order", None)
    assert ["per_page=50" in one.path for one in server.requests[1:]] == [True, False]


def test_an_answer_that_drips_has_one_end_in_all(
    server: ScriptedServer, client: RestClient
) -> None:
    server.script = [Reply(b"x" * 1000, drip=0.05)]
    began = time.monotonic()
    with pytest.raises(StoreUnavailable):
        client.get(at(server), "orders")
    assert time.monotonic() - began < 20


def test_headers_that_drip_have_the_same_end(client: RestClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            line, _ = listener.accept()
            try:
                for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 500:
                    line.sendall(bytes([letter]))
                    time.sleep(0.05)
            except OSError:
                line.close()

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(StoreUnavailable):
            client.get(Credentials(f"127.0.0.1:{listener.getsockname()[1]}", KEY), "orders")
        assert time.monotonic() - began < 20


def test_a_store_that_hangs_holds_two_of_our_calls_and_no_third(
    server: ScriptedServer, client: RestClient
) -> None:
    server.script = [Reply([], hang=3)]
    told: list[str] = []

    def call() -> None:
        try:
            client.get(at(server), "orders")
        except StoreUnavailable as error:
            told.append(str(error))

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert len(told) == 4
    assert len(server.requests) == 2


def test_pages_that_never_end_are_given_up(server: ScriptedServer, client: RestClient) -> None:
    same = rows(50, date_modified_gmt=stamp(START))
    server.script = currency_first(paged(same))
    with pytest.raises(StoreRefused):
        read_on(client, at(server))
    assert len(server.requests) < 500


def read_on(client: RestClient, given: Credentials) -> None:
    cursor = None
    for _ in range(1000):
        cursor = imports.fetch_page(client, given, "order", cursor).cursor
        assert cursor
        assert len(cursor) < 5000


@pytest.mark.parametrize(
    "told",
    [
        {"not": "a list"},
        ["text", 7, None, []],
        [{"id": None}, {"id": 0}, {}],
        [{"id": 1, "line_items": "x", "billing": 7, "meta_data": {"a": 1}, "total": "NaN"}],
        [{"id": 1, "total": "1e999", "date_modified_gmt": "soon", "refunds": [{"total": "-inf"}]}],
        [{"id": 2**70, "status": ["x"], "currency": 5, "coupon_lines": [None], "number": {}}],
    ],
)
def test_records_that_make_no_sense_are_read_as_far_as_they_do(
    server: ScriptedServer, client: RestClient, told: Any
) -> None:
    server.script = currency_first(Reply(told))
    for noun in ("order", "product", "customer"):
        imports.fetch_page(client, at(server), noun, None)


@pytest.mark.parametrize("body", [b"<html>Checking your browser</html>", b"", b"\xff\xfe", b"{"])
def test_what_is_no_json_is_a_store_that_is_down(
    server: ScriptedServer, client: RestClient, body: bytes
) -> None:
    server.script = [Reply(body)]
    with pytest.raises(StoreUnavailable):
        client.get(at(server), "orders")


@pytest.mark.parametrize("wait", ["1e9", "-5", "nan", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 400])
def test_a_wait_that_a_store_wishes_is_an_hour_at_most(
    server: ScriptedServer, client: RestClient, wait: str
) -> None:
    server.script = [Reply({}, 429, {"Retry-After": wait})]
    with pytest.raises(StoreThrottled) as raised:
        client.get(at(server), "orders")
    assert 1 <= raised.value.retry_after <= 3600


# who it says it is


def test_a_store_that_names_another_as_its_home_stays_itself(client: RestClient) -> None:
    with StandIn().running() as standin:
        connector = WooCommerceConnector(("key",), "http://{domain}", may_be_local=True)
        given = Credentials(standin.domain, f"{standin_keys.KEY}:{standin_keys.SECRET}")
        profile = connector.fetch_profile(given)
    assert (profile.domain, profile.external_id) == (standin.domain, standin.domain)
    assert profile.storefront_url == f"http://{standin.domain}"


def test_a_key_of_another_store_proves_nothing_here() -> None:
    with StandIn().running() as standin:
        connector = WooCommerceConnector(("key",), "http://{domain}", may_be_local=True)
        with pytest.raises(TokenRefused):
            connector.fetch_profile(Credentials(standin.domain, "ck_of_another:cs_of_another"))


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_off_by_hours_makes_us_read_more_and_miss_nothing(
    server: ScriptedServer, client: RestClient, hours: int
) -> None:
    theirs = datetime.now(UTC) + timedelta(hours=hours)
    told = rows(2, date_modified_gmt=stamp(theirs))
    date = theirs.strftime("%a, %d %b %Y %H:%M:%S GMT")
    server.script = currency_first(Reply(told, headers={"Date": date}))
    page = imports.fetch_page(client, at(server), "order", None)
    assert page.as_of is not None
    # The next asking begins no later than what this store may still stamp on a record.
    assert page.as_of <= min(datetime.now(UTC), theirs) + timedelta(seconds=1)


def test_keys_stand_in_no_error(server: ScriptedServer, client: RestClient) -> None:
    server.script = [Reply(hang_up=True)]
    with pytest.raises(StoreUnavailable) as raised:
        client.get(at(server), "orders")
    assert "ck_" not in str(raised.value)
    assert "cs_" not in str(raised.value)
