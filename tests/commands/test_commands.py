"""The nouns of the command: keys that open the door, flows from a file to live; both databases."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import cli
from jobs import api_keys, segments
from marketing.campaign_start import begun
from marketing.sources import EVERYONE
from storage import schema
from tests.jobs.firing import entries, flow_on
from tests.jobs.stage import KEY, Stage
from tests.jobs.test_campaigns import work
from tests.public_api.conftest import A_FLOW
from tests.public_api.test_campaigns import SALE

STORE = "maple.myshopify.com"
Say = Callable[..., Any]


@pytest.fixture
def say(
    stage: Stage,
    valkey_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Say:
    """Run `reprise ... --json` in the stage's world and give its answer."""
    settings = {
        "DATABASE_URL": stage.runtime.settings.database_url, "DATA_DIR": str(tmp_path),
        "APP_KEYS": KEY, "APP_URL": "http://127.0.0.1:8000", "SHOPIFY_CLIENT_ID": "id",
        "SHOPIFY_CLIENT_SECRET": "secret", "SMTP_URL": "smtp://127.0.0.1:1",
        "MAIL_FROM": "hello@example.com", "REDIS_URL": valkey_url, "DEMO": "1",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, store: str | None = STORE, as_json: bool = True) -> Any:
        told = [*words, *(["--store", store] if store else []), *(["--json"] if as_json else [])]
        capsys.readouterr()  # what a verb that failed said before
        cli.main(told)
        answered = capsys.readouterr().out
        return json.loads(answered) if as_json else answered

    return run


def fails(say: Say, *words: str, store: str | None = STORE) -> str:
    with pytest.raises(SystemExit) as ended:
        say(*words, store=store)
    told = ended.value.code
    assert isinstance(told, str), "a sentence, which Python prints before it ends with 1"
    return told


def test_stores_and_keys_are_listed_made_and_revoked(say: Say, stage: Stage) -> None:
    stores = say("stores", "list", store=None)
    assert {one["domain"] for one in stores} == {STORE, "stranger.myshopify.com"}
    made = say("keys", "create", "--name", "CRM", "--scopes", "flows:read, events:write")
    caller = api_keys.caller_of(stage.runtime, made["key"])
    assert caller
    assert (caller.store.domain, caller.key.scopes) == (STORE, {"flows:read", "events:write"})
    listed = say("keys", "list")
    assert [(one["name"], one["begins"]) for one in listed] == [("CRM", made["begins"])]
    assert made["key"] not in str(listed)
    assert say("keys", "list", store="stranger.myshopify.com") == []
    assert made["id"] in fails(say, "keys", "revoke", made["id"], store="stranger.myshopify.com")
    say("keys", "revoke", made["id"])
    assert api_keys.caller_of(stage.runtime, made["key"]) is None
    shown = say("keys", "create", "--name", "All", "--scopes", "all", as_json=False)
    assert shown.startswith("rp_live_")
    assert "not shown again" in shown


def test_a_flow_goes_from_a_file_to_live_and_is_counted(
    say: Say, stage: Stage, tmp_path: Path
) -> None:
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(A_FLOW))
    assert say("flows", "check", str(file), store=None) == []
    made = say("flows", "create", str(file))["id"]
    assert say("flows", "show", made)["name"] == "Thank you"
    assert say("flows", "publish", made)["status"] == "live"
    assert say("flows", "pause", made)["status"] == "paused"
    assert say("flows", "resume", made)["status"] == "live"
    twin = say("flows", "create", str(file))["id"]
    (warning,) = say("flows", "publish", twin)["warnings"]
    assert "“Thank you”" in warning["message"]
    assert "same trigger: “Thank you”" in say("flows", "pause", twin, as_json=False)
    ada, bo = stage.customer("Ada", email_key="ada@example.com"), stage.customer("Bo")
    told = say("flows", "enroll", made, "--customer", "Ada@example.com ", "--customer", bo)
    assert told == [{"customer_id": one, "reason": None} for one in (ada, bo)]
    stage.work()
    counted = say("flows", "counts", made)
    assert (counted["entered"], counted["waiting"]) == (2, 2)
    assert "2 entered, 2 wait; ended: none" in say("flows", "counts", made, as_json=False)
    assert [one["status"] for one in say("flows", "list")] == ["live", "live", "paused"]
    assert len(say("flows", "list", as_json=False).splitlines()) == 4


def test_a_campaign_goes_from_a_file_to_sent_and_is_reported(
    say: Say, stage: Stage, tmp_path: Path
) -> None:
    file = tmp_path / "campaign.json"
    file.write_text(json.dumps(SALE))
    stage.customer()
    assert say("campaigns", "check", str(file)) == {"customers": 1}
    made = say("campaigns", "create", str(file))["id"]
    assert (
        say("campaigns", "send", made, "--at", "2030-03-20T10:00", "--clock", "customer")["state"]
        == "scheduled"
    )
    assert "scheduled" in say("campaigns", "show", made, as_json=False)
    assert say("campaigns", "send", made)["state"] == "scheduled"
    work(stage)
    assert say("campaigns", "report", made)["sent"] == 1
    assert "sent: 1" in say("campaigns", "report", made, as_json=False)
    assert [one["state"] for one in say("campaigns", "list")] == ["sending"]
    assert "being sent" in fails(say, "campaigns", "send", made)
    assert say("campaigns", "list", store="stranger.myshopify.com") == []
    assert "no such campaign" in fails(
        say, "campaigns", "pause", made, store="stranger.myshopify.com"
    )
    assert "local clock" in fails(say, "campaigns", "send", made, "--at", "soon")
    file.write_text(json.dumps(begun("New", EVERYONE, "en")))
    unwritten = say("campaigns", "create", str(file))["id"]
    assert "Write your own words" in fails(say, "campaigns", "send", unwritten)
    assert "--at" in fails(say, "campaigns", "send", made, "--clock", "store")
    assert say("campaigns", "cancel", made)["state"] == "sent", "everybody has had it"
    assert "is over" in fails(say, "campaigns", "cancel", made)
    assert "'x'" in fails(say, "campaigns", "report", "x")
    file.write_text(json.dumps({**SALE, "steps": [], "deadline": "soon"}))
    assert "no duration" in fails(say, "campaigns", "check", str(file))


def test_what_can_not_be_done_is_told_in_a_sentence(say: Say, stage: Stage, tmp_path: Path) -> None:
    bad, broken = tmp_path / "bad.json", tmp_path / "broken.json"
    bad.write_text(json.dumps({**A_FLOW, "steps": [{"kind": "delay", "id": "a"}]}))
    broken.write_text("{")
    flow_id = stage.flow_id()
    assert "nobody" in fails(say, "flows", "create", str(bad))
    assert "2 problems" in fails(say, "flows", "check", str(bad), store=None)
    assert "no JSON" in fails(say, "flows", "check", str(broken), store=None)
    assert "can't be read" in fails(say, "flows", "check", str(tmp_path / "none"), store=None)
    assert "no flow 'x'" in fails(say, "flows", "publish", "x")
    assert "no flow" in fails(say, "flows", "counts", str(uuid4()))
    assert "no flow" in fails(say, "flows", "show", flow_id, store="stranger.myshopify.com")
    assert "stores list" in fails(say, "flows", "list", store="nobody.example")
    assert "no customer" in fails(say, "flows", "enroll", flow_id, "--customer", "a@b.c")
    assert "'x' is no scope" in fails(say, "keys", "create", "--name", "a", "--scopes", "x")
    assert "characters" in fails(say, "keys", "create", "--name", " ", "--scopes", "all")
    assert "--help" in fails(say, "flows", "fly")
    say("flows", "pause", flow_id)
    assert "not live" in fails(say, "flows", "enroll", flow_id, "--customer", stage.customer())
    assert stage.rows(schema.enrollments) == []


def test_an_event_is_told_once_and_flows_react(say: Say, stage: Stage) -> None:
    flow = flow_on(stage, "custom", name="quiz")
    ada = stage.customer("Ada")
    told = ["events", "send", "--name", "quiz", "--customer", ada, "--id", "1"]
    assert say(*told, "--properties", '{"score": 8}') == {"id": "1", "state": "kept"}
    assert say(*told)["state"] == "known"
    assert [who for who, _ in entries(stage, flow)] == [ada]
    assert "JSON object" in fails(say, *told, "--properties", "[1]")
    assert "no customer" in fails(say, *told, store="stranger.myshopify.com")


def test_a_segment_is_counted_kept_and_listed(say: Say, stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "segment.json"
    condition: dict[str, Any] = {"op": "gt", "field": "customer.spent", "value": 5000}
    file.write_text(json.dumps({"name": "Big", "condition": condition}))
    rich = stage.customer("Ada", spent=6000)
    stage.customer("Bo")
    assert say("segments", "count", str(file))["customers"] == 1
    made = say("segments", "create", str(file))["id"]
    while segments.drain(stage.runtime, [stage.store_id]):
        pass
    assert [(one["name"], one["customers"]) for one in say("segments", "list")] == [("Big", 1)]
    assert say("segments", "members", made) == [rich]
    assert say("segments", "members", made, as_json=False).split() == [rich]
    theirs = "stranger.myshopify.com"
    assert "no segment" in fails(say, "segments", "members", made, store=theirs)
    assert "another segment" in fails(say, "segments", "create", str(file))
    flow_id = stage.flow_id()
    assert say("flows", "enroll", flow_id, "--segment", made)["intake"]
    assert "no segment" in fails(say, "flows", "enroll", flow_id, "--segment", flow_id)
    assert "--customer" in fails(say, "flows", "enroll", flow_id)
    file.write_text(json.dumps({"name": "Big", "condition": {**condition, "op": "is"}}))
    assert "unknown op" in fails(say, "segments", "count", str(file))


def test_an_argument_that_is_no_text_is_refused(say: Say, stage: Stage) -> None:
    for name in ("a\x1b[2Jb", "half \udc80", "nul\x00"):
        assert "no text" in fails(say, "keys", "create", "--name", name, "--scopes", "flows:read")
    assert stage.rows(schema.api_keys) == []


def test_whoever_reads_along_may_stop(say: Say, stage: Stage) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(cli.__file__).parent)}
    command = f"{sys.executable} -u -m cli flows list --store {STORE} | true"
    piped = ["bash", "-o", "pipefail", "-c", command]
    done = subprocess.run(piped, check=False, env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_there_is_told_too(say: Say) -> None:
    assert "no key" in say("keys", "list", as_json=False)
    assert "no segment" in say("segments", "list", as_json=False)
