"""The Admin API client against a store that answers everything a store may answer."""

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.base import (
    Credentials,
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from connectors.shopify.client import AdminClient, InputRefused, TooCostly
from connectors.shopify.documents import CREATE_DISCOUNT, PROFILE
from connectors.shopify.http import Http
from connectors.shopify.throttle import Throttle
from tests.connectors.scripted_server import Reply, Request, ScriptedServer
from tests.payloads.shopify import STORE

GOOD = Reply({"data": {"shop": {"name": "Maple & Moss"}}})


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def client(store: ScriptedServer, slept: list[float]) -> Iterator[AdminClient]:
    """A client whose time passes only while it sleeps."""
    http = Http()
    throttle = Throttle(lambda: sum(slept))
    yield AdminClient(http, store.admin_url, throttle=throttle, sleep=slept.append)
    http.close()


def throttled(wait: float = 1.5, status: int = 200) -> Reply:
    """A refusal of a query that costs 200 points more than there are."""
    rate = 200 / wait
    status_told = {"maximumAvailable": 2000.0, "currentlyAvailable": 552, "restoreRate": rate}
    cost = {"requestedQueryCost": 752, "actualQueryCost": None, "throttleStatus": status_told}
    errors = [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]
    return Reply({"errors": errors, "extensions": {"cost": cost}}, status)


def error(code: str | None, data: Any = None, message: str = "No.") -> Reply:
    told = {"message": message} | ({"extensions": {"code": code}} if code else {})
    return Reply({"errors": [told], "data": data})


def test_a_call_goes_to_the_stores_own_address_with_its_own_token(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(GOOD)
    assert client.run(credentials, PROFILE, {"a": 1}) == {"shop": {"name": "Maple & Moss"}}
    [request] = store.requests
    assert request.path == f"/shops/{STORE}/admin/api/2026-10/graphql.json"
    assert request.headers["x-shopify-access-token"] == "shpat_very_secret"
    assert request.headers["content-type"] == "application/json"
    assert request.body == {"query": PROFILE, "variables": {"a": 1}}


def test_connections_are_kept(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    for _ in range(5):
        client.run(credentials, PROFILE)
    assert len(store.connections) == 1


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply({"errors": "[API] Invalid API key or access token"}, 401), TokenRefused),
        (Reply({"errors": "Non-expiring access tokens are no longer accepted"}, 403), TokenRefused),
        (Reply({"errors": "Payment Required"}, 402), StoreRefused),
        (Reply({"errors": "Forbidden"}, 403), StoreRefused),
        (Reply({"errors": "Not Found"}, 404), StoreRefused),
        (Reply(b"", 423), StoreUnavailable),
        (Reply(b"<html>", 400), StoreRefused),
        (Reply(b"", 301, {"Location": "https://evil.com/"}), StoreRefused),
        (Reply(b"<html>", 500), StoreUnavailable),
        (Reply(b"", 502), StoreUnavailable),
        (Reply(b"", 503), StoreUnavailable),
        (Reply(b"", 504), StoreUnavailable),
        (Reply(b"<html>all is well</html>"), StoreUnavailable),
        (Reply(b""), StoreUnavailable),
        (Reply([1, 2]), StoreUnavailable),
        (Reply({"data": None}), StoreUnavailable),
        (Reply({"errors": "odd", "data": {"shop": {}}}), StoreRefused),
        (Reply({"errors": {"message": "odd"}}), StoreRefused),
        (Reply({"errors": ["odd"]}), StoreRefused),
        (error(None), StoreRefused),
        (error("MAX_COST_EXCEEDED"), TooCostly),
        (error("INTERNAL_SERVER_ERROR"), StoreUnavailable),
        (error("ACCESS_DENIED"), StoreRefused),
        (error("ACCESS_DENIED", {"shop": None}), StoreRefused),
        (Reply(b"", hang_up=True), StoreUnavailable),
    ],
)
def test_every_answer_is_one_of_our_errors(
    store: ScriptedServer,
    client: AdminClient,
    credentials: Credentials,
    reply: Reply,
    expected: type[StoreError],
) -> None:
    store.answers(reply)
    with pytest.raises(StoreError) as raised:
        client.run(credentials, PROFILE)
    assert type(raised.value) is expected


def test_a_refusal_gives_the_stores_words(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(error(None, message="Field 'x' doesn't exist on type 'Shop'"))
    with pytest.raises(StoreRefused, match="doesn't exist"):
        client.run(credentials, PROFILE)
    store.answers(Reply({"errors": "Forbidden"}, 403))
    with pytest.raises(StoreRefused, match="allowlist"):
        client.run(credentials, PROFILE)


def test_what_is_not_ours_to_see_is_none_and_the_rest_is_given(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(error("ACCESS_DENIED", {"shop": {"name": "M"}, "customers": None}))
    assert client.run(credentials, PROFILE) == {"shop": {"name": "M"}, "customers": None}


@pytest.mark.parametrize("status", [200, 429])
def test_a_short_throttle_is_waited_out(
    store: ScriptedServer,
    client: AdminClient,
    credentials: Credentials,
    slept: list[float],
    status: int,
) -> None:
    store.answers(throttled(1.5, status), GOOD)
    client.run(credentials, CREATE_DISCOUNT)  # not run at all, so even a mutation may go again
    assert slept == [pytest.approx(1.5, abs=0.1)]
    assert len(store.requests) == 2


def test_a_long_throttle_is_the_jobs_to_put_off(
    store: ScriptedServer, client: AdminClient, credentials: Credentials, slept: list[float]
) -> None:
    store.answers(throttled(40))
    with pytest.raises(StoreThrottled) as busy:
        client.run(credentials, PROFILE)
    assert busy.value.retry_after == pytest.approx(40, abs=0.1)
    with pytest.raises(StoreThrottled):
        client.run(credentials, PROFILE)
    assert len(store.requests) == 1, "the store is not asked while its bucket is known to be low"
    assert slept == []


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [(429, "7", 7), (429, "1000000000", 3600), (430, None, 1), (503, "30", 30)],
)
def test_retry_after_is_in_seconds(
    store: ScriptedServer,
    client: AdminClient,
    credentials: Credentials,
    status: int,
    header: str | None,
    seconds: float,
) -> None:
    store.answers(Reply(b"", status, {"Retry-After": header} if header else {}))
    with pytest.raises(StoreThrottled) as busy:
        client.run(credentials, PROFILE)
    assert busy.value.retry_after == seconds


def test_a_query_is_repeated_after_a_failure_of_the_line(
    store: ScriptedServer, client: AdminClient, credentials: Credentials, slept: list[float]
) -> None:
    store.answers(Reply(b"", 502), Reply(b"", hang_up=True), GOOD)
    assert client.run(credentials, PROFILE)
    assert len(slept) == 2


def test_a_mutation_is_repeated_only_if_it_may_be(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(Reply(b"", 502), GOOD)
    with pytest.raises(StoreUnavailable):
        client.run(credentials, CREATE_DISCOUNT)
    assert len(store.requests) == 1
    store.answers(Reply(b"", 502), GOOD)
    assert client.run(credentials, CREATE_DISCOUNT, idempotent=True)


def test_a_refused_token_is_not_tried_again(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    store.answers(Reply({"errors": "no"}, 401))
    with pytest.raises(TokenRefused):
        client.run(credentials, PROFILE)
    assert len(store.requests) == 1


def test_user_errors_are_a_refusal_with_their_words(
    store: ScriptedServer, client: AdminClient, credentials: Credentials
) -> None:
    told = [{"field": ["code"], "message": "Code must be unique.", "code": "TAKEN"}]
    store.answers(Reply({"data": {"result": {"userErrors": told}}}))
    with pytest.raises(InputRefused, match="must be unique") as refused:
        client.mutate(credentials, CREATE_DISCOUNT, {})
    assert refused.value.codes == {"TAKEN"}
    store.answers(Reply({"data": {"result": None, "other": 1}}))
    with pytest.raises(StoreRefused):
        client.mutate(credentials, CREATE_DISCOUNT, {})


def test_an_answer_that_never_ends_is_given_up(store: ScriptedServer) -> None:
    store.answers(Reply({"data": "x" * 1000}, drip=0.05))
    http = Http()
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="too long"):
        http.post(store.url, {}, total_seconds=0.2)
    assert time.monotonic() - began < 20
    http.close()


def test_an_answer_that_never_begins_is_given_up(store: ScriptedServer) -> None:
    store.answers(Reply({"data": {}}, hang=0.6))
    http = Http()
    with pytest.raises(StoreUnavailable, match="ReadTimeout"):
        http.post(store.url, {}, read_seconds=0.1)
    http.close()


def test_nobody_there_is_unavailable(store: ScriptedServer) -> None:
    http = Http()
    with pytest.raises(StoreUnavailable, match="ConnectError"):
        http.post("http://127.0.0.1:9/", {})
    http.close()


def test_secrets_stay_out_of_logs_and_errors(
    store: ScriptedServer,
    client: AdminClient,
    credentials: Credentials,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for reply in (Reply({"errors": "no"}, 401), Reply(b"", 500), Reply(b"", hang_up=True)):
        store.answers(reply)
        with pytest.raises(StoreError) as refused:
            client.run(credentials, PROFILE)
        assert "shpat" not in f"{refused.value!r} {refused.value.__cause__!r}"
    assert "shpat" not in caplog.text


def test_a_deprecation_is_logged_once(
    store: ScriptedServer,
    client: AdminClient,
    credentials: Credentials,
    caplog: pytest.LogCaptureFixture,
) -> None:
    reason = {"X-Shopify-API-Deprecated-Reason": "fields: Shop.domains"}
    store.answers(Reply({"data": {"shop": {}}}, headers=reason))
    client.run(credentials, PROFILE)
    client.run(credentials, PROFILE)
    assert caplog.text.count("Shop.domains") == 1


def test_another_version_than_ours_is_logged(
    store: ScriptedServer,
    client: AdminClient,
    credentials: Credentials,
    caplog: pytest.LogCaptureFixture,
) -> None:
    store.answers(Reply({"data": {"shop": {}}}, headers={"X-Shopify-API-Version": "2027-01"}))
    client.run(credentials, PROFILE)
    assert "2027-01 instead of 2026-10" in caplog.text


def test_threads_share_a_client_and_never_mix_stores(
    store: ScriptedServer, client: AdminClient
) -> None:
    def of_its_store(request: Request) -> Reply:
        shop = request.path.split("/")[2]
        told = {"asked": shop, "with": request.headers["x-shopify-access-token"]}
        return Reply({"data": {"shop": told}})

    store.script = of_its_store
    wrong: list[Any] = []

    def ask(number: int) -> None:
        shop, token = f"shop-{number}.myshopify.com", f"token-{number}"
        for _ in range(10):
            told = client.run(Credentials(shop, token), PROFILE)
            if told != {"shop": {"asked": shop, "with": token}}:
                wrong.append(told)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
