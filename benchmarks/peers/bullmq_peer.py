"""BullMQ's side of row 4, in a Node process of its own; installed when it is first asked for."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import by_hand_mail, processes
from benchmarks.processes import Helper
from setup.install import install_node_packages, machines_node

FOLDER = Path(__file__).with_name("bullmq")
CONNECTIONS = 50
"""As many as its jobs at once: nodemailer waits for each answer, so few would hold it back."""
VENV_NODE = Path(__file__).resolve().parents[2] / ".venv" / "bin"


@contextlib.contextmanager
def running() -> Iterator[Helper]:
    """Run the peer; each question is a load, each answer its rate."""
    install_node_packages(FOLDER)
    node = (machines_node() or VENV_NODE) / "node"
    without = {"MSGPACKR_NATIVE_ACCELERATION_DISABLED": "true"}
    with processes.program([str(node), "send.mjs"], FOLDER, **without) as helper:
        yield helper


def load(
    ledger: by_hand_mail.Ledger, words: by_hand_mail.Words, smtp_port: int, queue_url: str
) -> dict[str, Any]:
    """Give the load: every due message of a ledger as a job with its facts."""
    rows = ledger.claim(1_000_000)
    parts = ("subject", "text", "html")
    return {
        "queue_url": queue_url,
        "smtp_port": smtp_port,
        "connections": CONNECTIONS,
        "words": {part: words.compiled[part] for part in parts},
        "jobs": [
            {"to": row[3], "message_id": row[2], "facts": by_hand_mail.facts_of(row)}
            for row in rows
        ],
    }
