"""Picking the winner of a split by hand: everyone takes it from then on.

Whoever took a variant keeps it to the end. Nothing has to be published for it, so that a draft
in the making stays one; a version that no longer has the variant forgets the winner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs.publish import NoSuchFlow
from jobs.runtime import Runtime
from marketing import flow_schema
from marketing.flow import Flow, Split
from marketing.timing import zone_of
from storage import Connection, flows
from storage.reports_time import period_of
from storage.reports_variants import VariantFigures, variant_figures
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class SplitResult:
    """One split of a flow: its winner, if there is one, and what came of each variant."""

    step: str
    winner: str | None
    variants: Sequence[Mapping[str, Any]]
    """Each variant's `key` and `weight` with its `VariantFigures`."""


class NoSuchVariant(Exception):
    """The flow has no such split, or the split no such variant; the words say which it has."""


def pick(runtime: Runtime, store_id: str, flow_id: str, split_id: str, key: str | None) -> None:
    """Let everyone take a variant from now on, None: let chance decide again.

    Raises `NoSuchFlow` or `NoSuchVariant`.
    """

    def write(connection: Connection) -> None:
        stored = flows.get(connection, store_id, flow_id, lock=True)
        if stored is None:
            raise NoSuchFlow(flow_id)
        split = _split(_flow(connection, stored), split_id)
        keys = [variant.key for variant in split.variants]
        if key is not None and key not in keys:
            raise NoSuchVariant(f"{split_id} has no variant {key}. Pick one of {', '.join(keys)}.")
        others = {step: won for step, won in stored.winners.items() if step != split_id}
        winners = {**others, split_id: key} if key is not None else others
        flows.set_winners(connection, store_id, flow_id, winners, runtime.database.now(connection))

    runtime.database.write(write)


def results(runtime: Runtime, store: Store, flow_id: str, days: int) -> list[SplitResult]:
    """Give what came of each split of a flow in so many days; raises `NoSuchFlow`."""
    with runtime.database.reading() as connection:
        stored = flows.get(connection, store.id, flow_id)
        if stored is None:
            raise NoSuchFlow(flow_id)
        flow = _flow(connection, stored)
        period, _ = period_of(runtime.database.now(connection), days, zone_of(store.timezone))
        came = variant_figures(connection, store.id, flow_id, period, [flow])
    splits = (step for step in flow.steps_by_id.values() if isinstance(step, Split))
    return [_result(split, stored, came[split.id]) for split in splits]


def _result(
    split: Split, stored: flows.StoredFlow, came: Mapping[str, VariantFigures]
) -> SplitResult:
    variants = [
        {"key": one.key, "weight": one.weight, **asdict(came.get(one.key, VariantFigures()))}
        for one in split.variants
    ]
    return SplitResult(split.id, stored.winners.get(split.id), variants)


def _flow(connection: Connection, stored: flows.StoredFlow) -> Flow:
    if stored.live_version_id is None:
        return flow_schema.read(stored.draft)
    key = (stored.store_id, stored.live_version_id)
    return flows.versions(connection, [key])[key].flow


def _split(flow: Flow, split_id: str) -> Split:
    step = flow.steps_by_id.get(split_id)
    if not isinstance(step, Split):
        raise NoSuchVariant(f"The flow has no split {split_id}.")
    return step
