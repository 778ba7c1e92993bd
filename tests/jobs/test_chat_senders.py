"""Who writes on a chat channel: met, written to while the window is open, erased, taken apart."""

from typing import Any

import pytest

from channels.base import InboundMessage, OptChange
from jobs import conversing, customer_care
from marketing.model import ChannelName, CustomerKey
from storage import identities, people, privacy, schema, stores
from tests.jobs.chatting import ADA, INSTAGRAM, Chats, connected, wrote
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import MAIL, a_flow
from tests.storage.mirroring import a_customer, an_order, tell

CHAT: dict[str, Any] = {**MAIL, "channel": "instagram"}
FIRST: dict[str, Any] = {key: value for key, value in MAIL.items() if key != "channel"} | {
    "channels": ["instagram", "email"]
}


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def joined(stage: Stage, address: str, customer_id: str) -> None:
    told = {"by": "link", "at": stage.now}
    stage.database.write(
        lambda c: identities.join(c, stage.store_id, INSTAGRAM, address, customer_id, **told)
    )


def customers(stage: Stage) -> list[Any]:
    return stage.rows(schema.customers, store_id=stage.store_id)


def test_a_stranger_who_writes_is_a_customer_who_agreed_to_nothing(
    stage: Stage, chats: Chats
) -> None:
    met = wrote(stage, "Do you ship to Norway?")
    assert wrote(stage, "Hello?") == met
    [row] = customers(stage)
    assert (row.id, row.email, row.phone, row.email_consent) == (met, None, None, None)
    [who] = stage.rows(schema.identities)
    assert (who.kind, who.consent, who.customer_id) == ("igsid", None, met)
    assert len(stage.rows(schema.inbound_messages)) == 2


def test_the_same_id_in_another_store_is_somebody_else(stage: Stage, chats: Chats) -> None:
    met = wrote(stage, "Hi")
    with stage.database.reading() as connection:
        stranger = stores.by_id(connection, stage.stranger_id)
        assert identities.of_customer(connection, stage.stranger_id, met) == []
    assert stranger
    told = [InboundMessage("other", ADA, "Hi")]
    stage.database.write(
        lambda c: conversing.hear(stage.runtime, c, stranger, ChannelName.INSTAGRAM, told)
    )
    [theirs] = stage.rows(schema.identities, store_id=stage.stranger_id)
    assert theirs.customer_id != met


@pytest.mark.parametrize(("hours", "reason"), [(2, None), (25, "channel_window")])
def test_a_flow_writes_while_the_window_is_open_and_not_after(
    stage: Stage, chats: Chats, hours: int, reason: str | None
) -> None:
    a_flow(stage, CHAT)
    met = wrote(stage, "Hi")
    stage.pass_time(hours * HOUR)
    ordered(stage, met)
    stage.work()
    [message] = stage.messages()
    assert (message.state, message.reason) == ("skipped" if reason else "sent", reason)
    assert [one.to for one in chats.taken] == ([] if reason else [ADA])


def test_with_the_window_closed_the_next_channel_takes_over(stage: Stage, chats: Chats) -> None:
    a_flow(stage, FIRST)
    known = stage.customer()
    wrote(stage, "Hi")
    joined(stage, ADA, known)
    stage.pass_time(25 * HOUR)
    ordered(stage, known)
    stage.work()
    [message] = stage.messages()
    assert (message.state, message.channel) == ("sent", "email")
    assert message.passed_over == [{"channel": "instagram", "reason": "channel_window"}]


def test_a_stop_on_a_chat_holds_for_that_chat_alone(stage: Stage, chats: Chats) -> None:
    a_flow(stage, FIRST)
    known = stage.customer()
    wrote(stage, "Hi")
    joined(stage, ADA, known)
    wrote(stage, "stop")
    ordered(stage, known)
    stage.work()
    [message] = stage.messages()
    assert (message.channel, message.state) == ("email", "sent")
    assert message.passed_over == [{"channel": "instagram", "reason": "suppressed"}]
    [row] = stage.rows(schema.identities)
    assert (row.consent, row.consent_source) == ("unsubscribed", "reply")
    wrote(stage, "start")
    [row] = stage.rows(schema.identities)
    assert row.consent == "subscribed"
    assert stage.rows(schema.suppressions) == []


def test_whatsapp_of_a_known_number_is_the_customer_of_that_number(stage: Stage) -> None:
    known = stage.customer(phone="+4915112345678")
    met = wrote(stage, "Hallo", "+4915112345678", channel=ChannelName.WHATSAPP)
    assert met == known
    new = wrote(stage, "Hallo", "+4915100000000", channel=ChannelName.WHATSAPP)
    assert [row.phone for row in customers(stage) if row.id == new] == ["+4915100000000"]


NUMBER = "+4915112345678"


def test_who_types_their_number_beside_a_customers_address_is_not_that_customer(
    stage: Stage,
) -> None:
    known = stage.customer(email="ada@example.com", email_key="ada@example.com", phone=None)
    at_checkout = CustomerKey(email="ada@example.com", phone=NUMBER)
    tell(stage.database, stage.store, an_order("o1", at_checkout))
    [row] = stage.rows(schema.customers, id=known)
    assert (row.phone, row.phone_is_typed) == (NUMBER, True)
    stranger = wrote(stage, "What did I order?", NUMBER, channel=ChannelName.WHATSAPP)
    assert stranger != known
    [row] = stage.rows(schema.customers, id=stranger)
    assert (row.phone, row.phone_is_typed, row.email) == (NUMBER, False, None)


def test_who_wrote_first_does_not_become_whose_address_they_type_at_a_checkout(
    stage: Stage,
) -> None:
    stranger = wrote(stage, "Hi", NUMBER, channel=ChannelName.WHATSAPP)
    tell(
        stage.database,
        stage.store,
        an_order("o1", CustomerKey(email="ada@example.com", phone=NUMBER)),
    )
    [ada] = stage.rows(schema.customers, email_key="ada@example.com")
    assert ada.id != stranger
    assert wrote(stage, "And?", NUMBER, channel=ChannelName.WHATSAPP) == stranger
    assert stage.rows(schema.orders)[0].customer_id == ada.id


def test_a_number_in_the_platforms_own_record_is_the_customers(stage: Stage) -> None:
    stage.customer(store_id=stage.stranger_id, phone=NUMBER)
    named = CustomerKey("7", "ada@example.com", NUMBER)
    tell(stage.database, stage.store, an_order("o1", named))
    [ada] = stage.rows(schema.customers, email_key="ada@example.com")
    assert ada.phone_is_typed
    tell(stage.database, stage.store, a_customer(named))
    assert wrote(stage, "Hi", NUMBER, channel=ChannelName.WHATSAPP) == ada.id


def test_who_is_joined_gets_it_there_and_who_is_split_does_not(stage: Stage, chats: Chats) -> None:
    known = stage.customer()
    met = wrote(stage, "Hi")
    joined(stage, ADA, known)
    assert {row.customer_id for row in stage.rows(schema.inbound_messages)} == {known}
    assert wrote(stage, "It is me") == known
    stage.database.write(lambda c: identities.split(c, stage.store_id, INSTAGRAM, ADA))
    assert {row.customer_id for row in stage.rows(schema.inbound_messages)} == {met}
    assert wrote(stage, "and again") == met
    split_twice = stage.database.write(
        lambda c: identities.split(c, stage.store_id, INSTAGRAM, ADA)
    )
    assert split_twice is None


def test_a_claim_opens_nothing(stage: Stage, chats: Chats) -> None:
    a_flow(stage, CHAT)
    known = stage.customer()
    met = wrote(stage, "I am Ada")
    stage.database.write(lambda c: identities.claim(c, stage.store_id, INSTAGRAM, ADA, known))
    ordered(stage, known)
    stage.work()
    [message] = stage.messages()
    assert (message.state, message.reason) == ("skipped", "no_address")
    assert wrote(stage, "still me") == met


def test_an_erased_chatter_leaves_no_trace_and_does_not_come_back_late(
    stage: Stage, chats: Chats
) -> None:
    met = wrote(stage, "My name is Canary")
    with stage.database.reading() as connection:
        before = stage.database.real_now(connection) - 2 * HOUR
    customer_care.erase(stage.runtime, stage.store, met, "erase")
    assert stage.rows(schema.identities) == []
    assert stage.rows(schema.inbound_messages) == []
    [row] = stage.rows(schema.suppressions)
    assert (row.channel, row.scope, row.reason) == ("instagram", "all", "erased")
    stage.pass_time(HOUR)
    late = [InboundMessage("late", ADA, "My name is Canary", received_at=before)]
    stage.database.write(lambda c: conversing.hear(stage.runtime, c, stage.store, INSTAGRAM, late))
    assert stage.rows(schema.inbound_messages) == []
    assert len(customers(stage)) == 1


def test_an_export_tells_of_the_chats(stage: Stage, chats: Chats) -> None:
    met = wrote(stage, "Hi")
    with stage.database.reading() as connection:
        told = privacy.export(connection, stage.store_id, met)
    assert [one["address"] for one in told["identities"]] == [ADA]


def test_two_customers_who_turn_out_to_be_one_keep_their_chats(stage: Stage, chats: Chats) -> None:
    guest = stage.customer(email="ada@example.com", email_key="ada@example.com", external_id=None)
    wrote(stage, "Hi")
    joined(stage, ADA, guest)
    account = stage.customer("Ada", email=None, email_key=None, external_id="77", phone=None)
    named = [(CustomerKey("77", email="ada@example.com"), stage.now)]
    hashed = stage.runtime.secrets.address_hash
    stage.database.write(lambda c: people.meet(c, stage.store_id, named, hashed))
    [row] = stage.rows(schema.identities)
    assert row.customer_id == account


def consent_on(stage: Stage, channel: ChannelName) -> str | None:
    """Give what they last said of a channel, wherever that is kept."""
    if channel is ChannelName.WHATSAPP:
        [row] = customers(stage)
        return row.whatsapp_consent  # type: ignore[no-any-return]
    [row] = stage.rows(schema.identities)
    return row.consent  # type: ignore[no-any-return]


def real_now(stage: Stage) -> Any:
    with stage.database.reading() as connection:
        return stage.database.real_now(connection)


@pytest.mark.parametrize("channel", [INSTAGRAM, ChannelName.WHATSAPP])
def test_a_start_that_is_told_late_does_not_undo_the_stop_that_came_after_it(
    stage: Stage, chats: Chats, channel: ChannelName
) -> None:
    sender = {INSTAGRAM: ADA, ChannelName.WHATSAPP: "+4915112345678"}[channel]
    told = {"sender": sender, "channel": channel}
    begun = real_now(stage)
    wrote(stage, "stop", **told, received_at=begun - HOUR)
    wrote(stage, "stop", **told, received_at=begun - HOUR / 6)
    wrote(stage, "start", **told, received_at=begun - HOUR / 2)
    assert consent_on(stage, channel) == "unsubscribed"
    assert len(stage.rows(schema.suppressions)) == 1
    wrote(stage, "start", **told, received_at=begun)
    assert consent_on(stage, channel) == "subscribed"
    assert stage.rows(schema.suppressions) == []


def test_what_the_platform_tells_late_undoes_nothing_and_makes_nobody_anew(
    stage: Stage, chats: Chats
) -> None:
    def heed(told: OptChange) -> None:
        stage.database.write(
            lambda c: conversing.heed(stage.runtime, c, stage.store, INSTAGRAM, [told])
        )

    begun = real_now(stage)
    met = wrote(stage, "stop")
    heed(OptChange(ADA, is_in=True, occurred_at=begun - HOUR))
    assert consent_on(stage, INSTAGRAM) == "unsubscribed"
    heed(OptChange(ADA, is_in=True, occurred_at=real_now(stage)))
    assert consent_on(stage, INSTAGRAM) == "subscribed"
    customer_care.erase(stage.runtime, stage.store, met, "erase")
    heed(OptChange(ADA, is_in=False, occurred_at=begun))
    assert (stage.rows(schema.identities), len(customers(stage))) == ([], 1)


def test_one_message_that_fails_holds_up_no_stop_and_is_taken_in_later(
    stage: Stage, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [InboundMessage("m1", ADA, "Hi"), InboundMessage("m2", "igsid-bob", "stop")]

    def hear() -> list[Exception]:
        return stage.database.write(
            lambda c: conversing.hear(stage.runtime, c, stage.store, INSTAGRAM, told)
        )

    with monkeypatch.context() as fault:
        fault.setattr(conversing, "_tell_flows", lambda _: 1 / 0)
        [failure] = hear()
    assert isinstance(failure, ZeroDivisionError)
    assert [row.provider_id for row in stage.rows(schema.inbound_messages)] == ["m2"]
    assert len(stage.rows(schema.suppressions)) == 1
    assert hear() == []
    assert len(stage.rows(schema.inbound_messages)) == 2
