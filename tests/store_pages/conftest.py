"""A store's own page in a real browser, at another origin than the app whose scripts it loads."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app import create_app
from jobs import outbox, receive, reply
from tests.embedded_ui.framed import SIGHTS, check
from tests.jobs.inbound import Inbound
from tests.jobs.stage import Sink, Stage, runtime, settings
from tests.served import served

WAIT = 30_000


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "reprise.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(database_url: str, valkey_url: str) -> Iterator[Stage]:
    sink = Sink()
    hands = runtime(settings(database_url, sink.url, valkey_url))
    yield Stage(hands, sink)
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()
    sink.server.stop()


@pytest.fixture
def app_url(stage: Stage) -> Iterator[str]:
    with served(create_app(Inbound(stage).runtime)) as url:
        yield url


@pytest.fixture
def shop_url(store_page: Callable[[str], str]) -> Iterator[str]:
    """The store's own pages: `store_page` makes one of its path."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = store_page(self.path).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 700})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    yield page
    context.close()


def look(page: Page) -> None:
    """Hold what is seen to axe in every width and theme; pictures are kept as the panel's are."""
    for (width, height), theme in SIGHTS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
        check(page.main_frame)


def arrived(page: Page, words: str) -> None:
    """Wait until the app has what a visitor said in the chat, and their browser knows it."""
    expect(page.locator(".log > .line.visitor", has_text=words)).to_be_visible(timeout=WAIT)
    expect(page.locator(".waiting .line")).to_have_count(0, timeout=WAIT)


def work(stage: Stage) -> None:
    """Do what the workers would about it."""
    mine = [stage.store_id]
    while receive.drain(stage.runtime, mine):
        pass
    while outbox.drain(stage.runtime, mine):
        pass
    stage.work()
    while reply.drain(stage.runtime, mine):
        pass
