"""What goes with what: Dunning's published values, planted pairs, and what is fit to be shown."""

from datetime import UTC, datetime, timedelta

import pytest

from marketing.recommendations import (
    Session,
    Taken,
    best_sellers,
    blended,
    choose,
    neighbours,
    ratio,
    recommend,
    sessions,
    weight,
)
from marketing.wares import Ware

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ((1, 0, 0, 1), 2.7726),
        ((10, 0, 0, 10), 27.7259),
        ((5, 1995, 0, 100000), 39.3305),
        ((1000, 1995, 1000, 100000), 4730.737),
        ((0, 0, 0, 0), 0.0),
    ],
)
def test_the_ratio_is_the_published_one(table: tuple[int, int, int, int], expected: float) -> None:
    assert ratio(*table) == pytest.approx(expected, abs=5e-4)


def of(*products: str, at: datetime = NOW) -> Session:
    return Session(frozenset(products), at)


def crowd(count: int = 60) -> list[Session]:
    """People who took one thing each, of twelve."""
    return [of(f"single-{number % 12}") for number in range(count)]


def test_a_planted_pair_finds_each_other_first() -> None:
    pair = [of("tea", "pot") for _ in range(8)] + [of("tea", "mug"), of("pot", "mug")]
    found = neighbours([*pair, *crowd()], NOW)
    assert found["tea"][0][0] == "pot"
    assert found["pot"][0][0] == "tea"
    assert "mug" not in found


def test_two_together_are_chance_three_are_none() -> None:
    for count, expected in ((2, {}), (3, {"a", "b"})):
        found = neighbours([*(of("a", "b") for _ in range(count)), *crowd()], NOW)
        assert set(found) == set(expected)


def test_rivals_who_avoid_each_other_are_no_companions() -> None:
    apart = [of("red") for _ in range(60)] + [of("blue") for _ in range(60)]
    assert neighbours([*apart, *(of("red", "blue") for _ in range(4))], NOW) == {}


def test_of_two_companions_that_of_late_is_the_stronger() -> None:
    old, new = NOW - 360 * DAY, NOW - DAY
    told = [of("tea", "pot", at=old) for _ in range(9)] + [
        of("tea", "mug", at=new) for _ in range(9)
    ]
    assert [one for one, _ in neighbours([*told, *crowd()], NOW)["tea"]] == ["mug", "pot"]


def test_a_session_lasts_thirty_days_and_is_one_persons() -> None:
    taken = [
        Taken("ada", "a", NOW),
        Taken("ada", "b", NOW - 29 * DAY),
        Taken("ada", "c", NOW - 31 * DAY),
        Taken("ben", "d", NOW),
    ]
    found = {one.products for one in sessions(taken)}
    assert found == {frozenset({"a", "b"}), frozenset({"c"}), frozenset({"d"})}


def test_a_very_long_session_is_cut() -> None:
    taken = [
        Taken("ada", f"p{number}", NOW - number * timedelta(minutes=1)) for number in range(90)
    ]
    [session] = sessions(taken)
    assert len(session.products) == 50
    assert "p0" in session.products


def test_half_is_forgotten_in_ninety_days() -> None:
    assert weight(NOW - 90 * DAY, NOW) == pytest.approx(0.5)
    assert weight(NOW + DAY, NOW) == 1.0
    sold = [Taken("a", "old", NOW - 360 * DAY, 10), Taken("b", "new", NOW - DAY, 2)]
    assert best_sellers(sold, NOW) == ["new", "old"]


def test_companions_of_several_products_add_up() -> None:
    known = {"tea": [("pot", 5.0), ("mug", 4.0)], "milk": [("mug", 3.0)]}
    assert blended(["tea", "milk", "unknown"], known) == ["mug", "pot"]


def ware(
    product_id: str, category: str | None = None, *, left: bool = True, on: bool = True
) -> Ware:
    variants = [{"external_id": product_id + "1", "price": 100, "available": left}]
    return Ware(product_id, product_id, category=category, is_published=on, variants=variants)


SHELF = {
    one.id: one
    for one in (
        ware("a", "cups"), ware("b", "cups"), ware("c", "cups"), ware("d", "pots"),
        ware("gone", left=False), ware("hidden", on=False), ware("bought"),
    )
}  # fmt: skip


def test_sold_out_hidden_unknown_and_bought_things_are_not_shown() -> None:
    candidates = ["gone", "hidden", "nowhere", "bought", "d"]
    assert choose(candidates, SHELF, {"bought"}) == ["d"]


def test_two_of_a_category_as_long_as_there_are_others() -> None:
    assert choose(["a", "b", "c", "d"], SHELF, (), wanted=3) == ["a", "b", "d"]
    assert choose(["a", "b", "c"], SHELF, (), wanted=3) == ["a", "b", "c"]


def test_all_that_is_shown_has_one_reason_where_there_is_enough_of_it() -> None:
    found = recommend([("viewed", ["a"]), ("best", ["d", "a", "gone"])], SHELF, ())
    assert (found.why, found.product_ids) == ("best", ("d", "a"))
    found = recommend([("viewed", ["a"]), ("best", ["gone"]), ("newest", ["d"])], SHELF, ())
    assert (found.why, found.product_ids) == ("mixed", ("a", "d"))
    assert recommend([], SHELF, ()).product_ids == ()
