"""What an update of a product announces, and to whom it matters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketing.announcing import (
    Announcement,
    Before,
    announcements,
    cheaper,
    favourite,
    out_since,
    still_holds,
    wanted,
)
from marketing.events import EventName
from marketing.model import Product, Variant

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
GONE = (NOW - 10 * DAY).isoformat()


def a_product(*variants: Variant, **fields: Any) -> Product:
    told: dict[str, Any] = {"created_at": NOW - 100 * DAY, "product_type": "Lamps"}
    return Product("p1", "Lamp", "lamp", NOW, variants=variants, **{**told, **fields})


def a_variant(price: int = 1000, available: bool = True, name: str = "v1") -> Variant:
    return Variant(name, "", price, available=available)


def before(price: int = 1000, available: bool = True, *, on_sale: bool = True) -> Before:
    known = {"v1": {"price": price, "available": available}}
    return Before(on_sale, known, {} if available else {"v1": GONE})


@pytest.mark.parametrize(
    ("was", "told", "expected"),
    [
        (None, a_product(created_at=NOW), ["product.published"]),
        (None, a_product(created_at=NOW - 2 * DAY), []),
        (None, a_product(created_at=None), []),
        (None, a_product(created_at=NOW, status="draft"), []),
        (None, a_product(created_at=NOW, is_published=False), []),
        (before(on_sale=False), a_product(), ["product.published"]),
        (before(on_sale=False), a_product(status="archived"), []),
        (before(), a_product(a_variant()), []),
        (before(available=False), a_product(a_variant()), ["product.back_in_stock"]),
        (before(available=False), a_product(a_variant(), status="draft"), []),
        (before(available=False), a_product(a_variant(available=False)), []),
        (before(), a_product(a_variant(available=False)), []),
        (before(), a_product(a_variant(950)), ["product.price_dropped"]),
        (before(), a_product(a_variant(951)), []),
        (before(), a_product(a_variant(1200)), []),
        (before(), a_product(a_variant(0)), []),
        (before(), a_product(a_variant(500, available=False)), []),
        (before(), a_product(a_variant(500), status="draft"), []),
        (before(), a_product(a_variant(500, name="new")), []),
        (before(available=False), a_product(a_variant(500)),
         ["product.back_in_stock", "product.price_dropped"]),
    ],
)  # fmt: skip
def test_an_update_announces_what_became_true_by_it(
    was: Before | None, told: Product, expected: list[str]
) -> None:
    assert [one.name for one in announcements(was, told, 5)] == expected


def test_what_is_announced_says_since_when_and_from_what_to_what() -> None:
    back, lower = announcements(before(available=False), a_product(a_variant(500)), 5)
    assert back.data == {"gone": {"v1": GONE}}
    assert lower.data == {"prices": {"v1": [1000, 500]}}


def test_what_is_announced_may_be_over_again() -> None:
    back = Announcement(EventName.PRODUCT_RESTOCKED, "p1", NOW, {"gone": {"v1": GONE}})
    lower = Announcement(EventName.PRODUCT_PRICE_DROPPED, "p1", NOW, {"prices": {"v1": [9, 5]}})
    now = {"external_id": "v1", "available": True, "price": 5}
    assert still_holds(back, [now])
    assert still_holds(lower, [now])
    assert not still_holds(back, [{**now, "available": False}])
    assert not still_holds(back, [])
    assert not still_holds(lower, [{**now, "price": 6}])


def test_a_variant_is_sold_out_since_it_was_first_told_so() -> None:
    gone, there = a_variant(available=False), a_variant(name="v2")
    first = out_since({}, [gone, there], NOW)
    assert first == {"v1": NOW.isoformat()}
    assert out_since(first, [gone], NOW + DAY) == first
    assert out_since(first, [a_variant()], NOW) == {}


@dataclass(frozen=True)
class Did:
    """What somebody did, so many days ago."""

    product_id: str = "p1"
    category: str | None = "Lamps"
    variant_id: str | None = None
    viewed_at: datetime | None = None
    added_at: datetime | None = None
    asked_at: datetime | None = None
    bought_at: datetime | None = None


def did(variant_id: str | None = None, **days_ago: float) -> Did:
    moments: Mapping[str, Any] = {name: NOW - ago * DAY for name, ago in days_ago.items()}
    return Did(variant_id=variant_id, **moments)


@pytest.mark.parametrize(
    ("interest", "variant"),
    [
        (did(viewed_at=5), "v1"),
        (did(added_at=5), "v1"),
        (did(viewed_at=15), None),
        (did(asked_at=15), "v1"),
        (did(viewed_at=5, bought_at=2), None),
        (did(viewed_at=5, bought_at=20), "v1"),
        (did("v1", viewed_at=5), "v1"),
        (did("v2", viewed_at=5), None),
        (did(bought_at=5), None),
    ],
)
def test_whoever_wanted_it_while_it_was_gone_and_has_not_bought_since(
    interest: Did, variant: str | None
) -> None:
    assert wanted(interest, {"v1": NOW - 10 * DAY}) == variant


@pytest.mark.parametrize(
    ("interest", "told"),
    [
        (did(viewed_at=5), ("v2", 900, 500)),
        (did("v1", added_at=5), ("v1", 1000, 950)),
        (did("v3", viewed_at=5), None),
        (did(viewed_at=40), None),
        (did(viewed_at=40, added_at=20), ("v2", 900, 500)),
        (did(viewed_at=5, bought_at=1), None),
        (did(bought_at=5), None),
    ],
)
def test_a_lower_price_is_for_who_looked_lately_and_has_not_bought_since(
    interest: Did, told: tuple[str, int, int] | None
) -> None:
    assert cheaper(interest, {"v1": [1000, 950], "v2": [900, 500]}, NOW) == told


def of(category: str | None, **days_ago: float) -> Did:
    moments: Mapping[str, Any] = {name: NOW - ago * DAY for name, ago in days_ago.items()}
    return Did(category=category, **moments)


@pytest.mark.parametrize(
    ("interests", "expected"),
    [
        ([], None),
        ([of("Lamps", viewed_at=1)], "Lamps"),
        ([of(None, viewed_at=1)], None),
        ([of("Lamps", viewed_at=100)], None),
        ([of("Lamps", viewed_at=1), of("Lamps", viewed_at=1), of("Rugs", bought_at=80)], "Rugs"),
        ([of("Lamps", viewed_at=1), of("Lamps", added_at=1), of("Rugs", bought_at=80)], "Lamps"),
        ([of("Lamps", viewed_at=3), of("Rugs", viewed_at=2)], "Rugs"),
        ([of("Rugs", bought_at=100, viewed_at=2), of("Lamps", added_at=30)], "Lamps"),
        ([of("Lamps", viewed_at=1, added_at=1, bought_at=1), of("Rugs", bought_at=0.5)], "Rugs"),
    ],
)
def test_a_favourite_category_is_the_one_with_the_most_done_about_it(
    interests: list[Did], expected: str | None
) -> None:
    assert favourite(interests, NOW) == expected
