"""`make bench`: every figure on SQLite and PostgreSQL, as a table and as benchmarks/latest.json.

QUICK=1 takes under five minutes and leaves out rows 6 to 9, 11, 12 and "seen";
DATABASES=sqlite,postgresql and ROWS=1,4 pick; SCALE=0.1 makes the million of rows 6 to 9 a tenth.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence

from benchmarks import (
    accepting,
    bench,
    figures,
    first_start,
    grouping,
    history,
    ingesting,
    listing,
    machine,
    mailing,
    one_message,
    overtaking,
    remembering,
    seeing,
    stepping,
)
from benchmarks.bench import Bench, Size
from benchmarks.databases import KINDS
from benchmarks.figures import Figure

Row = Callable[[Bench], list[Figure]]
ROWS: dict[str, Row] = {
    "1": accepting.figures,
    "2": ingesting.figures,
    "3": stepping.figures,
    "4": mailing.figures,
    "5": one_message.figures,
    "memory": remembering.figures,
    "6": overtaking.figures,
    "7": remembering.at_a_million,
    "8": history.figures,
    "9": grouping.figures,
    "11": listing.figures,
    "12": first_start.figures,
    "seen": seeing.figures,
}
SLOW = ("6", "7", "8", "9", "11", "12", "seen")
"""Left out when it has to be quick."""
ON_POSTGRESQL = ("6", "7", "8", "9", "11")
"""Sizes that nobody keeps in one file."""


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # through every `finally`
    size: Size = "full" if os.environ.get("QUICK", "") in {"", "0"} else "quick"
    print(machine.facts(), end="\n\n", flush=True)
    began = time.monotonic()
    found = [one for kind in _picked("DATABASES", KINDS) for one in measure(kind, size)]
    print(figures.table(found))
    print(f"\nTaken in {(time.monotonic() - began) / 60:.1f} minutes.", end=" ")
    if os.environ.get("ROWS") or os.environ.get("DATABASES"):
        print("benchmarks/latest.json is left alone: only some figures were asked for.")
    else:
        figures.write(found)
        print("Written to benchmarks/latest.json.")


def measure(kind: str, size: Size) -> list[Figure]:
    """Measure the rows that are asked for on one database system."""
    found: list[Figure] = []
    numbers = [number for number in ROWS if _belongs(number, kind, size)]
    with bench.opened(kind, size) as opened:
        for number in _picked("ROWS", numbers):
            opened.say(f"row {number} ...")
            of_row = ROWS[number](opened)
            for one in of_row:
                opened.say(figures.line(one))
            found += of_row
    return found


def _belongs(number: str, kind: str, size: Size) -> bool:
    """Say whether a row is measured here; a slow one is in a quick run when it is asked for."""
    asked = number in os.environ.get("ROWS", "").split(",")
    if kind != "postgresql" and number in ON_POSTGRESQL:
        return False
    return asked or size != "quick" or number not in SLOW


def _picked(name: str, known: Sequence[str]) -> Sequence[str]:
    told = [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]
    unknown = set(told) - set(known)
    if unknown:
        sys.exit(f"{name}: there is no {', '.join(sorted(unknown))}; there are {', '.join(known)}.")
    return [one for one in known if one in told] if told else known


if __name__ == "__main__":
    main()
