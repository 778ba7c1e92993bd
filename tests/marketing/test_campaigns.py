"""A campaign's document: read, written back, and the flow that it is."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketing import campaigns
from marketing.campaigns import Clock, Schedule
from marketing.flow import Delay, SendMessage
from marketing.flow_schema import BadFlow

MAIL: dict[str, Any] = {
    "kind": "message",
    "id": "mail",
    "channel": "email",
    "template": {
        "subject": "Hello",
        "mjml": "<mjml><mj-body></mj-body></mjml>",
        "text": "Hello",
    },
}
HASTY = {**MAIL, "id": "hasty", "deadline": "PT1H"}
ARMS = [{"key": "a", "weight": 1, "steps": [MAIL]}, {"key": "b", "weight": 1, "steps": [HASTY]}]
TEN = datetime(2026, 12, 1, 10)  # noqa: DTZ001  a local time
DOCUMENT = {
    "name": "Sale",
    "source": {"everyone": True},
    "steps": [{"kind": "split", "id": "try", "variants": ARMS}],
}


def test_a_document_is_written_back_as_it_was_read() -> None:
    campaign = campaigns.load(DOCUMENT)
    assert campaigns.load(campaigns.dump(campaign)) == campaign
    assert campaigns.dump(campaign)["deadline"] == "PT8H"


def test_its_messages_are_patient_unless_they_say_otherwise() -> None:
    flow = campaigns.flow_of(campaigns.load(DOCUMENT), Clock.STORE)
    mail, hasty = flow.steps_by_id["mail"], flow.steps_by_id["hasty"]
    assert isinstance(mail, SendMessage)
    assert isinstance(hasty, SendMessage)
    assert (mail.deadline, hasty.deadline) == (None, timedelta(hours=1))
    assert (flow.trigger.event, flow.trigger.reentry) == ("manual", "once")


def test_a_slip_beside_the_steps_hides_none_in_them() -> None:
    bad = {**DOCUMENT, "to": 1, "deadline": "soon", "steps": [{**MAIL, "deadline": "soon"}]}
    with pytest.raises(BadFlow) as refused:
        campaigns.load(bad)
    told = {(one.step, one.field) for one in refused.value.problems}
    assert told == {("", "to"), ("", "deadline"), ("mail", "deadline")}


def test_by_the_customers_clock_it_waits_for_their_hour_first() -> None:
    flow = campaigns.flow_of(campaigns.load(DOCUMENT), Clock.CUSTOMER)
    first = flow.steps[0]
    assert isinstance(first, Delay)
    assert first.until_field == "event.send_at"


@pytest.mark.parametrize(
    ("clock", "zone", "begins"),
    [
        (Clock.STORE, "America/New_York", datetime(2026, 12, 1, 15, tzinfo=UTC)),
        (Clock.CUSTOMER, "America/New_York", datetime(2026, 11, 30, 20, tzinfo=UTC)),
        (Clock.STORE, "Nowhere/At_all", datetime(2026, 12, 1, 10, tzinfo=UTC)),
    ],
)
def test_it_begins_when_the_first_clock_that_counts_shows_its_hour(
    clock: Clock, zone: str, begins: datetime
) -> None:
    assert Schedule(TEN, clock).begins_at(zone) == begins


def test_an_hour_that_the_clock_leaves_out_moves_on() -> None:
    gap = datetime(2026, 3, 29, 2, 30)  # noqa: DTZ001  a local time
    begins = Schedule(gap, Clock.STORE).begins_at("Europe/Berlin")
    assert begins == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
