"""What every row has in its hands: fresh databases, a queue, a load process and mail servers."""

import contextlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from benchmarks import databases, processes
from benchmarks.databases import Server
from benchmarks.processes import Helper
from channels.email.smtp import SmtpChannel
from jobs import embedded_queue
from jobs.runtime import Runtime, Settings

Size = Literal["tiny", "quick", "full"]
"""Tiny only shows that everything works; its figures mean nothing."""
T = TypeVar("T")
FAR_MILLISECONDS = 20
FAR_CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Sink:
    """A mail server process; `url` is what the app is told."""

    helper: Helper
    port: int
    url: str

    def arrivals(self) -> list[tuple[str, float]]:
        """Give (recipient, seconds since 1970) of each mail since the last question."""
        return [(told[0], told[1]) for told in self.helper.ask({})["arrivals"]]


@dataclass(frozen=True, slots=True)
class Bench:
    """One database system's measurements."""

    size: Size
    folder: Path
    server: Server
    queue_url: str
    load: Helper
    sink: Sink
    far_sink: Sink
    """Each of its answers comes 20 ms late."""

    def pick(self, tiny: T, quick: T, full: T) -> T:
        """Give how much to do, by the size that is asked for."""
        return {"tiny": tiny, "quick": quick, "full": full}[self.size]

    @property
    def database(self) -> str:
        return self.server.kind

    def environment(self, database_url: str, sink: Sink | None = None) -> dict[str, str]:
        """Give the app's settings for a database."""
        smtp_url = (sink or self.sink).url
        return processes.app_environment(database_url, self.queue_url, smtp_url, self.folder)

    @contextlib.contextmanager
    def runtime(self, database_url: str, sink: Sink | None = None) -> Iterator[Runtime]:
        """Give what jobs work with, in this very process."""
        runtime = Runtime.build(Settings.from_env(self.environment(database_url, sink)))
        try:
            yield runtime
        finally:
            runtime.queues.redis.close()
            runtime.database.close()
            for channel in runtime.channels.values():
                if isinstance(channel, SmtpChannel):
                    channel.close()

    def say(self, words: str) -> None:
        """Tell whoever waits how far it is."""
        print(f"{self.database:<10}  {words}", file=sys.stderr, flush=True)


@contextlib.contextmanager
def opened(kind: str, size: Size) -> Iterator[Bench]:
    """Start all of it for one database system; end all of it afterwards."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reprise-bench-")))
        queue_url = embedded_queue.ensure_running(folder)
        stack.callback(embedded_queue.stop, folder)
        yield Bench(
            size=size,
            folder=folder,
            server=stack.enter_context(databases.server(kind, folder)),
            queue_url=queue_url,
            load=stack.enter_context(processes.helper("benchmarks.load")),
            sink=stack.enter_context(_sink()),
            far_sink=stack.enter_context(_sink(FAR_MILLISECONDS, FAR_CONNECTIONS)),
        )


@contextlib.contextmanager
def _sink(wait: int = 0, connections: int = 0) -> Iterator[Sink]:
    with processes.helper("benchmarks.sink", "--wait", str(wait)) as helper:
        port = int(helper.hear()["port"])
        more = f"?connections={connections}" if connections else ""
        yield Sink(helper, port, f"smtp://127.0.0.1:{port}{more}")
