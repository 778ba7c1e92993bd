"""The `reprise` command, for whoever runs the app: migrate, doctor."""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Final

from jobs.runtime import BadSettings, Runtime, Settings
from storage import StorageError
from storage.database import is_current, migrate
from storage.demo_clock import DemoDatabase, start
from storage.secrets import BadKeys


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exits with 1 and a sentence that says what to do when it can't."""
    parser = argparse.ArgumentParser(prog="reprise", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (run, words) in COMMANDS.items():
        commands.add_parser(name, help=words).set_defaults(run=run)
    chosen: Callable[[], None] = parser.parse_args(arguments).run
    try:
        chosen()
    except (BadSettings, DemoDatabase, BadKeys) as error:
        sys.exit(f"reprise: {error}")


def run_migrate() -> None:
    """Bring the database to this version's schema; safe to run twice, or twice at once."""
    settings = Settings.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    runtime = Runtime.build(settings)
    if settings.demo:
        start(runtime.database)
    runtime.database.close()
    print("The database is up to date.")


def run_doctor() -> None:
    """Check the settings, the database and the queue, and say what is wrong with each."""
    problems = list(_problems(Runtime.build(Settings.from_env())))
    for problem in problems:
        print(f"- {problem}")
    if problems:
        sys.exit(1)
    print("All is well: settings, database and queue.")


def _problems(runtime: Runtime) -> Iterator[str]:
    try:
        if not is_current(runtime.database):
            yield "The database has another version's schema. Run: reprise migrate"
    except StorageError as error:
        yield f"The database does not answer ({type(error).__name__}). Check DATABASE_URL."
    if not runtime.queues.ping():
        yield "The queue does not answer. Check REDIS_URL, or start the clock, which runs ours."


COMMANDS: Final = {
    "migrate": (run_migrate, "bring the database to this version's schema"),
    "doctor": (run_doctor, "check settings, database and queue"),
}

if __name__ == "__main__":
    main()
