"""What the command does beside going live: drafts, people of the past, tests, ready segments."""

import json
from pathlib import Path

from storage import schema
from tests.commands.test_commands import Say, fails, say  # noqa: F401  a fixture
from tests.jobs.stage import HOUR, Stage
from tests.public_api.conftest import A_FLOW
from tests.public_api.test_splits import TEST, take_in

THEIRS = "stranger.myshopify.com"


def test_people_of_the_past_are_counted_then_placed(say: Say, stage: Stage) -> None:
    flow_id = stage.flow_id()
    ada = stage.customer()
    stage.cart(ada)
    stage.pass_time(5 * HOUR)
    dry = say("flows", "backfill", flow_id, "--days", "3", "--dry-run")["intake"]
    take_in(stage)
    assert stage.rows(schema.enrollments) == []
    assert "by and by" in say("flows", "backfill", flow_id, "--days", "3", as_json=False)
    take_in(stage)
    assert [one.customer_id for one in stage.rows(schema.enrollments)] == [ada]
    placed, counted = say("flows", "intakes", flow_id)
    assert (counted["id"], counted["dry_run"], sum(counted["standing"].values())) == (dry, True, 1)
    assert (placed["kind"], placed["state"], placed["entered"]) == ("past", "done", 1)
    assert "done" in say("flows", "intakes", flow_id, as_json=False)
    assert "1 to 365" in fails(say, "flows", "backfill", flow_id, "--days", "400")
    assert "no flow" in fails(say, "flows", "backfill", flow_id, "--days", "3", store=THEIRS)
    assert "no flow" in fails(say, "flows", "intakes", flow_id, store=THEIRS)
    say("flows", "pause", flow_id)
    assert "paused" in fails(say, "flows", "backfill", flow_id, "--days", "3")


def test_a_draft_is_rewritten_and_what_is_live_stays(
    say: Say,
    stage: Stage,
    tmp_path: Path,
) -> None:
    file, flow_id = tmp_path / "flow.json", stage.flow_id()
    file.write_text(json.dumps({**A_FLOW, "name": "Anew"}))
    assert say("flows", "edit", flow_id, str(file))["name"] == "Anew"
    trigger = say("flows", "show", flow_id)["trigger"]
    assert (trigger["event"], trigger["name"]) == ("custom", A_FLOW["trigger"]["name"])
    assert "no flow" in fails(say, "flows", "edit", flow_id, str(file), store=THEIRS)
    file.write_text(json.dumps({**A_FLOW, "steps": [{"kind": "delay", "id": "a"}]}))
    assert "problem" in fails(say, "flows", "edit", flow_id, str(file))


def test_a_tests_variants_are_compared_and_its_winner_picked(
    say: Say,
    stage: Stage,
    tmp_path: Path,
) -> None:
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(TEST))
    flow_id = say("flows", "create", str(file))["id"]
    say("flows", "publish", flow_id)
    people = [stage.customer(f"P{number}") for number in range(8)]
    say("flows", "enroll", flow_id, *(word for one in people for word in ("--customer", one)))
    stage.work()
    (split,) = say("splits", "list", flow_id)
    assert sum(one["sent"] for one in split["variants"]) == 8
    assert split["winner"] is None
    assert say("splits", "pick", flow_id, "test", "--variant", "b")["winner"] == "b"
    assert "True" in say("splits", "list", flow_id, as_json=False)
    (split,) = say("splits", "list", flow_id)
    assert (split["winner"], split["picked"]) == ("b", "by hand")
    assert "Pick one of a, b" in fails(say, "splits", "pick", flow_id, "test", "--variant", "c")
    assert "no flow" in fails(say, "splits", "list", flow_id, store=THEIRS)
    assert "no flow" in fails(say, "splits", "pick", flow_id, "test", "--chance", store=THEIRS)
    assert "Chance" in say("splits", "pick", flow_id, "test", "--chance", as_json=False)
    assert "--help" in fails(say, "splits", "pick", flow_id, "test")


def test_a_ready_made_segment_is_had_changed_and_removed(
    say: Say,
    stage: Stage,
    tmp_path: Path,
) -> None:
    ready = {one["key"] for one in say("segments", "ready", store=None)}
    assert {"interested-in", "bought-once"} <= ready
    assert "is missing" in fails(say, "segments", "have", "interested-in")
    assert "segments ready" in fails(say, "segments", "have", "x")
    made = say("segments", "have", "interested-in", "--parameter", "Scarves")["id"]
    file = tmp_path / "segment.json"
    condition = {"op": "gt", "field": "customer.spent", "value": 5000}
    file.write_text(json.dumps({"name": "Big", "condition": condition}))
    assert say("segments", "check", str(file)) == []
    assert say("segments", "change", made, str(file)) == {"id": made}
    assert [one["name"] for one in say("segments", "list")] == ["Big"]
    asks = {"op": "in_segment", "value": made}
    file.write_text(json.dumps({"name": "Both", "condition": asks}))
    other = say("segments", "create", str(file))["id"]
    assert "Both asks about it" in fails(say, "segments", "remove", made)
    for verb in ("change", "remove"):
        words = [made, *([str(file)] if verb == "change" else [])]
        assert "no segment" in fails(say, "segments", verb, *words, store=THEIRS)
    say("segments", "remove", other)
    say("segments", "remove", made)
    assert stage.rows(schema.segments) == []
    file.write_text(json.dumps({"name": "", "condition": {"op": "is"}}))
    assert "no segment yet" in fails(say, "segments", "check", str(file))
