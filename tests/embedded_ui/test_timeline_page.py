"""The customer's page as the team has it: what was said, by whom, and who took over and why."""

from datetime import timedelta

from playwright.sync_api import expect

from jobs import conversations as hands
from jobs.runtime import Runtime
from marketing.chat import Author
from marketing.hand_over_rules import Found
from storage import Connection, inbound, replies, stores
from storage.inbound import Inbound
from storage.replies import NewReply
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (  # noqa: F401  fixtures
    IN_A_BROWSER,
    Open,
    admin,
    database_url,
    look,
    maple,
    open_page,
)
from tests.seeding import NOW, SmallStore

pytestmark = IN_A_BROWSER
SLOW = 30_000


def talked(runtime: Runtime, maple: SmallStore) -> None:
    """Let Ada ask for a person, a machine say that one comes, Mara answer, and it be given back."""

    def happen(connection: Connection) -> None:
        store = stores.by_id(connection, maple.id)
        assert store
        at = NOW - timedelta(hours=1)
        wrote = Inbound("in1", maple.ada, "igsid", "I want to talk to a person", at)
        inbound.keep(connection, maple.id, "instagram", [wrote])
        rule = Found("agent_word:en")
        hands.take_over(connection, runtime, store, maple.ada, at=at, by=hands.RULE, found=rule)
        for number, (author, name, text) in enumerate(
            (
                (Author.BOT, None, "Somebody will write to you."),
                (Author.PERSON, "Mara", "Hello Ada,\nwhat can I do?"),
            )
        ):
            new = NewReply(maple.ada, "instagram", "igsid", author, text, author_name=name)
            when = at + timedelta(minutes=number + 1)
            replies.queue(connection, maple.id, new, when, when)
        who = {"by": hands.MERCHANT, "who": "Mara"}
        hands.give_back(connection, runtime, store, maple.ada, at=NOW, **who)

    runtime.database.write(happen)


def test_the_timeline_says_what_was_said_and_who_took_over_and_why(
    open_page: Open, admin: AdminFrame, maple: SmallStore
) -> None:
    talked(admin.app.extensions["reprise"], maple)
    frame = look(open_page, f"/customers/{maple.ada}", "I want to talk to a person")
    timeline = frame.get_by_role("region", name="Timeline")
    for told in (
        "Because: They asked for a person.",
        "Automation answered",
        "Mara answered",
        "what can I do?",
        "By Mara",
    ):
        expect(timeline.get_by_text(told).first).to_be_visible(timeout=SLOW)
    timeline.get_by_role("link", name="Mara answered").click()
    thread = frame.get_by_role("region", name="Conversation with")
    expect(thread.get_by_text("By Mara")).to_be_visible(timeout=SLOW)
    expect(thread.get_by_text("Because: They asked for a person.")).to_be_visible(timeout=SLOW)
