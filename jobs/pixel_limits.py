"""How fast the pixel's door may be knocked at: token buckets in this process' memory.

Each web process counts for itself: with several of them a visitor may knock as many times as
often in all. It is a bound on what one process has to do, not a quota.
"""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

MOST_KEPT = 50_000
"""Buckets of a kind; the one not used for longest goes first."""


class TooFast(Exception):
    """Knocked too often; `retry_after` is in whole seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Too many requests: try again in {retry_after} s.")
        self.retry_after = retry_after


@dataclass(slots=True)
class Buckets:
    """Buckets of one kind: each holds `burst` and gains `rate` a second."""

    rate: float
    burst: float
    clock: Callable[[], float] = time.monotonic
    _held: OrderedDict[bytes, tuple[float, float]] = field(default_factory=OrderedDict)
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def take(self, name: str) -> None:
        """Take one out of the bucket of this name, or raise `TooFast`.

        Names are kept as salted hashes only: an address is nobody's business after this.
        """
        key = hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=16, key=self._salt)
        with self._turn:
            self._take(key.digest(), self.clock())

    def _take(self, key: bytes, now: float) -> None:
        left, seen_at = self._held.pop(key, (self.burst, now))
        left = min(self.burst, left + (now - seen_at) * self.rate)
        self._held[key] = (max(left - 1, 0.0) if left >= 1 else left, now)
        if len(self._held) > MOST_KEPT:
            self._held.popitem(last=False)
        if left < 1:
            raise TooFast(max(1, round((1 - left) / self.rate)))


@dataclass(slots=True)
class Limits:
    """The bounds of the door: of an address, of a store's key, of a visitor."""

    address: Buckets = field(default_factory=lambda: Buckets(rate=20, burst=300))
    key: Buckets = field(default_factory=lambda: Buckets(rate=200, burst=1000))
    visitor: Buckets = field(default_factory=lambda: Buckets(rate=2, burst=40))
