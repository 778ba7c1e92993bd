"""`reprise stores`: which stores there are, and what their days came to, from the ledger."""

from argparse import Namespace
from typing import Any

from commands.speech import Verbs, answer, desk_of, runtime_of_environment, table
from jobs import sums
from storage import stores


def add_to(nouns: Any) -> None:
    """Add the noun with its verbs."""
    verbs = Verbs(nouns, "stores", "the stores that installed Reprise")
    verbs.add("list", list_stores, "list them", of_store=False)
    verbs.add("recount", recount, "add a store's past days up anew, from the ledger")


def recount(told: Namespace) -> None:
    with desk_of(told) as desk:
        count = sums.rebuild(desk.runtime, desk.store.id)
    answer(told, {"transactions": count}, "Added up anew.")


def list_stores(told: Namespace) -> None:
    with runtime_of_environment() as runtime, runtime.database.reading() as connection:
        rows = [
            {
                "domain": one.domain,
                "name": one.name,
                "platform": one.platform.value,
                "status": one.status.value,
                "id": one.id,
            }
            for one in stores.every(connection)
        ]
    answer(told, rows, table(rows, "No store has installed Reprise yet."))
