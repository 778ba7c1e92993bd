"""The settings' door: what is kept of the form, and what it refuses, by name."""

from typing import Any

from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import FORM, SILENT, told
from tests.seeding import SmallStore


def test_settings_are_kept_as_the_policy_reads_them(ask: Ask, maple: SmallStore) -> None:
    usual = told(ask, "/settings")
    assert (usual["audience"], usual["email_cap_hours"]) == ("subscribers", 16)
    assert usual["email_quiet_hours"] is None
    assert (usual["sms_cap_hours"], usual["stop_ends_all_texts"]) == (24, False)
    assert usual["sms_quiet_hours"] == {"start": "20:00", "end": "09:00"}
    assert usual["chat_quiet_hours"] == {"start": "21:00", "end": "08:00"}
    assert told(ask, "/settings", method="PUT", json=FORM) == FORM
    assert told(ask, "/settings") == FORM
    assert told(ask, "/settings", domain=NEIGHBOUR) == usual
    assert told(ask, "/dashboard")["click_days"] == 7


def test_a_setting_that_makes_no_sense_is_refused_by_its_name(ask: Ask) -> None:
    before = told(ask, "/settings")
    for change, field in WRONG_SETTINGS:
        answer = ask("/settings", "PUT", json={**FORM, **change})
        assert answer.status_code == 422, change
        assert answer.json
        assert answer.json["field"] == field
        assert answer.json["message"]
    assert told(ask, "/settings") == before


WRONG_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"audience": "all"}, "audience"),
    ({"message_prices": {"email": -1, "sms": 0, "whatsapp": 0}}, "message_prices.email"),
    ({"click_days": 0}, "click_days"),
    ({"click_days": "x"}, "click_days"),
    ({"click_days": 5.5}, "click_days"),
    ({"free_shipping_threshold": 1.5}, "free_shipping_threshold"),
    ({"code_budget_count": -1}, "code_budget_count"),
    ({"code_budget_cost": "all"}, "code_budget_cost"),
    ({"sender_address": "nobody"}, "sender_address"),
    ({"sender_name": "Ada\r\nBcc: x@example.com"}, "sender_name"),
    ({"sender_name": "\ud800"}, "sender_name"),
    ({"sender_name": "Maple\u202essoM"}, "sender_name"),
    (
        {"audience_by_country": [{"country": "XX", "audience": "everyone"}]},
        "audience_by_country.0.country",
    ),
    ({"email_quiet_hours": {"start": "25:00", "end": "08:00"}}, "email_quiet_hours.start"),
    ({"email_quiet_hours": {"start": "08:00", "end": "08:00"}}, "email_quiet_hours.end"),
    ({"sms_quiet_hours": {"start": "8", "end": "21:00"}}, "sms_quiet_hours.start"),
    ({"chat_quiet_hours": {"start": "21:00"}}, "chat_quiet_hours.end"),
    ({"sms_cap_hours": 0}, "sms_cap_hours"),
    ({"stop_ends_all_texts": "yes"}, "stop_ends_all_texts"),
    (
        {"audience_by_country": [{"country": "Germany", "audience": "everyone"}]},
        "audience_by_country.0.country",
    ),
    ({"free_shipping_threshold": -1}, "free_shipping_threshold"),
    ({"unknown": 1}, "unknown"),
    ({"instagram_url": "instagram.com/maple"}, "instagram_url"),
    ({"youtube_url": "https://you\nube.example"}, "youtube_url"),
    ({"brand_story": "x" * 601}, "brand_story"),
    ({"platform_mails": {**SILENT, "shipping": "no"}}, "platform_mails.shipping"),
]
