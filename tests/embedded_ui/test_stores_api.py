"""Stores of the same people: linked by a code, left again, and flows taken to the other."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from werkzeug.test import TestResponse

from jobs import segments
from jobs.runtime import Runtime
from marketing import recipes
from marketing.flow_schema import dump
from marketing.model import StoreStatus
from storage import flows, store_links
from storage.database import Database
from storage.schema import stores
from storage.store_links import CODE_LIFE
from tests.embedded_ui.conftest import NEIGHBOUR, Ask, token_for
from tests.embedded_ui.test_templates_api import a_product
from tests.seeding import SmallStore

BIG = {"name": "Big", "condition": {"op": "gt", "field": "customer.spent", "value": 5000}}


@pytest.fixture
def there(client: FlaskClient, neighbour: SmallStore) -> Ask:
    """Ask the API as the neighbour."""

    def asking(path: str, method: str = "GET", **options: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {token_for(NEIGHBOUR)}"}
        return client.open(f"/panel/api{path}", method=method, headers=headers, **options)

    return asking


def link(ask: Ask, there: Ask) -> None:
    made = ask("/stores/code", "POST")
    assert made.json
    assert there("/stores", "POST", json={"code": made.json["code"]}).status_code == 201


def domains(answer: TestResponse) -> list[str]:
    assert answer.json
    return [one["domain"] for one in answer.json["stores"]]


def logged(ask: Ask) -> list[tuple[str, str]]:
    """Give what the log says was done, and about which other store."""
    entries = (ask("/audit").json or {})["entries"]
    return [(one["action"], one["about"].get("store", "")) for one in entries]


def test_a_code_of_one_store_entered_in_the_other_links_both(
    ask: Ask, there: Ask, maple: SmallStore
) -> None:
    link(ask, there)
    answer = ask("/stores")
    assert domains(answer) == [NEIGHBOUR]
    assert domains(there("/stores")) != [NEIGHBOUR]
    assert answer.json
    assert answer.json["stores"][0]["url"].startswith(f"https://{NEIGHBOUR}/admin/apps/")


def test_a_code_is_good_once_for_others_and_for_minutes(
    ask: Ask, there: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    made = ask("/stores/code", "POST").json
    assert made
    own = ask("/stores", "POST", json={"code": made["code"]})
    assert own.status_code == 422
    newer = ask("/stores/code", "POST").json
    assert newer
    for code in (made["code"], "ABCD-EFGH", "x" * 41):
        refused = there("/stores", "POST", json={"code": code})
        assert refused.status_code == 422
        assert refused.json
        assert refused.json["field"] == "code"
    with runtime.database.writing() as connection:
        late = runtime.database.real_now(connection) + CODE_LIFE
        assert store_links.redeem(connection, neighbour.id, newer["code"], late) is None
    assert there("/stores", "POST", json={"code": newer["code"].lower()}).status_code == 201
    assert there("/stores", "POST", json={"code": newer["code"]}).status_code == 422


def test_a_link_is_taken_away_on_both_sides(
    ask: Ask, there: Ask, maple: SmallStore, neighbour: SmallStore
) -> None:
    link(ask, there)
    (known,) = (there("/stores").json or {})["stores"]
    called = known["name"]
    assert there(f"/stores/{maple.id}/unlink", "POST").status_code == 200
    assert domains(ask("/stores")) == domains(there("/stores")) == []
    assert logged(there) == [("POST /stores/<other_id>/unlink", called), ("POST /stores", called)]
    assert ask(f"/stores/{neighbour.id}/unlink", "POST").status_code == 404


def test_a_flow_is_taken_along_as_a_draft_with_the_segments_of_the_same_name(
    ask: Ask, there: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    link(ask, there)
    mine = segments.create(runtime, maple.id, BIG)
    theirs = segments.create(runtime, neighbour.id, BIG)
    document = {**dump(recipes.load("abandoned-cart")), "name": "Mine"}
    document["filter"] = {"op": "in_segment", "value": mine}
    assert ask(f"/flows/{maple.flow[0]}/draft", "PUT", json=document).status_code == 200
    copied = ask(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": neighbour.id})
    assert copied.status_code == 201, copied.text
    assert copied.json
    with runtime.database.reading() as connection:
        kept = flows.get(connection, neighbour.id, copied.json["flow_id"])
    assert kept
    assert copied.json["store"]["pages"] == f"{copied.json['store']['url']}/panel"
    assert kept.live_version_id is None
    assert kept.draft["name"] == "Mine"
    assert kept.draft["filter"]["value"] == theirs
    [entry] = [
        one
        for one in (there("/audit").json or {})["entries"]
        if one["action"] == "COPIED /flows/<flow_id>"
    ]
    [me] = (ask("/team").json or {})["members"]
    assert (entry["name"], entry["about"]["store"]) == ("Mine", "Maple & Moss")
    assert (entry["by_id"], entry["by_name"]) == (me["id"], me["name"] or me["user_id"])


def test_what_does_not_come_along_with_a_flow_is_told(
    ask: Ask, there: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    link(ask, there)
    mine = segments.create(runtime, maple.id, BIG)
    document = {**dump(recipes.load("abandoned-cart")), "name": "Mine"}
    document["filter"] = {"op": "in_segment", "value": mine}
    document["steps"].append({"kind": "stop_flow", "id": "stop", "flow": maple.flow[0]})
    assert ask(f"/flows/{maple.flow[0]}/draft", "PUT", json=document).status_code == 200
    copied = ask(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": neighbour.id})
    assert copied.status_code == 201, copied.text
    assert copied.json
    assert logged(ask)[0] == ("POST /flows/<flow_id>/copy", copied.json["store"]["name"])
    left = " ".join(copied.json["left"])
    assert f"The segment “{BIG['name']}” is not there" in left
    assert mine not in left


def test_products_that_a_flow_names_are_told_by_their_titles(
    ask: Ask, there: Ask, database: Database, maple: SmallStore, neighbour: SmallStore
) -> None:
    link(ask, there)
    a_product(database, maple.id, "7", "Moss blanket")
    a_product(database, maple.id, "8", "Maple bowl")
    bought = {"op": "gt", "orders": "count", "value": 0, "where": {"product_id": "8"}}
    asked = {"op": "eq", "field": "event.product_id", "value": "7"}
    document = {**dump(recipes.load("abandoned-cart")), "name": "Mine", "filter": bought}
    document |= {
        "trigger": {"event": "product.browsed", "idle": "PT4H", "filter": asked},
        "exits": [],
    }
    grid = {"kind": "products", "id": "grid", "of": "picked", "products": ["7", "9"]}
    document["steps"][0]["template"]["blocks"].insert(1, grid)
    kept = ask(f"/flows/{maple.flow[0]}/draft", "PUT", json=document)
    assert kept.status_code == 200, kept.text
    copied = ask(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": neighbour.id}).json
    assert copied
    left = " ".join(copied["left"])
    assert "It shows products of the first store: “Moss blanket”, “9”." in left
    assert "It asks about products of the first store: “Moss blanket”, “Maple bowl”." in left


def test_other_flows_become_those_of_the_same_name_there(
    ask: Ask, there: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    link(ask, there)
    named = dump(recipes.load("win-back"))
    own = ask("/flows", "POST", json=named).json
    theirs = there("/flows", "POST", json=named).json
    assert own
    assert theirs
    document = {**dump(recipes.load("abandoned-cart")), "name": "Mine"}
    document["steps"].append({"kind": "stop_flow", "id": "stop", "flow": own["id"]})
    assert ask(f"/flows/{maple.flow[0]}/draft", "PUT", json=document).status_code == 200
    copied = ask(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": neighbour.id}).json
    assert copied
    with runtime.database.reading() as connection:
        kept = flows.get(connection, neighbour.id, copied["flow_id"])
    assert kept
    assert kept.draft["steps"][-1]["flow"] == theirs["id"]


def test_an_unfinished_draft_is_taken_along_too(
    ask: Ask, there: Ask, maple: SmallStore, neighbour: SmallStore
) -> None:
    link(ask, there)
    document = {**dump(recipes.load("abandoned-cart")), "name": "Mine"}
    document["steps"].append({"kind": "stop_flow", "id": "stop", "flow": ""})
    kept = ask(f"/flows/{maple.flow[0]}/draft", "PUT", json=document)
    assert kept.status_code == 200, kept.text
    copied = ask(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": neighbour.id})
    assert copied.status_code == 201, copied.text


def test_no_flow_goes_to_or_comes_from_a_store_that_is_not_linked(
    ask: Ask, there: Ask, maple: SmallStore, neighbour: SmallStore
) -> None:
    answer = ask(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": neighbour.id})
    assert answer.status_code == 404
    link(ask, there)
    stolen = there(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": maple.id})
    assert stolen.status_code == 404


def test_nothing_is_put_into_a_store_that_has_uninstalled_us(
    ask: Ask, there: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    link(ask, there)
    with runtime.database.writing() as connection:
        gone = update(stores).where(stores.c.id == neighbour.id)
        connection.execute(gone.values(status=StoreStatus.UNINSTALLED.value))
    assert domains(ask("/stores")) == []
    copy = ask(f"/flows/{maple.flow[0]}/copy", "POST", json={"store_id": neighbour.id})
    assert copy.status_code == 404
