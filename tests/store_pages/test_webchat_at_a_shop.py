"""The website chat on the sandbox's shop front: flows ask there, and people answer.

The chat stands there as an app embed, the theme extension's own files on a page of products.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from jobs import signups
from marketing.blocks.words import words_of
from marketing.chat import Author, Button, Card, ChatContent
from sandbox.oauth import Client
from sandbox.seed import plant
from sandbox.shop_front import create_shop_front
from sandbox.world import SAMPLE_SHOP, Settings, World
from storage import schema
from tests.jobs.chatting import WAKING
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_steps import a_flow
from tests.sandbox.conftest import EVERYTHING
from tests.served import served
from tests.store_pages.conftest import WAIT, arrived, look, work
from tests.test_webchat_door import answer, turn_on

pytestmark = pytest.mark.browser
ON = {"channel": "webchat", "message_kind": "transactional"}
HELLO = {"event": "message.received", "channel": "webchat", "keywords": ["hello"]}
KEPT = re.compile(r"^(Not sent yet|No connection)\.")
AGREED = words_of("en")["agree_email"]
BOXES = """(all) => all.map((one) => one.getBoundingClientRect())
    .filter((box) => box.width && box.height).map((box) => [box.x, box.y, box.width, box.height])"""


@pytest.fixture
def world(stage: Stage, app_url: str, tmp_path: Path) -> Iterator[World]:
    """The sample shop, with the app in it."""
    made = World(Settings(tmp_path, app_url, Client("id", ("x",))), EVERYTHING)
    plant(made)
    told = {"accountID": stage.store_id, "endpoint": f"{app_url}/pixel"}
    made.state.put(SAMPLE_SHOP, "web_pixel", {"id": "app", "number": 1, "settings": told})
    made.state.put(SAMPLE_SHOP, "install", {"id": "app", "active": True})
    yield made
    made.close()


@pytest.fixture
def shop_url(stage: Stage, world: World) -> Iterator[str]:
    """Its pages, on which the merchant turned the chat on."""
    with served(create_shop_front(world)) as url:
        world.settle_ports(front_port=urlsplit(url).port)
        stage.change(schema.stores, stage.store_id, settings=WAKING)
        turn_on(stage, stage.store_id, origins=world.front_url)
        yield world.front_url


def said(step_id: str) -> dict[str, Any]:
    template = {"chat": {"text": f"It is {step_id}."}}
    return {**ON, "kind": "message", "id": step_id, "template": template}


def an_ask() -> dict[str, Any]:
    """A question each of whose ways says which it is."""
    sizes = ("Small", "Large")
    return {
        **ON, "kind": "ask", "id": "size", "timeout": "PT2H", "saves": "size",
        "template": {"chat": {"text": "Which size?"}},
        "answers": [{"key": one.lower(), "label": one, "steps": [said(one.lower())]}
                    for one in sizes],
        "otherwise": [said("other")], "silent": [said("silence")],
    }  # fmt: skip


def a_collect() -> dict[str, Any]:
    return {
        **ON, "kind": "collect", "id": "mail", "contact": "email", "timeout": "PT2H",
        "template": {"chat": {"text": "Your address?"}},
        "given": [said("thanks")], "otherwise": [said("elsewhere")],
    }  # fmt: skip


def open_chat(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=re.compile("Open chat|New message")).click()
    expect(page.get_by_label("Your message")).to_be_focused()


def lines(page: Page, words: str) -> Locator:
    return page.locator(".log .line", has_text=words)


def sees(page: Page, words: str) -> None:
    expect(lines(page, words)).to_be_visible(timeout=WAIT)


def write(stage: Stage, page: Page, words: str) -> None:
    page.get_by_label("Your message").fill(words)
    page.keyboard.press("Enter")
    arrived(page, words)
    work(stage)


def tap(stage: Stage, page: Page, label: str) -> None:
    page.get_by_role("button", name=label, exact=True).click(timeout=WAIT)
    arrived(page, label)
    work(stage)


def property_of_the_visitor(stage: Stage, name: str) -> Any:
    [who] = stage.rows(schema.identities, channel="webchat")
    [row] = stage.rows(schema.customers, id=who.customer_id)
    return row.properties.get(name)


def test_a_question_is_answered_by_a_button_and_an_address_given_with_the_words_agreed_to(
    page: Page, shop_url: str, stage: Stage
) -> None:
    a_flow(stage, an_ask(), a_collect(), trigger=HELLO)
    open_chat(page, shop_url)
    write(stage, page, "hello")
    sees(page, "Which size?")
    tap(stage, page, "Large")
    sees(page, "It is large.")
    sees(page, f"Your address?\n\n{AGREED}")
    assert property_of_the_visitor(stage, "size") == "Large"
    write(stage, page, "It is nia@example.com, thanks")
    sees(page, "It is thanks.")
    [kept] = stage.rows(schema.signups)
    assert (kept.email, kept.told["text"], kept.told["source"]) == (
        "nia@example.com", AGREED, "chat"
    )  # fmt: skip
    assert stage.rows(schema.customers, email_key="nia@example.com") == []
    the_owner_says_yes(stage)
    [owner] = stage.rows(schema.customers, email_key="nia@example.com")
    assert (owner.email_consent, owner.email_consent_source) == ("subscribed", "chat")
    [who] = stage.rows(schema.identities, channel="webchat")
    assert who.customer_id == owner.id


def the_owner_says_yes(stage: Stage) -> None:
    [mail] = stage.sink.mails
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(r"/f/([^?\s]+)\?chat=(\S+)", text)
    assert found
    signups.confirm(stage.runtime, found[1], found[2])


@pytest.mark.parametrize(
    ("words", "way"), [("a large one, please", "large"), ("2", "large"), ("Grün?", "other")]
)
def test_free_words_answer_a_question_too(
    page: Page, shop_url: str, stage: Stage, words: str, way: str
) -> None:
    a_flow(stage, an_ask(), trigger=HELLO)
    open_chat(page, shop_url)
    write(stage, page, "hello")
    sees(page, "Which size?")
    write(stage, page, words)
    sees(page, f"It is {way}.")


def test_who_does_not_answer_in_time_goes_the_way_of_silence_and_a_late_tap_changes_nothing(
    page: Page, shop_url: str, stage: Stage
) -> None:
    a_flow(stage, an_ask(), trigger=HELLO)
    open_chat(page, shop_url)
    write(stage, page, "hello")
    sees(page, "Which size?")
    stage.live(3 * HOUR, step=30 * MINUTE)
    sees(page, "It is silence.")
    tap(stage, page, "Small")
    assert property_of_the_visitor(stage, "size") is None
    expect(lines(page, "It is small.")).to_have_count(0)


@pytest.mark.parametrize("words", ["agent", "I want to talk to a real person"])
def test_a_word_calls_a_person_whose_answer_arrives_in_the_open_window(
    page: Page, shop_url: str, stage: Stage, words: str
) -> None:
    a_flow(stage, an_ask(), trigger=HELLO)
    open_chat(page, shop_url)
    write(stage, page, words)
    [held] = stage.rows(schema.conversations)
    assert held.state == "human"
    expect(page.locator(".line.bot").nth(1)).to_be_visible(timeout=WAIT)
    answer(stage, "Mara here. How can I help?")
    sees(page, "Mara here. How can I help?")
    expect(page.locator(".line.person .who")).to_have_text(stage.store.name)
    write(stage, page, "hello")
    assert stage.messages() == [], "no flow answers in human hands"


def test_the_button_calls_a_person_in_the_middle_of_a_question(
    page: Page, shop_url: str, stage: Stage
) -> None:
    a_flow(stage, an_ask(), trigger=HELLO)
    open_chat(page, shop_url)
    write(stage, page, "hello")
    sees(page, "Which size?")
    tap(stage, page, "Talk to an agent")
    [held] = stage.rows(schema.conversations)
    assert held.state == "human"
    expect(page.get_by_role("button", name="Small", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name="Talk to an agent")).to_have_count(1)


def test_a_question_can_be_answered_after_a_reload_and_on_another_page(
    page: Page, shop_url: str, stage: Stage
) -> None:
    a_flow(stage, an_ask(), trigger=HELLO)
    open_chat(page, shop_url)
    write(stage, page, "hello")
    sees(page, "Which size?")
    page.get_by_role("button", name="Close chat").click()
    page.get_by_role("link", name="Cart").click()
    page.reload()
    open_chat(page, page.url)
    sees(page, "Which size?")
    tap(stage, page, "Small")
    sees(page, "It is small.")
    expect(page.locator(".line.visitor", has_text="hello")).to_have_count(1)
    assert len(stage.rows(schema.webchat_visitors)) == 1


def test_two_tabs_show_one_conversation_and_an_answer_counts_once(
    page: Page, shop_url: str, stage: Stage
) -> None:
    a_flow(stage, an_ask(), trigger=HELLO)
    open_chat(page, shop_url)
    write(stage, page, "hello")
    other = page.context.new_page()
    other.set_default_timeout(WAIT)
    open_chat(other, f"{shop_url}/cart")
    sees(other, "Which size?")
    tap(stage, page, "Small")
    for tab in (page, other):
        sees(tab, "It is small.")
    expect(other.get_by_role("button", name="Large", exact=True)).to_have_count(0, timeout=WAIT)
    assert property_of_the_visitor(stage, "size") == "Small"
    write(stage, other, "From the other tab")
    sees(page, "From the other tab")
    assert len(stage.rows(schema.webchat_visitors)) == 1


def test_what_is_written_without_a_network_goes_out_once_it_is_back(
    page: Page, shop_url: str, stage: Stage
) -> None:
    a_flow(stage, an_ask(), trigger=HELLO)
    open_chat(page, shop_url)
    page.context.set_offline(True)
    page.get_by_label("Your message").fill("hello")
    page.keyboard.press("Enter")
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=WAIT)
    expect(page.locator(".waiting .line")).to_contain_text("Not sent")
    page.context.set_offline(False)
    arrived(page, "hello")
    work(stage)
    expect(page.get_by_text(KEPT)).to_have_count(0, timeout=WAIT)
    sees(page, "Which size?")


def a_choice(shop_url: str) -> ChatContent:
    """What a flow may recommend: two products, one of which says all it can."""
    soap = Card(
        "Cedar soap, a bar of it for every basin in the house and one to give away", "$9.00",
        f"{shop_url}/cdn/shop/cedar-soap.png", f"{shop_url}/products/cedar-soap",
        (Button("Have a look", url=f"{shop_url}/products/cedar-soap"), Button("This", "pick:1")),
    )  # fmt: skip
    bowl = Card("Stoneware bowl", "$38.00", "", f"{shop_url}/products/stoneware-bowl")
    return ChatContent("These two go well together:", cards=(soap, bowl))


def test_the_window_is_sound_in_every_state_width_and_theme(
    page: Page, shop_url: str, stage: Stage
) -> None:
    a_flow(stage, an_ask(), a_collect(), trigger=HELLO)
    page.goto(shop_url)
    expect(page.get_by_role("button", name="Open chat")).to_be_visible()
    look(page)
    open_chat(page, shop_url)
    look(page)
    write(stage, page, "hello")
    sees(page, "Which size?")
    look(page)
    tap(stage, page, "Large")
    sees(page, "Your address?")
    write(stage, page, "Before that: do you wrap gifts, and what would it cost me to have it sent?")
    answer(stage, a_choice(shop_url), Author.BOT)
    sees(page, "Stoneware bowl")
    look(page)
    answer(stage, "Mara here. We do, at no cost. See https://maple.example/gifts for how it looks.")
    sees(page, "Mara here.")
    page.context.set_offline(True)
    page.get_by_label("Your message").fill("Wonderful!\nThen one of each, please.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_text(KEPT)).to_be_visible(timeout=WAIT)
    page.get_by_label("Your message").fill("And a card:\n\n“For Ada,\nwith love”")
    look(page)


def seen_of(page: Page) -> tuple[str, list[list[float]]]:
    """What is read and where it stands: two pictures of one page differ in a shade at times."""
    body = page.locator("body")
    return body.aria_snapshot(), body.locator("*").evaluate_all(BOXES)


def test_without_scripts_the_page_is_as_it_was(
    browser: Browser, shop_url: str, world: World
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shop_url)
    assert page.locator("[data-reprise-chat]").count() == 1
    there = seen_of(page)
    assert "heading" in there[0]
    assert len(there[1]) > 20
    world.state.put(SAMPLE_SHOP, "embed", {"id": "chat-embed", "is_on": False})
    page.reload()
    assert page.locator("[data-reprise-chat]").count() == 0
    assert seen_of(page) == there
    context.close()
