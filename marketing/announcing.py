"""Products: what an update means to those who care, and which category is somebody's favourite."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from marketing.events import EventName
from marketing.model import Product, Variant

JUST_MADE = timedelta(days=1)
"""A product we had not heard of is new when it was made this long before; else we missed it."""
INTEREST = timedelta(days=90)
"""How long somebody who looked at a product is taken to care about its category."""
LOOKED = timedelta(days=30)
"""How long somebody who looked at a product is told of its lower price."""
POINTS = {"bought_at": 3, "added_at": 2, "viewed_at": 1}


@dataclass(frozen=True, slots=True)
class Before:
    """What we knew of a product before its update."""

    is_on_sale: bool
    variants: Mapping[str, Mapping[str, Any]]
    """By id: `price` and `available`."""
    out_since: Mapping[str, str] = field(default_factory=dict)
    """Since when each sold-out variant has been: id -> ISO 8601."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something about a product that customers who care are to be told of."""

    name: EventName
    product_id: str
    occurred_at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


class Interest(Protocol):
    """What one customer did about one product, and when last."""

    @property
    def product_id(self) -> str: ...
    @property
    def category(self) -> str | None: ...
    @property
    def variant_id(self) -> str | None: ...
    @property
    def viewed_at(self) -> datetime | None: ...
    @property
    def added_at(self) -> datetime | None: ...
    @property
    def asked_at(self) -> datetime | None: ...
    @property
    def bought_at(self) -> datetime | None: ...


def is_on_sale(told: Product) -> bool:
    """Say whether the store's customers can see a product."""
    return told.status == "active" and told.is_published


def announcements(before: Before | None, told: Product, percent: int) -> list[Announcement]:
    """Give what an update of a product announces; `percent`: by how much a price must fall."""
    found: list[tuple[EventName, Mapping[str, Any]]] = []
    if _is_published(before, told):
        data = {"category": told.product_type}
        found.append((EventName.PRODUCT_PUBLISHED, data))
    if before is not None and told.status == "active":
        pairs = [(one, before.variants.get(one.external_id)) for one in told.variants]
        known = [(one, was) for one, was in pairs if was and one.available]
        found += _of_variants(before, told, known, percent)
    return [Announcement(name, told.external_id, told.updated_at, data) for name, data in found]


def _of_variants(
    before: Before,
    told: Product,
    known: Sequence[tuple[Variant, Mapping[str, Any]]],
    percent: int,
) -> Iterable[tuple[EventName, Mapping[str, Any]]]:
    """Give what happened to variants that can be bought now and were known before."""
    gone = {
        one.external_id: before.out_since.get(one.external_id) or told.updated_at.isoformat()
        for one, was in known
        if not was["available"]
    }
    if gone:
        yield EventName.PRODUCT_RESTOCKED, {"gone": gone}
    prices = {
        one.external_id: [was["price"], one.price]
        for one, was in known
        if _fell(was["price"], one.price, percent)
    }
    if prices:
        yield EventName.PRODUCT_PRICE_DROPPED, {"prices": prices}


def _is_published(before: Before | None, told: Product) -> bool:
    if not is_on_sale(told):
        return False
    if before is not None:
        return not before.is_on_sale
    return told.created_at is not None and told.updated_at - told.created_at <= JUST_MADE


def _fell(before: int, now: int, percent: int) -> bool:
    return 0 < now < before and (before - now) * 100 >= percent * before


def is_sorted_anew(before: Mapping[str, Any], told: Product) -> bool:
    """Say if something changed by which a store may sort its products into categories."""
    names = ("title", "product_type", "vendor", "status", "is_published")
    was = (*(before[name] for name in names), set(before["tags"]), _prices(before["variants"]))
    now = (*(getattr(told, name) for name in names), set(told.tags), _prices(told.variants))
    return was != now


def _prices(variants: Iterable[Variant | Mapping[str, Any]]) -> set[tuple[int, int | None]]:
    return {
        (one.price, one.compare_at_price)
        if isinstance(one, Variant)
        else (one["price"], one.get("compare_at_price"))
        for one in variants
    }


def still_holds(announced: Announcement, variants: Iterable[Mapping[str, Any]]) -> bool:
    """Say whether what was announced is still so, by the product's variants as they are now."""
    now = {str(one["external_id"]): one for one in variants}
    match announced.name:
        case EventName.PRODUCT_RESTOCKED:
            return any(now.get(one, {}).get("available") for one in announced.data["gone"])
        case EventName.PRODUCT_PRICE_DROPPED:
            prices = announced.data["prices"].items()
            return any(one in now and now[one]["price"] <= fell[1] for one, fell in prices)
        case _:
            return True


def out_since(
    before: Mapping[str, str], variants: Sequence[Variant], at: datetime
) -> dict[str, str]:
    """Give since when each variant has been sold out, as ISO 8601."""
    return {
        one.external_id: before.get(one.external_id) or at.isoformat()
        for one in variants
        if not one.available
    }


def wanted(interest: Interest, gone_since: Mapping[str, datetime]) -> str | None:
    """Give the variant that somebody wanted while it was gone, and has not bought since.

    Whoever asked to be told is told, whenever that was.
    """
    for variant_id, since in gone_since.items():
        if interest.variant_id not in {None, variant_id}:
            continue
        looked = [at for at in (interest.viewed_at, interest.added_at) if at and at >= since]
        cared = max([*looked, *([interest.asked_at] if interest.asked_at else [])], default=None)
        if cared and not _bought_since(interest, cared):
            return variant_id
    return None


def cheaper(
    interest: Interest, prices: Mapping[str, Sequence[int]], at: datetime
) -> tuple[str, int, int] | None:
    """Give variant, old and new price for somebody who looked lately and has not bought since."""
    looked = [one for one in (interest.viewed_at, interest.added_at, interest.asked_at) if one]
    last = max(looked, default=None)
    if last is None or last < at - LOOKED or _bought_since(interest, last):
        return None
    variant_id = interest.variant_id
    if variant_id is None:
        variant_id = max(prices, key=lambda one: (prices[one][0] - prices[one][1], one))
    if variant_id not in prices:
        return None
    return variant_id, prices[variant_id][0], prices[variant_id][1]


def _bought_since(interest: Interest, at: datetime) -> bool:
    return interest.bought_at is not None and interest.bought_at >= at


def favourite(
    interests: Iterable[Interest], at: datetime, standing: Mapping[str, Sequence[str]] | None = None
) -> str | None:
    """Give the category that somebody likes best.

    A product speaks for its type; one without a type for the categories that it stands in
    (`standing`, by product id).

    Over the last 90 days each product counts by the most that was done about it: 3 for a
    purchase, 2 for a cart, 1 for a look. Of two alike the one that was looked at last.
    """
    points: defaultdict[str, int] = defaultdict(int)
    last: dict[str, datetime] = {}
    for one in interests:
        done = {name: moment for name in POINTS if (moment := getattr(one, name))}
        recent = {name: moment for name, moment in done.items() if moment >= at - INTEREST}
        liked = [one.category] if one.category else (standing or {}).get(one.product_id, ())
        for category in liked if recent else ():
            points[category] += max(POINTS[name] for name in recent)
            newest = max(recent.values())
            last[category] = max(newest, last.get(category, newest))
    return max(points, key=lambda name: (points[name], last[name]), default=None)
