"""The `reprise` command, for whoever runs the app: migrate, doctor, rotate-keys, and the nouns."""

import os
import sys
from argparse import Namespace
from typing import Final

from commands import campaigns, events, flows, keys, segments, splits, stores
from commands.speech import Parser, Run, Trouble
from jobs import doctor
from jobs.runtime import BadSettings, Runtime, Settings
from storage import address_hashes, credentials
from storage.database import migrate
from storage.demo_clock import DemoDatabase, start
from storage.secrets import BadKeys, BadSecret


def main(arguments: list[str] | None = None) -> None:
    """Run one command; exits with 1 and a sentence that says what to do when it can't."""
    parser = Parser(prog="reprise", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    for name, (run, words) in COMMANDS.items():
        commands.add_parser(name, help=words).set_defaults(run=run)
    for noun in (stores, keys, flows, splits, campaigns, segments, events):
        noun.add_to(commands)
    given = sys.argv[1:] if arguments is None else arguments
    if any(not (sign.isprintable() or sign in "\n\t") for one in given for sign in one):
        sys.exit("reprise: an argument has signs that are no text. Write it as plain UTF-8.")
    told = parser.parse_args(given)
    chosen: Run = told.run
    try:
        chosen(told)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read along has seen enough; Python would complain once more when it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (Trouble, BadSettings, DemoDatabase, BadKeys, BadSecret) as error:
        sys.exit(f"reprise: {error}")


def run_migrate(_: Namespace) -> None:
    """Bring the database to this version's schema; safe to run twice, or twice at once."""
    settings = Settings.from_env()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database_url)
    runtime = Runtime.build(settings)
    hashed = runtime.secrets.address_hash
    while runtime.database.write(lambda connection: address_hashes.fill(connection, hashed)):
        pass
    if settings.demo:
        start(runtime.database)
    runtime.database.close()
    print("The database is up to date.")


def run_doctor(_: Namespace) -> None:
    """Look at the settings, the database and the queue, and say what is wrong with each."""
    findings = doctor.examine(Settings.from_env())
    for one in findings:
        print(f"{'ok ' if one.fine else 'BAD'}  {one.what}: {one.words}")
    if not all(one.fine for one in findings):
        sys.exit(1)


def run_rotate_keys(_: Namespace) -> None:
    """Encrypt every stored secret under the newest of APP_KEYS; safe to run twice."""
    runtime = Runtime.build(Settings.from_env())
    changed = runtime.database.write(lambda c: credentials.rotate(c, runtime.secrets))
    runtime.database.close()
    print(f"Encrypted anew: the tokens of {changed} stores.")


COMMANDS: Final[dict[str, tuple[Run, str]]] = {
    "migrate": (run_migrate, "bring the database to this version's schema"),
    "doctor": (run_doctor, "check settings, database and queue"),
    "rotate-keys": (run_rotate_keys, "encrypt stored secrets under the newest of APP_KEYS"),
}

if __name__ == "__main__":
    main()
