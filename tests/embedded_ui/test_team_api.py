"""Who may do what in the panel, and what is kept of who did it."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import embedded_ui
import public_api
from embedded_ui.pages import LANGUAGES
from embedded_ui.rights import ASKING, NOTED, PUBLISHING, SECRET, UNNOTED, right_for
from embedded_ui.team_api import LATELY
from jobs import api_keys
from jobs.api_keys import Scope
from jobs.runtime import Runtime
from marketing import recipes
from marketing.flow_schema import dump
from marketing.team import RIGHTS, Right, Role, role_of_newcomers
from storage import audit
from storage.audit import KEPT
from storage.database import Database
from storage.schema import team
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, token_for
from tests.jobs.test_steps import MAIL
from tests.seeding import SmallStore

WORDS = Path(embedded_ui.__path__[0]) / "panel" / "src" / "words"
MARA, JO = "90210", "90211"
BIG = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
AskAs = Callable[..., TestResponse]


@pytest.fixture
def ask_as(client: FlaskClient, maple: SmallStore) -> AskAs:
    """Ask the API as one person of Maple & Moss: `ask_as(MARA, "/team")`."""

    def asking(user: str, path: str, method: str = "GET", **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token_for(MAPLE, sub=user)}"}
        return client.open(f"/panel/api{path}", method=method, headers=headers, **options)

    return asking


def told(answer: TestResponse) -> Any:
    assert answer.status_code in {200, 201}, answer.text
    return answer.json


def make_jo(ask_as: AskAs, role: str) -> str:
    """Let Mara give Jo a role; gives Jo's id."""
    ask_as(MARA, "/store")
    ask_as(JO, "/store")
    (jo,) = [one for one in told(ask_as(MARA, "/team"))["members"] if one["user_id"] == JO]
    told(ask_as(MARA, f"/team/{jo['id']}", "PUT", json={"name": "Jo", "role": role}))
    return str(jo["id"])


def test_whoever_opens_the_panel_is_of_the_team_once(ask_as: AskAs) -> None:
    for _ in range(3):
        ask_as(MARA, "/store")
    mara = told(ask_as(MARA, "/team"))
    (only,) = mara["members"]
    assert mara["you"] == only["id"]
    assert (only["user_id"], only["role"], only["name"]) == (MARA, "publisher", "")
    assert told(ask_as(MARA, "/store"))["you"]["rights"] == ["answer", "edit", "publish", "read"]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("none", set()),
        ("viewer", {"read"}),
        ("inbox", {"read"}),
        ("editor", {"read", "edit"}),
        ("publisher", {"read", "edit", "publish"}),
    ],
)
def test_a_role_allows_what_it_says_and_no_more(
    ask_as: AskAs, maple: SmallStore, role: str, may: set[str]
) -> None:
    make_jo(ask_as, role)
    flow, document = maple.flow[0], dump(recipes.load("abandoned-cart"))
    tried = {
        "read": [ask_as(JO, "/flows"), ask_as(JO, "/flows/check", "POST", json=document)],
        "edit": [ask_as(JO, f"/flows/{flow}/draft", "PUT", json=document)],
        "publish": [
            ask_as(JO, f"/flows/{flow}/pause", "POST"),
            ask_as(JO, "/settings/webhook-secret"),
            ask_as(JO, "/team", "PUT", json={"new_people": "viewer"}),
        ],
    }
    for right, answers in tried.items():
        allowed = right in may
        assert [one.status_code == 200 for one in answers] == [allowed] * len(answers), right
        if not allowed:
            assert {one.status_code for one in answers} == {403}
            assert ("role" if may else "no access") in told_no(answers[0])


def test_whoever_lost_their_access_is_out_at_once_and_stays_known_to_the_log(
    ask_as: AskAs, maple: SmallStore
) -> None:
    make_jo(ask_as, "editor")
    told(ask_as(JO, f"/flows/{maple.flow[0]}/draft", "PUT", json=dump(recipes.load("win-back"))))
    jo = make_jo(ask_as, "none")
    assert ask_as(JO, "/store").status_code == 403
    assert ask_as(JO, "/conversations/unread").status_code == 403
    members = told(ask_as(MARA, "/team"))["members"]
    assert [(one["id"], one["role"]) for one in members if one["user_id"] == JO] == [(jo, "none")]
    assert "Jo" in {one["by_name"] for one in told(ask_as(MARA, "/audit"))["entries"]}


def test_a_publisher_who_has_not_come_for_long_lets_nobody_else_give_their_role_up(
    ask_as: AskAs, maple: SmallStore, database: Database
) -> None:
    make_jo(ask_as, "publisher")
    mara = told(ask_as(MARA, "/team"))["you"]
    seen = team.update().where(team.c.store_id == maple.id, team.c.user_id == JO)
    with database.writing() as connection:
        gone = database.real_now(connection) - LATELY - timedelta(minutes=1)
        connection.execute(seen.values(last_seen_at=gone))
    less = {"name": "Mara", "role": "editor"}
    refused = ask_as(MARA, f"/team/{mara}", "PUT", json=less)
    assert (refused.status_code, "last 60 days" in told_no(refused)) == (422, True)
    ask_as(JO, "/store")
    assert told(ask_as(MARA, f"/team/{mara}", "PUT", json=less))["role"] == "editor"


def test_newcomers_can_be_kept_out_until_somebody_lets_them_in(ask_as: AskAs) -> None:
    told(ask_as(MARA, "/team", "PUT", json={"new_people": "none"}))
    assert ask_as(JO, "/store").status_code == 403
    assert told(make_jo_and_ask(ask_as, "viewer"))["you"]["rights"] == ["read"]


def make_jo_and_ask(ask_as: AskAs, role: str) -> TestResponse:
    make_jo(ask_as, role)
    return ask_as(JO, "/store")


def test_what_goes_out_or_is_gone_for_good_is_a_publishers(
    ask_as: AskAs, maple: SmallStore
) -> None:
    make_jo(ask_as, "editor")
    document = {"name": "Sale", "source": {"everyone": True}, "steps": [MAIL]}
    own = f"/campaigns/{told(ask_as(MARA, '/campaigns', 'POST', json=document))['id']}"
    assert told(ask_as(JO, own, "PUT", json={**document, "name": "Jo's"}))["name"] == "Jo's"
    later = {"at": "2026-12-01T10:00", "clock": "store"}
    told(ask_as(MARA, f"{own}/schedule", "POST", json=later))
    refused = ask_as(JO, own, "PUT", json={**document, "name": "Not what Mara scheduled"})
    assert (refused.status_code, "publisher" in told_no(refused)) == (409, True)
    assert told(ask_as(MARA, own))["name"] == "Jo's"
    assert told(ask_as(MARA, own, "PUT", json=document))["state"] == "scheduled"
    typed, domain = {"confirm": "ada@example.com"}, {"domain": "maple.example"}
    for path, method, form in (
        (f"/customers/{maple.ada}/erase", "POST", typed),
        ("/setup/sending", "PUT", domain),
        ("/setup/sending", "DELETE", None),
        (f"/customers/{maple.ada}/export", "GET", None),
    ):
        assert ask_as(JO, path, method, json=form).status_code == 403, path
    assert told(ask_as(MARA, f"/customers/{maple.ada}"))["email"] == "ada@example.com"


def test_who_is_written_to_live_is_a_publishers_to_say(ask_as: AskAs, maple: SmallStore) -> None:
    make_jo(ask_as, "editor")
    big = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}
    kept = told(ask_as(MARA, "/segments", "POST", json=big))["id"]
    within = {"name": "In", "condition": {"op": "in_segment", "value": kept}}
    by_way = told(ask_as(MARA, "/segments", "POST", json=within))["id"]
    document = {"name": "Sale", "source": {"segment": by_way}, "steps": [MAIL]}
    own = f"/campaigns/{told(ask_as(MARA, '/campaigns', 'POST', json=document))['id']}"
    # Nobody is written to by a draft: the segment is still an editor's.
    assert told(ask_as(JO, f"/segments/{kept}"))["held_by"] == []
    told(ask_as(JO, f"/segments/{kept}", "PUT", json={**big, "name": "Bigger"}))
    told(ask_as(MARA, f"{own}/schedule", "POST", json={"at": "2026-12-01T10:00"}))
    held = told(ask_as(JO, f"/segments/{kept}"))["held_by"]
    assert [(one["kind"], one["name"]) for one in held] == [("campaign", "Sale")]
    assert told(ask_as(MARA, f"/segments/{kept}"))["held_by"] == []
    refused = ask_as(JO, f"/segments/{kept}", "PUT", json=big)
    assert (refused.status_code, "Sale" in told_no(refused)) == (409, True)
    for path in (f"{own}/cancel", f"{own}/pause", "/dashboard/retry"):
        assert ask_as(JO, path, "POST", json={}).status_code == 403, path
    away = f"/customers/{maple.ada}/flows/{maple.flow[0]}/remove"
    assert ask_as(JO, away, "POST").status_code == 403
    assert told(ask_as(MARA, f"/segments/{kept}", "PUT", json=big))["name"] == "Big"
    assert told(ask_as(MARA, f"{own}/cancel", "POST", json={}))["state"] == "cancelled"


def told_no(answer: TestResponse) -> str:
    assert answer.json
    return str(answer.json["message"])


def test_newcomers_get_the_role_that_the_merchant_chose(ask_as: AskAs) -> None:
    told(ask_as(MARA, "/team", "PUT", json={"new_people": "viewer"}))
    assert told(ask_as(JO, "/store"))["you"]["role"] == "viewer"
    assert told(ask_as(MARA, "/store"))["you"]["role"] == "publisher"


def test_the_last_publisher_stays_one(ask_as: AskAs) -> None:
    you = told(ask_as(MARA, "/team"))["you"]
    answer = ask_as(MARA, f"/team/{you}", "PUT", json={"name": "Mara", "role": "viewer"})
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["field"] == "role"
    assert told(ask_as(MARA, "/store"))["you"]["role"] == "publisher"


@pytest.mark.parametrize(
    "form",
    [{"name": "Jo", "role": "owner"}, {"name": "J\nBcc: x", "role": "viewer"}, {"role": "viewer"}],
)
def test_a_wrong_form_names_its_field(ask_as: AskAs, form: dict[str, str]) -> None:
    you = told(ask_as(MARA, "/team"))["you"]
    answer = ask_as(MARA, f"/team/{you}", "PUT", json=form)
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["field"] in {"role", "name"}


def test_a_person_of_one_store_is_nobody_in_another(
    ask_as: AskAs, client: FlaskClient, neighbour: SmallStore
) -> None:
    jo = make_jo(ask_as, "viewer")
    headers = {"Authorization": f"Bearer {token_for(NEIGHBOUR, sub=JO)}"}
    there = client.get("/panel/api/team", headers=headers)
    assert told(there)["members"][0]["id"] != jo
    assert told(there)["members"][0]["role"] == "publisher"
    form = {"name": "Mine", "role": "publisher"}
    answer = client.put(f"/panel/api/team/{jo}", headers=headers, json=form)
    assert answer.status_code == 404
    assert told(client.get("/panel/api/audit", headers=headers))["entries"] == []


def test_every_change_is_kept_with_who_made_it(ask_as: AskAs, maple: SmallStore) -> None:
    jo, document = make_jo(ask_as, "editor"), dump(recipes.load("abandoned-cart"))
    for _ in range(3):
        ask_as(JO, f"/flows/{maple.flow[0]}/draft", "PUT", json=document)
    ask_as(JO, "/flows/check", "POST", json=document)
    ask_as(JO, f"/flows/{maple.flow[0]}/publish", "POST")
    newest, older, *rest = told(ask_as(MARA, "/audit"))["entries"]
    assert rest == []
    assert (newest["by_name"], newest["action"]) == ("Jo", "PUT /flows/<flow_id>/draft")
    assert newest["times"] == 3
    assert newest["about"] == {"flow_id": maple.flow[0]}
    assert newest["name"] == flow_name(ask_as, maple.flow[0])
    assert older["about"] == {"member_id": jo, "role": "editor"}
    assert older["name"] == "Jo"
    assert (older["by_kind"], older["by_name"]) == ("person", "")


def flow_name(ask_as: AskAs, flow_id: str) -> str:
    return str(told(ask_as(MARA, f"/flows/{flow_id}"))["name"])


def test_the_log_names_what_is_new(ask_as: AskAs, maple: SmallStore) -> None:
    told(ask_as(MARA, "/segments", "POST", json=BIG))
    told(ask_as(MARA, "/segments/ready", "POST", json={"key": "vips", "name": "Best of all"}))
    told(ask_as(MARA, "/campaigns/begin", "POST", json={"name": "Winter", "segment": None}))
    told(ask_as(MARA, "/flows", "POST", json=dump(recipes.load("win-back"))))
    names = [one["name"] for one in told(ask_as(MARA, "/audit"))["entries"]]
    assert names[1:] == ["Winter", "Best of all", BIG["name"]]
    assert names[0]


def test_that_a_customers_data_were_exported_stands_in_the_log_without_their_name(
    ask_as: AskAs, maple: SmallStore
) -> None:
    told(ask_as(MARA, f"/customers/{maple.ada}/export"))
    ask_as(MARA, f"/customers/{maple.ada}")
    (only,) = told(ask_as(MARA, "/audit"))["entries"]
    assert only["action"] == "GET /customers/<customer_id>/export"
    assert (only["about"], only["name"]) == ({"customer_id": maple.ada}, "")


def test_what_a_program_changes_stands_there_under_its_keys_name(
    ask_as: AskAs, app: Flask, runtime: Runtime, maple: SmallStore
) -> None:
    public_api.register(app)
    _, shown = api_keys.make(runtime, maple.id, "Loyalty app", [Scope.FLOWS_WRITE])
    headers = {"Authorization": f"Bearer {shown}"}
    paused = app.test_client().post(f"/api/v1/flows/{maple.flow[0]}/pause", headers=headers)
    assert paused.status_code == 200
    (entry,) = told(ask_as(MARA, "/audit"))["entries"]
    assert (entry["by_kind"], entry["by_name"]) == ("key", "Loyalty app")
    assert entry["action"] == "POST /flows/<flow_id>/pause"


def test_what_is_older_than_two_years_is_forgotten(
    ask_as: AskAs, runtime: Runtime, maple: SmallStore
) -> None:
    told(ask_as(MARA, f"/flows/{maple.flow[0]}/pause", "POST"))
    with runtime.database.writing() as connection:
        later = runtime.database.real_now(connection) + KEPT + timedelta(minutes=1)
        by = {"by_kind": "person", "by_id": "00000000-0000-7000-8000-000000000000"}
        audit.note(connection, maple.id, action="PUT /x", about={}, real_now=later, **by)
        kept = audit.page(connection, maple.id, None, 10)
    assert [entry.action for entry in kept] == ["PUT /x"]


def test_the_log_is_read_page_by_page(ask_as: AskAs, maple: SmallStore) -> None:
    for verb in ("pause", "resume") * 40:
        told(ask_as(MARA, f"/flows/{maple.flow[0]}/{verb}", "POST"))
    first = told(ask_as(MARA, "/audit"))
    second = told(ask_as(MARA, f"/audit?before={first['before'].replace('+', '%2B')}"))
    assert (len(first["entries"]), len(second["entries"])) == (50, 30)
    assert second["before"] is None


def test_the_names_of_rights_are_addresses_there_are(app: Flask) -> None:
    there = {rule.rule.removeprefix("/panel/api") for rule in app.url_map.iter_rules()}
    assert there >= ASKING | PUBLISHING | SECRET
    assert not ASKING & PUBLISHING
    assert right_for("/something/new", "POST") is Right.EDIT


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_log_has_words_for_every_change_there_is(app: Flask, language: str) -> None:
    words = (WORDS / language / "team.ts").read_text("utf-8")
    changes = {
        f"{method} {rule.rule.removeprefix('/panel/api').replace('<uuid:', '<')}"
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/panel/api/")
        and rule.rule.removeprefix("/panel/api") not in ASKING | UNNOTED
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    } | {f"GET {rule.replace('<uuid:', '<')}" for rule in NOTED}
    assert {change for change in changes if f'"{change}": ' not in words} == set()


def test_a_document_that_names_no_role_lets_nobody_in_higher() -> None:
    assert role_of_newcomers({}) is Role.PUBLISHER
    assert role_of_newcomers({"new_people_role": "viewer"}) is Role.VIEWER
    assert Right.PUBLISH not in RIGHTS[Role.EDITOR]
