"""A WooCommerce store's REST API on this machine, as far as the connector calls it.

Real HTTP, in memory; its clock is two hours ahead of UTC, as that of a shop in Berlin's summer.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

KEY, SECRET = "ck_" + "a" * 40, "cs_" + "b" * 40
ZONE = timedelta(hours=2)
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
Row = dict[str, Any]
Answer = tuple[int, Any, dict[str, str]]


def stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def dated(number: int, **fields: Any) -> Row:
    at = START + timedelta(hours=number)
    return {"id": number, "date_created_gmt": stamp(at), "date_modified_gmt": stamp(at)} | fields


def an_order(number: int, **fields: Any) -> Row:
    line = {"name": "Scarf &ndash; Red", "product_id": 14, "variation_id": 2, "quantity": 2}
    line |= {"subtotal": "20.00", "subtotal_tax": "0.00", "total": "20.00", "total_tax": "0.00"}
    told = {
        "number": str(number), "status": "processing", "currency": "EUR", "total": "24.90",
        "prices_include_tax": False, "customer_id": 0, "created_via": "checkout",
        "billing": {"email": f"Guest{number}@Example.com", "first_name": "Gus", "country": "DE",
                    "state": "DE-BE", "city": "Berlin"},
        "shipping": {}, "line_items": [line], "coupon_lines": [], "refunds": [], "meta_data": [],
        "date_paid_gmt": stamp(START), "date_completed_gmt": None, "payment_url": "",
    }  # fmt: skip
    return dated(number) | told | fields


def a_customer(number: int, **fields: Any) -> Row:
    told = {
        "email": f"ada{number}@example.com", "first_name": "Ada", "last_name": "Lovelace",
        "role": "customer", "billing": {"country": "GB", "phone": ""}, "meta_data": [],
    }  # fmt: skip
    return dated(number) | told | fields


def a_product(number: int, **fields: Any) -> Row:
    told = {
        "name": "Scarf", "slug": f"scarf-{number}", "type": "simple", "status": "publish",
        "permalink": f"https://shop.example/product/scarf-{number}/", "price": "10.00",
        "regular_price": "12.00", "on_sale": True, "stock_status": "instock", "images": [],
        "categories": [{"name": "Scarves"}], "tags": [], "average_rating": "4.50",
        "rating_count": 12, "catalog_visibility": "visible", "purchasable": True,
    }  # fmt: skip
    return dated(number) | told | fields


def a_review(number: int, **fields: Any) -> Row:
    told = {
        "id": number, "product_id": 1, "status": "approved", "reviewer": "Ada Moss",
        "reviewer_email": "ada@example.com", "review": "<p>Keeps my tea warm &amp; me, too.</p>\n",
        "rating": 5, "verified": True, "date_created_gmt": stamp(START),
    }  # fmt: skip
    return told | fields


class StandIn:
    """One store; tests write into `rows` and order `fault`s."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {
            "customers": [a_customer(number) for number in range(1, 121)],
            "products": [a_product(number) for number in range(1, 61)],
            "orders": [an_order(number) for number in range(1, 131)],
            "coupons": [],
            "webhooks": [],
            "reviews": [],
        }
        self.variations: dict[int, list[Row]] = {}
        self.plugin: Row | None = None
        self.keeps_ends = True
        self.fault: Answer | None = None
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self._number = 1000
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True

    @property
    def domain(self) -> str:
        return f"127.0.0.1:{self._http.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator["StandIn"]:
        thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield self
        self._http.shutdown()
        self._http.server_close()
        thread.join()

    # answering

    def answer(self, method: str, path: str, query: dict[str, str], body: Any) -> Answer:
        self.asked.append((method, path, query))
        if self.fault:
            return self.fault
        if path == "":
            index = {"name": "Maple &amp; Moss", "timezone_string": "", "gmt_offset": 2}
            return 200, index, {}
        if query.get("oauth_consumer_key") != KEY:
            return 401, {"code": "woocommerce_rest_cannot_view", "message": "Sorry."}, {}
        name, _, rest = path.removeprefix("wc/v3/").partition("/")
        if path.startswith("wc-reprise/v1/"):
            return self._plugin(method, body)
        if name in self.rows:
            return self._collection(method, name, rest, query, body)
        return self._facts(f"{name}/{rest}".rstrip("/"))

    def _facts(self, path: str) -> Answer:
        facts: dict[str, Any] = {
            "system_status": {
                "environment": {"version": "11.0.1", "language": "de_DE"},
                "settings": {"currency": "EUR"},
            },
            "data/currencies/current": {"code": "EUR"},
            "settings/general": [{"id": "woocommerce_default_country", "value": "DE:BY"}],
            "settings/email": [
                {"id": "woocommerce_email_from_address", "value": "hi@maple.example"}
            ],
        }
        if path not in facts:
            return 404, {"code": "rest_no_route", "message": "No route."}, {}
        return 200, facts[path], {}

    def _plugin(self, method: str, body: Any) -> Answer:
        if self.plugin is None:
            return 404, {"code": "rest_no_route", "message": "No route."}, {}
        if method == "PUT":
            self.plugin |= body | {"connected": True}
        if method == "DELETE":
            self.plugin = {"version": "1.0.0", "connected": False}
        return 200, {name: value for name, value in self.plugin.items() if name != "secret"}, {}

    def _collection(
        self, method: str, name: str, rest: str, query: dict[str, str], body: Any
    ) -> Answer:
        if rest == "batch":
            return 200, self._batch(name, body), {}
        if rest.endswith("/variations"):
            told = self.variations.get(int(rest.split("/", maxsplit=1)[0]), [])
            return self._page(told, query)
        if rest == "reviews":
            shown = [row for row in self.rows["reviews"] if row["status"] == query["status"]]
            return self._page(sorted(shown, key=lambda row: -int(row["id"])), query)
        if rest:
            return self._one(method, name, int(rest), body)
        if method == "POST":
            return self._made(name, body)
        return self._page(self._found(name, query), query)

    def _one(self, method: str, name: str, number: int, body: Any) -> Answer:
        found = next((row for row in self.rows[name] if row["id"] == number), None)
        if found is None:
            return 404, {"code": f"woocommerce_rest_{name}_invalid_id", "message": "No."}, {}
        if method == "DELETE":
            self.rows[name].remove(found)
        if method == "PUT":
            self._change(found, body)
        return 200, found, {}

    def _change(self, row: Row, body: Row) -> None:
        given = dict(body)
        meta = {one["key"]: one for one in row.get("meta_data", [])}
        meta |= {one["key"]: one for one in given.pop("meta_data", [])}
        if meta:
            row["meta_data"] = list(meta.values())
        row |= given
        if "date_expires" in given:
            self._end(row)

    def _end(self, row: Row) -> None:
        """A coupon's end is told in the store's own time, and `date_expires_gmt` is not heard."""
        told = row.get("date_expires") if self.keeps_ends else None
        row["date_expires"] = told
        local = datetime.fromisoformat(told) if told else None
        row["date_expires_gmt"] = (local - ZONE).isoformat() if local else None

    def _made(self, name: str, body: Row) -> Answer:
        if name == "coupons" and any(
            row["code"] == body["code"].lower() for row in self.rows[name]
        ):
            code = "woocommerce_rest_coupon_code_already_exists"
            return 400, {"code": code, "message": "The code exists.", "data": {"status": 400}}, {}
        self._number += 1
        row = {"id": self._number, "date_expires": None, "date_expires_gmt": None, **body}
        if name == "coupons":
            row["code"] = row["code"].lower()
            self._end(row)
        self.rows[name].append(row)
        told = {key: value for key, value in row.items() if key != "secret"}
        return 201, told, {}

    def _batch(self, name: str, body: Row) -> Row:
        assert sum(len(told) for told in body.values()) <= 100
        told: Row = {}
        for one in body.get("create", []):
            told.setdefault("create", []).append(_in_batch(self._made(name, one)))
        for one in body.get("update", []):
            told.setdefault("update", []).append(_in_batch(self._one("PUT", name, one["id"], one)))
        for one in body.get("delete", []):
            told.setdefault("delete", []).append(_in_batch(self._one("DELETE", name, one, {})))
        return told

    def _found(self, name: str, query: dict[str, str]) -> list[Row]:
        rows = [row for row in self.rows[name] if _fits(row, query)]
        key = "date_modified_gmt" if query.get("orderby") == "modified" else "date_created_gmt"
        return sorted(rows, key=lambda row: row.get(key, ""), reverse=query.get("order") == "desc")

    def _page(self, rows: list[Row], query: dict[str, str]) -> Answer:
        size, number = int(query.get("per_page", 10)), int(query.get("page", 1))
        if size > 100:
            return 400, {"code": "rest_invalid_param", "message": "Too many."}, {}
        shown = rows[size * (number - 1) : size * number]
        links = ['<https://x/wp-json/>; rel="https://api.w.org/"']
        if size * number < len(rows):
            links.append(f'<https://x/wp-json/?page={number + 1}>; rel="next"')
        told = [{k: v for k, v in row.items() if k != "secret"} for row in shown]
        return 200, told, {"X-WP-Total": str(len(rows)), "Link": ", ".join(links)}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        standin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = dict(parse_qsl(parts.query))
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                path = parts.path.removeprefix("/wp-json/").strip("/")
                status, told, headers = standin.answer(self.command, path, query, body)
                raw = json.dumps(told).encode()
                self.send_response(status)
                sent = {"Content-Type": "application/json", "Content-Length": str(len(raw))}
                for name, value in (sent | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(raw)

            def do_POST(self) -> None:
                self.do_GET()

            def do_PUT(self) -> None:
                self.do_GET()

            def do_DELETE(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


def _in_batch(answer: Answer) -> Row:
    status, told, _ = answer
    if status < 400:
        return dict(told)
    return {"id": 0, "error": {**told, "data": {"status": status}}}


def _fits(row: Row, query: dict[str, str]) -> bool:
    modified = row.get("date_modified_gmt", "")
    if modified <= query.get("modified_after", "") and "modified_after" in query:
        return False
    if "modified_before" in query and modified >= query["modified_before"]:
        return False
    if "email" in query and row.get("email") != query["email"]:
        return False
    if "code" in query and row.get("code") != query["code"].lower():
        return False
    sought = query.get("search", "")
    return sought in f"{row.get('code', '')} {row.get('description', '')}"
