"""Looks at an installation from outside: what is wrong with it, and what to do about that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from jobs import embedded_queue
from jobs.queues import Queues
from jobs.runtime import Settings
from storage import StorageError, credentials, inbox
from storage.database import Database, is_current
from storage.demo_clock import DemoDatabase, refuse_demo_database
from storage.secrets import BadKeys, BadSecret, Secrets


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at."""

    what: str
    fine: bool
    words: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything, in the order in which one thing needs another."""
    database = Database(settings.database_url, pool_size=1)
    try:
        return [*_keys(settings), *_storage(settings, database), _queue(settings)]
    finally:
        database.close()


def _keys(settings: Settings) -> Iterator[Finding]:
    try:
        secrets = Secrets(settings.app_keys)
    except BadKeys as error:
        yield Finding("keys", fine=False, words=str(error))
    else:
        yield Finding("keys", fine=True, words=f"{len(secrets.key_ids)} in APP_KEYS")


def _storage(settings: Settings, database: Database) -> Iterator[Finding]:
    where = database.url.render_as_string(hide_password=True)
    try:
        database.ping()
    except StorageError as error:
        yield Finding("database", fine=False, words=f"{where} does not answer: {error}")
        return
    yield Finding("database", fine=True, words=where)
    if not is_current(database):
        yield Finding("schema", fine=False, words="not this version's: run `reprise migrate`")
        return
    yield Finding("schema", fine=True, words="up to date")
    looks: tuple[Callable[[Settings, Database], Finding], ...] = (_demo, _stored_keys, _inbox)
    for look in looks:
        yield look(settings, database)


def _demo(settings: Settings, database: Database) -> Finding:
    if settings.demo:
        return Finding("demo", fine=True, words="DEMO=1: time may be moved; not for real stores")
    try:
        refuse_demo_database(database)
    except DemoDatabase as error:
        return Finding("demo", fine=False, words=str(error))
    return Finding("demo", fine=True, words="no")


def _stored_keys(settings: Settings, database: Database) -> Finding:
    try:
        credentials.refuse_unknown_keys(database, Secrets(settings.app_keys))
    except (BadKeys, BadSecret) as error:
        return Finding("secrets", fine=False, words=str(error))
    return Finding("secrets", fine=True, words="every stored one can be opened")


def _inbox(_: Settings, database: Database) -> Finding:
    with database.reading() as connection:
        waiting, dead = inbox.count_pending(connection), inbox.count_dead(connection)
    words = f"{waiting} webhooks wait, {dead} could not be read or worked on"
    return Finding("inbox", fine=True, words=words)


def _queue(settings: Settings) -> Finding:
    own = settings.redis_url is None
    queues = Queues(settings.redis_url or embedded_queue.socket_url(settings.data_dir))
    answers = queues.ping()
    words = "answers" if answers else "does not answer: nothing is lost, but everything waits"
    if own and not answers:
        words = "the embedded one is off: the clock starts it"
    return Finding("queue", fine=answers or own, words=words)
