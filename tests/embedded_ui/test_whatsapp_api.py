"""WhatsApp in the panel: connected, its templates listed, tried out, sent as an answer."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from channels import Providers
from jobs.runtime import Runtime
from sandbox.whatsapp import ACCOUNT_ID, PHONE_NUMBER_ID, WhatsApp
from storage import demo_clock, inbound
from storage.database import Database
from storage.inbound import Inbound
from tests.channels.test_whatsapp import graph_url, whatsapp
from tests.embedded_ui.conftest import NEIGHBOUR, Ask, runtime_of, settings_of
from tests.seeding import SmallStore

__all__ = ["graph_url", "whatsapp"]
PATH = "/channels/whatsapp/templates"
ADA = "+16505551234"


@pytest.fixture
def runtime(
    database_url: str, database: Database, valkey_url: str, tmp_path: Any, graph_url: str
) -> Runtime:
    made = runtime_of(settings_of(database_url, tmp_path), database, valkey_url)
    return replace(made, providers=Providers(use_proxies=False, meta_graph_url=graph_url))


@pytest.fixture
def told(whatsapp: WhatsApp) -> dict[str, Any]:
    fields = {
        "phone_number_id": PHONE_NUMBER_ID, "account_id": ACCOUNT_ID,
        "app_secret": whatsapp.app_secret, "access_token": whatsapp.access_token,
    }  # fmt: skip
    return {"provider": "meta", "fields": fields}


def test_it_is_connected_asked_who_it_is_and_keeps_its_secrets(
    ask: Ask, told: dict[str, Any], whatsapp: WhatsApp
) -> None:
    assert ask("/channels/whatsapp", "PUT", json=told).status_code == 200
    listed = ask("/channels")
    assert whatsapp.access_token not in listed.text
    assert whatsapp.app_secret not in listed.text
    assert ask("/channels/whatsapp/test", "POST", json={}).json == {
        "is_sent": True, "detail": "Maple & Moss, +1 555-078-3881", "meaning": None,
    }  # fmt: skip


@pytest.mark.parametrize("field", ["phone_number_id", "account_id"])
def test_a_phone_number_is_no_id(ask: Ask, told: dict[str, Any], field: str) -> None:
    told["fields"][field] = "+1 555 0100"
    refused = ask("/channels/whatsapp", "PUT", json=told)
    assert refused.status_code == 422
    assert refused.json
    assert refused.json["field"] == field


def test_templates_are_listed_with_their_blanks_and_troubles(
    ask: Ask, told: dict[str, Any]
) -> None:
    assert ask(PATH, "POST").status_code == 404
    assert ask(PATH).json == {"templates": [], "synced_at": None, "is_connected": False}
    ask("/channels/whatsapp", "PUT", json=told)
    synced = ask(PATH, "POST").json
    assert synced
    assert synced["synced_at"]
    found = {(one["name"], one["language"]): one for one in synced["templates"]}
    cart, paused = found["cart_reminder", "en_US"], found["spring_sale", "en_US"]
    assert [one["place"] for one in cart["blanks"]] == ["body:1", "body:2", "button:0"]
    assert cart["replies"] == [{"index": 1, "label": "Talk to an agent"}]
    assert (cart["is_sendable"], cart["trouble"]) == (True, None)
    assert paused["trouble"].startswith("Meta has paused it. ")
    assert (cart["code"], paused["code"]) == (None, None)
    rejected = found["new_arrivals", "en_US"]
    assert rejected["trouble"].startswith("Meta has rejected it. Its form is wrong. ")
    assert rejected["code"] == "INVALID_FORMAT"
    assert ask(PATH, domain=NEIGHBOUR).json == {
        "templates": [], "synced_at": None, "is_connected": False,
    }  # fmt: skip


def test_a_template_is_tried_out_with_its_own_examples(
    ask: Ask, told: dict[str, Any], whatsapp: WhatsApp
) -> None:
    ask("/channels/whatsapp", "PUT", json=told)
    ask(PATH, "POST")
    one = {"name": "cart_reminder", "language": "en_US", "to": "+4790000000"}
    sent = ask(f"{PATH}/test", "POST", json=one).json
    assert sent == {"is_sent": True, "detail": "accepted", "meaning": None}
    assert whatsapp.messages("+4790000000")[0]["text"].startswith("Hi Ada, your Juniper candle")
    none = ask(f"{PATH}/test", "POST", json={**one, "name": "nothing"})
    assert none.status_code == 404
    paused = ask(f"{PATH}/test", "POST", json={**one, "name": "spring_sale"}).json
    assert paused
    assert (paused["is_sent"], "132015" in paused["detail"]) == (False, True)
    assert paused["meaning"].startswith("Meta does not let this template out")
    assert ask(f"{PATH}/test", "POST", domain=NEIGHBOUR, json=one).status_code == 404


def test_what_meta_refuses_is_told_in_words(
    ask: Ask, told: dict[str, Any], whatsapp: WhatsApp
) -> None:
    ask("/channels/whatsapp", "PUT", json=told)
    whatsapp.access_token = "another"
    refused = ask(PATH, "POST")
    told_why = "The access token is not accepted any more."
    assert (refused.status_code, told_why in refused.text) == (502, True)


# --- as an answer ---------------------------------------------------------------------------------


def template_of(name: str, values: dict[str, str]) -> dict[str, Any]:
    filled = {"name": name, "language": "en_US", "values": values}
    return {"channel": "whatsapp", "key": str(uuid.uuid4()), "template": filled}


@pytest.fixture
def door(
    ask: Ask, told: dict[str, Any], maple: SmallStore, runtime: Runtime, database: Database
) -> str:
    """Where Ada is answered, who wrote by WhatsApp two days ago."""
    ask("/channels/whatsapp", "PUT", json=told)
    ask(PATH, "POST")
    now = runtime.database.write(runtime.database.now)
    wrote = Inbound("wamid.in", maple.ada, "+4790000000", "Is it in stock?", now)
    runtime.database.write(lambda c: inbound.keep(c, maple.id, "whatsapp", [wrote]))
    demo_clock.advance(database, timedelta(days=2))
    return f"/conversations/{maple.ada}"


def test_with_the_window_closed_a_template_answers_and_is_named_in_the_thread(
    ask: Ask, door: str
) -> None:
    free = {"channel": "whatsapp", "text": "Yes", "key": str(uuid.uuid4())}
    assert ask(f"{door}/replies", "POST", json=free).status_code == 409
    thread = ask(door).json
    assert thread
    [way] = [one for one in thread["ways"] if one["channel"] == "whatsapp"]
    assert (way["refusal"], way["takes_templates"]) == ("channel_window", True)
    assert way["marketing_refusal"] == "no_consent"
    order = template_of("order_on_its_way", {"body:1": "#1001"})
    assert ask(f"{door}/replies", "POST", json=order).status_code == 201
    thread = ask(door).json
    assert thread
    reply = next(one for one in thread["entries"] if one["kind"] == "reply")
    assert reply["template"] == "order_on_its_way"
    assert reply["text"] == "Good news: your order #1001 is on its way."
    assert thread["conversation"]["state"] == "human"


@pytest.mark.parametrize(
    ("name", "values", "more", "answer"),
    [
        ("order_on_its_way", {}, {}, (422, "template.body:1")),
        ("order_on_its_way", {"body:1": "#1"}, {"text": "and more"}, (422, "text")),
        ("order_on_its_way", {"body:1": "#1"}, {"channel": "sms"}, (422, "channel")),
        ("cart_reminder", {"body:1": "A", "body:2": "B", "button:0": "c"}, {}, (409, "template")),
        ("spring_sale", {}, {}, (409, "template")),
        ("nothing", {}, {}, (404, "")),
    ],
    ids=["empty", "with words", "by text", "no consent", "paused", "unknown"],
)
def test_a_template_that_must_not_go_names_the_field(
    ask: Ask, door: str, name: str, values: Any, more: Any, answer: Any
) -> None:
    asked = template_of(name, values) | more
    refused = ask(f"{door}/replies", "POST", json=asked)
    assert (refused.status_code, (refused.json or {}).get("field", "")) == answer
    thread = ask(door).json
    assert thread
    assert {one["kind"] for one in thread["entries"]} & {"reply", "hands"} == set()
    assert ask(f"{door}/replies", "POST", domain=NEIGHBOUR, json=asked).status_code in (404, 422)
