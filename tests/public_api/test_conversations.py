"""A help desk takes a customer over and gives them back; another store's key does neither."""

from tests.jobs.stage import Stage
from tests.public_api.conftest import Program


def test_a_help_desk_takes_over_and_hands_back(
    program: Program, stranger: Program, stage: Stage
) -> None:
    door = f"/customers/{stage.customer()}"
    told = program.told("GET", f"{door}/conversation")
    nobody = {"since": None, "by": None, "rule": None, "why": None, "reasons": []}
    assert told == {"state": "automated", **nobody}
    for _ in "12":
        taken = program.told("POST", f"{door}/hand-over")
        assert (taken["state"], taken["by"]) == ("human", "program")
    for verb in ("hand-over", "hand-back"):
        stranger.refused(404, "POST", f"{door}/{verb}")
    assert program.told("GET", f"{door}/conversation")["state"] == "human"
    assert program.told("POST", f"{door}/hand-back")["state"] == "automated"
    assert program.told("POST", f"{door}/hand-back")["by"] == "program"
