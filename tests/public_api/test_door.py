"""Who may come in: keys of every wrong kind, scopes, the stranger, the pace, and repeats."""

import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import openapi_spec_validator
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.routing import Rule

from jobs import api_keys, campaigns, intake_orders, segments
from jobs.api_keys import Scope
from jobs.pixel_limits import Buckets
from marketing.sources import EVERYONE
from storage import answers, schema
from tests.jobs.stage import Stage
from tests.public_api.conftest import A_FLOW, Make, Program

SALE = {"name": "Sale", "source": {"everyone": True}, "steps": A_FLOW["steps"][:1]}
OPEN = ("openapi.json", "schemas/flow.json")
"""What holds no store's data."""


def api_rules(app: Flask) -> list[tuple[Rule, str]]:
    return [
        (rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.rule.endswith(OPEN)
        for method in sorted(rule.methods or ())
        if method not in {"HEAD", "OPTIONS"}
    ]


@pytest.fixture
def ids(stage: Stage) -> dict[str, str]:
    """One thing of the store for every kind of id that an address may hold."""
    told = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
    intake = intake_orders.order(stage.runtime, stage.store_id, stage.flow_id(), EVERYONE)
    return {
        "flow_id": stage.flow_id(),
        "customer_id": stage.customer(),
        "segment_id": segments.create(stage.runtime, stage.store_id, told),
        "intake_id": intake.id,
        "campaign_id": campaigns.create(stage.runtime, stage.store_id, SALE).campaign.id,
        "number": "1",
        "split_id": "test",
    }


def address(rule: Rule, ids: dict[str, str]) -> str:
    path = rule.rule.removeprefix("/api/v1")
    for name in rule.arguments:
        path = re.sub(rf"<(\w+:)?{name}>", ids[name], path)
    return path


def test_no_key_or_a_wrong_one_opens_nothing(
    client: FlaskClient, program: Program, a_program: Make, stage: Stage
) -> None:
    other = a_program()
    mixed = other.shown[:40] + program.shown[40:]
    wrong = [
        None, "", "Bearer", "Bearer rp_live_", "Bearer rp_live_x_y", "Basic dXNlcjpwYXNz",
        f"Bearer {program.shown[:-1]}", f"Bearer {program.shown}x", f"Bearer {mixed}",
        f"Bearer x{program.shown}", "Bearer rp_live_" + "0" * 32 + "_é", "Bearer " + "9" * 5000,
        f"Basic {program.shown}",
    ]  # fmt: skip
    for header in wrong:
        headers = {} if header is None else {"Authorization": header}
        answer = client.get("/api/v1/flows", headers=headers)
        assert answer.status_code == 401, header
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json
        assert "rp_live_" in answer.json["message"]
    assert program.ask("GET", "/flows").status_code == 200


def test_a_revoked_key_opens_nothing_from_that_moment_on(program: Program, stage: Stage) -> None:
    assert program.ask("GET", "/flows").status_code == 200
    assert not api_keys.revoke(stage.runtime, stage.stranger_id, program.key.id)
    assert api_keys.revoke(stage.runtime, stage.store_id, program.key.id)
    assert not api_keys.revoke(stage.runtime, stage.store_id, program.key.id)
    assert program.ask("GET", "/flows").status_code == 401


def test_a_store_that_removed_the_app_is_shut_out(program: Program, stage: Stage) -> None:
    with stage.database.writing() as connection:
        connection.execute(update(schema.stores).values(status="uninstalled"))
    assert program.ask("GET", "/flows").status_code == 401


def test_a_key_is_kept_as_a_hash_and_never_logged(
    program: Program, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    secret = program.shown.split("_", 3)[3]
    with caplog.at_level(logging.DEBUG):
        program.ask("GET", "/flows")
        program.ask("POST", "/flows", {"name": "x"})
    kept = [str(row) for row in stage.rows(schema.api_keys)]
    assert len(secret) >= 43
    assert all(secret not in told for told in (*kept, caplog.text))
    assert program.key.prefix[-6:] in program.shown


def test_the_last_use_is_kept_to_the_hour(program: Program, stage: Stage) -> None:
    def used_at() -> Any:
        return stage.rows(schema.api_keys, id=program.key.id)[0].last_used_at

    assert used_at() is None
    program.ask("GET", "/flows")
    first = used_at()
    program.ask("GET", "/flows")
    assert first is not None
    assert used_at() == first


def test_every_route_asks_for_a_key_and_for_its_scope(
    app: Flask, client: FlaskClient, a_program: Make, ids: dict[str, str]
) -> None:
    nobody, somebody = a_program(Scope.EVENTS_WRITE), a_program(Scope.FLOWS_READ)
    app.extensions["reprise-pace"] = Buckets(rate=1000, burst=1000)
    rules = api_rules(app)
    assert len(rules) >= 40
    for rule, method in rules:
        path = address(rule, ids)
        assert client.open(f"/api/v1{path}", method=method, json={}).status_code == 401, path
        scope = getattr(app.view_functions[rule.endpoint].view_class, method.lower()).needed_scope
        asking = somebody if scope is Scope.EVENTS_WRITE else nobody
        answer = asking.ask(method, path, {})
        assert answer.status_code == 403, path
        assert answer.json
        assert scope.value in answer.json["message"]


def test_another_stores_ids_lead_nowhere_on_every_route(
    app: Flask, stranger: Program, ids: dict[str, str]
) -> None:
    app.extensions["reprise-pace"] = Buckets(rate=1000, burst=1000)
    nobodys = {**dict.fromkeys(ids, str(uuid4())), "number": "1", "split_id": "test"}
    asked = 0
    bodies = {
        "enrollments": {"customer_ids": [ids["customer_id"]]},
        "draft": A_FLOW,
        "intakes": {"source": {"everyone": True}},
        "schedule": {"now": True},
        "backfill": {"days": 7},
        "winner": {"variant": None},
        "<uuid:campaign_id>": SALE,
    }
    for rule, method in api_rules(app):
        if not rule.arguments:
            continue
        asked += 1
        for theirs in (ids, nobodys):
            path = address(rule, theirs)
            body = bodies.get(rule.rule.rpartition("/")[2]) if method != "GET" else None
            assert stranger.ask(method, path, body).status_code == 404, (method, path)
    assert asked >= 25


def test_the_document_describes_every_route(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    assert document
    openapi_spec_validator.validate(document)
    described = {(path, method) for path, ways in document["paths"].items() for method in ways}
    for rule, method in api_rules(app):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        assert (path, method.lower()) in described
    assert document["components"]["securitySchemes"]["apiKey"]["scheme"] == "bearer"
    panel = client.get("/panel/api/openapi.json").json
    assert panel
    assert not any(path.startswith("/api/v1") for path in panel["paths"])


def test_who_knocks_too_fast_is_told_when_to_come_again(
    app: Flask, program: Program, stranger: Program
) -> None:
    app.extensions["reprise-pace"] = Buckets(rate=0.5, burst=3, clock=lambda: 0.0)
    codes = [program.ask("GET", "/flows").status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    answer = program.ask("GET", "/flows")
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.json
    assert "try again" in answer.json["message"]
    assert stranger.ask("GET", "/flows").status_code == 200


NO_BODY = ("publish", "pause", "resume", "cancel", "hand-over", "hand-back")
HOSTILE = [
    b"", b"{", b"[]", b"1", b'"x"', b"null", b"\xff\xfe", b'{"name": NaN}', b'{"name": "\\u0000"}',
    b'{"name": "\\ud800"}', b'{"\\ud800": 1}', b"[" * 100_000, b'{"a":' * 100_000,
    b'{"name": 1' + b"0" * 400 + b"}", b'{"name": 1e999}', b'{"customer_ids": ["x"]}',
    b'{"customer_ids": [{}]}', b'{"events": {}}',
    b'{"name": "x", "trigger": {"event": []}, "steps": [{"kind": {}}], "exits": [null]}',
]  # fmt: skip


def test_hostile_bodies_are_refused_in_words_on_every_route(
    app: Flask, program: Program, ids: dict[str, str]
) -> None:
    app.extensions["reprise-pace"] = Buckets(rate=1000, burst=10_000)
    headers = {"Authorization": f"Bearer {program.shown}"}
    for rule, method in api_rules(app):
        if method not in {"POST", "PUT"} or rule.rule.endswith(NO_BODY):
            continue
        for body in HOSTILE:
            answer = program.client.open(
                f"/api/v1{address(rule, ids)}",
                method=method,
                data=body,
                headers=headers,
                content_type="application/json",
            )
            checked = answer.status_code == 200 and answer.json and answer.json.get("problems")
            assert checked or 400 <= answer.status_code < 500, (rule.rule, body[:60], answer.text)
            assert answer.json
            assert checked or answer.json["message"], (rule.rule, body[:60])


def test_a_body_that_is_too_large_or_no_json_is_told_so(program: Program) -> None:
    assert program.refused(413, "POST", "/flows", {"name": "x" * 2_200_000})["message"]
    headers = {"Authorization": f"Bearer {program.shown}"}
    form = program.client.post("/api/v1/flows", data={"name": "x"}, headers=headers)
    assert form.status_code == 415
    assert form.json
    assert "application/json" in form.json["message"]


# --- once per request ----------------------------------------------------------------------


def test_the_same_request_twice_is_done_once(program: Program, stage: Stage) -> None:
    first = program.ask("POST", "/flows", A_FLOW, Idempotency_Key="k1")
    second = program.ask("POST", "/flows", A_FLOW, Idempotency_Key="k1")
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(stage.rows(schema.flows, store_id=stage.store_id)) == 2


def test_a_key_used_for_something_else_is_refused(program: Program) -> None:
    program.told("POST", "/flows", A_FLOW, Idempotency_Key="k1")
    for path, body in (("/flows", {**A_FLOW, "name": "Other"}), ("/flows/check", A_FLOW)):
        answer = program.ask("POST", path, body, Idempotency_Key="k1")
        assert answer.status_code == 422
        assert answer.json
        assert answer.json["field"] == "Idempotency-Key"
    assert program.ask("POST", "/flows", A_FLOW, Idempotency_Key="é k").status_code == 400


def test_another_programs_key_of_the_same_name_is_its_own(
    program: Program, a_program: Make, stranger: Program
) -> None:
    ids = {
        one.told("POST", "/flows", A_FLOW, Idempotency_Key="k")["id"]
        for one in (program, a_program(), stranger)
    }
    assert len(ids) == 3


def test_what_was_refused_may_be_mended_under_the_same_key(program: Program) -> None:
    bad = program.ask("POST", "/flows", {**A_FLOW, "name": ""}, Idempotency_Key="k")
    assert bad.status_code == 422
    assert program.ask("POST", "/flows", A_FLOW, Idempotency_Key="k").status_code == 201


def test_a_request_that_died_halfway_is_taken_up_with_what_it_made(
    program: Program, stage: Stage
) -> None:
    made = program.told("POST", "/flows", A_FLOW, Idempotency_Key="k")["id"]
    rows = schema.answers
    with stage.database.writing() as connection:  # as if it had died before its answer was kept
        connection.execute(update(rows).values(status=None, body=None))
    busy = program.ask("POST", "/flows", A_FLOW, Idempotency_Key="k")
    assert busy.status_code == 409
    with stage.database.writing() as connection:
        long_ago = stage.database.real_now(connection) - answers.ABANDONED
        connection.execute(update(rows).values(begun_at=long_ago))
    assert program.told("POST", "/flows", A_FLOW, Idempotency_Key="k")["id"] == made
    assert len(stage.rows(schema.flows, store_id=stage.store_id)) == 2


def test_an_answer_is_kept_for_a_day(program: Program, stage: Stage) -> None:
    first = program.told("POST", "/flows", A_FLOW, Idempotency_Key="k")["id"]
    with stage.database.writing() as connection:
        long_ago = stage.database.real_now(connection) - answers.KEPT
        connection.execute(update(schema.answers).values(begun_at=long_ago))
    assert program.told("POST", "/flows", A_FLOW, Idempotency_Key="k")["id"] != first


def test_many_at_once_with_one_key_make_one_flow(program: Program, stage: Stage) -> None:
    def send(_: int) -> int:
        return program.ask("POST", "/flows", A_FLOW, Idempotency_Key="k").status_code

    with ThreadPoolExecutor(8) as pool:
        codes = set(pool.map(send, range(8)))
    assert codes <= {201, 409}
    assert 201 in codes
    assert len(stage.rows(schema.flows, store_id=stage.store_id)) == 2
