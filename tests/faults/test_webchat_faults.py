"""The faults that the website chat must survive: it has no provider, its visitors' browsers do the
rest. What they fetch is the witness."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from jobs import customer_care, deliver, receive
from jobs.webchat import Knock, NotAVisitor, WebchatDoor
from marketing.model import ChannelName
from storage import conversations, schema
from tests.faults.lines import Line, Told
from tests.faults.test_channel_faults import claimed, one_planned, the_message, traces
from tests.jobs.playing import ON_ONE
from tests.jobs.stage import Stage

PAGE = "https://maple.myshopify.com"


class ChatLine(Line):
    """A store's chat, and the browsers of its visitors; each knocks at a web process of its own."""

    final = "read"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage, ChannelName.WEBCHAT, None)
        self.tokens: list[str] = []
        self.ids = count(1)

    def account_told(self) -> Told:
        return "reprise", {}, {}

    def begin(self, url: str) -> None:
        """Nobody is told of it: its door is known."""

    def knock(self) -> tuple[WebchatDoor, Knock]:
        return WebchatDoor(self.stage.runtime), Knock(self.stage.store_id, "203.0.113.7", PAGE)

    def meet(self, count: int) -> list[str]:
        """Whoever writes on the store's pages can be answered there."""
        for _ in range(count):
            door, who = self.knock()
            self.tokens.append(door.begin(who))
            self.says(len(self.tokens) - 1, "Hi")
        rows = self.stage.rows(schema.identities, channel=self.name)
        return [str(row.customer_id) for row in rows]

    def says(self, number: int, text: str) -> None:
        door, who = self.knock()
        told = {"token": self.tokens[number], "id": f"line-{next(self.ids):08}", "text": text}
        door.say(who, json.dumps(told).encode())
        self.read()

    def fetches(self, number: int, after: int = 0, seen: int = 0) -> list[str]:
        """Give what a visitor's browser shows of us behind a line, and report how far it is."""
        door, who = self.knock()
        told = {"token": self.tokens[number], "after": after, "seen": seen}
        lines = door.fetch(who, json.dumps(told).encode())["lines"]
        return [one["text"] for one in lines if one["author"] != "visitor"]

    def taken(self) -> Counter[str]:
        found = ((token, self.fetches(number)) for number, token in enumerate(self.tokens))
        return Counter({token: len(lines) for token, lines in found if lines})


@pytest.fixture
def line(stage: Stage) -> Iterator[ChatLine]:
    made = ChatLine(stage)
    made.connect()
    return made


def test_a_report_that_comes_fifty_times_at_once_is_one(line: ChatLine, stage: Stage) -> None:
    one_planned(line)
    line.deliver()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: line.fetches(0, after=2, seen=2), range(50)))
    line.read()
    assert the_message(stage).state == line.final
    assert len(stage.rows(schema.callbacks)) == 2, "what they said, and one report"
    assert len(stage.events("message.sent")) == 1


@ON_ONE
def test_reports_backwards_and_twice_end_where_they_should(line: ChatLine, stage: Stage) -> None:
    one_planned(line)
    line.deliver()
    for after, seen in ((2, 2), (2, 0), (0, 0), (2, 2)):
        line.fetches(0, after, seen)
        line.read()
    assert the_message(stage).state == line.final
    assert len(stage.events("message.sent")) == 1


@ON_ONE
def test_what_was_laid_out_without_our_hearing_of_it_is_there_once(
    line: ChatLine, stage: Stage
) -> None:
    one_planned(line)
    claim = claimed(line)
    for _ in range(2):  # the second time, as after a process that died behind the first
        deliver._hand_over_all(stage.runtime, claim)
    assert sum(line.taken().values()) == 1
    assert len(stage.events("message.sent")) == 1


@ON_ONE
@pytest.mark.parametrize("text", ["Stop!!", "unsubscribe me", "BAJA por favor", "Arrêter svp"])
def test_a_stop_after_the_claim_comes_in_time(line: ChatLine, stage: Stage, text: str) -> None:
    one_planned(line)
    claim = claimed(line)
    line.says(0, text)
    deliver._hand_over_all(stage.runtime, claim)
    assert (the_message(stage).state, the_message(stage).reason) == ("skipped", "unsubscribed")


@ON_ONE
def test_what_only_mentions_stopping_stops_nothing_and_waits_for_somebody_to_read_it(
    line: ChatLine, stage: Stage
) -> None:
    offering = {**stage.store.settings, "conversations": {"is_automatic": False}}
    stage.change(schema.stores, stage.store_id, settings=offering)
    one_planned(line)
    claim = claimed(line)
    line.says(0, "stop by the store?")
    deliver._hand_over_all(stage.runtime, claim)
    assert the_message(stage).state == "sent"
    assert stage.rows(schema.suppressions) == []
    [talk] = [row for row in stage.rows(schema.conversations) if row.waiting_since]
    assert talk.unread >= 1


@ON_ONE
def test_a_stop_within_a_batch_holds_for_its_sender_alone(line: ChatLine, stage: Stage) -> None:
    line.plan(line.meet(3))
    claim = claimed(line)
    line.says(1, "STOP")
    deliver._hand_over_all(stage.runtime, claim)
    assert stage.states() == {"sent": 2, "skipped": 1}
    [skipped] = stage.messages(state="skipped")
    assert skipped.reason == "unsubscribed"
    line.deliver()
    assert [line.taken()[line.tokens[number]] for number in (0, 2)] == [1, 1]


@ON_ONE
def test_an_agent_asked_for_after_the_claim_holds_the_message(line: ChatLine, stage: Stage) -> None:
    customer_id = one_planned(line)
    claim = claimed(line)
    line.says(0, "agent")
    deliver._hand_over_all(stage.runtime, claim)
    with stage.database.reading() as connection:
        held = conversations.of(connection, stage.store_id, customer_id)
    assert held.state == conversations.HUMAN
    assert (the_message(stage).state, the_message(stage).reason) == ("held", "in_human_hands")


@ON_ONE
@pytest.mark.parametrize("when", ["claimed", "sent"])
def test_who_is_erased_is_not_written_to_and_late_reports_bring_nothing_back(
    line: ChatLine, stage: Stage, when: str
) -> None:
    customer_id = one_planned(line)
    [visitor] = stage.rows(schema.webchat_visitors)
    claim = claimed(line) if when == "claimed" else None
    if when == "sent":
        line.deliver()
    customer_care.erase(stage.runtime, stage.store, customer_id, "erase")
    if claim:
        deliver._hand_over_all(stage.runtime, claim)
    line.deliver()
    with pytest.raises(NotAVisitor):
        line.fetches(0, after=2, seen=2)
    while receive.drain(stage.runtime, [stage.store_id]):
        pass
    assert stage.rows(schema.webchat_lines) == []
    assert traces(stage, visitor.id) == []
