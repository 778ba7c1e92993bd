"""The figures for whoever runs the app, as Prometheus reads them; no store's name is in them."""

from collections.abc import Mapping

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from jobs.runtime import Runtime
from storage import due

CONTENT_TYPE = CONTENT_TYPE_LATEST


def waiting(runtime: Runtime) -> Mapping[str, int]:
    """Count the rows that wait for work at this moment, by kind, each up to 1,000."""
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        return due.count(connection, now, runtime.database.real_now(connection))


def exposition(runtime: Runtime) -> bytes:
    """Give what waits, and if the queue answers, in Prometheus' text format."""
    registry = CollectorRegistry()
    rows = Gauge("reprise_due_rows", "Rows due at this moment.", ["kind"], registry=registry)
    for kind, count in waiting(runtime).items():
        rows.labels(kind).set(count)
    queue = Gauge("reprise_queue_up", "1 while the queue server answers.", registry=registry)
    queue.set(runtime.queues.ping())
    return generate_latest(registry)
