"""Settings: who takes over from the bot, when, and who is told; kept for one store alone."""

import json
from typing import Any

import pytest
from sqlalchemy import select

from jobs.runtime import Runtime
from storage import alert_addresses, endpoints, schema, stores
from storage.secrets import BadSecret
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_team_api import JO, MARA, AskAs, ask_as, make_jo, told
from tests.seeding import NOW, SmallStore

__all__ = ["ask_as"]
PATH = "/settings/conversations"
SLACK = "https://hooks.slack.com/services/T1/B1/secret"
WEEKDAYS = [{"day": day, "start": "09:00", "end": "17:30"} for day in range(1, 6)]


def test_they_are_kept_and_are_one_stores_alone(ask: Ask) -> None:
    begun = ask(PATH).json
    assert (begun["is_automatic"], begun["hours"], begun["slack_url"]) == (True, [], None)
    form = {
        "is_automatic": False,
        "most_an_hour": 12,
        "on_trial": ["refund_angry"],
        "own_words": ["concierge"],
        "hours": WEEKDAYS,
        "answer_minutes": 30,
        "back_hours": 24,
        "emails": ["team@maple.example"],
        "slack_url": SLACK,
        "webhook_url": "https://desk.example/in",
    }
    assert ask(PATH, "PUT", json=form).json == form
    assert ask(PATH).json == form
    assert ask(PATH, domain=NEIGHBOUR).json == begun
    assert ask("/settings").json["audience"] == "subscribers"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"slack_url": "https://hooks.slack.com.evil.example/x"}, "slack_url"),
        ({"slack_url": "http://hooks.slack.com/x"}, "slack_url"),
        ({"slack_url": "https://me@evil.example@hooks.slack.com/x/"}, "slack_url"),
        ({"slack_url": "https://hooks.slack.com/"}, "slack_url"),
        ({"webhook_url": "ftp://desk.example"}, "webhook_url"),
        ({"webhook_url": "https://a:b@desk.example"}, "webhook_url"),
        ({"webhook_url": "https://["}, "webhook_url"),
        ({"webhook_url": "https://desk.example:99999/"}, "webhook_url"),
        ({"webhook_url": "https://desk example/"}, "webhook_url"),
        ({"webhook_url": "https://127.0.0.1/"}, "webhook_url"),
        ({"webhook_url": "https://169.254.169.254/latest"}, "webhook_url"),
        ({"webhook_url": "https://[::1]:8443/"}, "webhook_url"),
        ({"webhook_url": "https://localhost/"}, "webhook_url"),
        ({"slack_url": "https://["}, "slack_url"),
        ({"webhook_url": "https://desk.example/" + "a" * 2000}, "webhook_url"),
        ({"webhook_url": "https://desk.example/\0"}, "webhook_url"),
        ({"emails": ["nobody"]}, "emails.0"),
        ({"own_words": [""]}, "own_words.0"),
        ({"own_words": ["w"] * 51}, "own_words"),
        ({"answer_minutes": 0}, "answer_minutes"),
        ({"most_an_hour": 0}, "most_an_hour"),
        ({"most_an_hour": 1001}, "most_an_hour"),
        ({"most_an_hour": None}, "most_an_hour"),
        ({"back_hours": 721}, "back_hours"),
        ({"hours": [{"day": 1, "start": "17:00", "end": "09:00"}]}, "hours.0.end"),
        ({"hours": [{"day": 8, "start": "09:00", "end": "17:00"}]}, "hours.0.day"),
        ({"hours": [*WEEKDAYS, WEEKDAYS[0]]}, "hours"),
        ({"is_automatic": "yes"}, "is_automatic"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_field(
    ask: Ask, change: dict[str, Any], field: str
) -> None:
    answer = ask(PATH, "PUT", json={**ask(PATH).json, **change})
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert answer.json["message"]


def test_who_may_not_change_them_does_not_see_the_addresses_that_are_told(
    ask_as: AskAs, maple: SmallStore
) -> None:
    make_jo(ask_as, "viewer")
    form = told(ask_as(MARA, PATH))
    mine = {"slack_url": SLACK, "webhook_url": "https://desk.example/in?key=1"}
    assert told(ask_as(MARA, PATH, "PUT", json={**form, **mine})) == {**form, **mine}
    assert told(ask_as(JO, PATH)) == form


def test_where_the_team_is_told_stands_in_the_database_as_other_secrets_do(
    ask: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    mine = {"slack_url": SLACK, "webhook_url": "https://desk.example/in?key=1"}
    told(ask(PATH, "PUT", json={**ask(PATH).json, **mine}))
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, maple.id)
    assert store
    document = json.dumps(store.settings)
    assert not any(part in document for part in ("hooks.slack.com", "desk.example"))
    opened = alert_addresses.opened(runtime.secrets, maple.id, store.settings)["conversations"]
    assert {field: opened[field] for field in mine} == mine
    with pytest.raises(BadSecret):
        alert_addresses.opened(runtime.secrets, neighbour.id, store.settings)


def test_an_address_that_failed_too_often_is_called_again_once_it_is_saved_again(
    ask: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    form = {**ask(PATH).json, "slack_url": SLACK, "webhook_url": "https://desk.example/in?key=1"}
    told(ask(PATH, "PUT", json=form))
    with runtime.database.writing() as connection:
        for store in (maple, neighbour):
            for url in (SLACK, form["webhook_url"]):
                endpoints.failed(connection, store.id, url, NOW, is_gone=True)
        kept = connection.execute(select(schema.endpoints.c.url)).scalars().all()
    assert set(kept) == {"https://hooks.slack.com", "https://desk.example"}
    told(ask(PATH, "PUT", json=form))
    with runtime.database.reading() as connection:
        for url in (SLACK, form["webhook_url"]):
            assert endpoints.off_since(connection, maple.id, url) is None
            assert endpoints.off_since(connection, neighbour.id, url) == NOW


def test_what_was_kept_in_the_clear_is_read_and_sealed_with_the_next_rotation(
    runtime: Runtime, maple: SmallStore
) -> None:
    before = {"conversations": {"slack_url": SLACK, "webhook_url": None}}
    runtime.database.write(lambda c: stores.set_settings(c, maple.id, before))
    assert alert_addresses.opened(runtime.secrets, maple.id, before) == before
    changed = [
        runtime.database.write(lambda c: alert_addresses.rotate(c, runtime.secrets))
        for _ in range(2)
    ]
    assert changed == [{maple.id}, set()]
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, maple.id)
        assert alert_addresses.key_ids(connection) <= runtime.secrets.key_ids
    assert store
    assert "hooks.slack.com" not in json.dumps(store.settings)
    assert alert_addresses.opened(runtime.secrets, maple.id, store.settings) == before
