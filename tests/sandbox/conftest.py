"""A sandbox on free ports with an app to talk to, and Shopify's library to judge it."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sandbox.oauth import Client
from sandbox.serve import Sandbox
from sandbox.webhooks import Subscriptions
from sandbox.world import SAMPLE_SHOP, Settings
from tests.oracles.library import ShopifysLibrary
from tests.sandbox.fake_app import CLIENT_ID, OLD_SECRET, SECRET, FakeApp

EVERYTHING = Subscriptions(
    {"*": "/webhooks/shopify"},
    ("read_customers", "write_customers", "read_orders", "read_products", "write_discounts"),
)


@pytest.fixture(scope="session")
def library() -> Iterator[ShopifysLibrary]:
    judge = ShopifysLibrary(CLIENT_ID, SECRET)
    yield judge
    judge.close()


@pytest.fixture
def fake_app() -> Iterator[FakeApp]:
    app = FakeApp()
    yield app
    app.close()


@pytest.fixture
def sandbox(fake_app: FakeApp, tmp_path: Path) -> Iterator[Sandbox]:
    """Started, the app not yet in any shop."""
    client = Client(CLIENT_ID, (SECRET, OLD_SECRET))
    opened = Sandbox(Settings(tmp_path, fake_app.url, client), EVERYTHING)
    opened.start()
    fake_app.admin_url = opened.world.admin_url
    yield opened
    opened.stop()


@pytest.fixture
def installed(sandbox: Sandbox) -> Sandbox:
    """The same, with the app in the sample shop."""
    answer = httpx.post(f"{sandbox.world.admin_url}/api/install", json={"shop": SAMPLE_SHOP})
    assert answer.json() == {"installed": True}
    return sandbox


@pytest.fixture
def visitor(sandbox: Sandbox) -> Iterator[httpx.Client]:
    """A browser without scripts at the shop front."""
    with httpx.Client(base_url=sandbox.world.front_url, follow_redirects=True) as browser:
        yield browser
