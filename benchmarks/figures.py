"""One measured figure, the table of all of them, and how rounds become a number."""

import json
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
LATEST = Path(__file__).with_name("latest.json")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as `latest.json` has it; `ratio` is value / ceiling's value of the same rounds."""

    name: str
    database: str
    value: float
    unit: str
    against: str
    """The ceiling and its own figure, in words; empty where the target is absolute."""
    ratio: float | None
    target: str
    """In words; empty for a figure that is only told."""
    met: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """A target: at least or at most so much, of the value or of the ratio."""

    at_least: float | None = None
    at_most: float | None = None
    of_ratio: bool = False

    def met(self, value: float, ratio: float | None) -> bool:
        """Say whether it holds; a ratio that was not measured meets nothing."""
        found = ratio if self.of_ratio else value
        if found is None:
            return False
        low_enough = self.at_most is None or found <= self.at_most
        return low_enough and (self.at_least is None or found >= self.at_least)

    def words(self, unit: str) -> str:
        sign, number = (">=", self.at_least) if self.at_most is None else ("<=", self.at_most)
        return f"{sign} {told(number or 0)} {'x' if self.of_ratio else unit}"


def figure(
    name: str,
    database: str,
    value: float,
    unit: str,
    *bounds: Bound,
    ceiling: tuple[str, float] | None = None,
) -> Figure:
    """Make a figure; `ceiling` is (what it is, its value in the same unit). No bound: met."""
    ratio = value / ceiling[1] if ceiling and ceiling[1] else None
    against = f"{ceiling[0]}: {told(ceiling[1])} {unit}" if ceiling else ""
    target = ", ".join(bound.words(unit) for bound in bounds)
    met = all(bound.met(value, ratio) for bound in bounds)
    rounded = None if ratio is None else round(ratio, 3)
    return Figure(name, database, round(value, 3), unit, against, rounded, target, met)


def alternate(rounds: int, runs: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Do each run in turn, `rounds` times over: noise on the machine then falls on all alike."""
    results: dict[str, list[T]] = {name: [] for name in runs}
    for number in range(rounds):
        names = list(runs)
        for name in names if number % 2 == 0 else reversed(names):
            results[name].append(runs[name]())
    return results


def median(values: Iterable[float]) -> float:
    return statistics.median(values)


def percentile(values: Iterable[float], share: float) -> float:
    """Give the smallest value that at least this share of all values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)]


def told(value: float) -> str:
    """Write a number with as many digits as it can bear: 12,345, 123, 12.3, 0.123."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"


HEADS = ("figure", "database", "value", "ratio", "against", "target", "")


def table(figures: Sequence[Figure]) -> str:
    """Draw all figures, one a line."""
    rows = [HEADS, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _cells(one: Figure) -> tuple[str, ...]:
    ratio = "" if one.ratio is None else f"{one.ratio:.2f} x"
    verdict = ("met" if one.met else "NOT MET") if one.target else ""
    value = f"{told(one.value)} {one.unit}"
    return (one.name, one.database, value, ratio, one.against, one.target, verdict)


def write(figures: Sequence[Figure], path: Path = LATEST) -> None:
    """Keep the figures as JSON."""
    path.write_text(json.dumps([asdict(one) for one in figures], indent=2) + "\n")


def line(one: Figure) -> str:
    """Tell one figure in a line."""
    return "  ".join(cell for cell in _cells(one) if cell)
