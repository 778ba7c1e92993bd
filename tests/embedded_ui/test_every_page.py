"""Every page in German, on a desk and on a phone, light and dark; and when its figures fail.

What a page is for has a test of its own. Here each is held to axe and to its width in the states
that a page's own test leaves out, so that none of them is seen by a merchant first.
"""

import itertools
import re

import pytest
from playwright.sync_api import Frame, Route, expect

from embedded_ui.pages import PAGES
from storage import stores
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    FONT,
    IN_A_BROWSER,
    NARROW,
    Open,
    admin,
    check,
    database_url,
    empty,
    in_every_sight,
    maple,
    open_page,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
PLACES = {
    "dashboard": "",
    "flows": "/flows",
    "new flow": "/flows/new",
    "builder": "/flows/{flow}",
    "message": "/flows/{flow}/messages/reminder",
    "campaigns": "/campaigns",
    "segments": "/segments",
    "new segment": "/segments/new",
    "inbox": "/inbox",
    "customers": "/customers",
    "customer": "/customers/{customer}",
    "set-up": "/set-up",
    "settings": "/settings",
    "team": "/settings/team",
    "data": "/settings/data",
    "form": "/settings/form",
    "channels": "/settings/channels",
    "conversations": "/settings/conversations",
}
SLOW = 30_000  # ms
FULL, BARE = tuple(PLACES), ("dashboard", "flows", "campaigns", "segments", "customers", "set-up")
ASKED = {
    "dashboard": "/dashboard",
    "flows": "/flows",
    "builder": "/flows/",
    "campaigns": "/campaigns",
    "segments": "/segments",
    "inbox": "/conversations",
    "customers": "/customers",
    "customer": "/customers/",
    "form": "/settings/signup-form",
    "set-up": "/settings",
    "settings": "/settings",
    "team": "/team",
    "channels": "/channels",
    "conversations": "/settings/conversations",
}
"""Page -> part of the address of what it asks for first."""
SOME = "0192f2c4-0000-7000-8000-000000000000"
FAILING = {
    **{place: (PLACES[place], asked) for place, asked in ASKED.items()},
    "new flow": (PLACES["new flow"], "/flows"),
    "message": (PLACES["message"], "/flows/"),
    "segment": (f"/segments/{SOME}", "/segments/"),
    "campaign": (f"/campaigns/{SOME}", "/campaigns/"),
    "message of a campaign": (f"/campaigns/{SOME}/message", "/campaigns/"),
}
"""Page -> its address, and the part of another that is to fail: whose it would be nobody asks."""


def at(place: str, store: SmallStore) -> str:
    return PLACES[place].format(flow=store.flow[0], customer=store.ada)


def looked_at(frame: Frame) -> None:
    """In each width and theme, once all of it is there: no part of it holds a place any more."""
    expect(frame.locator("[aria-busy=true]")).to_have_count(0, timeout=SLOW)
    expect(frame.locator("main, .msg, .builder, .canvas").first).to_be_visible(timeout=SLOW)
    expect(frame.locator(".sk")).to_have_count(0, timeout=SLOW)
    in_every_sight(frame)


@pytest.mark.parametrize("place", FULL)
def test_a_page_is_sound_in_german(
    open_page: Open, admin: AdminFrame, maple: SmallStore, place: str
) -> None:
    admin.locale = "de"
    frame = open_page(at(place, maple))
    expect(frame.locator("html")).to_have_attribute("lang", re.compile("^de"))
    looked_at(frame)


@pytest.mark.parametrize("place", BARE)
def test_a_page_of_a_new_store_is_sound_in_german(
    open_page: Open, admin: AdminFrame, empty: str, place: str
) -> None:
    admin.locale = "de"
    looked_at(open_page(PLACES[place]))


@pytest.mark.parametrize("place", tuple(FAILING))
def test_a_page_that_gets_no_answer_says_so_and_offers_to_try_again(
    open_page: Open, admin: AdminFrame, maple: SmallStore, place: str
) -> None:
    address, asked = FAILING[place]
    admin.faults[asked] = 503
    frame = open_page(address.format(flow=maple.flow[0], customer=maple.ada))
    again = frame.get_by_role("button", name=re.compile("Try again|Reload"))
    expect(again.first).to_be_visible(timeout=SLOW)
    expect(frame.get_by_role("heading", level=1).first).to_be_visible()
    expect(frame.locator(".banner.bad")).to_have_count(1)
    expect(frame.get_by_text(re.compile("^Request [0-9a-f]{8}$"))).to_be_visible()
    expect(frame.locator(".sk")).to_have_count(0, timeout=SLOW)  # nothing is waited for any more
    in_every_sight(frame)


ASKED_IN_ALL = 3
"""Times that the panel asks for a list that fails: once, and twice again by itself."""


WAITING = {place: told for place, told in FAILING.items() if place != "new flow"}


@pytest.mark.parametrize("place", sorted(WAITING))
def test_a_page_that_waits_holds_its_places(open_page: Open, maple: SmallStore, place: str) -> None:
    address, asked = WAITING[place]
    page = open_page("/settings/data").page
    kept: list[Route] = []

    def keep(route: Route) -> None:
        kept.append(route)

    page.route(re.compile(f"/panel/api{asked}"), keep)
    frame = open_page(address.format(flow=maple.flow[0], customer=maple.ada))
    expect(frame.locator(".sk").first).to_be_visible(timeout=SLOW)
    expect(frame.get_by_role("heading", level=1).first).to_be_visible()
    expect(frame.get_by_role("alert")).to_have_count(0)
    check(frame)
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    expect(frame.get_by_role("heading", level=1).first).to_be_visible()
    frame.evaluate("document.documentElement.dataset.theme = 'dark'")
    check(frame)


BOX = """() => { const page = document.querySelector("main").getBoundingClientRect();
    const title = document.querySelector("h1").getBoundingClientRect();
    return [page.left, page.width, title.left, title.top + title.height / 2] }"""
STEADY = ("builder", "message", "segments", "set-up", "settings")


def stands_still(open_page: Open, address: str, asked: str) -> None:
    """See that a page's title stands where it stood while its first answer was waited for."""
    page = open_page("/settings/data").page
    kept: list[Route] = []
    let_go = False

    def keep(route: Route) -> None:
        route.continue_() if let_go else kept.append(route)

    page.route(re.compile(f"/panel/api{asked}"), keep)
    frame = open_page(address)
    expect(frame.locator(".sk").first).to_be_visible(timeout=SLOW)
    expect(frame.get_by_role("heading", level=1)).to_have_count(1)
    before = frame.evaluate(BOX)
    let_go = True
    for one in kept:
        one.continue_()
    expect(frame.locator("[aria-busy=true]")).to_have_count(0, timeout=SLOW)
    expect(frame.locator(".sk")).to_have_count(0, timeout=SLOW)
    assert frame.evaluate(BOX) == before


@pytest.mark.parametrize("place", STEADY)
def test_a_page_stands_where_it_stood_while_it_was_waited_for(
    open_page: Open, maple: SmallStore, place: str
) -> None:
    address, asked = WAITING[place]
    stands_still(open_page, address.format(flow=maple.flow[0], customer=maple.ada), asked)


FLICKER = """() => { window.grey = 0; new MutationObserver(() => {
    window.grey += document.querySelectorAll(".sk").length;
    }).observe(document.body, {subtree: true, childList: true});
    dispatchEvent(new Event("visibilitychange")) }"""


def test_what_failed_stays_said_while_it_is_asked_for_again(
    open_page: Open, admin: AdminFrame, maple: SmallStore
) -> None:
    admin.faults["/segments"] = 503
    frame = open_page("/segments")
    again = frame.get_by_role("button", name="Try again")
    expect(again).to_be_visible(timeout=SLOW)
    answers = itertools.count(1)
    with frame.page.expect_response(
        lambda got: "/panel/api/segments?" in got.url and next(answers) == ASKED_IN_ALL,
        timeout=SLOW,
    ):
        frame.evaluate(FLICKER)
    expect(again).to_be_visible()
    assert frame.evaluate("window.grey") == 0
    del admin.faults["/segments"]
    again.click()
    expect(frame.get_by_text("No segments yet")).to_be_visible(timeout=SLOW)
    expect(frame.get_by_role("alert")).to_have_count(0)


CUT = """() => [...document.querySelectorAll(".sh b, .sf > *")]
    .filter(e => e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
    .filter(e => getComputedStyle(e).display !== "inline").map(e => e.textContent)"""


def test_cards_of_steps_have_room_for_german_titles_and_for_what_messages_cost(
    open_page: Open, admin: AdminFrame, maple: SmallStore, database: Database
) -> None:
    admin.locale = "de"
    with database.writing() as connection:
        stores.set_settings(connection, maple.id, {"message_prices": {"email": 1000}})
    frame = open_page(at("builder", maple))
    expect(frame.get_by_text("Wenn ein Warenkorb verlassen wird").first).to_be_visible()
    expect(frame.locator(".sf .spent").first).to_be_visible(timeout=SLOW)
    frame.wait_for_function(FONT)
    assert frame.evaluate(CUT) == []
    in_every_sight(frame)


def test_no_page_is_left_out(maple: SmallStore) -> None:
    addresses = [at(place, maple).partition("?")[0].strip("/") for place in PLACES]
    left = [page.module for page in PAGES if not any(page.path.fullmatch(one) for one in addresses)]
    assert left == ["src/pages/CampaignPage.tsx", "src/pages/CampaignMessagePage.tsx"], (
        "these two have all their states in test_campaigns_page.py"
    )
