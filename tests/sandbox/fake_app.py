"""An app for the sandbox to talk to: keeps webhooks, has a clock, installs by token exchange."""

import hashlib
import hmac
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from flask import Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from sandbox import oauth

CLIENT_ID = "a1b2c3d4e5f60718293a4b5c6d7e8f90"
SECRET = "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"
OLD_SECRET = "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"
EXCHANGE = {
    "client_id": CLIENT_ID,
    "client_secret": SECRET,
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
    "expiring": "1",
}


PAGE = """<!doctype html><head><meta name="shopify-api-key" content="abc">
<script src="{bridge}"></script></head><body>
<s-app-nav><a href="/shopify" rel="home">Home</a><a href="#flows">Flows</a></s-app-nav>
<p id="who"></p>
<script>fetch("/panel/api/me").then((r) => r.json()).then((me) => {{
  document.getElementById("who").textContent = me.shop || me.error;
  shopify.toast.show("Hello");
}});</script></body>"""


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class FakeApp:
    """Plays the app's side of the sandbox's contracts."""

    def __init__(self) -> None:
        self.webhooks: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.steps: list[int] = []
        self.due = 0
        self.offset = timedelta(0)
        self.speed = 1
        self.admin_url = ""
        self.asked: list[str] = []
        self.stale = 0
        self.token = ""
        self._lock = threading.Lock()
        app = Flask("fake_app")
        self._doors(app)
        self._server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Handler)
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._thread = threading.Thread(
            target=lambda: self._server.serve_forever(0.02), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def topics(self) -> list[str]:
        return [headers["X-Shopify-Topic"] for headers, _ in self.webhooks]

    def _doors(self, app: Flask) -> None:
        @app.post("/webhooks/shopify")
        def webhook() -> Response:
            with self._lock:
                self.webhooks.append((dict(request.headers), request.get_data()))
                status = self.answers.pop(0) if self.answers else 200
            return Response(status=status)

        @app.route("/demo/clock", methods=["GET", "POST"])
        def clock() -> Response | tuple[Response, int]:
            if not self._is_signed():
                return jsonify(error="unsigned"), 401
            if request.method == "POST":
                self._move(request.get_json())
            return jsonify(now=(datetime.now(UTC) + self.offset).isoformat(), speed=self.speed)

        @app.get("/readyz")
        def readyz() -> Response:
            return jsonify(due=self.due)

        self._pages(app)

    def _pages(self, app: Flask) -> None:
        @app.get("/shopify")
        def load() -> Response:
            if "id_token" in request.args:
                self.exchange(request.args["shop"], request.args["id_token"])
            return Response(PAGE.format(bridge=f"{self.admin_url}/app-bridge.js"))

        @app.get("/panel/api/me")
        def me() -> Response | tuple[Response, int]:
            self.asked.append(request.headers.get("Authorization", ""))
            if self.stale > 0:
                self.stale -= 1
                answer = jsonify(error="stale")
                answer.headers["X-Shopify-Retry-Invalid-Session-Request"] = "1"
                return answer, 401
            token = self.asked[-1].removeprefix("Bearer ")
            return jsonify(shop=oauth.shop_in_token(token, CLIENT_ID, (SECRET,)))

    def _is_signed(self) -> bool:
        signed = b"demo-clock:" + request.get_data()
        expected = hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, request.headers["X-Reprise-Demo-Signature"])

    def _move(self, change: dict[str, Any]) -> None:
        if "speed" in change:
            self.speed = change["speed"]
            return
        self.steps.append(change["advance_seconds"])
        self.offset += timedelta(seconds=change["advance_seconds"])

    def exchange(self, shop: str, id_token: str) -> dict[str, Any]:
        """Do the token exchange of an app load."""
        answer = httpx.post(
            f"{self.admin_url}/shops/{shop}/admin/oauth/access_token",
            json={**EXCHANGE, "subject_token": id_token},
        )
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        self.token = told["access_token"]
        return told

    def wait_for(self, topic: str, count: int = 1) -> None:
        """Until so many webhooks of a topic came."""
        give_up = time.monotonic() + 60
        while self.topics().count(topic) < count:
            assert time.monotonic() < give_up, f"no {topic} in {self.topics()}"
            time.sleep(0.01)
