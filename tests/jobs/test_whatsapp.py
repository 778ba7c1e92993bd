"""A store's WhatsApp account: its templates known, customers heard, what Meta says obeyed."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from channels import Providers
from channels.base import Callback
from jobs import channel_accounts, outbox, receive, whatsapp_templates
from marketing.model import ChannelName
from marketing.rests import RestKind
from sandbox.whatsapp import ACCOUNT_ID, PHONE_NUMBER_ID, WhatsApp
from storage import channel_accounts as accounts
from storage import rests, schema
from storage.channel_accounts import ChannelAccount
from tests.channels.test_whatsapp import graph_url, whatsapp
from tests.channels.test_whatsapp_events import RECORDED
from tests.jobs.stage import Stage

__all__ = ["graph_url", "whatsapp"]
ADA, ADAS_ID = "+14165551234", "US.13491208655302741918"
"""Of Toronto: where Meta's own examples have their number, no marketing may be sent."""
METAS_NUMBER = "+16505551234"
WAKING = {"quiet_hours": {"whatsapp": None}}


@pytest.fixture
def account(stage: Stage, whatsapp: WhatsApp, graph_url: str) -> ChannelAccount:
    """The store's own account; nothing that Meta tells arrives by itself."""
    providers = Providers(use_proxies=False, meta_graph_url=graph_url)
    stage.runtime = replace(stage.runtime, providers=providers)
    stage.change(schema.stores, stage.store_id, settings=WAKING)
    whatsapp.answer(ADA, "hello")
    public = {
        "phone_number_id": PHONE_NUMBER_ID, "account_id": ACCOUNT_ID, "verify_token": "our word",
    }  # fmt: skip
    secret = {"app_secret": whatsapp.app_secret, "access_token": whatsapp.access_token}
    told = ("meta", public, secret)
    made = channel_accounts.connect(stage.runtime, stage.store, ChannelName.WHATSAPP, told)
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    return made


def come_in(stage: Stage, account: ChannelAccount, *names: str, **changed: Any) -> None:
    changes = [orjson.loads(orjson.dumps(RECORDED[name])) for name in names]
    for change in changes:
        change["value"].update(changed)
    told = {
        "object": "whatsapp_business_account",
        "entry": [{"id": ACCOUNT_ID, "changes": changes}],
    }
    url = channel_accounts.callback_url(stage.runtime, account)
    receive.kept(stage.runtime, account, Callback(url, _from_ada(orjson.dumps(told))))
    while receive.drain(stage.runtime, [stage.store_id, stage.stranger_id]):
        pass
    stage.work()


def _from_ada(body: bytes) -> bytes:
    return body.replace(METAS_NUMBER[1:].encode(), ADA[1:].encode())


def statuses(stage: Stage) -> dict[tuple[str, str], str]:
    registry, _ = whatsapp_templates.known(stage.runtime, stage.store_id)
    return {key: one.status for key, one in registry.templates.items()}


def customer(stage: Stage) -> Any:
    [row] = stage.rows(schema.customers, store_id=stage.store_id, phone=ADA)
    return row


def test_connecting_asks_about_the_templates_and_every_day_does(
    stage: Stage, account: ChannelAccount
) -> None:
    assert statuses(stage)["cart_reminder", "en_US"] == "approved"
    assert statuses(stage)["spring_sale", "en_US"] == "paused"
    assert whatsapp_templates.known(stage.runtime, stage.stranger_id) == (
        whatsapp_templates.Registry({}), False,
    )  # fmt: skip
    [call] = stage.rows(schema.outbox, store_id=stage.store_id, kind="sync_templates")
    with stage.database.reading() as connection:
        due_in = call.due_at - stage.database.real_now(connection)
    assert (call.state, 23 <= due_in.total_seconds() / 3600 <= 24) == ("pending", True)


def test_a_pause_holds_at_once_and_the_rest_is_asked(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    told = {
        "event": "PAUSED", "message_template_name": "cart_reminder",
        "message_template_language": "en_US", "reason": "NONE",
    }  # fmt: skip
    come_in(stage, account, "template_paused", **told)
    assert statuses(stage)["cart_reminder", "en_US"] == "paused"
    assert statuses(stage)["cart_reminder", "de"] == "approved"
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    assert statuses(stage)["cart_reminder", "en_US"] == "approved"  # as Meta now says itself


def test_a_refused_token_is_told_in_the_settings(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    whatsapp.access_token = "another"
    with stage.database.writing() as connection:
        whatsapp_templates.ask_soon(stage.runtime, connection, stage.store_id)
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    with stage.database.reading() as connection:
        kept = accounts.get(connection, stage.store_id, ChannelName.WHATSAPP)
    assert kept
    assert kept.trouble
    assert "190" in kept.trouble
    assert statuses(stage)["cart_reminder", "en_US"] == "approved"


def test_who_writes_is_the_customer_of_that_number_who_agreed_to_nothing(
    stage: Stage, account: ChannelAccount
) -> None:
    ada = stage.customer(phone=ADA)
    come_in(stage, account, "text")
    come_in(stage, account, "text", contacts=[])
    [kept] = stage.rows(schema.inbound_messages, store_id=stage.store_id)
    assert (kept.customer_id, kept.text) == (ada, "Does it come in another color?")
    assert customer(stage).whatsapp_consent is None
    ids = stage.rows(schema.identities, store_id=stage.store_id)
    assert {one.address for one in ids} == {ADA, ADAS_ID}


def test_stop_and_resume_in_whatsapp_itself_are_obeyed(
    stage: Stage, account: ChannelAccount
) -> None:
    stage.customer(phone=ADA, whatsapp_consent="subscribed", sms_consent="subscribed")
    come_in(stage, account, "text", "stop")
    row = customer(stage)
    assert (row.whatsapp_consent, row.sms_consent) == ("unsubscribed", "subscribed")
    [kept] = stage.rows(schema.suppressions, store_id=stage.store_id)
    assert (kept.channel, kept.scope) == ("whatsapp", "marketing")
    assert not stage.rows(schema.outbox, store_id=stage.store_id, kind="write_consent")
    come_in(stage, account, "resume")
    assert customer(stage).whatsapp_consent == "subscribed"
    assert not stage.rows(schema.suppressions, store_id=stage.store_id)


def test_a_message_that_is_changed_to_a_stop_stops_and_stands_in_the_thread_as_it_is_now(
    stage: Stage, account: ChannelAccount
) -> None:
    stage.customer(phone=ADA, whatsapp_consent="subscribed")
    stranger = stage.customer(store_id=stage.stranger_id, phone=ADA, whatsapp_consent="subscribed")
    come_in(stage, account, "text")
    now = {"context": {"id": "wamid.0"}, "type": "text", "text": {"body": "Stop"}}
    edit = {
        "from": METAS_NUMBER[1:], "id": "wamid.edit", "timestamp": "1749416400", "type": "edit",
        "edit": {"original_message_id": "wamid.0", "message": now},
    }  # fmt: skip
    for _ in range(2):
        come_in(stage, account, "text", messages=[edit])
    said = [one.text for one in stage.rows(schema.inbound_messages, store_id=stage.store_id)]
    assert sorted(said) == ["Does it come in another color?", "Stop"]
    assert customer(stage).whatsapp_consent == "unsubscribed"
    [other] = stage.rows(schema.customers, id=stranger)
    assert other.whatsapp_consent == "subscribed"


def test_the_account_in_trouble_is_told_in_the_settings(
    stage: Stage, account: ChannelAccount
) -> None:
    come_in(stage, account, "account_restricted")
    with stage.database.reading() as connection:
        kept = accounts.get(connection, stage.store_id, ChannelName.WHATSAPP)
    assert kept
    assert kept.trouble == "Meta: ACCOUNT_VIOLATION (ALCOHOL)"


def resting(stage: Stage) -> rests.Rests:
    hashed = stage.runtime.secrets.address_hash("whatsapp", ADA)
    with stage.database.reading() as connection:
        return rests.of(connection, stage.store_id, "whatsapp", [hashed]).get(hashed, rests.NONE)


def test_a_failure_that_names_no_message_of_ours_moves_nothing(
    stage: Stage, account: ChannelAccount
) -> None:
    come_in(stage, account, "failed_marketing_cap")
    assert RestKind.MARKETING not in resting(stage).until


def test_of_a_store_that_left_no_templates_are_asked_about_until_it_is_back(
    stage: Stage, account: ChannelAccount, whatsapp: WhatsApp
) -> None:
    def ask() -> Any:
        with stage.database.writing() as connection:
            whatsapp_templates.ask_soon(stage.runtime, connection, stage.store_id)
        while outbox.drain(stage.runtime, [stage.store_id]):
            pass
        [row] = stage.rows(schema.outbox, store_id=stage.store_id, kind="sync_templates")
        return row

    stage.change(schema.stores, stage.store_id, status="uninstalled")
    whatsapp.access_token = "another"
    assert ask().state == "pending"
    with stage.database.reading() as connection:
        kept = accounts.get(connection, stage.store_id, ChannelName.WHATSAPP)
    assert kept
    assert kept.trouble is None
    stage.change(schema.stores, stage.store_id, status="installed")
    ask()
    with stage.database.reading() as connection:
        kept = accounts.get(connection, stage.store_id, ChannelName.WHATSAPP)
    assert kept
    assert kept.trouble


def test_a_name_that_no_database_takes_holds_up_nobodys_message(
    stage: Stage, account: ChannelAccount
) -> None:
    contacts = orjson.loads(orjson.dumps(RECORDED["text"]["value"]["contacts"]))
    contacts[0]["profile"]["name"] = "A\0da"
    come_in(stage, account, "text", contacts=contacts)
    [kept] = stage.rows(schema.inbound_messages, store_id=stage.store_id)
    assert kept.text == "Does it come in another color?"
    assert [row.error for row in stage.rows(schema.callbacks)] == [None]
