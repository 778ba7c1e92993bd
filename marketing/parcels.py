"""Parcels: an order's goods on their way, and when they are taken for delivered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

PATIENCE = timedelta(days=14)
"""How much longer we wait for a carrier who does tell where a parcel is."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel as the platform or its carrier told it. What is None was not told."""

    external_id: str
    order_external_id: str
    updated_at: datetime | None = None
    """None: the carrier's word, which tells nothing but how far it has come."""
    shipped_at: datetime | None = None
    tracking_company: str | None = None
    tracking_number: str | None = None
    tracking_url: str | None = None
    delivered_at: datetime | None = None
    is_followed: bool = False
    """The carrier tells where it is."""
    is_cancelled: bool | None = None


class OnTheWay(Protocol):
    """What is asked of a parcel."""

    @property
    def delivered_at(self) -> datetime | None: ...
    @property
    def is_followed(self) -> bool: ...


def delivered_at(fulfilled_at: datetime | None, parcels: Iterable[OnTheWay]) -> datetime | None:
    """Give when an order was delivered: wholly sent, and the last of its parcels has arrived."""
    arrived = [one.delivered_at for one in parcels]
    told = [at for at in arrived if at is not None]
    if fulfilled_at is None or not told or len(told) < len(arrived):
        return None
    return max(told)


def expected_at(
    fulfilled_at: datetime | None, parcels: Iterable[OnTheWay], transit: timedelta
) -> datetime | None:
    """Give when an order that nobody says was delivered is taken for it.

    Sent, and the merchant's transit time over; where the carrier is heard of, two weeks later.
    """
    if fulfilled_at is None:
        return None
    is_followed = any(one.is_followed for one in parcels)
    return fulfilled_at + transit + (PATIENCE if is_followed else timedelta())
