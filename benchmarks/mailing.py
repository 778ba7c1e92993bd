"""Row 4: due message to handed over by SMTP, against a render-and-send loop by hand."""

import contextlib
import os
import time
from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete, func, select, update

from benchmarks import by_hand_mail, stock
from benchmarks.bench import FAR_CONNECTIONS, FAR_MILLISECONDS, Bench, Sink
from benchmarks.databases import fresh, know
from benchmarks.figures import Bound, Figure, alternate, figure, median
from benchmarks.peers import bullmq_peer
from benchmarks.processes import Helper
from jobs import deliver
from jobs.runtime import Runtime
from storage import flows
from storage.schema import attempts, customers, messages

ENOUGH = Bound(at_least=0.6, of_ratio=True)
BY_HAND = "render-and-send loop by hand"


@dataclass(frozen=True, slots=True)
class Mailing:
    """One store whose messages are due, again and again."""

    runtime: Runtime
    url: str
    store_id: str
    words: by_hand_mail.Words
    sink: Sink
    count: int


def figures(bench: Bench) -> list[Figure]:
    """Send to a mail server beside us, then to one far away."""
    rounds = bench.pick(1, 2, 5)
    near = _rates(bench, bench.sink, bench.pick(60, 1_600, 10_000), rounds)
    far = _rates(bench, bench.far_sink, bench.pick(40, 400, 4_000), rounds)
    words = f"4 due message to SMTP, {FAR_MILLISECONDS} ms away"
    peers = [_against_bullmq(bench, near)] if "bullmq" in near else []
    return [
        *peers,
        figure("4 due message to SMTP", bench.database, near["ours"], "/s", ENOUGH,
               ceiling=(BY_HAND, near["hand"])),
        figure(words, bench.database, far["ours"], "/s", ENOUGH, ceiling=(BY_HAND, far["hand"])),
    ]  # fmt: skip


def _against_bullmq(bench: Bench, near: dict[str, float]) -> Figure:
    enough = Bound(at_least=1.5, of_ratio=True)
    against = ("BullMQ, a job a message, 50 at once", near["bullmq"])
    return figure("4 due message to SMTP, beside BullMQ", bench.database, near["ours"], "/s",
                  enough, ceiling=against)  # fmt: skip


def _rates(bench: Bench, sink: Sink, count: int, rounds: int) -> dict[str, float]:
    with fresh(bench.server) as url, bench.runtime(url, sink) as runtime:
        store_id, words = stocked(runtime, count)
        mailing = Mailing(runtime, url, store_id, words, sink, count)
        connections = FAR_CONNECTIONS if sink is bench.far_sink else by_hand_mail.CONNECTIONS
        runs = {
            "ours": partial(_ours, mailing),
            "hand": partial(_by_hand, mailing, connections),
        }
        know(url)
        with contextlib.ExitStack() as stack:
            if os.environ.get("PEERS") and sink is bench.sink:
                peer = stack.enter_context(bullmq_peer.running())
                runs["bullmq"] = partial(_bullmq, mailing, peer, bench.queue_url)
            alternate(1, runs)
            return {name: median(rates) for name, rates in alternate(rounds, runs).items()}


def stocked(runtime: Runtime, count: int) -> tuple[str, by_hand_mail.Words]:
    """Make a store with so many messages, all due; give it and its template by hand."""
    with runtime.database.writing() as connection:
        now = runtime.database.now(connection)
        store_id = stock.open_store(connection, now)
        flow = stock.publish(connection, store_id, stock.recipe_document(), now)
        who = stock.people(connection, store_id, count, now)
        waiting = stock.waiting(connection, flow, who, "until-objection", now + 9 * stock.HOUR)
        stock.due_messages(connection, flow, who, waiting, now)
        key = (store_id, flow.version_id)
        version = flows.versions(connection, [key])[key]
    compiled = version.templates[stock.TEMPLATE_STEP].to_document()
    return store_id, by_hand_mail.Words(compiled)


def _make_due(mailing: Mailing) -> None:
    """Forget that anything was sent."""
    fresh_state = {
        "state": "due", "attempts": 0, "fence": 0, "provider": None, "provider_id": None,
        "sent_at": None, "reason": None,
    }  # fmt: skip
    with mailing.runtime.database.writing() as connection:
        connection.execute(delete(attempts))
        connection.execute(update(messages).values(fresh_state))
        connection.execute(update(customers).values(last_email_at=None))
    mailing.sink.arrivals()


def _ours(mailing: Mailing) -> float:
    _make_due(mailing)
    began = time.perf_counter()
    left = [mailing.store_id]
    while left:
        left = deliver.drain(mailing.runtime, left)
    return _rate(mailing, time.perf_counter() - began)


def _by_hand(mailing: Mailing, connections: int) -> float:
    _make_due(mailing)
    ledger = by_hand_mail.ledger(mailing.url, mailing.store_id)
    lines = [by_hand_mail.Line(mailing.sink.port) for _ in range(connections)]
    began = time.perf_counter()
    by_hand_mail.drain(ledger, mailing.words, lines)
    seconds = time.perf_counter() - began
    ledger.close()
    for line in lines:
        line.close()
    return _rate(mailing, seconds)


def _bullmq(mailing: Mailing, peer: Helper, queue_url: str) -> float:
    """Give the peer's rate, after asking the mail server if each was written to once."""
    _make_due(mailing)
    ledger = by_hand_mail.ledger(mailing.url, mailing.store_id)
    load = bullmq_peer.load(ledger, mailing.words, mailing.sink.port, queue_url)
    ledger.close()
    rate = float(peer.ask(load)["rate"])
    arrived = {recipient for recipient, _ in mailing.sink.arrivals()}
    if len(arrived) != mailing.count:
        raise RuntimeError(f"of {mailing.count} mails {len(arrived)} arrived")
    return rate


def _rate(mailing: Mailing, seconds: float) -> float:
    """Give mails a second, after asking the mail server and the ledger if all went, once each."""
    arrived = [recipient for recipient, _ in mailing.sink.arrivals()]
    with mailing.runtime.database.reading() as connection:
        handed = select(func.count()).where(messages.c.state == "sent")
        noted = connection.execute(handed).scalar_one()
    if not len(arrived) == len(set(arrived)) == noted == mailing.count:
        told = f"{len(arrived)} arrived, {len(set(arrived))} different, {noted} noted"
        raise RuntimeError(f"of {mailing.count} mails {told}")
    return mailing.count / seconds
