"""Whom a campaign is said to reach before that is counted, while it is, and by several channels."""

from playwright.sync_api import Route, expect

from jobs import campaigns, segments
from jobs.runtime import Runtime
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    check,
    database_url,
    in_every_sight,
    maple,
    open_page,
    wide_again,
)
from tests.embedded_ui.test_campaigns_page import BIG, made, runtime, sink  # noqa: F401  fixtures
from tests.jobs.test_steps import MAIL
from tests.seeding import SmallStore

pytestmark = IN_A_BROWSER
SLOW = 15_000  # ms


def test_the_people_of_a_new_segment_are_said_to_be_still_looked_for(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    segment = segments.create(runtime, maple.id, BIG)
    document = {"name": "Sale", "source": {"segment": segment}, "steps": [MAIL]}
    own = campaigns.create(runtime, maple.id, document).campaign.id
    frame = open_page(f"/campaigns/{own}")
    expect(frame.get_by_text("Its people are still being found: 0 so far")).to_be_visible()
    expect(frame.get_by_text("Email reaches")).to_have_count(0)
    in_every_sight(frame)
    wide_again(frame)
    frame.get_by_role("button", name="Send now").click()
    question = frame.get_by_role("alertdialog")
    expect(question).to_contain_text("Whom it reaches is not counted yet.")
    check(frame)
    question.get_by_role("button", name="Not yet").click()
    segments.drain(runtime, [maple.id])
    expect(frame.get_by_text("1 person in it by now")).to_be_visible(timeout=SLOW)
    frame.get_by_role("button", name="Send now").click()
    expect(question).to_contain_text("It goes to up to 1 person.")


def test_who_sends_before_it_is_counted_is_not_told_that_it_goes_to_nobody(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    own = made(runtime, maple.id)
    kept: list[Route] = []

    def keep(route: Route) -> None:
        kept.append(route)

    open_page("/campaigns").page.route("**/audience", keep)
    frame = open_page(f"/campaigns/{own}")
    frame.get_by_role("button", name="Send now").click()
    question = frame.get_by_role("alertdialog")
    expect(question).to_contain_text("Whom it reaches is not counted yet.")
    check(frame)
    kept[0].continue_()
    expect(question).to_contain_text("It goes to up to 1 person.")


def test_by_several_channels_no_list_is_promised_that_does_not_come(
    open_page: Open, maple: SmallStore, runtime: Runtime
) -> None:
    both = {**MAIL, "channels": ["email", "sms"], "template": {**MAIL["template"], "sms": "News"}}
    document = {"name": "Sale", "source": {"everyone": True}, "steps": [both]}
    own = campaigns.create(runtime, maple.id, document).campaign.id
    frame = open_page(f"/campaigns/{own}")
    expect(frame.get_by_text("Email reaches 1")).to_be_visible()
    frame.get_by_role("button", name="Send now").click()
    question = frame.get_by_role("alertdialog")
    expect(question).to_contain_text("8 people are in it by now.")
    expect(question).not_to_contain_text("These are left out")
    check(frame)
