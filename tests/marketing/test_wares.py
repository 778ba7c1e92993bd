"""A product as messages show it: only what is known, and prices that are true."""

from marketing.wares import Ware

SMALL = {"external_id": "s", "price": 1000, "compare_at_price": 1500, "available": False}
LARGE = {"external_id": "l", "price": 2000, "compare_at_price": None, "image_url": "large.png"}


def test_a_product_of_several_prices_says_the_lowest_and_that_it_varies() -> None:
    shown = Ware("1", "Throw", image_url="throw.png", variants=[LARGE, SMALL]).shown("EUR")
    assert (shown["price"], shown["varies"], shown["compare_at"]) == (1000, True, 1500)
    assert (shown["available"], shown["image_url"], shown["currency"]) == (True, "throw.png", "EUR")


def test_the_variant_of_the_event_is_shown_as_itself() -> None:
    ware = Ware("1", "Throw", image_url="throw.png", variants=[LARGE, SMALL])
    assert ware.shown("EUR", "l") | {"title": "Throw"} == ware.shown("EUR", "l")
    large, small = ware.shown("EUR", "l"), ware.shown("EUR", "s")
    assert (large["price"], large["varies"], large["compare_at"]) == (2000, False, None)
    assert (large["image_url"], large["available"], small["available"]) == (
        "large.png",
        True,
        False,
    )


def test_what_nobody_told_is_not_made_up() -> None:
    shown = Ware("1", "Throw").shown("EUR")
    assert (shown["price"], shown["rating"], shown["reviews_count"]) == (None, None, None)
    assert shown["available"]
    assert Ware("1", "Throw", rating=4.666).shown("EUR")["rating"] == 4.7
