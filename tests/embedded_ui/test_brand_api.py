"""How the store's mails look: chosen in the panel, seen in the next preview, of one store only."""

from typing import Any

from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_templates_api import HELLO, told

PATH = "/settings/brand"


def test_a_brand_is_kept_and_seen_in_the_next_message(ask: Ask) -> None:
    begun = told(ask(PATH))
    assert begun["brand"] == begun["default"]
    assert begun["warnings"] == []
    assert "georgia" in [one["key"] for one in begun["fonts"]]
    brand = {
        **begun["default"],
        "logo_url": "https://maple.example/logo.png",
        "button": "#0b5394",
        "font": "georgia",
        "address": "Moss Lane 1, Salem",
    }
    assert told(ask(PATH, "PUT", json=brand))["brand"] == brand
    assert told(ask(PATH))["brand"] == brand
    shown = told(ask("/templates/preview", "POST", json={"template": HELLO}))
    for said in ("https://maple.example/logo.png", "#0b5394", "Georgia, Times", "Moss Lane 1"):
        assert said in shown["html"]
    assert told(ask(PATH, domain=NEIGHBOUR))["brand"] == begun["default"]


def test_what_can_not_be_read_is_kept_but_told(ask: Ask) -> None:
    brand = told(ask(PATH))["default"] | {"text": "#c0c0c0"}
    assert [one["field"] for one in told(ask(PATH, "PUT", json=brand))["warnings"]] == ["text"]
    found = told(ask("/templates/check", "POST", json={"template": HELLO}))["issues"]
    assert [(one["code"], one["field"]) for one in found] == [("contrast", "brand")]


def test_a_brand_that_makes_no_sense_is_refused_by_field(ask: Ask) -> None:
    default = told(ask(PATH))["default"]
    wrong: list[dict[str, Any]] = [
        {"button": "red"},
        {"button": "#12345g"},
        {"link": "#123456;}"},
        {"font": "Comic Sans"},
        {"radius": 25},
        {"logo_url": "http://maple.example/logo.png"},
        {"logo_url": "javascript:alert(1)"},
        {"address": "a\nb"},
        {"color": "#000000"},
    ]
    for change in wrong:
        answer = ask(PATH, "PUT", json={**default, **change})
        assert told(answer, 422)["field"] == next(iter(change))
