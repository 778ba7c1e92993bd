"""Row 1: webhooks accepted durably, against a bare route on the same server, 32 connections."""

import contextlib
from collections.abc import Iterator
from functools import partial

from sqlalchemy import func, select

from benchmarks import load, processes
from benchmarks.bench import Bench
from benchmarks.databases import fresh
from benchmarks.figures import Bound, Figure, alternate, figure, median
from benchmarks.load import Load, Result
from benchmarks.processes import port_of
from storage.database import Database
from storage.schema import inbox

NAME = "1 webhook accepted"
BACKLOG, AT_ONCE = 100_000, 5_000
BODY = b"{" + b" " * 998 + b"}"


def figures(bench: Bench) -> list[Figure]:
    """Measure the three servers in turn."""
    rounds, seconds = bench.pick((1, 0.2), (3, 1.5), (5, 6.0))
    with contextlib.ExitStack() as stack:
        ours, full, bare = (stack.enter_context(fresh(bench.server)) for _ in range(3))
        _fill(full, bench.pick(AT_ONCE, BACKLOG, BACKLOG))
        ports = {
            "ours": stack.enter_context(_web(bench, ours)),
            "full": stack.enter_context(_web(bench, full)),
            "bare": port_of(stack.enter_context(processes.bare_web(bench.environment(bare)))),
        }
        warm = alternate(1, {name: partial(_run, bench, ports[name], 0.5) for name in ports})
        runs = {name: partial(_run, bench, ports[name], seconds) for name in ports}
        found = alternate(rounds, runs)
        _check_kept(ours, warm["ours"] + found["ours"])
    return _figures(bench, found)


def _run(bench: Bench, port: int, seconds: float) -> Result:
    return load.run(bench.load, Load(port, seconds=seconds))


@contextlib.contextmanager
def _web(bench: Bench, url: str) -> Iterator[int]:
    with processes.app(bench.environment(url), "web") as children:
        yield port_of(children["web"])


def _fill(url: str, count: int) -> None:
    """Let webhooks wait, as after an hour without workers."""
    database = Database(url)
    for first in range(0, count, AT_ONCE):
        with database.writing() as connection:
            now = database.now(connection)
            rows = [
                {"platform": "shopify", "store_domain": "quiet.myshopify.com", "topic": "x/y",
                 "webhook_id": f"waiting-{number}", "body": BODY, "received_at": now}
                for number in range(first, first + AT_ONCE)
            ]  # fmt: skip
            connection.execute(inbox.insert(), rows)
    database.close()


def _check_kept(url: str, results: list[Result]) -> None:
    """Count the rows: whatever was answered 200 has to be there."""
    database = Database(url)
    with database.reading() as connection:
        kept = connection.execute(select(func.count()).select_from(inbox)).scalar_one()
    database.close()
    answered = sum(one.answers - one.failures for one in results)
    if kept < answered or any(one.failures for one in results):
        raise RuntimeError(f"{answered} webhooks were answered 200 and {kept} kept")


def _figures(bench: Bench, found: dict[str, list[Result]]) -> list[Figure]:
    rate = {name: median(one.per_second for one in results) for name, results in found.items()}
    slow = {name: median(one.p99 for one in results) for name, results in found.items()}
    bare = "bare Flask route, same server"
    return [
        figure(f"{NAME}, 32 connections", bench.database, rate["ours"], "/s",
               Bound(at_least=0.8, of_ratio=True), ceiling=(bare, rate["bare"])),
        figure(f"{NAME}, p99", bench.database, slow["ours"], "ms",
               Bound(at_most=50), ceiling=(bare, slow["bare"])),
        figure(f"{NAME} while {BACKLOG:,} wait", bench.database, rate["full"], "/s",
               Bound(at_least=0.9, of_ratio=True), ceiling=("none waiting", rate["ours"])),
    ]  # fmt: skip
