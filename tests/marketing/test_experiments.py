"""When a variant leads for sure: never before its time, and hardly ever where nothing differs."""

import math
import random
from collections.abc import Iterator
from datetime import timedelta

import pytest

from marketing.experiments import Arm, State, Verdict, Why, chance_of_shares, radius, verdict
from marketing.picking import By, Picking

DAYS = timedelta(days=1)
CLICKS = Picking(By.CLICKS, 2 * DAYS, 100)
LONG = 100 * DAYS


def arm(key: str, people: int, converted: int, weight: int = 1) -> Arm:
    return Arm(key, weight, people, converted, converted, converted)


def gap(chance: random.Random, rate: float) -> int:
    """Give how many people come up to and with the next one who converts."""
    return 1 + int(math.log(1 - chance.random()) / math.log(1 - rate))


class Crowd:
    """One variant's people as they come, by their chance to convert and what an order brings."""

    def __init__(self, key: str, chance: random.Random, rate: float, *, spends: bool) -> None:
        self.key, self.chance, self.rate, self.spends = key, chance, rate, spends
        self.people = self.converted = 0
        self.total = self.squares = 0.0
        self.next = gap(chance, rate)

    def grow(self, by: int) -> Arm:
        self.people += by
        while self.next <= self.people:
            value = self.chance.lognormvariate(4, 1) if self.spends else 1.0
            self.converted, self.total = self.converted + 1, self.total + value
            self.squares += value * value
            self.next += gap(self.chance, self.rate)
        return Arm(self.key, 1, self.people, self.converted, self.total, self.squares)


def looks(seed: int, rates: tuple[float, ...], by: By, daily: int) -> Iterator[Verdict]:
    """Look at one test every day, forty times."""
    chance = random.Random(seed)  # noqa: S311  the same crowds at every run
    crowds = [
        Crowd(key, chance, rate, spends=by is By.REVENUE)
        for key, rate in zip("abcd", rates, strict=False)
    ]
    for day in range(40):
        yield verdict(Picking(by, 2 * DAYS, 100), [one.grow(daily) for one in crowds], DAYS * day)


def winners(rates: tuple[float, ...], by: By, tests: int, daily: int = 500) -> list[str | None]:
    """Give whom each of many tests picks, looked at daily and decided at the first chance."""
    picked = []
    for seed in range(tests):
        over = (one for one in looks(seed, rates, by, daily) if one.state is not State.NOT_YET)
        found = next(over, None)
        picked.append(found.leader if found and found.state is State.LEADS else None)
    return picked


@pytest.mark.parametrize(
    ("rates", "by", "daily"),
    [
        pytest.param((0.02, 0.02), By.ORDERS, 500, id="orders"),
        pytest.param((0.004, 0.004), By.ORDERS, 200, id="rare orders"),
        pytest.param((0.2, 0.2), By.CLICKS, 60, id="clicks"),
        pytest.param((0.02, 0.02, 0.02, 0.02), By.ORDERS, 250, id="four variants"),
        pytest.param((0.03, 0.03), By.REVENUE, 500, id="revenue"),
    ],
)
def test_alike_variants_rarely_have_a_winner_however_often_one_looks(
    rates: tuple[float, ...], by: By, daily: int
) -> None:
    picked = winners(rates, by, 300, daily)
    assert sum(one is not None for one in picked) <= 0.05 * len(picked)


def test_a_real_difference_is_found_and_it_is_the_better_one() -> None:
    assert set(winners((0.02, 0.03), By.ORDERS, 60)) == {"b"}
    three = winners((0.2, 0.2, 0.26), By.CLICKS, 60)
    assert set(three) <= {"c", None}
    assert three.count("c") > 50
    assert "a" not in winners((0.03, 0.06), By.REVENUE, 40)


def test_nothing_is_decided_before_its_time() -> None:
    clear = [arm("a", 5000, 100), arm("b", 5000, 900)]
    early = verdict(CLICKS, clear, 2 * DAYS - timedelta(seconds=1))
    assert (early.state, early.why) == (State.NOT_YET, Why.EARLY)
    late = verdict(CLICKS, clear, 2 * DAYS)
    assert (late.state, late.leader) == (State.LEADS, "b")
    assert late.low is not None
    assert late.high is not None
    assert late.difference == pytest.approx(0.16)
    assert 0 < late.low < 0.16 < late.high


@pytest.mark.parametrize(
    ("arms", "least"),
    [
        ([arm("a", 999, 20), arm("b", 999, 99)], 100),
        ([arm("a", 1200, 20), arm("b", 400, 99)], 100),
        ([arm("a", 99, 20), arm("b", 99, 99)], 100),
        ([arm("a", 4000, 200), arm("b", 4000, 900)], 4001),
        ([arm("a", 0, 0), arm("b", 4000, 900)], 100),
    ],
)
def test_too_few_people_are_no_test(arms: list[Arm], least: int) -> None:
    found = verdict(Picking(By.CLICKS, 2 * DAYS, least), arms, LONG)
    assert (found.state, found.why) == (State.NOT_YET, Why.FEW)


def test_enough_conversions_stand_for_enough_people() -> None:
    found = verdict(CLICKS, [arm("a", 300, 100), arm("b", 300, 200)], LONG)
    assert (found.state, found.leader) == (State.LEADS, "b")


def test_people_who_do_not_fit_the_weights_hold_a_test_up() -> None:
    found = verdict(CLICKS, [arm("a", 5000, 500), arm("b", 6000, 1500)], LONG)
    assert (found.state, found.why) == (State.NOT_YET, Why.UNEVEN)
    weighed = [arm("a", 2500, 250), arm("b", 7500, 1500, weight=3), arm("c", 0, 0, weight=0)]
    assert verdict(CLICKS, weighed, LONG).leader == "b"


@pytest.mark.parametrize(
    ("people", "chance"),
    [((5000, 5150), 0.1365), ((50000, 50900), 0.00461), ((821588, 815482), 1.8e-6)],
)
def test_the_shares_are_held_against_the_published_values(
    people: tuple[int, int], chance: float
) -> None:
    arms = [arm("a", people[0], 0), arm("b", people[1], 0)]
    assert chance_of_shares(arms) == pytest.approx(chance, rel=0.02)
    three = [arm("a", 100, 0), arm("b", 110, 0), arm("c", 120, 0)]
    assert chance_of_shares(three) == pytest.approx(0.4029, rel=0.001)
    four = [*three, arm("d", 130, 0)]
    assert chance_of_shares(four) == pytest.approx(0.2263, rel=0.001)


def test_where_no_difference_would_matter_the_test_ends_without_a_winner() -> None:
    found = verdict(CLICKS, [arm("a", 60_000, 12_000), arm("b", 60_000, 12_020)], LONG)
    assert (found.state, found.why, found.leader) == (State.ALIKE, None, "b")
    assert found.low is not None
    assert found.low < 0
    open_still = verdict(CLICKS, [arm("a", 2000, 400), arm("b", 2000, 410)], LONG)
    assert (open_still.state, open_still.why) == (State.NOT_YET, Why.OPEN)


def test_nobody_doing_anything_decides_nothing() -> None:
    nothing = verdict(CLICKS, [arm("a", 2000, 0), arm("b", 2000, 0)], LONG)
    assert (nothing.state, nothing.why) == (State.NOT_YET, Why.OPEN)
    everyone = verdict(CLICKS, [arm("a", 2000, 2000), arm("b", 2000, 2000)], LONG)
    assert everyone.state is State.NOT_YET
    assert math.isinf(radius(arm("a", 2000, 0), arm("b", 2000, 0), 0.01, 0.05))
