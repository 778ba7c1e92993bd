"""Campaigns from outside: checked, kept, scheduled, sent, and what came of them."""

from jobs import intake, launch
from marketing.campaign_start import begun
from marketing.sources import EVERYONE
from tests.jobs.stage import Stage
from tests.public_api.conftest import A_FLOW, Program

SALE = {"name": "Sale", "source": {"everyone": True}, "steps": A_FLOW["steps"][:1]}


def test_a_campaign_is_checked_kept_scheduled_and_sent(
    program: Program, stranger: Program, stage: Stage
) -> None:
    stage.customer("Ada")
    assert program.told("POST", "/campaigns/check", SALE) == {"problems": [], "customers": 1}
    made = program.told("POST", "/campaigns", SALE)
    door = f"/campaigns/{made['id']}"
    assert made["state"] == "draft"
    assert program.told("PUT", door, {**SALE, "name": "Spring sale"})["name"] == "Spring sale"
    wrong = program.refused(422, "POST", f"{door}/schedule", {"at": "soon"})
    assert (wrong["field"], "local clock" in wrong["message"]) == ("at", True)
    program.told("POST", f"{door}/schedule", {"now": True})
    stores = [stage.store_id, stage.stranger_id]
    while launch.drain(stage.runtime, stores) or intake.drain(stage.runtime, stores):
        pass
    stage.work()
    report = program.told("GET", f"{door}/report")
    assert (report["recipients"], report["sent"], report["skipped"]) == (1, 1, {})
    assert len(stage.sink.mails) == 1
    assert program.refused(409, "POST", f"{door}/schedule", {"now": True})["message"]
    assert program.told("POST", f"{door}/cancel")["state"] == "sent", "everybody has had it"
    assert program.refused(409, "POST", f"{door}/cancel")["message"]
    assert [one["id"] for one in program.told("GET", "/campaigns")["campaigns"]] == [made["id"]]
    assert stranger.told("GET", "/campaigns")["campaigns"] == []


def test_one_that_nobody_wrote_is_not_sent(program: Program) -> None:
    made = program.told("POST", "/campaigns", begun("Sale", EVERYONE, "en"))
    refused = program.refused(422, "POST", f"/campaigns/{made['id']}/schedule", {"now": True})
    assert refused["field"] == "blocks.text.html"
    assert "Write your own words" in refused["message"]
    assert program.told("GET", f"/campaigns/{made['id']}")["state"] == "draft"


def test_a_bad_campaign_is_refused_with_its_step(program: Program) -> None:
    bad = {**SALE, "steps": [{**A_FLOW["steps"][0], "channel": "pigeon"}]}
    told = program.refused(422, "POST", "/campaigns", bad)
    assert [(one["step"], one["field"]) for one in told["problems"]] == [("thanks", "channel")]
    assert program.told("POST", "/campaigns/check", bad)["problems"] == told["problems"]
