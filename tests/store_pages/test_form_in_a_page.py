"""The sign-up form as a shopper has it: drawn into a page of the store's, filled in, accepted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from marketing.signup import USUAL
from storage import schema
from tests.jobs.stage import Stage
from tests.store_pages.conftest import look
from tests.test_form_door import ON, switch

pytestmark = pytest.mark.browser
PAGE = """<!doctype html><html lang="de"><head><title>Maple</title></head><body><main><h1>Maple</h1>
<div data-reprise-form data-mode="{mode}" data-app="{app}" data-key="{key}"></div></main>
<script defer src="{app}/forms/form.js"></script></body></html>"""


@pytest.fixture
def store_page(stage: Stage, app_url: str) -> Callable[[str], str]:
    """A page that shows the form in the way that its path names."""
    switch(stage, {**ON, "signup_form": {"is_on": True, "asks_birthday": True}})
    return lambda path: PAGE.format(mode=path.strip("/"), app=app_url, key=stage.store_id)


def test_a_shopper_signs_up_in_the_page_of_the_store(
    page: Page, shop_url: str, stage: Stage
) -> None:
    page.goto(f"{shop_url}/inline")
    words = USUAL["de"]
    expect(page.get_by_role("heading", name=words.title)).to_be_visible()
    box = page.get_by_label(words.consent)
    expect(box).not_to_be_checked()
    expect(page.locator("[name=website]")).not_to_be_in_viewport()
    expect(page.get_by_label("E-Mail-Adresse")).to_have_css("min-height", "44px")
    look(page)
    page.get_by_role("button", name=words.button).click()
    expect(page.get_by_text("Bitte geben Sie eine E-Mail-Adresse ein.")).to_be_visible()
    page.get_by_label("E-Mail-Adresse").fill("nia@example.com")
    page.get_by_role("button", name=words.button).click()
    expect(page.get_by_text("Bitte kreuzen Sie das Kästchen an")).to_be_visible()
    look(page)
    box.check()
    page.get_by_label("Geburtstag (freiwillig)").fill("1850-02-28")
    page.get_by_role("button", name=words.button).click()
    expect(page.get_by_text("Bitte prüfen Sie den Geburtstag noch einmal.")).to_be_visible()
    page.get_by_label("Geburtstag (freiwillig)").fill("1990-02-28")
    page.get_by_role("button", name=words.button).click()
    expect(page.get_by_text(words.thanks)).to_be_focused()
    look(page)
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
    look(page)
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


def test_no_page_shows_the_field_that_only_machines_fill_in(page: Page, shop_url: str) -> None:
    """Whoever filled it in would sign up for nothing, and be thanked for it."""
    page.route("**/forms/form.css", lambda route: route.abort())
    page.goto(f"{shop_url}/inline")
    expect(page.get_by_label("E-Mail-Adresse")).to_be_visible()
    expect(page.locator("[name=website]")).not_to_be_in_viewport()
