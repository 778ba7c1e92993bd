"""Parting from a store, asked for in the panel."""

from sqlalchemy import select

from jobs.runtime import Runtime
from storage import schema, stores
from tests.embedded_ui.conftest import MAPLE, NEIGHBOUR, Ask
from tests.seeding import SmallStore


def test_a_store_is_disconnected_only_by_its_own_address_and_only_that_one(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, runtime: Runtime
) -> None:
    for typed in ("", "yes", NEIGHBOUR):
        answer = ask("/store/disconnect", method="POST", json={"confirm": typed})
        assert (answer.status_code, answer.json["field"]) == (422, "confirm")
    assert ask("/store").json["domain"] == MAPLE
    typed = {"confirm": f" {MAPLE.upper()} "}
    assert ask("/store/disconnect", method="POST", json=typed).status_code == 204
    assert ask("/store").status_code in {401, 403}
    with runtime.database.reading() as connection:
        others = stores.by_id(connection, neighbour.id)
        lines = [row.action for row in connection.execute(select(schema.audit_log))]
    assert others
    assert others.is_installed
    assert any("disconnect" in line for line in lines)
