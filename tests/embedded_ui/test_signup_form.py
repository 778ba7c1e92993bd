"""Settings: the sign-up form, kept for one store alone, and seen as the merchant sees it."""

from typing import Any

import pytest

from marketing.signup import USUAL
from tests.embedded_ui.conftest import NEIGHBOUR, Ask

PATH = "/settings/signup-form"


def test_a_form_is_kept_and_is_one_stores_alone(ask: Ask) -> None:
    begun = ask(PATH).json
    assert begun["form"]["is_on"] is False
    assert begun["form"]["words"]["de"]["consent"] == USUAL["de"].consent
    assert begun["store_key"]
    form = {**begun["form"], "is_on": True, "asks_birthday": True}
    form["words"]["en"]["title"] = "The moss letter"
    assert ask(PATH, "PUT", json=form).json["form"] == form
    assert ask(PATH).json["form"] == form
    other = ask(PATH, domain=NEIGHBOUR).json
    assert (other["form"]["is_on"], other["store_key"] == begun["store_key"]) == (False, False)


@pytest.mark.parametrize(
    "change",
    [
        {"is_on": "yes"},
        {"confirms": None},
        {"words": {}},
        {"words": {"en": {}, "de": {}}},
        {"color": "red"},
    ],
)
def test_a_form_that_makes_no_sense_is_refused(ask: Ask, change: dict[str, Any]) -> None:
    form = ask(PATH).json["form"]
    assert ask(PATH, "PUT", json={**form, **change}).status_code == 422


@pytest.mark.parametrize("name", ["title", "consent", "button"])
def test_a_form_without_its_words_is_refused_by_field(ask: Ask, name: str) -> None:
    form = ask(PATH).json["form"]
    form["words"]["de"][name] = ""
    answer = ask(PATH, "PUT", json=form)
    assert (answer.status_code, answer.json["field"]) == (422, f"words.de.{name}")
