"""A template as a person's answer on WhatsApp: past the window, filled, to who may get it, once."""

from datetime import timedelta
from typing import Any

import pytest

from jobs import answering, reply
from jobs.answering import Answer, NotByThis
from jobs.intake_orders import NotHere
from jobs.template_replies import NoTemplate
from marketing.chat import Author
from marketing.model import ChannelName
from marketing.rests import RestKind
from marketing.team import Role
from marketing.whatsapp_templates import BadParameter
from marketing.whatsapp_words import WhatsAppWords
from sandbox.whatsapp import WhatsApp
from storage import inbound, replies, rests, schema, stores, team
from storage import whatsapp_templates as registry
from storage.channel_accounts import ChannelAccount
from storage.inbound import Inbound
from storage.team import Member
from tests.channels.test_whatsapp import graph_url, whatsapp
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_whatsapp import account

__all__ = ["account", "graph_url", "whatsapp"]
ADA = "+4915112345678"
LINK = "cart/abc"
CART = {"body:1": "Ada", "body:2": "mug", "button:0": LINK}
WHATSAPP = ChannelName.WHATSAPP


@pytest.fixture
def mara(stage: Stage) -> Member:
    """Whoever of the team answers."""
    return stage.database.write(
        lambda c: team.welcome(c, stage.store_id, "mara", Role.INBOX, stage.database.real_now(c))
    )


@pytest.fixture
def ada(stage: Stage, account: ChannelAccount) -> str:
    """Who wrote by WhatsApp, and has agreed to its marketing; two days have gone since."""
    ada = stage.customer(phone=ADA, whatsapp_consent="subscribed")
    told = Inbound("wamid.in", ada, ADA, "Is it in stock?", stage.now)
    stage.database.write(lambda c: inbound.keep(c, stage.store_id, WHATSAPP, [told]))
    stage.pass_time(48 * HOUR)
    return ada


def answer(
    stage: Stage, mara: Member, ada: str, name: str = "cart_reminder",
    values: dict[str, str] | None = None, key: str = "k1", **more: Any,
) -> str:  # fmt: skip
    words = WhatsAppWords(name, "en_US", CART if values is None else values)
    told = Answer(WHATSAPP, "", key, template=words, **more)
    return answering.answer(stage.runtime, stage.store, ada, mara, told)


def work(stage: Stage) -> Any:
    while reply.drain(stage.runtime, [stage.store_id]):
        pass
    [row] = stage.rows(schema.replies, store_id=stage.store_id)
    return row


def way_of(stage: Stage, ada: str) -> answering.Way:
    with stage.database.reading() as connection:
        args = (stage.runtime, connection, stage.store, ada, stage.now)
        return next(one for one in answering.ways(*args) if one.channel is WHATSAPP)


def test_whatsapps_window_is_over_ten_minutes_before_a_day_or_when_meta_says_so(
    stage: Stage, account: ChannelAccount
) -> None:
    ada = stage.customer(phone=ADA)
    told = Inbound("wamid.in", ada, ADA, "Hi", wrote_at := stage.now)
    stage.database.write(lambda c: inbound.keep(c, stage.store_id, WHATSAPP, [told]))
    way = way_of(stage, ada)
    assert (way.refusal, way.ends_at) == (None, wrote_at + timedelta(hours=23, minutes=50))
    stage.pass_time(HOUR)
    hashed = stage.runtime.secrets.address_hash(WHATSAPP, ADA)
    noted = [(hashed, RestKind.WINDOW)]
    stage.database.write(lambda c: rests.note(c, stage.store_id, WHATSAPP, noted, stage.now))
    way = way_of(stage, ada)
    assert (way.refusal, way.ends_at, way.takes_templates) == ("channel_window", None, True)


@pytest.mark.parametrize("author", list(Author))
def test_free_words_after_the_window_never_reach_meta(
    stage: Stage, whatsapp: WhatsApp, ada: str, mara: Member, author: Author
) -> None:
    words = Answer(WHATSAPP, "Hello?", "k1")
    with pytest.raises(NotByThis):
        answering.answer(stage.runtime, stage.store, ada, mara, words)
    stage.database.write(
        lambda c: reply.queue(c, stage.runtime, stage.store, ada, WHATSAPP, "Hi", author=author)
    )
    assert (work(stage).state, work(stage).reason) == ("failed", "channel_window")
    assert whatsapp.messages(ADA) == []


def test_a_filled_template_goes_out_once_although_the_window_is_closed(
    stage: Stage, whatsapp: WhatsApp, ada: str, mara: Member
) -> None:
    first, again = (answer(stage, mara, ada) for _ in range(2))
    row = work(stage)
    assert (first, row.id, row.state, row.author) == (again, first, "sent", "person")
    assert row.text.startswith("Hi Ada, your mug is still in your cart.")
    [sent] = whatsapp.messages(ADA)
    assert sent["text"].startswith("Hi Ada, your mug is still in your cart.")


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({}, "body:1"),
        ({**CART, "body:2": "x" * 1025}, "body:2"),
        ({**CART, "button:0": "https://elsewhere.example/"}, "button:0"),
    ],
)
def test_what_does_not_fit_a_blank_is_named_and_nothing_is_written(
    stage: Stage, ada: str, mara: Member, values: dict[str, str], place: str
) -> None:
    with pytest.raises(BadParameter) as wrong:
        answer(stage, mara, ada, values=values)
    assert wrong.value.place == place
    assert stage.rows(schema.replies) == []
    assert stage.rows(schema.conversations, store_id=stage.store_id)[0].state == "automated"


def test_a_template_that_meta_paused_tells_so(stage: Stage, ada: str, mara: Member) -> None:
    with pytest.raises(NoTemplate) as refused:
        answer(stage, mara, ada, name="spring_sale", values={})
    assert str(refused.value.said).startswith("Meta has paused it. ")


def test_another_stores_template_is_not_there(
    stage: Stage, account: ChannelAccount, ada: str, mara: Member
) -> None:
    with stage.database.writing() as connection:
        own = registry.of_store(connection, stage.store_id).templates["cart_reminder", "en_US"]
        real_now = stage.database.real_now(connection)
        registry.replace(connection, stage.stranger_id, [own], real_now)
        registry.replace(connection, stage.store_id, [], real_now)
    with pytest.raises(NotHere):
        answer(stage, mara, ada)
    assert stage.rows(schema.replies) == []


def test_to_another_stores_customer_no_template_goes(
    stage: Stage, account: ChannelAccount, ada: str, mara: Member
) -> None:
    with stage.database.reading() as connection:
        stranger = stores.by_id(connection, stage.stranger_id)
    assert stranger
    told = Answer(WHATSAPP, "", "k1", template=WhatsAppWords("cart_reminder", "en_US", CART))
    with pytest.raises(NotHere):
        answering.answer(stage.runtime, stranger, ada, mara, told)


@pytest.mark.parametrize(
    ("consent", "reason"), [(None, "no_consent"), ("unsubscribed", "unsubscribed")]
)
def test_marketing_by_hand_goes_to_who_agreed_and_what_is_about_an_order_to_anybody(
    stage: Stage, ada: str, mara: Member, consent: str | None, reason: str
) -> None:
    stage.change(schema.customers, ada, whatsapp_consent=consent)
    assert way_of(stage, ada).marketing_refusal == reason
    with pytest.raises(NoTemplate):
        answer(stage, mara, ada)
    answer(stage, mara, ada, name="order_on_its_way", values={"body:1": "#1001"})
    assert work(stage).state == "sent"


def test_no_marketing_goes_where_whatsapp_takes_none_nor_to_an_address_that_rests(
    stage: Stage, ada: str, mara: Member
) -> None:
    hashed = stage.runtime.secrets.address_hash(WHATSAPP, ADA)
    noted = [(hashed, RestKind.MARKETING)]
    stage.database.write(lambda c: rests.note(c, stage.store_id, WHATSAPP, noted, stage.now))
    assert way_of(stage, ada).marketing_refusal == "resting"
    with pytest.raises(NoTemplate):
        answer(stage, mara, ada)


@pytest.mark.parametrize("happens", ["stop", "pause"])
def test_a_stop_or_a_pause_between_the_click_and_the_hand_over_holds(
    stage: Stage, whatsapp: WhatsApp, ada: str, mara: Member, happens: str
) -> None:
    answer(stage, mara, ada)
    if happens == "stop":
        stage.change(schema.customers, ada, whatsapp_consent="unsubscribed")
    else:
        key = ("cart_reminder", "en_US")
        stage.database.write(
            lambda c: registry.note(c, stage.store_id, key, status="paused", reason=None)
        )
    row = work(stage)
    reason = "unsubscribed" if happens == "stop" else "template_refused"
    assert (row.state, row.reason) == (replies.FAILED, reason)
    assert whatsapp.messages(ADA) == []
