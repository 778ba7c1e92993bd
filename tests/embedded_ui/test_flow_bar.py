"""The bar above a flow on a phone: two rows or three, and nothing of it cut, in each language."""

from datetime import timedelta

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import select, update

from storage import schema
from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    NARROW,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
TWO_LINES = 34  # px
ROWS = """bar => {
  const parts = [...bar.children].map(one => one.getBoundingClientRect())
    .filter(one => one.width && one.height > 4);
  const rows = [];
  for (const { top, bottom } of parts.sort((a, b) => a.top - b.top)) {
    const last = rows.at(-1);
    if (last && top < last - 4) rows[rows.length - 1] = Math.max(last, bottom);
    else rows.push(bottom);
  }
  return rows.length;
}"""
CUT = """bar => [...bar.querySelectorAll("h1, .savestate, .badge, button, select, a")]
  .filter(one => {
    const { left, right, width } = one.getBoundingClientRect();
    return width > 4 && (left < 0 || right > innerWidth || one.scrollWidth > one.clientWidth + 2);
  }).map(one => one.outerHTML)"""


def saved_long_ago(database: Database, store: SmallStore) -> None:
    f = schema.flows.c
    with database.writing() as connection:
        at = database.now(connection) - timedelta(days=300)
        mine = (f.store_id == store.id, f.id == store.flow[0])
        connection.execute(update(schema.flows).where(*mine).values(updated_at=at, changed_at=at))


def bar(frame: Frame) -> tuple[int, list[str]]:
    told = frame.locator(".fhead")
    return told.evaluate(ROWS), told.evaluate(CUT)


@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_live_flows_bar_takes_three_rows_at_the_most_with_its_date(
    open_page: Open, maple: SmallStore, database: Database, admin: AdminFrame, locale: str
) -> None:
    saved, pause = {"en": ("Saved", "Pause"), "de": ("Gespeichert", "Anhalten")}[locale]
    saved_long_ago(database, maple)
    admin.locale = locale
    frame = open_page(f"/flows/{maple.flow[0]}")
    expect(frame.get_by_role("button", name=pause, exact=True)).to_be_visible(timeout=30_000)
    expect(frame.get_by_role("status").filter(has_text=saved).first).to_be_visible()
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    check(frame)
    rows, cut = bar(frame)
    assert cut == []
    assert rows <= 3


def as_it_stands(database: Database, store: SmallStore, state: str) -> None:
    """Put the flow's draft and status as a merchant may find them."""
    f = schema.flows.c
    with database.writing() as connection:
        draft = connection.execute(select(f.draft).where(f.id == store.flow[0])).scalar_one()
        values = {
            "draft": {"draft": {**draft, "name": f"{draft['name']}, ohne Rabatt"}},
            "changed": {"draft": {**draft, "name": f"{draft['name']}, ohne Rabatt"}},
            "live": {"status": "live"},
            "paused": {"status": "paused"},
        }[state]
        if state == "draft":
            values |= {"status": "draft", "live_version_id": None}
        mine = (f.store_id == store.id, f.id == store.flow[0])
        connection.execute(update(schema.flows).where(*mine).values(**values))


@pytest.mark.parametrize("state", ["draft", "changed", "live", "paused"])
@pytest.mark.parametrize("locale", ["en", "de"])
def test_a_flows_bar_takes_one_row_on_a_desk_and_its_date_two_lines_on_a_phone(
    open_page: Open,
    maple: SmallStore,
    database: Database,
    admin: AdminFrame,
    locale: str,
    state: str,
) -> None:
    saved_long_ago(database, maple)
    as_it_stands(database, maple, state)
    admin.locale = locale
    frame = open_page(f"/flows/{maple.flow[0]}")
    saved, publish = {"en": ("Saved", "Publish"), "de": ("Gespeichert", "Veröffentlichen")}[locale]
    expect(frame.locator(".fhead .btn.primary")).to_be_visible(timeout=30_000)
    told = frame.get_by_role("status").filter(has_text=saved).first
    expect(told).to_be_visible()
    if state in ("changed", "live"):
        expect(frame.locator(".fhead .btn.worded:has(.phone)")).to_be_visible()
    expect(frame.locator(".fhead .btn.primary")).to_contain_text(publish)
    check(frame)
    assert bar(frame) == (1, [])
    frame.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    check(frame)
    rows, cut = bar(frame)
    assert (rows <= 3, cut) == (True, [])
    assert told.bounding_box()["height"] <= TWO_LINES  # type: ignore[index]
