"""What the nouns of the command share: whom they work for, and how they answer."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from uuid import UUID

from jobs.runtime import Runtime, Settings
from storage import customers, stores
from storage.stores import Store

Run = Callable[[Namespace], None]


class Trouble(Exception):
    """What was asked can't be done; the message is a sentence for whoever asked."""


class Parser(ArgumentParser):
    """argparse's, but every wrong word is told in one sentence and ends with 1."""

    def error(self, message: str) -> NoReturn:
        sys.exit(f"reprise: {message} (`{self.prog} --help` tells more)")


class Verbs:
    """The verbs of one noun, as they are added to the command."""

    def __init__(self, nouns: Any, name: str, words: str) -> None:
        noun = nouns.add_parser(name, help=words, description=words)
        self._verbs = noun.add_subparsers(required=True, metavar="verb")

    def add(self, name: str, run: Run, words: str, *, of_store: bool = True) -> ArgumentParser:
        """Add a verb; most work for one store."""
        verb: ArgumentParser = self._verbs.add_parser(name, help=words, description=words)
        verb.set_defaults(run=run)
        verb.add_argument("--json", action="store_true", help="answer in JSON")
        if of_store:
            verb.add_argument("--store", required=True, metavar="DOMAIN", help="whose it is")
        return verb


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a verb works: the runtime, and the store it is for."""

    runtime: Runtime
    store: Store


@contextmanager
def runtime_of_environment() -> Iterator[Runtime]:
    """Give the runtime of the environment's settings, and close its database behind it."""
    runtime = Runtime.build(Settings.from_env())
    try:
        yield runtime
    finally:
        runtime.database.close()


@contextmanager
def desk_of(told: Namespace) -> Iterator[Desk]:
    """Give the desk of the store that `--store` names."""
    with runtime_of_environment() as runtime:
        with runtime.database.reading() as connection:
            store = stores.named(connection, told.store)
        if store is None:
            raise Trouble(f"No store is called {told.store!r}: `reprise stores list` lists them.")
        yield Desk(runtime, store)


def customer_id(desk: Desk, named: str) -> str:
    """Give a customer's id by it, or by an e-mail."""
    name = "email" if "@" in named else "id"
    with desk.runtime.database.reading() as connection:
        found = customers.find(connection, desk.store.id, name, named) if _may_be(named) else None
    if found is None:
        raise Trouble(f"The store has no customer {named!r}.")
    return str(found["id"])


def _may_be(named: str) -> bool:
    return "@" in named or is_id(named)


def is_id(text: str) -> bool:
    """Say whether a text may be an id of ours."""
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def document_in(path: str) -> Any:
    """Read a JSON file; `-` is standard input."""
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
        return json.loads(text)
    except OSError as error:
        raise Trouble(f"{path} can't be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise Trouble(f"{path} is no JSON: {error}.") from None


def answer(told: Namespace, data: Any, lines: Sequence[str]) -> None:
    """Print the answer: as JSON where that was asked for, else in lines."""
    if told.json:
        print(json.dumps(data, indent=2, ensure_ascii=False, default=str))
    else:
        print("\n".join(lines))


def table(rows: Sequence[Mapping[str, Any]], nothing: str) -> list[str]:
    """Write rows under each other, a column a field; `nothing` where there are none."""
    if not rows:
        return [nothing]
    cells = [[str(name) for name in rows[0]]]
    cells += [["-" if value is None else str(value) for value in row.values()] for row in rows]
    widths = [max(len(line[at]) for line in cells) for at in range(len(cells[0]))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]
