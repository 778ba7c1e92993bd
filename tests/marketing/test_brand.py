"""The brand that a store's own look makes: taken where it can be read, left where not."""

from typing import Any

import pytest

from marketing.brand import DEFAULT, READABLE, SEEN, brand_of, brand_of_store, contrast, faint

LOGO = "https://cdn.example/logo.png"
MOSS = {"logo_url": LOGO, "color": "#47603f", "on_color": "#faf7f1", "second_color": "#a4532f"}


def test_who_never_chose_a_brand_has_the_stores_and_who_did_has_their_own() -> None:
    taken = brand_of({"look": MOSS})
    assert (taken.logo_url, taken.button, taken.button_text, taken.link) == (
        LOGO, "#47603f", "#faf7f1", "#47603f",
    )  # fmt: skip
    chosen = brand_of({"look": MOSS, "brand": {"button": "#123456"}})
    assert (chosen.button, chosen.logo_url) == ("#123456", None)


@pytest.mark.parametrize("look", [None, "x", {}, {"color": "red"}, {"logo_url": ""}])
def test_a_store_that_told_nothing_has_the_default(look: Any) -> None:
    assert brand_of_store({"look": look}) is None
    assert brand_of({"look": look}) == DEFAULT


@pytest.mark.parametrize(
    "look",
    [
        {"color": "#ffffff"},
        {"color": "#ffff00", "on_color": "#ffffff"},
        {"color": "#fafafa", "second_color": "#eeeeee"},
        {"color": "#ffe0e0", "second_color": "#a4532f"},
        {"color": "#777777", "on_color": "#888888"},
        {"color": "#ff6600", "on_color": "#ffffff"},
    ],
)
def test_what_is_taken_can_be_read_by_everyone(look: dict[str, str]) -> None:
    taken = brand_of({"look": {"logo_url": LOGO, **look}})
    assert list(faint(taken)) == []
    assert contrast(taken.button_text, taken.button) >= READABLE
    assert contrast(taken.button, "#ffffff") >= SEEN
