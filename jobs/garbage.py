"""Garbage is looked for between batches, not within one."""

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def collected_later() -> Iterator[None]:
    """Put the search for cycles off: a batch makes a million objects, hardly any in one.

    Looking for those cost ingest a fifth of its time, and steps an eighth.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
