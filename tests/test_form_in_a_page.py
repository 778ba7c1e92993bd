"""The sign-up form as a shopper has it: drawn into a page of the store's, filled in, accepted."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app import create_app
from marketing.signup import USUAL
from storage import schema
from tests.embedded_ui.framed import AXE
from tests.jobs.inbound import Inbound
from tests.jobs.stage import Sink, Stage, runtime, settings
from tests.test_form_door import ON, switch

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="de"><head><title>Maple</title></head><body><main><h1>Maple</h1>
<div data-reprise-form data-mode="{mode}" data-app="{app}" data-key="{key}"></div></main>
<script defer src="{app}/forms/form.js"></script></body></html>"""


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "reprise.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def stage(database_url: str, valkey_url: str) -> Iterator[Stage]:
    sink = Sink()
    hands = runtime(settings(database_url, sink.url, valkey_url))
    staged = Stage(hands, sink)
    switch(staged, {**ON, "signup_form": {"is_on": True, "asks_birthday": True}})
    yield staged
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()
    sink.server.stop()


@pytest.fixture
def app_url(stage: Stage) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(Inbound(stage).runtime), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop_url(stage: Stage, app_url: str) -> Iterator[str]:
    """The store's own pages, at another origin than the app."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            mode = self.path.strip("/")
            page = PAGE.format(mode=mode, app=app_url, key=stage.store_id).encode()
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
    context = browser.new_context()
    yield context.new_page()
    context.close()


def test_a_shopper_signs_up_in_the_page_of_the_store(
    page: Page, shop_url: str, stage: Stage
) -> None:
    page.goto(f"{shop_url}/inline")
    words = USUAL["de"]
    expect(page.get_by_role("heading", name=words.title)).to_be_visible()
    box = page.get_by_label(words.consent)
    expect(box).not_to_be_checked()
    page.get_by_role("button", name=words.button).click()
    expect(page.get_by_text("Bitte geben Sie eine E-Mail-Adresse ein.")).to_be_visible()
    page.get_by_label("E-Mail-Adresse").fill("nia@example.com")
    page.get_by_role("button", name=words.button).click()
    expect(page.get_by_text("Bitte kreuzen Sie das Kästchen an")).to_be_visible()
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run()")["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    box.check()
    page.get_by_label("Geburtstag (freiwillig)").fill("1990-02-28")
    page.get_by_role("button", name=words.button).click()
    expect(page.get_by_text(words.thanks)).to_be_focused()
    (kept,) = stage.rows(schema.signups)
    assert kept.email == "nia@example.com"
    assert kept.told["birthday"] == "1990-02-28"
    assert kept.told["page"] == f"{shop_url}/inline"
    assert page.context.cookies() == []


def test_the_button_opens_the_form_and_escape_closes_it(page: Page, shop_url: str) -> None:
    page.goto(f"{shop_url}/popup")
    opener = page.get_by_role("button", name=USUAL["de"].title)
    expect(page.get_by_label("E-Mail-Adresse")).to_be_hidden()
    opener.click()
    expect(page.get_by_label("E-Mail-Adresse")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_label("E-Mail-Adresse")).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_form_that_is_off_leaves_the_page_as_it_was(
    page: Page, shop_url: str, stage: Stage
) -> None:
    switch(stage, {})
    with page.expect_response(lambda answer: "/forms/" in answer.url and answer.status == 404):
        page.goto(f"{shop_url}/inline")
    expect(page.locator("[data-reprise-form] *")).to_have_count(0)
