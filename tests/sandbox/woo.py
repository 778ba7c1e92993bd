"""The sandbox's WooCommerce store for tests: keys, clients that are not ours, a listener."""

import json
import subprocess
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from flask import Flask, Response, request
from werkzeug.serving import make_server
from woocommerce import API

from sandbox.serve import Sandbox
from sandbox.state import Record
from sandbox.woo_keys import new_key
from sandbox.woo_shop import WooShop
from sandbox.woo_store import create_woo_store
from tests.oracles.library import FOLDER, node
from tests.served import served


@pytest.fixture
def shop(sandbox: Sandbox) -> WooShop:
    return sandbox.world.woo


@pytest.fixture
def key(shop: WooShop) -> Record:
    return new_key(shop, "tests", "read_write")


@pytest.fixture
def api(shop: WooShop, key: Record) -> API:
    """WooCommerce's Python client, over http: signed by OAuth 1.0a."""
    return client(shop.url, key)


def client(url: str, key: Record, **options: Any) -> API:
    options = {"version": "wc/v3", "timeout": 30, **options}
    return API(url=url, consumer_key=key["consumer_key"], consumer_secret=key["consumer_secret"],
               **options)  # fmt: skip


@pytest.fixture
def secure_url(sandbox: Sandbox) -> Iterator[str]:
    """The same store over https, with a certificate that nobody signed."""
    app = create_woo_store(sandbox.world)
    with served(app, ssl_context="adhoc") as url:
        yield url


def npm_client(url: str, key: Record, verb: str, path: str, body: Any = None) -> dict[str, Any]:
    """Ask by WooCommerce's JavaScript client; `status`, `headers` and `data`."""
    config = {"url": url, "consumerKey": key["consumer_key"],
              "consumerSecret": key["consumer_secret"]}  # fmt: skip
    words = [json.dumps(part) for part in (config, verb, path, body)]
    command = [node(), "woocommerce_api.mjs", *words]
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


class Listener:
    """Takes webhooks, answers with the status it was told, and keeps what came."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[dict[str, str], bytes]] = []
        app = Flask("listener")

        @app.route("/<path:path>", methods=["GET", "POST"])
        def take(path: str) -> Response:
            self.got.append((dict(request.headers), request.get_data()))
            headers = {"Location": "/elsewhere"} if 300 <= self.status < 400 else {}
            return Response(status=self.status, headers=headers)

        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.port}/hooks"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.close()


@pytest.fixture
def browser_at(shop: WooShop) -> Iterator[httpx.Client]:
    """A browser without scripts at the store."""
    with httpx.Client(base_url=shop.url, follow_redirects=True) as opened:
        yield opened
