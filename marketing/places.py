"""Where somebody lives."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where somebody lives: ISO 3166-1, ISO 3166-2 without the country before it, and a town."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
