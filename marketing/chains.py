"""Flows that start flows: none may come back to itself, however long the way round."""

from collections.abc import Mapping, Sequence

from marketing.flow import Flow, StartFlow


def starts(flow: Flow) -> Mapping[str, str]:
    """Give the flows that a flow starts, each with the first step that does."""
    steps = flow.steps_by_id.values()
    found = [(step.flow, step.id) for step in steps if isinstance(step, StartFlow)]
    return dict(reversed(found))


def ring(flow_id: str, first: str, started: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Give the shortest way from `flow_id` by way of `first` back to it; empty: there is none.

    `started` has for each flow those that it starts.
    """
    ways: list[tuple[str, ...]] = [(flow_id, first)]
    seen = {first}
    for way in ways:
        if way[-1] == flow_id:
            return way
        for following in started.get(way[-1], ()):
            if following not in seen:
                seen.add(following)
                ways.append((*way, following))
    return ()
