"""The stage that tests of jobs play on."""

from collections.abc import Iterator

import pytest

from tests.jobs.stage import Sink, Stage, runtime, settings


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A mail server of the test's own."""
    server = Sink()
    yield server
    server.server.stop()


@pytest.fixture
def stage(database_url: str, valkey_url: str, sink: Sink) -> Iterator[Stage]:
    """Two stores on each of the two databases in turn."""
    hands = runtime(settings(database_url, sink.url, valkey_url))
    yield Stage(hands, sink)
    hands.channels["email"].close()  # type: ignore[index, attr-defined]
    hands.database.close()
