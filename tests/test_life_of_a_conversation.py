"""A sale that a conversation saved, across channels, as those who were in it lived it.

A visitor wrote to the store on Instagram, left a cart and an e-mail unanswered; a message on
Instagram inside the window, or a text where the window had closed, brought a question, which the
bot answered, and one more, which a person answered from the inbox.
"""

import re
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Frame, Page, expect

from tests.demo import asked
from tests.embedded_ui.framed import IN_A_BROWSER
from tests.merchant import RECIPE, SLOW, desk, press, shopper, town  # noqa: F401  fixtures
from tests.test_life_of_a_cart import Town, leave_a_cart

pytestmark = IN_A_BROWSER
ADA, MAIL, NUMBER = "Ada", "ada.chats@example.com", "+12125550143"
SHOP_ZONE = ZoneInfo("America/New_York")
FOOTER = {"kind": "footer", "id": "footer"}
HELLO = {
    "name": "Hello on Instagram",
    "trigger": {"event": "message.received", "channel": "instagram", "keywords": ["hello"]},
    "steps": [
        {
            "kind": "collect", "id": "address", "channel": "instagram", "timeout": "PT2H",
            "message_kind": "transactional", "contact": "email", "subscribes": True,
            "template": {"chat": {"text": "Hello! Which e-mail address may we know you by?"}},
        }
    ],
}  # fmt: skip
CART = {
    "name": "A cart, by mail and chat",
    "trigger": {"event": "cart.abandoned", "idle": "PT1H", "reentry": "always"},
    "exits": ["order.placed"],
    "steps": [
        {
            "kind": "message", "id": "mail", "channel": "email",
            "template": {
                "subject": "Your cart is waiting",
                "blocks": [
                    {"kind": "heading", "id": "heading", "text": "Still thinking?"},
                    {"kind": "products", "id": "products", "of": "cart"},
                    {"kind": "button", "id": "b", "label": "My cart", "href": "{{ cart.url }}"},
                    FOOTER,
                ],
            },
        },
        {"kind": "delay", "id": "silence", "duration": "PT3H"},
        {
            "kind": "message", "id": "chat", "channels": ["instagram", "sms"],
            "template": {
                "sms": "Your cart is still here: {{ cart.url }}",
                "chat": {
                    "text": "Your cart is still here. Anything we can answer?",
                    "buttons": [{"label": "To my cart", "url": "{{ cart.url }}"}],
                },
            },
        },
    ],
}  # fmt: skip
SHIPPING = {
    "name": "Where we ship",
    "trigger": {"event": "message.received", "keywords": ["ship", "shipping"]},
    "steps": [
        {
            "kind": "message", "id": "answer", "channels": ["instagram", "sms"],
            "message_kind": "transactional",
            "template": {
                "sms": "We ship everywhere within three days.",
                "chat": {"text": "We ship everywhere within three days."},
            },
        }
    ],
}  # fmt: skip


def test_a_chat_inside_its_window_brings_a_question_a_person_and_a_sale(
    town: Town, browser: Browser, shopper: Page
) -> None:
    flow_id = the_store_is_set_up(town)
    ada_writes_in_the_morning(town)
    she_says_by_mail_that_it_was_her(town, shopper)
    leave_a_cart_of_hers(town, shopper)
    town.later("1h 5m")
    assert town.mails(MAIL)[-1]["subject"] == "Your cart is waiting"
    town.later("3h 5m")
    assert last_said(town).startswith("Your cart is still here.")
    writes(town, "Shipping?")
    until(lambda: last_said(town) == "We ship everywhere within three days.")
    writes(town, "agent")
    with desk(browser, town) as at:
        the_merchant_answers(at.open("Inbox"), town)
        at.look()
    she_reads_it_on_her_phone_and_buys(town, shopper)
    the_sale_is_the_flow_s(town, flow_id)


def test_outside_the_window_the_text_takes_over_and_the_panel_says_why(
    town: Town, shopper: Page
) -> None:
    the_store_is_set_up(town)
    ada_writes_in_the_morning(town)
    she_says_by_mail_that_it_was_her(town, shopper)
    her_number_is_in_the_store(town)
    town.later("1d")
    leave_a_cart_of_hers(town, shopper)
    town.later("1h 5m")
    assert town.mails(MAIL)[-1]["subject"] == "Your cart is waiting"
    before = len(said(town))
    town.later("3h 5m")
    assert len(said(town)) == before
    texts = asked(f"{town.mailbox}/api/texts?{urlencode({'number': NUMBER})}")
    assert texts[-1]["body"].startswith("Maple & Moss: Your cart is still here: http")
    [message] = [
        one["message"] for one in town.timeline(MAIL)
        if one.get("message", {}).get("channel") == "sms"
    ]  # fmt: skip
    assert message["passed_over"] == [{"channel": "instagram", "reason": "channel_window"}]


# The store.


def the_store_is_set_up(town: Town) -> str:
    """Connect both accounts, put the three flows on; give the cart flow's id."""
    mine = asked(f"{town.mailbox}/api/chats/instagram/account")
    put = told(town, "PUT", "channels/instagram", provider="meta", fields=mine)
    back = {"url": put["callback_url"], "verify_token": put["fields"]["verify_token"]}
    assert asked(f"{town.mailbox}/api/chats/instagram/callback", **back)["verified"]
    assert told(town, "POST", "channels/instagram/test", to=NUMBER)["is_sent"]
    told(town, "PUT", "channels/sms", provider="twilio", fields=the_twilio_account(town))
    [recipe] = [one for one in town.panel("flows")["flows"] if one["name"] == RECIPE]
    told(town, "POST", f"flows/{recipe['id']}/pause")
    ids = [told(town, "POST", "flows", **flow)["id"] for flow in (HELLO, SHIPPING, CART)]
    for flow_id in ids:
        told(town, "POST", f"flows/{flow_id}/publish", revision=None)
    return str(ids[-1])


def the_twilio_account(town: Town) -> dict[str, str]:
    account = asked(f"{town.mailbox}/api/texts/account")
    return {name: account[name] for name in ("account_sid", "auth_token", "sender")}


def told(town: Town, method: str, path: str, **body: Any) -> Any:
    token = asked(f"{town.admin}/api/session-token")["token"]
    headers = {"Authorization": f"Bearer {token}"}
    return asked(f"{town.app}/panel/api/{path}", headers, method=method, **body)


# The visitor.


def ada_writes_in_the_morning(town: Town) -> None:
    """At nine: chats keep the night's quiet."""
    now = datetime.fromisoformat(asked(f"{town.admin}/api/clock")["now"]).astimezone(SHOP_ZONE)
    minutes = (9 * 60 - now.hour * 60 - now.minute) % (24 * 60)
    town.later(f"{minutes + 1}m")
    writes(town, "hello")
    until(lambda: last_said(town).startswith("Hello! Which e-mail address"))
    writes(town, MAIL)


def she_says_by_mail_that_it_was_her(town: Town, shopper: Page) -> None:
    """Until then what was typed in the chat is nobody's: a stranger may have typed it."""
    until(lambda: len(town.mails(MAIL)) == 1)
    [asks] = town.mails(MAIL)
    assert "in a chat with us on Instagram" in " ".join(asks["text"].split())
    [link] = set(re.findall(r"http\S+/f/\S+", asks["text"]))
    shopper.goto(link)
    shopper.get_by_role("button", name="Yes, please").click()
    until(lambda: joined(town))


def joined(town: Town) -> bool:
    found = town.panel(f"customers?{urlencode({'search': MAIL})}")["customers"]
    chats = town.panel(f"customers/{found[0]['id']}/chats")["chats"] if found else []
    return [one["channel"] for one in chats if one["joined_at"]] == ["instagram"]


def her_number_is_in_the_store(town: Town) -> None:
    """Another program of the merchant's knows it, with her yes to texts."""
    key = told(town, "POST", "keys", name="Till", scopes=["customers:write"])["key"]
    yes = {"sms": {"state": "subscribed", "source": "in_person", "at": "2026-01-05T10:00:00Z"}}
    head = {"Authorization": f"Bearer {key}"}
    asked(f"{town.app}/api/v1/customers", head, email=MAIL, phone=NUMBER, consent=yes)


def leave_a_cart_of_hers(town: Town, shopper: Page) -> None:
    here = ("US", "en", "USD")
    leave_a_cart(town, shopper, MAIL, first_name=ADA, wants_news=True, country=here)


def she_reads_it_on_her_phone_and_buys(town: Town, shopper: Page) -> None:
    shopper.goto(f"{town.mailbox}/phones/chat/instagram?person={ADA}")
    expect(shopper.get_by_text("A gift box is no trouble, Ada.")).to_be_visible(timeout=SLOW)
    shopper.get_by_role("link", name="To my cart").click()
    expect(shopper).to_have_url(re.compile(re.escape(town.front)), timeout=SLOW)
    shopper.goto(f"{town.front}/checkout")
    shopper.get_by_role("button", name="Pay now").click()
    shopper.wait_for_url(re.compile("/orders/"))
    town.later("1h")


def writes(town: Town, words: str) -> None:
    door = f"{town.mailbox}/api/chats/instagram"
    assert asked(door, deed="write", person=ADA, said=words)["answered"] == 200
    town.later("1m")


def said(town: Town) -> list[str]:
    """Give what the store wrote to her, in its order."""
    chats = asked(f"{town.mailbox}/api/chats/instagram?{urlencode({'person': ADA})}")
    return [one["text"] for one in chats if not one["is_inbound"]]


def last_said(town: Town) -> str:
    return (said(town) or [""])[-1]


# The merchant.


def the_merchant_answers(frame: Frame, town: Town) -> None:
    press(frame.get_by_role("link", name=re.compile("agent")).first)
    thread = frame.get_by_role("region", name=re.compile("Conversation with"))
    expect(thread.get_by_text("Shipping?")).to_be_visible(timeout=SLOW)
    frame.get_by_label(re.compile("Reply by Instagram")).fill("A gift box is no trouble, Ada.")
    press(frame.get_by_role("button", name="Send", exact=True))
    expect(thread.get_by_text("A gift box is no trouble, Ada.")).to_be_visible(timeout=SLOW)
    until(lambda: last_said(town) == "A gift box is no trouble, Ada.")


def the_sale_is_the_flow_s(town: Town, flow_id: str) -> None:
    dashboard = town.panel("dashboard?days=30")
    assert dashboard["revenue"]["total"] > 0
    [flow] = [one for one in town.panel("flows")["flows"] if one["id"] == flow_id]
    assert (flow["orders"], flow["revenue"] > 0) == (1, True)


def until(holds: Callable[[], bool]) -> None:
    """Wait for what other processes are doing."""
    deadline = time.monotonic() + SLOW / 1000
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.2)
