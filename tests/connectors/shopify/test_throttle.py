"""How long to wait for a store's bucket of query cost."""

from typing import Any

import pytest

from connectors.shopify.throttle import Bucket, Throttle, read_bucket
from connectors.waits import retry_after


def told(available: Any = 100.0, rate: Any = 50.0, most: Any = 1000.0, cost: Any = 300) -> Any:
    status = {"currentlyAvailable": available, "restoreRate": rate, "maximumAvailable": most}
    return {"cost": {"requestedQueryCost": cost, "throttleStatus": status}}


@pytest.mark.parametrize(
    ("cost", "later", "wait"),
    [(50, 0, 0.0), (100, 0, 0.0), (300, 0, 4.0), (300, 3, 1.0), (300, 60, 0.0), (5000, 0, 18.0)],
)
def test_a_bucket_refills_to_its_brim(cost: float, later: float, wait: float) -> None:
    """What costs more than the bucket holds waits for a full one: the store will judge it."""
    bucket = Bucket(available=100, restore_rate=50, most=1000, at=10)
    assert bucket.wait(cost, 10 + later) == wait


@pytest.mark.parametrize(
    "extensions",
    [
        {},
        {"cost": None},
        {"cost": {"throttleStatus": []}},
        told(rate=0),
        told(rate=-1),
        told(most=0),
        told(available="1"),
        told(rate=True),
    ],
)
def test_a_status_that_makes_no_sense_is_none(extensions: Any) -> None:
    assert read_bucket(extensions, 0) is None


def test_each_store_has_a_bucket_of_its_own() -> None:
    clock = [0.0]
    throttle = Throttle(lambda: clock[0])
    throttle.learn("a", "query", told())
    assert throttle.wait("a", "query") == 4.0
    assert throttle.wait("a", "another query") == 0.0
    assert throttle.wait("b", "query") == 0.0
    clock[0] = 4.0
    assert throttle.wait("a", "query") == 0.0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2", 2.0),
        ("2.5", 2.5),
        ("0", 1.0),
        ("-5", 1.0),
        ("1e9", 3600.0),
        ("inf", 3600.0),
        ("nan", 1.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 1.0),
        ("", 1.0),
        (None, 1.0),
    ],
)
def test_retry_after_is_seconds_between_one_and_an_hour(header: str | None, seconds: float) -> None:
    assert retry_after(header) == seconds
