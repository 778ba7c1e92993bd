"""Pages of ours outside the panel: leaving, confirming an address, a dead link, no way in.

What they do is tested at their doors; here each is held to axe in every width and theme.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from marketing import links
from tests.jobs.stage import Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow
from tests.store_pages.conftest import WAIT, look
from tests.test_form_door import ENGLISH, GERMAN, ON, link_in, mails, switch

pytestmark = pytest.mark.browser
LEAVING = {"en": ("Unsubscribe", "You are unsubscribed"), "de": ("Abmelden", "abgemeldet")}
CONFIRMING = {"en": ("Yes, please", "Thank you"), "de": ("Ja, gern", "Vielen Dank")}
TEXTS = {"en": ENGLISH, "de": GERMAN}
Visit = Callable[[str], Page]


@pytest.fixture(params=("en", "de"))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(browser: Browser, app_url: str, language: str) -> Iterator[Visit]:
    """Open a page of the app in a browser that speaks `language`."""
    context = browser.new_context(locale=language)
    page = context.new_page()
    page.set_default_timeout(WAIT)

    def visiting(path: str) -> Page:
        page.goto(f"{app_url}{path}")
        return page

    yield visiting
    context.close()


def test_leaving_asks_and_says_that_it_is_done(visit: Visit, stage: Stage, language: str) -> None:
    a_flow(stage, MAIL)
    ordered(stage, stage.customer())
    stage.work()
    [message] = stage.messages()
    token = links.unsubscribe_token(stage.runtime.link_keys, stage.store_id, message.id)
    page = visit(f"/u/{token}")
    button, done = LEAVING[language]
    expect(page.get_by_role("button", name=button, exact=True)).to_be_visible()
    look(page)
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("heading", name=done)).to_be_visible()
    look(page)


def test_an_address_is_confirmed_by_a_button(visit: Visit, stage: Stage, language: str) -> None:
    switch(stage, ON)
    body = {
        "email": "nia@example.com", "consent": True, "text_id": TEXTS[language], "locale": language,
    }  # fmt: skip
    page = visit("/healthz")
    page.request.post(page.url.replace("/healthz", f"/forms/{stage.store_id}"), data=body)
    page = visit(link_in(mails(stage)[0]))
    button, done = CONFIRMING[language]
    look(page)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("heading", name=done)).to_be_visible()
    look(page)


def test_a_dead_link_says_so(visit: Visit, language: str) -> None:
    page = visit("/u/nothing")
    expect(page.locator("html")).to_have_attribute("lang", language)
    look(page)


HEADINGS = {"en": "Reprise could not be opened", "de": "Reprise konnte nicht geöffnet werden"}


@pytest.mark.parametrize("path", ["/shopify/auth", "/woocommerce/install?store_url=http://a.test"])
def test_whoever_cannot_be_let_in_is_told_why(visit: Visit, language: str, path: str) -> None:
    page = visit(path)
    expect(page.get_by_role("heading", name=HEADINGS[language])).to_be_visible()
    look(page)
