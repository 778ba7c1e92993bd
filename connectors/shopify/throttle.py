"""Keeps below Shopify's limits: what one store's bucket of query cost holds, as last told."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from marketing.model import JsonObject

_SEVERAL = 10_000


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many points were left at a moment, and how many come back a second."""

    available: float
    restore_rate: float
    most: float
    at: float

    def wait(self, cost: float, now: float) -> float:
        """Give the seconds until a query of this cost is let through."""
        left = min(self.most, self.available + (now - self.at) * self.restore_rate)
        return max(0.0, (min(cost, self.most) - left) / self.restore_rate)


def read_bucket(extensions: JsonObject, now: float) -> Bucket | None:
    """Read `extensions.cost.throttleStatus`; None when it is missing or makes no sense."""
    status = _object(_object(extensions, "cost"), "throttleStatus")
    available = _number(status.get("currentlyAvailable"))
    rate = _number(status.get("restoreRate"))
    most = _number(status.get("maximumAvailable"))
    if available is None or not rate or not most or rate < 0:
        return None
    return Bucket(available, rate, most, now)


def requested_cost(extensions: JsonObject) -> float | None:
    """Give what the query was reckoned to cost before it ran."""
    return _number(_object(extensions, "cost").get("requestedQueryCost"))


def _object(value: JsonObject, key: str) -> JsonObject:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value)


class Throttle:
    """What this process knows of every store's bucket and every document's cost."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, Bucket] = {}
        self._costs: dict[str, float] = {}

    def wait(self, store: str, document: str) -> float:
        """Give the seconds to wait before sending this document; 0 while nothing is known."""
        with self._lock:
            bucket = self._buckets.get(store)
            cost = self._costs.get(document, 0.0)
            return bucket.wait(cost, self._clock()) if bucket else 0.0

    def learn(self, store: str, document: str, extensions: JsonObject) -> None:
        """Remember what an answer told of cost and bucket."""
        with self._lock:
            bucket = read_bucket(extensions, self._clock())
            cost = requested_cost(extensions)
            if bucket:
                self._forget_some()
                self._buckets[store] = bucket
            if cost is not None:
                self._costs[document] = cost

    def _forget_some(self) -> None:
        # A full bucket refills within seconds: what is forgotten is soon told again.
        if len(self._buckets) >= _SEVERAL:
            self._buckets.clear()
