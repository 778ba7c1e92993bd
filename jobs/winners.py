"""Picking the winner of a split by hand: everyone takes it from then on.

Whoever took a variant keeps it to the end. Nothing has to be published for it, so that a draft
in the making stays one; a version that no longer has the variant forgets the winner.
"""

from jobs.publish import NoSuchFlow
from jobs.runtime import Runtime
from marketing import flow_schema
from marketing.flow import Flow, Split
from storage import Connection, flows


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


def _flow(connection: Connection, stored: flows.StoredFlow) -> Flow:
    if stored.live_version_id is None:
        return flow_schema.load(stored.draft)
    key = (stored.store_id, stored.live_version_id)
    return flows.versions(connection, [key])[key].flow


def _split(flow: Flow, split_id: str) -> Split:
    step = flow.steps_by_id.get(split_id)
    if not isinstance(step, Split):
        raise NoSuchVariant(f"The flow has no split {split_id}.")
    return step
