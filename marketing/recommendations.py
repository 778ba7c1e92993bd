"""What goes with what: products that the same people bought or viewed, and what to show of them.

Two products belong together when more people took both than chance would have it, by Dunning's
log-likelihood ratio. Pure: the jobs bring what was bought, and keep what comes out.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import combinations
from math import log

from marketing.wares import Ware

SESSION = timedelta(days=30)
"""What one person took within this time was taken together."""
HALF_LIFE = timedelta(days=90)
MOST_ITEMS = 50
"""Of one person's session; whoever takes more says little about each pair."""
MOST_NEIGHBOURS = 50
LEAST_TOGETHER = 3
LEAST_RATIO = 10.83
"""Chance gives more once in a thousand times."""
SHOWN = 4
ENOUGH = 2
MOST_OF_A_CATEGORY = 2
MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Taken:
    """One product that somebody bought or viewed."""

    who: str
    product_id: str
    at: datetime
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Session:
    """The different products that one person took within a session, and when it ended."""

    products: frozenset[str]
    at: datetime


def ratio(both: int, first: int, second: int, neither: int) -> float:
    """Give Dunning's log-likelihood ratio of a table: took both, only one, only the other, none."""
    rows = _entropy(both + first, second + neither)
    columns = _entropy(both + second, first + neither)
    return max(0.0, 2 * (rows + columns - _entropy(both, first, second, neither)))


def _entropy(*counts: int) -> float:
    return _x_log_x(sum(counts)) - sum(map(_x_log_x, counts))


def _x_log_x(count: int) -> float:
    return count * log(count) if count else 0.0


def sessions(taken: Iterable[Taken]) -> Iterator[Session]:
    """Sort what people took into their sessions; the newest of a very long one."""
    by_person: defaultdict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        by_person[one.who].append(one)
    for theirs in by_person.values():
        theirs.sort(key=lambda one: one.at, reverse=True)
        products: dict[str, None] = {}
        end = theirs[0].at
        for one in theirs:
            if end - one.at > SESSION:
                yield Session(frozenset(products), end)
                products, end = {}, one.at
            if len(products) < MOST_ITEMS:
                products[one.product_id] = None
        yield Session(frozenset(products), end)


def neighbours(given: Sequence[Session], now: datetime) -> dict[str, list[tuple[str, float]]]:
    """Give each product's companions with their scores, the strongest first.

    Whether two belong together is asked of plain counts; of those who do, the strongest are
    those of late: a session's word is worth half as much every 90 days.
    """
    single: Counter[str] = Counter()
    together: Counter[tuple[str, str]] = Counter()
    recent: defaultdict[tuple[str, str], float] = defaultdict(float)
    for one in given:
        single.update(one.products)
        worth = weight(one.at, now)
        for pair in combinations(sorted(one.products), 2):
            together[pair] += 1
            recent[pair] += worth
    found: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for pair, both in together.items():
        score = _score(both, single[pair[0]], single[pair[1]], len(given))
        if score is not None:
            score *= recent[pair] / both
            found[pair[0]].append((pair[1], score))
            found[pair[1]].append((pair[0], score))
    return {product_id: _strongest(companions) for product_id, companions in found.items()}


def _score(both: int, first: int, second: int, everybody: int) -> float | None:
    """Give how sure it is that two belong together; None: chance might do it, or keeps them apart.

    The ratio tells that two are no strangers to each other; it may also be that they avoid
    each other, as a product and its rival.
    """
    if both < LEAST_TOGETHER or both * everybody <= first * second:
        return None
    found = ratio(both, first - both, second - both, everybody - first - second + both)
    return found if found >= LEAST_RATIO else None


def _strongest(companions: Iterable[tuple[str, float]]) -> list[tuple[str, float]]:
    return sorted(companions, key=lambda one: (-one[1], one[0]))[:MOST_NEIGHBOURS]


def best_sellers(sold: Iterable[Taken], now: datetime) -> list[str]:
    """Give products by how much of each was sold, what was sold of late counting more."""
    score: defaultdict[str, float] = defaultdict(float)
    for one in sold:
        score[one.product_id] += one.quantity * weight(one.at, now)
    return sorted(score, key=lambda product_id: (-score[product_id], product_id))


def weight(at: datetime, now: datetime) -> float:
    """Give what a moment counts now: half of it after 90 days."""
    return float(0.5 ** (max(now - at, timedelta()) / HALF_LIFE))


def blended(
    seeds: Iterable[str], companions: Mapping[str, Sequence[tuple[str, float]]]
) -> list[str]:
    """Give the companions of several products in one row, the strongest of all first."""
    score: defaultdict[str, float] = defaultdict(float)
    for seed in seeds:
        for product_id, strength in companions.get(seed, ()):
            score[product_id] += strength
    return sorted(score, key=lambda product_id: (-score[product_id], product_id))


@dataclass(frozen=True, slots=True)
class Recommended:
    """What a message recommends, and why all of it: a group's name, or `mixed`."""

    why: str
    product_ids: tuple[str, ...]


def recommend(
    groups: Sequence[tuple[str, Sequence[str]]],
    wares: Mapping[str, Ware],
    not_these: Collection[str],
) -> Recommended:
    """Choose out of the first group that has enough to show, else out of all of them.

    So that a message may say why: "others also looked at" is true of all that it shows.
    """
    for why, candidates in groups:
        fit = choose(candidates, wares, not_these)
        if len(fit) >= ENOUGH:
            return Recommended(why, tuple(fit))
    everything = [one for _, candidates in groups for one in candidates]
    return Recommended(MIXED, tuple(choose(everything, wares, not_these)))


def choose(
    candidates: Iterable[str],
    wares: Mapping[str, Ware],
    not_these: Collection[str],
    wanted: int = SHOWN,
) -> list[str]:
    """Give the first candidates that can be shown: on sale, in stock, not bought, not all alike.

    Two of a category at the most, as long as there are others to fill the rest with.
    """
    fit = [one for one in dict.fromkeys(candidates) if _fits(wares.get(one), not_these)]
    counted: Counter[str | None] = Counter()
    chosen: list[str] = []
    spare: list[str] = []
    for product_id in fit:
        category = wares[product_id].category
        counted[category] += 1
        alike = category is not None and counted[category] > MOST_OF_A_CATEGORY
        (spare if alike else chosen).append(product_id)
    return (chosen + spare)[:wanted] if len(chosen) < wanted else chosen[:wanted]


def _fits(ware: Ware | None, not_these: Collection[str]) -> bool:
    return (
        ware is not None and ware.is_published and ware.is_available() and ware.id not in not_these
    )
