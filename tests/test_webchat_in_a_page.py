"""The website chat as a visitor has it: asked, answered, handed over, there after a reload."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from app import create_app
from jobs import receive, reply
from marketing.chat import Author
from storage import schema
from tests.embedded_ui.framed import AXE
from tests.jobs.inbound import Inbound
from tests.jobs.stage import Sink, Stage, runtime, settings
from tests.test_webchat_door import CHOICES, answer, turn_on

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="de"><head><title>Maple</title></head><body><main><h1>Maple</h1>
</main><div data-reprise-chat data-app="{app}" data-key="{key}"></div>
<script defer src="{app}/webchat/chat.js"></script></body></html>"""
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
    server = make_server("127.0.0.1", 0, create_app(Inbound(stage).runtime), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def shop_url(stage: Stage, app_url: str) -> Iterator[str]:
    """The store's own pages, at another origin than the app; the merchant turned the chat on."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = PAGE.format(app=app_url, key=stage.store_id).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://localhost:{server.server_port}"
    turn_on(stage, stage.store_id, origins=url, greeting="Moin!", color="#7a1f3d")
    yield url
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 700})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    yield page
    context.close()


def work(stage: Stage) -> None:
    while receive.drain(stage.runtime, [stage.store_id]):
        pass
    while reply.drain(stage.runtime, [stage.store_id]):
        pass


def test_a_visitor_asks_taps_calls_a_person_and_reads_the_answer_after_a_reload(
    page: Page, shop_url: str, stage: Stage
) -> None:
    page.goto(shop_url)
    page.get_by_role("button", name="Chat öffnen").click()
    expect(page.get_by_text("Moin!")).to_be_visible()
    box = page.get_by_label("Ihre Nachricht")
    expect(box).to_be_focused()
    box.fill("Welche Mütze?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Welche Mütze?", exact=True)).to_be_visible(timeout=WAIT)
    work(stage)
    answer(stage, CHOICES, Author.BOT)
    page.get_by_role("button", name="The blue one").click(timeout=WAIT)
    expect(page.locator(".line.visitor", has_text="The blue one")).to_be_visible(timeout=WAIT)
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run()")["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    page.get_by_role("button", name="Mit einem Menschen sprechen").click()
    expect(page.locator(".line.visitor", has_text="Mit einem Menschen")).to_be_visible(timeout=WAIT)
    work(stage)
    [held] = stage.rows(schema.conversations)
    assert held.state == "human"
    page.reload()
    answer(stage, "Ich bin Mara, gern!")
    page.get_by_role("button", name="Chat öffnen").or_(
        page.get_by_role("button", name="Neue Nachricht")
    ).click()
    expect(page.get_by_text("Ich bin Mara, gern!")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text("Welche Mütze?", exact=True)).to_have_count(1)
    assert page.context.cookies() == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Chat öffnen")).to_be_focused()
