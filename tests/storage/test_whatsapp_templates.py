"""The templates of a store's WhatsApp account, and addresses that rest."""

from datetime import timedelta

from marketing.rests import RestKind
from marketing.whatsapp_templates import MessageTemplate
from storage import rests, whatsapp_templates
from storage.database import Database
from tests.seeding import a_store, at

NOW = at("2026-11-20 10:00")
CART = MessageTemplate(
    "cart", "en", "marketing", "approved", [{"type": "BODY", "text": "Hi {{1}}"}]
)
HOUR = timedelta(hours=1)


def test_what_meta_tells_takes_the_place_of_what_was_known(database: Database) -> None:
    with database.writing() as connection:
        mine, theirs = a_store(connection, "a.example"), a_store(connection, "b.example")
        assert whatsapp_templates.of_store(connection, mine).synced_at is None
        whatsapp_templates.replace(connection, mine, [CART, CART], NOW)
        whatsapp_templates.replace(connection, theirs, [CART], NOW)
        known = whatsapp_templates.of_store(connection, mine)
        assert (dict(known.templates), known.synced_at) == ({("cart", "en"): CART}, NOW)
        whatsapp_templates.replace(connection, mine, [], NOW)
        assert whatsapp_templates.count(connection, mine) == 0
        assert whatsapp_templates.count(connection, theirs) == 1


def test_one_that_is_paused_is_paused_at_once_and_only_here(database: Database) -> None:
    with database.writing() as connection:
        mine, theirs = a_store(connection, "a.example"), a_store(connection, "b.example")
        for one in (mine, theirs):
            whatsapp_templates.replace(connection, one, [CART], NOW)
        told = {"status": "paused", "reason": "LOW_QUALITY"}
        assert whatsapp_templates.note(connection, mine, ("cart", "en"), **told)
        assert not whatsapp_templates.note(connection, mine, ("cart", "de"), **told)
        [paused] = whatsapp_templates.of_store(connection, mine).templates.values()
        assert (paused.status, paused.reason) == ("paused", "LOW_QUALITY")
        [other] = whatsapp_templates.of_store(connection, theirs).templates.values()
        assert other.status == "approved"


def test_an_address_rests_longer_each_time(database: Database) -> None:
    with database.writing() as connection:
        mine, theirs = a_store(connection, "a.example"), a_store(connection, "b.example")

        def told(later: timedelta) -> timedelta:
            what = [("hash", RestKind.MARKETING)]
            rests.note(connection, mine, "whatsapp", what, NOW + later)
            known = rests.of(connection, mine, "whatsapp", ["hash", "other"])
            return known["hash"].until[RestKind.MARKETING] - NOW

        assert told(timedelta()) == 24 * HOUR
        assert told(HOUR / 2) == 24 * HOUR
        assert told(25 * HOUR) == (25 + 48) * HOUR
        assert not rests.of(connection, theirs, "whatsapp", ["hash"])
        assert not rests.of(connection, mine, "sms", ["hash"])
        rests.clear(connection, mine, "whatsapp", ["hash"], RestKind.MARKETING)
        assert not rests.of(connection, mine, "whatsapp", ["hash"])


def test_a_closed_window_is_remembered_by_when_it_was_told(database: Database) -> None:
    with database.writing() as connection:
        mine = a_store(connection, "a.example")
        for later in (timedelta(), HOUR / 4):
            rests.note(connection, mine, "whatsapp", [("hash", RestKind.WINDOW)], NOW + later)
        known = rests.of(connection, mine, "whatsapp", ["hash"])["hash"]
        assert known.window_closed_at == NOW + HOUR / 4
