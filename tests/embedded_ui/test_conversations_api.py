"""A customer in human hands is told of, and handed back by their own store only."""

from storage import conversations
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.embedded_ui.test_api import told
from tests.seeding import SmallStore


def take_over(database: Database, store: SmallStore) -> None:
    with database.writing() as connection:
        at = database.now(connection)
        assert conversations.hand_over(connection, store.id, store.ada, at=at, by="program")


def test_a_conversation_is_told_and_handed_back_by_its_own_store(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    door = f"/customers/{maple.ada}"
    assert told(ask, f"{door}/conversation")["state"] == "automated"
    take_over(database, maple)
    assert told(ask, f"{door}/conversation")["by"] == "program"
    ways = (("conversation", "GET"), ("hand-back", "POST"), ("not-needed", "POST"))
    for path, method in ways:
        assert ask(f"{door}/{path}", method, domain=NEIGHBOUR).status_code == 404
    assert told(ask, f"{door}/hand-back", method="POST")["state"] == "automated"
    assert told(ask, f"{door}/hand-back", method="POST")["by"] == "merchant"


def test_one_that_nobody_was_needed_for_is_noted_as_such(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    take_over(database, maple)
    assert told(ask, f"/customers/{maple.ada}/not-needed", method="POST")["state"] == "automated"
    with database.reading() as connection:
        assert conversations.of(connection, maple.id, maple.ada).not_needed_at is not None
