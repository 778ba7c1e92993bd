"""Points at which a test may kill this very process: `FAULT_POINT=name[:n]`, at the n-th pass.

Without that setting a point costs one dictionary look-up. Names: `after_claim`,
`after_gate_commit`, `before_send`, `after_send_before_commit`, `after_commit_before_ack`,
`ingest`, `clock_tick`, `web_accept`, `after_code_made`, `after_codes_added`, `after_credit`,
`in_intake_batch`.
"""

import os
import signal

_left: dict[str, int] = {}


def _read(setting: str) -> None:
    name, _, passes = setting.partition(":")
    if name:
        _left[name] = int(passes or 1)


_read(os.environ.get("FAULT_POINT", ""))


def point(name: str) -> None:
    """Die here by SIGKILL, if a test wants it."""
    if name not in _left:
        return
    _left[name] -= 1
    if _left[name] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
