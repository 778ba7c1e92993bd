"""`reprise stores`: which stores there are."""

from argparse import Namespace
from typing import Any

from commands.speech import Verbs, answer, runtime_of_environment, table
from storage import stores


def add_to(nouns: Any) -> None:
    """Add the noun with its verb."""
    verbs = Verbs(nouns, "stores", "the stores that installed Reprise")
    verbs.add("list", list_stores, "list them", of_store=False)


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
