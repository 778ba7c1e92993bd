"""The pixel's door: hostile bodies, strangers, crowds; whatever comes, it is no error of ours."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from sqlalchemy import update

from app import create_app
from jobs.pixel_limits import Buckets, TooFast
from marketing import links
from storage import schema, stores
from tests.jobs.inbound import Inbound
from tests.jobs.stage import HOUR, MINUTE, Sink, Stage, runtime, settings

VISITOR = "b1946ac9-2492-4d23-88d1-6f0e6a2b9c11"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.server.stop()


@pytest.fixture
def stage(database_url: str, valkey_url: str, sink: Sink) -> Iterator[Stage]:
    hands = runtime(settings(database_url, sink.url, valkey_url))
    yield Stage(hands, sink)
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return create_app(Inbound(stage).runtime).test_client()


def told(**changes: Any) -> dict[str, Any]:
    now = int(time.time() * 1000)
    view = {"id": "e1", "name": "product.viewed", "at": now, "product_id": "p1"}
    consent = {"analytics": True, "marketing": True}
    whole = {"visitor": VISITOR, "consent": consent, "sent_at": now, "events": [view], **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def view(**changes: Any) -> dict[str, Any]:
    event = {**told()["events"][0], **changes}
    return told(events=[{name: value for name, value in event.items() if value is not ...}])


def knock(client: FlaskClient, key: str, body: Any, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/pixel/{key}", data=raw, headers=headers)


def test_a_visit_is_kept_and_any_page_may_tell_it(client: FlaskClient, stage: Stage) -> None:
    answer = knock(client, stage.store_id, told(), Origin="https://maple.example")
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert "Set-Cookie" not in answer.headers
    (visit,) = stage.rows(schema.visits)
    assert (visit.store_id, visit.name) == (stage.store_id, "product.viewed")
    assert visit.due_at is None  # nobody waits for an anonymous one


def test_a_preflight_is_answered(client: FlaskClient, stage: Stage) -> None:
    answer = client.options(f"/pixel/{stage.store_id}")
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in answer.headers["Access-Control-Allow-Methods"]
    assert answer.headers["Access-Control-Allow-Headers"] == "Content-Type"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'"\\ud800"',
        told(visitor=...), told(visitor="short"), told(visitor="a" * 101), told(visitor=7),
        told(visitor="a\x00bcdefgh"), told(consent=...), told(consent={"analytics": True}),
        told(consent={"analytics": "yes", "marketing": True}), told(email="ada@example.com"),
        told(customer_id="7"), told(sent_at="now"), told(sent_at=-1), told(sent_at=2**60),
        told(events=...), told(events={}), told(events=[7]),
        told(events=view()["events"] * 26),
        view(name="order.placed"), view(name=...), view(id=""), view(id="a b"), view(at=...),
        view(product_id=...), view(product_id="../1"), view(product_id="a" * 65), view(price=1),
        view(name="category.viewed", product_id=...), view(quantity=0), view(quantity=1.5),
        view(name="category.viewed", category="a\x00"), view(name="category.viewed", category=""),
        told(link="<script>"), told(cart="x"), told(cart="a'; DROP TABLE--"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_bad_shape_is_refused_in_a_sentence(client: FlaskClient, stage: Stage, body: Any) -> None:
    answer = knock(client, stage.store_id, body)
    assert answer.status_code == 400
    assert len(answer.get_json()["message"]) > 5
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert stage.rows(schema.visitors) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@trying(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=JSON, at=st.sampled_from(["whole", "event", "field"]), name=st.text(max_size=8))
def test_no_body_is_an_error_of_ours(
    client: FlaskClient, stage: Stage, body: Any, at: str, name: str
) -> None:
    given_ = {
        "whole": body,
        "event": told(events=[body]),
        "field": {**told(), name: body},
    }[at]
    try:
        raw = json.dumps(given_).encode()
    except ValueError:
        return
    assert knock(client, stage.store_id, raw).status_code in {204, 400, 429}


def test_a_body_over_eight_kilobytes_is_refused(client: FlaskClient, stage: Stage) -> None:
    answer = knock(client, stage.store_id, b" " * 8193)
    assert answer.status_code == 413
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("key", ["x", "a" * 22, "a" * 500, "..%2f..", "%00%00%00%00%00%00%00%00"])
def test_a_key_that_no_store_has_is_not_found(client: FlaskClient, key: str) -> None:
    assert knock(client, key, told()).status_code == 404


def test_a_store_that_removed_the_app_is_not_there(client: FlaskClient, stage: Stage) -> None:
    assert knock(client, stage.store_id, told()).status_code == 204
    with stage.database.writing() as connection:
        mine = schema.stores.c.id == stage.store_id
        connection.execute(update(schema.stores).where(mine).values(status="uninstalled"))
    assert knock(client, stage.store_id, told()).status_code == 404
    assert knock(client, stage.stranger_id, told()).status_code == 204


def test_a_visitor_who_is_too_fast_waits_and_others_do_not(
    client: FlaskClient, stage: Stage
) -> None:
    answers = [knock(client, stage.store_id, told()).status_code for _ in range(100)]
    assert answers[0] == 204
    slow_down = knock(client, stage.store_id, told())
    assert slow_down.status_code == 429
    assert int(slow_down.headers["Retry-After"]) >= 1
    assert knock(client, stage.store_id, told(visitor="another-visitor")).status_code == 204


def test_a_bucket_fills_again_and_keeps_no_name() -> None:
    now = [0.0]
    bucket = Buckets(rate=2, burst=3, clock=lambda: now[0])
    for _ in range(3):
        bucket.take("192.0.2.7")
    with pytest.raises(TooFast) as refused:
        bucket.take("192.0.2.7")
    assert refused.value.retry_after == 1
    bucket.take("192.0.2.8")
    now[0] += 0.5
    bucket.take("192.0.2.7")
    assert "192.0.2" not in repr(bucket)


def test_a_visitors_clock_may_be_wrong_but_not_make_history(
    client: FlaskClient, stage: Stage
) -> None:
    """Ages count, between nothing and a day: a clock that is years off is only another clock."""
    ages = {"fresh": 0, "minute": 60_000, "ancient": 10**12, "future": -(10**10)}
    sent_at = 2 * 10**12
    event = told()["events"][0]
    events = [{**event, "id": name, "at": sent_at - age} for name, age in ages.items()]
    assert knock(client, stage.store_id, told(sent_at=sent_at, events=events)).status_code == 204
    found = {row.event_key: (stage.now - row.occurred_at).total_seconds()
             for row in stage.rows(schema.visits)}  # fmt: skip
    assert {name: round(age / 60) for name, age in found.items()} == {
        "fresh": 0, "minute": 1, "ancient": 24 * 60, "future": 0
    }  # fmt: skip


def test_links_lead_to_the_stores_own_pages_with_a_word_who_comes_and_to_no_others(
    client: FlaskClient, stage: Stage
) -> None:
    stage.cart(stage.customer())
    stage.pass_time(HOUR + MINUTE)
    stage.work()
    (message,) = stage.messages()
    with stage.database.writing() as connection:
        mine = schema.stores.c.id == stage.store_id
        front = {"storefront_url": "https://www.maple.example"}
        connection.execute(update(schema.stores).where(mine).values(**front))
    keys = stage.runtime.link_keys
    for url, is_told in [
        ("https://maple.example/products/mug?a=1#x", True),
        ("https://maple.myshopify.com/", True),
        ("https://maple.example.evil.example/", False),
        ("https://instagram.example/maple", False),
    ]:
        token = links.click_token(keys, stage.store_id, message.id, 0, url)
        place = client.get(f"/c/{token}").headers["Location"]
        assert ("rp=" in place) is is_told
        assert (f"utm_id={message.id}" in place) is is_told
        assert ("utm_source=reprise&utm_medium=email&utm_campaign=" in place) is is_told
        assert place.startswith(url.split("#")[0])


def test_a_store_may_have_its_links_unmarked(client: FlaskClient, stage: Stage) -> None:
    with stage.database.writing() as connection:
        stores.set_settings(connection, stage.store_id, {"utm": False})
    keys = stage.runtime.link_keys
    url = f"https://{stage.store.domain}/"
    token = links.click_token(keys, stage.store_id, schema.new_id(), 0, url)
    place = client.get(f"/c/{token}").headers["Location"]
    assert "rp=" in place
    assert "utm_" not in place
