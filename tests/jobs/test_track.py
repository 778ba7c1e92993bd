"""Opens, clicks and unsubscribes: people's count once, machines' never, a no holds at once."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import abandon, advance, track
from jobs.machines import is_machines_agent, is_machines_click
from jobs.track import Leaving
from marketing.events import EventName, News
from marketing.links import Link
from marketing.model import BadSignature, ChannelName
from storage import hits, schema
from storage.hits import Hit
from tests.jobs.stage import BROWSER, HOUR, MINUTE, Stage
from tests.jobs.test_enroll import hit, ordered, tell
from tests.seeding import Rows, at

MISSING = "0192f2c4-0000-7000-8000-000000000000"
AGENTS = [
    (BROWSER, False),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15", False),
    (
        "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
        False,
    ),
    ("Mozilla/5.0", True),
    ("", True),
    (None, True),
    ("HEAD " + BROWSER, True),
    ("Barracuda Sentinel (EE)", True),
    ("Mimecast crawler", True),
]


@pytest.mark.parametrize(("agent", "machine"), AGENTS)
def test_machines_are_known_by_what_they_say(agent: str | None, machine: bool) -> None:
    assert is_machines_agent(agent) is machine


def test_clicks_at_once_and_clicks_on_everything_are_machines() -> None:
    sent = at("2026-11-20 10:00")
    second = timedelta(seconds=1)
    later = sent + HOUR
    at_once = timedelta(seconds=2)
    assert is_machines_click(BROWSER, sent + second, sent, [], at_once)
    assert not is_machines_click(BROWSER, sent + second, sent, [], timedelta())
    assert not is_machines_click(BROWSER, later, sent, [("a", later), ("b", later)], at_once)
    many = [("a", later), ("b", later + second), ("c", later + second)]
    assert is_machines_click(BROWSER, later, sent, many, at_once)


@pytest.fixture
def sent(stage: Stage) -> Any:
    stage.cart(stage.customer())
    stage.live(2 * HOUR)
    (message,) = stage.messages()
    return message


def test_an_open_and_a_click_move_the_message_and_are_told_once(stage: Stage, sent: Any) -> None:
    moment = sent.sent_at + 10 * MINUTE
    for _ in range(3):
        hit(stage, sent.id, "open", moment)
        hit(stage, sent.id, "click", moment + MINUTE)
        track.drain(stage.runtime, [])
    (read,) = stage.messages()
    assert (read.state, read.opened_at, read.clicked_at) == ("read", moment, moment + MINUTE)
    assert len(stage.events("message.opened")) == len(stage.events("message.clicked")) == 1


def test_a_machines_open_moves_nothing(stage: Stage, sent: Any) -> None:
    hit(stage, sent.id, "open", sent.sent_at + MINUTE, "Mozilla/5.0")
    track.drain(stage.runtime, [])
    assert stage.states() == {"sent": 1}
    assert [row.is_machine for row in stage.rows(schema.hits)] == [True]
    assert stage.events("message.opened") == []


def test_a_click_is_judged_when_its_company_is_known(stage: Stage, sent: Any) -> None:
    hit(stage, sent.id, "click", stage.now)
    track.drain(stage.runtime, [])
    assert stage.rows(schema.hits)[0].processed_at is None
    stage.pass_time(timedelta(seconds=3))
    track.drain(stage.runtime, [])
    assert stage.states() == {"read": 1}


def test_a_click_whose_news_came_after_the_order_still_earns_it(stage: Stage, sent: Any) -> None:
    order = ordered(stage, sent.customer_id)
    hit(stage, sent.id, "click", sent.sent_at + MINUTE)
    track.drain(stage.runtime, [])
    assert [row.order_id for row in stage.rows(schema.attributions)] == [order]


def test_hits_on_what_is_not_there_are_not_kept(stage: Stage, sent: Any) -> None:
    kept = [
        Hit(stage.store_id, sent.id, "open", None, BROWSER),
        Hit(stage.stranger_id, sent.id, "open", None, BROWSER),
        Hit(stage.store_id, schema.new_id(), "open", None, BROWSER),
    ]
    with stage.database.writing() as connection:
        assert hits.keep_all(connection, kept) == [True, False, False]
    assert len(stage.rows(schema.hits)) == 1


def test_unsubscribing_stops_what_is_due_and_tells_the_platform(stage: Stage, sent: Any) -> None:
    stage.pass_time(11 * HOUR)
    abandon.drain(stage.runtime, [stage.store_id])
    advance.drain(stage.runtime, [stage.store_id])
    link = Link(stage.store_id, sent.id)
    for _ in range(2):
        track.unsubscribe(stage.runtime, link, one_click=True)
    (due,) = stage.messages(step_id="objection")
    assert (due.state, due.reason) == ("skipped", "unsubscribed")
    (customer,) = stage.rows(schema.customers)
    assert (customer.email_consent, customer.email_consent_source) == ("unsubscribed", "one_click")
    (call,) = stage.rows(schema.outbox)
    assert (call.kind, call.payload["state"]) == ("write_consent", "unsubscribed")
    (suppressed,) = stage.rows(schema.suppressions)
    assert suppressed.scope == "marketing"
    assert len(stage.events("customer.unsubscribed")) == 1
    stage.live(25 * HOUR)
    assert len(stage.sink.mails) == 1


def test_whoever_subscribes_anew_is_written_to_again(stage: Stage, sent: Any) -> None:
    track.unsubscribe(stage.runtime, Link(stage.store_id, sent.id), one_click=False)
    stage.change(schema.customers, sent.customer_id, email_consent="subscribed")
    tell(stage, News(EventName.CUSTOMER_SUBSCRIBED, stage.now, sent.customer_id))
    assert stage.rows(schema.suppressions) == []


def test_a_strangers_link_does_nothing(stage: Stage, sent: Any) -> None:
    with pytest.raises(BadSignature):
        track.unsubscribe(stage.runtime, Link(stage.stranger_id, sent.id), one_click=True)
    assert stage.rows(schema.suppressions) == []
    assert track.recovery_url(stage.runtime, Link(stage.stranger_id, sent.id)) is None


def test_the_cart_link_leads_to_the_platforms_own_address(stage: Stage, sent: Any) -> None:
    (cart,) = stage.rows(schema.carts)
    assert track.recovery_url(stage.runtime, Link(stage.store_id, sent.id)) == cart.recovery_url
    told = track.leaving(stage.runtime, Link(stage.store_id, sent.id))
    assert told == Leaving("Maple & Moss", ChannelName.EMAIL)


def test_a_cart_that_is_no_checkout_leads_to_one_of_the_same_things(
    stage: Stage, sent: Any
) -> None:
    (cart,) = stage.rows(schema.carts)
    stage.change(schema.carts, cart.id, recovery_url=None)
    link, front = Link(stage.store_id, sent.id), f"https://{stage.store.domain}"
    assert track.recovery_url(stage.runtime, link) == f"{front}/cart/[('11', 1)]"


def test_a_cart_that_cannot_be_restored_leads_to_the_store_instead(stage: Stage, sent: Any) -> None:
    (cart,) = stage.rows(schema.carts)
    stage.change(schema.carts, cart.id, recovery_url=None, completed_at=stage.now)
    link, front = Link(stage.store_id, sent.id), f"https://{stage.store.domain}"
    assert track.recovery_url(stage.runtime, link) == front
    stage.change(schema.carts, cart.id, items=[], completed_at=None)
    assert track.recovery_url(stage.runtime, link) == front
    assert track.recovery_url(stage.runtime, Link(stage.store_id, MISSING)) is None


def test_the_cart_link_applies_the_messages_code_while_it_works(stage: Stage, sent: Any) -> None:
    (cart,) = stage.rows(schema.carts)
    link = Link(stage.store_id, sent.id)
    with stage.database.writing() as connection:
        rows = Rows(connection, stage.store_id)
        code_id = rows.code(sent.enrollment_id, sent.customer_id, stage.now, code="BACK 1")
    stage.change(schema.messages, sent.id, code_id=code_id)
    assert track.recovery_url(stage.runtime, link) == f"{cart.recovery_url}&discount=BACK 1"
    stage.change(schema.codes, code_id, state="cancelled")
    assert track.recovery_url(stage.runtime, link) == cart.recovery_url
    stage.change(schema.codes, code_id, state="created", ends_at=stage.now)
    assert track.recovery_url(stage.runtime, link) == cart.recovery_url
    stage.change(schema.codes, code_id, ends_at=stage.now + HOUR, redeemed_order_id=MISSING)
    assert track.recovery_url(stage.runtime, link) == cart.recovery_url
