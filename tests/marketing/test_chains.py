"""Rings of flows that start flows: found however long, with the way round."""

import pytest

from marketing.chains import ring


@pytest.mark.parametrize(
    ("started", "found"),
    [
        ({}, ()),
        ({"b": ["c"], "c": []}, ()),
        ({"b": ["a"]}, ("a", "b", "a")),
        ({"b": ["c", "d"], "c": ["d"], "d": ["a"]}, ("a", "b", "d", "a")),
        ({"b": ["c"], "c": ["b"]}, ()),  # a ring of others is theirs
        ({"b": ["b", "c"], "c": ["c"]}, ()),
    ],
)
def test_a_ring_is_found_by_its_shortest_way(
    started: dict[str, list[str]], found: tuple[str, ...]
) -> None:
    assert ring("a", "b", started) == found


def test_a_flow_that_starts_itself_is_the_shortest_ring() -> None:
    assert ring("a", "a", {}) == ("a", "a")
