"""Two of a team at one campaign: no words are saved over, and none go out, unseen."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Frame, expect

from storage.database import Database
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.conftest import MAPLE, token_for
from tests.embedded_ui.editing import preview, saved
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    maple,
    open_page,
)
from tests.jobs.test_steps import MAIL
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
Json = dict[str, Any]
Asks = Callable[..., Any]
DOCUMENT = {"name": "Sale", "source": {"everyone": True}, "steps": [MAIL]}
BIG = {"name": "Big spenders", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}


@pytest.fixture
def other(open_page: Open, admin: AdminFrame, maple: SmallStore) -> Asks:
    """Ask as somebody else of the team, from a client of their own."""
    frame = open_page("/campaigns")

    def asking(path: str, method: str = "GET", data: Json | None = None) -> Any:
        headers = {"Authorization": f"Bearer {token_for(MAPLE, sub='77')}"}  # good for a minute
        address = f"{admin.app_url}/panel/api{path}"
        answer = frame.page.request.fetch(address, method=method, headers=headers, data=data)
        assert answer.ok, answer.text()
        return answer.json()

    return asking


@pytest.fixture
def campaign(other: Asks) -> str:
    return str(other("/campaigns", "POST", DOCUMENT)["id"])


def wrote(other: Asks, campaign: str, **words: str) -> None:
    """Have somebody else write another subject."""
    document = other(f"/campaigns/{campaign}")["document"]
    [step] = document["steps"]
    document["steps"] = [{**step, "template": {**step["template"], **words}}]
    other(f"/campaigns/{campaign}", "PUT", document)


def subject(other: Asks, campaign: str) -> str:
    return str(other(f"/campaigns/{campaign}")["document"]["steps"][0]["template"]["subject"])


def opened(open_page: Open, campaign: str) -> Frame:
    frame = open_page(f"/campaigns/{campaign}/message")
    expect(preview(frame).locator("body")).to_be_visible()
    return frame


def test_two_who_write_one_message_are_told_and_undo_has_both(
    open_page: Open,
    other: Asks,
    campaign: str,
) -> None:
    frame = opened(open_page, campaign)
    wrote(other, campaign, subject="Theirs")
    field = frame.get_by_label("Subject", exact=True)
    field.fill("Mine")
    alert = frame.get_by_role("alert").filter(has_text="changed this message too")
    expect(alert).to_contain_text("Whichever you take, undo brings the other back.")
    check(frame)
    assert subject(other, campaign) == "Theirs"
    alert.get_by_role("button", name="Take the other").click()
    expect(field).to_have_value("Theirs")
    frame.get_by_role("button", name="Undo").click()
    expect(field).to_have_value("Mine")
    saved(frame)
    assert subject(other, campaign) == "Mine"


def test_what_another_chose_of_it_stays_when_its_message_is_written(
    open_page: Open,
    other: Asks,
    campaign: str,
) -> None:
    segment = other("/segments", "POST", BIG)["id"]
    frame = opened(open_page, campaign)
    document = other(f"/campaigns/{campaign}")["document"]
    other(f"/campaigns/{campaign}", "PUT", {**document, "source": {"segment": segment}})
    frame.get_by_label("Subject", exact=True).fill("Mine")
    saved(frame)
    kept = other(f"/campaigns/{campaign}")["document"]
    assert kept["source"] == {"segment": segment}
    assert subject(other, campaign) == "Mine"


def test_who_writes_while_another_sends_it_is_told_and_what_they_wrote_stays_on_the_page(
    open_page: Open,
    other: Asks,
    campaign: str,
) -> None:
    frame = opened(open_page, campaign)
    other(f"/campaigns/{campaign}/cancel", "POST", {})
    frame.get_by_label("Subject", exact=True).fill("Mine")
    expect(frame.get_by_text("This campaign is over")).to_be_visible()
    expect(frame.get_by_label("Subject", exact=True)).to_have_value("Mine")
    check(frame)


def test_choosing_whom_it_is_for_leaves_what_another_wrote(
    open_page: Open,
    other: Asks,
    campaign: str,
) -> None:
    other("/segments", "POST", BIG)
    frame = open_page(f"/campaigns/{campaign}")
    aim = frame.get_by_label("Send it to")
    expect(aim.get_by_role("option", name="Big spenders")).to_be_attached()
    wrote(other, campaign, subject="Theirs")
    aim.select_option(label="Big spenders")
    expect(frame.page.get_by_role("status").filter(has_text="Changed")).to_be_visible()
    assert subject(other, campaign) == "Theirs"
    assert "segment" in other(f"/campaigns/{campaign}")["document"]["source"]


def test_choosing_whom_it_is_for_is_not_done_over_anothers_choice_unseen(
    open_page: Open,
    other: Asks,
    campaign: str,
) -> None:
    other("/segments", "POST", BIG)
    theirs = other("/segments", "POST", {**BIG, "name": "Theirs"})["id"]
    frame = open_page(f"/campaigns/{campaign}")
    aim = frame.get_by_label("Send it to")
    expect(aim.get_by_role("option", name="Big spenders")).to_be_attached()
    document = other(f"/campaigns/{campaign}")["document"]
    other(f"/campaigns/{campaign}", "PUT", {**document, "source": {"segment": theirs}})
    aim.select_option(label="Big spenders")
    expect(frame.get_by_role("alert")).to_contain_text("Someone else chose other people meanwhile")
    expect(aim).to_have_value(theirs)
    check(frame)
    aim.select_option(label="Big spenders")
    expect(frame.page.get_by_role("status").filter(has_text="Changed")).to_be_visible()


def test_what_another_wrote_meanwhile_is_looked_at_before_it_goes_out(
    open_page: Open,
    other: Asks,
    campaign: str,
) -> None:
    frame = open_page(f"/campaigns/{campaign}")
    expect(frame.get_by_text("Email reaches")).to_be_visible()
    wrote(other, campaign, subject="Theirs")
    frame.get_by_role("button", name="Send now").click()
    frame.get_by_role("alertdialog").get_by_role("button", name="Send now").click()
    expect(frame.get_by_role("alert")).to_contain_text("was changed elsewhere meanwhile")
    expect(frame.get_by_text("Theirs")).to_be_visible()
    assert other(f"/campaigns/{campaign}")["state"] == "draft"
    check(frame)
    frame.get_by_role("button", name="Send now").click()
    frame.get_by_role("alertdialog").get_by_role("button", name="Send now").click()
    expect(frame.page.get_by_role("status").filter(has_text="on its way")).to_be_visible()


def test_a_time_that_is_being_chosen_stays_when_another_changes_it_and_that_is_told(
    open_page: Open,
    other: Asks,
    campaign: str,
) -> None:
    open_page("/campaigns").page.clock.install()
    frame = open_page(f"/campaigns/{campaign}")
    frame.get_by_role("radio", name="At a date").click()
    frame.get_by_label("Date and time").fill("2027-01-05T10:00")
    other(
        f"/campaigns/{campaign}/schedule", "POST", {"at": "2027-02-01T09:00", "clock": "customer"}
    )
    frame.page.clock.fast_forward("01:10")
    expect(frame.get_by_text("Someone else changed its time meanwhile.")).to_be_visible()
    expect(frame.get_by_text(re.compile("Goes out Feb 1"))).to_be_visible()
    expect(frame.get_by_label("Date and time")).to_have_value("2027-01-05T10:00")
    expect(frame.get_by_label("By whose clock")).to_have_value("customer")
    check(frame)


def test_what_was_typed_right_before_a_reload_is_there_again(
    open_page: Open,
    other: Asks,
    campaign: str,
    database: Database,
) -> None:
    frame = opened(open_page, campaign)
    frame.get_by_label("Subject", exact=True).fill("Typed and gone")
    frame = open_page(f"/campaigns/{campaign}/message")
    expect(frame.get_by_label("Subject", exact=True)).to_have_value("Typed and gone")
    expect(frame.get_by_text(re.compile("^Saved"))).to_be_visible()
    assert subject(other, campaign) == "Typed and gone"
