"""The website chat's door: visitors write and are answered, strangers and forgers get nowhere."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any
from unittest.mock import ANY

import pytest
from flask.testing import FlaskClient

from app import create_app
from jobs import channel_accounts, receive, reply
from jobs.networks import host_of, network_of
from jobs.pixel_limits import Buckets
from jobs.webchat_limits import ChatLimits, Hurried
from marketing.chat import AGENT, Author, Button, Card, ChatContent
from marketing.links import visitor_token
from marketing.model import ChannelName, CustomerKey
from marketing.webchat import WORDS
from storage import channel_accounts as accounts
from storage import privacy, schema, stores
from tests.jobs.chatting import WAKING
from tests.jobs.inbound import Inbound
from tests.jobs.stage import Sink, Stage, runtime, settings

OURS = "https://maple.myshopify.com"
CHOICES = ChatContent(
    "Which one?",
    buttons=(Button("The blue one", "pick:blue"),),
    cards=(Card("Hat", "$9", "https://maple.example/hat.png", "https://maple.example/hat"),),
)
ID = "0192-aaaa-{0:04}"
RECORDED = json.loads((Path(__file__).parent / "payloads" / "webchat.json").read_text("utf-8"))


@pytest.fixture
def stage(database_url: str, valkey_url: str) -> Iterator[Stage]:
    sink = Sink()
    hands = runtime(settings(database_url, sink.url, valkey_url))
    staged = Stage(hands, sink)
    staged.change(schema.stores, staged.store_id, settings=WAKING)
    turn_on(staged, staged.store_id)
    yield staged
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()
    sink.server.stop()


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return create_app(Inbound(stage).runtime).test_client()


def turn_on(stage: Stage, store_id: str, **public: str) -> None:
    with stage.database.reading() as connection:
        store = stores.by_id(connection, store_id)
    assert store
    told = ("reprise", public, dict[str, str]())
    channel_accounts.connect(stage.runtime, store, ChannelName.WEBCHAT, told)


def knock(client: FlaskClient, path: str, origin: str | None = OURS, **said: Any) -> Any:
    headers = {"Origin": origin} if origin else {}
    return client.post(f"/webchat/{path}", data=json.dumps(said), headers=headers)


def begin(client: FlaskClient, stage: Stage) -> str:
    answer = knock(client, f"{stage.store_id}/visitors")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (201, False)
    return str(answer.get_json()["token"])


def say(client: FlaskClient, stage: Stage, token: str, number: int = 1, **said: Any) -> Any:
    told = {"token": token, "id": ID.format(number), "text": "Do you ship to Wien?", **said}
    answer = knock(client, f"{stage.store_id}/said", **told)
    while receive.drain(stage.runtime, [stage.store_id]):
        pass
    return answer


def lines(client: FlaskClient, stage: Stage, token: str, **told: int) -> list[dict[str, Any]]:
    answer = knock(client, f"{stage.store_id}/lines", token=token, **told)
    assert answer.status_code == 200, answer.get_json()
    found: list[dict[str, Any]] = answer.get_json()["lines"]
    while receive.drain(stage.runtime, [stage.store_id]):
        pass
    return found


def answer(stage: Stage, words: str | ChatContent = "Yes!", author: Author = Author.PERSON) -> None:
    [row] = stage.rows(schema.identities, channel="webchat")
    stage.database.write(
        lambda c: reply.queue(
            c, stage.runtime, stage.store, row.customer_id, ChannelName.WEBCHAT, words,
            author=author,
        )
    )  # fmt: skip
    while reply.drain(stage.runtime, [stage.store_id]):
        pass


def test_a_visitor_asks_and_fetches_the_answer_once_and_in_order(
    client: FlaskClient, stage: Stage
) -> None:
    token = begin(client, stage)
    assert say(client, stage, token).get_json() == {"number": 1}
    answer(stage)
    answer(stage, CHOICES)
    found = lines(client, stage, token)
    assert [(one["number"], one["author"], one["text"]) for one in found] == [
        (1, "visitor", "Do you ship to Wien?"), (2, "person", "Yes!"), (3, "person", "Which one?"),
    ]  # fmt: skip
    assert found[2]["buttons"] == [{"label": "The blue one", "payload": "pick:blue", "url": ""}]
    assert found[2]["cards"][0]["title"] == "Hat"
    assert lines(client, stage, token, after=3) == []
    [customer] = [row for row in stage.rows(schema.customers) if row.email is None]
    assert customer.email_consent is None, "who writes agreed to nothing"


def test_what_a_browser_posts_is_kept_as_the_channel_reads_it(
    client: FlaskClient, stage: Stage
) -> None:
    posted, token = RECORDED["posted"], begin(client, stage)
    say(client, stage, token)
    answer(stage, CHOICES)
    for sample in ("words", "button", "agent"):
        told = {**posted[sample], "token": token}
        assert knock(client, f"{stage.store_id}/said", **told).status_code == 202
    seen = {**posted["seen"], "token": token}
    assert knock(client, f"{stage.store_id}/lines", **seen).status_code == 200
    kept = [json.loads(row.body) for row in stage.rows(schema.callbacks) if row.body]
    [reply_id] = [row.id for row in stage.rows(schema.replies)]
    [visitor] = [row.id for row in stage.rows(schema.webchat_visitors)]
    for sample in ("words", "button", "agent", "seen"):
        whole = {**RECORDED["kept"][sample], "visitor": visitor, "at": ANY}
        told = {name: [reply_id] for name in ("delivered", "read") if name in whole}
        assert {**whole, **told} in kept, sample


def test_an_answer_is_delivered_when_it_is_fetched_and_read_when_it_was_looked_at(
    client: FlaskClient, stage: Stage
) -> None:
    token = begin(client, stage)
    say(client, stage, token)
    answer(stage)
    lines(client, stage, token)
    assert [row.state for row in stage.rows(schema.replies)] == ["sent"]
    lines(client, stage, token, after=2)
    assert [row.state for row in stage.rows(schema.replies)] == ["delivered"]
    lines(client, stage, token, after=2, seen=2)
    [row] = stage.rows(schema.replies)
    assert (row.state, row.read_at is not None) == ("read", True)
    kept = len(stage.rows(schema.callbacks))
    lines(client, stage, token, after=2_000_000_000, seen=2_000_000_000)
    assert len(stage.rows(schema.callbacks)) == kept, "nothing new: nothing is written"


def test_what_is_said_twice_is_heard_once(client: FlaskClient, stage: Stage) -> None:
    token = begin(client, stage)
    numbers = [say(client, stage, token).get_json()["number"] for _ in range(2)]
    assert numbers == [1, 1]
    assert len(stage.rows(schema.inbound_messages)) == 1


def test_a_person_is_asked_for_by_a_button(client: FlaskClient, stage: Stage) -> None:
    token = begin(client, stage)
    say(client, stage, token, payload=AGENT, text="Talk to an agent")
    [row] = stage.rows(schema.conversations)
    assert row.state == "human"


@pytest.mark.parametrize(
    ("locale", "words"), [("fr-CA", "Parler à une personne"), ("ja", "Met een medewerker praten")]
)
def test_a_person_asked_for_without_a_word_is_asked_in_the_pages_language_else_the_stores(
    client: FlaskClient, stage: Stage, locale: str, words: str
) -> None:
    stage.change(schema.stores, stage.store_id, locale="nl-BE")
    told = {"token": begin(client, stage), "id": ID.format(1), "payload": AGENT}
    assert knock(client, f"{stage.store_id}/said?locale={locale}", **told).status_code == 202
    assert [row.said for row in stage.rows(schema.webchat_lines)] == [{"text": words}]


def test_only_a_button_that_was_offered_to_this_visitor_can_be_tapped(
    client: FlaskClient, stage: Stage
) -> None:
    token = begin(client, stage)
    say(client, stage, token)
    answer(stage, CHOICES)
    assert say(client, stage, token, 2, payload="pick:blue", text="x").status_code == 202
    [heard] = stage.rows(schema.inbound_messages, kind="button")
    assert (heard.text, heard.payload) == ("The blue one", "pick:blue")
    for who, payload in ((token, "a:ask:0"), (begin(client, stage), "pick:blue")):
        assert say(client, stage, who, 3, payload=payload).status_code == 422


def test_another_visitor_and_another_store_reach_nothing(client: FlaskClient, stage: Stage) -> None:
    turn_on(stage, stage.stranger_id)
    token = begin(client, stage)
    say(client, stage, token)
    assert lines(client, stage, begin(client, stage)) == [], "someone else's thread"
    theirs = f"{stage.stranger_id}/lines"
    assert knock(client, theirs, OURS, token=token).status_code == 403, "not their page"
    there = "https://stranger.myshopify.com"
    assert knock(client, theirs, there, token=token).status_code == 401, "not their visitor"


def test_a_forged_token_is_refused(client: FlaskClient, stage: Stage) -> None:
    token = begin(client, stage)
    unknown = visitor_token(stage.runtime.link_keys, stage.store_id, schema.new_id())
    for forged in ("", "x", other_end(token), f"{token}A", unknown, "é" * 400):
        for door in ("lines", "said"):
            told = {"token": forged, "id": ID.format(1), "text": "Hi"}
            refused = knock(client, f"{stage.store_id}/{door}", **told)
            assert refused.status_code == 401, forged
    assert stage.rows(schema.callbacks) == []


def other_end(token: str) -> str:
    return token[:-2] + ("AA" if token[-2] != "A" else "BB")


@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", f"{OURS}.evil.example",
                                    "http://maple.myshopify.com"])  # fmt: skip
def test_a_page_that_is_not_the_stores_begins_nothing(
    client: FlaskClient, stage: Stage, origin: str | None
) -> None:
    refused = knock(client, f"{stage.store_id}/visitors", origin)
    assert refused.status_code == 403
    assert "Access-Control-Allow-Origin" not in refused.headers
    assert stage.rows(schema.webchat_visitors) == []


def test_the_stores_own_pages_may_read_the_answers_and_no_credentials_are_wanted(
    client: FlaskClient, stage: Stage
) -> None:
    turn_on(stage, stage.store_id, origins="shop.maple.example https://old.maple.example/")
    for origin in (OURS, "https://shop.maple.example", "https://old.maple.example"):
        told = client.get(f"/webchat/{stage.store_id}", headers={"Origin": origin})
        assert told.headers["Access-Control-Allow-Origin"] == origin
        assert told.headers["Vary"] == "Origin"
        assert "Access-Control-Allow-Credentials" not in told.headers
    told = client.get(f"/webchat/{stage.store_id}", headers={"Origin": "https://evil.example"})
    assert "Access-Control-Allow-Origin" not in told.headers


def test_the_chat_has_the_stores_colour_greeting_and_the_pages_language(
    client: FlaskClient, stage: Stage
) -> None:
    turn_on(stage, stage.store_id, color="#ffee88", greeting="Moin!")
    told = client.get(f"/webchat/{stage.store_id}?locale=de-AT").get_json()
    assert (told["language"], told["color"], told["ink"]) == ("de", "#ffee88", "#1b1a18")
    assert told["words"]["greeting"] == "Moin!"
    assert told["words"]["title"] == "Chat mit Maple & Moss"


def test_a_chat_that_is_off_is_not_there(client: FlaskClient, stage: Stage) -> None:
    token = begin(client, stage)
    stage.database.write(lambda c: accounts.disconnect(c, stage.store_id, ChannelName.WEBCHAT))
    assert client.get(f"/webchat/{stage.store_id}").status_code == 404
    for path in ("visitors", "said", "lines"):
        assert knock(client, f"{stage.store_id}/{path}", token=token).status_code == 404
    assert client.get("/webchat/nobodys-key").status_code == 404


@pytest.mark.parametrize("said", [{"text": "  "}, {"text": "x" * 2001}, {"id": "short"},
                                  {"text": 7}, {"payload": "x" * 1001}])  # fmt: skip
def test_what_makes_no_sense_is_refused_with_its_field(
    client: FlaskClient, stage: Stage, said: dict[str, Any]
) -> None:
    refused = say(client, stage, begin(client, stage), **said)
    assert (refused.status_code, refused.get_json()["field"]) == (422, next(iter(said)))
    assert stage.rows(schema.webchat_lines) == []


def test_hostile_bytes_are_refused_or_kept_as_words(client: FlaskClient, stage: Stage) -> None:
    path, headers = f"/webchat/{stage.store_id}/said", {"Origin": OURS}
    assert client.post(path, data=b"\xff{", headers=headers).status_code == 422
    assert client.post(path, data=b"[]", headers=headers).status_code == 422
    assert client.post(path, data=b" " * 20_000, headers=headers).status_code == 413
    token = begin(client, stage)
    assert say(client, stage, token, text="<b>\0</b> 👍").status_code == 202
    [row] = stage.rows(schema.inbound_messages)
    assert row.text == "<b>\ufffd</b> 👍"


def test_who_begins_one_conversation_after_the_other_is_slowed_down(
    client: FlaskClient, stage: Stage
) -> None:
    answers = [knock(client, f"{stage.store_id}/visitors") for _ in range(11)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0


def from_there(client: FlaskClient, address: str, path: str, **said: Any) -> Any:
    told = {"headers": {"Origin": OURS}, "environ_base": {"REMOTE_ADDR": address}}
    return client.post(f"/webchat/{path}", data=json.dumps(said), **told)


def test_strangers_who_are_refused_keep_no_visitor_out(client: FlaskClient, stage: Stage) -> None:
    token = begin(client, stage)
    fetch, start = f"{stage.store_id}/lines", f"{stage.store_id}/visitors"
    refused = [from_there(client, "203.0.113.9", start).status_code for _ in range(12)]
    assert refused[-1] == 429
    assert from_there(client, "192.0.2.7", fetch, token=token).status_code == 200, "a visitor"
    assert from_there(client, "192.0.2.8", start).status_code == 201, "somebody new"


def as_often_as_let(knock: Callable[[], None]) -> int:
    for times in range(2000):
        try:
            knock()
        except Hurried:
            return times
    raise AssertionError("there is no bound")


def use_up(limits: ChatLimits, address: str) -> list[int]:
    """Knock as often as one address may, in each way; give how often that was."""
    return [
        as_often_as_let(lambda: limits.begin(address)),
        as_often_as_let(lambda: limits.begin_at("store", address)),
        as_often_as_let(lambda: limits.knock(address)),
        as_often_as_let(lambda: limits.fetch(address)),
        as_often_as_let(lambda: limits.say(address, address)),
    ]


def test_a_handful_of_addresses_uses_up_nothing_but_its_own() -> None:
    limits = ChatLimits()
    for one in fields(limits):
        getattr(limits, one.name).clock = lambda: 0.0
    for host in range(8):
        assert max(use_up(limits, f"203.0.{host}.9")) <= 300
    limits.knock("192.0.2.7")
    limits.fetch("a visitor")
    limits.say("192.0.2.7", "a visitor")
    limits.begin("192.0.2.8")
    limits.begin_at("store", "192.0.2.8")


def test_a_store_full_of_beginners_still_lets_the_first_of_each_network_in() -> None:
    limits = ChatLimits(beginning_at_store=Buckets(rate=0.001, burst=2))
    for _ in range(5):
        limits.begin_at("store", "203.0.113.9")
    with pytest.raises(Hurried):
        limits.begin_at("store", "203.0.113.10")
    for address in ("192.0.2.8", "2001:db8::1", "2001:db8:1::1"):
        limits.begin_at("store", address)
    limits.begin_at("another store", "203.0.113.10")


@pytest.mark.parametrize(
    ("address", "host", "network"),
    [
        ("203.0.113.9", "203.0.113.9/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.9/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("", "", ""),
    ],
)
def test_a_network_is_what_one_party_holds(address: str, host: str, network: str) -> None:
    assert (host_of(address), network_of(address)) == (host, network)


@pytest.mark.parametrize(
    ("locale", "words"),
    [("de-AT", "Schreiben Sie zuerst eine Nachricht."), ("it", "Scriva prima un messaggio."),
     ("ja", "Write a message first."), ("", "Write a message first.")],
)  # fmt: skip
def test_a_refusal_is_said_in_the_pages_language(
    client: FlaskClient, stage: Stage, locale: str, words: str
) -> None:
    told = {"token": begin(client, stage), "id": ID.format(1), "text": " "}
    refused = knock(client, f"{stage.store_id}/said?locale={locale}", **told)
    assert refused.get_json()["message"] == words


def test_a_page_in_a_language_that_we_do_not_speak_has_the_stores(
    client: FlaskClient, stage: Stage
) -> None:
    stage.change(schema.stores, stage.store_id, locale="nl-BE")
    told = client.get(f"/webchat/{stage.store_id}?locale=ja").get_json()
    assert (told["language"], told["words"]["agent"]) == ("nl", "Met een medewerker praten")


def test_every_language_of_the_chat_says_all_of_it_with_the_same_gaps() -> None:
    gaps = {name: sorted(re.findall(r"{\w+}", said)) for name, said in WORDS["en"].items()}
    for language, words in WORDS.items():
        assert {name: sorted(re.findall(r"{\w+}", said)) for name, said in words.items()} == gaps
        assert all(said.strip() for said in words.values()), language


def test_a_visitor_knows_again_what_they_said_by_the_browsers_own_name(
    client: FlaskClient, stage: Stage
) -> None:
    token = begin(client, stage)
    say(client, stage, token)
    answer(stage)
    assert [one["id"] for one in lines(client, stage, token)] == [ID.format(1), ""]


def test_a_page_is_told_that_it_was_too_fast_and_for_how_long(
    client: FlaskClient, stage: Stage
) -> None:
    for _ in range(11):
        refused = knock(client, f"{stage.store_id}/visitors?locale=de")
    told = refused.get_json()
    assert refused.status_code == 429
    assert told["message"] == "Das war viel auf einmal. Versuchen Sie es gleich noch einmal."
    assert told["retry_after"] == int(refused.headers["Retry-After"]) > 0
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_whoever_tries_keys_of_no_store_is_slowed_down_in_words(client: FlaskClient) -> None:
    answers = [knock(client, "no-such-store-at-all/visitors") for _ in range(11)]
    assert [answers[0].status_code, answers[-1].status_code] == [404, 429]


def test_nobody_tells_of_visitors_at_the_providers_door(client: FlaskClient, stage: Stage) -> None:
    [account] = stage.rows(schema.channel_accounts)
    body = json.dumps({"visitor": "v", "id": "1", "text": "Hi", "at": "2026-01-01T00:00:00Z"})
    assert client.post(f"/callbacks/webchat/{account.callback_key}", data=body).status_code == 401


def test_someone_erased_is_forgotten_and_begins_anew(client: FlaskClient, stage: Stage) -> None:
    token = begin(client, stage)
    say(client, stage, token, text="My secret is Zwölftonmusik")
    [row] = stage.rows(schema.identities, channel="webchat")
    whole = stage.database.write(lambda c: privacy.export(c, stage.store_id, row.customer_id))
    assert [one["said"] for one in whole["webchat_lines"]] == [
        {"text": "My secret is Zwölftonmusik"}
    ]
    stage.database.write(
        lambda c: privacy.erase(
            c, stage.store, CustomerKey(), stage.runtime.secrets.address_hash, stage.now,
            row.customer_id,
        )
    )  # fmt: skip
    assert "tonmusik" not in Inbound(stage).everything()
    assert say(client, stage, token, 2).status_code == 401
    assert say(client, stage, begin(client, stage), 3).status_code == 202
