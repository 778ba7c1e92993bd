"""The benchmarks work, and tell the truth: every row runs small, and checks its own counts."""

import json
from pathlib import Path

import pytest

from benchmarks import bench, figures
from benchmarks.__main__ import ROWS
from benchmarks.figures import Bound, Figure, figure, percentile

KEYS = {"name", "database", "value", "unit", "against", "ratio", "target", "met"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "rows"), [("sqlite", "1 3 4 5 seen"), ("postgresql", "2 3 4 memory 6 7 8 9 11")]
)
def test_every_row_runs(
    kind: str, rows: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "postgresql":
        monkeypatch.setenv("TEST_DATABASE_URL", request.getfixturevalue("postgres_url"))
    with bench.opened(kind, "tiny") as opened:
        for number in rows.split():
            found = ROWS[number](opened)
            assert found, number
            assert all(one.database == kind for one in found)
            assert all(one.value >= 0 for one in found if "earliest" not in one.name)


def test_a_ratio_is_the_value_by_the_ceilings() -> None:
    made = figure("x", "sqlite", 80, "/s", Bound(0.8, of_ratio=True), ceiling=("by hand", 100))
    assert (made.ratio, made.met) == (0.8, True)
    assert made.against == "by hand: 100 /s"
    assert made.target == ">= 0.8 x"
    worse = figure("x", "sqlite", 79, "/s", Bound(0.8, of_ratio=True), ceiling=("by hand", 100))
    assert not worse.met


def test_a_target_without_its_ceiling_is_not_met() -> None:
    assert not figure("x", "sqlite", 80, "/s", Bound(0.8, of_ratio=True)).met


def test_a_bound_from_above_is_met_below_it() -> None:
    assert figure("x", "sqlite", 49.9, "ms", Bound(at_most=50)).met
    assert not figure("x", "sqlite", 50.1, "ms", Bound(at_most=50)).met


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([3, 1, 2], 0.5) == 2
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([7], 0.99) == 7


def test_the_table_and_the_file_tell_every_figure(tmp_path: Path) -> None:
    told = [
        Figure("1 webhook accepted", "sqlite", 2000.0, "/s", "bare: 2,100 /s", 0.95, "", met=True),
        Figure("5 due", "postgresql", 30.0, "ms", "", None, "<= 20.0 ms", met=False),
    ]
    assert figures.table(told).splitlines()[2].endswith("NOT MET")
    figures.write(told, tmp_path / "latest.json")
    kept = json.loads((tmp_path / "latest.json").read_text())
    assert [set(one) for one in kept] == [KEYS, KEYS]
