"""The form of a split in the builder's inspector: its figures, and who picks its winner."""

import re

from playwright.sync_api import expect

from storage.database import Database
from tests.embedded_ui.building import saved
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.embedded_ui.test_inspector import MAIL, TEMPLATE, choose, fill, keep, kept_of
from tests.seeding import Rows, SmallStore
from tests.storage.test_reports_flows import forked

pytestmark = IN_A_BROWSER


def test_the_figures_of_a_split_stay_beside_its_form(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    with database.writing() as connection:
        rows = Rows(connection, maple.id)
        flow = rows.flow(forked())
    frame = open_page(f"/flows/{flow[0]}")
    inside = choose(frame, "test")
    expect(inside.get_by_role("heading", name="Variants")).to_be_visible()
    expect(inside.get_by_label(re.compile("Share of A"))).to_be_visible()
    check(frame)


def test_a_split_is_told_by_what_it_picks_its_winner_by_itself(
    open_page: Open, maple: SmallStore, database: Database
) -> None:
    arms = [
        {"key": k, "weight": 1, "steps": [{**MAIL, "id": k, "template": TEMPLATE}]} for k in "ab"
    ]
    flow = keep(database, maple.id, {"kind": "split", "id": "toss", "variants": arms})
    frame = open_page(f"/flows/{flow}")
    inside = choose(frame, "toss")
    inside.get_by_label("Who picks the winner").select_option("orders")
    fill(inside, "People per variant, at the least", "500")
    saved(frame)
    assert kept_of(database, maple.id, flow)["toss"]["winner"] == {
        "by": "orders", "after": "P7D", "least": 500,
    }  # fmt: skip
    fill(inside, "Time for each person", "1")
    expect(inside.get_by_text("Use 2 to 60 days.")).to_be_visible()
    check(frame)
    inside.get_by_label("Who picks the winner").select_option("")
    expect(inside.get_by_label("Time for each person", exact=True)).to_have_count(0)
    saved(frame)
    assert "winner" not in kept_of(database, maple.id, flow)["toss"]
