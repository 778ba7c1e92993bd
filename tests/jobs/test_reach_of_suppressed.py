"""Whom a channel is said to reach gets what is sent: who is suppressed is in neither."""

import random
from dataclasses import dataclass

import pytest
from sqlalchemy import select, update

from jobs import reap, segments
from marketing.consent import Audience, SuppressionScope
from marketing.model import ChannelName
from marketing.policy import policy_of
from marketing.sources import EVERYONE
from sandbox.twilio import Twilio
from storage import addresses_given, audiences, reach, schema, suppressions
from storage.audiences import Reached
from storage.channel_accounts import ChannelAccount
from tests.jobs.chatting import WAKING, connected, wrote
from tests.jobs.stage import Stage
from tests.jobs.test_campaigns import made, send, work
from tests.jobs.test_chat_reach import ALL, NUMBER, WHATSAPP, has_account
from tests.jobs.test_receive import TEXT, account, api_url, twilio

__all__ = ["account", "api_url", "twilio"]

EMAIL, SMS = ChannelName.EMAIL, ChannelName.SMS
WORDS = (None, "subscribed", "subscribed", "not_subscribed", "pending", "unsubscribed", "invalid")
SCOPES = (None, None, None, *SuppressionScope)
PEOPLE = 30


def suppress(
    stage: Stage, channel: str, address: str, scope: SuppressionScope, store_id: str | None = None
) -> None:
    hashed = stage.runtime.secrets.address_hash(channel, address)
    with stage.database.writing() as connection:
        suppressions.add(
            connection, store_id or stage.store_id, channel, [hashed],
            scope=scope, reason="hard_bounce", source="test", now=stage.now,
        )  # fmt: skip


def audience(stage: Stage, channel: ChannelName) -> Reached:
    policy = policy_of(stage.store.settings).consent
    with stage.database.reading() as connection:
        found = audiences.audience(connection, stage.store_id, EVERYONE, policy, stage.now)
    return found.channels[channel.value]


@dataclass(frozen=True, slots=True)
class Said:
    """What each page says of how many a channel reaches."""

    audience: int
    segment: int
    listed: int
    lines: int


def said(stage: Stage, channel: ChannelName) -> Said:
    policy, now = policy_of(stage.store.settings).consent, stage.now
    rule = {"name": "All", "condition": ALL}
    with stage.database.reading() as connection:
        c, mine = schema.customers.c, (connection, stage.store_id)
        ids = list(connection.execute(select(c.id).where(c.store_id == stage.store_id)).scalars())
        words = reach.reached_by(*mine, channel, policy, now)
        assert words is not None
        listed = connection.execute(
            select(c.id).where(c.store_id == stage.store_id, words)
        ).scalars()
        lines = reach.reached_now(*mine, ids, policy, now)
        return Said(
            audience(stage, channel).reached,
            segments.count(stage.runtime, stage.store_id, rule).reach[channel.value],
            len(list(listed)),
            sum(channel.value in channels for channels in lines.values()),
        )


def some_people(stage: Stage, draw: random.Random) -> None:
    """Put people who said all sorts of things, suppressed here, or in the other store only."""
    for number in range(PEOPLE):
        email, phone = f"one{number}@example.com", f"+4790{number:06}"
        stage.customer(
            f"One{number}", email=email, email_key=email,
            phone=draw.choice((phone, None, f"0790 {number:04}")),
            email_consent=draw.choice(WORDS), sms_consent=draw.choice(WORDS),
        )  # fmt: skip
        for channel, address in ((EMAIL, email), (SMS, phone)):
            if scope := draw.choice(SCOPES):
                suppress(stage, channel, address, scope)
            elif draw.random() < 0.5:
                suppress(stage, channel, address, SuppressionScope.ALL, stage.stranger_id)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_campaign_reaches_as_many_as_was_said(
    stage: Stage, twilio: Twilio, account: ChannelAccount, seed: int
) -> None:
    draw = random.Random(seed)  # noqa: S311  the same people each time
    everyone = {"audience": list(Audience)[seed % 2].value}
    settings = {**stage.store.settings, **WAKING, **everyone}
    stage.change(schema.stores, stage.store_id, settings=settings)
    some_people(stage, draw)
    reap.sweep(stage.runtime)
    for channel, step in ((EMAIL, None), (SMS, TEXT)):
        told = said(stage, channel)
        send(stage, made(stage, *([step] if step else [])))
        work(stage)
        sent = len(stage.messages(state="sent", channel=channel.value))
        assert told == Said(sent, sent, sent, sent)
        assert 0 < sent < PEOPLE


def test_who_is_suppressed_is_left_out_for_that_and_only_in_their_store(stage: Stage) -> None:
    ada = {"email": "Ada@Example.com", "email_key": "ada@example.com"}
    stage.customer("Ada", **ada)
    stage.customer("Ada", stage.stranger_id, **ada)
    stage.customer("Bob", email_consent="unsubscribed")
    reap.sweep(stage.runtime)
    suppress(stage, EMAIL, "ada@example.com", SuppressionScope.ALL, stage.stranger_id)
    assert audience(stage, EMAIL) == Reached(1, {"unsubscribed": 1})
    suppress(stage, EMAIL, "ada@example.com", SuppressionScope.MARKETING)
    assert audience(stage, EMAIL) == Reached(0, {"unsubscribed": 1, "suppressed": 1})


def test_whoever_writes_from_a_number_or_is_given_one_has_it_hashed(stage: Stage) -> None:
    has_account(stage, WHATSAPP)
    connected(stage, WHATSAPP)
    ada, bob = wrote(stage, "hello", NUMBER, channel=WHATSAPP), stage.customer("Bob")
    hashed, given = stage.runtime.secrets.address_hash, "+4790000002"
    with stage.database.writing() as connection:
        assert bob == addresses_given.give_phone(connection, stage.store_id, bob, given, hashed)
    for whose, number in ((ada, NUMBER), (bob, given)):
        [row] = stage.rows(schema.customers, id=whose)
        assert row.phone == number
        assert row.sms_hash == hashed("sms", number)
        assert row.whatsapp_hash == hashed("whatsapp", number)
    suppress(stage, WHATSAPP, NUMBER, SuppressionScope.ALL)
    assert audience(stage, WHATSAPP) == Reached(0, {"suppressed": 1, "no_consent": 1})


def test_addresses_from_before_are_hashed_once_and_none_is_left(stage: Stage) -> None:
    stage.customer("Ada", phone="+15550100")
    stage.customer("Bob", email=None, email_key=None)
    reap.sweep(stage.runtime)
    rows = {row.first_name: row for row in stage.rows(schema.customers)}
    hashed, ada, bob = stage.runtime.secrets.address_hash, rows["Ada"], rows["Bob"]
    assert (ada.email_hash, ada.sms_hash, ada.whatsapp_hash) == (
        hashed("email", ada.email), hashed("sms", "+15550100"), hashed("whatsapp", "+15550100"),
    )  # fmt: skip
    assert (bob.email_hash, bob.sms_hash, bob.whatsapp_hash) == (None, None, None)
    with stage.database.writing() as connection:
        connection.execute(update(schema.customers).values(email_hash="kept"))
    reap.sweep(stage.runtime)
    assert {row.email_hash for row in stage.rows(schema.customers)} == {"kept"}


@pytest.mark.parametrize("channel", [ChannelName.MESSENGER, ChannelName.INSTAGRAM])
def test_a_campaign_on_a_chat_reaches_as_many_as_was_said(
    stage: Stage, channel: ChannelName
) -> None:
    has_account(stage, channel)
    chats = connected(stage, channel)
    settings = {**stage.store.settings, "quiet_hours": {channel.value: None}}
    stage.change(schema.stores, stage.store_id, settings=settings)
    for number in range(8):
        wrote(stage, "hello", f"id{number}", channel=channel)
    wrote(stage, "stop", "id0", channel=channel)
    suppress(stage, channel, "id1", SuppressionScope.ALL)
    suppress(stage, channel, "id2", SuppressionScope.MARKETING)
    suppress(stage, channel, "id3", SuppressionScope.ALL, stage.stranger_id)
    told = said(stage, channel)
    with stage.database.writing() as connection:  # what is handed over goes to the provider here
        connection.execute(schema.channel_accounts.delete())
    step = {"kind": "message", "id": "chat", "channel": channel.value,
            "template": {"chat": {"text": "Hello again."}}}  # fmt: skip
    send(stage, made(stage, step))
    work(stage)
    assert sorted(one.to for one in chats.taken) == ["id3", "id4", "id5", "id6", "id7"]
    assert told == Said(5, 5, 5, 5)
    has_account(stage, channel)
    assert audience(stage, channel) == Reached(5, {"unsubscribed": 1, "suppressed": 2})


def test_whatsapp_reaches_by_the_id_that_somebody_wrote_from_with_or_without_a_number(
    stage: Stage,
) -> None:
    has_account(stage, WHATSAPP)
    connected(stage, WHATSAPP)
    ada = wrote(stage, "hello", "DE.ada", channel=WHATSAPP)
    bob = wrote(stage, "hello", "DE.bob", channel=WHATSAPP)
    stage.customer("Cleo", phone="0790 12 34", whatsapp_consent="subscribed")
    for whose in (ada, bob):
        assert stage.rows(schema.customers, id=whose)[0].phone is None
    stage.change(schema.customers, bob, phone="+4790000009")
    reap.sweep(stage.runtime)
    suppress(stage, WHATSAPP, "+4790000009", SuppressionScope.ALL)
    assert audience(stage, WHATSAPP) == Reached(2, {"no_address": 1})
    suppress(stage, WHATSAPP, "DE.ada", SuppressionScope.ALL)
    assert audience(stage, WHATSAPP) == Reached(1, {"no_address": 1, "suppressed": 1})
    assert said(stage, WHATSAPP) == Said(1, 1, 1, 1)
