"""How the store's mails look: chosen in the panel, seen in the next preview, of one store only."""

from typing import Any

from marketing.model import StoreLook, StoreProfile
from storage import stores
from storage.database import Database
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, Ask
from tests.embedded_ui.test_templates_api import HELLO, told
from tests.seeding import NOW, SmallStore

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


def test_the_stores_look_is_followed_until_the_merchant_chooses(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    assert told(ask(PATH))["from_store"] is None
    look = StoreLook("https://maple.example/logo.png", "#47603f", "#faf7f1")
    profile = StoreProfile(MAPLE, "1", "Maple", None, "USD", "America/New_York", look=look)
    with database.writing() as connection:
        stores.tell(connection, maple.id, profile, NOW)
    begun = told(ask(PATH))
    assert not begun["is_chosen"]
    assert begun["brand"] == begun["from_store"]
    assert begun["brand"]["button"] == "#47603f"
    shown = told(ask("/templates/preview", "POST", json={"template": HELLO}))
    assert "https://maple.example/logo.png" in shown["html"]
    kept = told(ask(PATH, "PUT", json=begun["default"]))
    assert kept["is_chosen"]
    assert kept["brand"] == begun["default"]
    assert kept["from_store"] == begun["from_store"]
    assert told(ask(PATH, domain=NEIGHBOUR))["from_store"] is None


def test_a_store_that_does_not_answer_is_said_so_and_changes_nothing(ask: Ask) -> None:
    before = told(ask(PATH))
    assert "did not answer" in told(ask(f"{PATH}/from-store", "POST"), 503)["message"]
    assert told(ask(PATH)) == before
