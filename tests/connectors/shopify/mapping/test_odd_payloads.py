"""Whatever stands in a payload, reading it never breaks."""

import copy
from datetime import UTC
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.base import UnreadableWebhook
from connectors.shopify import webhooks
from marketing.model import Customer, Order
from tests.connectors.shopify.mapping.reading import only, parse
from tests.payloads.shopify import sample

NAMELESS = [
    ("orders/create", {"admin_graphql_api_id": None, "id": None}),
    ("customers/update", {"admin_graphql_api_id": None, "id": {}}),
    ("products/update", {"admin_graphql_api_id": None, "id": True}),
    ("checkouts/create", {"token": None, "cart_token": None}),
    ("checkouts/delete", {"id": None, "cart_token": None}),
    ("refunds/create", {"order_id": None}),
    ("customer.tags_added", {"customerId": None}),
    ("customers/redact", {"customer": None}),
    ("app/scopes_update", {"current": None}),
    ("customers_email_marketing_consent/update", {"customer_id": None, "email_address": None}),
]


@pytest.mark.parametrize(("topic", "changes"), NAMELESS)
def test_what_names_nothing_is_unreadable(topic: str, changes: dict[str, Any]) -> None:
    with pytest.raises(UnreadableWebhook, match="names no"):
        parse(topic, sample(topic, **changes))


def test_ids_beyond_two_to_the_53rd_stay_exact() -> None:
    body = orjson.dumps(sample("orders/create", id=820982911946154508))
    record = only("orders/create", body).record
    assert isinstance(record, Order)
    assert record.external_id == "820982911946154508"


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**63), max_value=2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(
        ["", "\x00", "NaN", "1e999", "-5", "gid://", "0001-01-01T00:00:00+14:00", "🧦"]
    ),
    st.text(max_size=20).filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text)),
    st.just([]),
    st.just({}),
    st.just([None, 1, "x", {}]),
    st.just({"id": [], "amount": {}, "shop_money": [], "src": 5}),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    for key, inner in _inside(value):
        found += _places(inner, (*path, key))
    return found


def _inside(value: Any) -> list[tuple[Any, Any]]:
    if isinstance(value, dict):
        return list(value.items())
    return list(enumerate(value)) if isinstance(value, list) else []


def _replace(payload: Any, path: tuple[Any, ...], odd: Any) -> None:
    """Put `odd` at `path`, unless an earlier replacement took the way there."""
    for key in path[:-1]:
        payload = dict(_inside(payload)).get(key)
    if path[-1] in dict(_inside(payload)):
        payload[path[-1]] = copy.deepcopy(odd)


@pytest.mark.parametrize("topic", sorted(webhooks.TOPICS))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(data=st.data())
def test_no_odd_payload_breaks_the_reading(topic: str, data: st.DataObject) -> None:
    """Whatever stands in a field, the answer is changes or `UnreadableWebhook`, never a crash."""
    payload = sample(topic)
    places = st.sampled_from(_places(payload))
    for _ in range(data.draw(st.integers(1, 4))):
        _replace(payload, data.draw(places), data.draw(ODD))
    try:
        changes = parse(topic, orjson.dumps(payload))
    except UnreadableWebhook:
        return
    for change in changes:
        assert change.occurred_at.tzinfo is UTC
        assert "\\x00" not in repr(change)
        assert len(getattr(change.record, "country", None) or "") in {0, 2}
        for name in ("currency", "store_currency"):
            assert len(getattr(change.record, name, "")) in {0, 3}
        assert len(getattr(change.record, "status", "")) <= 20


def test_names_are_as_long_as_shopify_lets_them_be() -> None:
    told = {**sample("customers/update"), "first_name": "A" * 5000, "last_name": "B" * 254 + " C"}
    record = only("customers/update", told).record
    assert isinstance(record, Customer)
    assert (record.first_name, record.last_name) == ("A" * 255, "B" * 254)
