"""When an order is delivered: by its parcels' word, else by the merchant's transit time."""

from datetime import UTC, datetime, timedelta

import pytest

from marketing.parcels import PATIENCE, Parcel, delivered_at, expected_at

SENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = timedelta(days=1)


def a_parcel(arrived_after: float | None = None, *, followed: bool = False) -> Parcel:
    arrived = None if arrived_after is None else SENT + arrived_after * DAY
    return Parcel("1", "o1", delivered_at=arrived, is_followed=followed)


@pytest.mark.parametrize(
    ("sent", "arrived", "expected"),
    [
        (SENT, [2], SENT + 2 * DAY),
        (SENT, [2, 5], SENT + 5 * DAY),
        (SENT, [2, None], None),
        (SENT, [], None),
        (None, [2], None),
    ],
)
def test_an_order_is_delivered_when_its_last_parcel_arrived(
    sent: datetime | None, arrived: list[float | None], expected: datetime | None
) -> None:
    assert delivered_at(sent, [a_parcel(days) for days in arrived]) == expected


def test_without_a_word_the_transit_time_decides_and_a_carrier_is_waited_for() -> None:
    assert expected_at(SENT, [], 5 * DAY) == SENT + 5 * DAY
    assert expected_at(SENT, [a_parcel()], 5 * DAY) == SENT + 5 * DAY
    assert expected_at(SENT, [a_parcel(followed=True)], 5 * DAY) == SENT + 5 * DAY + PATIENCE
    assert expected_at(None, [], 5 * DAY) is None
