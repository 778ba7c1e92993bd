"""`reprise splits`: what came of the variants of a flow's A/B tests, and picking a winner."""

from argparse import Namespace
from dataclasses import asdict
from typing import Any

from commands.flows import found_flow
from commands.speech import Trouble, Verbs, answer, desk_of, table
from jobs import winners
from jobs.winners import NoSuchVariant

DAYS = 90


def add_to(nouns: Any) -> None:
    """Add the noun with its verbs."""
    verbs = Verbs(nouns, "splits", "splits: what came of a flow's A/B tests, and their winners")
    verbs.add("list", list_splits, "say what came of each variant").add_argument("flow")
    pick = verbs.add("pick", pick_winner, "let everyone take one variant from now on")
    pick.add_argument("flow")
    pick.add_argument("split", help="the step's id")
    which = pick.add_mutually_exclusive_group(required=True)
    which.add_argument("--variant", metavar="KEY")
    which.add_argument("--chance", action="store_true", help="let chance decide again")


def list_splits(told: Namespace) -> None:
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.flow).id
        found = winners.results(desk.runtime, desk.store, flow_id, DAYS)
    rows = [
        {"split": one.step, "variant": each["key"], "won": each["key"] == one.winner}
        | {name: each[name] for name in ("entered", "sent", "opened", "clicked", "orders")}
        for one in found
        for each in one.variants
    ]
    answer(told, [asdict(one) for one in found], table(rows, "The flow has no A/B test."))


def pick_winner(told: Namespace) -> None:
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.flow).id
        try:
            winners.pick(desk.runtime, desk.store.id, flow_id, told.split, told.variant)
        except NoSuchVariant as unknown:
            raise Trouble(str(unknown.said)) from None
    words = "Chance decides again." if told.chance else f"Everyone takes {told.variant} from now."
    answer(told, {"split": told.split, "winner": told.variant}, [words])
