"""Who takes which variant of a split: by chance, for ever, and each split by itself."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketing.engine import advance, variant_of
from marketing.enrollment import Enrollment, Facts, Send
from marketing.flow import (
    Delay,
    Flow,
    SendMessage,
    Split,
    Template,
    Trigger,
    Variant,
    still_won,
    ways_of,
)
from marketing.model import ChannelName

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
WORDS = Template("Hello", "", "<mjml><mj-body></mj-body></mjml>", "Hello")
PEOPLE = [f"customer-{number}" for number in range(20_000)]


def a_message(step_id: str) -> SendMessage:
    return SendMessage(step_id, ChannelName.EMAIL, WORDS)


def a_split(*weights: int, step_id: str = "ab") -> Split:
    keys = "abcdefghij"
    arms = [Variant(keys[n], w, (a_message(f"m{keys[n]}"),)) for n, w in enumerate(weights)]
    return Split(step_id, tuple(arms))


def a_flow(split: Split, *before: Delay) -> Flow:
    return Flow("Test", Trigger("order.placed"), (*before, split))


def entered(flow: Flow, customer: str, enrollment: str = "e") -> Enrollment:
    return Enrollment(
        enrollment, "f", "v", customer, "order:1", AT, AT, step_id=flow.first_step_id, due_at=AT
    )


def taken(flow: Flow, enrollment: Enrollment, facts: Facts) -> str:
    _, effects = advance(flow, enrollment, facts, AT + timedelta(days=9))
    return next(one.step_id for one in effects if isinstance(one, Send))


# Chi-square at p = 0.001, by degrees of freedom.
LIMITS = {1: 10.83, 2: 13.82, 3: 16.27}


@pytest.mark.parametrize("weights", [(1, 1), (3, 1), (1, 2, 7), (50, 30, 15, 5), (1, 0, 1)])
def test_variants_are_taken_by_their_weights(weights: tuple[int, ...]) -> None:
    split = a_split(*weights)
    counts = Counter(variant_of(split, "flow", person) for person in PEOPLE)
    expected = {v.key: len(PEOPLE) * v.weight / sum(weights) for v in split.variants if v.weight}
    assert set(counts) == set(expected)
    chi = sum((counts[key] - many) ** 2 / many for key, many in expected.items())
    assert chi < LIMITS[len(expected) - 1]


@pytest.mark.parametrize(("flow", "step"), [("other flow", "ab"), ("flow", "other step")])
def test_two_splits_draw_independently_of_each_other(flow: str, step: str) -> None:
    one, other = a_split(1, 1), a_split(1, 1, step_id=step)
    cells = Counter((variant_of(one, "flow", p), variant_of(other, flow, p)) for p in PEOPLE)
    chi = sum((cells[a, b] - 5000) ** 2 / 5000 for a in "ab" for b in "ab")
    assert chi < LIMITS[3]


def test_a_draw_is_the_same_for_ever_and_in_every_process() -> None:
    drawn = "".join(variant_of(a_split(1, 1), "f", str(n)) for n in range(16))
    assert drawn == "ababbbbabbbabbba"
    code = (
        "from marketing.engine import variant_of; from marketing.flow import Split, Variant;"
        "ab = Split('ab', (Variant('a', 1), Variant('b', 1)));"
        "print(''.join(variant_of(ab, 'f', str(n)) for n in range(16)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == drawn


def test_whoever_comes_again_takes_the_same_variant_also_in_a_later_version() -> None:
    before = a_flow(a_split(1, 1))
    after = a_flow(a_split(1, 1), Delay("d", timedelta(days=1)))
    for person in PEOPLE[:50]:
        first = taken(before, entered(before, person, "first"), Facts())
        assert taken(after, entered(after, person, "second"), Facts()) == first


def test_a_winner_is_for_whoever_has_not_taken_a_variant() -> None:
    flow = a_flow(a_split(1, 1))
    b_won = Facts(winners={"ab": "b"})
    for person in PEOPLE[:20]:
        start = entered(flow, person)
        assert taken(flow, start, b_won) == "mb"
        assert taken(flow, replace(start, choices={"ab": "a"}), b_won) == "ma"
        gone = Facts(winners={"ab": "z", "other": "b"})
        assert taken(flow, start, gone) == taken(flow, start, Facts())


def test_a_variant_without_weight_can_win() -> None:
    flow = a_flow(a_split(1, 0))
    assert taken(flow, entered(flow, "ida"), Facts(winners={"ab": "b"})) == "mb"


def test_a_version_without_the_variant_forgets_that_it_won() -> None:
    won = {"ab": "c", "gone": "a"}
    assert still_won(won, a_flow(a_split(1, 1, 1))) == {"ab": "c"}
    assert still_won(won, a_flow(a_split(1, 1))) == {}
    assert set(ways_of(a_split(1, 1))) == {"a", "b"}
