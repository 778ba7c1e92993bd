"""The WooCommerce store's REST API, judged by WooCommerce's own two clients and its docs."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from woocommerce import API

from sandbox import woo_keys, woo_orders
from sandbox.state import Record
from sandbox.woo_keys import new_key
from sandbox.woo_shop import WooShop
from sandbox.woo_site import ZONE
from tests.sandbox.woo import api, client, key, npm_client, secure_url, shop

__all__ = ["api", "key", "secure_url", "shop"]
FIELDS = json.loads((Path(__file__).parents[1] / "payloads/woocommerce_fields.json").read_text())
OLD = {"related_ids", "mysql_version"}
UNSAID = {"suhosin_installed"}


def of(answer: Any) -> Any:
    assert answer.status_code < 400, answer.text
    return answer.json()


@pytest.mark.parametrize("verb", ["get", "post", "put", "delete"])
def test_over_http_wordpress_own_clients_sign_and_we_verify(
    verb: str, api: API, shop: WooShop, key: Record
) -> None:
    made = of(api.post("coupons", {"code": "Ten & more %", "amount": "10"}))
    bodies = {"get": {"search": "ten & m"}, "post": {"code": "other"}, "put": {"amount": "5"},
              "delete": {"force": True}}  # fmt: skip
    path = "coupons" if verb in {"get", "post"} else f"coupons/{made['id']}"
    told = npm_client(shop.url, key, verb, path, bodies[verb])
    assert told["status"] == (201 if verb == "post" else 200), told
    if verb == "get":
        assert [one["id"] for one in told["data"]] == [made["id"]]


def test_over_http_a_basic_header_is_not_looked_at(shop: WooShop, key: Record) -> None:
    basic = (key["consumer_key"], key["consumer_secret"])
    answer = httpx.get(f"{shop.url}/wp-json/wc/v3/orders", auth=basic)
    assert (answer.status_code, answer.json()["code"]) == (401, "woocommerce_rest_cannot_view")


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
def test_over_https_basic_and_the_query_both_do(secure_url: str, key: Record, api: API) -> None:
    by_header = client(secure_url, key, verify_ssl=False).get("orders")
    by_query = client(secure_url, key, verify_ssl=False, query_string_auth=True).get("orders")
    assert of(by_header) == of(by_query) == of(api.get("orders"))
    assert npm_client(secure_url, key, "get", "orders")["data"] == of(by_header)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"oauth_timestamp": str(int(time.time()) - 3600)}, "Invalid timestamp."),
        ({"oauth_signature": "AAAA"}, "provided signature does not match"),
        ({"oauth_signature_method": "PLAINTEXT"}, "signature method is invalid"),
        ({"oauth_consumer_key": "ck_none"}, "Consumer key is invalid."),
        ({"oauth_nonce": ""}, "Missing OAuth parameter oauth_nonce"),
        ({"status": "completed"}, "provided signature does not match"),
    ],
)
def test_a_signed_request_that_was_changed_is_refused(
    change: dict[str, str], words: str, shop: WooShop, key: Record
) -> None:
    answer = httpx.get(f"{shop.url}/wp-json/wc/v3/orders", params=signed(shop, key, change))
    assert answer.status_code == 401
    assert words in answer.json()["message"]
    assert answer.json()["data"] == {"status": 401}


def test_a_signed_request_is_good_once(shop: WooShop, key: Record) -> None:
    params = signed(shop, key, {})
    url = f"{shop.url}/wp-json/wc/v3/orders"
    assert httpx.get(url, params=params).status_code == 200
    again = httpx.get(url, params=params)
    assert "nonce has already been used" in again.json()["message"]


def signed(shop: WooShop, key: Record, change: dict[str, str]) -> dict[str, str]:
    """What a client would send; a new time is signed, the other changes come after it."""
    params = {
        "oauth_consumer_key": key["consumer_key"], "oauth_nonce": "abc",
        "oauth_signature_method": "HMAC-SHA256", "oauth_timestamp": str(int(time.time())),
    }  # fmt: skip
    params |= {name: value for name, value in change.items() if name == "oauth_timestamp"}
    url = f"{shop.url}/wp-json/wc/v3/orders"
    text = woo_keys.base_string("GET", url, params)
    secret = f"{key['consumer_secret']}&".encode()
    digest = woo_keys.hmac.new(secret, text.encode(), woo_keys.hashlib.sha256).digest()
    params["oauth_signature"] = woo_keys.base64.b64encode(digest).decode()
    return {**params, **change}


def test_a_reading_key_may_not_write(shop: WooShop) -> None:
    reader = client(shop.url, new_key(shop, "reader", "read"))
    assert reader.get("orders").status_code == 200
    refused = reader.post("coupons", {"code": "x"})
    assert refused.json()["code"] == "woocommerce_rest_authentication_error"
    assert "write permissions" in refused.json()["message"]


def test_plain_permalinks_and_rest_route_let_no_key_in(shop: WooShop, key: Record) -> None:
    basic = (key["consumer_key"], key["consumer_secret"])
    assert httpx.get(f"{shop.url}/?rest_route=/wc/v3/orders", auth=basic).status_code == 401
    shop.set_site("permalinks", False)
    answer = client(shop.url, key).get("system_status")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_site_without_woocommerce_has_no_such_route(shop: WooShop, api: API) -> None:
    shop.set_site("woocommerce", False)
    refused = api.get("orders")
    assert (refused.status_code, refused.json()["code"]) == (404, "rest_no_route")
    assert "wc/v3" not in httpx.get(f"{shop.url}/wp-json/").json()["namespaces"]


@pytest.mark.parametrize("size", ["0", "101", "-1"])
def test_a_page_holds_one_to_a_hundred(size: str, api: API) -> None:
    refused = api.get("orders", params={"per_page": size})
    assert refused.status_code == 400
    assert refused.json()["code"] == "rest_invalid_param"
    assert set(refused.json()["data"]["params"]) == {"per_page"}


def test_pages_are_counted_in_headers_and_the_last_one_has_a_link_all_the_same(api: API) -> None:
    first = api.get("orders", params={"per_page": 5, "page": 1})
    total, pages = int(first.headers["X-WP-Total"]), int(first.headers["X-WP-TotalPages"])
    assert pages == -(-total // 5) > 2
    assert 'rel="next"' in first.headers["Link"]
    last = api.get("orders", params={"per_page": 5, "page": pages})
    assert 'rel="next"' not in last.headers["Link"]
    assert 'rel="https://api.w.org/"' in last.headers["Link"]
    assert of(api.get("orders", params={"per_page": 5, "page": pages + 1})) == []


def test_changed_since_is_exclusive_to_the_second_and_means_the_stores_own_time(
    api: API, shop: WooShop
) -> None:
    order = shop.all("woo_order")[-1]
    woo_orders.change(shop, order, {"customer_note": "ring twice"})
    (newest,) = of(api.get("orders", params={"orderby": "modified", "per_page": 1}))

    def since(text: str, **more: str) -> list[int]:
        asked = {"modified_after": text, "orderby": "modified", "order": "asc", **more}
        return [one["id"] for one in of(api.get("orders", params=asked))]

    local, gmt = newest["date_modified"], newest["date_modified_gmt"]
    assert local != gmt
    assert since(local) == []
    assert since(f"{gmt}Z") == []
    assert since(gmt, dates_are_gmt="true") == []
    before = (datetime.fromisoformat(gmt) - timedelta(seconds=1)).isoformat()
    assert since(f"{before}Z") == since(before, dates_are_gmt="true") == [order["id"]]
    # East of Greenwich GMT that does not say so lies too early, and too much comes.
    ahead = datetime.fromisoformat(gmt).replace(tzinfo=UTC).astimezone(ZONE).utcoffset()
    assert ahead
    assert order["id"] in since(gmt)


def test_customers_cannot_be_asked_for_what_changed_and_hide_the_other_roles(api: API) -> None:
    ahead = "2999-01-01T00:00:00"
    everyone = of(api.get("customers", params={"per_page": 100}))
    assert everyone
    assert of(api.get("customers", params={"per_page": 100, "modified_after": ahead})) == everyone
    assert {one["role"] for one in everyone} == {"customer"}
    roles = of(api.get("customers", params={"per_page": 100, "role": "all"}))
    assert {one["role"] for one in roles} == {"customer", "administrator"}
    by_age = {"orderby": "registered_date", "order": "asc", "role": "all", "per_page": 3}
    dates = [one["date_created_gmt"] for one in of(api.get("customers", params=by_age))]
    assert dates == sorted(dates)


def test_guests_are_in_orders_only(api: API, shop: WooShop) -> None:
    guests = {one["billing"]["email"] for one in shop.all("woo_order") if not one["customer_id"]}
    known = {one["email"] for one in of(api.get("customers", params={"per_page": 100}))}
    assert guests
    assert not guests & known


def test_a_batch_takes_a_hundred_in_all_and_tells_errors_one_by_one(api: API) -> None:
    wanted = [{"code": f"b{n}", "amount": "1"} for n in range(60)]
    too_many = api.post("coupons/batch", {"create": wanted, "delete": list(range(1, 42))})
    assert too_many.status_code == 413
    assert too_many.json()["code"] == "woocommerce_rest_request_entity_too_large"
    assert of(api.get("coupons", params={"search": "b1"})) == []
    mixed = of(api.post("coupons/batch", {"create": [*wanted[:2], {"code": "B1"}], "delete": [7]}))
    assert [one.get("code") for one in mixed["create"][:2]] == ["b0", "b1"]
    clash = mixed["create"][2]["error"]
    assert clash["code"] == "woocommerce_rest_coupon_code_already_exists"
    assert mixed["delete"][0]["error"]["data"]["status"] == 404


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("orders/1", "woocommerce_rest_shop_order_invalid_id"),
        ("products/1", "woocommerce_rest_product_invalid_id"),
        ("customers/999", "woocommerce_rest_invalid_id"),
        ("coupons/1", "woocommerce_rest_shop_coupon_invalid_id"),
        ("webhooks/1", "woocommerce_rest_shop_webhook_invalid_id"),
        ("products/1/variations", "woocommerce_rest_product_invalid_id"),
        ("carts", "rest_no_route"),
    ],
)
def test_what_is_not_there_is_404_in_wordpress_words(path: str, code: str, api: API) -> None:
    answer = api.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)


@pytest.mark.parametrize("noun", ["orders", "products", "customers", "coupons", "webhooks"])
def test_every_documented_field_is_there(noun: str, api: API, shop: WooShop) -> None:
    api.post("coupons", {"code": "one"})
    topic = {"topic": "order.updated", "delivery_url": "http://127.0.0.1:9/x"}
    api.post("webhooks", topic)
    newest = of(api.get(noun, params={"per_page": 1}))[0]
    assert set(FIELDS[noun]) - OLD <= set(newest)
    assert "_links" in newest
    assert not {"secret", "failures", "password"} & set(newest)
    if noun == "orders":
        assert set(FIELDS["line_items"]) <= set(newest["line_items"][0])


def test_variations_and_refunds_lie_under_their_parents(api: API, shop: WooShop) -> None:
    product = next(one for one in shop.all("woo_product") if one["variations"])
    found = of(api.get(f"products/{product['id']}/variations", params={"per_page": 100}))
    assert [one["id"] for one in found] == product["variations"]
    assert set(FIELDS["variations"]) - {"_links"} <= set(found[0])
    order = next(one for one in shop.all("woo_order") if one["refunds"])
    (refund,) = of(api.get(f"orders/{order['id']}/refunds"))
    assert set(FIELDS["refunds"]) - {"_links"} <= set(refund)
    assert order["refunds"][0]["total"] == f"-{refund['amount']}"


def test_the_status_has_its_documented_parts_and_the_zone_stands_in_the_index_alone(
    api: API, shop: WooShop
) -> None:
    status = of(api.get("system_status"))
    for part, names in FIELDS["system_status"].items():
        assert set(names) - OLD - UNSAID <= set(status[part])
    assert status["environment"]["default_timezone"] == "UTC"
    assert httpx.get(f"{shop.url}/wp-json/").json()["timezone_string"] == ZONE.key
    assert of(api.get("data/currencies/current"))["code"] == status["settings"]["currency"]


def test_fields_trims_what_comes(api: API) -> None:
    (one,) = of(api.get("orders", params={"per_page": 1, "_fields": "id,billing.email"}))
    assert set(one) == {"id", "billing"}
    assert set(one["billing"]) == {"email"}
    settings = of(api.get("settings/general", params={"_fields": "id,value"}))
    assert all(set(one) == {"id", "value"} for one in settings)


def test_reviews_have_ratings_and_the_products_follow(api: API) -> None:
    review = of(api.get("products/reviews"))[0]
    product = of(api.get(f"products/{review['product_id']}"))
    assert float(product["average_rating"]) > 0
    mine = of(api.get("products/reviews", params={"product": str(product["id"])}))
    assert len(mine) == product["rating_count"]


def test_what_has_no_trash_is_deleted_by_force_only(api: API) -> None:
    topic = {"topic": "order.updated", "delivery_url": "http://127.0.0.1:9/x"}
    hook = of(api.post("webhooks", topic))
    refused = api.delete(f"webhooks/{hook['id']}")
    assert (refused.status_code, refused.json()["code"]) == (
        501, "woocommerce_rest_trash_not_supported",
    )  # fmt: skip
    assert api.delete(f"webhooks/{hook['id']}", params={"force": True}).status_code == 200
    assert api.get(f"webhooks/{hook['id']}").status_code == 404
