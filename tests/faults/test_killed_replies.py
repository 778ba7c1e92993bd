"""kill -9 of a worker at each point of a reply's hand-over: none is lost, none goes out twice.

The provider is the witness: it knows what it took, and how often.
"""

from collections import Counter
from pathlib import Path

import pytest

from jobs import reply
from marketing.chat import Author
from marketing.model import ChannelName
from sandbox.twilio import Twilio
from storage import schema
from storage.channel_accounts import ChannelAccount
from tests.channels.test_twilio import api_url, twilio
from tests.faults.harness import processes, quiet, wait_until, was_killed
from tests.jobs.stage import Stage
from tests.jobs.test_receive import account

__all__ = ["account", "api_url", "twilio"]
REPLIES = 40
BATCH = reply.BATCH
POINTS = [
    # the point, its pass, how many are unknown by the protocol, and how many of those went out
    ("after_gate_commit", 1, BATCH, 0),
    ("before_send", 10, BATCH, 9),
    ("after_send_before_commit", 1, BATCH, BATCH),
    ("after_commit_before_ack", 1, 0, 0),
]


def forty_queued(stage: Stage) -> set[str]:
    stage.do_the_days_round()
    numbers = {f"+1555{number:07}" for number in range(REPLIES)}
    for number in sorted(numbers):
        someone = stage.customer(phone=number, sms_consent="subscribed")
        stage.database.write(
            lambda c, someone=someone: reply.queue(
                c, stage.runtime, stage.store, someone, ChannelName.SMS, "Hello",
                author=Author.PERSON,
            )
        )  # fmt: skip
    return numbers


@pytest.mark.slow
@pytest.mark.parametrize("killed", POINTS, ids=lambda killed: killed[0])
def test_a_killed_worker_loses_and_doubles_no_reply(
    stage: Stage,
    twilio: Twilio,
    account: ChannelAccount,
    tmp_path: Path,
    killed: tuple[str, int, int, int],
) -> None:
    point, at, unknown, went_out = killed
    api_url = stage.runtime.providers.twilio_api_url
    numbers = forty_queued(stage)
    with processes(stage, tmp_path, TWILIO_API_URL=api_url) as hands:
        victim = hands.worker("followups", FAULT_POINT=f"{point}:{at}")
        stage.runtime.queues.wake("reply", [stage.store_id])
        assert was_killed(victim)
        hands.worker("followups")
        hands.clock()
        wait_until(lambda: quiet(stage) and sum(stage.states(schema.replies).values()) == REPLIES)
    states, taken = stage.states(schema.replies), Counter(one["number"] for one in twilio.texts())
    assert states == Counter({"sent": REPLIES - unknown, "unknown": unknown}) - Counter()
    assert set(taken.values()) == {1}
    assert len(taken) == REPLIES - unknown + went_out
    assert set(taken) <= numbers
