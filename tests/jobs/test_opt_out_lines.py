"""Whose a text is and how to stop it: as the ledger tells, on each try the same, store by store."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from channels.base import Outcome, Receipt, SendFailed
from marketing.model import ChannelName, CustomerKey, RenderedMessage
from storage import opt_out_lines, privacy, schema
from tests.jobs.stage import Stage
from tests.jobs.test_channel_lists import WAKING, Texts
from tests.jobs.test_enroll import ordered
from tests.jobs.test_receive import by_day
from tests.jobs.test_steps import MAIL, a_flow

AMERICAN, ANOTHER, CANADIAN = "+12025550143", "+12025550144", "+14165550143"
PHONE: dict[str, Any] = {"phone": AMERICAN, "sms_consent": "subscribed"}
LINE = " Reply STOP to opt out"
NO_CAPS = {"caps": {"sms": None, "email": None}}


class Moody(Texts):
    """A provider that refuses as many texts as it is told to, each for a while."""

    refuses = 0
    outcome = Outcome.RETRY

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        for message_id, receipt in super().send_many(messages):
            if self.refuses:
                self.refuses -= 1
                yield message_id, SendFailed("busy", outcome=self.outcome, retry_after=1)
            else:
                yield message_id, receipt


@pytest.fixture
def texts(stage: Stage) -> Moody:
    channel = Moody()
    stage.runtime.channels[ChannelName.SMS] = channel  # type: ignore[index,assignment]
    for store_id in (stage.store_id, stage.stranger_id):
        settings = WAKING | NO_CAPS | {"sender_name": "Maple"}
        stage.change(schema.stores, store_id, settings=settings)
    return channel


def text(words: str = "It is back.", **more: Any) -> dict[str, Any]:
    return {**MAIL, "channel": "sms", "template": {"sms": words}, **more}


def go(stage: Stage, customer_id: str, *, days: float = 0) -> None:
    """Let somebody order, after so many days, and what comes of it go out."""
    stage.pass_time(timedelta(days=days))
    ordered(stage, customer_id)
    stage.work()


def bodies(texts: Texts) -> list[str]:
    return [one.text for one in texts.taken]


def customer(stage: Stage, **more: Any) -> str:
    return stage.customer(**{**PHONE, "timezone": by_day(stage), **more})


def test_the_first_text_tells_and_then_one_in_thirty_days(stage: Stage, texts: Moody) -> None:
    a_flow(stage, text())
    ada = customer(stage)
    for days in (0, 1, 27, 2, 1, 29):
        go(stage, ada, days=days)
    told, plain = f"Maple: It is back.{LINE}", "Maple: It is back."
    assert bodies(texts) == [told, plain, plain, told, plain, told]
    hashed = stage.runtime.secrets.address_hash(ChannelName.SMS, AMERICAN)
    kept = [row.told_stop_to for row in sorted(stage.messages(), key=lambda row: row.due_at)]
    assert kept == [hashed, None, None, hashed, None, hashed]


def test_what_a_text_is_billed_by_is_kept_of_what_went_out(stage: Stage, texts: Moody) -> None:
    """With the store's name and how to stop it it is longer than one part holds."""
    mail = {**MAIL, "id": "mail"}
    a_flow(stage, text("a" * 140, id="long"), mail)
    ada = customer(stage)
    for days in (0, 1):
        go(stage, ada, days=days)
    kept = {(row.step_id, row.told_stop_to is not None): row.parts for row in stage.messages()}
    assert kept == {("long", True): 2, ("long", False): 1, ("mail", False): None}


def test_it_is_the_number_that_was_told_whoever_has_it(stage: Stage, texts: Moody) -> None:
    a_flow(stage, text())
    ada, ben = customer(stage), customer(stage, first_name="Ben")
    go(stage, ada)
    go(stage, ben)
    stage.change(schema.customers, ada, phone=ANOTHER)
    go(stage, ada, days=1)
    assert [body.endswith(LINE) for body in bodies(texts)] == [True, False, True]


def test_what_one_store_told_a_number_is_no_others(stage: Stage, texts: Moody) -> None:
    a_flow(stage, text())
    go(stage, customer(stage))
    hashed = stage.runtime.secrets.address_hash(ChannelName.SMS, AMERICAN)
    [message] = stage.messages()
    with stage.database.reading() as connection:
        ours = opt_out_lines.told_at(connection, stage.store_id, [hashed, "another"])
        theirs = opt_out_lines.told_at(connection, stage.stranger_id, [hashed])
    assert (ours, theirs) == ({hashed: message.sent_at}, {})


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.UNKNOWN])
def test_a_text_that_may_not_have_arrived_has_told_nobody(
    stage: Stage, texts: Moody, outcome: Outcome
) -> None:
    texts.refuses, texts.outcome = 1, outcome
    a_flow(stage, text())
    ada = customer(stage)
    for _ in range(3):
        go(stage, ada, days=1)
    assert [body.endswith(LINE) for body in bodies(texts)] == [True, True, False]


def test_another_try_says_the_same(stage: Stage, texts: Moody) -> None:
    """The first try of the second text falls into the thirty days, its next one does not."""
    a_flow(stage, text(deadline="P9D"))
    ada = customer(stage)
    go(stage, ada)
    texts.refuses = 2
    go(stage, ada, days=29)
    for _ in range(2):
        stage.pass_time(timedelta(days=1))
        again(stage)
    assert bodies(texts) == [f"Maple: It is back.{LINE}", *["Maple: It is back."] * 3]
    texts.refuses = 1
    go(stage, ada, days=60)
    again(stage)
    assert bodies(texts)[4:] == [f"Maple: It is back.{LINE}"] * 2


def test_the_next_try_tells_a_number_that_is_new(stage: Stage, texts: Moody) -> None:
    a_flow(stage, text(deadline="P9D"))
    ada = customer(stage)
    go(stage, ada)
    texts.refuses = 1
    go(stage, ada, days=1)
    stage.change(schema.customers, ada, phone=ANOTHER)
    again(stage)
    assert [body.endswith(LINE) for body in bodies(texts)] == [True, False, True]


def again(stage: Stage) -> None:
    """Let what waits for another try have it now."""
    with stage.database.writing() as connection:
        m = schema.messages
        waits = m.c.state == "retry_wait"
        connection.execute(m.update().where(waits).values(state="due", retry_at=None))
    stage.work()


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"template": {"sms": "Maple is open. STOP ends it."}}, "Maple is open. STOP ends it."),
        ({"message_kind": "transactional"}, "It is back."),
    ],
    ids=["says so itself", "about an order"],
)
def test_what_says_so_itself_or_is_no_marketing_is_left_as_it_is(
    stage: Stage, texts: Moody, more: dict[str, Any], expected: str
) -> None:
    a_flow(stage, text(**more))
    go(stage, customer(stage))
    assert bodies(texts) == [expected]


def test_a_text_that_says_so_itself_has_told_the_number(stage: Stage, texts: Moody) -> None:
    mine = {"id": "mine", "template": {"sms": "Maple is open. STOP ends it."}}
    a_flow(stage, text(**mine), {"kind": "delay", "id": "wait", "duration": "P1D"}, text())
    go(stage, customer(stage))
    stage.live(timedelta(days=1, hours=1))
    assert bodies(texts) == ["Maple is open. STOP ends it.", "Maple: It is back."]


def test_a_word_of_the_customers_is_not_the_stores(stage: Stage, texts: Moody) -> None:
    a_flow(stage, text("Hi {{ customer.first_name }}"))
    go(stage, customer(stage, first_name="STOP"))
    assert bodies(texts) == [f"Maple: Hi STOP{LINE}"]


def test_it_is_told_in_the_customers_language_and_outside_america_each_time(
    stage: Stage, texts: Moody
) -> None:
    a_flow(stage, text())
    ada = customer(stage, phone=CANADIAN, locale="de-CA")
    for _ in range(2):
        go(stage, ada, days=1)
    assert bodies(texts) == ["Maple: It is back. Ende mit STOP"] * 2


def test_an_erased_customers_number_is_kept_nowhere_in_the_ledger(
    stage: Stage, texts: Moody
) -> None:
    a_flow(stage, text())
    go(stage, customer(stage, external_id="7001"))
    hashed = stage.runtime.secrets.address_hash
    with stage.database.writing() as connection:
        privacy.erase(connection, stage.store, CustomerKey("7001"), hashed, stage.now)
    assert [row.told_stop_to for row in stage.messages()] == [None]
