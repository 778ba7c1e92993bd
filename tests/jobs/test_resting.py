"""Addresses rest for what a provider reports of them, in the store that was told; none twice."""

from channels.base import StatusUpdate
from jobs import resting
from marketing.model import ChannelName, MessageStatus
from marketing.rests import FAILURES, RestKind
from storage import rests
from tests.jobs.stage import Stage

NUMBER = "+4790000001"
FAILED = StatusUpdate(
    "m-1", MessageStatus.FAILED, recipient=NUMBER, rests=RestKind.UNREACHABLE, detail="131026"
)
REACHED = StatusUpdate("m-2", MessageStatus.DELIVERED, recipient=NUMBER)


def hear(stage: Stage, *updates: StatusUpdate) -> None:
    with stage.database.writing() as connection:
        resting.hear(stage.runtime, connection, stage.store, ChannelName.WHATSAPP, updates)


def known(stage: Stage, store_id: str) -> bool:
    hashed = stage.runtime.secrets.address_hash("whatsapp", NUMBER)
    with stage.database.reading() as connection:
        return bool(rests.of(connection, store_id, "whatsapp", [hashed]))


def test_who_is_reached_again_is_unreachable_no_more(stage: Stage) -> None:
    hear(stage, *[FAILED] * FAILURES)
    assert known(stage, stage.store_id)
    assert not known(stage, stage.stranger_id)
    hear(stage, REACHED)
    assert not known(stage, stage.store_id)


def test_a_report_that_names_nobody_lets_nobody_rest(stage: Stage) -> None:
    hear(stage, StatusUpdate("m-1", MessageStatus.FAILED, rests=RestKind.UNREACHABLE))
    assert not known(stage, stage.store_id)
