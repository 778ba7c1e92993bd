"""Picking the winner of a split by hand, and what came of its variants.

Everyone takes a winner from then on, whoever picked it (`jobs.decide` does by the figures).

Whoever took a variant keeps it to the end. Nothing has to be published for it, so that a draft
in the making stays one; a version that no longer has the variant forgets the winner.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from jobs.drafts import NoSuchFlow
from jobs.runtime import Runtime
from marketing import flow_schema
from marketing.experiments import State, Why
from marketing.flow import Flow, Split
from marketing.said import SaidError, say
from marketing.timing import zone_of
from storage import Connection, flows, split_tests
from storage.reports_time import period_of
from storage.reports_variants import VariantFigures, variant_figures
from storage.split_tests import SplitTest
from storage.stores import Store

BY_HAND, AUTOMATICALLY = "by hand", "automatically"
OwnPicks = Mapping[str, Mapping[str, Any]]
"""Split -> `picked` and `test`, as `own_picks` gives them."""


@dataclass(frozen=True, slots=True)
class SplitResult:
    """One split of a flow: its winner, if there is one, and what came of each variant."""

    step: str
    winner: str | None
    picked: str | None
    """`by hand` or `automatically`, where there is a winner."""
    variants: Sequence[Mapping[str, Any]]
    """Each variant's `key` and `weight` with its `VariantFigures`."""
    test: Mapping[str, Any] | None
    """Of a split that picks its winner by itself, as `test_of` gives it."""


class NoSuchVariant(SaidError):
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
            raise NoSuchVariant(
                say(
                    "{split} has no variant {key}. Pick one of {keys}.",
                    split=split_id,
                    key=key,
                    keys=keys,
                )
            )
        others = {step: won for step, won in stored.winners.items() if step != split_id}
        winners = {**others, split_id: key} if key is not None else others
        flows.set_winners(connection, store_id, flow_id, winners, runtime.database.now(connection))
        split_tests.stop(connection, store_id, flow_id, split_id)

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
        tests = split_tests.of_flow(connection, store.id, flow_id)
    splits = (step for step in flow.steps_by_id.values() if isinstance(step, Split))
    return [_result(split, stored, came[split.id], tests.get(split.id)) for split in splits]


def _result(
    split: Split,
    stored: flows.StoredFlow,
    came: Mapping[str, VariantFigures],
    test: SplitTest | None,
) -> SplitResult:
    variants = [
        {"key": one.key, "weight": one.weight, **asdict(came.get(one.key, VariantFigures()))}
        for one in split.variants
    ]
    told = (split.id, stored.winners.get(split.id), picked_how(split.id, stored, test))
    return SplitResult(*told, variants, test_of(split, test))


def picked_how(split_id: str, stored: flows.StoredFlow, test: SplitTest | None) -> str | None:
    """Give whether a winner was picked by hand or by itself; None where there is none."""
    if split_id not in stored.winners:
        return None
    return AUTOMATICALLY if test and test.is_picked else BY_HAND


def own_picks(connection: Connection, stored: flows.StoredFlow, flow: Flow) -> OwnPicks:
    """Give of each split how its winner was picked, and how far its own pick has come."""
    tests = split_tests.of_flow(connection, stored.store_id, stored.id)
    splits = [step for step in flow.steps_by_id.values() if isinstance(step, Split)]
    return {
        one.id: {
            "picked": picked_how(one.id, stored, tests.get(one.id)),
            "test": test_of(one, tests.get(one.id)),
        }
        for one in splits
    }


def test_of(split: Split, test: SplitTest | None) -> Mapping[str, Any] | None:
    """Give how far a split's own pick has come; None for one that leaves it to a person.

    `state` is `running`, `picked`, `alike` or `stopped` (by a person), or `draft` before the
    split is live; `why` says why there is no winner yet. All else is the last look's, or null.
    """
    if split.winner is None:
        return None
    seen = dict(test.verdict or {}) if test else {}
    return {
        "by": split.winner.by.value,
        "after_seconds": int(split.winner.after.total_seconds()),
        "least": split.winner.least,
        "state": _state(test),
        "begun_at": test.begun_at if test else None,
        "looked_at": test.looked_at if test else None,
        "next_at": test.due_at if test else None,
        "why": seen.get("why") or (Why.EARLY.value if test and test.due_at and not seen else None),
        **{name: seen.get(name) for name in ("leader", "difference", "low", "high")},
        "variants": seen.get("variants", []),
    }


def _state(test: SplitTest | None) -> str:
    if test is None:
        return "draft"
    if test.due_at is not None:
        return "running"
    if test.is_picked:
        return "picked"
    is_alike = test.verdict and test.verdict["state"] == State.ALIKE.value
    return "alike" if is_alike else "stopped"


def _flow(connection: Connection, stored: flows.StoredFlow) -> Flow:
    if stored.live_version_id is None:
        return flow_schema.read(stored.draft)
    key = (stored.store_id, stored.live_version_id)
    return flows.versions(connection, [key])[key].flow


def _split(flow: Flow, split_id: str) -> Split:
    step = flow.steps_by_id.get(split_id)
    if not isinstance(step, Split):
        raise NoSuchVariant(say("The flow has no split {split}.", split=split_id))
    return step
