"""The panel's API answers in the language that the panel is in; English where it asks for none."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from jobs import drafts
from jobs.privacy import LEFT
from jobs.runtime import Runtime
from marketing.said import as_kept, say
from storage.campaigns import hold_planned
from storage.database import Database
from storage.schema import campaigns, flows, stores
from tests.embedded_ui.conftest import MAPLE, token_for
from tests.seeding import NOW, SmallStore

UNFINISHED = {
    "name": "Half",
    "trigger": {"event": "cart.abandoned"},
    "steps": [
        {"kind": "delay", "id": "wait", "duration": "P400D"},
        {"kind": "switch", "id": "by", "field": "customer.country", "cases": [], "otherwise": []},
        {"kind": "unheard of", "id": "odd"},
    ],
}


class Reader:
    """Somebody of Maple & Moss, whose panel is in some language."""

    def __init__(self, client: FlaskClient, language: str | None) -> None:
        self.client, self.language = client, language

    def ask(self, path: str, method: str = "GET", **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {token_for(MAPLE)}"}
        if self.language:
            headers["Accept-Language"] = self.language
        answer = self.client.open(f"/panel/api{path}", method=method, headers=headers, **options)
        return answer.json


@pytest.fixture
def german(client: FlaskClient, maple: SmallStore) -> Reader:
    return Reader(client, "de-AT,de;q=0.9,en;q=0.5")


@pytest.fixture
def quiet(client: FlaskClient, maple: SmallStore) -> Reader:
    return Reader(client, None)


def test_problems_of_a_flow_are_told_in_the_language_of_the_panel(
    german: Reader, quiet: Reader
) -> None:
    told = german.ask("/flows/check", "POST", json=UNFINISHED)["problems"]
    said = {(one["step"], one["message"], one["remedy"]) for one in told}
    assert ("wait", "ist zu lang", "Nehmen Sie höchstens ein Jahr.") in said
    assert ("by", "hat zu wenige oder zu viele Wege", "Möglich sind 1 bis 10 Wege.") in said
    assert any(step == "odd" and message == "ist unbekannt" for step, message, _ in said)
    told = quiet.ask("/flows/check", "POST", json=UNFINISHED)["problems"]
    assert ("is too long", "Use a year at the most.") in {
        (one["message"], one["remedy"]) for one in told
    }


def test_a_form_is_refused_in_german_with_its_field(german: Reader) -> None:
    kept = german.ask("/settings")
    change = {**kept, "click_days": 99}
    refused = german.ask("/settings", "PUT", json=change)
    assert refused == {"message": "Möglich sind 1 bis 30 Tage.", "field": "click_days"}
    odd = german.ask("/settings", "PUT", json={**kept, "nonsense": 1})
    assert odd == {"message": "Dieses Feld ist hier nicht bekannt.", "field": "nonsense"}


def test_what_the_libraries_refuse_is_german_too(german: Reader, quiet: Reader) -> None:
    long = {"search": "x" * 200, "of": "tags"}
    answer = german.ask("/vocabulary/suggestions", query_string=long)
    assert answer == {"message": "Höchstens 100 Zeichen sind möglich.", "field": "search"}
    answer = german.ask("/vocabulary/suggestions", query_string={"of": "everything"})
    assert answer["message"].startswith("Möglich sind: tags, ")
    answer = german.ask("/dashboard", query_string={"days": "many"})
    assert answer == {"message": "Das ist keine ganze Zahl.", "field": "days"}
    answer = quiet.ask("/dashboard", query_string={"days": "many"})
    assert answer["message"] == "Not a valid integer."


def test_what_is_not_there_is_said_in_german(german: Reader, quiet: Reader) -> None:
    nobody = "/customers/00000000-0000-4000-8000-000000000000"
    assert german.ask(nobody)["message"] == "Diesen Kunden gibt es in diesem Shop nicht."
    assert quiet.ask(nobody)["message"] == "There is no such customer in this store."


def test_a_template_s_problems_and_checks_are_german(german: Reader) -> None:
    template = {"subject": "{{ customer.nonsense }}", "preview": "", "mjml": "<mjml>", "text": ""}
    told = german.ask("/templates/check", "POST", json={"template": template})
    assert told["issues"]
    assert "Eine Angabe namens „customer.nonsense“ gibt es nicht." in str(told["issues"])


def test_a_bad_segment_is_refused_in_german(german: Reader) -> None:
    bad = {"name": "", "condition": {"op": "is", "field": "customer.spent", "value": 1}}
    told = german.ask("/segments", "POST", json=bad)
    assert [one["message"] for one in told["problems"]] == ["ist leer", "hat ein unbekanntes op"]
    assert told["message"] == "name ist leer. Geben Sie einen Namen an."


def test_a_german_store_is_given_german_recipes_and_each_reader_their_own_description(
    german: Reader, quiet: Reader, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    with runtime.database.writing() as connection:
        connection.execute(update(stores).where(stores.c.id == maple.id).values(locale="de-AT"))
        for store in (maple, neighbour):
            drafts.seed_recipes(connection, store.id, NOW)
        told = connection.execute(select(flows.c.store_id, flows.c.name)).all()
    assert (maple.id, "Alles Gute zum Geburtstag") in {tuple(row) for row in told}
    assert (neighbour.id, "Happy birthday") in {tuple(row) for row in told}
    for reader, name, words in (
        (german, "Alles Gute zum Geburtstag", "Gratuliert am Tag selbst"),
        (quiet, "Happy birthday", "Congratulates on the day itself"),
    ):
        listed = reader.ask("/flows")["flows"]
        [present] = [one for one in listed if one["name"] == name]
        assert present["about"]["summary"].startswith(words)


def test_a_recipe_is_called_as_its_reader_says_and_writes_as_the_store_s_customers_read(
    german: Reader, quiet: Reader, runtime: Runtime, maple: SmallStore
) -> None:
    with runtime.database.writing() as connection:
        drafts.seed_recipes(connection, maple.id, NOW)
    listed = german.ask("/flows")["flows"]
    [flow] = [one["id"] for one in listed if one["name"] == "Alles Gute zum Geburtstag"]
    forms = [reader.ask(f"/flows/{flow}/draft")["draft"] for reader in (german, quiet)]
    assert [one["name"] for one in forms] == ["Alles Gute zum Geburtstag", "Happy birthday"]
    steps = [[step for step in one["steps"] if step.get("name")] for one in forms]
    assert all(one["name"] != other["name"] for one, other in zip(*steps, strict=True))
    assert [one["template"] for one in steps[0]] == [one["template"] for one in steps[1]]
    assert german.ask(f"/flows/{flow}")["name"] == "Alles Gute zum Geburtstag"
    german.ask(f"/flows/{flow}/publish", "POST", json={"revision": 1})
    for reader in (german, quiet):
        told = reader.ask(f"/flows/{flow}")
        assert (told["name"], told["has_changes"]) == ("Alles Gute zum Geburtstag", False)
    live = quiet.ask(f"/flows/{flow}/draft")["live"]
    [first, *_] = [step for step in live["steps"] if step.get("name")]
    assert (first["name"], first["template"]) == (steps[0][0]["name"], steps[0][0]["template"])


def test_a_name_that_somebody_gave_a_recipe_stays(
    german: Reader, runtime: Runtime, maple: SmallStore
) -> None:
    with runtime.database.writing() as connection:
        drafts.seed_recipes(connection, maple.id, NOW)
    listed = german.ask("/flows")["flows"]
    [flow] = [one["id"] for one in listed if one["name"] == "Alles Gute zum Geburtstag"]
    draft = german.ask(f"/flows/{flow}/draft")["draft"]
    german.ask(f"/flows/{flow}/draft", "PUT", json={**draft, "name": "Geburtstage"})
    assert german.ask(f"/flows/{flow}")["name"] == "Geburtstage"


def test_why_a_campaign_waits_is_told_in_the_language_of_whoever_reads_it(
    german: Reader, quiet: Reader, maple: SmallStore, database: Database
) -> None:
    document = german.ask("/campaigns/begin", "POST", json={"name": "Tee"})["document"]
    made = german.ask("/campaigns", "POST", json=document)["id"]

    def told(reason: str) -> tuple[str, str]:
        with database.writing() as connection:
            mine = update(campaigns).where(campaigns.c.id == made)
            connection.execute(mine.values(state="scheduled"))
            hold_planned(connection, maple.id, reason, NOW)
        path = f"/campaigns/{made}"
        return german.ask(path)["reason"], quiet.ask(path)["reason"]

    in_german, in_english = told(as_kept(LEFT))
    assert in_german.startswith("Die App wurde aus dem Shop entfernt")
    assert in_english == LEFT
    assert told(str(LEFT)) == (in_german, in_english), "as it was kept of old"
    gone = say("There is no segment {segment} in this store.", segment="VIP")
    assert told(as_kept(gone))[1] == "There is no segment VIP in this store."
    assert "VIP" in told(as_kept(gone))[0]
    assert told(as_kept(gone))[0] != told(as_kept(gone))[1]
    wrong = say("It cannot be sent as it is: {problems}", problems=[say("is too long"), "{odd}"])
    assert told(as_kept(wrong)) == (
        "So kann sie nicht versendet werden: ist zu lang, {odd}",
        "It cannot be sent as it is: is too long, {odd}",
    )
    assert told("step.field is odd") == ("step.field is odd", "step.field is odd")
