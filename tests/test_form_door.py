"""Signing up by a form: from any page into the welcome series, and nothing to learn on the way."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st

from app import create_app
from jobs import form_door, outbox, signups
from marketing import links, recipes
from marketing.consent import SuppressionScope
from marketing.model import CustomerKey
from marketing.signup import USUAL, form_of, text_id
from sandbox.faults import Fault
from storage import privacy, schema, stores, suppressions
from tests.jobs.inbound import Inbound
from tests.jobs.stage import HOUR, PLATFORM_IS_SILENT, Sink, Stage, runtime, settings

ENGLISH, GERMAN = (text_id(USUAL[language]) for language in ("en", "de"))
ON = {**PLATFORM_IS_SILENT, "signup_form": {"is_on": True}}


@pytest.fixture
def sink() -> Iterator[Sink]:
    server = Sink()
    yield server
    server.server.stop()


@pytest.fixture
def stage(database_url: str, valkey_url: str, sink: Sink) -> Iterator[Stage]:
    hands = runtime(settings(database_url, sink.url, valkey_url))
    staged = Stage(hands, sink)
    switch(staged, ON)
    yield staged
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return create_app(Inbound(stage).runtime).test_client()


def switch(stage: Stage, document: dict[str, Any]) -> None:
    stage.database.write(lambda c: stores.set_settings(c, stage.store_id, document))


def filled(**changes: Any) -> dict[str, Any]:
    whole = {"email": "new@example.com", "consent": True, "text_id": ENGLISH, **changes}
    return {name: value for name, value in whole.items() if value is not ...}


def post(client: FlaskClient, key: str, body: Any, **headers: str) -> Any:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(f"/forms/{key}", data=raw, headers=headers)


def known(stage: Stage, email: str, **columns: Any) -> str:
    return stage.customer(email=email, email_key=email, **columns)


def state(stage: Stage, customer_id: str) -> str:
    (found,) = stage.rows(schema.customers, id=customer_id)
    return str(found.email_consent)


def mails(stage: Stage) -> list[Any]:
    """What has gone out by now, after the outbox was worked off."""
    while outbox.make_batch(stage.runtime, stage.store_id):
        pass
    return stage.sink.mails


def link_in(mail: Any) -> str:
    found = re.search(r"/f/[\w-]+", mail.get_body(("plain",)).get_content())
    assert found
    return found[0]


def test_who_signs_up_and_confirms_is_welcomed(client: FlaskClient, stage: Stage) -> None:
    stage.put_flow(recipes.load("welcome"))
    body = filled(locale="de-AT", text_id=GERMAN, page="https://maple.example/pages/news")
    answer = post(client, stage.store_id, body, Origin="https://maple.example")
    assert answer.status_code == 202
    assert answer.get_json() == {"message": USUAL["de"].thanks}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    assert stage.rows(schema.customers) == [], "nobody is a customer by what a stranger types"
    (mail,) = mails(stage)
    assert mail["To"] == "new@example.com"
    assert mail["Subject"] == "Bitte bestätigen Sie Ihre Adresse für Maple & Moss"
    link = link_in(mail)
    page = client.get(link)
    assert "Ja, gern" in page.get_data(as_text=True)
    assert stage.rows(schema.customers) == [], "a scanner that looks confirms nothing"
    done = client.post(link)
    assert "Vielen Dank" in done.get_data(as_text=True)
    (customer,) = stage.rows(schema.customers)
    assert (customer.email, customer.email_consent) == ("new@example.com", "subscribed")
    assert customer.email_consent_source == "form"
    (kept,) = stage.rows(schema.signups)
    assert kept.told == {
        "text": USUAL["de"].consent,
        "locale": "de-AT",
        "page": "https://maple.example/pages/news",
    }
    assert kept.confirmed_at is not None
    stage.live(HOUR)
    welcomed = stage.sink.mails[1:]
    assert [one["To"] for one in welcomed] == ["new@example.com"]


def test_a_second_click_is_no_second_welcome(client: FlaskClient, stage: Stage) -> None:
    stage.put_flow(recipes.load("welcome"))
    post(client, stage.store_id, filled())
    link = link_in(mails(stage)[0])
    for _ in range(3):
        assert client.post(link).status_code == 200
    assert len(stage.events("customer.subscribed")) == 1


def test_name_and_birthday_are_kept_only_where_the_form_asks(
    client: FlaskClient, stage: Stage
) -> None:
    told = filled(first_name=" Nia ", birthday="1990-02-28")
    post(client, stage.store_id, told)
    asking = {"is_on": True, "asks_name": True, "asks_birthday": True}
    switch(stage, {**ON, "signup_form": asking})
    post(client, stage.store_id, {**told, "email": "nia@example.com"})
    for mail in mails(stage):
        client.post(link_in(mail))
    kept = {one.email: one for one in stage.rows(schema.customers)}
    assert (kept["new@example.com"].first_name, kept["new@example.com"].properties) == (None, {})
    nia = kept["nia@example.com"]
    assert (nia.first_name, nia.properties) == ("Nia", {"birthday": "1990-02-28"})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_answer_tells_nobody_whether_we_know_the_address(
    client: FlaskClient, stage: Stage
) -> None:
    known(stage, "known@example.com")
    known(stage, "gone@example.com", email_consent="unsubscribed")
    hashed = stage.runtime.secrets.address_hash("email", "bounced@example.com")
    stage.database.write(
        lambda c: suppressions.add(
            c, stage.store_id, "email", [hashed], scope=SuppressionScope.ALL,
            reason="hard_bounce", source="smtp", now=stage.now,
        )
    )  # fmt: skip
    names = ("new", "known", "gone", "bounced")
    answers = [post(client, stage.store_id, filled(email=f"{name}@example.com")) for name in names]
    assert len({(one.status_code, one.get_data()) for one in answers}) == 1
    asked = sorted(one["To"] for one in mails(stage))
    assert asked == ["gone@example.com", "new@example.com"], "known ones and dead ones get no mail"


def test_whoever_unsubscribed_comes_back_only_by_their_own_click(
    client: FlaskClient, stage: Stage
) -> None:
    switch(stage, {**ON, "signup_form": {"is_on": True, "confirms": False}})
    said = {"email_consent_source": "one_click", "email_consent_at": stage.now}
    who = known(stage, "gone@example.com", email_consent="unsubscribed", **said)
    stage.pass_time(HOUR)
    post(client, stage.store_id, filled(email="gone@example.com"))
    assert state(stage, who) == "unsubscribed", (
        "not by what a stranger typed, even without double opt-in"
    )
    client.post(link_in(mails(stage)[0]))
    assert state(stage, who) == "subscribed"


def test_without_double_opt_in_who_signs_up_is_subscribed_at_once(
    client: FlaskClient, stage: Stage
) -> None:
    switch(stage, {**ON, "signup_form": {"is_on": True, "confirms": False}})
    post(client, stage.store_id, filled())
    (customer,) = stage.rows(schema.customers)
    assert (customer.email_consent, customer.email_consent_source) == ("subscribed", "form")
    assert mails(stage) == []


@pytest.mark.parametrize(
    ("country", "confirms"), [("DE", True), ("FR", True), (None, True), ("US", False)]
)
def test_double_opt_in_is_on_where_it_is_usual(country: str | None, confirms: bool) -> None:
    assert form_of({}, country).confirms is confirms
    assert form_of({"signup_form": {"confirms": not confirms}}, country).confirms is not confirms


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_that_is_off_and_a_key_that_nobody_has_are_404(
    client: FlaskClient, stage: Stage
) -> None:
    for key in (stage.stranger_id, "a" * 22, "../etc", "x"):
        assert client.get(f"/forms/{key}").status_code == 404
        assert post(client, key, filled()).status_code == 404
    assert stage.rows(schema.signups) == []


def test_a_strangers_key_signs_nobody_up_elsewhere(client: FlaskClient, stage: Stage) -> None:
    stage.database.write(lambda c: stores.set_settings(c, stage.stranger_id, ON))
    post(client, stage.stranger_id, filled())
    (kept,) = stage.rows(schema.signups)
    assert kept.store_id == stage.stranger_id
    keys = stage.runtime.link_keys
    crossed = links.signup_token(keys, stage.store_id, kept.id)
    assert client.post(f"/f/{crossed}").status_code == 404, "its id in another store's name"
    other = links.unsubscribe_token(keys, stage.stranger_id, kept.id)
    assert client.post(f"/f/{other}").status_code == 404, "a token for something else"
    assert stage.rows(schema.customers) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b'"\\ud800"', filled(email=...),
        filled(email="ada"), filled(email="a@b@c"), filled(email=7),
        filled(email="x" * 250 + "@example.com"),
        filled(email="ada@example.com\nBcc: all@example.com"), filled(consent=False),
        filled(consent="yes"), filled(consent=...), filled(text_id="other"), filled(text_id=7),
        filled(birthday="soon"), filled(birthday="2999-01-01"), filled(birthday="1850-01-01"),
        filled(first_name="<script>"), filled(first_name="a\x00"), filled(first_name="x" * 81),
        filled(locale="de'; --"), filled(page="x" * 501),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nonsense_is_refused_in_a_sentence(client: FlaskClient, stage: Stage, body: Any) -> None:
    answer = post(client, stage.store_id, body)
    assert answer.status_code == 422
    assert len(answer.get_json()["message"]) > 5
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert stage.rows(schema.signups) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@trying(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    body=st.dictionaries(
        st.sampled_from(["email", "consent", "text_id", "birthday", "locale", "website", "page"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.none()),
    )
)
def test_no_body_is_an_error_of_ours(client: FlaskClient, stage: Stage, body: Any) -> None:
    assert post(client, stage.store_id, body).status_code in {202, 422, 429}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_machine_that_fills_in_everything_signs_nobody_up(
    client: FlaskClient, stage: Stage
) -> None:
    answer = post(client, stage.store_id, filled(website="https://spam.example"))
    assert answer.get_json() == post(client, stage.store_id, filled()).get_json()
    (kept,) = stage.rows(schema.signups)
    assert kept.mails == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_body_is_413(client: FlaskClient, stage: Stage) -> None:
    answer = post(client, stage.store_id, filled(page="x" * form_door.MOST_BYTES))
    assert answer.status_code == 413


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_knocks_too_often_waits(client: FlaskClient, stage: Stage) -> None:
    told = [
        post(client, stage.store_id, filled(email=f"a{n}@example.com")).status_code
        for n in range(20)
    ]
    assert (told[0], told[-1]) == (202, 429)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("proxies", "last"), [(0, 429), (1, 202)], ids=["no proxy", "behind a proxy"]
)
def test_who_knocks_is_told_by_a_proxy_of_ours_alone(stage: Stage, proxies: int, last: int) -> None:
    runtime = Inbound(stage).runtime
    settings = replace(runtime.settings, proxies=proxies)
    client = create_app(replace(runtime, settings=settings)).test_client()

    def knock(number: int) -> int:
        told = {"X-Forwarded-For": f"192.0.2.1, 203.0.113.{number}"}
        answer = post(client, stage.store_id, filled(email=f"a{number}@example.com"), **told)
        return int(answer.status_code)

    assert [knock(number) for number in range(20)][-1] == last


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_only_claims_to_come_from_elsewhere_through_a_proxy_waits(stage: Stage) -> None:
    runtime = Inbound(stage).runtime
    settings = replace(runtime.settings, proxies=1)
    client = create_app(replace(runtime, settings=settings)).test_client()
    answers = [
        post(client, stage.store_id, filled(), **{"X-Forwarded-For": f"203.0.113.{n}, 192.0.2.1"})
        for n in range(20)
    ]
    assert answers[-1].status_code == 429


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nobody_is_flooded_by_somebody_elses_hand(client: FlaskClient, stage: Stage) -> None:
    for _ in range(5):
        post(client, stage.store_id, filled())
    assert len(mails(stage)) == 1, "within ten minutes an address is asked once"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_link_is_good_for_thirty_days(
    client: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(client, stage.store_id, filled())
    link = link_in(mails(stage)[0])
    (kept,) = stage.rows(schema.signups)
    long_ago = kept.mailed_at - timedelta(days=31)
    stage.change(schema.signups, kept.id, mailed_at=long_ago)
    assert client.get(link).status_code == 404
    assert client.post(link).status_code == 404
    post(client, stage.store_id, filled(email="other@example.com"))
    assert [one.email for one in stage.rows(schema.signups)] == ["other@example.com"], "forgotten"


def test_a_store_that_removed_the_app_confirms_nobody(client: FlaskClient, stage: Stage) -> None:
    post(client, stage.store_id, filled())
    link = link_in(mails(stage)[0])
    at = stage.now + HOUR
    stage.database.write(lambda c: stores.uninstall(c, stage.store_id, at, at))
    assert client.post(link).status_code == 404


def test_privacy_gives_out_and_erases_what_was_entered(client: FlaskClient, stage: Stage) -> None:
    post(client, stage.store_id, filled())
    client.post(link_in(mails(stage)[0]))
    (customer,) = stage.rows(schema.customers)
    with stage.database.reading() as connection:
        told = privacy.export(connection, stage.store_id, customer.id)
    assert told["signups"][0]["told"]["text"] == USUAL["en"].consent
    key = CustomerKey(None, "new@example.com", None)
    erase = stage.runtime.secrets.address_hash
    stage.database.write(lambda c: privacy.erase(c, stage.store, key, erase, stage.now))
    assert stage.rows(schema.signups) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_form_says_what_the_merchant_wrote_and_is_safe_to_draw(
    client: FlaskClient, stage: Stage
) -> None:
    own = {"de": {"title": "Post & <b>mehr</b>", "consent": "Gern"}}
    switch(stage, {**ON, "signup_form": {"is_on": True, "words": own}})
    told = client.get(f"/forms/{stage.store_id}?locale=de_DE")
    assert told.get_json()["words"]["title"] == "Post & <b>mehr</b>"
    assert told.headers["Access-Control-Allow-Origin"] == "*"
    assert post(client, stage.store_id, filled(text_id=GERMAN)).status_code == 422, "old words"
    script = client.get("/forms/form.js")
    assert script.mimetype == "text/javascript"
    assert b"innerHTML" not in script.get_data(), "words are text, never markup"
    assert client.get("/forms/form.css").mimetype == "text/css"


def test_a_mail_server_that_is_away_is_tried_again(client: FlaskClient, stage: Stage) -> None:
    post(client, stage.store_id, filled())
    stage.sink.faults.order(Fault("rcpt", "reply", code=450))
    assert mails(stage) == []
    (call,) = stage.rows(schema.outbox)
    assert (call.kind, call.state) == (signups.KIND, "pending")
    stage.change(schema.outbox, call.id, due_at=call.due_at - HOUR)
    assert len(mails(stage)) == 1


def test_who_floods_a_chat_with_addresses_keeps_nobody_from_signing_up(
    client: FlaskClient, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signups, "IN_CHATS_AN_HOUR", 2)
    monkeypatch.setattr(signups, "BY_FORMS_AN_HOUR", 2)
    for number in range(3):
        told = signups.Asked(f"chat{number}@example.com", {"source": "chat"})
        stage.database.write(
            lambda c, one=told: signups.ask_later(stage.runtime, c, stage.store, one)  # type: ignore[misc]
        )
    assert len(mails(stage)) == 2
    for number in range(3):
        post(client, stage.store_id, filled(email=f"form{number}@example.com"))
    assert len(mails(stage)) == 4


def test_who_types_somebodys_address_changes_neither_their_name_nor_their_proof(
    client: FlaskClient, stage: Stage
) -> None:
    asks = {"is_on": True, "asks_name": True, "asks_birthday": True}
    switch(stage, {**ON, "signup_form": {**asks, "confirms": True}})
    post(client, stage.store_id, filled(first_name="Ada", page="https://maple.example/"))
    client.post(link_in(mails(stage)[0]))
    [before] = stage.rows(schema.signups)
    switch(stage, {**ON, "signup_form": {**asks, "confirms": False}})
    told = {"first_name": "Fool", "birthday": "1990-01-01", "locale": "de"}
    post(client, stage.store_id, filled(**told, page="https://elsewhere.example/"))
    [after] = stage.rows(schema.signups)
    assert (after.told, after.asked_at) == (before.told, before.asked_at)
    assert after.confirmed_at == before.confirmed_at
    [ada] = stage.rows(schema.customers)
    assert (ada.first_name, ada.locale) == ("Ada", before.told["locale"])


def test_who_left_and_is_entered_by_a_stranger_keeps_the_old_proof_until_they_click(
    client: FlaskClient, stage: Stage
) -> None:
    switch(stage, {**ON, "signup_form": {"is_on": True, "asks_name": True, "confirms": True}})
    post(client, stage.store_id, filled(first_name="Ada", page="https://maple.example/"))
    client.post(link_in(mails(stage)[0]))
    [before] = stage.rows(schema.signups)
    [ada] = stage.rows(schema.customers)
    left = {"email_consent": "unsubscribed", "email_consent_source": "one_click"}
    stage.change(schema.customers, ada.id, **left, email_consent_at=stage.now)
    earlier = before.mailed_at - 2 * signups.BETWEEN
    stage.change(schema.signups, before.id, mailed_at=earlier)
    stage.pass_time(HOUR)
    post(client, stage.store_id, filled(first_name="Fool", page="https://elsewhere.example/"))
    [held] = stage.rows(schema.signups)
    assert {**held.told, "again": None} == {**before.told, "again": None}
    assert (held.asked_at, held.confirmed_at) == (before.asked_at, before.confirmed_at)
    assert held.told["again"]["page"] == "https://elsewhere.example/"
    assert state(stage, ada.id) == "unsubscribed"
    link = link_in(mails(stage)[1])
    for _ in range(2):
        assert client.post(link).status_code == 200
    assert state(stage, ada.id) == "subscribed"
    [after] = stage.rows(schema.signups)
    assert (after.told["page"], "again" in after.told) == ("https://elsewhere.example/", False)
    assert after.asked_at > before.asked_at
    assert after.confirmed_at > before.confirmed_at
    assert len(stage.events("customer.subscribed")) == 2
    assert stage.rows(schema.signups, store_id=stage.stranger_id) == []
