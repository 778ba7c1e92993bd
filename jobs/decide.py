"""Looking once a day at A/B tests that pick their winner by themselves, and picking it.

What was seen is kept beside the split, so that a merchant can read why there is no winner yet,
or by what figures there is one. A person has the last word: whoever picks, or lets chance decide
again, ends the test until its split is changed (`jobs.winners`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from json import dumps
from typing import Any

from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing import experiments
from marketing.experiments import Arm, State, Verdict
from marketing.flow import Flow, FlowStatus, Split, still_won
from marketing.picking import Picking
from marketing.step_schema import SplitSchema
from storage import Connection, flows, split_people, split_tests
from storage.flows import StoredFlow
from storage.reports_variants import steps_after
from storage.split_people import Asked
from storage.split_tests import SplitTest

DAILY = timedelta(days=1)


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Look at the tests of these stores that are due, in turns; give the stores with more."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: look(runtime, store_id))


def look(runtime: Runtime, store_id: str) -> bool:
    """Look at a store's next test; True when there may be more."""
    return runtime.database.write(lambda connection: _look(runtime, connection, store_id))


def _look(runtime: Runtime, connection: Connection, store_id: str) -> bool:
    now = runtime.database.now(connection)
    turn = split_tests.front(connection, store_id, now)
    if turn is None:
        return False
    # The flow is held first, as whoever picks or publishes does; then the test is read again.
    stored = flows.get(connection, store_id, turn[0], lock=True)
    test = split_tests.of_flow(connection, store_id, turn[0]).get(turn[1])
    if stored is not None and test is not None and test.due_at and test.due_at <= now:
        _look_at(connection, stored, test, now)
    return True


def _look_at(connection: Connection, stored: StoredFlow, test: SplitTest, now: datetime) -> None:
    flow = _live(connection, stored)
    split = flow.steps_by_id.get(test.step_id) if flow else None
    if flow is None or not isinstance(split, Split) or split.winner is None:
        split_tests.put_off(connection, stored.store_id, test, now + DAILY)
        return
    told = (stored.store_id, stored.id, split, split.winner, steps_after(flow, split))
    arms = split_people.arms(connection, Asked(*told, test.begun_at), now)
    verdict = experiments.verdict(split.winner, arms, now - test.begun_at)
    _keep(connection, stored, test, verdict, _document(split.winner, verdict, arms), now)


def _live(connection: Connection, stored: StoredFlow) -> Flow | None:
    """Give what is live; None while the flow is paused."""
    if stored.status is not FlowStatus.LIVE or stored.live_version_id is None:
        return None
    key = (stored.store_id, stored.live_version_id)
    return flows.versions(connection, [key])[key].flow


def _keep(
    connection: Connection,
    stored: StoredFlow,
    test: SplitTest,
    verdict: Verdict,
    document: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep the verdict; one for good ends the test, and a leader becomes the winner."""
    is_over = verdict.state is not State.NOT_YET
    leads = verdict.state is State.LEADS and verdict.leader is not None
    due_at = None if is_over else now + DAILY
    split_tests.looked(
        connection, stored.store_id, test, now, document, due_at=due_at, is_picked=leads
    )
    if leads:
        winners = {**stored.winners, test.step_id: str(verdict.leader)}
        flows.set_winners(connection, stored.store_id, stored.id, winners, now)


def _document(picking: Picking, verdict: Verdict, arms: Sequence[Arm]) -> dict[str, Any]:
    told = [
        {"key": arm.key, "people": arm.people, "converted": arm.converted, "mean": arm.mean}
        for arm in arms
    ]
    return {"by": picking.by.value, **asdict(verdict), "variants": told}


# --- when a flow goes live --------------------------------------------------------------------


def follow(connection: Connection, stored: StoredFlow, flow: Flow, now: datetime) -> None:
    """Keep the winners that what goes live still has, and begin its tests.

    A test whose split is as it was goes on. One whose split was changed begins anew, and a
    winner that it had picked is forgotten; with other words in a mail alone that winner stays.
    Where a winner stays nobody looks.
    """
    before = split_tests.of_flow(connection, stored.store_id, stored.id)
    winners = still_won(stored.winners, flow)
    steps = [one for one in flow.steps_by_id.values() if isinstance(one, Split)]
    tested = [(one, one.winner) for one in steps if one.winner is not None]
    split_tests.keep_only(connection, stored.store_id, stored.id, [one.id for one, _ in tested])
    for split, picking in tested:
        known, shape = before.get(split.id), _shape(split, picking)
        if known and (known.shape == shape or (split.id in winners and _stays(known, shape))):
            continue
        if known and known.is_picked:
            winners.pop(split.id, None)
        due_at = None if split.id in winners else experiments.earliest(picking, now)
        split_tests.begin(connection, stored.store_id, stored.id, split.id, shape, now, due_at)
    if winners != stored.winners:
        flows.set_winners(connection, stored.store_id, stored.id, winners, now)


def _stays(known: SplitTest, shape: str) -> bool:
    return known.is_picked and known.shape.partition("-")[0] == shape.partition("-")[0]


def _shape(split: Split, picking: Picking) -> str:
    """Give what tells forms of a split apart: its shares and its rule, then all of it."""
    shares = [(one.key, one.weight) for one in split.variants]
    rule = (shares, picking.by.value, str(picking.after), picking.least)
    texts = (dumps(rule), dumps(SplitSchema().dump(split), sort_keys=True))
    return "-".join(sha256(text.encode()).hexdigest()[:31] for text in texts)
