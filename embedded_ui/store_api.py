"""Whose panel this is, how far the first import is, what is left to do; and parting from it."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from flask.views import MethodView

from doors.json_api import ErrorSchema, refuse, the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from embedded_ui.schemas import DisconnectSchema, StoreSchema
from jobs import listening, parting
from marketing import opt_out_line
from marketing.blocks.words import words_of
from marketing.crediting import has_credit
from marketing.said import say
from marketing.team import RIGHTS
from storage import Connection, reports_store
from storage.reports_store import Import
from storage.stores import Store

blueprint = api_blueprint("store")


@blueprint.route("/store")
class StoreView(MethodView):
    @blueprint.response(200, StoreSchema)
    def get(self) -> dict[str, Any]:
        """Give the store's profile, its first import and its set-up list."""
        store, database = the_store(), the_runtime().database
        with database.reading() as connection:
            imports = reports_store.import_progress(connection, store.id)
            return {
                **asdict(store),
                "name": store.name or store.domain,
                "now": database.now(connection),
                "imports": imports,
                "setup": list(_setup(connection, store, imports)),
                "companion": _companion(connection, store),
                "has_credit": has_credit(store.platform),
                "link_length": the_runtime().settings.link_length,
                **_of_texts(store),
                "you": _you(),
            }


@blueprint.route("/store/disconnect")
class DisconnectView(MethodView):
    @blueprint.arguments(DisconnectSchema)
    @blueprint.response(204)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, form: dict[str, str]) -> None:
        """Part from the store: everything stops, our access is deleted. Asks for its address."""
        store = the_store()
        if form["confirm"].strip().lower() != store.domain:
            words = say("Type the address of your store: {address}", address=store.domain)
            refuse(422, words, "confirm")
        if not parting.disconnect(the_runtime(), store):
            refuse(409, say("Reprise is no longer connected to this store."))


def _companion(connection: Connection, store: Store) -> str | None:
    found = listening.health(connection, store.id)
    return (found.plugin or "") if found else None


def _of_texts(store: Store) -> dict[str, Any]:
    return {
        "text_names": list(opt_out_line.names_of(store.settings, store.name)),
        "text_line": words_of(store.locale)["opt_out"],
        "text_line_length": max(map(len, opt_out_line.LINES)),
    }


def _you() -> dict[str, Any]:
    person = the_person()
    rights = sorted(right.value for right in RIGHTS[person.role])
    return {"id": person.id, "name": person.name, "role": person.role, "rights": rights}


def _setup(
    connection: Connection, store: Store, imports: Iterable[Import]
) -> Iterable[dict[str, Any]]:
    imported = [part.state == "done" for part in imports]
    yield {"key": "store_connected", "done": True}
    yield {"key": "history_imported", "done": bool(imported) and all(imported)}
    yield {"key": "sender_named", "done": bool(store.settings.get("sender_name"))}
    live = reports_store.has_live_cart_flow(connection, store.id)
    yield {"key": "cart_recovery_live", "done": live}
