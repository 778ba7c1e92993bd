"""A public comment in the inbox, in a browser: answered privately, once, and why not any more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from channels import Providers
from jobs import reply
from jobs.runtime import Runtime
from sandbox.meta import Meta
from tests.channels.meta_stand import graph_url, meta
from tests.embedded_ui.admin_frame import AdminFrame
from tests.embedded_ui.framed import (
    IN_A_BROWSER,
    Open,
    admin,
    database_url,
    in_every_sight,
    look,
    maple,
    open_page,
    wide_again,
)
from tests.embedded_ui.test_comments_in_the_inbox_api import comment
from tests.seeding import SmallStore

__all__ = ["admin", "database_url", "graph_url", "maple", "meta", "open_page"]
pytestmark = IN_A_BROWSER
SLOW = 30_000


@pytest.fixture
def runtime(admin: AdminFrame, graph_url: str) -> Runtime:
    """The app's own, with Meta where it is here."""
    own: Runtime = admin.app.extensions["reprise"]
    urls = {"meta_graph_url": graph_url, "instagram_graph_url": graph_url}
    admin.app.extensions["reprise"] = own = replace(
        own, providers=Providers(use_proxies=False, **urls)
    )
    return own


def test_a_comment_is_answered_privately_by_keys_and_then_says_that_it_was(
    open_page: Open, maple: SmallStore, runtime: Runtime, meta: Meta
) -> None:
    said = comment(runtime, maple, meta, timedelta(hours=1))
    frame = look(open_page, "/inbox", "Does it come in blue?")
    wide_again(frame)
    frame.get_by_role("link", name="Does it come in blue?").click()
    thread = frame.get_by_role("region", name="Conversation with")
    expect(thread.get_by_text("The time to answer here is over")).to_be_visible(timeout=SLOW)
    expect(thread.get_by_text("Once, until Nov")).to_be_visible(timeout=SLOW)
    thread.get_by_role("button", name="Answer privately").press("Enter")
    box = frame.get_by_label("Private answer to the comment", exact=True)
    expect(box).to_be_focused()
    expect(thread.get_by_text("To the comment “Does it come in blue?”")).to_be_visible()
    in_every_sight(frame)
    wide_again(frame)
    box.fill("It does, and in green.")
    box.press("Control+Enter")
    expect(thread.get_by_text("Waiting to go out")).to_be_visible(timeout=SLOW)
    while reply.drain(runtime, [maple.id]):
        pass
    expect(thread.get_by_text("Answered privately. More goes")).to_be_visible(timeout=SLOW)
    expect(thread.get_by_text("Your team, privately to the comment")).to_be_visible(timeout=SLOW)
    expect(thread.get_by_role("button", name="Answer privately")).to_have_count(0)
    in_every_sight(frame)
    [sent] = [one for one in meta.chats("messenger", "Ada") if not one["is_inbound"]]
    assert (sent["text"], sent["content"]["comment_id"]) == ("It does, and in green.", said)


def test_a_comment_is_left_alone_again_and_an_old_one_says_why_it_must_be(
    open_page: Open, maple: SmallStore, runtime: Runtime, meta: Meta
) -> None:
    comment(runtime, maple, meta, timedelta(days=8))
    comment(runtime, maple, meta, timedelta(hours=1))
    frame = open_page("/inbox")
    frame.get_by_role("link", name="Does it come in blue?").click(timeout=SLOW)
    thread = frame.get_by_role("region", name="Conversation with")
    expect(thread.get_by_text("answered privately for 7 days only")).to_be_visible(timeout=SLOW)
    thread.get_by_role("button", name="Answer privately").click()
    thread.get_by_role("button", name="answer the comment").click()
    expect(frame.get_by_label("Reply by Messenger")).to_be_visible()
