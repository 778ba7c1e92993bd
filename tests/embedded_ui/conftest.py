"""The panel's app on a real database with two stores in it, and tokens as Shopify signs them."""

import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert
from werkzeug.test import TestResponse

import connectors
import embedded_ui
from jobs.queues import Queues
from jobs.runtime import Periods, Runtime, Settings
from marketing.links import LinkKeys
from storage.database import Database
from storage.schema import demo_clock
from storage.secrets import Secrets
from tests.jobs.stage import UNHURRIED
from tests.seeding import NOW, SmallStore

CLIENT_ID = "c0ffee00c0ffee00c0ffee00c0ffee00"
SECRET = "shpss_0123456789abcdef0123456789abcdef"
OLD_SECRET = "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"
KEY = "a2V5LW9mLXRoZS10ZXN0cy0wMTIzNDU2Nzg5YWJjZGU="
MAPLE, NEIGHBOUR = "maple.myshopify.com", "neighbour.myshopify.com"


def settings_of(database_url: str, data_dir: Path, **changes: Any) -> Settings:
    told = {
        "database_url": database_url,
        "app_url": "https://app.example.com",
        "app_keys": (KEY,),
        "shopify_client_id": CLIENT_ID,
        "shopify_client_secrets": (SECRET, OLD_SECRET),
        "smtp_url": "smtp://127.0.0.1:1",
        "mail_from": "hello@example.com",
        "data_dir": data_dir,
        "demo": True,
        "periods": Periods(work=UNHURRIED),
    }
    return Settings(**{**told, **changes})


def runtime_of(settings: Settings, database: Database, queue_url: str) -> Runtime:
    return Runtime(
        settings=settings,
        database=database,
        queues=Queues(queue_url),
        connectors=connectors.build(
            shopify_client_id=settings.shopify_client_id,
            shopify_client_secrets=settings.shopify_client_secrets,
            woocommerce_store_url=settings.woocommerce_store_url,
            app_keys=settings.app_keys,
            demo=settings.demo,
        ),
        channels={},
        secrets=Secrets(settings.app_keys),
        link_keys=LinkKeys.from_app_keys(settings.app_keys),
    )


def token_for(domain: str, *, secret: str = SECRET, **claims: Any) -> str:
    """Sign an ID token as Shopify does; a claim of None is left out."""
    now = int(time.time())
    usual = {
        "iss": f"https://{domain}/admin",
        "dest": f"https://{domain}",
        "aud": CLIENT_ID,
        "sub": "42",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "sid": uuid.uuid4().hex,
    }
    told = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return jwt.encode(told, secret, algorithm="HS256")


@pytest.fixture
def runtime(database_url: str, database: Database, valkey_url: str, tmp_path: Path) -> Runtime:
    """Everything real but the channels: nothing is sent from the panel."""
    return runtime_of(settings_of(database_url, tmp_path), database, valkey_url)


@pytest.fixture
def stores(database: Database) -> tuple[SmallStore, SmallStore]:
    """Maple & Moss, and a neighbour with the same figures; the time is `NOW` and stands still."""
    with database.writing() as connection:
        clock = {"id": 1, "real_at": datetime.now(UTC), "business_at": NOW, "speed": 0}
        connection.execute(insert(demo_clock).values(clock))
        return SmallStore(connection, MAPLE), SmallStore(connection, NEIGHBOUR)


@pytest.fixture
def maple(stores: tuple[SmallStore, SmallStore]) -> SmallStore:
    return stores[0]


@pytest.fixture
def neighbour(stores: tuple[SmallStore, SmallStore]) -> SmallStore:
    return stores[1]


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    templates = str(Path(embedded_ui.__path__[0]) / "templates")
    app = Flask("app", static_folder=None, template_folder=templates)
    embedded_ui.register(app, runtime)
    return app


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


Ask = Callable[..., TestResponse]


@pytest.fixture
def ask(client: FlaskClient, maple: SmallStore) -> Ask:
    """Ask the API as Maple & Moss: `ask("/store")`, `ask("/settings", "PUT", json=...)`."""

    def asking(
        path: str,
        method: str = "GET",
        domain: str = MAPLE,
        more: dict[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        headers = {"Authorization": f"Bearer {token_for(domain)}", **(more or {})}
        return client.open(f"/panel/api{path}", method=method, headers=headers, **options)

    return asking
