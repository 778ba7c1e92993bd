"""Who may read which store: tokens of every wrong kind, and ids of other stores on every route."""

import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.routing import Rule

from jobs import api_keys, campaigns, intake_orders, segments
from jobs.api_keys import Scope
from jobs.runtime import Runtime
from marketing import recipes
from marketing.attachments import Attachment, AttachmentKind
from marketing.chat import Author
from marketing.flow_schema import dump
from marketing.hand_over_rules import Then
from marketing.model import ChannelName
from marketing.sources import EVERYONE
from marketing.team import Role
from storage import (
    Connection,
    channel_accounts,
    chatters,
    identities,
    inbound,
    replies,
    rule_calls,
    saved_replies,
    store_links,
    team,
    trials,
)
from storage.chatters import Sender
from storage.database import Database
from storage.inbound import Inbound
from storage.replies import Fate, NewReply
from storage.schema import inbound_messages
from storage.schema import stores as store_table
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, OLD_SECRET, SECRET, Ask, token_for
from tests.seeding import SmallStore, a_store

LONG_AGO = int(time.time()) - 3600
DOOR = "/panel/api/store"


def api_rules(app: Flask) -> list[tuple[Rule, str]]:
    """Every (route, method) of the API but its description."""
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/panel/api/") and not rule.rule.endswith("openapi.json")
        for method in sorted(rule.methods or ())
        if method not in {"HEAD", "OPTIONS"}
    ]


def address(rule: Rule, ids: dict[str, str]) -> str:
    path = rule.rule
    for name in rule.arguments:
        for told in (f"<uuid:{name}>", f"<int:{name}>", f"<{name}>"):
            path = path.replace(told, ids[name])
    return path


FLOW = dump(recipes.load("abandoned-cart"))
CAMPAIGN = {"name": "Sale", "source": {"everyone": True}, "steps": FLOW["steps"][:1]}
SEGMENT = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
BODIES: dict[str, Any] = {
    "enrol": {"source": {"everyone": True}}, "draft": FLOW, "schedule": {"now": True},
    "backfill": {"days": 3}, "<uuid:campaign_id>": CAMPAIGN,
    "split": {"channel": "instagram", "address": "1"},
    "<uuid:segment_id>": SEGMENT, "winner": {"variant": "a"},
    "copy": {"store_id": "<other_id>"},
    "<uuid:member_id>": {"name": "Mara", "role": "publisher"},
    "erase": {"confirm": "Ada@example.com"}, "assign": {"member_id": None},
    "replies": {"channel": "sms", "text": "Hello", "key": "00000000-0000-4000-8000-000000000000"},
    "judge": {"verdict": "right"},
    "<uuid:saved_id>": {"name": "Sizes", "text": "They run small."},
}  # fmt: skip
"""What a route wants to be sent, by the end of its address, where it wants something."""


@pytest.fixture
def ids(runtime: Runtime, maple: SmallStore) -> dict[str, str]:
    """One thing of Maple & Moss for every kind of id that an address of the API may hold."""
    key, _ = api_keys.make(runtime, maple.id, "a program", [Scope.EVENTS_WRITE])
    real_now = datetime.now(UTC)
    trial = runtime.database.write(
        lambda c: trials.put(c, maple.id, "me@maple.example", {}, real_now)
    )
    return {
        "flow_id": maple.flow[0],
        **a_conversation(runtime, maple),
        "number": "1",
        "customer_id": maple.ada,
        "key_id": key.id,
        "intake_id": intake_orders.order(runtime, maple.id, maple.flow[0], EVERYONE).id,
        "split_id": "code",
        "trial_id": trial,
        "step_id": "reminder",
        "segment_id": segments.create(runtime, maple.id, SEGMENT),
        "member_id": a_member(runtime, maple.id),
        "other_id": a_linked_store(runtime, maple.id),
        "channel": "sms",
        "campaign_id": campaigns.create(runtime, maple.id, CAMPAIGN).campaign.id,
    }


def a_conversation(runtime: Runtime, maple: SmallStore) -> dict[str, str]:
    """Let Ada have written a text, and an answer to it have failed."""
    told = ("twilio", {"account_sid": "AC1", "sender": "+15005550006"}, {"auth_token": "secret"})

    def keep(connection: Connection) -> dict[str, str]:
        now, real_now = runtime.database.moments(connection)
        sms = ChannelName.SMS
        channel_accounts.connect(connection, runtime.secrets, maple.id, sms, told, real_now)
        sent = (Attachment(AttachmentKind.PICTURE),)
        wrote = Inbound("SM1", maple.ada, "+15550100", "Hello?", now, attachments=sent)
        inbound.keep(connection, maple.id, "sms", [wrote])
        new = NewReply(maple.ada, "sms", "+15550100", Author.PERSON, "Hello!")
        reply_id = replies.queue(connection, maple.id, new, now, real_now) or ""
        replies.refuse(connection, maple.id, [Fate(reply_id, 0, replies.FAILED, "no_address")])
        hashed = runtime.secrets.address_hash
        chatters.meet(connection, maple.id, ChannelName.INSTAGRAM, [Sender("1", now)], hashed)
        identities.join(connection, maple.id, "instagram", "1", maple.ada, by="test", at=now)
        saved = saved_replies.add(connection, maple.id, "Sizes", "Small.", now) or ""
        call = rule_calls.note(connection, maple.id, maple.ada, "frustration", Then.HAND_OVER, now)
        found = {"reply_id": reply_id, "saved_id": saved, "call_id": call}
        return {
            **found,
            "inbound_id": connection.execute(select(inbound_messages.c.id)).scalar_one(),
        }

    return runtime.database.write(keep)


def a_linked_store(runtime: Runtime, store_id: str) -> str:
    """Link Maple & Moss to a third store, which no test signs in to."""

    def keep(connection: Connection) -> str:
        real_now = runtime.database.real_now(connection)
        other = a_store(connection, "third.myshopify.com")
        code, _ = store_links.new_code(connection, other, real_now)
        store_links.redeem(connection, store_id, code, real_now)
        return other

    return runtime.database.write(keep)


def a_member(runtime: Runtime, store_id: str) -> str:
    def keep(connection: Connection) -> str:
        real_now = runtime.database.real_now(connection)
        return team.welcome(connection, store_id, "42", Role.PUBLISHER, real_now).id

    return runtime.database.write(keep)


NO_IDS = frozenset({"channel"})
"""What names a kind of thing, not one of somebody's: `test_channels_api` has the strangers."""


def sent_to(rule: Rule, method: str, ids: dict[str, str]) -> dict[str, Any]:
    body = BODIES.get(rule.rule.rpartition("/")[2])
    if body == BODIES["copy"]:
        body = {"store_id": ids["other_id"]}
    return {"json": body} if body and method in {"POST", "PUT"} else {}


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_a_token_of_the_current_or_the_previous_secret_opens_the_panel(
    client: FlaskClient, maple: SmallStore, secret: str
) -> None:
    token = token_for(MAPLE, secret=secret)
    answer = client.get(DOOR, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert answer.json
    assert answer.json["domain"] == MAPLE


def test_a_token_with_a_wrong_claim_is_refused_and_may_be_brought_anew(
    client: FlaskClient, maple: SmallStore
) -> None:
    wrong: list[dict[str, Any]] = [
        {"exp": LONG_AGO + 60, "nbf": LONG_AGO, "iat": LONG_AGO},
        {"nbf": int(time.time()) + 3600},
        {"aud": "another-app"},
        {"exp": None},
        {"nbf": None},
        {"dest": f"https://{NEIGHBOUR}"},
        {"dest": "https://evil.example.com", "iss": "https://evil.example.com/admin"},
        {"dest": None},
    ]
    for claims in wrong:
        token = token_for(MAPLE, **claims)
        answer = client.get(DOOR, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401, claims
        assert answer.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"
        assert answer.json
        assert set(answer.json) == {"message"}


def test_no_token_or_a_forged_one_is_refused(client: FlaskClient, maple: SmallStore) -> None:
    forged = [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Bearer nonsense",
        "Basic dXNlcjpwYXNz",
        "Bearer " + token_for(MAPLE, secret="shpss_ffffffffffffffffffffffffffffffff"),
        "Bearer " + jwt.encode({"dest": f"https://{MAPLE}"}, None, algorithm="none"),
        "Bearer " + token_for(MAPLE)[:-4] + "AAAA",
        "Bearer é",
    ]
    for header in forged:
        headers = {} if header is None else {"Authorization": header}
        answer = client.get(DOOR, headers=headers)
        assert answer.status_code == 401, header
        assert answer.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"


def test_no_cookie_is_ever_set_and_none_opens_anything(
    client: FlaskClient, maple: SmallStore
) -> None:
    client.set_cookie("id_token", token_for(MAPLE))
    assert client.get(DOOR).status_code == 401
    answer = client.get(DOOR, headers={"Authorization": f"Bearer {token_for(MAPLE)}"})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("status", ["needs_reauth", "uninstalled"])
def test_a_store_that_lost_its_grant_is_sent_to_connect_again(
    client: FlaskClient, maple: SmallStore, database: Database, status: str
) -> None:
    with database.writing() as connection:
        connection.execute(update(store_table).values(status=status))
    answer = client.get(DOOR, headers={"Authorization": f"Bearer {token_for(MAPLE)}"})
    assert answer.status_code == 401
    assert answer.headers["X-Shopify-API-Request-Failure-Reauthorize-Url"] == (
        f"https://app.example.com/shopify/auth?shop={MAPLE}"
    )
    assert "X-Shopify-Retry-Invalid-Session-Request" not in answer.headers


def test_a_store_that_never_installed_is_sent_to_install(
    client: FlaskClient, maple: SmallStore
) -> None:
    token = token_for("unknown.myshopify.com")
    answer = client.get(DOOR, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
    assert "X-Shopify-API-Request-Failure-Reauthorize-Url" in answer.headers


def test_every_route_of_the_api_asks_for_a_token(
    app: Flask, client: FlaskClient, ids: dict[str, str]
) -> None:
    rules = api_rules(app)
    assert len(rules) >= 20
    for rule, method in rules:
        answer = client.open(address(rule, ids), method=method, json={})
        assert answer.status_code == 401, rule.rule


def place(each: tuple[Rule, str]) -> int:
    """What deletes comes last: the others ask for what is still there, but for the receipt."""
    rule, method = each
    if rule.rule.endswith("/receipt"):
        return 2
    is_refused = rule.rule.endswith("/conversations/<uuid:customer_id>/test")  # it is no test
    ends = method == "DELETE" or rule.rule.endswith(("/erase", "/unlink"))
    return int(ends and not is_refused)


def test_another_stores_ids_lead_nowhere_on_every_route(
    app: Flask, ask: Ask, ids: dict[str, str], neighbour: SmallStore
) -> None:
    nobodys = {**dict.fromkeys(ids, str(uuid4())), "number": "1"}
    asked = 0
    for rule, method in sorted(api_rules(app), key=place):
        if not set(rule.arguments) - NO_IDS:
            continue
        assert set(rule.arguments) <= set(ids), f"{rule.rule} has an id that no test knows"
        asked += 1
        sent = sent_to(rule, method, ids)
        for theirs in (ids, nobodys):
            path = address(rule, theirs).removeprefix("/panel/api")
            answer = ask(path, method, domain=NEIGHBOUR, **sent)
            assert answer.status_code == 404, (method, path)
        own = address(rule, ids).removeprefix("/panel/api")
        # 409: it is theirs, but was called off, say, a moment ago, or is no split at all.
        assert ask(own, method, **sent).status_code in {200, 201, 202, 409}, (method, own)
    assert asked >= 20


def test_lists_hold_the_own_store_only(ask: Ask, maple: SmallStore, neighbour: SmallStore) -> None:
    for path in ("/customers", "/flows", "/dashboard", "/store"):
        theirs = ask(path, domain=NEIGHBOUR).get_data(as_text=True)
        assert maple.ada not in theirs
        assert maple.flow[0] not in theirs
        assert str(UUID(maple.id)) not in theirs


def test_an_address_that_is_none_is_not_found(ask: Ask) -> None:
    for path in ("/flows/1", "/customers/x", "/nothing", "/flows/%00"):
        assert ask(path).status_code == 404, path
