"""How often rules that call a person were right: said in a conversation, counted for one store."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from jobs import conversations as hands
from jobs.runtime import Runtime
from marketing.hand_over_rules import Found, Then
from storage import conversations, rule_calls, schema, stores
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.seeding import SmallStore

RULES = "/settings/conversations/rules"
Call = Callable[..., str]


@pytest.fixture
def call(runtime: Runtime, maple: SmallStore) -> Call:
    """A function that lets a rule call a person to Ada: (rule, then, is_trial, days ago) -> id."""

    def note(
        rule: str, then: Then = Then.HAND_OVER, *, is_trial: bool = False, ago: int = 0
    ) -> str:
        def write(connection: Any) -> str:
            at = runtime.database.now(connection) - timedelta(days=ago)
            whose = (connection, maple.id, maple.ada)
            conversations.begin(*whose, at)
            return rule_calls.note(*whose, rule, then, at, is_trial=is_trial)

        return runtime.database.write(write)

    return note


def judge(ask: Ask, maple: SmallStore, call_id: str, verdict: str) -> None:
    door = f"/conversations/{maple.ada}/calls/{call_id}/judge"
    assert ask(door, "POST", json={"verdict": verdict}).json == {"verdict": verdict}


def rule(ask: Ask, name: str, **of: str) -> dict[str, Any]:
    [found] = [one for one in told(ask, RULES, **of)["rules"] if one["rule"] == name]
    return dict(found)


def test_each_rule_says_how_often_it_called_and_was_right_and_what_it_would_have_done(
    ask: Ask, maple: SmallStore, call: Call
) -> None:
    ids = [call("agent_word:de"), call("agent_word:en"), call("agent_word:en")]
    call("agent_word:en", ago=91)
    call("agent_word:own", is_trial=True)
    call("frustration", Then.OFFER)
    call("frustration", Then.OVER_LIMIT)
    for call_id, verdict in zip(ids, ["right", "not_needed", "right"], strict=True):
        judge(ask, maple, call_id, verdict)
    did = rule(ask, "agent_word")["did"]
    assert (did["handed_over"], did["judged"]) == (3, 3)
    assert did["share"] == pytest.approx(2 / 3)
    assert (did["low"], did["high"]) == pytest.approx((0.2077, 0.9385), abs=1e-4)
    own = rule(ask, "agent_word:own")
    assert (own["did"]["handed_over"], own["tried"]["handed_over"]) == (0, 1)
    assert (own["tried"]["share"], own["may_try"]) == (None, True)
    frustration = rule(ask, "frustration")["did"]
    assert (frustration["offered"], frustration["over_limit"]) == (1, 1)
    assert not rule(ask, "risk:self_harm")["may_try"]
    assert rule(ask, "agent_word", domain=NEIGHBOUR)["did"]["handed_over"] == 0


def test_a_word_on_a_call_may_be_taken_back_and_is_one_stores_alone(
    ask: Ask, maple: SmallStore, call: Call
) -> None:
    call_id = call("risk:legal")
    door = f"/conversations/{maple.ada}/calls/{call_id}/judge"
    assert ask(door, "POST", domain=NEIGHBOUR, json={"verdict": "right"}).status_code == 404
    nobodys = f"/conversations/{maple.flow[0]}/calls/{call_id}/judge"
    assert ask(nobodys, "POST", json={"verdict": "right"}).status_code == 404
    assert ask(door, "POST", json={"verdict": "perhaps"}).json["field"] == "verdict"
    for verdict in ("not_needed", "right"):
        judge(ask, maple, call_id, verdict)
    shown = told(ask, f"/conversations/{maple.ada}")["call"]
    assert (shown["id"], shown["verdict"], shown["is_trial"]) == (call_id, "right", False)
    assert shown["why"] == "They tell of lawyers or a court."
    assert rule(ask, "risk:legal")["did"]["judged"] == 1


def test_not_needed_hands_back_what_the_rule_took_and_right_leaves_it(
    ask: Ask, maple: SmallStore, call: Call, runtime: Runtime
) -> None:
    def take_over(connection: Any) -> None:
        store, at = stores.by_id(connection, maple.id), runtime.database.now(connection)
        assert store
        found = Found("frustration")
        assert hands.take_over(
            connection, runtime, store, maple.ada, at=at, by=hands.RULE, found=found
        )

    runtime.database.write(take_over)
    call_id = call("frustration")
    judge(ask, maple, call_id, "right")
    door = f"/customers/{maple.ada}/conversation"
    assert told(ask, door)["state"] == "human"
    judge(ask, maple, call_id, "not_needed")
    assert told(ask, door)["state"] == "automated"
    with runtime.database.reading() as connection:
        assert conversations.of(connection, maple.id, maple.ada).not_needed_at is not None
        names = select(schema.events.c.name).where(schema.events.c.customer_id == maple.ada)
        found = list(connection.execute(names).scalars())
    assert found.count("conversation.handed_back") == 1


def test_rules_on_trial_are_kept_and_what_always_calls_a_person_is_refused(ask: Ask) -> None:
    form = told(ask, "/settings/conversations")
    assert form["on_trial"] == []
    kept = ask("/settings/conversations", "PUT", json={**form, "on_trial": ["frustration"]})
    assert kept.json["on_trial"] == ["frustration"]
    for wrong in ("agent_button", "agent_word", "risk:self_harm", "echo", "x"):
        answer = ask("/settings/conversations", "PUT", json={**form, "on_trial": [wrong]})
        assert (answer.status_code, answer.json["field"]) == (422, "on_trial.0")
