"""The website chat as a visitor has it: asked, answered, handed over, there after a reload."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from marketing.chat import Author
from storage import schema
from tests.embedded_ui.framed import check
from tests.jobs.stage import Stage
from tests.store_pages.conftest import WAIT, arrived, work
from tests.test_webchat_door import CHOICES, answer, turn_on

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="de"><head><title>Maple</title></head><body><main><h1>Maple</h1>
</main><div data-reprise-chat data-app="{app}" data-key="{key}"></div>
<script defer src="{app}/webchat/chat.js"></script></body></html>"""
SAID = "**/webchat/*/said*"


@pytest.fixture
def store_page(stage: Stage, app_url: str) -> Callable[[str], str]:
    page = PAGE.format(app=app_url, key=stage.store_id)
    return lambda _: page


@pytest.fixture(autouse=True)
def chat(stage: Stage, shop_url: str) -> None:
    """The merchant turned the chat on."""
    turn_on(stage, stage.store_id, origins=shop_url, greeting="Moin!", color="#7a1f3d")


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
    arrived(page, "Welche Mütze?")
    work(stage)
    answer(stage, CHOICES, Author.BOT)
    page.get_by_role("button", name="The blue one").click(timeout=WAIT)
    expect(page.locator(".card")).to_be_visible()
    expect(page.locator(".card img")).to_have_count(0, timeout=WAIT)  # there is no such picture
    arrived(page, "The blue one")
    check(page.main_frame)
    page.get_by_role("button", name="Jemanden sprechen").click()
    arrived(page, "Jemanden sprechen")
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


def open_chat(page: Page, shop_url: str) -> None:
    page.goto(shop_url)
    page.get_by_role("button", name="Chat öffnen").click()
    expect(page.get_by_label("Ihre Nachricht")).to_be_focused()


def write(page: Page, words: str) -> None:
    page.get_by_label("Ihre Nachricht").fill(words)
    page.keyboard.press("Enter")


def test_what_could_not_be_sent_is_kept_and_written_again_it_is_not_doubled(
    page: Page, shop_url: str, stage: Stage
) -> None:
    open_chat(page, shop_url)
    page.route(SAID, lambda route: route.abort())
    write(page, "Ist die Mütze warm?")
    expect(page.get_by_text("Noch nicht gesendet.")).to_be_visible(timeout=WAIT)
    write(page, "Ist die Mütze warm?")
    write(page, "Und der Schal?")
    expect(page.locator(".waiting .line")).to_have_count(2)
    page.reload()
    page.get_by_role("button", name="Chat öffnen").click()
    expect(page.locator(".waiting .line")).to_have_count(2)
    with page.expect_request(SAID, timeout=WAIT):
        page.get_by_role("button", name="Noch einmal versuchen").first.click()
    page.unroute(SAID)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.locator(".waiting .line")).to_have_count(0, timeout=WAIT)
    expect(page.locator(".line.visitor .said")).to_have_text(
        ["Ist die Mütze warm?", "Und der Schal?"], timeout=WAIT
    )
    work(stage)
    heard = stage.rows(schema.inbound_messages)
    assert [row.text for row in heard] == ["Ist die Mütze warm?", "Und der Schal?"]


def test_an_answer_lost_on_the_way_doubles_nothing(page: Page, shop_url: str, stage: Stage) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    open_chat(page, shop_url)
    page.route(SAID, lose, times=1)
    write(page, "Ist die Mütze warm?")
    expect(page.locator(".line.visitor .said")).to_have_text(["Ist die Mütze warm?"], timeout=WAIT)
    expect(page.locator(".waiting .line")).to_have_count(0, timeout=WAIT)
    work(stage)
    assert len(stage.rows(schema.inbound_messages)) == 1


def test_a_refusal_is_said_in_the_visitors_language_and_the_words_are_given_back(
    page: Page, shop_url: str, stage: Stage
) -> None:
    open_chat(page, shop_url)
    long = "x" * 2100
    page.get_by_label("Ihre Nachricht").evaluate("(box, it) => { box.value = it; }", long)
    page.get_by_role("button", name="Senden").click()
    expect(page.get_by_text("Schreiben Sie höchstens 2000 Zeichen.")).to_be_visible(timeout=WAIT)
    expect(page.get_by_label("Ihre Nachricht")).to_have_value(long)
    expect(page.locator(".waiting .line")).to_have_count(0)
    assert stage.rows(schema.inbound_messages) == []
