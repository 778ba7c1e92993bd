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
    for path, method in (("conversation", "GET"), ("hand-back", "POST")):
        assert ask(f"{door}/{path}", method, domain=NEIGHBOUR).status_code == 404
    assert told(ask, f"{door}/hand-back", method="POST")["state"] == "automated"
    assert told(ask, f"{door}/hand-back", method="POST")["by"] == "merchant"
