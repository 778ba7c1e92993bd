"""The bar above a flow on a phone: two rows or three, and nothing of it cut, in each language."""

from datetime import timedelta

import pytest
from playwright.sync_api import Frame, expect
from sqlalchemy import update

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
